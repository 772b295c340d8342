/* km-uplink-output.c: one connection to a server, as a bin behind the encoders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives from one connection try to its end; building or tearing it down takes
 * a millisecond or two and never touches the encoders, since the tees before
 * it may be linked to nothing. Its queues take whatever comes: when the
 * connection blocks, video is dropped by KmDropRule in front of the queue, so
 * that neither encoders nor preview ever wait for a network.
 *
 * Thread: main; pad probes on streaming threads touch what `lock` guards and
 * call out with it released.
 */

#include "km-uplink-output.h"

#include <gst/video/video.h>

#include "km-bus.h"
#include "km-drop-rule.h"
#include "km-elements.h"

#define CHUNK_BYTES 4096

struct _KmUplinkOutput
{
  GstElement *pipeline;
  GstElement *bin;
  GstElement *sink;
  GstElement *video_queue;
  GstElement *tees[2];
  GstPad *tee_pads[2];

  GMutex lock;
  KmDropRule rule;
  KmUplinkCounts counts;
};

static GstPadProbeReturn
on_encoded_video (GstPad          *pad,
                  GstPadProbeInfo *info,
                  gpointer         data)
{
  KmUplinkOutput *self = data;
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);
  guint64 queued_ns = 0;
  KmDropVerdict verdict;

  g_object_get (self->video_queue, "current-level-time", &queued_ns, NULL);

  g_mutex_lock (&self->lock);
  verdict = km_drop_rule_judge (
    &self->rule,
    !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_DELTA_UNIT),
    queued_ns / 1000, g_get_monotonic_time ());
  /* What is held back before the first key frame was never meant to be seen. */
  if (verdict != KM_DROP_RULE_SEND && self->counts.frames > 0)
    self->counts.dropped++;
  g_mutex_unlock (&self->lock);

  if (verdict == KM_DROP_RULE_DROP_AND_ASK)
    gst_pad_push_event (pad, gst_video_event_new_upstream_force_key_unit (
                               GST_CLOCK_TIME_NONE, TRUE, 0));

  return verdict == KM_DROP_RULE_SEND ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static GstPadProbeReturn
on_muxed_frame (GstPad          *pad,
                GstPadProbeInfo *info,
                gpointer         data)
{
  KmUplinkOutput *self = data;

  g_mutex_lock (&self->lock);
  self->counts.frames++;
  g_mutex_unlock (&self->lock);

  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_bytes (GstPad          *pad,
          GstPadProbeInfo *info,
          gpointer         data)
{
  KmUplinkOutput *self = data;
  gsize bytes;

  if (GST_PAD_PROBE_INFO_TYPE (info) & GST_PAD_PROBE_TYPE_BUFFER)
    bytes = gst_buffer_get_size (GST_PAD_PROBE_INFO_BUFFER (info));
  else
    bytes = gst_buffer_list_calculate_size (
      GST_PAD_PROBE_INFO_BUFFER_LIST (info));

  g_mutex_lock (&self->lock);
  self->counts.bytes += bytes;
  g_mutex_unlock (&self->lock);

  return GST_PAD_PROBE_OK;
}

static void
add_probe (KmUplinkOutput       *self,
           GstElement           *element,
           const char           *pad_name,
           GstPadProbeType       type,
           GstPadProbeCallback   callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, pad_name);

  gst_pad_add_probe (pad, type, callback, self, NULL);
}

static void
add_ghost_pad (GstElement *bin,
               const char *element_name,
               const char *pad_name)
{
  g_autoptr (GstElement) element =
    gst_bin_get_by_name (GST_BIN (bin), element_name);
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "sink");

  gst_element_add_pad (bin, gst_ghost_pad_new (pad_name, pad));
}

/* flvmux's own defaults for live streams are right (latency 0); its pads are
 * linked by name, since it has one for each kind. */
static GstElement *
make_bin (const char  *address,
          GError     **error)
{
  GstElement *bin = km_elements_parse_bin (
    "queue name=video-queue max-size-time=0 max-size-bytes=0 "
    "max-size-buffers=0 ! mux.video "
    "queue name=audio-queue max-size-time=10000000000 max-size-bytes=0 "
    "max-size-buffers=0 leaky=downstream ! mux.audio "
    "flvmux name=mux streamable=true enforce-increasing-timestamps=false ! "
    "rtmp2sink name=sink sync=false async=false async-connect=true "
    "enable-last-sample=false",
    error);
  g_autoptr (GstElement) sink = NULL;

  if (bin == NULL)
    return NULL;

  sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  g_object_set (sink, "location", address, "chunk-size", CHUNK_BYTES, NULL);
  add_ghost_pad (bin, "video-queue", "video");
  add_ghost_pad (bin, "audio-queue", "audio");
  return bin;
}

/**
 * km_uplink_output_new:
 * @pipeline: (transfer none): a playing pipeline that outlives the output
 * @video_tee: (transfer none): gives H.264
 * @audio_tee: (transfer none): gives AAC
 * @address: rtmp:// or rtmps://, with the stream key
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Begins to connect and to send, from the next key frame on, for which the
 * encoder is asked. What goes wrong comes over the pipeline's bus.
 *
 * Returns: (transfer full) (nullable): the output
 */
KmUplinkOutput *
km_uplink_output_new (GstElement  *pipeline,
                      GstElement  *video_tee,
                      GstElement  *audio_tee,
                      const char  *address,
                      GError     **error)
{
  static const char *const pad_names[] = { "video", "audio" };
  KmUplinkOutput *self;
  GstElement *bin = make_bin (address, error);

  if (bin == NULL)
    return NULL;

  self = g_new0 (KmUplinkOutput, 1);
  g_mutex_init (&self->lock);
  self->rule = (KmDropRule) KM_DROP_RULE_INIT;
  self->pipeline = pipeline;
  self->bin = bin;
  self->sink = gst_bin_get_by_name (GST_BIN (bin), "sink");
  self->video_queue = gst_bin_get_by_name (GST_BIN (bin), "video-queue");
  self->tees[0] = video_tee;
  self->tees[1] = audio_tee;

  add_probe (self, bin, "video", GST_PAD_PROBE_TYPE_BUFFER, on_encoded_video);
  add_probe (self, self->video_queue, "src", GST_PAD_PROBE_TYPE_BUFFER,
             on_muxed_frame);
  add_probe (self, self->sink, "sink",
             GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
             on_bytes);

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

static void
unlink_tees (KmUplinkOutput *self)
{
  for (guint i = 0; i < 2; i++)
    {
      if (self->tee_pads[i] == NULL)
        continue;

      gst_element_release_request_pad (self->tees[i], self->tee_pads[i]);
      gst_clear_object (&self->tee_pads[i]);
    }
}

/**
 * km_uplink_output_free:
 * @self: (transfer full): an output
 *
 * Cuts the connection at once.
 */
void
km_uplink_output_free (KmUplinkOutput *self)
{
  unlink_tees (self);
  gst_element_set_locked_state (self->bin, TRUE);
  gst_element_set_state (self->bin, GST_STATE_NULL);
  gst_bin_remove (GST_BIN (self->pipeline), self->bin);

  gst_object_unref (self->sink);
  gst_object_unref (self->video_queue);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/**
 * km_uplink_output_finish:
 *
 * Takes nothing more and says goodbye to the server behind what is queued;
 * km_uplink_output_sent() knows when that is done.
 */
void
km_uplink_output_finish (KmUplinkOutput *self)
{
  static const char *const pad_names[] = { "video", "audio" };

  unlink_tees (self);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GstPad) pad =
        gst_element_get_static_pad (self->bin, pad_names[i]);

      gst_pad_send_event (pad, gst_event_new_eos ());
    }
}

/**
 * km_uplink_output_sent:
 * @message: from the pipeline's bus; the pipeline forwards messages
 *
 * Returns: whether @message says that all is sent and the goodbye too
 */
gboolean
km_uplink_output_sent (KmUplinkOutput *self,
                       GstMessage     *message)
{
  const GstStructure *structure = gst_message_get_structure (message);
  g_autoptr (GstMessage) inner = NULL;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT ||
      structure == NULL ||
      !gst_structure_has_name (structure, "GstBinForwarded"))
    return FALSE;

  gst_structure_get (structure, "message", GST_TYPE_MESSAGE, &inner, NULL);
  return inner != NULL && GST_MESSAGE_TYPE (inner) == GST_MESSAGE_EOS &&
         km_bus_message_is_in (inner, self->bin);
}

/**
 * km_uplink_output_is_connected:
 *
 * Returns: whether the server has let us publish and took something
 */
gboolean
km_uplink_output_is_connected (KmUplinkOutput *self)
{
  g_autoptr (GstStructure) statistics = NULL;
  guint64 bytes = 0;

  g_object_get (self->sink, "stats", &statistics, NULL);
  if (statistics != NULL)
    gst_structure_get_uint64 (statistics, "out-bytes-total", &bytes);

  return bytes > 0;
}

/**
 * km_uplink_output_get_counts:
 * @counts: (out): since km_uplink_output_new()
 */
void
km_uplink_output_get_counts (KmUplinkOutput *self,
                             KmUplinkCounts *counts)
{
  g_mutex_lock (&self->lock);
  *counts = self->counts;
  g_mutex_unlock (&self->lock);
}

/**
 * km_uplink_output_has_waiting:
 *
 * Returns: whether there is video that the server hasn't taken yet; not so
 *   when camera or encoder gave none
 */
gboolean
km_uplink_output_has_waiting (KmUplinkOutput *self)
{
  guint buffers = 0;

  g_object_get (self->video_queue, "current-level-buffers", &buffers, NULL);
  return buffers > 0;
}

/**
 * km_uplink_output_owns:
 * @message: from the pipeline's bus
 *
 * Returns: whether something in this output sent it
 */
gboolean
km_uplink_output_owns (KmUplinkOutput *self,
                       GstMessage     *message)
{
  return km_bus_message_is_in (message, self->bin);
}
