/* km-uplink-talk.h: what is said over a connection to a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-counter.h"
#include "km-rtmp-metadata.h"
#include "km-rtmp-publisher.h"
#include "km-uplink-connect.h"
#include "km-uplink-tag.h"

G_BEGIN_DECLS

typedef struct _KmUplinkTalk KmUplinkTalk;

/**
 * KmUplinkTalkFunc:
 * @data: what was given to km_uplink_talk_new()
 * @state: how far it has come
 * @error: (nullable): of GIO, or a #KmRtmpError: it is over
 *
 * Called when either changed.
 */
typedef void (*KmUplinkTalkFunc) (gpointer              data,
                                  KmRtmpPublisherState  state,
                                  const GError         *error);

/**
 * KmUplinkTally:
 * @bytes: given to the kernel
 * @frames: of video, given to the connection
 * @dropped: frames of video that the network was too slow for
 * @round_trip_us: to the server and back
 *
 * Kept by the thread of the talk, read by any.
 */
typedef struct
{
  KmCounter bytes;
  KmCounter frames;
  KmCounter dropped;
  KmCounter round_trip_us;
} KmUplinkTally;

KmUplinkTalk *km_uplink_talk_new    (KmUplinkWire         *wire,
                                     const KmRtmpTarget   *target,
                                     const KmRtmpMetadata *metadata,
                                     KmUplinkTally        *tally,
                                     KmUplinkTalkFunc      func,
                                     gpointer              data);
void          km_uplink_talk_free   (KmUplinkTalk         *self);

gboolean      km_uplink_talk_send   (KmUplinkTalk         *self,
                                     KmUplinkTag          *tag);

G_END_DECLS
