/* km-uplink-queue.c: what waits for a network, and what is dropped
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the order in which it came, but for what is left out: when too much
 * media waits, all pictures that wait are dropped, and those that come up to a
 * key frame. What was sent before is then the beginning of a group of
 * pictures, which a decoder can show, and what is sent next begins another;
 * nothing in between is sent for nothing. Sound is never dropped, but for what
 * is older than a connection can be that takes nothing.
 *
 * It begins with a key frame, whose time is 0: sound that comes before it, or
 * belongs before it, is left out.
 *
 * Pure: the clock is told. Thread: any, one at a time.
 */

#include "km-uplink-queue.h"

#define SOUND_MAX_US (10 * G_TIME_SPAN_SECOND)

/**
 * km_uplink_tag_new:
 * @kind: what it is
 * @type: of the FLV tag that it makes
 * @time_us: when it is decoded
 *
 * Returns: (transfer full): a tag without data
 */
KmUplinkTag *
km_uplink_tag_new (KmUplinkTagKind kind,
                   KmFlvType       type,
                   gint64          time_us)
{
  KmUplinkTag *self = g_new0 (KmUplinkTag, 1);

  self->kind = kind;
  self->type = type;
  self->time_us = time_us;
  self->data = g_byte_array_new ();

  return self;
}

void
km_uplink_tag_free (KmUplinkTag *self)
{
  g_byte_array_unref (self->data);
  g_free (self);
}

/**
 * km_uplink_queue_init:
 * @self: (out caller-allocates): a queue
 */
void
km_uplink_queue_init (KmUplinkQueue *self)
{
  *self = (KmUplinkQueue) { .rule = KM_DROP_RULE_INIT };
}

void
km_uplink_queue_clear (KmUplinkQueue *self)
{
  g_queue_clear_full (&self->tags, (GDestroyNotify) km_uplink_tag_free);
}

static gboolean
is_picture (const KmUplinkTag *tag)
{
  return tag->kind == KM_UPLINK_TAG_KEY || tag->kind == KM_UPLINK_TAG_DELTA;
}

static void
drop_pictures (KmUplinkQueue *self)
{
  GList *next;

  for (GList *link = self->tags.head; link != NULL; link = next)
    {
      next = link->next;
      if (!is_picture (link->data))
        continue;
      km_uplink_tag_free (link->data);
      g_queue_delete_link (&self->tags, link);
      self->dropped++;
    }
}

/* The media that waits, up to @newest_us. Headers have a time, too, but nobody
 * waits for them. */
static gint64
get_span_us (KmUplinkQueue *self,
             gint64         newest_us)
{
  for (GList *link = self->tags.head; link != NULL; link = link->next)
    {
      const KmUplinkTag *tag = link->data;

      if (is_picture (tag) || tag->kind == KM_UPLINK_TAG_SOUND)
        return MAX (newest_us - tag->time_us, 0);
    }

  return 0;
}

static gboolean
add_picture (KmUplinkQueue *self,
             KmUplinkTag   *tag,
             gint64         ahead_us,
             gint64         now_us)
{
  gint64 waiting_us = get_span_us (self, tag->time_us) + ahead_us;
  gboolean dropped_before = self->rule.dropping;
  KmDropVerdict verdict =
    km_drop_rule_judge (&self->rule, tag->kind == KM_UPLINK_TAG_KEY,
                        (guint64) waiting_us, now_us);

  if (verdict == KM_DROP_RULE_SEND)
    {
      if (!self->begun)
        self->base_us = tag->time_us;
      self->begun = TRUE;
      g_queue_push_tail (&self->tags, tag);
      return FALSE;
    }

  if (!dropped_before)
    drop_pictures (self);
  /* What is held back before the first key frame was never meant to be seen. */
  if (self->begun)
    self->dropped++;
  km_uplink_tag_free (tag);

  return verdict == KM_DROP_RULE_DROP_AND_ASK;
}

static void
add_sound (KmUplinkQueue *self,
           KmUplinkTag   *tag)
{
  KmUplinkTag *oldest = g_queue_peek_head (&self->tags);

  if (!self->begun || tag->time_us < self->base_us)
    {
      km_uplink_tag_free (tag);
      return;
    }

  if (oldest != NULL && oldest->kind == KM_UPLINK_TAG_SOUND &&
      tag->time_us - oldest->time_us > SOUND_MAX_US)
    km_uplink_tag_free (g_queue_pop_head (&self->tags));
  g_queue_push_tail (&self->tags, tag);
}

/**
 * km_uplink_queue_add:
 * @self: a queue
 * @tag: (transfer full): what came last
 * @ahead_us: how long the connection takes for what it has and hasn't sent
 * @now_us: when, by a clock that never goes back and never reads 0
 *
 * Returns: whether the encoder is to be asked for a key frame
 */
gboolean
km_uplink_queue_add (KmUplinkQueue *self,
                     KmUplinkTag   *tag,
                     gint64         ahead_us,
                     gint64         now_us)
{
  if (is_picture (tag))
    return add_picture (self, tag, ahead_us, now_us);

  if (tag->kind == KM_UPLINK_TAG_SOUND)
    add_sound (self, tag);
  else
    g_queue_push_tail (&self->tags, tag);

  return FALSE;
}

/**
 * km_uplink_queue_asked:
 * @self: a queue
 * @now_us: when, by the clock of km_uplink_queue_add()
 *
 * The encoder was asked for a key frame already.
 */
void
km_uplink_queue_asked (KmUplinkQueue *self,
                       gint64         now_us)
{
  self->rule.asked_us = now_us;
}

/**
 * km_uplink_queue_take:
 * @self: a queue
 *
 * Returns: (transfer full) (nullable): what is sent next
 */
KmUplinkTag *
km_uplink_queue_take (KmUplinkQueue *self)
{
  return g_queue_pop_head (&self->tags);
}

/**
 * km_uplink_queue_get_time_ms:
 * @self: a queue
 * @tag: out of it
 *
 * Returns: when it is decoded, from the first key frame on, as 32-bit serial
 *   time
 */
guint32
km_uplink_queue_get_time_ms (KmUplinkQueue     *self,
                             const KmUplinkTag *tag)
{
  gint64 passed_us = self->begun ? tag->time_us - self->base_us : 0;

  return (guint32) (MAX (passed_us, 0) / 1000);
}

/**
 * km_uplink_queue_get_dropped:
 * @self: a queue
 *
 * Returns: pictures that the network was too slow for
 */
guint64
km_uplink_queue_get_dropped (KmUplinkQueue *self)
{
  return self->dropped;
}
