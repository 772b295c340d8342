/* km-uplink-output.c: what is encoded, on its way to a connection
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives from one connection try to its end; building or tearing it down takes
 * a millisecond or two and never touches the encoders, since the tees before
 * it may be linked to nothing. Nothing in it waits or fails: buffers become
 * tags on the encoders' own threads, and whether the network takes them is the
 * connection's business.
 *
 * Thread: main; samples on the encoders' streaming threads.
 */

#include "km-uplink-output.h"

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>

#include "km-elements.h"
#include "km-flv-body.h"

/* One kind of media; but for the link, its streaming thread's. */
typedef struct
{
  KmUplinkLink *link;
  gboolean video;
  GstCaps *caps; /* (nullable): those whose header was sent */
} Feed;

struct _KmUplinkOutput
{
  GstElement *pipeline;
  GstElement *bin;
  GstElement *tees[2];
  GstPad *tee_pads[2];
};

static void
feed_free (gpointer data)
{
  Feed *self = data;

  km_uplink_link_unref (self->link);
  gst_clear_caps (&self->caps);
  g_free (self);
}

static void
append_buffer (GByteArray *data,
               GstBuffer  *buffer)
{
  GstMapInfo map;

  if (!gst_buffer_map (buffer, &map, GST_MAP_READ))
    return;

  g_byte_array_append (data, map.data, (guint) map.size);
  gst_buffer_unmap (buffer, &map);
}

static void
append_start (Feed            *self,
              GByteArray      *data,
              KmFlvPacketKind  kind,
              gboolean         key,
              gint32           composition_ms)
{
  guint8 start[MAX (KM_FLV_AVC_SIZE, KM_FLV_AAC_SIZE)];

  if (self->video)
    km_flv_put_avc (start, kind, key, composition_ms);
  else
    km_flv_put_aac (start, kind);
  g_byte_array_append (data, start, self->video ? KM_FLV_AVC_SIZE
                                                : KM_FLV_AAC_SIZE);
}

static KmUplinkTag *
tag_new (Feed            *self,
         KmUplinkTagKind  kind,
         gint64           time_us)
{
  return km_uplink_tag_new (kind, self->video ? KM_FLV_TYPE_VIDEO
                                              : KM_FLV_TYPE_AUDIO, time_us);
}

/* What a decoder needs first is in the caps: AVCDecoderConfigurationRecord or
 * AudioSpecificConfig. */
static void
send_header (Feed    *self,
             GstCaps *caps,
             gint64   time_us)
{
  const GValue *value = gst_structure_get_value (
    gst_caps_get_structure (caps, 0), "codec_data");
  KmUplinkTag *tag;

  gst_caps_replace (&self->caps, caps);
  if (value == NULL || !GST_VALUE_HOLDS_BUFFER (value))
    return;

  tag = tag_new (self, KM_UPLINK_TAG_HEADER, time_us);
  append_start (self, tag->data, KM_FLV_PACKET_HEADER, TRUE, 0);
  append_buffer (tag->data, gst_value_get_buffer (value));
  km_uplink_link_send (self->link, tag);
}

/* Both kinds of media count in the pipeline's running time, so they keep their
 * distance. */
static gint64
get_time_us (const GstSegment *segment,
             GstClockTime      time)
{
  guint64 running_ns = 0;
  int sign = gst_segment_to_running_time_full (segment, GST_FORMAT_TIME, time,
                                               &running_ns);

  return sign * (gint64) (running_ns / 1000);
}

static void
send_buffer (Feed      *self,
             GstSample *sample)
{
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  const GstSegment *segment = gst_sample_get_segment (sample);
  gboolean key = !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  gint64 shown_us = get_time_us (segment, GST_BUFFER_PTS (buffer));
  gint64 time_us = GST_BUFFER_DTS_IS_VALID (buffer)
                     ? get_time_us (segment, GST_BUFFER_DTS (buffer))
                     : shown_us;
  KmUplinkTag *tag;

  if (gst_buffer_get_size (buffer) > KM_FLV_DATA_MAX - KM_FLV_AVC_SIZE)
    return;
  if (self->caps == NULL ||
      !gst_caps_is_equal (gst_sample_get_caps (sample), self->caps))
    send_header (self, gst_sample_get_caps (sample), time_us);

  tag = tag_new (self, !self->video ? KM_UPLINK_TAG_SOUND
                       : key ? KM_UPLINK_TAG_KEY
                       : KM_UPLINK_TAG_DELTA, time_us);
  append_start (self, tag->data, KM_FLV_PACKET_FRAME, key,
                (gint32) (shown_us / 1000 - time_us / 1000));
  append_buffer (tag->data, buffer);
  km_uplink_link_send (self->link, tag);
}

static GstFlowReturn
on_sample (GstAppSink *sink,
           gpointer    data)
{
  Feed *self = data;
  g_autoptr (GstSample) sample = gst_app_sink_pull_sample (sink);

  if (sample != NULL && gst_sample_get_caps (sample) != NULL &&
      GST_BUFFER_PTS_IS_VALID (gst_sample_get_buffer (sample)))
    send_buffer (self, sample);

  if (self->video && km_uplink_link_wants_key (self->link))
    {
      g_autoptr (GstPad) pad =
        gst_element_get_static_pad (GST_ELEMENT (sink), "sink");

      gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (
                                 GST_CLOCK_TIME_NONE, TRUE, 0));
    }

  return GST_FLOW_OK;
}

static void
add_feed (GstElement   *bin,
          const char   *name,
          KmUplinkLink *link,
          gboolean      video)
{
  static GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) sink = gst_bin_get_by_name (GST_BIN (bin), name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (sink, "sink");
  Feed *feed = g_new0 (Feed, 1);

  feed->link = km_uplink_link_ref (link);
  feed->video = video;
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks, feed,
                              feed_free);
  gst_element_add_pad (bin, gst_ghost_pad_new (name, pad));
}

static GstElement *
make_bin (KmUplinkLink  *link,
          GError       **error)
{
  GstElement *bin = km_elements_parse_bin (
    "appsink name=video sync=false async=false enable-last-sample=false "
    "appsink name=audio sync=false async=false enable-last-sample=false",
    error);

  if (bin == NULL)
    return NULL;

  add_feed (bin, "video", link, TRUE);
  add_feed (bin, "audio", link, FALSE);
  return bin;
}

/**
 * km_uplink_output_new:
 * @pipeline: (transfer none): a playing pipeline that outlives the output
 * @video_tee: (transfer none): gives H.264
 * @audio_tee: (transfer none): gives AAC
 * @link: (transfer none): where to
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Begins to send, and passes on when a key frame is asked for.
 *
 * Returns: (transfer full) (nullable): the output
 */
KmUplinkOutput *
km_uplink_output_new (GstElement    *pipeline,
                      GstElement    *video_tee,
                      GstElement    *audio_tee,
                      KmUplinkLink  *link,
                      GError       **error)
{
  static const char *const pad_names[] = { "video", "audio" };
  KmUplinkOutput *self;
  GstElement *bin = make_bin (link, error);

  if (bin == NULL)
    return NULL;

  self = g_new0 (KmUplinkOutput, 1);
  self->pipeline = pipeline;
  self->bin = bin;
  self->tees[0] = video_tee;
  self->tees[1] = audio_tee;

  gst_bin_add (GST_BIN (pipeline), bin);
  gst_element_sync_state_with_parent (bin);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GstPad) pad = gst_element_get_static_pad (bin, pad_names[i]);

      self->tee_pads[i] =
        gst_element_request_pad_simple (self->tees[i], "src_%u");
      gst_pad_link (self->tee_pads[i], pad);
    }

  return self;
}

/**
 * km_uplink_output_free:
 * @self: (transfer full): an output
 *
 * What was encoded before is sent still, if the connection lives on.
 */
void
km_uplink_output_free (KmUplinkOutput *self)
{
  for (guint i = 0; i < 2; i++)
    {
      gst_element_release_request_pad (self->tees[i], self->tee_pads[i]);
      gst_object_unref (self->tee_pads[i]);
    }
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), self->bin);
  g_free (self);
}
