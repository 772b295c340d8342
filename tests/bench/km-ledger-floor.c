/* km-ledger-floor.c: coins that move in five bare statements
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a gift costs where it is nothing but an id that is taken once, a row,
 * two entries and two balances: one thread and no queue, no room that has a
 * log, nobody who is told, no rule but that of a balance, and no checkpoint.
 * It comes as often, to as many, and is committed with synchronous=FULL as
 * rarely as the store does it. What the ledger takes beyond that is the price
 * of the rest.
 */

#include "km-ledger-floor.h"

#include <errno.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <time.h>

#define COMMIT_SPACING_US 8000
#define COINS_EACH G_GINT64_CONSTANT (1000000000)

enum
{
  TAKE_ID,
  PAY,
  EARN,
  ENTER,
  N_STATEMENTS
};

static const char *const sql[N_STATEMENTS] = {
  [TAKE_ID] = "INSERT INTO gift (key, source, target, coins)"
              " VALUES (?, ?, ?, ?)",
  [PAY] = "UPDATE wallet SET coins = coins - ?1 WHERE id = ?2",
  [EARN] = "UPDATE wallet SET coins = coins + ?1 WHERE id = ?2",
  [ENTER] = "INSERT INTO entry (gift, wallet, coins) VALUES (?, ?, ?)",
};

typedef struct
{
  sqlite3 *database;
  sqlite3_stmt *statements[N_STATEMENTS];
  guint hosts;
  guint givers;
  guint given;
} Floor;

static void
check (Floor *self,
       int    code)
{
  if (code != SQLITE_OK && code != SQLITE_DONE)
    g_error ("the floor: %s", sqlite3_errmsg (self->database));
}

static void
run (Floor      *self,
     const char *words)
{
  check (self, sqlite3_exec (self->database, words, NULL, NULL, NULL));
}

static void
step (Floor *self,
      int    which)
{
  check (self, sqlite3_step (self->statements[which]));
  sqlite3_reset (self->statements[which]);
}

static void
move (Floor  *self,
      int     which,
      gint64  wallet,
      gint64  coins)
{
  sqlite3_bind_int64 (self->statements[which], 1, coins);
  sqlite3_bind_int64 (self->statements[which], 2, wallet);
  step (self, which);
}

static void
enter (Floor  *self,
       gint64  gift,
       gint64  wallet,
       gint64  coins)
{
  sqlite3_stmt *statement = self->statements[ENTER];

  sqlite3_bind_int64 (statement, 1, gift);
  sqlite3_bind_int64 (statement, 2, wallet);
  sqlite3_bind_int64 (statement, 3, coins);
  step (self, ENTER);
}

static void
give (Floor *self)
{
  sqlite3_stmt *statement = self->statements[TAKE_ID];
  gint64 giver = g_random_int_range (0, (gint32) self->givers);
  gint64 source = self->hosts + 1 + giver;
  gint64 target = giver % self->hosts + 1;
  gint64 coins = g_random_int_range (1, 100);
  char key[32];
  gint64 gift;

  g_snprintf (key, sizeof key, "%012u%08x", self->given++, g_random_int ());
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 2, source);
  sqlite3_bind_int64 (statement, 3, target);
  sqlite3_bind_int64 (statement, 4, coins);
  step (self, TAKE_ID);
  gift = sqlite3_last_insert_rowid (self->database);
  move (self, PAY, source, coins);
  move (self, EARN, target, coins);
  enter (self, gift, source, -coins);
  enter (self, gift, target, coins);
}

static void
open_floor (Floor      *self,
            const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "floor.db", NULL);
  g_autofree char *fill = g_strdup_printf (
    "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n"
    " WHERE id < %u) INSERT INTO wallet SELECT id, %" G_GINT64_FORMAT
    " FROM n", self->hosts + self->givers, COINS_EACH);

  check (self, sqlite3_open_v2 (path, &self->database,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                  | SQLITE_OPEN_NOMUTEX, NULL));
  run (self, "PRAGMA journal_mode = WAL;"
             "PRAGMA synchronous = FULL;"
             "PRAGMA wal_autocheckpoint = 0;"
             "CREATE TABLE wallet (id INTEGER PRIMARY KEY,"
             " coins INTEGER NOT NULL CHECK (coins >= 0));"
             "CREATE TABLE gift (id INTEGER PRIMARY KEY,"
             " key TEXT NOT NULL UNIQUE, source INTEGER, target INTEGER,"
             " coins INTEGER CHECK (coins > 0));"
             "CREATE TABLE entry (id INTEGER PRIMARY KEY, gift INTEGER,"
             " wallet INTEGER, coins INTEGER)");
  run (self, fill);
  for (guint i = 0; i < N_STATEMENTS; i++)
    check (self, sqlite3_prepare_v2 (self->database, sql[i], -1,
                                     &self->statements[i], NULL));
}

static void
close_floor (Floor *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->database);
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

static double
used_cpu_us (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);

  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6
         + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/**
 * km_ledger_floor_measure:
 * @directory: where to write
 * @seconds: for how long
 * @gifts_per_ms: how many come
 * @hosts: to how many
 * @givers: from how many
 *
 * Returns: µs of processor a gift
 */
double
km_ledger_floor_measure (const char *directory,
                         guint       seconds,
                         guint       gifts_per_ms,
                         guint       hosts,
                         guint       givers)
{
  Floor self = { .hosts = hosts, .givers = givers };
  gint64 began_us;
  double cpu_us;

  open_floor (&self, directory);
  began_us = g_get_monotonic_time ();
  cpu_us = used_cpu_us ();
  for (gint64 due_us = began_us; due_us < began_us + seconds * G_USEC_PER_SEC;
       due_us = MAX (due_us + COMMIT_SPACING_US, g_get_monotonic_time ()))
    {
      gint64 come;

      wait_until (due_us);
      come = (g_get_monotonic_time () - began_us) / 1000 * gifts_per_ms;
      run (&self, "BEGIN IMMEDIATE");
      while (self.given < come)
        give (&self);
      run (&self, "COMMIT");
    }
  cpu_us = (used_cpu_us () - cpu_us) / MAX (1, self.given);
  close_floor (&self);

  return cpu_us;
}
