#pragma once

#include "km-relay-tag.h"

G_BEGIN_DECLS

/**
 * KmRelayRing:
 * @tail: number of the oldest tag that is kept
 * @head: number that the next tag will get
 *
 * The newest tags of a stream, each with its number since the stream began.
 * Made by km_relay_ring_init().
 */
typedef struct
{
  guint64 tail;
  guint64 head;

  /*< private >*/
  KmRelayTag **tags;
  guint64 *positions;
  guint64 capacity;
  guint64 total;
} KmRelayRing;

void        km_relay_ring_init       (KmRelayRing *self);
void        km_relay_ring_clear      (KmRelayRing *self);
void        km_relay_ring_append     (KmRelayRing *self,
                                      KmRelayTag  *tag);
void        km_relay_ring_trim       (KmRelayRing *self,
                                      guint64      tail);
KmRelayTag *km_relay_ring_get        (KmRelayRing *self,
                                      guint64      number);
guint64     km_relay_ring_get_behind (KmRelayRing *self,
                                      guint64      number);

G_END_DECLS
