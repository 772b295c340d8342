/* km-chaos-backup.c: is what was acknowledged in a backup?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In each round a backup is begun beside the server, which is killed while or
 * after it is made. It must come about, and hold each act that was
 * acknowledged before it was begun. The last one is restored.
 */

#include "km-chaos-private.h"

#include <sqlite3.h>

#define BACKUP_S 60

/* The file's name; by `admin` it is an argument. */
static char *
name_file (KmChaos *self)
{
  return g_build_filename (self->directory, "backup.db", NULL);
}

/**
 * km_chaos_backup_begin:
 * @self: clients at it, and a server
 */
void
km_chaos_backup_begin (KmChaos *self)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *data = g_build_filename (
    km_test_server_get_directory (self->server), "data", NULL);
  g_autofree char *file = name_file (self);
  const char *argv[] = { program, "admin",   "--data-dir", data,
                         "backup", "--force", file,         NULL };

  for (guint i = 0; i < self->n_clients; i++)
    {
      GPtrArray *acts = self->clients[i].acts;

      for (guint j = 0; j < acts->len; j++)
        {
          KmChaosAct *act = g_ptr_array_index (acts, j);

          act->saved = act->state == KM_CHAOS_DONE;
        }
    }
  self->backup = km_test_process_start (argv, NULL, "/dev/null");
}

static void
prepare (sqlite3       *database,
         const char    *sql,
         sqlite3_stmt **statement)
{
  if (sqlite3_prepare_v2 (database, sql, -1, statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (database));
}

static guint
count_missing (sqlite3       *database,
               KmChaosClient *client)
{
  sqlite3_stmt *statement = NULL;
  guint missing = 0;

  prepare (database,
           "SELECT 1 FROM act JOIN account ON account.id = act.account"
           " WHERE name = ?1 AND act.id = ?2"
           " AND (seq IS NULL OR EXISTS (SELECT 1 FROM event"
           "  WHERE event.room = act.room AND event.seq = act.seq))",
           &statement);
  for (guint i = 0; i < client->acts->len; i++)
    {
      KmChaosAct *act = g_ptr_array_index (client->acts, i);

      if (!act->saved)
        continue;
      sqlite3_bind_text (statement, 1, client->name, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 2, act->command->id, -1, SQLITE_STATIC);
      missing += sqlite3_step (statement) != SQLITE_ROW;
      sqlite3_reset (statement);
    }
  sqlite3_finalize (statement);

  return missing;
}

/**
 * km_chaos_backup_end:
 * @self: clients after a round
 *
 * Waits for the backup that was begun, and counts what isn't in it.
 */
void
km_chaos_backup_end (KmChaos *self)
{
  g_autofree char *file = name_file (self);
  sqlite3 *database = NULL;

  self->figures->backups++;
  if (km_test_process_wait (self->backup, BACKUP_S) != 0)
    self->figures->unsaved++;
  g_clear_pointer (&self->backup, km_test_process_stop);

  if (sqlite3_open_v2 (file, &database, SQLITE_OPEN_READONLY, NULL)
      != SQLITE_OK)
    g_error ("%s: %s", file, sqlite3_errmsg (database));
  for (guint i = 0; i < self->n_clients; i++)
    self->figures->unsaved += count_missing (database, &self->clients[i]);
  sqlite3_close (database);
}

/**
 * km_chaos_restore:
 * @self: what was backed up at least once
 *
 * Makes new data of the last backup, whose books must be right.
 */
void
km_chaos_restore (KmChaos *self)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *empty = g_build_filename (self->directory, "restored",
                                             NULL);
  g_autofree char *file = name_file (self);
  const char *argv[] = { program, "admin", "--data-dir", empty, "restore",
                         file, NULL };
  g_autoptr (KmTestProcess) process =
    km_test_process_start (argv, NULL, "/dev/null");

  if (km_test_process_wait (process, BACKUP_S) != 0)
    self->figures->unsaved++;
}
