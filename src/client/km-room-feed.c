/* km-room-feed.c: a room's events in order, each exactly once
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server numbers the events of a room without gaps within one epoch.
 * What arrives is applied only in that order: what was had already is
 * dropped, what comes too early waits until the room was joined again and
 * the rest has come. After a join that didn't resume there is a snapshot
 * first, events up to the head that have gaps between them. Nothing in it says
 * that it is over: what comes behind it does. Who lost the connection before
 * goes on from the last of it that they got.
 *
 * If the server, asked for what is missing, goes on behind the gap, then
 * there is nothing in it: the server owns the log, and asking again would
 * never end.
 *
 * Pure: no socket, no clock. Thread: its owner's.
 */

#include "km-room-feed.h"

/* More early events than this, and a new snapshot is cheaper. */
#define WAITING_MAX 1024

struct _KmRoomFeed
{
  char *epoch;
  gint64 seq;           /* the newest event applied, or about to be */
  gint64 head;          /* the newest event when the room was joined */
  gboolean in_snapshot; /* events up to head may have gaps between them */
  gint64 snapshot_seq;  /* the newest event of the snapshot */
  gboolean snapshot_open; /* more of it may come */
  gboolean in_gap;      /* joining again was asked for and not yet done */
  gboolean asked;       /* joined for what comes after seq */
  GQueue ready;
  GQueue waiting;       /* sorted by seq */
};

KmRoomFeed *
km_room_feed_new (void)
{
  KmRoomFeed *self = g_new0 (KmRoomFeed, 1);

  self->seq = -1;
  self->head = -1;
  self->snapshot_seq = -1;
  g_queue_init (&self->ready);
  g_queue_init (&self->waiting);

  return self;
}

void
km_room_feed_free (KmRoomFeed *self)
{
  g_free (self->epoch);
  g_queue_clear_full (&self->ready, (GDestroyNotify) km_room_event_free);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) km_room_event_free);
  g_free (self);
}

static void
take_waiting (KmRoomFeed *self)
{
  KmRoomEvent *event;

  while ((event = g_queue_peek_head (&self->waiting)) != NULL &&
         event->seq <= self->seq + 1)
    {
      g_queue_pop_head (&self->waiting);
      if (event->seq <= self->seq)
        {
          km_room_event_free (event);
          continue;
        }
      self->seq = event->seq;
      g_queue_push_tail (&self->ready, event);
    }
}

/**
 * km_room_feed_join:
 * @self: a room's log
 * @epoch: which history the seqs belong to
 * @head: seq of the newest event at the time of the answer
 * @resumed: whether exactly what was missed follows
 *
 * To be called with each answer to `room.join`.
 *
 * Returns: whether what was applied before is void; a snapshot follows
 */
gboolean
km_room_feed_join (KmRoomFeed  *self,
                   const char *epoch,
                   gint64      head,
                   gboolean    resumed)
{
  gboolean same;

  if (self->snapshot_open)
    {
      resumed = resumed && self->snapshot_seq >= 0;
      self->seq = resumed ? self->snapshot_seq : self->seq;
    }
  same = resumed && g_strcmp0 (epoch, self->epoch) == 0 &&
         head >= self->seq;
  self->in_gap = FALSE;
  self->asked = same && head > self->seq;
  self->head = head;
  self->in_snapshot = !same;
  self->snapshot_open = !same && head > 0;
  if (same)
    return FALSE;

  if (g_set_str (&self->epoch, epoch))
    g_queue_clear_full (&self->waiting, (GDestroyNotify) km_room_event_free);
  self->seq = head;
  self->snapshot_seq = -1;
  take_waiting (self);

  return TRUE;
}

/**
 * km_room_feed_get_position:
 * @self: a room's log
 * @seq: (out): seq of the last event had; -1: none
 *
 * Returns: (nullable): its epoch; %NULL before the first event of the first
 *   join
 */
const char *
km_room_feed_get_position (KmRoomFeed *self,
                           gint64    *seq)
{
  *seq = -1;
  if (self->epoch == NULL || (self->snapshot_open && self->snapshot_seq < 0))
    return NULL;

  *seq = self->snapshot_open ? self->snapshot_seq : self->seq;

  return self->epoch;
}

static int
compare_seq (gconstpointer a,
             gconstpointer b,
             gpointer      data)
{
  gint64 left = ((const KmRoomEvent *) a)->seq;
  gint64 right = ((const KmRoomEvent *) b)->seq;

  return (left > right) - (left < right);
}

static gboolean
is_waiting (KmRoomFeed *self,
            gint64     seq)
{
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    {
      if (((KmRoomEvent *) link->data)->seq == seq)
        return TRUE;
    }

  return FALSE;
}

static KmRoomFeedResult
add_early (KmRoomFeed   *self,
           KmRoomEvent *event)
{
  gboolean known = self->in_gap;

  if (is_waiting (self, event->seq))
    {
      km_room_event_free (event);
      return KM_ROOM_FEED_SEEN;
    }

  g_queue_insert_sorted (&self->waiting, event, compare_seq, NULL);
  if (self->waiting.length > WAITING_MAX)
    km_room_event_free (g_queue_pop_tail (&self->waiting));
  self->in_gap = TRUE;

  return known ? KM_ROOM_FEED_WAITS : KM_ROOM_FEED_GAP;
}

/**
 * km_room_feed_add:
 * @self: a room's log
 * @event: (transfer full): an event that has a seq
 *
 * Returns: what became of it
 */
KmRoomFeedResult
km_room_feed_add (KmRoomFeed   *self,
                  KmRoomEvent *event)
{
  gboolean seen = event->seq <= self->seq;

  if (self->epoch == NULL)
    seen = TRUE;
  else if (self->in_snapshot && event->seq <= self->head)
    seen = event->seq <= self->snapshot_seq;

  self->snapshot_open = self->snapshot_open && event->seq < self->head;
  if (seen)
    {
      km_room_event_free (event);
      return KM_ROOM_FEED_SEEN;
    }

  if (event->seq <= self->seq)
    {
      self->snapshot_seq = event->seq;
      g_queue_push_tail (&self->ready, event);
      return KM_ROOM_FEED_READY;
    }

  if (event->seq > self->seq + 1 && !self->asked)
    return add_early (self, event);

  /* In order, or behind a gap in which the server has nothing. What waited
   * and lies before it goes first. */
  while (self->waiting.length > 0 &&
         ((KmRoomEvent *) self->waiting.head->data)->seq < event->seq)
    {
      KmRoomEvent *earlier = g_queue_pop_head (&self->waiting);

      self->seq = earlier->seq;
      g_queue_push_tail (&self->ready, earlier);
    }
  self->seq = event->seq;
  g_queue_push_tail (&self->ready, event);
  take_waiting (self);
  self->asked = self->asked && self->seq < self->head;

  return KM_ROOM_FEED_READY;
}

/**
 * km_room_feed_end_snapshot:
 * @self: a room's log
 *
 * Something came that the server says behind a snapshot.
 */
void
km_room_feed_end_snapshot (KmRoomFeed *self)
{
  self->snapshot_open = FALSE;
}

/**
 * km_room_feed_next:
 * @self: a room's log
 * @missed: (out): whether it happened before the room was joined
 *
 * Returns: (transfer full) (nullable): the event to apply now
 */
KmRoomEvent *
km_room_feed_next (KmRoomFeed *self,
                   gboolean  *missed)
{
  KmRoomEvent *event = g_queue_pop_head (&self->ready);

  if (event != NULL)
    *missed = event->seq <= self->head;

  return event;
}
