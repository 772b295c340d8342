/* km-encoder.c: H.264 and AAC encoders set up for live video
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every default of these encoders is made for files: x264's lookahead and B
 * frames alone keep 1.3 s of video back. Here a frame leaves before the next
 * one comes in; key frames come every two seconds, which is how long a viewer
 * who lost one waits.
 *
 * Each is a bin with a "sink" and a "src" pad; raw in, FLV's framing out.
 */

#include "km-encoder.h"

#include "km-elements.h"

#define KEY_FRAME_SECONDS 2

/* How one element is told bits a second and frames between key frames. */
typedef struct
{
  const char *factory;
  const char *settings;
  const char *bitrate; /* property */
  guint bits_per_unit; /* of that property */
  const char *key_interval;
} VideoEncoder;

static const VideoEncoder video_encoders[] = {
  { "x264enc",
    "tune=zerolatency speed-preset=veryfast sliced-threads=true bframes=0 "
    "vbv-buf-capacity=600 byte-stream=false",
    "bitrate", 1000, "key-int-max" },
  { "vah264enc", "rate-control=cbr b-frames=0 ref-frames=1",
    "bitrate", 1000, "key-int-max" },
  { "vah264lpenc", "rate-control=cbr b-frames=0 ref-frames=1",
    "bitrate", 1000, "key-int-max" },
  { "nvh264enc", "zerolatency=true bframes=0 rc-mode=cbr",
    "bitrate", 1000, "gop-size" },
  { "openh264enc", "usage-type=camera rate-control=bitrate complexity=low",
    "bitrate", 1, "gop-size" },
};

static const VideoEncoder *
find_video_encoder (const char *factory)
{
  for (guint i = 0; i < G_N_ELEMENTS (video_encoders); i++)
    if (g_str_equal (video_encoders[i].factory, factory))
      return &video_encoders[i];

  g_assert_not_reached ();
}

/* `first` and `last` name the elements whose pads become the bin's. */
static GstElement *
make_bin (const char  *description,
          GError     **error)
{
  GstElement *bin = km_elements_parse_bin (description, error);
  g_autoptr (GstElement) first = NULL;
  g_autoptr (GstElement) last = NULL;
  g_autoptr (GstPad) sink = NULL;
  g_autoptr (GstPad) src = NULL;

  if (bin == NULL)
    return NULL;

  first = gst_bin_get_by_name (GST_BIN (bin), "first");
  last = gst_bin_get_by_name (GST_BIN (bin), "last");
  sink = gst_element_get_static_pad (first, "sink");
  src = gst_element_get_static_pad (last, "src");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", sink));
  gst_element_add_pad (bin, gst_ghost_pad_new ("src", src));
  return bin;
}

/**
 * km_encoder_new_video:
 * @quality: rate and bitrate
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: (transfer floating) (nullable): the bin
 */
GstElement *
km_encoder_new_video (const KmBroadcastQuality  *quality,
                      GError                   **error)
{
  const char *factory = km_elements_choose (KM_ELEMENT_VIDEO_ENCODER, error);
  const VideoEncoder *encoder;
  g_autofree char *description = NULL;

  if (factory == NULL)
    return NULL;

  encoder = find_video_encoder (factory);
  description = g_strdup_printf (
    "videoconvert name=first ! %s name=encoder %s %s=%u %s=%u ! h264parse ! "
    "capsfilter name=last caps=video/x-h264,stream-format=avc,alignment=au",
    factory, encoder->settings,
    encoder->bitrate, quality->video_bps / encoder->bits_per_unit,
    encoder->key_interval, KEY_FRAME_SECONDS * quality->frames_per_second);
  return make_bin (description, error);
}

/**
 * km_encoder_new_audio:
 * @quality: bitrate
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * Returns: (transfer floating) (nullable): the bin
 */
GstElement *
km_encoder_new_audio (const KmBroadcastQuality  *quality,
                      GError                   **error)
{
  const char *factory = km_elements_choose (KM_ELEMENT_AUDIO_ENCODER, error);
  g_autofree char *description = NULL;

  if (factory == NULL)
    return NULL;

  description = g_strdup_printf (
    "audioconvert name=first ! %s bitrate=%u ! aacparse ! "
    "capsfilter name=last caps=audio/mpeg,mpegversion=4,stream-format=raw",
    factory, quality->audio_bps);
  return make_bin (description, error);
}
