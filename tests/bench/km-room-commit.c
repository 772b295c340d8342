/* km-room-commit.c: from the command to the disk
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thousand messages a second in many rooms, until their senders hear that
 * they are kept; beside it a small program with the same policy (a commit at
 * once, the next 2 ms after its end) that writes one row a message and knows
 * neither sockets nor rules.
 *
 * Thread: main of the bench; the small program's writer has its own.
 */

#include "km-room-bench.h"

#include <errno.h>
#include <sqlite3.h>
#include <time.h>

#include "km-bench-disk.h"
#include "km-bench.h"
#include "km-queue.h"

#define MEMBERS 600
#define ROOMS 300 /* of two each: it isn't about telling others */
#define PER_SECOND 1000
#define SPACING_US 2000
#define SECONDS 4
#define FLOOR_MESSAGES (PER_SECOND * SECONDS)

typedef struct
{
  KmMessage message;
  gint64 asked_us;
} Row;

typedef struct
{
  sqlite3 *database;
  sqlite3_stmt *insert;
  KmQueue *queue;
  GArray *waits_ms;
  guint kept;
} Floor;

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
run_sql (Floor      *self,
         const char *sql)
{
  if (sqlite3_exec (self->database, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (self->database));
}

static void
insert (Floor *self)
{
  sqlite3_bind_int64 (self->insert, 1, ++self->kept);
  sqlite3_bind_text (self->insert, 2, "this is what they say in most live "
                     "rooms, and it is kept", -1, SQLITE_STATIC);
  if (sqlite3_step (self->insert) != SQLITE_DONE
      || sqlite3_reset (self->insert) != SQLITE_OK)
    g_error ("inserting: %s", sqlite3_errmsg (self->database));
}

static gpointer
write_rows (gpointer data)
{
  Floor *self = data;
  gint64 next_us = 0;

  while (self->kept < FLOOR_MESSAGES)
    {
      KmMessage *first;
      gint64 now_us;

      km_queue_wait (self->queue, -1);
      wait_until (next_us);
      first = km_queue_take_all (self->queue);
      run_sql (self, "BEGIN IMMEDIATE");
      for (KmMessage *message = first; message != NULL;
           message = message->next)
        insert (self);
      run_sql (self, "COMMIT");

      now_us = g_get_monotonic_time ();
      for (KmMessage *message = first; message != NULL;
           message = message->next)
        {
          double ms = (double) (now_us - ((Row *) message)->asked_us) / 1000;

          g_array_append_val (self->waits_ms, ms);
        }
      next_us = now_us + SPACING_US;
    }

  return NULL;
}

static void
open_floor (Floor      *self,
            const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "floor.db", NULL);

  if (sqlite3_open (path, &self->database) != SQLITE_OK)
    g_error ("opening %s: %s", path, sqlite3_errmsg (self->database));
  run_sql (self, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                 "PRAGMA wal_autocheckpoint = 0;"
                 "CREATE TABLE message (seq INTEGER PRIMARY KEY, text TEXT)");
  sqlite3_prepare_v2 (self->database, "INSERT INTO message VALUES (?, ?)", -1,
                      &self->insert, NULL);
  self->queue = km_queue_new (0);
  self->waits_ms = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
measure_floor (const char *directory,
               double     *p50_ms,
               double     *p99_ms)
{
  Floor self = { 0 };
  g_autofree Row *rows = g_new0 (Row, FLOOR_MESSAGES);
  gint64 began_us;
  GThread *writer;

  open_floor (&self, directory);
  writer = g_thread_new ("floor", write_rows, &self);
  began_us = g_get_monotonic_time ();
  for (guint i = 0; i < FLOOR_MESSAGES; i++)
    {
      wait_until (began_us + i * G_USEC_PER_SEC / PER_SECOND);
      rows[i].asked_us = g_get_monotonic_time ();
      km_queue_push (self.queue, &rows[i].message);
    }
  g_thread_join (writer);
  *p50_ms = km_bench_percentile (self.waits_ms, 0.5);
  *p99_ms = km_bench_percentile (self.waits_ms, 0.99);

  sqlite3_finalize (self.insert);
  sqlite3_close (self.database);
  km_queue_free (self.queue);
  g_array_unref (self.waits_ms);
}

static gboolean
measure_kaimu (KmRoomServer  *server,
               KmLoadFigures *figures)
{
  KmLoadSetup setup = {
    .n_members = MEMBERS,
    .first_room = 1,
    .n_rooms = ROOMS,
  };
  g_autoptr (KmLoad) load = km_room_join_members (server, &setup);
  KmRoomRun run;

  if (load == NULL)
    return FALSE;

  km_room_run (load, km_room_server_get_pid (server), PER_SECOND, SECONDS,
               &run);
  km_room_print ("kaimu", "durable", &run);
  *figures = run.load;

  return TRUE;
}

static void
print_wait (const char *peer,
            double      p50_ms,
            double      p99_ms)
{
  km_bench_print_figures ("room", peer, "durable", "reply_p50_ms", p50_ms,
                          "reply_p99_ms", p99_ms, NULL);
}

/**
 * km_room_run_commit:
 * @options: what was asked for
 */
void
km_room_run_commit (const KmRoomOptions *options)
{
  g_autoptr (KmRoomServer) server = NULL;
  const char *directory;
  KmBenchDiskFigures disk;
  KmBenchDisk *probe;
  KmLoadFigures kaimu;
  double p50_ms;
  double p99_ms;

  if (!km_room_wants_case (options, "durable")
      || !km_room_wants_peer (options, "kaimu"))
    return;

  server = km_room_server_new (MEMBERS, ROOMS);
  directory = km_test_server_get_directory (server->server);
  probe = km_bench_disk_begin (directory);
  measure_floor (directory, &p50_ms, &p99_ms);
  if (measure_kaimu (server, &kaimu))
    {
      print_wait ("kaimu", kaimu.reply_p50_ms, kaimu.reply_p99_ms);
      km_room_set_goal ("durable p50, ratio to the small program",
                        kaimu.reply_p50_ms / p50_ms);
      km_room_set_goal ("durable p99, ratio to the small program",
                        kaimu.reply_p99_ms / p99_ms);
      km_room_set_goal ("durable messages refused or lost",
                        (double) (kaimu.sent - kaimu.replied));
    }
  print_wait ("floor-commit", p50_ms, p99_ms);
  km_bench_disk_end (probe, &disk);
  print_wait ("disk", disk.p50_ms, disk.p99_ms);
}
