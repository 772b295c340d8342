/* km-room-log.c: the newest events of a room, in memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whoever comes back after a short break resumes from here without asking
 * the disk. The store has all of the log, so what is dropped here is only
 * slower to get: 10,000 events, 10 minutes or 16 MiB are kept, whichever is
 * least.
 *
 * Invariant: the entries are head - length + 1 … head, without a gap. An
 * event that doesn't follow the newest one empties the ring, and what is
 * missing comes from the store.
 *
 * Thread: hub (a plain struct).
 */

#include "km-room-log.h"

#define EVENTS_MAX 10000
#define AGE_MAX_US (10 * 60 * G_USEC_PER_SEC)
#define BYTES_MAX (16 * 1024 * 1024)
#define CAPACITY_MIN 64

/**
 * km_room_log_init:
 * @self: memory for a log
 * @head: seq of the newest event in the store; 0: none
 */
void
km_room_log_init (KmRoomLog *self,
                  gint64     head)
{
  *self = (KmRoomLog) { .head = head };
}

static KmLogEntry *
entry_at (const KmRoomLog *self,
          guint            index)
{
  return &self->entries[(self->first + index) & (self->capacity - 1)];
}

static void
drop_first (KmRoomLog *self)
{
  g_clear_pointer (&entry_at (self, 0)->frame, g_bytes_unref);
  self->first = (self->first + 1) & (self->capacity - 1);
  self->length--;
}

static void
drop_all (KmRoomLog *self)
{
  while (self->length > 0)
    drop_first (self);
}

void
km_room_log_clear (KmRoomLog *self)
{
  drop_all (self);
  g_clear_pointer (&self->entries, g_free);
  self->capacity = 0;
}

static void
grow (KmRoomLog *self)
{
  guint capacity = MAX (CAPACITY_MIN, self->capacity * 2);
  KmLogEntry *entries = g_new0 (KmLogEntry, capacity);

  for (guint i = 0; i < self->length; i++)
    entries[i] = *entry_at (self, i);

  g_free (self->entries);
  self->entries = entries;
  self->capacity = capacity;
  self->first = 0;
}

/* Bytes of what is kept. */
static gint64
kept_bytes (const KmRoomLog *self)
{
  const KmLogEntry *first = entry_at (self, 0);

  return self->end_bytes
         - (first->end_bytes - (gint64) g_bytes_get_size (first->frame));
}

/**
 * km_room_log_trim:
 * @self: a log
 * @now_us: now, monotonic
 *
 * Drops what is older than is kept.
 */
void
km_room_log_trim (KmRoomLog *self,
                  gint64     now_us)
{
  while (self->length > 0
         && (self->length > EVENTS_MAX
             || entry_at (self, 0)->added_us < now_us - AGE_MAX_US
             || kept_bytes (self) > BYTES_MAX))
    drop_first (self);
}

/**
 * km_room_log_append:
 * @self: a log
 * @seq: the place of an event that was committed
 * @kind: what happened
 * @frame: the text of its frame
 * @now_us: now, monotonic
 */
void
km_room_log_append (KmRoomLog       *self,
                    gint64           seq,
                    KmRoomEventKind  kind,
                    GBytes          *frame,
                    gint64           now_us)
{
  KmLogEntry *entry;

  if (seq != self->head + 1)
    drop_all (self);
  if (self->length == self->capacity)
    grow (self);

  self->end_bytes += (gint64) g_bytes_get_size (frame);
  self->head = seq;
  entry = entry_at (self, self->length++);
  *entry = (KmLogEntry) {
    .seq = seq,
    .kind = kind,
    .frame = g_bytes_ref (frame),
    .end_bytes = self->end_bytes,
    .added_us = now_us,
  };

  km_room_log_trim (self, now_us);
}

/**
 * km_room_log_replace:
 * @self: a log
 * @seq: a place in it
 * @frame: the text of the frame that is there from now on
 *
 * What isn't here any more is only in the store.
 */
void
km_room_log_replace (KmRoomLog *self,
                     gint64     seq,
                     GBytes    *frame)
{
  gint64 tail = km_room_log_get_tail (self);
  KmLogEntry *entry;
  gint64 grown;

  if (seq < tail || seq > self->head)
    return;

  entry = entry_at (self, (guint) (seq - tail));
  grown = (gint64) g_bytes_get_size (frame)
          - (gint64) g_bytes_get_size (entry->frame);
  g_bytes_unref (entry->frame);
  entry->frame = g_bytes_ref (frame);
  for (guint i = (guint) (seq - tail); i < self->length; i++)
    entry_at (self, i)->end_bytes += grown;
  self->end_bytes += grown;
}

/**
 * km_room_log_get_head:
 * @self: a log
 *
 * Returns: seq of the newest event; 0: there is none
 */
gint64
km_room_log_get_head (const KmRoomLog *self)
{
  return self->head;
}

/**
 * km_room_log_get_tail:
 * @self: a log
 *
 * Returns: seq of the oldest event that is still here; head + 1: none is
 */
gint64
km_room_log_get_tail (const KmRoomLog *self)
{
  return self->head + 1 - self->length;
}

/**
 * km_room_log_peek:
 * @self: a log
 * @seq: a place in it
 *
 * Returns: (nullable) (transfer none): the event, until the next change
 */
const KmLogEntry *
km_room_log_peek (const KmRoomLog *self,
                  gint64           seq)
{
  gint64 tail = km_room_log_get_tail (self);

  if (seq < tail || seq > self->head)
    return NULL;

  return entry_at (self, (guint) (seq - tail));
}

/**
 * km_room_log_bytes_behind:
 * @self: a log
 * @next: seq of the first event that somebody hasn't been sent
 *
 * Returns: bytes of all frames from @next on that are here
 */
gint64
km_room_log_bytes_behind (const KmRoomLog *self,
                          gint64           next)
{
  const KmLogEntry *entry =
    km_room_log_peek (self, MAX (next, km_room_log_get_tail (self)));

  if (entry == NULL)
    return 0;

  return self->end_bytes
         - (entry->end_bytes - (gint64) g_bytes_get_size (entry->frame));
}
