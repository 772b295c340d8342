/* km-encoder.h: H.264 and AAC encoders set up for live video
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-broadcast.h"

G_BEGIN_DECLS

GstElement *km_encoder_new_video (const KmBroadcastQuality  *quality,
                                  GError                   **error);
GstElement *km_encoder_new_audio (const KmBroadcastQuality  *quality,
                                  GError                   **error);

G_END_DECLS
