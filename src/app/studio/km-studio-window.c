/* km-studio-window.c: where one streams from
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Left the preview with the host's tools, the sources and the health of the
 * stream, right the audience. The session decides what is going on; this
 * window says it where the person looks: a badge in the picture, the line
 * below it, a banner when something has to be done.
 *
 * Thread: main.
 */

#include "km-studio-window.h"

#include <glib/gi18n.h>

#include "km-audience-panel.h"
#include "km-broadcast.h"
#include "km-certificate-dialog.h"
#include "km-devices.h"
#include "km-format.h"
#include "km-host-tools.h"
#include "km-media.h"
#include "km-outside-dialog.h"
#include "km-share-dialog.h"
#include "km-sign-in-dialog.h"
#include "km-signed-out.h"
#include "km-source-notice.h"
#include "km-studio-session.h"
#include "km-studio-sources.h"
#include "km-summary-dialog.h"
#include "km-title-button.h"
#include "km-words.h"

#define STATISTICS_EVERY_MS 1000

struct _KmStudioWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkToggleButton *panel_button;
  KmTitleButton *title_button;
  AdwWindowTitle *title;
  GtkButton *live_button;
  GtkStack *live_stack;
  GtkLabel *live_label;
  AdwBanner *banner;
  GtkPicture *preview;
  GtkLabel *live_badge;
  GtkLabel *viewers;
  KmSourceNotice *source_notice;
  AdwStatusPage *trouble;
  KmHostTools *tools;
  KmStudioSources *sources;
  GtkLabel *health;
  GtkLabel *network;
  KmAudiencePanel *audience;

  GSettings *settings;
  KmServer *server;
  KmLanDoor *door; /* NULL: it isn't This computer, or another's */
  KmBroadcast *broadcast;
  KmDevices *devices;
  KmStudioSession *session;
  guint statistics_source;
  gboolean closing;
};

G_DEFINE_FINAL_TYPE (KmStudioWindow, km_studio_window,
                     ADW_TYPE_APPLICATION_WINDOW)

static const char *
describe_state (KmStudioState state)
{
  switch (state)
    {
    case KM_STUDIO_STARTING:
      return _("Going live…");
    case KM_STUDIO_LIVE:
      return _("Live");
    case KM_STUDIO_RECONNECTING:
      return _("Reconnecting…");
    case KM_STUDIO_REFUSED:
      return _("Stopped");
    case KM_STUDIO_PREVIEW:
    default:
      return _("Not live. Only you see this.");
    }
}

static void
update_health (KmStudioWindow *self)
{
  KmStudioState state = km_studio_session_get_state (self->session);
  KmUplinkStatistics statistics;
  g_autofree char *bitrate = NULL;
  g_autofree char *dropped = NULL;
  g_autofree char *label = NULL;

  if (state != KM_STUDIO_LIVE)
    {
      gtk_label_set_text (self->health, describe_state (state));
      return;
    }

  km_uplink_get_statistics (km_broadcast_get_uplink (self->broadcast),
                            &statistics);
  bitrate = km_format_bitrate (statistics.sent_bps);
  dropped = km_format_count (statistics.dropped_frames);
  /* Translators: bit rate, frames per second, dropped frames, state */
  label = g_strdup_printf (_("%s · %.0f fps · %s dropped · %s"), bitrate,
                           statistics.frames_per_second, dropped,
                           describe_state (state));
  gtk_label_set_text (self->health, label);
}

static void
update_badge (KmStudioWindow *self)
{
  KmStudioState state = km_studio_session_get_state (self->session);
  KmRoom *room = km_studio_session_get_room (self->session);
  gboolean shown = state == KM_STUDIO_LIVE || state == KM_STUDIO_RECONNECTING;
  g_autofree char *duration = km_format_duration (
    km_studio_session_get_duration_ms (self->session));
  g_autofree char *label = NULL;
  g_autofree char *count = NULL;
  g_autofree char *watching = NULL;

  /* Translators: how long one is live: "LIVE 00:12:43" */
  label = g_strdup_printf (state == KM_STUDIO_LIVE
                             ? _("LIVE %s") : _("RECONNECTING %s"), duration);
  gtk_label_set_text (self->live_badge, label);
  gtk_widget_set_visible (GTK_WIDGET (self->live_badge), shown);
  if (state == KM_STUDIO_RECONNECTING)
    gtk_widget_add_css_class (GTK_WIDGET (self->live_badge), "lost");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->live_badge), "lost");

  count = km_format_count (room != NULL ? km_room_get_online (room) : 0);
  /* Translators: how many people are in the room */
  watching = g_strdup_printf (_("%s in the room"), count);
  gtk_label_set_text (self->viewers, watching);
  gtk_widget_set_visible (GTK_WIDGET (self->viewers), shown && room != NULL);
}

static gboolean
on_statistics_timeout (gpointer user_data)
{
  KmStudioWindow *self = user_data;

  update_health (self);
  update_badge (self);
  return G_SOURCE_CONTINUE;
}

static void
update_live_button (KmStudioWindow *self)
{
  KmStudioState state = km_studio_session_get_state (self->session);
  gboolean on_air = km_studio_session_is_on_air (self->session);
  gboolean starting = state == KM_STUDIO_STARTING;
  const char *title = starting ? _("Cancel") : on_air ? _("End") : _("Go Live");

  gtk_stack_set_visible_child_name (self->live_stack,
                                    starting ? "busy" : "ready");
  gtk_label_set_label (self->live_label, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->live_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_remove_css_class (GTK_WIDGET (self->live_button),
                               on_air ? "suggested-action"
                                      : "destructive-action");
  gtk_widget_add_css_class (GTK_WIDGET (self->live_button),
                            on_air ? "destructive-action" : "suggested-action");
}

/* What has to be known now, and what to do about it. */
static void
update_banner (KmStudioWindow *self)
{
  KmStudioState state = km_studio_session_get_state (self->session);
  const GError *error = km_studio_session_get_error (self->session);
  gboolean refused = state == KM_STUDIO_REFUSED;
  gboolean shown = error != NULL
                   && (refused || state == KM_STUDIO_STARTING
                       || state == KM_STUDIO_RECONNECTING);
  g_autofree char *title = NULL;

  if (shown)
    {
      title = refused ? g_strdup (km_words (error))
                      /* Translators: why the connection is lost */
                      : g_strdup_printf (_("%s Trying again…"),
                                         km_words (error));
      adw_banner_set_title (self->banner, title);
      adw_banner_set_button_label (self->banner,
                                   refused ? _("Go Live Again") : NULL);
    }
  adw_banner_set_revealed (self->banner, shown);
}

static void
update_network (KmStudioWindow *self)
{
  gtk_widget_set_visible (
    GTK_WIDGET (self->network),
    self->door != NULL
    && km_lan_door_get_state (self->door) == KM_LAN_DOOR_OPEN);
}

static void
update_title (KmStudioWindow *self)
{
  KmRoom *room = km_studio_session_get_room (self->session);
  const char *title = room != NULL ? km_room_get_title (room) : NULL;

  adw_window_title_set_title (self->title,
                              title != NULL && *title != '\0' ? title
                                                              : _("Studio"));
  adw_window_title_set_subtitle (
    self->title, km_server_get_local (self->server) != NULL
                   ? _("This Computer") : km_server_get_name (self->server));
}

static void
update (KmStudioWindow *self)
{
  update_live_button (self);
  update_banner (self);
  update_badge (self);
  update_health (self);
  update_title (self);
  update_network (self);
}

static void
on_room_opened (KmStudioWindow *self)
{
  KmRoom *room = km_studio_session_get_room (self->session);

  if (room == NULL)
    return;

  km_audience_panel_set_room (self->audience, room);
  g_signal_connect_object (room, "notify::online", G_CALLBACK (update_badge),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "notify::title", G_CALLBACK (update_title),
                           self, G_CONNECT_SWAPPED);
  km_host_tools_set_room (self->tools, self->server, room, self->settings);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.last-stream", TRUE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.share", TRUE);
  update (self);
}

static void
on_state_changed (KmStudioWindow *self)
{
  update (self);
  gtk_accessible_announce (
    GTK_ACCESSIBLE (self),
    describe_state (km_studio_session_get_state (self->session)),
    GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* The preview runs from the start, so that one sees what one would send. */
static void
start_preview (KmStudioWindow *self)
{
  g_autoptr (GError) error = NULL;

  if (km_media_init (&error) && km_broadcast_start (self->broadcast, &error))
    {
      gtk_picture_set_paintable (self->preview, GDK_PAINTABLE (
        km_broadcast_get_paintable (self->broadcast)));
      return;
    }

  g_autofree char *escaped = g_markup_escape_text (km_words (error), -1);

  adw_status_page_set_description (self->trouble, escaped);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static void
show_summary (KmStudioWindow *self,
              gboolean        ended)
{
  KmRoom *room = km_studio_session_get_room (self->session);

  if (room != NULL)
    adw_dialog_present (km_summary_dialog_new (self->server, room, ended),
                        GTK_WIDGET (self));
}

static void
on_end_answered (KmStudioWindow *self,
                 const char     *response)
{
  if (g_str_equal (response, "end"))
    {
      km_studio_session_end (self->session);
      show_summary (self, TRUE);
    }
  else if (g_str_equal (response, "close"))
    {
      self->closing = TRUE;
      km_studio_session_end (self->session);
      gtk_window_close (GTK_WINDOW (self));
    }
}

static void
ask_to_end (KmStudioWindow *self,
            const char     *body,
            const char     *response,
            const char     *label)
{
  AdwDialog *dialog;

  if (adw_application_window_get_visible_dialog (
        ADW_APPLICATION_WINDOW (self)) != NULL)
    return;

  dialog = adw_alert_dialog_new (_("End the Stream?"), body);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel", _("_Keep Streaming"),
                                  response, label, NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), response,
                                            ADW_RESPONSE_DESTRUCTIVE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_end_answered),
                           self, G_CONNECT_SWAPPED);
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
sign_in (KmStudioWindow *self)
{
  adw_dialog_present (km_sign_in_dialog_new (self->server), GTK_WIDGET (self));
}

static void
on_go_live (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (widget);

  switch (km_studio_session_get_state (self->session))
    {
    case KM_STUDIO_STARTING:
      km_studio_session_end (self->session);
      break;
    case KM_STUDIO_LIVE:
    case KM_STUDIO_RECONNECTING:
      ask_to_end (self, _("Viewers see that it is over."), "end", _("_End Stream"));
      break;
    case KM_STUDIO_PREVIEW:
    case KM_STUDIO_REFUSED:
    default:
      if (km_server_get_state (self->server) == KM_SERVER_ONLINE
          && !km_server_get_signed_in (self->server))
        sign_in (self);
      else
        km_studio_session_go_live (self->session);
      break;
    }
}

static void
on_banner_clicked (KmStudioWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.go-live", NULL);
}

static void
on_share (GtkWidget  *widget,
          const char *name,
          GVariant   *parameter)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (widget);

  adw_dialog_present (
    km_share_dialog_new (self->server,
                         km_studio_session_get_room (self->session),
                         self->door),
    widget);
}

static void
on_outside (GtkWidget  *widget,
            const char *name,
            GVariant   *parameter)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (widget);

  adw_dialog_present (km_outside_dialog_new (self->server, self->door),
                      widget);
}

static void
on_last_stream (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  show_summary (KM_STUDIO_WINDOW (widget), FALSE);
}

static void
on_open_own_room (GtkWidget  *widget,
                  const char *name,
                  GVariant   *parameter)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (widget);
  KmRoom *room = km_studio_session_get_room (self->session);

  if (room != NULL)
    gtk_widget_activate_action (
      widget, "app.open-room", "(ss)",
      km_server_get_local (self->server) != NULL
        ? "" : km_server_get_address (self->server),
      km_room_get_id (room));
}

static void
on_toggle_panel (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (widget);

  gtk_toggle_button_set_active (
    self->panel_button, !gtk_toggle_button_get_active (self->panel_button));
}

static void
on_mute (GtkWidget  *widget,
         const char *name,
         GVariant   *parameter)
{
  gtk_widget_activate_action (
    GTK_WIDGET (KM_STUDIO_WINDOW (widget)->sources), "sources.mute", NULL);
}

static gboolean
km_studio_window_close_request (GtkWindow *window)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (window);

  if (!self->closing && km_studio_session_is_on_air (self->session))
    {
      ask_to_end (self, _("You are live. Closing the Studio ends the stream."),
                  "close", _("_End and Close"));
      return TRUE;
    }

  return GTK_WINDOW_CLASS (km_studio_window_parent_class)
    ->close_request (window);
}

static void
km_studio_window_dispose (GObject *object)
{
  KmStudioWindow *self = KM_STUDIO_WINDOW (object);

  g_clear_handle_id (&self->statistics_source, g_source_remove);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      g_signal_handlers_disconnect_by_data (self->server, self);
      g_signal_handlers_disconnect_by_data (self->broadcast, self);
      km_studio_session_end (self->session);
      km_broadcast_stop (self->broadcast);
      km_server_unwatch (self->server);
    }
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_STUDIO_WINDOW);
  g_clear_object (&self->session);
  g_clear_object (&self->broadcast);
  g_clear_object (&self->devices);
  g_clear_object (&self->server);
  g_clear_object (&self->door);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (km_studio_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
#define BIND(name) \
  gtk_widget_class_bind_template_child (widget_class, KmStudioWindow, name)

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/studio/km-studio-window.ui");
  BIND (toasts);
  BIND (panel_button);
  BIND (title_button);
  BIND (title);
  BIND (live_button);
  BIND (live_stack);
  BIND (live_label);
  BIND (banner);
  BIND (preview);
  BIND (live_badge);
  BIND (viewers);
  BIND (source_notice);
  BIND (trouble);
  BIND (tools);
  BIND (sources);
  BIND (health);
  BIND (network);
  BIND (audience);
  gtk_widget_class_bind_template_callback (widget_class, on_banner_clicked);
#undef BIND
}

static void
km_studio_window_class_init (KmStudioWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_studio_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = km_studio_window_close_request;

  g_type_ensure (KM_TYPE_TITLE_BUTTON);
  g_type_ensure (KM_TYPE_SOURCE_NOTICE);
  g_type_ensure (KM_TYPE_HOST_TOOLS);
  g_type_ensure (KM_TYPE_STUDIO_SOURCES);
  g_type_ensure (KM_TYPE_AUDIENCE_PANEL);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "win.go-live", NULL,
                                   on_go_live);
  gtk_widget_class_install_action (widget_class, "win.share", NULL, on_share);
  gtk_widget_class_install_action (widget_class, "win.outside", NULL,
                                   on_outside);
  gtk_widget_class_install_action (widget_class, "win.open-own-room", NULL,
                                   on_open_own_room);
  gtk_widget_class_install_action (widget_class, "win.last-stream", NULL,
                                   on_last_stream);
  gtk_widget_class_install_action (widget_class, "win.toggle-panel", NULL,
                                   on_toggle_panel);
  gtk_widget_class_install_action (widget_class, "win.mute", NULL, on_mute);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_m,
                                       GDK_CONTROL_MASK, "win.mute", NULL);
}

static void
km_studio_window_init (KmStudioWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.last-stream", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.share", FALSE);
  adw_banner_set_use_markup (self->banner, FALSE);
}

static void
bind_settings (KmStudioWindow *self)
{
  g_settings_bind (self->settings, "studio-width", self, "default-width",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "studio-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "studio-maximized", self, "maximized",
                   G_SETTINGS_BIND_DEFAULT);
}

static KmBroadcastQuality
get_quality (GSettings *settings)
{
  static const KmBroadcastQuality qualities[] = {
    { 640, 360, 30, 800000, 96000 },
    KM_BROADCAST_QUALITY_DEFAULT,
    { 1920, 1080, 30, 6000000, 160000 },
  };

  return qualities[CLAMP (g_settings_get_enum (settings, "quality"), 0, 2)];
}

static void
connect_session (KmStudioWindow *self)
{
  g_signal_connect_object (self->session, "notify::state",
                           G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "notify::room",
                           G_CALLBACK (on_room_opened), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->server, "notify", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  if (self->door != NULL)
    g_signal_connect_object (self->door, "notify::state",
                             G_CALLBACK (update_network), self,
                             G_CONNECT_SWAPPED);
}

/**
 * km_studio_window_new:
 * @application: whose actions lead elsewhere
 * @settings: the profile's
 * @server: where to go live
 * @door: (nullable): of @server to the network around, if it has one
 *
 * Returns: (transfer none): the window; GTK owns it
 */
KmStudioWindow *
km_studio_window_new (GtkApplication *application,
                      GSettings      *settings,
                      KmServer       *server,
                      KmLanDoor      *door)
{
  KmStudioWindow *self = g_object_new (KM_TYPE_STUDIO_WINDOW,
                                       "application", application, NULL);
  KmBroadcastQuality quality = get_quality (settings);

  self->settings = g_object_ref (settings);
  self->server = g_object_ref (server);
  self->door = door != NULL ? g_object_ref (door) : NULL;
  km_server_watch (server);
  self->broadcast = km_broadcast_new (&quality);
  self->devices = g_object_ref (km_devices_get_default ());
  self->session = km_studio_session_new (server, self->broadcast);
  km_certificate_dialog_watch (GTK_WINDOW (self), server, NULL);

  bind_settings (self);
  connect_session (self);
  km_signed_out_watch (GTK_WIDGET (self->toasts), server);
  km_title_button_set_server (self->title_button, server);
  km_audience_panel_setup (self->audience, server, settings);
  start_preview (self);
  km_devices_start (self->devices);
  km_studio_sources_setup (self->sources, self->broadcast, self->devices,
                           settings);
  km_source_notice_setup (self->source_notice, self->broadcast,
                          self->devices, self->sources);
  on_room_opened (self);
  self->statistics_source = g_timeout_add (STATISTICS_EVERY_MS,
                                           on_statistics_timeout, self);
  update (self);
  return self;
}
