/* km-uplink-private.h: what km-broadcast.c tells the uplink
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-broadcast.h"
#include "km-uplink.h"

G_BEGIN_DECLS

void km_uplink_attach (KmUplink                 *self,
                       GstElement               *pipeline,
                       GstElement               *video_tee,
                       GstElement               *audio_tee,
                       const KmBroadcastQuality *quality);
void km_uplink_detach (KmUplink                 *self);

void km_uplink_start  (KmUplink                 *self,
                       const char               *address,
                       const char               *pin);
void km_uplink_stop   (KmUplink                 *self);

G_END_DECLS
