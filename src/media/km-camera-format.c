/* km-camera-format.c: which of a camera's formats to ask for
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A webcam lists dozens of formats: many give 720p raw at 10 frames a second
 * over USB 2 and at 30 only as JPEG. Left to negotiation, the first in the
 * list wins, whatever its rate. Each format is brought as near to what is
 * wanted as it goes, then the nearest is taken: frame rate counts most, then
 * a size that isn't smaller than wanted, then raw before JPEG. H.264 from a
 * camera is passed over: it is a picture with a delay of its own.
 */

#include "km-camera-format.h"

static double
get_rate (const GstStructure *structure)
{
  int numerator, denominator;

  if (!gst_structure_get_fraction (structure, "framerate", &numerator,
                                   &denominator) ||
      denominator == 0)
    return 0;

  return (double) numerator / denominator;
}

/* Lower is better; the terms are weighted so that a frame a second less is
 * worse than any size, and JPEG only breaks ties. */
static double
get_distance (const GstStructure *structure,
              guint               width_px,
              guint               height_px,
              guint               frames_per_second)
{
  double wanted = (double) width_px * height_px;
  double rate = get_rate (structure);
  int width = 0, height = 0;
  double size, distance = 0;

  gst_structure_get_int (structure, "width", &width);
  gst_structure_get_int (structure, "height", &height);
  size = (double) width * height;

  /* A variable rate (0/1) is as good as the wanted one. */
  if (rate > 0 && rate < frames_per_second)
    distance += 100 * (frames_per_second - rate);
  else if (rate > frames_per_second)
    distance += 0.5 * (rate - frames_per_second);
  distance += size < wanted ? 50 * (1 - size / wanted)
                            : 5 * (size / wanted - 1);
  if (gst_structure_has_name (structure, "image/jpeg"))
    distance += 1;

  return distance;
}

/**
 * km_camera_format_choose:
 * @offered: what the camera says it can give
 * @width_px: wanted width
 * @height_px: wanted height
 * @frames_per_second: wanted rate
 *
 * Returns: (transfer full): fixed caps, video/x-raw or image/jpeg, without
 *   what doesn't matter; caps of any raw video when nothing fits
 */
GstCaps *
km_camera_format_choose (GstCaps *offered,
                         guint    width_px,
                         guint    height_px,
                         guint    frames_per_second)
{
  GstStructure *best = NULL;
  double best_distance = G_MAXDOUBLE;

  for (guint i = 0; offered != NULL && i < gst_caps_get_size (offered); i++)
    {
      g_autoptr (GstStructure) structure =
        gst_structure_copy (gst_caps_get_structure (offered, i));
      double distance;

      if (!gst_structure_has_name (structure, "video/x-raw") &&
          !gst_structure_has_name (structure, "image/jpeg"))
        continue;

      gst_structure_fixate_field_nearest_int (structure, "width",
                                              (int) width_px);
      gst_structure_fixate_field_nearest_int (structure, "height",
                                              (int) height_px);
      gst_structure_fixate_field_nearest_fraction (structure, "framerate",
                                                   (int) frames_per_second,
                                                   1);
      distance = get_distance (structure, width_px, height_px,
                               frames_per_second);
      if (distance < best_distance)
        {
          best_distance = distance;
          g_clear_pointer (&best, gst_structure_free);
          best = gst_structure_new_empty (gst_structure_get_name (structure));
          for (const char *const *field =
                 (const char *const[]) { "format", "width", "height",
                                         "framerate", NULL };
               *field != NULL; field++)
            if (gst_structure_has_field (structure, *field))
              gst_structure_set_value (best, *field,
                                       gst_structure_get_value (structure,
                                                                *field));
        }
    }

  if (best == NULL)
    return gst_caps_new_empty_simple ("video/x-raw");

  return gst_caps_new_full (best, NULL);
}
