/* km-title-button.c: what one's own room is called and about
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * May be changed before going live and while live. What was typed stays when
 * the server refuses it, with the reason below; it is read anew from the
 * server only when the popover opens.
 *
 * Thread: main.
 */

#include "km-title-button.h"

#include <adwaita.h>

#include "km-category.h"
#include "km-words.h"

struct _KmTitleButton
{
  GtkWidget parent_instance;

  GtkWidget *root_child;
  GtkPopover *popover;
  GtkEditable *entry;
  AdwBin *category_place;
  GtkDropDown *category;
  GtkLabel *error;
  GtkWidget *save;

  KmServer *server;
};

G_DEFINE_FINAL_TYPE (KmTitleButton, km_title_button, GTK_TYPE_WIDGET)

static void
show_error (KmTitleButton *self,
            const char    *message)
{
  gtk_label_set_text (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KmTitleButton) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = km_server_update_own_room_finish (KM_SERVER (source), result,
                                                    &error);

  if (self->server == NULL)
    return;

  gtk_widget_set_sensitive (self->save, TRUE);
  show_error (self, done ? NULL : km_words (error));
  if (done)
    gtk_popover_popdown (self->popover);
}

static void
on_save (KmTitleButton *self)
{
  if (!gtk_widget_get_sensitive (self->save))
    return;

  show_error (self, NULL);
  gtk_widget_set_sensitive (self->save, FALSE);
  km_server_update_own_room_async (self->server,
                                   gtk_editable_get_text (self->entry),
                                   km_category_selected (self->category), NULL,
                                   on_saved, g_object_ref (self));
}

static void
on_popover_visible (KmTitleButton *self)
{
  KmRoomItem *item = self->server != NULL
                       ? km_server_get_own_room (self->server) : NULL;
  const char *title = item != NULL ? km_room_item_get_title (item) : NULL;

  if (!gtk_widget_get_visible (GTK_WIDGET (self->popover)))
    return;

  show_error (self, NULL);
  gtk_widget_set_sensitive (self->save, item != NULL);
  gtk_editable_set_text (self->entry, title != NULL ? title : "");
  if (item != NULL)
    km_category_select (self->category, km_room_item_get_category (item));
}

static void
km_title_button_dispose (GObject *object)
{
  KmTitleButton *self = KM_TITLE_BUTTON (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_TITLE_BUTTON);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (km_title_button_parent_class)->dispose (object);
}

static void
km_title_button_class_init (KmTitleButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_title_button_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-title-button.ui");
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton,
                                        root_child);
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton, popover);
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton, entry);
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton,
                                        category_place);
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton, error);
  gtk_widget_class_bind_template_child (widget_class, KmTitleButton, save);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_popover_visible);
}

static void
km_title_button_init (KmTitleButton *self)
{
  GtkWidget *label;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->category = GTK_DROP_DOWN (km_category_drop_down ());
  adw_bin_set_child (self->category_place, GTK_WIDGET (self->category));
  label = gtk_widget_get_prev_sibling (GTK_WIDGET (self->category_place));
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->category),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->category),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (GTK_LABEL (label)), -1);
}

/**
 * km_title_button_set_server:
 * @server: whose own room it is about
 */
void
km_title_button_set_server (KmTitleButton *self,
                            KmServer      *server)
{
  g_set_object (&self->server, server);
}
