/* km-server-switcher.c: which server the lobby shows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A button with the server's name that drops a list of all: this computer
 * first, then those that were added. Choosing one emits "chosen"; the window
 * decides. Removing is a button in the row of each server that was added.
 *
 * Thread: main.
 */

#include "km-server-switcher.h"

#include <glib/gi18n.h>

struct _KmServerSwitcher
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkImage *icon;
  GtkLabel *label;
  GtkPopover *popover;
  GtkListBox *list;

  KmServerList *servers;
  KmServer *selected;
};

enum
{
  CHOSEN,
  REMOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (KmServerSwitcher, km_server_switcher, GTK_TYPE_WIDGET)

static const char *
get_title (KmServer *server)
{
  return km_server_get_local (server) != NULL ? _("This Computer")
                                              : km_server_get_name (server);
}

static const char *
get_icon (KmServer *server)
{
  return km_server_get_local (server) != NULL ? "computer-symbolic"
                                              : "network-server-symbolic";
}

static void
on_server_clicked (KmServerSwitcher *self,
                   GtkButton        *button)
{
  gtk_popover_popdown (self->popover);
  g_signal_emit (self, signals[CHOSEN], 0,
                 g_object_get_data (G_OBJECT (button), "server"));
}

static void
on_remove_clicked (KmServerSwitcher *self,
                   GtkButton        *button)
{
  gtk_popover_popdown (self->popover);
  g_signal_emit (self, signals[REMOVED], 0,
                 g_object_get_data (G_OBJECT (button), "server"));
}

/* The dialog is what one looks at now. */
static void
on_add_clicked (KmServerSwitcher *self)
{
  gtk_popover_popdown (self->popover);
}

static GtkWidget *
create_choice (KmServerSwitcher *self,
               KmServer         *server)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  GtkWidget *label = gtk_label_new (get_title (server));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 32);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (
    get_icon (server)));
  gtk_box_append (GTK_BOX (box), label);
  if (server == self->selected)
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name (
      "object-select-symbolic"));

  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "menu-like");
  gtk_widget_set_tooltip_text (button, km_server_get_address (server));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  get_title (server), -1);
  g_object_set_data_full (G_OBJECT (button), "server", g_object_ref (server),
                          g_object_unref);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_server_clicked),
                            self);
  return button;
}

static GtkWidget *
create_remove_button (KmServerSwitcher *self,
                      KmServer         *server)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  /* Translators: the name of a server */
  g_autofree char *title = g_strdup_printf (_("Remove %s"),
                                            km_server_get_name (server));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, title);
  g_object_set_data_full (G_OBJECT (button), "server", g_object_ref (server),
                          g_object_unref);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_remove_clicked),
                            self);
  return button;
}

static void
fill_list (KmServerSwitcher *self)
{
  GListModel *model = G_LIST_MODEL (self->servers);

  gtk_list_box_remove_all (self->list);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (KmServer) server = g_list_model_get_item (model, i);
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_box_append (GTK_BOX (box), create_choice (self, server));
      if (km_server_get_local (server) == NULL)
        gtk_box_append (GTK_BOX (box), create_remove_button (self, server));
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_widget_set_focusable (row, FALSE);
      gtk_list_box_append (self->list, row);
    }
}

static void
update (KmServerSwitcher *self)
{
  g_autofree char *name = NULL;

  if (self->selected == NULL)
    return;

  gtk_label_set_label (self->label, get_title (self->selected));
  gtk_image_set_from_icon_name (self->icon, get_icon (self->selected));
  /* Translators: the name of a server, for the screen reader */
  name = g_strdup_printf (_("Server: %s"), get_title (self->selected));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
km_server_switcher_dispose (GObject *object)
{
  KmServerSwitcher *self = KM_SERVER_SWITCHER (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SERVER_SWITCHER);
  g_clear_object (&self->servers);
  g_clear_object (&self->selected);

  G_OBJECT_CLASS (km_server_switcher_parent_class)->dispose (object);
}

static void
km_server_switcher_class_init (KmServerSwitcherClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_server_switcher_dispose;

  /**
   * KmServerSwitcher::chosen:
   * @server: the server that the person chose
   */
  signals[CHOSEN] = g_signal_new ("chosen", KM_TYPE_SERVER_SWITCHER,
                                  G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, KM_TYPE_SERVER);
  /**
   * KmServerSwitcher::removed:
   * @server: the server that the person doesn't want any more
   */
  signals[REMOVED] = g_signal_new ("removed", KM_TYPE_SERVER_SWITCHER,
                                   G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, KM_TYPE_SERVER);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/lobby/km-server-switcher.ui");
  gtk_widget_class_bind_template_child (widget_class, KmServerSwitcher, button);
  gtk_widget_class_bind_template_child (widget_class, KmServerSwitcher, icon);
  gtk_widget_class_bind_template_child (widget_class, KmServerSwitcher, label);
  gtk_widget_class_bind_template_child (widget_class, KmServerSwitcher, popover);
  gtk_widget_class_bind_template_child (widget_class, KmServerSwitcher, list);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
}

static void
km_server_switcher_init (KmServerSwitcher *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->popover, "map", G_CALLBACK (fill_list), self,
                           G_CONNECT_SWAPPED);
}

/**
 * km_server_switcher_set_servers:
 * @servers: the servers to choose from
 */
void
km_server_switcher_set_servers (KmServerSwitcher *self,
                                KmServerList     *servers)
{
  g_set_object (&self->servers, servers);
}

/**
 * km_server_switcher_set_selected:
 * @server: the server that is shown
 */
void
km_server_switcher_set_selected (KmServerSwitcher *self,
                                 KmServer         *server)
{
  if (self->selected != NULL)
    g_signal_handlers_disconnect_by_data (self->selected, self);
  g_set_object (&self->selected, server);
  g_signal_connect_object (server, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
