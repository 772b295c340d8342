/* km-pipeline.c: the fixed parts of the broadcaster's pipeline
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is between them and how it fits together is told in km-broadcast.c.
 */

#include "km-pipeline.h"

#include "km-elements.h"
#include "km-encoder.h"

/**
 * km_pipeline_new:
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: (transfer floating) (nullable): all but sources, encoders, preview
 *   and uplink; they link to "video-tee" and "volume", and follow "video-gate"
 *   and "audio-gate"
 */
GstElement *
km_pipeline_new (GError **error)
{
  /* The camera's tee is on one side of a thread, so that encoding never holds
   * the camera up; four frames are enough to ride out a slow one. */
  GstElement *pipeline = km_elements_parse_pipeline (
    "tee name=video-tee allow-not-linked=true "
    "video-tee. ! queue leaky=downstream max-size-buffers=4 max-size-bytes=0 "
    "max-size-time=0 ! valve name=video-gate drop=true "
    "volume name=volume ! level interval=50000000 ! queue leaky=downstream "
    "max-size-buffers=0 max-size-bytes=0 max-size-time=500000000 ! "
    "valve name=audio-gate drop=true",
    error);
  g_autoptr (GstClock) clock = gst_system_clock_obtain ();

  if (pipeline == NULL)
    return NULL;

  gst_pipeline_use_clock (GST_PIPELINE (pipeline), clock);
  return pipeline;
}

/* Takes the encoder. Returns: the tee behind it; its owner is the pipeline. */
static GstElement *
add_encoder (GstElement *pipeline,
             const char *gate_name,
             GstElement *encoder)
{
  g_autoptr (GstElement) gate =
    gst_bin_get_by_name (GST_BIN (pipeline), gate_name);
  GstElement *tee = gst_element_factory_make ("tee", NULL);

  g_object_set (tee, "allow-not-linked", TRUE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), encoder, tee, NULL);
  gst_element_link_many (gate, encoder, tee, NULL);

  return tee;
}

/**
 * km_pipeline_add_encoders:
 * @pipeline: a pipeline
 * @quality: what to encode
 * @video: (out) (transfer none): gives H.264, may be linked to nothing
 * @audio: (out) (transfer none): gives AAC, may be linked to nothing
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: %FALSE when nothing here encodes one or the other
 */
gboolean
km_pipeline_add_encoders (GstElement                *pipeline,
                          const KmBroadcastQuality  *quality,
                          GstElement               **video,
                          GstElement               **audio,
                          GError                   **error)
{
  GstElement *video_encoder = km_encoder_new_video (quality, error);
  GstElement *audio_encoder;

  if (video_encoder == NULL)
    return FALSE;
  audio_encoder = km_encoder_new_audio (quality, error);
  if (audio_encoder == NULL)
    {
      gst_object_unref (gst_object_ref_sink (video_encoder));
      return FALSE;
    }

  *video = add_encoder (pipeline, "video-gate", video_encoder);
  *audio = add_encoder (pipeline, "audio-gate", audio_encoder);
  return TRUE;
}

/**
 * km_pipeline_new_preview:
 * @sink: (transfer none): what shows frames
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * One frame at most waits for the window; older ones are of no use.
 *
 * Returns: (transfer floating) (nullable): a bin with a "sink" pad
 */
GstElement *
km_pipeline_new_preview (GstElement  *sink,
                         GError     **error)
{
  g_autoptr (GstElement) first = NULL;
  g_autoptr (GstElement) last = NULL;
  g_autoptr (GstPad) pad = NULL;
  GstElement *bin = km_elements_parse_bin (
    "queue name=first leaky=downstream max-size-buffers=1 max-size-bytes=0 "
    "max-size-time=0 ! videoconvert ! capsfilter name=last "
    "caps=" KM_ELEMENTS_SHOWN_CAPS, error);

  if (bin == NULL)
    return NULL;

  first = gst_bin_get_by_name (GST_BIN (bin), "first");
  last = gst_bin_get_by_name (GST_BIN (bin), "last");
  pad = gst_element_get_static_pad (first, "sink");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));
  gst_bin_add (GST_BIN (bin), sink);
  gst_element_link (last, sink);
  return bin;
}
