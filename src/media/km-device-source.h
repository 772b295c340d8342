/* km-device-source.h: a device as the head of a pipeline
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For broadcast/ only: windows see km-device.h.
 */
#pragma once

#include <gst/gst.h>

#include "km-device.h"

G_BEGIN_DECLS

KmDevice   *km_device_new_for_gst  (KmDeviceKind  kind,
                                    GstDevice    *device);

const char *km_device_get_serial   (KmDevice     *self);
GstCaps    *km_device_dup_caps     (KmDevice     *self);
GstElement *km_device_make_source  (KmDevice     *self,
                                    GError      **error);

G_END_DECLS
