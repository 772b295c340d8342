/* km-device.h: one camera or microphone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Free of GStreamer's own headers, so that windows may include it;
 * km-device-source.h has the part for pipelines.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  KM_DEVICE_CAMERA,
  KM_DEVICE_MICROPHONE,
} KmDeviceKind;

#define KM_TYPE_DEVICE_KIND (km_device_kind_get_type ())
GType         km_device_kind_get_type (void);

#define KM_TYPE_DEVICE (km_device_get_type ())
G_DECLARE_FINAL_TYPE (KmDevice, km_device, KM, DEVICE, GObject)

KmDeviceKind  km_device_get_kind      (KmDevice *self);
const char   *km_device_get_id        (KmDevice *self);
const char   *km_device_get_label     (KmDevice *self);

G_END_DECLS
