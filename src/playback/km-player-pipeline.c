/* km-player-pipeline.c: one connection of a player, from address to screen
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   KmHttpFeed ─ flvdemux ─┬─ queue ─ H.264 ─ videoconvert ─ window
 *                          └─ queue ─ AAC ─ volume ─ speaker
 *
 * GStreamer alone would time everything by whichever packet came first, which
 * after a burst of old frames is seconds behind. So the time of each buffer is
 * rewritten right in front of its sink by KmTiming's line, which is fed where
 * packets leave the demuxer: later, waiting in queues would look like network
 * delay. A buffer's own time is the stream's, untouched by flvdemux.
 *
 * Frames are decoded by one thread: frame threads keep a frame back each.
 * avdec_aac counts samples instead of believing FLV's rounded milliseconds.
 * The latency is fixed at what a sound card needs.
 *
 * Thread: main; pad probes on streaming threads touch what `lock` guards, and
 * tell the main loop by messages on the bus.
 */

#include "km-player-pipeline.h"

#include "km-bus.h"
#include "km-elements.h"
#include "km-http-feed.h"
#include "km-media.h"
#include "km-timing.h"

#define LATENCY_US (40 * G_TIME_SPAN_MILLISECOND)
#define SOUND_BUFFER_US (60 * G_TIME_SPAN_MILLISECOND)
#define SOUND_PERIOD_US (10 * G_TIME_SPAN_MILLISECOND)

struct _KmPlayerPipeline
{
  GstElement *pipeline;
  KmHttpFeed *feed;
  GstElement *volume;
  GstElement *audio_sink;
  gboolean silent;
  GstElement *video_sink;
  guint bus_watch;
  KmPlayerHandler handler;
  gpointer data;

  GMutex lock;
  KmTiming timing;
  guint64 arrived;
  gboolean frame_seen;
};

static GstPadProbeReturn
on_arrival (GstPad          *pad,
            GstPadProbeInfo *info,
            gpointer         data)
{
  KmPlayerPipeline *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  if (!GST_BUFFER_PTS_IS_VALID (buffer))
    return GST_PAD_PROBE_OK;

  g_mutex_lock (&self->lock);
  km_timing_arrive (&self->timing, (gint64) (GST_BUFFER_PTS (buffer) / 1000),
                    g_get_monotonic_time ());
  self->arrived++;
  g_mutex_unlock (&self->lock);

  return GST_PAD_PROBE_OK;
}

/* Writes the time at which a buffer is due into it. The system clock counts
 * what g_get_monotonic_time() counts. */
static void
restamp (KmPlayerPipeline *self,
         GstPad           *pad,
         GstPadProbeInfo  *info,
         gint64            due_us)
{
  GstBuffer *buffer =
    gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  gint64 base_us =
    (gint64) (gst_element_get_base_time (self->pipeline) / 1000);
  gint64 running_us = MAX (0, due_us - base_us - LATENCY_US);
  g_autoptr (GstEvent) event =
    gst_pad_get_sticky_event (pad, GST_EVENT_SEGMENT, 0);
  const GstSegment *segment;
  GstClockTime start = 0;

  if (event != NULL)
    {
      gst_event_parse_segment (event, &segment);
      start = segment->start;
    }
  GST_BUFFER_PTS (buffer) = start + (GstClockTime) running_us * 1000;
  GST_BUFFER_DTS (buffer) = GST_CLOCK_TIME_NONE;
  GST_PAD_PROBE_INFO_DATA (info) = buffer;
}

static void
post (KmPlayerPipeline *self,
      const char       *name)
{
  gst_element_post_message (
    self->pipeline,
    gst_message_new_application (GST_OBJECT (self->pipeline),
                                 gst_structure_new_empty (name)));
}

static GstPadProbeReturn
on_frame (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         data)
{
  KmPlayerPipeline *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 now_us = g_get_monotonic_time ();
  gint64 pts_us = (gint64) (GST_BUFFER_PTS (buffer) / 1000), due_us;
  KmTimingVerdict verdict;
  gboolean first;

  g_mutex_lock (&self->lock);
  verdict = km_timing_judge_frame (&self->timing, pts_us, now_us);
  due_us = verdict == KM_TIMING_SHOW
    ? km_timing_get_due (&self->timing, pts_us) : now_us;
  first = verdict != KM_TIMING_DROP && !self->frame_seen;
  if (first)
    self->frame_seen = TRUE;
  g_mutex_unlock (&self->lock);

  if (verdict == KM_TIMING_DROP)
    return GST_PAD_PROBE_DROP;
  if (first)
    post (self, "frame");

  restamp (self, pad, info, due_us);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_sound (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         data)
{
  KmPlayerPipeline *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  gint64 pts_us = (gint64) (GST_BUFFER_PTS (buffer) / 1000), due_us;
  KmTimingVerdict verdict;

  g_mutex_lock (&self->lock);
  verdict = km_timing_judge_sound (&self->timing, pts_us,
                                   g_get_monotonic_time ());
  due_us = km_timing_get_due (&self->timing, pts_us);
  g_mutex_unlock (&self->lock);

  if (verdict == KM_TIMING_DROP)
    return GST_PAD_PROBE_DROP;

  restamp (self, pad, info, due_us);
  return GST_PAD_PROBE_OK;
}

/* A gap's time isn't rewritten, and a sink would wait for it. */
static GstPadProbeReturn
on_sink_event (GstPad          *pad,
               GstPadProbeInfo *info,
               gpointer         data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  return GST_EVENT_TYPE (event) == GST_EVENT_GAP ? GST_PAD_PROBE_DROP
                                                 : GST_PAD_PROBE_OK;
}

/* A pipeline reports its end when all its sinks have, and the sound's never
 * does in a stream without any. */
static GstPadProbeReturn
on_source_event (GstPad          *pad,
                 GstPadProbeInfo *info,
                 gpointer         data)
{
  GstEvent *event = GST_PAD_PROBE_INFO_EVENT (info);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    post (data, "end");

  return GST_PAD_PROBE_OK;
}

static gboolean
on_bus_message (GstBus     *bus,
                GstMessage *message,
                gpointer    data)
{
  KmPlayerPipeline *self = data;
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GError) error = NULL;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_APPLICATION:
      self->handler (gst_structure_has_name (structure, "end")
                       ? KM_PLAYER_EVENT_END : KM_PLAYER_EVENT_FRAME,
                     NULL, self->data);
      break;
    case GST_MESSAGE_ERROR:
      error = km_bus_error_new (message);
      if (km_bus_message_is_in (message, self->audio_sink))
        self->handler (KM_PLAYER_EVENT_NO_SOUND, error, self->data);
      else
        self->handler (KM_PLAYER_EVENT_ERROR, error, self->data);
      break;
    default:
      break;
    }

  return G_SOURCE_CONTINUE;
}

/* autoaudiosink would also try sinks that fail later, with a warning each. A
 * sink that reaches READY has found its server or device. They default to
 * 200 ms, which would be the delay of everything. */
static GstElement *
find_sound_sink (void)
{
  static const char *const candidates[] = { "pulsesink", "alsasink" };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      GstElement *sink = gst_element_factory_make (candidates[i], NULL);

      if (sink == NULL)
        continue;

      gst_object_ref_sink (sink);
      g_object_set (sink,
                    "buffer-time", (gint64) SOUND_BUFFER_US,
                    "latency-time", (gint64) SOUND_PERIOD_US,
                    NULL);
      if (gst_element_set_state (sink, GST_STATE_READY) ==
          GST_STATE_CHANGE_SUCCESS)
        return sink;

      gst_element_set_state (sink, GST_STATE_NULL);
      gst_object_unref (sink);
    }

  return NULL;
}

/* Without a device sound is decoded all the same, so that the pipeline is
 * the same; a device may come with the next connection. */
static void
add_sound_sink (KmPlayerPipeline *self,
                gboolean          with_sound)
{
  GstElement *sink = with_sound ? find_sound_sink () : NULL;

  self->silent = sink == NULL;
  if (self->silent)
    {
      sink = gst_object_ref_sink (gst_element_factory_make ("fakesink", NULL));
      g_object_set (sink, "sync", TRUE, NULL);
    }

  self->audio_sink = sink;
  gst_bin_add (GST_BIN (self->pipeline), sink);
  gst_element_link (self->volume, sink);
}

static char *
describe (GError **error)
{
  const char *video = km_elements_choose (KM_ELEMENT_VIDEO_DECODER, error);
  const char *audio =
    video != NULL ? km_elements_choose (KM_ELEMENT_AUDIO_DECODER, error)
                  : NULL;

  if (audio == NULL)
    return NULL;

  return g_strdup_printf (
    "appsrc name=source is-live=true format=bytes block=true "
    "max-bytes=262144 caps=video/x-flv ! flvdemux name=demux "
    "demux.video ! queue name=video-queue max-size-buffers=0 "
    "max-size-bytes=0 max-size-time=20000000000 ! h264parse ! %s%s "
    "name=decoder ! videoconvert ! capsfilter name=video-last "
    "caps=" KM_ELEMENTS_SHOWN_CAPS " "
    "demux.audio ! queue name=audio-queue max-size-buffers=0 "
    "max-size-bytes=0 max-size-time=20000000000 ! aacparse ! %s%s ! "
    "audioconvert ! audioresample ! volume name=volume",
    video, g_str_equal (video, "avdec_h264") ? " max-threads=1" : "",
    audio, g_str_has_prefix (audio, "avdec") ? " tolerance=40000000" : "");
}

static GstElement *
find_element (KmPlayerPipeline *self,
              const char       *name)
{
  g_autoptr (GstElement) element =
    gst_bin_get_by_name (GST_BIN (self->pipeline), name);

  return element; /* the pipeline holds it */
}

static void
add_probe (KmPlayerPipeline     *self,
           const char           *element_name,
           const char           *pad_name,
           GstPadProbeType       type,
           GstPadProbeCallback   callback)
{
  g_autoptr (GstPad) pad =
    gst_element_get_static_pad (find_element (self, element_name), pad_name);

  gst_pad_add_probe (pad, type, callback, self, NULL);
}

static void
add_probes (KmPlayerPipeline *self)
{
  static const char *const queues[] = { "video-queue", "audio-queue" };
  static const char *const lasts[] = { "decoder", "volume" };

  for (guint i = 0; i < 2; i++)
    {
      add_probe (self, queues[i], "sink", GST_PAD_PROBE_TYPE_BUFFER,
                 on_arrival);
      add_probe (self, lasts[i], "src", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
                 on_sink_event);
      add_probe (self, lasts[i], "src", GST_PAD_PROBE_TYPE_BUFFER,
                 i == 0 ? on_frame : on_sound);
    }
  add_probe (self, "source", "src", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
             on_source_event);
}

/**
 * km_player_pipeline_new:
 * @address: of FLV over HTTP
 * @pin: (nullable): the fingerprint of the server's certificate
 * @video_sink: (transfer none): what shows frames; free for other pipelines
 *   after km_player_pipeline_free()
 * @with_sound: whether to try to play sound
 * @handler: told what happens
 * @data: for @handler
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Begins to connect and to play.
 *
 * Returns: (transfer full) (nullable): the pipeline
 */
KmPlayerPipeline *
km_player_pipeline_new (const char       *address,
                        const char       *pin,
                        GstElement       *video_sink,
                        gboolean          with_sound,
                        KmPlayerHandler   handler,
                        gpointer          data,
                        GError          **error)
{
  g_autofree char *description = describe (error);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();
  g_autoptr (GstBus) bus = NULL;
  GstElement *pipeline;
  KmPlayerPipeline *self;

  pipeline = description != NULL
    ? km_elements_parse_pipeline (description, error) : NULL;
  if (pipeline == NULL)
    return NULL;

  self = g_new0 (KmPlayerPipeline, 1);
  g_mutex_init (&self->lock);
  self->pipeline = gst_object_ref_sink (pipeline);
  self->handler = handler;
  self->data = data;
  self->video_sink = gst_object_ref (video_sink);
  self->volume = find_element (self, "volume");
  add_sound_sink (self, with_sound);

  gst_bin_add (GST_BIN (pipeline), video_sink);
  gst_element_link (find_element (self, "video-last"), video_sink);
  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  gst_pipeline_set_latency (GST_PIPELINE (pipeline), LATENCY_US * 1000);
  add_probes (self);

  bus = gst_element_get_bus (pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_bus_message, self);
  gst_element_set_state (pipeline, GST_STATE_PLAYING);
  self->feed = km_http_feed_start (address, pin,
                                   find_element (self, "source"));
  return self;
}

/**
 * km_player_pipeline_free:
 * @self: (transfer full): a pipeline
 *
 * Stops it; its handler isn't called any more.
 */
void
km_player_pipeline_free (KmPlayerPipeline *self)
{
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  km_http_feed_stop (self->feed);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), self->video_sink);
  gst_object_unref (self->video_sink);
  gst_object_unref (self->audio_sink);
  gst_object_unref (self->pipeline);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * km_player_pipeline_set_volume:
 * @volume: linear, 0 to 1
 * @muted: whether nothing is to be heard
 */
void
km_player_pipeline_set_volume (KmPlayerPipeline *self,
                               double            volume,
                               gboolean          muted)
{
  g_object_set (self->volume, "volume", volume, "mute", muted, NULL);
}

/**
 * km_player_pipeline_get_position:
 *
 * Returns: stream time of what is shown now, in µs; −1 before the first frame
 */
gint64
km_player_pipeline_get_position (KmPlayerPipeline *self)
{
  gint64 position_us;

  g_mutex_lock (&self->lock);
  position_us = km_timing_get_position (&self->timing,
                                        g_get_monotonic_time ());
  g_mutex_unlock (&self->lock);

  return position_us;
}

/**
 * km_player_pipeline_get_arrived:
 *
 * Returns: how many packets of sound and video have come
 */
guint64
km_player_pipeline_get_arrived (KmPlayerPipeline *self)
{
  guint64 arrived;

  g_mutex_lock (&self->lock);
  arrived = self->arrived;
  g_mutex_unlock (&self->lock);

  return arrived;
}

/**
 * km_player_pipeline_get_silent:
 *
 * Returns: whether there is nothing to play sound with
 */
gboolean
km_player_pipeline_get_silent (KmPlayerPipeline *self)
{
  return self->silent;
}
