/* km-schema.c: the tables, and how older data becomes newer data
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each migration takes the database from one user_version to the next in a
 * transaction of its own, so that a crash between two of them leaves whole
 * ones behind. A released migration is never edited; the next one follows it.
 *
 * The rules that must hold whatever the code does are here as constraints:
 * one room an account, one place in the log an event, one meaning an act.
 *
 * Thread: the one that opens the database.
 */

#include "km-schema.h"

#include "km-statement.h"
#include "km-store.h"

static const char version_1[] =
  "CREATE TABLE account ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  name TEXT NOT NULL UNIQUE,"
  "  shown_name TEXT NOT NULL,"
  "  password_hash TEXT,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"

  "CREATE TABLE session ("
  "  token_hash BLOB PRIMARY KEY,"
  "  account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,"
  "  created_at INTEGER NOT NULL,"
  "  used_at INTEGER NOT NULL,"
  "  expires_at INTEGER NOT NULL"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX session_by_account ON session (account);"
  "CREATE INDEX session_by_expiry ON session (expires_at);"

  "CREATE TABLE room ("
  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  account INTEGER NOT NULL UNIQUE REFERENCES account (id),"
  "  title TEXT NOT NULL,"
  "  category TEXT NOT NULL,"
  "  key TEXT NOT NULL UNIQUE,"
  "  seq INTEGER NOT NULL DEFAULT 0 CHECK (seq >= 0),"
  "  epoch TEXT NOT NULL,"
  "  created_at INTEGER NOT NULL"
  ") STRICT;"

  "CREATE TABLE event ("
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  seq INTEGER NOT NULL CHECK (seq > 0),"
  "  at INTEGER NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  account INTEGER REFERENCES account (id),"
  "  body TEXT NOT NULL,"
  "  PRIMARY KEY (room, seq)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE act ("
  "  account INTEGER NOT NULL REFERENCES account (id),"
  "  id TEXT NOT NULL,"
  "  digest BLOB NOT NULL,"
  "  room INTEGER NOT NULL,"
  "  seq INTEGER NOT NULL,"
  "  PRIMARY KEY (account, id),"
  "  FOREIGN KEY (room, seq) REFERENCES event (room, seq)"
  ") STRICT, WITHOUT ROWID;"

  "CREATE TABLE stream ("
  "  id TEXT PRIMARY KEY,"
  "  room INTEGER NOT NULL REFERENCES room (id),"
  "  started_at INTEGER NOT NULL,"
  "  ended_at INTEGER,"
  "  reason TEXT"
  ") STRICT, WITHOUT ROWID;"
  "CREATE INDEX stream_open ON stream (room) WHERE ended_at IS NULL;"

  "CREATE TABLE setting ("
  "  key TEXT PRIMARY KEY,"
  "  value TEXT NOT NULL"
  ") STRICT, WITHOUT ROWID;";

static const char *const migrations_of_this_version[] = { version_1, NULL };

static gboolean
read_version (sqlite3 *database,
              gint64  *version,
              GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean ok;

  if (sqlite3_prepare_v2 (database, "PRAGMA user_version", -1, &statement,
                          NULL) != SQLITE_OK)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "reading the version of the data: %s",
                   sqlite3_errmsg (database));
      return FALSE;
    }

  ok = km_statement_step (statement, error) == KM_STEP_ROW;
  if (ok)
    *version = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return ok;
}

static gboolean
migrate_one (sqlite3    *database,
             const char *migration,
             guint       version,
             GError    **error)
{
  g_autofree char *script =
    g_strdup_printf ("BEGIN IMMEDIATE; %s; PRAGMA user_version = %u; COMMIT",
                     migration, version);

  if (sqlite3_exec (database, script, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
               "bringing the data to version %u: %s", version,
               sqlite3_errmsg (database));
  sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/**
 * km_schema_migrations:
 *
 * Returns: (array zero-terminated=1): what this version of the server brings
 *   data to, step by step, from an empty file on
 */
const char *const *
km_schema_migrations (void)
{
  return migrations_of_this_version;
}

/**
 * km_schema_migrate:
 * @database: a connection that may write
 * @migrations: (array zero-terminated=1): the steps; the first makes version 1
 * @error: %KM_STORE_ERROR_NEWER_SCHEMA when the data is of a later version
 *   than @migrations reach: it is left alone
 *
 * Returns: whether the data is now of the last version
 */
gboolean
km_schema_migrate (sqlite3           *database,
                   const char *const *migrations,
                   GError           **error)
{
  guint newest = g_strv_length ((char **) migrations);
  gint64 version;

  if (!read_version (database, &version, error))
    return FALSE;

  if (version > newest || version < 0)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA,
                   "The data was made by a newer Kaimu (version %"
                   G_GINT64_FORMAT ", this one knows %u).", version, newest);
      return FALSE;
    }

  for (guint i = (guint) version; i < newest; i++)
    {
      if (!migrate_one (database, migrations[i], i + 1, error))
        return FALSE;
    }

  return TRUE;
}
