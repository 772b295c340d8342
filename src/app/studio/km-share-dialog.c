/* km-share-dialog.c: who can watch, and what to give them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On This computer it is where the door to the network is opened: one switch
 * for those who watch, and a second one for those who stream. The link leads
 * to where most people get in: through that door while it is open.
 *
 * The switches say what is wanted; the words below them what is the case.
 *
 * Thread: main.
 */

#include "km-share-dialog.h"

#include <glib/gi18n.h>

#include "km-format.h"
#include "km-lan-hosts.h"
#include "km-link.h"
#include "km-qr-code.h"
#include "km-words.h"

struct _KmShareDialog
{
  AdwDialog parent_instance;

  AdwToastOverlay *toasts;
  GtkLabel *who;
  AdwPreferencesGroup *lan_group;
  AdwSwitchRow *lan_row;
  AdwComboRow *host_row;
  AdwSwitchRow *streams_row;
  KmQrCode *qr_code;
  GtkEditable *watch_address;
  GtkWidget *fingerprint_group;
  AdwActionRow *fingerprint_row;

  KmServer *server;
  KmRoom *room;
  KmLanDoor *door; /* NULL: none to open */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (KmShareDialog, km_share_dialog, ADW_TYPE_DIALOG)

static gboolean
is_open (KmShareDialog *self)
{
  return self->door != NULL
         && km_lan_door_get_state (self->door) == KM_LAN_DOOR_OPEN;
}

static char *
describe_who (KmShareDialog *self)
{
  if (is_open (self))
    return g_strdup (_("Everybody who uses this computer or is on this "
                       "network."));
  if (km_server_get_local (self->server) != NULL)
    return g_strdup (_("Everybody who uses this computer. The picture doesn’t "
                       "leave it."));
  /* Translators: the name of a server */
  return g_strdup_printf (_("Everybody who can reach %s."),
                          km_server_get_name (self->server));
}

static char *
describe_door (KmShareDialog *self)
{
  const GError *error = km_lan_door_get_error (self->door);

  switch (km_lan_door_get_state (self->door))
    {
    case KM_LAN_DOOR_OPEN:
      /* Translators: an address and a port, as 192.168.1.5:8443 */
      return g_strdup_printf (_("Open at %s while Kaimu runs"),
                              km_lan_door_get_address (self->door));
    case KM_LAN_DOOR_OPENING:
      return g_strdup (_("Opening…"));
    case KM_LAN_DOOR_NO_NETWORK:
      return g_strdup (_("This computer isn’t on a network. It opens by "
                         "itself when it is."));
    case KM_LAN_DOOR_FAILED:
      return g_strdup (error != NULL ? km_words (error) : "");
    case KM_LAN_DOOR_CLOSED:
    default:
      return g_strdup (_("They watch and talk; the stream is encrypted"));
    }
}

static char *
describe_streams (KmShareDialog *self)
{
  const char *streams = km_lan_door_get_streams (self->door);

  if (streams == NULL)
    return g_strdup (_("Another program on this network may send your "
                       "stream, if it has your key"));
  /* Translators: an address, as rtmps://192.168.1.5:8444/live */
  return g_strdup_printf (_("At rtmps://%s/live, for programs that accept its "
                            "certificate"), streams);
}

/* Returns: (transfer full) (nullable): what most people get in by. */
static char *
dup_link (KmShareDialog *self)
{
  const char *address = km_server_get_address (self->server);

  if (is_open (self))
    return km_lan_door_dup_link (self->door, km_room_get_id (self->room));
  if (address == NULL)
    return NULL;
  return km_link_format (address, km_room_get_id (self->room),
                         km_server_get_pin (self->server));
}

static void
update_link (KmShareDialog *self)
{
  g_autofree char *link = dup_link (self);
  const char *text = link != NULL ? link : "";

  if (g_strcmp0 (gtk_editable_get_text (self->watch_address), text) != 0)
    gtk_editable_set_text (self->watch_address, text);

  km_qr_code_set_text (self->qr_code, link);
  gtk_widget_set_visible (GTK_WIDGET (self->qr_code),
                          link != NULL
                          && (is_open (self) || self->door == NULL));
}

static void
update_fingerprint (KmShareDialog *self)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->fingerprint_group, is_open (self));
  if (!is_open (self))
    return;

  text = km_format_fingerprint (km_lan_door_get_fingerprint (self->door));
  adw_action_row_set_subtitle (self->fingerprint_row, text);
}

/* Only when there is something to choose. */
static void
update_hosts (KmShareDialog *self,
              gboolean       wanted)
{
  g_auto (GStrv) hosts = km_lan_hosts_list ();
  g_autoptr (GtkStringList) model = gtk_string_list_new (
    (const char *const *) hosts);
  const char *open = km_lan_door_get_open_host (self->door);
  guint selected = GTK_INVALID_LIST_POSITION;

  for (guint i = 0; hosts[i] != NULL; i++)
    if (g_strcmp0 (hosts[i], open) == 0)
      selected = i;
  if (open != NULL && selected == GTK_INVALID_LIST_POSITION)
    {
      gtk_string_list_append (model, open);
      selected = g_list_model_get_n_items (G_LIST_MODEL (model)) - 1;
    }

  adw_combo_row_set_model (self->host_row, G_LIST_MODEL (model));
  adw_combo_row_set_selected (self->host_row, selected);
  gtk_widget_set_visible (
    GTK_WIDGET (self->host_row),
    wanted && g_list_model_get_n_items (G_LIST_MODEL (model)) > 1);
}

static void
update_door (KmShareDialog *self)
{
  g_autofree char *door = describe_door (self);
  g_autofree char *streams = describe_streams (self);
  gboolean wanted, streams_wanted;

  g_object_get (self->door, "wanted", &wanted, "streams-wanted",
                &streams_wanted, NULL);
  self->filling = TRUE;
  adw_switch_row_set_active (self->lan_row, wanted);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->lan_row), door);
  adw_switch_row_set_active (self->streams_row, streams_wanted);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->streams_row), streams);
  gtk_widget_set_visible (GTK_WIDGET (self->streams_row), wanted);
  update_hosts (self, wanted);
  self->filling = FALSE;
}

static void
update (KmShareDialog *self)
{
  g_autofree char *who = describe_who (self);

  gtk_label_set_text (self->who, who);
  if (self->door != NULL)
    update_door (self);
  update_fingerprint (self);
  update_link (self);
}

static void
on_door_state (KmShareDialog *self)
{
  g_autofree char *words = NULL;

  update (self);
  words = describe_door (self);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), words,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
on_lan_changed (KmShareDialog *self)
{
  if (!self->filling)
    g_object_set (self->door, "wanted",
                  adw_switch_row_get_active (self->lan_row), NULL);
}

static void
on_streams_changed (KmShareDialog *self)
{
  if (!self->filling)
    g_object_set (self->door, "streams-wanted",
                  adw_switch_row_get_active (self->streams_row), NULL);
}

static void
on_host_changed (KmShareDialog *self)
{
  GtkStringObject *item = adw_combo_row_get_selected_item (self->host_row);

  if (!self->filling && item != NULL)
    g_object_set (self->door, "host", gtk_string_object_get_string (item),
                  NULL);
}

static void
on_renew_answered (KmShareDialog *self,
                   const char    *response)
{
  if (g_str_equal (response, "renew"))
    km_lan_door_renew (self->door);
}

static void
on_renew (KmShareDialog *self)
{
  AdwDialog *dialog
    = adw_alert_dialog_new (_("Make a New Certificate?"),
                            _("The link and the fingerprint change. Those "
                              "who watch from this network now are put out, "
                              "and whoever has been here is warned and has "
                              "to ask you whether it is you."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Cancel"),
                                  "renew", _("_New Certificate"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "renew",
                                            ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_renew_answered),
                           self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_copy_address (KmShareDialog *self)
{
  const char *address = gtk_editable_get_text (self->watch_address);

  if (*address == '\0')
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          address);
  adw_toast_overlay_add_toast (self->toasts,
                               adw_toast_new (_("Watch address copied")));
}

static void
km_share_dialog_dispose (GObject *object)
{
  KmShareDialog *self = KM_SHARE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SHARE_DIALOG);
  g_clear_object (&self->server);
  g_clear_object (&self->room);
  g_clear_object (&self->door);

  G_OBJECT_CLASS (km_share_dialog_parent_class)->dispose (object);
}

static void
km_share_dialog_class_init (KmShareDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_share_dialog_dispose;

  g_type_ensure (KM_TYPE_QR_CODE);
#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmShareDialog, name)
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-share-dialog.ui");
  BIND (toasts);
  BIND (who);
  BIND (lan_group);
  BIND (lan_row);
  BIND (host_row);
  BIND (streams_row);
  BIND (qr_code);
  BIND (watch_address);
  BIND (fingerprint_group);
  BIND (fingerprint_row);
  gtk_widget_class_bind_template_callback (widget_class, on_lan_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_streams_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_host_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_renew);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_address);
#undef BIND
}

static void
km_share_dialog_init (KmShareDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_share_dialog_new:
 * @server: where one goes live
 * @room: one's own
 * @door: (nullable): of This computer to the network; %NULL: it isn't this
 *   person's to open
 *
 * Returns: (transfer full): the dialog, to present over a window
 */
AdwDialog *
km_share_dialog_new (KmServer  *server,
                     KmRoom    *room,
                     KmLanDoor *door)
{
  KmShareDialog *self = g_object_new (KM_TYPE_SHARE_DIALOG, NULL);

  self->server = g_object_ref (server);
  self->room = g_object_ref (room);
  self->door = door != NULL ? g_object_ref (door) : NULL;
  gtk_widget_set_visible (GTK_WIDGET (self->lan_group), door != NULL);
  if (door != NULL)
    {
      g_signal_connect_object (door, "notify::state",
                               G_CALLBACK (on_door_state), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (door, "notify::wanted", G_CALLBACK (update),
                               self, G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (server, "notify::address", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  update (self);
  return ADW_DIALOG (self);
}
