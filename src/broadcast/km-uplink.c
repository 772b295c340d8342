/* km-uplink.c: what is encoded, sent to a server, and sent again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A state machine over one connection a try, with the output that feeds it;
 * set_state() is the only writer of the state. What can't be mended by trying
 * again isn't tried again: a wrong key, a stream that somebody took over, a
 * certificate that a person has to look at.
 *
 * The room's socket may know better than the connection why a server refused:
 * km_uplink_refuse(). The wait before a retry is never short, so that it is
 * heard before the stream is taken back.
 *
 * Thread: main.
 */

#include "km-uplink.h"

#include "km-broadcast.h"
#include "km-rate.h"
#include "km-retry.h"
#include "km-uplink-error.h"
#include "km-uplink-output.h"
#include "km-uplink-private.h"

#define TICK_MS 100
#define GOODBYE_MS 1000

struct _KmUplink
{
  GObject parent_instance;

  KmUplinkState state;
  GError *error;
  char *refused; /* a fingerprint */

  GstElement *pipeline;
  GstElement *video_tee;
  GstElement *audio_tee;
  KmRtmpMetadata metadata;

  char *address;
  char *pin;
  KmUplinkLink *link;
  KmUplinkOutput *output; /* feeds the link */
  KmUplinkLink *leaving;  /* says goodbye */
  guint leaving_timeout;
  guint tick;
  gint64 retry_at_us;
  KmRetry retry;

  KmUplinkStatistics statistics;
  KmUplinkCounts before; /* of links that are gone */
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
  g_free (self->pin);
  g_free (self->refused);

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
  if (self->link != NULL)
    {
      KmUplinkCounts now;

      km_uplink_link_get_counts (self->link, &now);
      counts->bytes += now.bytes;
      counts->frames += now.frames;
      counts->dropped += now.dropped;
      counts->round_trip_us = now.round_trip_us;
    }
}

/* Nothing is sent to it any more. */
static KmUplinkLink *
steal_link (KmUplink *self)
{
  get_counts (self, &self->before);
  self->before.round_trip_us = 0;
  g_clear_pointer (&self->output, km_uplink_output_free);

  return g_steal_pointer (&self->link);
}

static void
drop_link (KmUplink *self)
{
  if (self->link != NULL)
    km_uplink_link_stop (steal_link (self));
}

static void
drop_leaving (KmUplink *self)
{
  g_clear_handle_id (&self->leaving_timeout, g_source_remove);
  g_clear_pointer (&self->leaving, km_uplink_link_stop);
}

/* Takes the error. */
static void
give_up (KmUplink *self,
         GError   *error)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  drop_link (self);
  set_state (self, KM_UPLINK_FAILED, error);
}

static void
update_statistics (KmUplink *self)
{
  gint64 now_us = g_get_monotonic_time ();
  KmUplinkCounts now;

  get_counts (self, &now);
  self->statistics.sent_bytes = now.bytes;
  self->statistics.dropped_frames = now.dropped;
  self->statistics.round_trip_us = (gint64) now.round_trip_us;
  self->statistics.sent_bps =
    (guint64) (8 * km_rate_add (&self->bytes, now.bytes, now_us));
  self->statistics.frames_per_second =
    km_rate_add (&self->frames, now.frames, now_us);
}

/* Takes the error. */
static void
lose_link (KmUplink *self,
           GError   *error)
{
  gint64 now_us = g_get_monotonic_time ();

  if (km_uplink_error_is_final (error))
    {
      give_up (self, error);
      return;
    }

  self->retry_at_us = now_us + km_retry_fail (&self->retry, now_us,
                                              g_random_double ());
  drop_link (self);
  set_state (self,
             self->state == KM_UPLINK_CONNECTING ? KM_UPLINK_CONNECTING
                                                 : KM_UPLINK_RECONNECTING,
             error);
}

static void
on_news (KmUplinkLink *link,
         KmUplinkNews  news,
         const GError *error,
         const char   *refused,
         gpointer      data)
{
  KmUplink *self = data;

  if (link == self->leaving)
    {
      drop_leaving (self);
    }
  else if (news == KM_UPLINK_NEWS_LIVE)
    {
      km_retry_succeed (&self->retry, g_get_monotonic_time ());
      set_state (self, KM_UPLINK_LIVE, NULL);
    }
  else if (news == KM_UPLINK_NEWS_FAILED)
    {
      g_set_str (&self->refused, refused);
      lose_link (self, g_error_copy (error));
    }
}

static void
connect_now (KmUplink *self)
{
  KmUplinkPlan plan = { self->address, self->pin, self->metadata };
  g_autoptr (GError) error = NULL;

  self->link = km_uplink_link_start (&plan, on_news, self);
  self->output = km_uplink_output_new (self->pipeline, self->video_tee,
                                       self->audio_tee, self->link, &error);
  if (self->output == NULL)
    give_up (self, g_error_new_literal (KM_BROADCAST_ERROR,
                                        KM_BROADCAST_ERROR_NO_ENCODER,
                                        error->message));
}

static gboolean
on_tick (gpointer data)
{
  KmUplink *self = data;

  update_statistics (self);
  if (self->link == NULL && g_get_monotonic_time () >= self->retry_at_us)
    {
      self->statistics.reconnects++;
      connect_now (self);
    }

  return self->tick != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * km_uplink_attach:
 * @pipeline: (transfer none): running
 * @video_tee: (transfer none): gives H.264, may be linked to nothing
 * @audio_tee: (transfer none): gives AAC, may be linked to nothing
 * @quality: what they give
 *
 * Must be followed by km_uplink_detach() before @pipeline stops.
 */
void
km_uplink_attach (KmUplink                 *self,
                  GstElement               *pipeline,
                  GstElement               *video_tee,
                  GstElement               *audio_tee,
                  const KmBroadcastQuality *quality)
{
  self->pipeline = pipeline;
  self->video_tee = video_tee;
  self->audio_tee = audio_tee;
  self->metadata = (KmRtmpMetadata) {
    .width_px = quality->width_px,
    .height_px = quality->height_px,
    .frames_per_second = quality->frames_per_second,
    .video_bps = quality->video_bps,
    .audio_bps = quality->audio_bps,
  };
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
 * @pin: (nullable): the fingerprint of a certificate that is accepted beside
 *   those that this computer trusts
 *
 * Sends until km_uplink_stop().
 */
void
km_uplink_start (KmUplink   *self,
                 const char *address,
                 const char *pin)
{
  g_return_if_fail (self->pipeline != NULL);

  km_uplink_stop (self);
  drop_leaving (self);

  g_set_str (&self->address, address);
  g_set_str (&self->pin, pin);
  g_clear_pointer (&self->refused, g_free);
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
  g_clear_handle_id (&self->tick, g_source_remove);

  if (self->link != NULL && self->state == KM_UPLINK_LIVE)
    {
      drop_leaving (self);
      self->leaving = steal_link (self);
      km_uplink_link_finish (self->leaving);
      self->leaving_timeout =
        g_timeout_add (GOODBYE_MS, on_goodbye_timeout, self);
    }
  drop_link (self);
  set_state (self, KM_UPLINK_IDLE, NULL);
}

/**
 * km_uplink_refuse:
 * @code: `denied`, `taken_over` or `unsupported`, as `stream.refused` has it
 * @message: (nullable): the server's words
 *
 * Tells the uplink why the server doesn't let it publish, in case the
 * connection hasn't said so. It stops trying; km_broadcast_go_live() starts it again. Ignored
 * when it isn't trying to send.
 */
void
km_uplink_refuse (KmUplink   *self,
                  const char *code,
                  const char *message)
{
  g_return_if_fail (KM_IS_UPLINK (self));

  if (self->state == KM_UPLINK_IDLE || self->state == KM_UPLINK_FAILED)
    return;

  give_up (self, km_uplink_error_new_refused (code, message));
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
 * km_uplink_get_refused_certificate:
 *
 * Returns: (nullable): the fingerprint of the certificate that the server
 *   showed, with %KM_BROADCAST_ERROR_UNTRUSTED
 */
const char *
km_uplink_get_refused_certificate (KmUplink *self)
{
  g_return_val_if_fail (KM_IS_UPLINK (self), NULL);

  return self->refused;
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
