/* km-floor-keep.c: a row a message, on the disk before anybody is told
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The least that keeps a room's log: one table, one row a message, a commit
 * with synchronous=FULL at once and the next 2 ms after its end. No rules, no
 * ids of acts, no rooms.
 *
 * Thread: its own writes; one other puts and takes.
 */

#include "km-floor-keep.h"

#include <errno.h>
#include <sqlite3.h>
#include <time.h>

#include "km-queue.h"

#define SPACING_US 2000
#define CHECKPOINT_US G_USEC_PER_SEC

typedef struct
{
  KmMessage message;
  GBytes *text;
} Row;

struct _KmFloorKeep
{
  sqlite3 *database;
  sqlite3_stmt *begin;
  sqlite3_stmt *insert;
  sqlite3_stmt *commit;
  KmQueue *asked;
  KmQueue *kept;
  KmMessage *taken; /* from the queue, and not given out yet */
  gint64 seq;
};

static void
check (KmFloorKeep *self,
       int          status)
{
  if (status != SQLITE_OK && status != SQLITE_DONE)
    g_error ("keeping: %s", sqlite3_errmsg (self->database));
}

static void
run (KmFloorKeep  *self,
     sqlite3_stmt *statement)
{
  check (self, sqlite3_step (statement));
  check (self, sqlite3_reset (statement));
}

static void
wait_until (gint64 due_us)
{
  const struct timespec due = {
    .tv_sec = due_us / G_USEC_PER_SEC,
    .tv_nsec = due_us % G_USEC_PER_SEC * 1000,
  };

  while (clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
    continue;
}

static void
insert_all (KmFloorKeep *self,
            KmMessage   *first)
{
  run (self, self->begin);
  for (KmMessage *message = first; message != NULL; message = message->next)
    {
      gsize length;
      const void *text = g_bytes_get_data (((Row *) message)->text, &length);

      sqlite3_bind_int64 (self->insert, 1, ++self->seq);
      sqlite3_bind_text (self->insert, 2, text, (int) length, SQLITE_STATIC);
      run (self, self->insert);
    }
  run (self, self->commit);
}

static gpointer
write_rows (gpointer data)
{
  KmFloorKeep *self = data;
  gint64 moved_us = g_get_monotonic_time ();
  gint64 next_us = 0;

  for (;;)
    {
      KmMessage *first;

      km_queue_wait (self->asked, -1);
      wait_until (next_us);
      first = km_queue_take_all (self->asked);
      insert_all (self, first);
      km_queue_push_all (self->kept, first);
      next_us = g_get_monotonic_time () + SPACING_US;
      if (next_us < moved_us + CHECKPOINT_US)
        continue;
      sqlite3_wal_checkpoint_v2 (self->database, NULL,
                                 SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
      moved_us = next_us;
    }

  return NULL;
}

/**
 * km_floor_keep_new:
 * @directory: where the file goes; it must not be there yet
 *
 * Returns: (transfer full): a log, for as long as the program runs
 */
KmFloorKeep *
km_floor_keep_new (const char *directory)
{
  KmFloorKeep *self = g_new0 (KmFloorKeep, 1);
  g_autofree char *path = g_build_filename (directory, "floor.db", NULL);

  if (sqlite3_open (path, &self->database) != SQLITE_OK)
    g_error ("opening %s: %s", path, sqlite3_errmsg (self->database));
  check (self, sqlite3_exec (self->database,
                             "PRAGMA journal_mode = WAL;"
                             "PRAGMA synchronous = FULL;"
                             "PRAGMA wal_autocheckpoint = 0;"
                             "CREATE TABLE message"
                             " (seq INTEGER PRIMARY KEY, text TEXT)",
                             NULL, NULL, NULL));
  check (self, sqlite3_prepare_v2 (self->database, "BEGIN IMMEDIATE", -1,
                                   &self->begin, NULL));
  check (self, sqlite3_prepare_v2 (self->database,
                                   "INSERT INTO message VALUES (?, ?)", -1,
                                   &self->insert, NULL));
  check (self, sqlite3_prepare_v2 (self->database, "COMMIT", -1,
                                   &self->commit, NULL));
  self->asked = km_queue_new (0);
  self->kept = km_queue_new (0);
  g_thread_unref (g_thread_new ("store", write_rows, self));

  return self;
}

/* Readable when there is something to take. */
int
km_floor_keep_get_fd (KmFloorKeep *self)
{
  return km_queue_get_fd (self->kept);
}

void
km_floor_keep_put (KmFloorKeep  *self,
                   const guint8 *data,
                   gsize         length)
{
  Row *row = g_new0 (Row, 1);

  row->text = g_bytes_new (data, length);
  km_queue_push (self->asked, &row->message);
}

/**
 * km_floor_keep_take:
 * @self: a log
 *
 * Returns: (nullable) (transfer full): the next message that is kept; %NULL:
 *   there is none
 */
GBytes *
km_floor_keep_take (KmFloorKeep *self)
{
  Row *row;
  GBytes *text;

  if (self->taken == NULL)
    self->taken = km_queue_take_all (self->kept);
  if (self->taken == NULL)
    return NULL;

  row = (Row *) self->taken;
  self->taken = self->taken->next;
  text = g_steal_pointer (&row->text);
  g_free (row);

  return text;
}
