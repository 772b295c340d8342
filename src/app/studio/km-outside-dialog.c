/* km-outside-dialog.c: server and key for another program
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key is a password: it is dots until asked for, so that a shared screen
 * doesn't give it away, and a new one can be made, which asks first, since it
 * ends what streams with the old one.
 *
 * Thread: main.
 */

#include "km-outside-dialog.h"

#include <glib/gi18n.h>

#include "km-words.h"
#include <string.h>

#define HIDDEN "••••••••••••••••"

struct _KmOutsideDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay *toasts;
  AdwActionRow *server_row;
  AdwActionRow *network_row;
  AdwActionRow *key_row;
  GtkToggleButton *reveal;
  GtkWidget *roll_row;
  GtkLabel *error;

  KmServer *server;
  KmLanDoor *door; /* NULL: none */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (KmOutsideDialog, km_outside_dialog, ADW_TYPE_DIALOG)

static void
show_error (KmOutsideDialog *self,
            const char      *message)
{
  gtk_label_set_text (self->error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), message != NULL);
}

/* "rtmp://host:port/live" of "rtmp://host:port/live/KEY?…". */
static char *
dup_server_part (KmOutsideDialog *self)
{
  g_autofree char *address = km_server_dup_publish_address (self->server, NULL);
  char *query = address != NULL ? strchr (address, '?') : NULL;
  char *slash;

  if (address == NULL)
    return NULL;
  if (query != NULL)
    *query = '\0';
  slash = strrchr (address, '/');
  if (slash != NULL)
    *slash = '\0';
  return g_steal_pointer (&address);
}

/* Returns: (transfer full) (nullable): the server as others on this network
 * reach it. */
static char *
dup_network_part (KmOutsideDialog *self)
{
  const char *streams = self->door != NULL
                          ? km_lan_door_get_streams (self->door) : NULL;

  return streams != NULL ? g_strdup_printf ("rtmps://%s/live", streams) : NULL;
}

static void
update (KmOutsideDialog *self)
{
  const char *key = km_server_get_stream_key (self->server);
  gboolean shown = gtk_toggle_button_get_active (self->reveal);
  g_autofree char *server = dup_server_part (self);
  g_autofree char *network = dup_network_part (self);

  gtk_widget_set_visible (GTK_WIDGET (self->network_row), network != NULL);
  adw_action_row_set_subtitle (self->network_row, network);
  adw_action_row_set_subtitle (self->server_row,
                               server != NULL ? server : _("Loading…"));
  adw_action_row_set_subtitle (self->key_row,
                               key == NULL ? _("Loading…")
                               : shown ? key : HIDDEN);
  gtk_button_set_icon_name (GTK_BUTTON (self->reveal),
                            shown ? "view-conceal-symbolic"
                                  : "view-reveal-symbolic");
}

static void
copy (KmOutsideDialog *self,
      const char      *text,
      const char      *words)
{
  if (text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (words));
}

static void
on_copy_server (KmOutsideDialog *self)
{
  g_autofree char *server = dup_server_part (self);

  copy (self, server, _("Server copied"));
}

static void
on_copy_network (KmOutsideDialog *self)
{
  g_autofree char *network = dup_network_part (self);

  copy (self, network, _("Server copied"));
}

static void
on_copy_key (KmOutsideDialog *self)
{
  copy (self, km_server_get_stream_key (self->server), _("Key copied"));
}

static void
on_reveal_toggled (KmOutsideDialog *self)
{
  update (self);
}

static void
on_rolled (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KmOutsideDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = km_server_roll_key_finish (KM_SERVER (source), result,
                                             &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  gtk_widget_set_sensitive (self->roll_row, TRUE);
  show_error (self, done ? NULL : km_words (error));
  update (self);
  if (done)
    adw_toast_overlay_add_toast (self->toasts,
                                 adw_toast_new (_("The old key stopped "
                                                  "working")));
}

static void
on_roll_answered (KmOutsideDialog *self,
                  const char      *response)
{
  if (!g_str_equal (response, "roll"))
    return;

  gtk_widget_set_sensitive (self->roll_row, FALSE);
  km_server_roll_key_async (self->server, self->cancellable, on_rolled,
                            g_object_ref (self));
}

static void
on_roll (KmOutsideDialog *self)
{
  AdwDialog *dialog
    = adw_alert_dialog_new (_("Make a New Stream Key?"),
                            _("The key that you have now stops working. "
                              "Programs that use it have to be told the new "
                              "one."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "roll", _("_New Key"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "roll",
                                            ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_roll_answered),
                           self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_own_room_loaded (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (KmOutsideDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomItem) item
    = km_server_load_own_room_finish (KM_SERVER (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  show_error (self, item != NULL ? NULL : km_words (error));
  update (self);
}

static void
km_outside_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (KM_OUTSIDE_DIALOG (dialog)->cancellable);
}

static void
km_outside_dialog_dispose (GObject *object)
{
  KmOutsideDialog *self = KM_OUTSIDE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_OUTSIDE_DIALOG);
  g_clear_object (&self->server);
  g_clear_object (&self->door);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (km_outside_dialog_parent_class)->dispose (object);
}

static void
km_outside_dialog_class_init (KmOutsideDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_outside_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = km_outside_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-outside-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog, toasts);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog,
                                        server_row);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog,
                                        network_row);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog, reveal);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog,
                                        roll_row);
  gtk_widget_class_bind_template_child (widget_class, KmOutsideDialog, error);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_server);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_network);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_key);
  gtk_widget_class_bind_template_callback (widget_class, on_reveal_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_roll);
}

static void
km_outside_dialog_init (KmOutsideDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_outside_dialog_new:
 * @server: where one is signed in
 * @door: (nullable): of @server to the network around
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_outside_dialog_new (KmServer  *server,
                       KmLanDoor *door)
{
  KmOutsideDialog *self = g_object_new (KM_TYPE_OUTSIDE_DIALOG, NULL);

  self->server = g_object_ref (server);
  self->door = door != NULL ? g_object_ref (door) : NULL;
  if (door != NULL)
    g_signal_connect_object (door, "notify::state", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  update (self);
  km_server_load_own_room_async (server, self->cancellable, on_own_room_loaded,
                                 g_object_ref (self));
  return ADW_DIALOG (self);
}
