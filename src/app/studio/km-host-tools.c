/* km-host-tools.c: what a host does with the room, besides the picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One poll is open at a time: while it is, the place of the button that opens
 * one belongs to the one that closes it.
 *
 * Thread: main.
 */

#include "km-host-tools.h"

#include "km-poll-dialog.h"
#include "km-slow-mode-button.h"
#include "km-toast.h"

struct _KmHostTools
{
  AdwBin parent_instance;

  GtkWidget *open_button;
  GtkWidget *close_button;
  KmSlowModeButton *slow_button;

  KmRoom *room;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (KmHostTools, km_host_tools, ADW_TYPE_BIN)

static void
update (KmHostTools *self)
{
  gboolean open =
    g_list_model_get_n_items (km_room_get_polls (self->room)) > 0;

  gtk_widget_set_visible (self->open_button, !open);
  gtk_widget_set_visible (self->close_button, open);
}

static void
on_open_poll (KmHostTools *self)
{
  adw_dialog_present (km_poll_dialog_new (self->settings, self->room),
                      GTK_WIDGET (self));
}

static void
on_closed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmHostTools) self = user_data;
  g_autoptr (GError) error = NULL;

  /* That its time was over is as good. */
  if (!km_room_close_poll_finish (KM_ROOM (source), result, &error)
      && !g_error_matches (error, KM_PROTOCOL_ERROR,
                           KM_PROTOCOL_ERROR_POLL_CLOSED))
    km_toast_error (GTK_WIDGET (self), error);
}

static void
on_close_poll (KmHostTools *self)
{
  g_autoptr (KmRoomPoll) poll =
    g_list_model_get_item (km_room_get_polls (self->room), 0);

  if (poll != NULL)
    km_room_close_poll_async (self->room, poll, NULL, on_closed,
                              g_object_ref (self));
}

static void
km_host_tools_dispose (GObject *object)
{
  KmHostTools *self = KM_HOST_TOOLS (object);

  if (self->room != NULL)
    g_signal_handlers_disconnect_by_data (km_room_get_polls (self->room), self);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_HOST_TOOLS);
  g_clear_object (&self->room);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (km_host_tools_parent_class)->dispose (object);
}

static void
km_host_tools_class_init (KmHostToolsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_host_tools_dispose;

  g_type_ensure (KM_TYPE_SLOW_MODE_BUTTON);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-host-tools.ui");
  gtk_widget_class_bind_template_child (widget_class, KmHostTools,
                                        open_button);
  gtk_widget_class_bind_template_child (widget_class, KmHostTools,
                                        close_button);
  gtk_widget_class_bind_template_child (widget_class, KmHostTools,
                                        slow_button);
  gtk_widget_class_bind_template_callback (widget_class, on_open_poll);
  gtk_widget_class_bind_template_callback (widget_class, on_close_poll);
}

static void
km_host_tools_init (KmHostTools *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
}

/**
 * km_host_tools_set_room:
 * @self: the tools, of no use until then
 * @server: whose account is the host
 * @room: the host's room
 * @settings: the profile's
 */
void
km_host_tools_set_room (KmHostTools *self,
                        KmServer    *server,
                        KmRoom      *room,
                        GSettings   *settings)
{
  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  self->settings = g_object_ref (settings);
  g_signal_connect_object (km_room_get_polls (room), "items-changed",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  km_slow_mode_button_set_room (self->slow_button, server, room);
  gtk_widget_set_sensitive (GTK_WIDGET (self), TRUE);
  update (self);
}
