/* km-room-controls.c: the bar over the picture that fades away
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bar shows itself when the pointer moves over the picture and goes after
 * a while without; it stays while the pointer or the focus is in it, while
 * nothing plays, and while its window has no keyboard user's way to get it
 * back, that is: focus entering it shows it.
 *
 * Volume, mute and danmaku are settings of the profile; the bar is bound to
 * them, and so are the things they act on.
 *
 * Thread: main.
 */

#include "km-room-controls.h"

#include <glib/gi18n.h>

#include "km-format.h"

#define FADE_MS 2500

struct _KmRoomControls
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkButton *play;
  GtkToggleButton *mute;
  GtkWidget *volume_scale;
  GtkAdjustment *volume;
  GtkLabel *latency;
  GtkToggleButton *danmaku;
  GtkButton *fullscreen;

  gboolean pointer_inside;
  gboolean focus_inside;
  gboolean playing;
  guint fade_source;
};

G_DEFINE_FINAL_TYPE (KmRoomControls, km_room_controls, GTK_TYPE_WIDGET)

static void
set_shown (KmRoomControls *self,
           gboolean        shown)
{
  gtk_revealer_set_reveal_child (self->revealer, shown);
  gtk_widget_set_can_target (GTK_WIDGET (self), shown);
}

static gboolean
on_fade_timeout (gpointer user_data)
{
  KmRoomControls *self = user_data;

  self->fade_source = 0;
  if (self->playing && !self->pointer_inside && !self->focus_inside)
    set_shown (self, FALSE);
  return G_SOURCE_REMOVE;
}

/**
 * km_room_controls_wake:
 *
 * Shows the bar, for a while.
 */
void
km_room_controls_wake (KmRoomControls *self)
{
  set_shown (self, TRUE);
  g_clear_handle_id (&self->fade_source, g_source_remove);
  self->fade_source = g_timeout_add (FADE_MS, on_fade_timeout, self);
}

static void
on_inside_changed (KmRoomControls *self,
                   GParamSpec     *pspec,
                   GObject        *controller)
{
  if (GTK_IS_EVENT_CONTROLLER_MOTION (controller))
    self->pointer_inside = gtk_event_controller_motion_contains_pointer (
      GTK_EVENT_CONTROLLER_MOTION (controller));
  else
    self->focus_inside = gtk_event_controller_focus_contains_focus (
      GTK_EVENT_CONTROLLER_FOCUS (controller));
  km_room_controls_wake (self);
}

static void
update_mute_icon (KmRoomControls *self)
{
  double volume = gtk_adjustment_get_value (self->volume);
  gboolean muted = gtk_toggle_button_get_active (self->mute);

  gtk_button_set_icon_name (GTK_BUTTON (self->mute),
                            muted || volume <= 0 ? "audio-volume-muted-symbolic"
                            : volume < 0.34 ? "audio-volume-low-symbolic"
                            : volume < 0.67 ? "audio-volume-medium-symbolic"
                                            : "audio-volume-high-symbolic");
}

static void
km_room_controls_dispose (GObject *object)
{
  KmRoomControls *self = KM_ROOM_CONTROLS (object);

  g_clear_handle_id (&self->fade_source, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_ROOM_CONTROLS);

  G_OBJECT_CLASS (km_room_controls_parent_class)->dispose (object);
}

static void
km_room_controls_class_init (KmRoomControlsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_room_controls_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/room/km-room-controls.ui");
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, revealer);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, play);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, mute);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls,
                                        volume_scale);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, volume);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, latency);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls, danmaku);
  gtk_widget_class_bind_template_child (widget_class, KmRoomControls,
                                        fullscreen);
}

static void
km_room_controls_init (KmRoomControls *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_swapped (motion, "notify::contains-pointer",
                            G_CALLBACK (on_inside_changed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect_swapped (focus, "notify::contains-focus",
                            G_CALLBACK (on_inside_changed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);

  g_signal_connect_swapped (self->mute, "toggled",
                            G_CALLBACK (update_mute_icon), self);
  g_signal_connect_swapped (self->volume, "value-changed",
                            G_CALLBACK (update_mute_icon), self);
  km_room_controls_set_paused (self, FALSE);
}

/**
 * km_room_controls_bind_settings:
 * @settings: the profile's
 */
void
km_room_controls_bind_settings (KmRoomControls *self,
                                GSettings      *settings)
{
  g_settings_bind (settings, "volume", self->volume, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "muted", self->mute, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "danmaku", self->danmaku, "active",
                   G_SETTINGS_BIND_DEFAULT);
  update_mute_icon (self);
}

/**
 * km_room_controls_set_paused:
 * @paused: whether the person paused
 */
void
km_room_controls_set_paused (KmRoomControls *self,
                             gboolean        paused)
{
  const char *title = paused ? _("Back to Live") : _("Pause");

  gtk_button_set_icon_name (self->play, paused
                                          ? "media-playback-start-symbolic"
                                          : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->play), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/**
 * km_room_controls_set_playing:
 * @playing: whether a picture moves; only then the bar fades
 */
void
km_room_controls_set_playing (KmRoomControls *self,
                              gboolean        playing)
{
  if (self->playing == playing)
    return;

  self->playing = playing;
  km_room_controls_wake (self);
}

/**
 * km_room_controls_set_latency:
 * @latency_ms: how far the picture is behind; -1: not live
 */
void
km_room_controls_set_latency (KmRoomControls *self,
                              gint64          latency_ms)
{
  g_autofree char *seconds = NULL;
  g_autofree char *label = NULL;

  if (latency_ms >= 0)
    {
      seconds = km_format_latency (latency_ms);
      /* Translators: how far the picture is behind: "LIVE 0.9 s" */
      label = g_strdup_printf (_("LIVE %s"), seconds);
    }
  gtk_label_set_text (self->latency, label != NULL ? label : "");
}

/**
 * km_room_controls_set_fullscreen:
 * @fullscreen: whether the picture fills the screen
 */
void
km_room_controls_set_fullscreen (KmRoomControls *self,
                                 gboolean        fullscreen)
{
  const char *title = fullscreen ? _("Leave Full Screen") : _("Full Screen");

  gtk_button_set_icon_name (self->fullscreen,
                            fullscreen ? "view-restore-symbolic"
                                       : "view-fullscreen-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->fullscreen), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->fullscreen),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/**
 * km_room_controls_set_silent:
 * @silent: whether this computer can't play sound
 */
void
km_room_controls_set_silent (KmRoomControls *self,
                             gboolean        silent)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->mute), !silent);
  gtk_widget_set_sensitive (self->volume_scale, !silent);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->mute),
                               silent ? _("This computer plays no sound now")
                                      : _("Mute"));
}
