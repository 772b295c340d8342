/* km-pipeline.h: the fixed parts of the broadcaster's pipeline
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-broadcast.h"

G_BEGIN_DECLS

GstElement *km_pipeline_new          (GError                   **error);
gboolean    km_pipeline_add_encoders (GstElement                *pipeline,
                                      const KmBroadcastQuality  *quality,
                                      GstElement               **video,
                                      GstElement               **audio,
                                      GError                   **error);
GstElement *km_pipeline_new_preview  (GstElement                *sink,
                                      GError                   **error);

G_END_DECLS
