/* km-room-window.c: one room, watched
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three things go on at once and fail separately: the room's socket (who is
 * there, what is said, whether it is live), the picture's own connection, and
 * the comments that fly in time with the picture. km-room-page.c decides from
 * all of it what stands over the picture; this window only gathers and shows.
 *
 * The player is asked for the picture as soon as the server's address is
 * known, without waiting for the socket: it is what one came for.
 *
 * Thread: main.
 */

#include "km-room-window.h"

#include <glib/gi18n.h>

#include "km-certificate-dialog.h"
#include "km-chat-panel.h"
#include "km-danmaku-view.h"
#include "km-flying.h"
#include "km-format.h"
#include "km-gift-glue.h"
#include "km-link.h"
#include "km-media.h"
#include "km-player.h"
#include "km-poll-glue.h"
#include "km-ratio-bin.h"
#include "km-room-acts.h"
#include "km-room-ballot.h"
#include "km-room-controls.h"
#include "km-room-cover.h"
#include "km-room-page.h"
#include "km-signed-out.h"
#include "km-words.h"

#define NAME_CLUSTERS   24
#define LATENCY_EVERY_MS 500

struct _KmRoomWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  AdwToolbarView *toolbars;
  AdwWindowTitle *title;
  GtkToggleButton *panel_button;
  GtkWidget *video;
  GtkPicture *picture;
  KmDanmakuView *danmaku;
  KmGiftLayer *gifts;
  KmHearts *hearts;
  GtkWidget *poll_place;
  KmPollCard *poll;
  KmRoomCover *cover;
  KmRoomControls *controls;
  KmChatPanel *chat;
  AdwMultiLayoutView *layouts;
  AdwBottomSheet *sheet;
  KmRoomActs *acts;
  KmRoomBallot *ballot;

  GSettings *settings;
  KmServer *server;
  KmRoom *room;
  char *room_id;
  KmPlayer *player;
  char *playing_address;
  char *playing_pin;

  KmRoomPage page;
  gboolean paused;
  gboolean was_live;
  gboolean panel_before_fullscreen;
  gint64 edge_ms;
  gint64 edge_at_us;
  guint latency_source;
  guint inhibit_cookie;
};

G_DEFINE_FINAL_TYPE (KmRoomWindow, km_room_window, ADW_TYPE_APPLICATION_WINDOW)

static gint64
get_position_ms (gpointer user_data)
{
  KmRoomWindow *self = user_data;

  return km_player_get_state (self->player) == KM_PLAYER_PLAYING
           ? km_player_get_position_ms (self->player) : -1;
}

static char *
dup_host (KmRoomWindow *self)
{
  const char *host = km_room_get_host_name (self->room);

  return host != NULL ? km_format_short_name (host, NAME_CLUSTERS)
                      : g_strdup (_("The host"));
}

/* A screen doesn't go dark while somebody watches. */
static void
update_inhibit (KmRoomWindow *self,
                gboolean      playing)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  if (application == NULL || playing == (self->inhibit_cookie != 0))
    return;

  if (playing)
    {
      self->inhibit_cookie = gtk_application_inhibit (
        application, GTK_WINDOW (self), GTK_APPLICATION_INHIBIT_IDLE,
        _("Watching a room"));
    }
  else
    {
      gtk_application_uninhibit (application, self->inhibit_cookie);
      self->inhibit_cookie = 0;
    }
}

static void
update_title (KmRoomWindow *self)
{
  g_autofree char *host = dup_host (self);
  g_autofree char *count = km_format_count (km_room_get_online (self->room));
  g_autofree char *subtitle = NULL;
  const char *title = km_room_get_title (self->room);

  if (title == NULL || *title == '\0')
    title = host;
  /* Translators: host, how many watch */
  subtitle = km_room_get_host_name (self->room) == NULL
               ? NULL
               : g_strdup_printf (_("%s · %s watching"), host, count);
  adw_window_title_set_title (self->title, title);
  adw_window_title_set_subtitle (self->title,
                                 subtitle != NULL ? subtitle : "");
  gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
update (KmRoomWindow *self)
{
  KmRoomSituation situation = {
    .room = km_room_get_state (self->room),
    .player = km_player_get_state (self->player),
    .live = km_room_get_live (self->room),
    .was_live = self->was_live,
    .publisher_lost = km_room_get_publisher (self->room)
                      == KM_ROOM_PUBLISHER_LOST,
    .paused = self->paused,
    .server_away = km_server_get_state (self->server) == KM_SERVER_OFFLINE
                   && km_server_get_error (self->server) != NULL,
  };
  KmRoomPage page = km_room_page_choose (&situation);
  gboolean moving = page == KM_ROOM_PAGE_PICTURE;

  self->was_live |= situation.live;
  self->page = page;
  km_room_cover_show (self->cover, page, self->server, self->room,
                      self->player);

  km_room_controls_set_playing (self->controls, moving);
  km_room_controls_set_silent (self->controls,
                               km_player_get_silent (self->player));
  km_danmaku_view_set_paused (self->danmaku,
                              self->paused || page == KM_ROOM_PAGE_WAITING);
  update_inhibit (self, moving);
  update_title (self);
}

/* Asks for the picture, again when the server moved to another address or its
 * certificate was agreed to. */
static void
play (KmRoomWindow *self)
{
  const char *pin = km_server_get_pin (self->server);
  g_autofree char *address = km_room_dup_flv_address (self->room);

  if (address == NULL || self->paused)
    return;
  if (g_strcmp0 (address, self->playing_address) == 0
      && g_strcmp0 (pin, self->playing_pin) == 0)
    return;

  g_set_str (&self->playing_address, address);
  g_set_str (&self->playing_pin, pin);
  km_player_set_pin (self->player, pin);
  km_player_play (self->player, address);
}

static void
stop (KmRoomWindow *self)
{
  g_clear_pointer (&self->playing_address, g_free);
  g_clear_pointer (&self->playing_pin, g_free);
  km_player_stop (self->player);
}

static void
on_server_notify (KmRoomWindow *self)
{
  play (self);
  update (self);
}

static void
on_room_notify (KmRoomWindow *self)
{
  play (self);
  update (self);
}

static void
on_live_changed (KmRoomWindow *self)
{
  if (km_room_get_live (self->room))
    km_player_stream_started (self->player);
  else if (km_room_get_state (self->room) == KM_ROOM_ONLINE)
    km_player_stream_ended (self->player);
  update (self);
}

static void
on_edge_changed (KmRoomWindow *self)
{
  self->edge_ms = km_room_get_edge_ms (self->room);
  self->edge_at_us = g_get_monotonic_time ();
}

static void
on_player_notify (KmRoomWindow *self)
{
  GdkPaintable *paintable = km_player_get_paintable (self->player);

  if (gtk_picture_get_paintable (self->picture) != paintable)
    gtk_picture_set_paintable (self->picture, paintable);
  update (self);
}

/* The live edge moves on between two ticks of the server. */
static gboolean
on_latency_timeout (gpointer user_data)
{
  KmRoomWindow *self = user_data;
  gint64 position_ms = get_position_ms (self);
  gint64 latency_ms = -1;

  if (position_ms >= 0 && self->edge_ms > 0
      && km_room_get_publisher (self->room) == KM_ROOM_PUBLISHER_OK)
    {
      gint64 since_ms = (g_get_monotonic_time () - self->edge_at_us) / 1000;

      latency_ms = MAX (0, self->edge_ms + MIN (since_ms, 1000) - position_ms);
    }
  km_room_controls_set_latency (self->controls, latency_ms);
  return G_SOURCE_CONTINUE;
}

static void
on_volume_changed (KmRoomWindow *self)
{
  km_player_set_volume (self->player,
                        g_settings_get_double (self->settings, "volume"));
  km_player_set_muted (self->player,
                       g_settings_get_boolean (self->settings, "muted"));
}

static void
toggle_pause (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  KmRoomWindow *self = KM_ROOM_WINDOW (widget);

  self->paused = !self->paused;
  km_room_controls_set_paused (self->controls, self->paused);
  if (self->paused)
    stop (self);
  else
    play (self);
  update (self);
}

static void
toggle_fullscreen (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  if (gtk_window_is_fullscreen (GTK_WINDOW (widget)))
    gtk_window_unfullscreen (GTK_WINDOW (widget));
  else
    gtk_window_fullscreen (GTK_WINDOW (widget));
}

static void
on_fullscreened (KmRoomWindow *self)
{
  gboolean fullscreen = gtk_window_is_fullscreen (GTK_WINDOW (self));

  if (fullscreen)
    self->panel_before_fullscreen
      = gtk_toggle_button_get_active (self->panel_button);
  adw_toolbar_view_set_reveal_top_bars (self->toolbars, !fullscreen);
  gtk_toggle_button_set_active (self->panel_button,
                                !fullscreen && self->panel_before_fullscreen);
  km_room_controls_set_fullscreen (self->controls, fullscreen);
}

/* The panel has the poll; over the picture it stands while the panel is away. */
static void
on_panel_changed (KmRoomWindow *self)
{
  gboolean narrow = g_strcmp0 (
    adw_multi_layout_view_get_layout_name (self->layouts), "narrow") == 0;
  gboolean shown = narrow ? !gtk_window_is_fullscreen (GTK_WINDOW (self))
                          : gtk_toggle_button_get_active (self->panel_button);

  gtk_widget_set_visible (self->poll_place, !shown);
}

static void
on_layout_changed (KmRoomWindow *self)
{
  gboolean narrow = g_strcmp0 (
    adw_multi_layout_view_get_layout_name (self->layouts), "narrow") == 0;

  if (self->acts != NULL)
    km_room_acts_set_sheet (self->acts, narrow ? self->sheet : NULL);
  on_panel_changed (self);
}

static void
toggle_setting (KmRoomWindow *self,
                const char   *key)
{
  g_settings_set_boolean (self->settings, key,
                          !g_settings_get_boolean (self->settings, key));
  km_room_controls_wake (self->controls);
}

static void
toggle_panel (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  KmRoomWindow *self = KM_ROOM_WINDOW (widget);

  gtk_toggle_button_set_active (
    self->panel_button, !gtk_toggle_button_get_active (self->panel_button));
}

static void
copy_link (GtkWidget  *widget,
           const char *name,
           GVariant   *parameter)
{
  KmRoomWindow *self = KM_ROOM_WINDOW (widget);
  const char *address = km_server_get_address (self->server);
  g_autofree char *link = NULL;

  if (address != NULL)
    link = km_link_format (address, self->room_id,
                           km_server_get_pin (self->server));

  if (link == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), link);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_("Link copied")));
}

static void
on_cover_clicked (KmRoomWindow *self)
{
  KmLocalServer *local = km_server_get_local (self->server);

  switch (self->page)
    {
    case KM_ROOM_PAGE_PAUSED:
      toggle_pause (GTK_WIDGET (self), NULL, NULL);
      break;
    case KM_ROOM_PAGE_CLOSED:
      gtk_widget_activate_action (GTK_WIDGET (self), "app.open-lobby", NULL);
      break;
    default:
      if (local != NULL
          && km_local_server_get_state (local) == KM_LOCAL_SERVER_FAILED)
        km_local_server_start (local);
      km_server_forget_refused (self->server);
      km_connection_retry_now (km_server_get_connection (self->server));
      stop (self);
      play (self);
      update (self);
      break;
    }
}

/* The digits in a row and those of the keypad. */
static gboolean
vote_by_key (KmRoomWindow *self,
             guint         key)
{
  guint number;

  if (key >= GDK_KEY_0 && key <= GDK_KEY_9)
    number = key - GDK_KEY_0;
  else if (key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9)
    number = key - GDK_KEY_KP_0;
  else
    return FALSE;
  return km_room_ballot_vote_number (self->ballot, number);
}

/* Single keys mean something only while nobody writes. */
static gboolean
handle_single_key (KmRoomWindow *self,
                   guint         key)
{
  switch (gdk_keyval_to_lower (key))
    {
    case GDK_KEY_f:
      toggle_fullscreen (GTK_WIDGET (self), NULL, NULL);
      return TRUE;
    case GDK_KEY_m:
      toggle_setting (self, "muted");
      return TRUE;
    case GDK_KEY_d:
      toggle_setting (self, "danmaku");
      return TRUE;
    case GDK_KEY_l:
      km_room_acts_like (self->acts);
      return TRUE;
    case GDK_KEY_g:
      gtk_toggle_button_set_active (self->panel_button, TRUE);
      km_room_acts_open_gifts (self->acts);
      return TRUE;
    case GDK_KEY_space:
      toggle_pause (GTK_WIDGET (self), NULL, NULL);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      gtk_toggle_button_set_active (self->panel_button, TRUE);
      km_chat_entry_focus (km_chat_panel_get_entry (self->chat));
      return TRUE;
    default:
      return vote_by_key (self, key);
    }
}

static gboolean
on_key_pressed (KmRoomWindow    *self,
                guint            key,
                guint            code,
                GdkModifierType  modifiers)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (key == GDK_KEY_Escape)
    {
      if (km_chat_entry_has_focus (km_chat_panel_get_entry (self->chat)))
        gtk_widget_grab_focus (self->video);
      else if (gtk_window_is_fullscreen (GTK_WINDOW (self)))
        gtk_window_unfullscreen (GTK_WINDOW (self));
      else
        return FALSE;
      return TRUE;
    }

  if ((modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0
      || (focus != NULL && GTK_IS_EDITABLE (focus)))
    return FALSE;
  return handle_single_key (self, key);
}

static void
on_video_motion (KmRoomWindow *self)
{
  km_room_controls_wake (self->controls);
}

static void
on_video_pressed (KmRoomWindow *self,
                  int           n_press)
{
  gtk_widget_grab_focus (self->video);
  km_room_controls_wake (self->controls);
  if (n_press == 2)
    toggle_fullscreen (GTK_WIDGET (self), NULL, NULL);
}

static void
add_controllers (KmRoomWindow *self)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (on_key_pressed),
                            self);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_video_motion),
                            self);
  gtk_widget_add_controller (self->video, motion);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_video_pressed),
                            self);
  gtk_widget_add_controller (self->video, GTK_EVENT_CONTROLLER (click));
}

static void
km_room_window_dispose (GObject *object)
{
  KmRoomWindow *self = KM_ROOM_WINDOW (object);

  g_clear_handle_id (&self->latency_source, g_source_remove);
  if (self->player != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->player, self);
      km_player_stop (self->player);
    }
  if (self->room != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->room, self);
      g_signal_handlers_disconnect_by_data (self->server, self);
      km_server_unwatch (self->server);
    }
  g_clear_object (&self->room);
  g_clear_object (&self->server);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_WINDOW);
  g_clear_object (&self->player);
  g_clear_pointer (&self->playing_pin, g_free);
  g_clear_pointer (&self->playing_address, g_free);
  g_clear_pointer (&self->room_id, g_free);

  G_OBJECT_CLASS (km_room_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/room/km-room-window.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, toolbars);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, title);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow,
                                        panel_button);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, video);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, picture);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, danmaku);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, gifts);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, hearts);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, poll_place);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, poll);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, cover);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, controls);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, chat);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, layouts);
  gtk_widget_class_bind_template_child (widget_class, KmRoomWindow, sheet);
  gtk_widget_class_bind_template_callback (widget_class, on_cover_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_layout_changed);
}

static void
km_room_window_class_init (KmRoomWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_window_dispose;

  g_type_ensure (KM_TYPE_DANMAKU_VIEW);
  g_type_ensure (KM_TYPE_GIFT_LAYER);
  g_type_ensure (KM_TYPE_HEARTS);
  g_type_ensure (KM_TYPE_POLL_CARD);
  g_type_ensure (KM_TYPE_RATIO_BIN);
  g_type_ensure (KM_TYPE_ROOM_CONTROLS);
  g_type_ensure (KM_TYPE_ROOM_COVER);
  g_type_ensure (KM_TYPE_CHAT_PANEL);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "room.toggle-pause", NULL,
                                   toggle_pause);
  gtk_widget_class_install_action (widget_class, "room.toggle-fullscreen", NULL,
                                   toggle_fullscreen);
  gtk_widget_class_install_action (widget_class, "room.copy-link", NULL,
                                   copy_link);
  gtk_widget_class_install_action (widget_class, "win.toggle-panel", NULL,
                                   toggle_panel);
}

static void
km_room_window_init (KmRoomWindow *self)
{
  g_autoptr (GError) error = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->edge_ms = -1;

  /* What is missing then is what the player says, too. */
  if (!km_media_init (&error))
    g_info ("%s", error->message);
  self->player = km_player_new ();
  g_signal_connect_object (self->player, "notify",
                           G_CALLBACK (on_player_notify), self,
                           G_CONNECT_SWAPPED);
  gtk_picture_set_paintable (self->picture,
                             km_player_get_paintable (self->player));
  km_danmaku_view_set_position_func (self->danmaku, get_position_ms, self,
                                     NULL);
  g_signal_connect (self, "notify::fullscreened", G_CALLBACK (on_fullscreened),
                    NULL);
  g_signal_connect (self, "notify::fullscreened",
                    G_CALLBACK (on_panel_changed), NULL);
  g_signal_connect_object (self->panel_button, "toggled",
                           G_CALLBACK (on_panel_changed), self,
                           G_CONNECT_SWAPPED);
  self->latency_source = g_timeout_add (LATENCY_EVERY_MS, on_latency_timeout,
                                        self);
  add_controllers (self);
}

static void
bind_settings (KmRoomWindow *self)
{
  g_settings_bind (self->settings, "room-width", self, "default-width",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "room-height", self, "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "room-maximized", self, "maximized",
                   G_SETTINGS_BIND_DEFAULT);
  km_room_controls_bind_settings (self->controls, self->settings);
  km_flying_bind_settings (self->danmaku, self->settings);
  g_signal_connect_object (self->settings, "changed::volume",
                           G_CALLBACK (on_volume_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->settings, "changed::muted",
                           G_CALLBACK (on_volume_changed), self,
                           G_CONNECT_SWAPPED);
  on_volume_changed (self);
}

static void
connect_room (KmRoomWindow *self)
{
  g_signal_connect_object (self->server, "notify",
                           G_CALLBACK (on_server_notify), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->room, "notify::live",
                           G_CALLBACK (on_live_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->room, "notify::edge-ms",
                           G_CALLBACK (on_edge_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->room, "notify", G_CALLBACK (on_room_notify),
                           self, G_CONNECT_SWAPPED);
  km_flying_bind_room (self->danmaku, self->room);
}

static void
add_acts (KmRoomWindow *self)
{
  GtkWidget *acts = km_room_acts_new (self->server, self->room, self->settings,
                                      get_position_ms, self);
  GtkWidget *ballot = km_room_ballot_new (self->server, self->room);

  self->acts = KM_ROOM_ACTS (acts);
  self->ballot = KM_ROOM_BALLOT (ballot);
  km_chat_panel_set_top (self->chat, ballot);
  km_chat_panel_set_bottom (self->chat, acts);
  km_poll_glue_bind (self->poll, self->room);
  km_gift_glue_bind (self->gifts, self->hearts, self->room,
                     km_server_get_wallet (self->server));
  on_layout_changed (self);
}

/**
 * km_room_window_new:
 * @application: whose actions lead elsewhere
 * @settings: the profile's
 * @server: where the room is
 * @room: the room's id
 *
 * Returns: (transfer none): the window; GTK owns it
 */
KmRoomWindow *
km_room_window_new (GtkApplication *application,
                    GSettings      *settings,
                    KmServer       *server,
                    const char     *room)
{
  KmRoomWindow *self = g_object_new (KM_TYPE_ROOM_WINDOW,
                                     "application", application, NULL);

  self->settings = g_object_ref (settings);
  self->server = g_object_ref (server);
  self->room_id = g_strdup (room);
  km_server_watch (server);
  self->room = km_server_open_room (server, room);

  bind_settings (self);
  connect_room (self);
  km_chat_panel_set_room (self->chat, server, self->room, settings);
  km_chat_entry_set_time_func (km_chat_panel_get_entry (self->chat),
                               get_position_ms, self);
  add_acts (self);
  km_certificate_dialog_watch (GTK_WINDOW (self), server, NULL);
  km_signed_out_watch (GTK_WIDGET (self->toasts), server);
  play (self);
  update (self);
  gtk_widget_grab_focus (self->video);
  return self;
}

/**
 * km_room_window_shows:
 * @server: a server
 * @room: a room's id
 *
 * Returns: whether this window is the one of @room on @server
 */
gboolean
km_room_window_shows (KmRoomWindow *self,
                      KmServer     *server,
                      const char   *room)
{
  return g_str_equal (self->room_id, room)
         && (self->server == server
             || g_strcmp0 (km_server_get_address (self->server),
                           km_server_get_address (server)) == 0);
}
