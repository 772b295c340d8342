/* km-slow-mode-button.c: how fast people may write in the host's room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows what the room has, which another window of the host's may have
 * changed; what is chosen is shown once the room has it.
 *
 * Thread: main.
 */

#include "km-slow-mode-button.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-slow-mode-dialog.h"
#include "km-toast.h"

/* What an own choice begins with while there is none. */
#define FIRST_S 20

struct _KmSlowModeButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  AdwButtonContent *content;

  KmServer *server;
  KmRoom *room;
  GSimpleAction *choose;
};

G_DEFINE_FINAL_TYPE (KmSlowModeButton, km_slow_mode_button, GTK_TYPE_WIDGET)

static const guint choices[] = { 3, 5, 10, 30, 60, 120, 300 };

static void
update (KmSlowModeButton *self)
{
  guint seconds = km_room_get_slow_s (self->room);
  g_autofree char *span = km_format_span (seconds);
  g_autofree char *label = NULL;

  g_simple_action_set_state (self->choose,
                             g_variant_new_int32 ((gint32) seconds));
  if (seconds > 0)
    /* Translators: %s is how long, as "30 seconds" */
    label = g_strdup_printf (_("Slow Mode: %s"), span);
  else
    label = g_strdup (_("Slow Mode"));
  adw_button_content_set_label (self->content, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
on_set (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (KmSlowModeButton) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!km_server_set_slow_mode_finish (KM_SERVER (source), result, &error))
    km_toast_error (GTK_WIDGET (self), error);
}

static void
set_seconds (KmSlowModeButton *self,
             guint             seconds)
{
  if (seconds != km_room_get_slow_s (self->room))
    km_server_set_slow_mode_async (self->server, seconds, NULL, on_set,
                                   g_object_ref (self));
}

static void
on_choose (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       user_data)
{
  set_seconds (user_data, (guint) g_variant_get_int32 (parameter));
}

static void
on_own_chosen (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  KmSlowModeButton *self = KM_SLOW_MODE_BUTTON (source);
  guint seconds = km_slow_mode_dialog_choose_finish (result);

  if (seconds > 0 && self->room != NULL)
    set_seconds (self, seconds);
}

static void
on_own (GSimpleAction *action,
        GVariant      *parameter,
        gpointer       user_data)
{
  KmSlowModeButton *self = user_data;
  guint seconds = km_room_get_slow_s (self->room);

  km_slow_mode_dialog_choose_async (GTK_WIDGET (self),
                                    seconds > 0 ? seconds : FIRST_S,
                                    on_own_chosen, NULL);
}

static GMenuModel *
make_menu (void)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) spans = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();

  g_menu_append (spans, C_("slow mode", "Off"), "slow-mode.choose(0)");
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_autofree char *label = km_format_span (choices[i]);
      g_autofree char *action =
        g_strdup_printf ("slow-mode.choose(%u)", choices[i]);

      g_menu_append (spans, label, action);
    }
  g_menu_append (own, C_("slow mode", "_Other…"), "slow-mode.own");
  g_menu_append_section (menu, _("Between Two Messages"),
                         G_MENU_MODEL (spans));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));

  return G_MENU_MODEL (g_steal_pointer (&menu));
}

static void
km_slow_mode_button_dispose (GObject *object)
{
  KmSlowModeButton *self = KM_SLOW_MODE_BUTTON (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SLOW_MODE_BUTTON);
  g_clear_object (&self->choose);
  g_clear_object (&self->server);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_slow_mode_button_parent_class)->dispose (object);
}

static void
km_slow_mode_button_class_init (KmSlowModeButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_slow_mode_button_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class,
    "/io/github/kaimu_live/Kaimu/studio/km-slow-mode-button.ui");
  gtk_widget_class_bind_template_child (widget_class, KmSlowModeButton,
                                        button);
  gtk_widget_class_bind_template_child (widget_class, KmSlowModeButton,
                                        content);
}

static void
km_slow_mode_button_init (KmSlowModeButton *self)
{
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) own = g_simple_action_new ("own", NULL);
  g_autoptr (GMenuModel) menu = make_menu ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->choose = g_simple_action_new_stateful ("choose", G_VARIANT_TYPE_INT32,
                                               g_variant_new_int32 (0));
  g_signal_connect_object (self->choose, "activate", G_CALLBACK (on_choose),
                           self, G_CONNECT_DEFAULT);
  g_signal_connect_object (own, "activate", G_CALLBACK (on_own), self,
                           G_CONNECT_DEFAULT);
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (self->choose));
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (own));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "slow-mode",
                                  G_ACTION_GROUP (actions));
  gtk_menu_button_set_menu_model (self->button, menu);
}

/**
 * km_slow_mode_button_set_room:
 * @self: the button, of no use until then
 * @server: whose account is the host
 * @room: the host's room
 */
void
km_slow_mode_button_set_room (KmSlowModeButton *self,
                              KmServer         *server,
                              KmRoom           *room)
{
  g_return_if_fail (self->room == NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  g_signal_connect_object (room, "notify::slow-s", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
