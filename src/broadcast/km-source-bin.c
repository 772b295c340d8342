/* km-source-bin.c: a device or its stand-in as a bin with one "src" pad
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All of a kind give the same format, so that one can take another's place
 * while encoders run: I420 of the quality's size, or float stereo at 48 kHz.
 * Sound is pinned right behind the device, since pipewiresrc without a filter
 * negotiates 1 Hz mono. There is no videorate unless a camera is too fast: it
 * holds a frame back until the next one comes.
 */

#include "km-source-bin.h"

#include "km-camera-format.h"
#include "km-device-source.h"
#include "km-elements.h"
#include "km-media.h"

#define SOUND_CAPS \
  "audio/x-raw,format=F32LE,rate=48000,channels=2,layout=interleaved"

static GstElement *
add_ghost_pad (GstElement *bin)
{
  g_autoptr (GstElement) last = gst_bin_get_by_name (GST_BIN (bin), "last");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (last, "src");

  gst_element_add_pad (bin, gst_ghost_pad_new ("src", pad));
  return bin;
}

static GstElement *
new_camera (KmDevice                  *device,
            const KmBroadcastQuality  *quality,
            GError                   **error)
{
  g_autoptr (GstCaps) offered = km_device_dup_caps (device);
  g_autoptr (GstCaps) format =
    km_camera_format_choose (offered, quality->width_px, quality->height_px,
                             quality->frames_per_second);
  GstStructure *structure = gst_caps_get_structure (format, 0);
  g_autofree char *caps = gst_caps_to_string (format);
  g_autofree char *description = NULL;
  const char *decode = "";
  const char *slow = "";
  int numerator, denominator;

  if (gst_structure_has_name (structure, "image/jpeg"))
    decode = "jpegdec ! ";
  if (gst_structure_get_fraction (structure, "framerate", &numerator,
                                  &denominator) &&
      numerator > (int) quality->frames_per_second * denominator)
    slow = "videorate drop-only=true ! ";

  description = g_strdup_printf (
    "capsfilter name=first caps=\"%s\" ! %s%s"
    "videoconvert ! videoscale add-borders=true ! capsfilter name=last "
    "caps=video/x-raw,format=I420,width=%u,height=%u,"
    "pixel-aspect-ratio=1/1,framerate=[0/1,%u/1]",
    caps, decode, slow, quality->width_px, quality->height_px,
    quality->frames_per_second);
  return km_elements_parse_bin (description, error);
}

/**
 * km_source_bin_new_device:
 * @device: a camera or a microphone
 * @quality: what a camera's picture is brought to
 * @error: %KM_MEDIA_ERROR
 *
 * Returns: (transfer floating) (nullable): the bin
 */
GstElement *
km_source_bin_new_device (KmDevice                  *device,
                          const KmBroadcastQuality  *quality,
                          GError                   **error)
{
  GstElement *bin, *source;
  g_autoptr (GstElement) first = NULL;

  source = km_device_make_source (device, error);
  if (source == NULL)
    return NULL;

  if (km_device_get_kind (device) == KM_DEVICE_CAMERA)
    bin = new_camera (device, quality, error);
  else
    bin = km_elements_parse_bin ("capsfilter name=first caps=" SOUND_CAPS
                                 " ! identity name=last silent=true", error);
  if (bin == NULL)
    {
      gst_object_ref_sink (source);
      gst_object_unref (source);
      return NULL;
    }

  first = gst_bin_get_by_name (GST_BIN (bin), "first");
  gst_bin_add (GST_BIN (bin), source);
  gst_element_link (source, first);
  return add_ghost_pad (bin);
}

/**
 * km_source_bin_new_stand_in:
 * @kind: for which kind of device
 * @quality: size and rate of the test picture
 * @error: %KM_MEDIA_ERROR_MISSING
 *
 * A test picture with the time of day in it, so that a viewer can see that it
 * is alive, or silence.
 *
 * Returns: (transfer floating) (nullable): the bin
 */
GstElement *
km_source_bin_new_stand_in (KmDeviceKind               kind,
                            const KmBroadcastQuality  *quality,
                            GError                   **error)
{
  g_autofree char *description = NULL;
  GstElement *bin;

  if (kind == KM_DEVICE_CAMERA)
    description = g_strdup_printf (
      "videotestsrc is-live=true do-timestamp=true pattern=smpte75 ! "
      "video/x-raw,format=I420,width=%u,height=%u,framerate=%u/1,"
      "pixel-aspect-ratio=1/1 ! clockoverlay name=last time-format=%%H:%%M:%%S "
      "halignment=center valignment=center font-desc=\"Sans, 48\"",
      quality->width_px, quality->height_px, quality->frames_per_second);
  else
    description = g_strdup (
      "audiotestsrc is-live=true do-timestamp=true wave=silence "
      "samplesperbuffer=480 ! capsfilter name=last caps=" SOUND_CAPS);

  bin = km_elements_parse_bin (description, error);
  return bin != NULL ? add_ghost_pad (bin) : NULL;
}
