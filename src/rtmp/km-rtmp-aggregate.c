/* km-rtmp-aggregate.c: several messages in one
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An aggregate message is a row of FLV tags (RTMP 1.0, 7.1.6). The first one's
 * time is the message's own; the others keep their distance to it. Some old
 * encoders and relays send nothing else.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-aggregate.h"

#include "km-rtmp-bytes.h"

#define TAG_HEADER 11
#define TAG_TRAILER 4

/**
 * km_rtmp_aggregate_init:
 * @self: (out caller-allocates): an iterator
 * @message: an aggregate message, whose bytes must outlive @self
 */
void
km_rtmp_aggregate_init (KmRtmpAggregate     *self,
                        const KmRtmpMessage *message)
{
  *self = (KmRtmpAggregate) { .rest = *message };
}

/**
 * km_rtmp_aggregate_next:
 * @self: an iterator
 * @message: (out caller-allocates): the next message
 *
 * Returns: whether there is one; a tag that is cut off ends the row
 */
gboolean
km_rtmp_aggregate_next (KmRtmpAggregate *self,
                        KmRtmpMessage   *message)
{
  const guint8 *tag = self->rest.data;
  gsize length;
  gsize whole;
  guint32 time_ms;

  if (self->rest.length < TAG_HEADER)
    return FALSE;
  length = km_rtmp_get_u24 (tag + 1);
  if (length > self->rest.length - TAG_HEADER)
    {
      self->rest.length = 0;
      return FALSE;
    }

  time_ms = (guint32) tag[7] << 24 | km_rtmp_get_u24 (tag + 4);
  if (!self->begun)
    self->offset_ms = self->rest.time_ms - time_ms;
  self->begun = TRUE;

  *message = self->rest;
  message->type = tag[0];
  message->time_ms = time_ms + self->offset_ms;
  message->data = tag + TAG_HEADER;
  message->length = length;

  whole = MIN (TAG_HEADER + length + TAG_TRAILER, self->rest.length);
  self->rest.data += whole;
  self->rest.length -= whole;

  return TRUE;
}
