/* km-uplink-link.h: one connection to a server, on a thread of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-rtmp-metadata.h"
#include "km-uplink-tag.h"

G_BEGIN_DECLS

typedef struct _KmUplinkLink KmUplinkLink;

/**
 * KmUplinkPlan:
 * @address: rtmp:// or rtmps://, with the stream key
 * @pin: (nullable): the fingerprint of a certificate that is accepted beside
 *   those that this computer trusts
 * @metadata: what is said about the stream; its bitrates tell how long waiting
 *   bytes take
 */
typedef struct
{
  const char *address;
  const char *pin;
  KmRtmpMetadata metadata;
} KmUplinkPlan;

/**
 * KmUplinkNews:
 * @KM_UPLINK_NEWS_LIVE: the server lets us publish
 * @KM_UPLINK_NEWS_LEFT: the goodbye is said
 * @KM_UPLINK_NEWS_FAILED: see the error; nothing comes any more
 */
typedef enum
{
  KM_UPLINK_NEWS_LIVE,
  KM_UPLINK_NEWS_LEFT,
  KM_UPLINK_NEWS_FAILED,
} KmUplinkNews;

/**
 * KmUplinkLinkFunc:
 * @link: a connection
 * @news: what happened to it
 * @error: (nullable): a #KmBroadcastError
 * @refused: (nullable): the fingerprint of a certificate that wasn't accepted
 * @data: what was given to km_uplink_link_start()
 */
typedef void (*KmUplinkLinkFunc) (KmUplinkLink *link,
                                  KmUplinkNews  news,
                                  const GError *error,
                                  const char   *refused,
                                  gpointer      data);

/**
 * KmUplinkCounts:
 * @bytes: given to the kernel
 * @frames: of video, given to the connection
 * @dropped: frames of video that the network was too slow for
 * @round_trip_us: to the server and back, as the kernel measured it last
 */
typedef struct
{
  guint64 bytes;
  guint64 frames;
  guint64 dropped;
  guint64 round_trip_us;
} KmUplinkCounts;

KmUplinkLink *km_uplink_link_start      (const KmUplinkPlan *plan,
                                         KmUplinkLinkFunc    func,
                                         gpointer            data);
KmUplinkLink *km_uplink_link_ref        (KmUplinkLink       *self);
void          km_uplink_link_unref      (KmUplinkLink       *self);

void          km_uplink_link_send       (KmUplinkLink       *self,
                                         KmUplinkTag        *tag);
gboolean      km_uplink_link_wants_key  (KmUplinkLink       *self);
void          km_uplink_link_get_counts (KmUplinkLink       *self,
                                         KmUplinkCounts     *counts);

void          km_uplink_link_finish     (KmUplinkLink       *self);
void          km_uplink_link_stop       (KmUplinkLink       *self);

G_END_DECLS
