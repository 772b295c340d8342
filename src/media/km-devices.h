/* km-devices.h: the cameras and microphones that are plugged in now
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "km-device.h"

G_BEGIN_DECLS

#define KM_TYPE_DEVICES (km_devices_get_type ())
G_DECLARE_FINAL_TYPE (KmDevices, km_devices, KM, DEVICES, GObject)

KmDevices    *km_devices_get_default      (void);
void          km_devices_start            (KmDevices    *self);

GListModel   *km_devices_get_cameras      (KmDevices    *self);
GListModel   *km_devices_get_microphones  (KmDevices    *self);
gboolean      km_devices_get_ready        (KmDevices    *self);
gboolean      km_devices_get_asking       (KmDevices    *self);
const GError *km_devices_get_camera_error (KmDevices    *self);

KmDevice     *km_devices_find             (KmDevices    *self,
                                           KmDeviceKind  kind,
                                           const char   *id);

G_END_DECLS
