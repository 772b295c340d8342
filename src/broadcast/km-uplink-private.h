/* km-uplink-private.h: what km-broadcast.c tells the uplink
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-uplink.h"

G_BEGIN_DECLS

void     km_uplink_attach         (KmUplink   *self,
                                   GstElement *pipeline,
                                   GstElement *video_tee,
                                   GstElement *audio_tee);
void     km_uplink_detach         (KmUplink   *self);

void     km_uplink_start          (KmUplink   *self,
                                   const char *address);
void     km_uplink_stop           (KmUplink   *self);
gboolean km_uplink_handle_message (KmUplink   *self,
                                   GstMessage *message);

G_END_DECLS
