/* km-slow-mode-note.c: that a room is slow, and how long one waits
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands above the entry while slow mode is on and holds for the reader, and
 * counts down to their next message, looking at the clock only while they wait.
 *
 * That the mode began or ended is announced; the seconds aren't, but to
 * somebody who tries too early.
 *
 * Thread: main.
 */

#include "km-slow-mode-note.h"

#include <glib/gi18n.h>

#include "km-format.h"

#define LOOK_EVERY_MS 200

struct _KmSlowModeNote
{
  GtkWidget parent_instance;

  GtkLabel *label;

  KmRoom *room;
  guint timer;
  gboolean waits;
};

enum
{
  PROP_WAITS = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (KmSlowModeNote, km_slow_mode_note, GTK_TYPE_WIDGET)

static char *
describe (KmSlowModeNote *self,
          gint64          left_us)
{
  guint left_s = (guint) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  g_autofree char *span = NULL;

  if (left_us > 0)
    return g_strdup_printf (
      ngettext ("Slow mode: next message in %u second",
                "Slow mode: next message in %u seconds", left_s), left_s);

  span = km_format_span (km_room_get_slow_s (self->room));
  /* Translators: %s is how long, as "30 seconds" */
  return g_strdup_printf (_("Slow mode: %s between messages"), span);
}

static void
show (KmSlowModeNote *self)
{
  gint64 left_us = km_room_get_may_say_us (self->room)
                   - g_get_monotonic_time ();
  g_autofree char *words = describe (self, left_us);

  gtk_label_set_text (self->label, words);
  if (self->waits == (left_us > 0))
    return;

  self->waits = left_us > 0;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAITS]);
}

static gboolean
on_timeout (gpointer user_data)
{
  KmSlowModeNote *self = user_data;

  show (self);
  if (self->waits)
    return G_SOURCE_CONTINUE;

  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static void
on_may_say (KmSlowModeNote *self)
{
  show (self);
  if (self->waits && self->timer == 0)
    self->timer = g_timeout_add (LOOK_EVERY_MS, on_timeout, self);
}

static gboolean
holds (KmSlowModeNote *self)
{
  return km_room_get_slow_s (self->room) > 0
         && km_room_get_role (self->room) == KM_ROLE_MEMBER;
}

static void
on_mode (KmSlowModeNote *self)
{
  gboolean held = gtk_widget_get_visible (GTK_WIDGET (self));

  gtk_widget_set_visible (GTK_WIDGET (self), holds (self));
  show (self);
  if (holds (self))
    km_slow_mode_note_announce (self);
  else if (held)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), _("Slow mode is off"),
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

static void
km_slow_mode_note_get_property (GObject    *object,
                                guint       id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_WAITS:
      g_value_set_boolean (value, KM_SLOW_MODE_NOTE (object)->waits);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
km_slow_mode_note_dispose (GObject *object)
{
  KmSlowModeNote *self = KM_SLOW_MODE_NOTE (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), KM_TYPE_SLOW_MODE_NOTE);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (km_slow_mode_note_parent_class)->dispose (object);
}

static void
km_slow_mode_note_class_init (KmSlowModeNoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = km_slow_mode_note_get_property;
  object_class->dispose = km_slow_mode_note_dispose;

  properties[PROP_WAITS] =
    g_param_spec_boolean ("waits", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                            | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/kaimu_live/Kaimu/chat/km-slow-mode-note.ui");
  gtk_widget_class_bind_template_child (widget_class, KmSlowModeNote, label);
}

static void
km_slow_mode_note_init (KmSlowModeNote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * km_slow_mode_note_set_room:
 * @room: whose slow mode to show
 *
 * Set once.
 */
void
km_slow_mode_note_set_room (KmSlowModeNote *self,
                            KmRoom         *room)
{
  g_return_if_fail (self->room == NULL);

  self->room = g_object_ref (room);
  g_signal_connect_object (room, "notify::may-say-us", G_CALLBACK (on_may_say),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "notify::slow-s", G_CALLBACK (on_mode), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (room, "notify::role", G_CALLBACK (on_mode), self,
                           G_CONNECT_SWAPPED);
  on_mode (self);
  on_may_say (self);
}

/**
 * km_slow_mode_note_get_waits:
 *
 * Returns: whether the next message would be refused now
 */
gboolean
km_slow_mode_note_get_waits (KmSlowModeNote *self)
{
  return self->waits;
}

/**
 * km_slow_mode_note_announce:
 *
 * Has a screen reader say what is shown.
 */
void
km_slow_mode_note_announce (KmSlowModeNote *self)
{
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           gtk_label_get_text (self->label),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}
