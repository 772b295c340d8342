/* km-relay-ring.c: the newest tags of a stream
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A viewer's queue is its distance to the head and nothing else: no tag is
 * copied or listed for it. Each place knows how many bytes were appended
 * before it, so the bytes between any two are one subtraction.
 *
 * Thread: the relay thread of its stream.
 */

#include "km-relay-ring.h"

#define CAPACITY_MIN 256

void
km_relay_ring_init (KmRelayRing *self)
{
  *self = (KmRelayRing) { .capacity = CAPACITY_MIN };
  self->tags = g_new (KmRelayTag *, CAPACITY_MIN);
  self->positions = g_new (guint64, CAPACITY_MIN);
}

void
km_relay_ring_clear (KmRelayRing *self)
{
  km_relay_ring_trim (self, self->head);
  g_clear_pointer (&self->tags, g_free);
  g_clear_pointer (&self->positions, g_free);
}

static void
resize (KmRelayRing *self,
        guint64      capacity)
{
  KmRelayTag **tags = g_new (KmRelayTag *, capacity);
  guint64 *positions = g_new (guint64, capacity);

  for (guint64 i = self->tail; i < self->head; i++)
    {
      tags[i % capacity] = self->tags[i % self->capacity];
      positions[i % capacity] = self->positions[i % self->capacity];
    }
  g_free (self->tags);
  g_free (self->positions);
  self->tags = tags;
  self->positions = positions;
  self->capacity = capacity;
}

/**
 * km_relay_ring_append:
 * @self: a ring
 * @tag: (transfer full): the newest tag
 */
void
km_relay_ring_append (KmRelayRing *self,
                      KmRelayTag  *tag)
{
  if (self->head - self->tail == self->capacity)
    resize (self, self->capacity * 2);

  self->tags[self->head % self->capacity] = tag;
  self->positions[self->head % self->capacity] = self->total;
  self->total += tag->length;
  self->head++;
}

/**
 * km_relay_ring_trim:
 * @self: a ring
 * @tail: number of the oldest tag that is still needed
 */
void
km_relay_ring_trim (KmRelayRing *self,
                    guint64      tail)
{
  for (; self->tail < tail && self->tail < self->head; self->tail++)
    km_relay_tag_unref (self->tags[self->tail % self->capacity]);

  if (self->capacity > CAPACITY_MIN &&
      self->head - self->tail < self->capacity / 4)
    resize (self, self->capacity / 2);
}

/**
 * km_relay_ring_get:
 * @self: a ring
 * @number: from the tail to before the head
 *
 * Returns: (transfer none): the tag
 */
KmRelayTag *
km_relay_ring_get (KmRelayRing *self,
                   guint64      number)
{
  g_assert (number >= self->tail && number < self->head);

  return self->tags[number % self->capacity];
}

/**
 * km_relay_ring_get_behind:
 * @self: a ring
 * @number: from the tail to the head
 *
 * Returns: bytes of data in the tags from @number on
 */
guint64
km_relay_ring_get_behind (KmRelayRing *self,
                          guint64      number)
{
  return number < self->head
           ? self->total - self->positions[number % self->capacity]
           : 0;
}
