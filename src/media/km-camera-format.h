/* km-camera-format.h: which of a camera's formats to ask for
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GstCaps *km_camera_format_choose (GstCaps *offered,
                                  guint    width_px,
                                  guint    height_px,
                                  guint    frames_per_second);

G_END_DECLS
