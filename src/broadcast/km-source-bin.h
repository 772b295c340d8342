/* km-source-bin.h: a device or its stand-in as a bin with one "src" pad
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-broadcast.h"

G_BEGIN_DECLS

GstElement *km_source_bin_new_device   (KmDevice                  *device,
                                        const KmBroadcastQuality  *quality,
                                        GError                   **error);
GstElement *km_source_bin_new_stand_in (KmDeviceKind               kind,
                                        const KmBroadcastQuality  *quality,
                                        GError                   **error);

G_END_DECLS
