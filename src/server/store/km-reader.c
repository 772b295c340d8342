/* km-reader.c: connections, and one that only reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In WAL mode a reader sees what is committed and waits for nobody, so each
 * thread that asks has a connection of its own.
 *
 * Thread: the one that opens it.
 */

#include "km-store-private.h"

#include <string.h>

#include "km-statement.h"

#define BUSY_TIMEOUT_MS 5000
#define HASHED_END 16

struct _KmReader
{
  sqlite3 *database;
  GHashTable *statements;
};

/**
 * km_store_execute:
 * @database: a connection
 * @sql: statements without parameters or results
 * @error: why not
 *
 * Returns: whether all of them ran
 */
gboolean
km_store_execute (sqlite3    *database,
                  const char *sql,
                  GError    **error)
{
  int code = sqlite3_exec (database, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;

  g_set_error (error, KM_STORE_ERROR,
               (code & 0xff) == SQLITE_CONSTRAINT ? KM_STORE_ERROR_CONSTRAINT
                                                  : KM_STORE_ERROR_FAILED,
               "%s", sqlite3_errmsg (database));

  return FALSE;
}

/**
 * km_store_connect_file:
 * @path: a database; an URI with SQLITE_OPEN_URI
 * @flags: SQLITE_OPEN_… beside the one for a thread of its own
 * @vfs: (nullable): how files are read and written; %NULL: as usual
 * @error: why not
 *
 * Returns: (nullable) (transfer full): a connection for one thread
 */
sqlite3 *
km_store_connect_file (const char  *path,
                       int          flags,
                       const char  *vfs,
                       GError     **error)
{
  sqlite3 *database = NULL;

  if (sqlite3_open_v2 (path, &database, flags | SQLITE_OPEN_NOMUTEX, vfs)
      != SQLITE_OK)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "opening %s: %s", path,
                   database != NULL ? sqlite3_errmsg (database)
                                    : "out of memory");
      sqlite3_close_v2 (database);
      return NULL;
    }

  sqlite3_extended_result_codes (database, 1);
  sqlite3_busy_timeout (database, BUSY_TIMEOUT_MS);

  return database;
}

/**
 * km_store_connect:
 * @directory: the data directory
 * @flags: as of km_store_connect_file()
 * @vfs: likewise
 * @error: why not
 *
 * Returns: (nullable) (transfer full): a connection for one thread
 */
sqlite3 *
km_store_connect (const char *directory,
                  int         flags,
                  const char *vfs,
                  GError    **error)
{
  g_autofree char *path = g_build_filename (directory, "kaimu.db", NULL);

  return km_store_connect_file (path, flags, vfs, error);
}

static void
finalize (gpointer data)
{
  sqlite3_finalize (data);
}

/* Statements are long and begin alike: their length and their end tell them
 * apart, at a fraction of what hashing all of them would take. */
static guint
hash_sql (gconstpointer data)
{
  const char *sql = data;
  gsize length = strlen (sql);
  guint hash = (guint) length;

  for (gsize i = length - MIN (length, HASHED_END); i < length; i++)
    hash = hash * 33 + (guchar) sql[i];

  return hash;
}

GHashTable *
km_statements_new (void)
{
  return g_hash_table_new_full (hash_sql, g_str_equal, g_free, finalize);
}

/**
 * km_statements_get:
 * @statements: the cache of @database
 * @database: a connection
 * @sql: one statement; a constant of the program, so that the cache is bounded
 * @error: why not
 *
 * Returns: (nullable) (transfer none): the statement, reset, nothing bound
 */
sqlite3_stmt *
km_statements_get (GHashTable *statements,
                   sqlite3    *database,
                   const char *sql,
                   GError    **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (statements, sql);

  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }

  if (sqlite3_prepare_v3 (database, sql, -1, SQLITE_PREPARE_PERSISTENT,
                          &statement, NULL) != SQLITE_OK)
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "%s: %s",
                   sql, sqlite3_errmsg (database));
      return NULL;
    }
  g_hash_table_insert (statements, g_strdup (sql), statement);

  return statement;
}

/**
 * km_reader_open:
 * @store: a store; must outlive the reader
 * @error: why not
 *
 * Returns: (nullable) (transfer full): a connection that only reads, for the
 *   calling thread
 */
KmReader *
km_reader_open (KmStore *store,
                GError **error)
{
  sqlite3 *database = km_store_connect (km_store_get_directory (store),
                                        SQLITE_OPEN_READONLY, NULL, error);
  KmReader *self;

  if (database == NULL)
    return NULL;

  self = g_new0 (KmReader, 1);
  self->database = database;
  self->statements = km_statements_new ();

  return self;
}

/**
 * km_reader_free:
 * @self: (transfer full): a reader
 */
void
km_reader_free (KmReader *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close_v2 (self->database);
  g_free (self);
}

/**
 * km_reader_prepare:
 * @self: a reader
 * @sql: one statement, a constant of the program
 * @error: why not
 *
 * Step it to its end, or call sqlite3_reset(): a half-read statement keeps
 * the log of the database from being shortened.
 *
 * Returns: (nullable) (transfer none): the statement, reset, nothing bound
 */
sqlite3_stmt *
km_reader_prepare (KmReader   *self,
                   const char *sql,
                   GError    **error)
{
  return km_statements_get (self->statements, self->database, sql, error);
}

/**
 * km_reader_has_news:
 * @self: a reader
 * @version: (inout): what the data was like; at first 0
 *
 * Costs a look at memory that all processes share, and no reading.
 *
 * Returns: whether anybody, in this process or in another, may have committed
 *   anything since @version
 */
gboolean
km_reader_has_news (KmReader *self,
                    gint64   *version)
{
  sqlite3_stmt *statement =
    km_reader_prepare (self, "PRAGMA data_version", NULL);
  gint64 before = *version;

  if (km_statement_step (statement, NULL) != KM_STEP_ROW)
    return TRUE;

  *version = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return *version != before;
}
