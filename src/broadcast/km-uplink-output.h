/* km-uplink-output.h: what is encoded, on its way to a connection
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-uplink-link.h"

G_BEGIN_DECLS

typedef struct _KmUplinkOutput KmUplinkOutput;

KmUplinkOutput *km_uplink_output_new  (GstElement      *pipeline,
                                       GstElement      *video_tee,
                                       GstElement      *audio_tee,
                                       KmUplinkLink    *link,
                                       GError         **error);
void            km_uplink_output_free (KmUplinkOutput  *self);

G_END_DECLS
