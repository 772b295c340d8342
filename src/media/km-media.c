/* km-media.c: starting GStreamer, and what can go wrong with devices
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-media.h"

#include <gst/gst.h>

G_DEFINE_QUARK (km-media-error-quark, km_media_error)

/**
 * km_media_init:
 * @error: what GStreamer said
 *
 * Starts GStreamer; may be called again. Thread: main, before the first object
 * of media, broadcast or playback.
 *
 * Returns: %FALSE when GStreamer can't start
 */
gboolean
km_media_init (GError **error)
{
  return gst_init_check (NULL, NULL, error);
}
