/* km-uplink-queue.h: what waits for a network, and what is dropped
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-drop-rule.h"
#include "km-uplink-tag.h"

G_BEGIN_DECLS

/**
 * KmUplinkQueue:
 * @tags: of #KmUplinkTag, oldest first
 * @rule: when to drop
 * @begun: whether a first key frame was let in
 * @base_us: its time
 * @dropped: pictures that were not let in, or taken out again, since then
 *
 * Private. Made by km_uplink_queue_init().
 */
typedef struct
{
  GQueue tags;
  KmDropRule rule;
  gboolean begun;
  gint64 base_us;
  guint64 dropped;
} KmUplinkQueue;

void         km_uplink_queue_init        (KmUplinkQueue     *self);
void         km_uplink_queue_clear       (KmUplinkQueue     *self);

gboolean     km_uplink_queue_add         (KmUplinkQueue     *self,
                                          KmUplinkTag       *tag,
                                          gint64             ahead_us,
                                          gint64             now_us);
void         km_uplink_queue_asked       (KmUplinkQueue     *self,
                                          gint64             now_us);
KmUplinkTag *km_uplink_queue_take        (KmUplinkQueue     *self);

guint32      km_uplink_queue_get_time_ms (KmUplinkQueue     *self,
                                          const KmUplinkTag *tag);
guint64      km_uplink_queue_get_dropped (KmUplinkQueue     *self);

G_END_DECLS
