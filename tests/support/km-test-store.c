/* km-test-store.c: data directories of tests, and what is in them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything goes through the store's own interface.
 */

#include "km-test-store.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "km-statement.h"

typedef struct
{
  KmJob job;
  const char *sql;
  GError *error;
} Run;

/**
 * km_test_store_directory_new:
 *
 * Returns: (transfer full): an empty directory of the test's own, for
 *   km_test_store_directory_remove()
 */
char *
km_test_store_directory_new (void)
{
  g_autoptr (GError) error = NULL;
  char *directory = g_dir_make_tmp ("kaimu-test-XXXXXX", &error);

  g_assert_no_error (error);

  return directory;
}

/**
 * km_test_store_directory_remove:
 * @directory: (transfer full): a directory with nothing but files in it
 */
void
km_test_store_directory_remove (char *directory)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_free (directory);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Run *self = (Run *) job;

  return km_statement_run (km_transaction_prepare (transaction, self->sql,
                                                   error),
                           error);
}

static void
done (KmJob        *job,
      const GError *error)
{
  Run *self = (Run *) job;

  self->error = error != NULL ? g_error_copy (error) : NULL;
}

/**
 * km_test_store_run:
 * @store: a store
 * @sql: one statement
 * @error: what the store said
 *
 * Returns: whether it was committed
 */
gboolean
km_test_store_run (KmStore     *store,
                   const char  *sql,
                   GError     **error)
{
  g_autoptr (KmQueue) answers = km_queue_new (0);
  Run run = {
    .job = { .apply = apply, .done = done, .reply_to = answers },
    .sql = sql,
  };

  g_assert_true (km_store_submit (store, &run.job));
  g_assert_true (km_queue_wait (answers, -1));
  km_job_finish_all (km_queue_take_all (answers));
  if (run.error == NULL)
    return TRUE;

  g_propagate_error (error, run.error);

  return FALSE;
}

/**
 * km_test_store_add_room:
 * @store: a store
 * @id: the id of an account, and of its room
 * @name: the account's name
 */
void
km_test_store_add_room (KmStore    *store,
                        gint64      id,
                        const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *account = g_strdup_printf (
    "INSERT INTO account (id, name, shown_name, created_at)"
    " VALUES (%" G_GINT64_FORMAT ", '%s', '%s', 0)", id, name, name);
  g_autofree char *room = g_strdup_printf (
    "INSERT INTO room (id, account, title, category, key, epoch, created_at)"
    " VALUES (%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT
    ", 'A room', 'talk', 'key-%s', 'epoch-%s', 0)", id, id, name, name);

  km_test_store_run (store, account, &error);
  g_assert_no_error (error);
  km_test_store_run (store, room, &error);
  g_assert_no_error (error);
}

/**
 * km_test_store_add_users:
 * @store: a store
 * @n: how many
 *
 * Accounts 1 to @n, called user1, user2 …, each with the room of its number
 * and the epoch epoch-user1 and so on.
 */
void
km_test_store_add_users (KmStore *store,
                         guint    n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *accounts = g_strdup_printf (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < %u) INSERT INTO account (id, name, shown_name, created_at)"
    " SELECT i, 'user' || i, 'user' || i, 0 FROM n", n);

  km_test_store_run (store, accounts, &error);
  g_assert_no_error (error);
  km_test_store_run (store,
                     "INSERT INTO room (id, account, title, category, key,"
                     " epoch, created_at) SELECT id, id, 'A room', 'talk',"
                     " 'key-' || name, 'epoch-' || name, 0 FROM account",
                     &error);
  g_assert_no_error (error);
}

/**
 * km_test_store_ask:
 * @store: a store
 * @sql: a query
 *
 * Returns: the number in the first column of its first row
 */
gint64
km_test_store_ask (KmStore    *store,
                   const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReader) reader = km_reader_open (store, &error);
  sqlite3_stmt *statement;
  gint64 answer;

  g_assert_no_error (error);
  statement = km_reader_prepare (reader, sql, &error);
  g_assert_cmpint (km_statement_step (statement, &error), ==, KM_STEP_ROW);
  answer = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return answer;
}
