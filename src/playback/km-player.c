/* km-player.c: a live address in, a picture and sound out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state machine over one KmPlayerPipeline a connection; set_state() is the
 * only writer of the state. Whatever ends a connection, the player tries again
 * by itself, after a wait that chance spreads, so that the viewers of a server
 * that comes back don't come all at once. While it tries, it stays in the
 * state that says why it has to.
 *
 * The sink, and with it the paintable, outlives the pipelines: windows keep
 * one picture.
 *
 * Properties: "state", "error", "volume", "muted", "silent" (there is sound in
 * the stream, perhaps, but nothing to play it with).
 *
 * Thread: main.
 */

#include "km-player.h"

#include <glib/gi18n.h>
#include <gst/gst.h>

#include "km-elements.h"
#include "km-media.h"
#include "km-player-pipeline.h"
#include "km-retry.h"
#include "km-watchdog.h"

#define TICK_MS 100
/* Nothing arrives for so long: say so. */
#define WAITING_US (2 * G_TIME_SPAN_SECOND)
/* For so long: the connection is dead, whatever it looks like. */
#define DEAD_US (15 * G_TIME_SPAN_SECOND)

struct _KmPlayer
{
  GObject parent_instance;

  KmPlayerState state;
  GError *error;
  double volume;
  gboolean muted;
  gboolean silent;
  gboolean no_sound; /* a device failed while playing: not tried again */

  char *address; /* NULL: not asked to play */
  char *pin;     /* NULL: only certificates that are trusted anyway */
  GstElement *sink;
  GdkPaintable *paintable;
  KmPlayerPipeline *pipeline;
  gboolean shown; /* by this pipeline */
  guint tick;
  gint64 retry_us; /* when to connect; 0: not by itself */
  KmRetry retry;
  KmWatchdog waiting;
  KmWatchdog dead;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  PROP_VOLUME,
  PROP_MUTED,
  PROP_SILENT,
  N_PROPERTIES
};

G_DEFINE_QUARK (km-player-error-quark, km_player_error)

G_DEFINE_ENUM_TYPE (KmPlayerState, km_player_state,
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_PLAYING, "playing"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (KM_PLAYER_ERROR_STATE, "error"))

G_DEFINE_FINAL_TYPE (KmPlayer, km_player, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
km_player_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KmPlayer *self = KM_PLAYER (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_VOLUME:
      g_value_set_double (value, self->volume);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    case PROP_SILENT:
      g_value_set_boolean (value, self->silent);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_player_set_property (GObject      *object,
                        guint         property_id,
                        const GValue *value,
                        GParamSpec   *pspec)
{
  KmPlayer *self = KM_PLAYER (object);

  switch (property_id)
    {
    case PROP_VOLUME:
      km_player_set_volume (self, g_value_get_double (value));
      break;
    case PROP_MUTED:
      km_player_set_muted (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_player_dispose (GObject *object)
{
  KmPlayer *self = KM_PLAYER (object);

  km_player_stop (self);
  g_clear_object (&self->paintable);
  gst_clear_object (&self->sink);

  G_OBJECT_CLASS (km_player_parent_class)->dispose (object);
}

static void
km_player_finalize (GObject *object)
{
  KmPlayer *self = KM_PLAYER (object);

  g_clear_error (&self->error);
  g_free (self->pin);

  G_OBJECT_CLASS (km_player_parent_class)->finalize (object);
}

static void
km_player_class_init (KmPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable =
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = km_player_get_property;
  object_class->set_property = km_player_set_property;
  object_class->dispose = km_player_dispose;
  object_class->finalize = km_player_finalize;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL,
                       KM_TYPE_PLAYER_STATE, KM_PLAYER_IDLE, readable);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, readable);
  properties[PROP_VOLUME] =
    g_param_spec_double ("volume", NULL, NULL, 0, 1, 1, writable);
  properties[PROP_MUTED] =
    g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  properties[PROP_SILENT] =
    g_param_spec_boolean ("silent", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
km_player_init (KmPlayer *self)
{
  self->volume = 1;
  self->waiting.limit_us = WAITING_US;
  self->dead.limit_us = DEAD_US;
  self->retry.rule = (KmRetryRule) {
    .first_us = 500 * G_TIME_SPAN_MILLISECOND,
    .ceiling_us = 10 * G_TIME_SPAN_SECOND,
    .factor = 2,
    .jitter = 1,
    .stable_us = 5 * G_TIME_SPAN_SECOND,
  };
}

/* Takes the error. Both change before either is announced, so that whoever
 * listens to one may read the other. */
static void
set_state (KmPlayer      *self,
           KmPlayerState  state,
           GError        *error)
{
  GObject *object = G_OBJECT (self);
  gboolean error_changed = error != NULL || self->error != NULL;
  gboolean state_changed = state != self->state;

  g_clear_error (&self->error);
  self->error = error;
  self->state = state;

  g_object_freeze_notify (object);
  if (error_changed)
    g_object_notify_by_pspec (object, properties[PROP_ERROR]);
  if (state_changed)
    g_object_notify_by_pspec (object, properties[PROP_STATE]);
  g_object_thaw_notify (object);
}

static void
set_silent (KmPlayer *self,
            gboolean  silent)
{
  if (self->silent == silent)
    return;

  self->silent = silent;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SILENT]);
}

static void
disconnect (KmPlayer *self)
{
  self->retry_us = 0;
  g_clear_pointer (&self->pipeline, km_player_pipeline_free);
  self->shown = FALSE;
}

static gboolean
make_sink (KmPlayer  *self,
           GError   **error)
{
  if (self->sink != NULL)
    return TRUE;

  self->sink = km_elements_make ("gtk4paintablesink", NULL, error);
  if (self->sink == NULL)
    return FALSE;

  gst_object_ref_sink (self->sink);
  /* Its lateness is judged before it; its deadline would only add delay. */
  g_object_set (self->sink,
                "max-lateness", (gint64) -1,
                "processing-deadline", (guint64) 0,
                "qos", FALSE,
                "enable-last-sample", FALSE,
                NULL);
  g_object_get (self->sink, "paintable", &self->paintable, NULL);
  return TRUE;
}

static GError *
describe (const GError *cause)
{
  switch (cause->code)
    {
    case KM_MEDIA_ERROR_MISSING:
      return g_error_new_literal (KM_PLAYER_ERROR, KM_PLAYER_ERROR_MISSING,
                                  cause->message);
    case KM_MEDIA_ERROR_DENIED:
      return g_error_new_literal (KM_PLAYER_ERROR, KM_PLAYER_ERROR_DENIED,
                                  _("The server doesn’t show this room to you."));
    case KM_MEDIA_ERROR_UNTRUSTED:
      return g_error_new_literal (KM_PLAYER_ERROR, KM_PLAYER_ERROR_UNTRUSTED,
                                  _("The server can’t prove who it is, so its "
                                    "picture isn’t shown."));
    case KM_MEDIA_ERROR_UNREACHABLE:
      return g_error_new_literal (KM_PLAYER_ERROR,
                                  KM_PLAYER_ERROR_UNREACHABLE,
                                  _("The server can’t be reached. "
                                    "Trying again…"));
    case KM_MEDIA_ERROR_FORMAT:
      return g_error_new_literal (KM_PLAYER_ERROR, KM_PLAYER_ERROR_FORMAT,
                                  _("What the server sends can’t be decoded. "
                                    "Trying again…"));
    default:
      return g_error_new (KM_PLAYER_ERROR, KM_PLAYER_ERROR_FAILED,
                          _("The picture stopped: %s"), cause->message);
    }
}

/* Takes the error. The tick connects when it is time. */
static void
try_later (KmPlayer      *self,
           KmPlayerState  state,
           GError        *error)
{
  gint64 now_us = g_get_monotonic_time ();

  disconnect (self);
  self->retry_us =
    now_us + km_retry_fail (&self->retry, now_us, g_random_double ());
  set_state (self, state, error);
}

static void
handle_error (KmPlayer     *self,
              const GError *cause)
{
  if (g_error_matches (cause, KM_MEDIA_ERROR, KM_MEDIA_ERROR_NOT_FOUND))
    {
      try_later (self, KM_PLAYER_OFFLINE, NULL);
      return;
    }

  try_later (self, KM_PLAYER_ERROR_STATE, describe (cause));
  /* Installing something, being let in and trusting take a person. */
  if (cause->code == KM_MEDIA_ERROR_MISSING ||
      cause->code == KM_MEDIA_ERROR_DENIED ||
      cause->code == KM_MEDIA_ERROR_UNTRUSTED)
    self->retry_us = 0;
}

static void
on_event (KmPlayerEvent  event,
          const GError  *error,
          gpointer       data)
{
  KmPlayer *self = data;

  g_debug ("player: event %d%s%s", event, error != NULL ? ": " : "",
           error != NULL ? error->message : "");
  switch (event)
    {
    case KM_PLAYER_EVENT_FRAME:
      self->shown = TRUE;
      km_retry_succeed (&self->retry, g_get_monotonic_time ());
      set_state (self, KM_PLAYER_PLAYING, NULL);
      break;
    case KM_PLAYER_EVENT_END:
      try_later (self,
                 self->state == KM_PLAYER_PLAYING ? KM_PLAYER_WAITING
                                                  : self->state,
                 NULL);
      break;
    case KM_PLAYER_EVENT_NO_SOUND:
      disconnect (self);
      self->no_sound = TRUE;
      self->retry_us = g_get_monotonic_time ();
      break;
    case KM_PLAYER_EVENT_ERROR:
    default:
      handle_error (self, error);
    }
}

static void
connect_now (KmPlayer *self)
{
  g_autoptr (GError) error = NULL;
  gint64 now_us = g_get_monotonic_time ();

  disconnect (self);
  if (!make_sink (self, &error))
    {
      handle_error (self, error);
      return;
    }

  self->pipeline = km_player_pipeline_new (self->address, self->pin,
                                           self->sink, !self->no_sound,
                                           on_event, self, &error);
  if (self->pipeline == NULL)
    {
      handle_error (self, error);
      return;
    }

  set_silent (self, km_player_pipeline_get_silent (self->pipeline));
  km_player_pipeline_set_volume (self->pipeline, self->volume, self->muted);
  km_watchdog_start (&self->waiting, 0, now_us);
  km_watchdog_start (&self->dead, 0, now_us);
}

static void
check_arrival (KmPlayer *self,
               gint64    now_us)
{
  guint64 arrived = km_player_pipeline_get_arrived (self->pipeline);
  gboolean standing = km_watchdog_check (&self->waiting, arrived, now_us);

  if (km_watchdog_check (&self->dead, arrived, now_us))
    try_later (self, KM_PLAYER_WAITING, NULL);
  else if (self->shown)
    set_state (self, standing ? KM_PLAYER_WAITING : KM_PLAYER_PLAYING, NULL);
}

static gboolean
on_tick (gpointer data)
{
  KmPlayer *self = data;
  gint64 now_us = g_get_monotonic_time ();

  if (self->pipeline != NULL)
    check_arrival (self, now_us);
  else if (self->retry_us != 0 && now_us >= self->retry_us)
    connect_now (self);

  return G_SOURCE_CONTINUE;
}

/**
 * km_player_new:
 *
 * GTK must be initialised.
 *
 * Returns: (transfer full): a player that plays nothing yet
 */
KmPlayer *
km_player_new (void)
{
  return g_object_new (KM_TYPE_PLAYER, NULL);
}

/**
 * km_player_play:
 * @address: of FLV over HTTP
 *
 * Plays @address until km_player_stop(), through all interruptions.
 */
void
km_player_play (KmPlayer   *self,
                const char *address)
{
  g_return_if_fail (KM_IS_PLAYER (self));
  g_return_if_fail (address != NULL);

  km_player_stop (self);
  self->address = g_strdup (address);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  km_retry_reset (&self->retry);
  self->no_sound = FALSE;
  set_state (self, KM_PLAYER_CONNECTING, NULL);
  connect_now (self);
}

/**
 * km_player_set_pin:
 * @pin: (nullable): the fingerprint of the certificate that the server of
 *   https addresses has
 *
 * From the next connection on that certificate is accepted, too, beside those
 * that this computer trusts.
 */
void
km_player_set_pin (KmPlayer   *self,
                   const char *pin)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  g_set_str (&self->pin, pin);
}

/**
 * km_player_stop:
 *
 * Ends the connection.
 */
void
km_player_stop (KmPlayer *self)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_pointer (&self->address, g_free);
  disconnect (self);
  set_state (self, KM_PLAYER_IDLE, NULL);
}

/**
 * km_player_stream_started:
 *
 * Tells the player that the room went live, so that it doesn't wait any
 * longer, nor for the answer to a question that came too early. Does nothing
 * when it plays, or wasn't asked to.
 */
void
km_player_stream_started (KmPlayer *self)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  if (self->address == NULL
      || (self->pipeline != NULL && self->state != KM_PLAYER_OFFLINE
          && self->state != KM_PLAYER_ERROR_STATE))
    return;

  km_retry_reset (&self->retry);
  set_state (self, KM_PLAYER_CONNECTING, NULL);
  connect_now (self);
}

/**
 * km_player_stream_ended:
 *
 * Tells the player that the stream is over, which it can't tell from a
 * connection that broke.
 */
void
km_player_stream_ended (KmPlayer *self)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  if (self->address != NULL)
    try_later (self, KM_PLAYER_OFFLINE, NULL);
}

/**
 * km_player_get_paintable:
 *
 * Returns: (transfer none) (nullable): the picture, the same object always;
 *   %NULL when nothing here can show video, which km_player_play() reports
 */
GdkPaintable *
km_player_get_paintable (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), NULL);

  make_sink (self, NULL);
  return self->paintable;
}

KmPlayerState
km_player_get_state (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), KM_PLAYER_IDLE);

  return self->state;
}

/**
 * km_player_get_error:
 *
 * Returns: (nullable): why the state is %KM_PLAYER_ERROR_STATE, in words for
 *   people; %KM_PLAYER_ERROR
 */
const GError *
km_player_get_error (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), NULL);

  return self->error;
}

/**
 * km_player_get_position_ms:
 *
 * Returns: the stream time of what is shown now; it stands still when the
 *   picture does; −1 when there is none
 */
gint64
km_player_get_position_ms (KmPlayer *self)
{
  gint64 position_us;

  g_return_val_if_fail (KM_IS_PLAYER (self), -1);

  if (self->pipeline == NULL)
    return -1;

  position_us = km_player_pipeline_get_position (self->pipeline);
  return position_us < 0 ? -1 : position_us / 1000;
}

/**
 * km_player_set_volume:
 * @volume: linear, 0 to 1
 */
void
km_player_set_volume (KmPlayer *self,
                      double    volume)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  volume = CLAMP (volume, 0, 1);
  if (G_APPROX_VALUE (volume, self->volume, 1e-6))
    return;

  self->volume = volume;
  if (self->pipeline != NULL)
    km_player_pipeline_set_volume (self->pipeline, volume, self->muted);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VOLUME]);
}

double
km_player_get_volume (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), 1);

  return self->volume;
}

void
km_player_set_muted (KmPlayer *self,
                     gboolean  muted)
{
  g_return_if_fail (KM_IS_PLAYER (self));

  if (self->muted == !!muted)
    return;

  self->muted = !!muted;
  if (self->pipeline != NULL)
    km_player_pipeline_set_volume (self->pipeline, self->volume, self->muted);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MUTED]);
}

gboolean
km_player_get_muted (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), FALSE);

  return self->muted;
}

/**
 * km_player_get_silent:
 *
 * Returns: whether there is nothing here to play sound with; the picture is
 *   shown all the same
 */
gboolean
km_player_get_silent (KmPlayer *self)
{
  g_return_val_if_fail (KM_IS_PLAYER (self), FALSE);

  return self->silent;
}
