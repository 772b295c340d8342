/* km-visit.c: one transaction on data that a server may be using
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For commands beside a running server: a connection of their own, without
 * the lock that makes a server the only one. SQLite lets one write at a time
 * and the other wait. Data of another version is left alone: only a server
 * brings it forward.
 *
 * Thread: the caller's.
 */

#include "km-visit.h"

#include "km-schema.h"
#include "km-statement.h"
#include "km-store-private.h"

static gboolean
check_version (KmTransaction  *transaction,
               const char     *path,
               GError        **error)
{
  guint newest = g_strv_length ((char **) km_schema_migrations ());
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction, "PRAGMA user_version", error);
  gint64 version;

  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  version = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  if (version == newest)
    return TRUE;

  if (version > newest)
    g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA,
                 "The data in %s was made by a newer Kaimu. Use that one.",
                 path);
  else
    g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                 "The data in %s is of an older version. Start the server "
                 "once: it brings it forward.", path);

  return FALSE;
}

static gboolean
run (KmTransaction  *transaction,
     KmVisitMode     mode,
     KmVisitFunc     func,
     gpointer        data,
     GError        **error)
{
  sqlite3 *database = transaction->database;

  if (!km_store_execute (database,
                         mode == KM_VISIT_WRITE ? "BEGIN IMMEDIATE" : "BEGIN",
                         error))
    return FALSE;

  if (func (transaction, data, error))
    {
      km_transaction_reset (transaction);
      if (km_store_execute (database, "COMMIT", error))
        return TRUE;
    }

  km_transaction_reset (transaction);
  sqlite3_exec (database, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

/**
 * km_visit_database:
 * @database: (transfer full) (nullable): a connection; closed afterwards
 * @path: where its data is, for people
 * @mode: what for
 * @func: what to do, in a transaction
 * @data: for @func
 * @error: @func's, or %KM_STORE_ERROR; left alone without @database
 *
 * Returns: whether @func did it and it was kept
 */
gboolean
km_visit_database (sqlite3      *database,
                   const char   *path,
                   KmVisitMode   mode,
                   KmVisitFunc   func,
                   gpointer      data,
                   GError      **error)
{
  KmTransaction transaction = { .database = database };
  gboolean done;

  if (database == NULL)
    return FALSE;

  transaction.statements = km_statements_new ();
  transaction.used = g_ptr_array_new ();
  km_memos_open (&transaction);
  done = km_store_execute (database,
                           "PRAGMA synchronous = FULL;"
                           "PRAGMA wal_autocheckpoint = 0;"
                           "PRAGMA foreign_keys = ON",
                           error)
         && check_version (&transaction, path, error)
         && run (&transaction, mode, func, data, error);

  km_memos_close (&transaction);
  g_ptr_array_unref (transaction.used);
  g_hash_table_unref (transaction.statements);
  sqlite3_close_v2 (database);

  return done;
}

/**
 * km_store_visit:
 * @directory: a data directory
 * @mode: what for
 * @func: what to do, in a transaction
 * @data: for @func
 * @error: @func's, or %KM_STORE_ERROR
 *
 * Blocks until it is done and, if it wrote, on the disk.
 *
 * Returns: whether @func did it and it was kept
 */
gboolean
km_store_visit (const char   *directory,
                KmVisitMode   mode,
                KmVisitFunc   func,
                gpointer      data,
                GError      **error)
{
  g_autofree char *path = g_build_filename (directory, "kaimu.db", NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED,
                   "There is no data of a server in %s.", directory);
      return FALSE;
    }

  return km_visit_database (km_store_connect (directory, SQLITE_OPEN_READWRITE,
                                              NULL, error),
                            directory, mode, func, data, error);
}
