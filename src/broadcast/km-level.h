/* km-level.h: how loud a microphone is, from GStreamer's `level`
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/** KM_LEVEL_SILENCE_DB: what digital silence reads, instead of −∞. */
#define KM_LEVEL_SILENCE_DB (-100.0)

double   km_level_add_power (const double *channels_db,
                             guint         n_channels);
double   km_level_maximum   (const double *channels_db,
                             guint         n_channels);
gboolean km_level_parse     (GstMessage   *message,
                             double       *rms_db,
                             double       *peak_db);

G_END_DECLS
