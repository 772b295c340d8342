/* km-uplink-output.h: one connection to a server, as a bin behind the encoders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _KmUplinkOutput KmUplinkOutput;

/**
 * KmUplinkCounts:
 * @bytes: handed to the connection
 * @frames: of video, handed to the muxer
 * @dropped: frames of video that the network was too slow for
 */
typedef struct
{
  guint64 bytes;
  guint64 frames;
  guint64 dropped;
} KmUplinkCounts;

KmUplinkOutput *km_uplink_output_new          (GstElement      *pipeline,
                                               GstElement      *video_tee,
                                               GstElement      *audio_tee,
                                               const char      *address,
                                               GError         **error);
void            km_uplink_output_free         (KmUplinkOutput  *self);

void            km_uplink_output_finish       (KmUplinkOutput  *self);
gboolean        km_uplink_output_sent         (KmUplinkOutput  *self,
                                               GstMessage      *message);
gboolean        km_uplink_output_owns         (KmUplinkOutput  *self,
                                               GstMessage      *message);
gboolean        km_uplink_output_is_connected (KmUplinkOutput  *self);
gboolean        km_uplink_output_has_waiting  (KmUplinkOutput  *self);
void            km_uplink_output_get_counts   (KmUplinkOutput  *self,
                                               KmUplinkCounts  *counts);

G_END_DECLS
