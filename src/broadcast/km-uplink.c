/* km-uplink.c: what is encoded, sent to a server, and sent again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state machine over one KmUplinkOutput a try; set_state() is the only
 * writer of the state. rtmp2sink reports what breaks, but neither why a
 * server refused nor that a peer takes nothing any more: the first is told by
 * km_uplink_refuse() from the room's socket, the second is found by watching
 * the bytes while there is something to send. Since rtmp2sink doesn't show its
 * socket, the kernel's buffer has to fill before they stand still: up to 4 MB,
 * on top of the five seconds.
 *
 * The wait before a retry is never short: after a take-over the socket says
 * so within milliseconds, and must be heard before the stream is taken back.
 *
 * Thread: main.
 */

#include "km-uplink.h"

#include <glib/gi18n.h>

#include "km-broadcast.h"
#include "km-bus.h"
#include "km-media.h"
#include "km-rate.h"
#include "km-retry.h"
#include "km-uplink-output.h"
#include "km-uplink-private.h"
#include "km-watchdog.h"

#define TICK_MS 100
#define STALL_US (5 * G_TIME_SPAN_SECOND)
#define GOODBYE_MS 1000

struct _KmUplink
{
  GObject parent_instance;

  KmUplinkState state;
  GError *error;

  GstElement *pipeline;
  GstElement *video_tee;
  GstElement *audio_tee;

  char *address;
  KmUplinkOutput *output;
  KmUplinkOutput *leaving; /* says goodbye */
  guint leaving_timeout;
  guint retry_timeout;
  guint tick;
  KmRetry retry;
  KmWatchdog watchdog;

  KmUplinkStatistics statistics;
  KmUplinkCounts before; /* of outputs that are gone */
  KmRate bytes;
  KmRate frames;
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_ERROR,
  N_PROPERTIES
};

G_DEFINE_ENUM_TYPE (KmUplinkState, km_uplink_state,
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_LIVE, "live"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_RECONNECTING,
                                         "reconnecting"),
                    G_DEFINE_ENUM_VALUE (KM_UPLINK_FAILED, "failed"))

G_DEFINE_FINAL_TYPE (KmUplink, km_uplink, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPERTIES];

static void
km_uplink_get_property (GObject    *object,
                        guint       property_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KmUplink *self = KM_UPLINK (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
km_uplink_dispose (GObject *object)
{
  km_uplink_detach (KM_UPLINK (object));

  G_OBJECT_CLASS (km_uplink_parent_class)->dispose (object);
}

static void
km_uplink_finalize (GObject *object)
{
  KmUplink *self = KM_UPLINK (object);

  g_clear_error (&self->error);
  g_free (self->address);

  G_OBJECT_CLASS (km_uplink_parent_class)->finalize (object);
}

static void
km_uplink_class_init (KmUplinkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = km_uplink_get_property;
  object_class->dispose = km_uplink_dispose;
  object_class->finalize = km_uplink_finalize;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL,
                       KM_TYPE_UPLINK_STATE, KM_UPLINK_IDLE,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                       G_PARAM_STATIC_STRINGS);
  properties[PROP_ERROR] =
    g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                        G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
km_uplink_init (KmUplink *self)
{
  self->retry.rule = (KmRetryRule) {
    .first_us = 500 * G_TIME_SPAN_MILLISECOND,
    .ceiling_us = 15 * G_TIME_SPAN_SECOND,
    .factor = 1.5,
    .jitter = 0.3,
    .stable_us = 10 * G_TIME_SPAN_SECOND,
  };
  self->watchdog.limit_us = STALL_US;
}

/* Takes the error. Both change before either is announced, so that whoever
 * listens to one may read the other. */
static void
set_state (KmUplink      *self,
           KmUplinkState  state,
           GError        *error)
{
  GObject *object = G_OBJECT (self);
  gboolean error_changed = error != NULL || self->error != NULL;
  gboolean state_changed = state != self->state;

  g_clear_error (&self->error);
  self->error = error;
  self->state = state;
  self->statistics.live_since_us =
    state != KM_UPLINK_LIVE ? 0 :
    state_changed ? g_get_monotonic_time () : self->statistics.live_since_us;

  g_object_freeze_notify (object);
  if (error_changed)
    g_object_notify_by_pspec (object, properties[PROP_ERROR]);
  if (state_changed)
    g_object_notify_by_pspec (object, properties[PROP_STATE]);
  g_object_thaw_notify (object);
}

static void
get_counts (KmUplink       *self,
            KmUplinkCounts *counts)
{
  *counts = self->before;
  if (self->output != NULL)
    {
      KmUplinkCounts now;

      km_uplink_output_get_counts (self->output, &now);
      counts->bytes += now.bytes;
      counts->frames += now.frames;
      counts->dropped += now.dropped;
    }
}

static void
drop_output (KmUplink *self)
{
  if (self->output == NULL)
    return;

  get_counts (self, &self->before);
  g_clear_pointer (&self->output, km_uplink_output_free);
  km_watchdog_stop (&self->watchdog);
}

static void
drop_leaving (KmUplink *self)
{
  g_clear_handle_id (&self->leaving_timeout, g_source_remove);
  g_clear_pointer (&self->leaving, km_uplink_output_free);
}

static void
connect_now (KmUplink *self)
{
  GError *error = NULL;

  self->output = km_uplink_output_new (self->pipeline, self->video_tee,
                                       self->audio_tee, self->address,
                                       &error);
  if (self->output == NULL)
    {
      g_autoptr (GError) cause = error;

      set_state (self, KM_UPLINK_FAILED,
                 g_error_new_literal (KM_BROADCAST_ERROR,
                                      KM_BROADCAST_ERROR_NO_ENCODER,
                                      cause->message));
      return;
    }

  km_watchdog_start (&self->watchdog, 0, g_get_monotonic_time ());
}

static gboolean
on_retry (gpointer data)
{
  KmUplink *self = data;

  self->retry_timeout = 0;
  self->statistics.reconnects++;
  connect_now (self);
  return G_SOURCE_REMOVE;
}

/* Takes the error. */
static void
lose_output (KmUplink *self,
             GError   *error)
{
  gint64 wait_us = km_retry_fail (&self->retry, g_get_monotonic_time (),
                                  g_random_double ());

  drop_output (self);
  self->retry_timeout = g_timeout_add ((guint) (wait_us / 1000), on_retry,
                                       self);
  set_state (self,
             self->state == KM_UPLINK_CONNECTING ? KM_UPLINK_CONNECTING
                                                 : KM_UPLINK_RECONNECTING,
             error);
}

static void
update_statistics (KmUplink *self)
{
  gint64 now_us = g_get_monotonic_time ();
  KmUplinkCounts now;

  get_counts (self, &now);
  self->statistics.sent_bytes = now.bytes;
  self->statistics.dropped_frames = now.dropped;
  self->statistics.sent_bps =
    (guint64) (8 * km_rate_add (&self->bytes, now.bytes, now_us));
  self->statistics.frames_per_second =
    km_rate_add (&self->frames, now.frames, now_us);
}

static gboolean
on_tick (gpointer data)
{
  KmUplink *self = data;
  gint64 now_us = g_get_monotonic_time ();
  KmUplinkCounts counts;

  update_statistics (self);
  if (self->output == NULL)
    return G_SOURCE_CONTINUE;

  if (self->state != KM_UPLINK_LIVE &&
      km_uplink_output_is_connected (self->output))
    {
      km_retry_succeed (&self->retry, now_us);
      set_state (self, KM_UPLINK_LIVE, NULL);
    }

  km_uplink_output_get_counts (self->output, &counts);
  if (!km_uplink_output_has_waiting (self->output))
    km_watchdog_start (&self->watchdog, counts.bytes, now_us);
  if (km_watchdog_check (&self->watchdog, counts.bytes, now_us))
    lose_output (
      self, self->state == KM_UPLINK_LIVE
        ? g_error_new_literal (KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_STALLED,
                               _("The server takes nothing any more. The "
                                 "network may be down."))
        : g_error_new_literal (KM_BROADCAST_ERROR,
                               KM_BROADCAST_ERROR_UNREACHABLE,
                               _("The server doesn’t answer. Is its address "
                                 "right, and is it running?")));

  return G_SOURCE_CONTINUE;
}

/**
 * km_uplink_attach:
 * @pipeline: (transfer none): running, and forwards messages
 * @video_tee: (transfer none): gives H.264, may be linked to nothing
 * @audio_tee: (transfer none): gives AAC, may be linked to nothing
 *
 * Must be followed by km_uplink_detach() before @pipeline stops.
 */
void
km_uplink_attach (KmUplink   *self,
                  GstElement *pipeline,
                  GstElement *video_tee,
                  GstElement *audio_tee)
{
  self->pipeline = pipeline;
  self->video_tee = video_tee;
  self->audio_tee = audio_tee;
}

/**
 * km_uplink_detach:
 *
 * Cuts the connection and forgets the pipeline.
 */
void
km_uplink_detach (KmUplink *self)
{
  km_uplink_stop (self);
  drop_leaving (self);
  self->pipeline = NULL;
}

/**
 * km_uplink_start:
 * @address: rtmp:// or rtmps://, with the stream key
 *
 * Sends until km_uplink_stop().
 */
void
km_uplink_start (KmUplink   *self,
                 const char *address)
{
  g_return_if_fail (self->pipeline != NULL);

  km_uplink_stop (self);
  drop_leaving (self);

  g_set_str (&self->address, address);
  self->statistics = (KmUplinkStatistics) { 0 };
  self->before = (KmUplinkCounts) { 0 };
  self->bytes = (KmRate) { 0 };
  self->frames = (KmRate) { 0 };
  km_retry_reset (&self->retry);
  self->tick = g_timeout_add (TICK_MS, on_tick, self);
  set_state (self, KM_UPLINK_CONNECTING, NULL);
  connect_now (self);
}

static gboolean
on_goodbye_timeout (gpointer data)
{
  KmUplink *self = data;

  self->leaving_timeout = 0;
  drop_leaving (self);
  return G_SOURCE_REMOVE;
}

/**
 * km_uplink_stop:
 *
 * Stops sending. The server is told so behind what is queued, unless that
 * takes longer than a second.
 */
void
km_uplink_stop (KmUplink *self)
{
  g_clear_handle_id (&self->retry_timeout, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);

  if (self->output != NULL && self->state == KM_UPLINK_LIVE)
    {
      drop_leaving (self);
      self->leaving = g_steal_pointer (&self->output);
      km_watchdog_stop (&self->watchdog);
      km_uplink_output_finish (self->leaving);
      self->leaving_timeout =
        g_timeout_add (GOODBYE_MS, on_goodbye_timeout, self);
    }
  drop_output (self);
  set_state (self, KM_UPLINK_IDLE, NULL);
}

/**
 * km_uplink_handle_message:
 * @message: from the pipeline's bus
 *
 * Returns: whether it was about this uplink
 */
gboolean
km_uplink_handle_message (KmUplink   *self,
                          GstMessage *message)
{
  g_autoptr (GError) cause = NULL;
  gboolean was_live = self->state == KM_UPLINK_LIVE;

  if (self->leaving != NULL &&
      km_uplink_output_sent (self->leaving, message))
    {
      drop_leaving (self);
      return TRUE;
    }

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return FALSE;
  if (self->leaving != NULL && km_uplink_output_owns (self->leaving, message))
    {
      drop_leaving (self);
      return TRUE;
    }
  if (self->output == NULL || !km_uplink_output_owns (self->output, message))
    return FALSE;

  cause = km_bus_error_new (message);
  g_debug ("uplink: %s", cause->message);
  lose_output (
    self, was_live
      ? g_error_new_literal (KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_LOST,
                             _("The connection to the server was lost."))
      : g_error_new_literal (KM_BROADCAST_ERROR,
                             KM_BROADCAST_ERROR_UNREACHABLE,
                             _("The server can’t be reached, or it refused "
                               "the connection.")));
  return TRUE;
}

/**
 * km_uplink_refuse:
 * @code: `denied`, `taken_over` or `unsupported`, as `stream.refused` has it
 * @message: (nullable): the server's words
 *
 * Tells the uplink why the server doesn't let it publish, which it can't see
 * by itself. It stops trying; km_broadcast_go_live() starts it again. Ignored
 * when it isn't trying to send.
 */
void
km_uplink_refuse (KmUplink   *self,
                  const char *code,
                  const char *message)
{
  GError *error;

  g_return_if_fail (KM_IS_UPLINK (self));

  if (self->state == KM_UPLINK_IDLE || self->state == KM_UPLINK_FAILED)
    return;

  if (g_strcmp0 (code, "taken_over") == 0)
    error = g_error_new_literal (
      KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_TAKEN_OVER,
      _("Another program went live with your stream key and took over. If that "
        "wasn’t you, make a new key."));
  else if (g_strcmp0 (code, "denied") == 0)
    error = g_error_new_literal (
      KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_DENIED,
      _("The server doesn’t accept the stream key. It may have been renewed; "
        "go live again to use the new one."));
  else if (g_strcmp0 (code, "unsupported") == 0)
    error = g_error_new (
      KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_UNSUPPORTED,
      _("The server can’t use this stream: %s"), message != NULL ? message : "");
  else
    error = g_error_new (
      KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_FAILED,
      _("The server refused the stream: %s"), message != NULL ? message : "");

  g_clear_handle_id (&self->retry_timeout, g_source_remove);
  g_clear_handle_id (&self->tick, g_source_remove);
  drop_output (self);
  set_state (self, KM_UPLINK_FAILED, error);
}

KmUplinkState
km_uplink_get_state (KmUplink *self)
{
  g_return_val_if_fail (KM_IS_UPLINK (self), KM_UPLINK_IDLE);

  return self->state;
}

/**
 * km_uplink_get_error:
 *
 * Returns: (nullable): why it isn't live, in words for people;
 *   %KM_BROADCAST_ERROR
 */
const GError *
km_uplink_get_error (KmUplink *self)
{
  g_return_val_if_fail (KM_IS_UPLINK (self), NULL);

  return self->error;
}

/**
 * km_uplink_get_statistics:
 * @statistics: (out): as of at most 100 ms ago
 */
void
km_uplink_get_statistics (KmUplink           *self,
                          KmUplinkStatistics *statistics)
{
  g_return_if_fail (KM_IS_UPLINK (self));

  *statistics = self->statistics;
}
