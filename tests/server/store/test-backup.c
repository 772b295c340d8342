/* test-backup.c: copies of the data beside its writer, and data made of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-backup.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#include "km-schema.h"
#include "km-statement.h"
#include "km-test-store.h"

#define ROWS 20000
#define ROW_BYTES "1000"

typedef struct
{
  char *directory;
  char *elsewhere;
  char *path;
  KmStore *store;
  GMutex mutex; /* of what follows */
  GCond written;
  gint64 acknowledged;
  gboolean stop;
} Fixture;

static void
run (Fixture    *self,
     const char *sql)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (self->store, sql, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  self->directory = km_test_store_directory_new ();
  self->elsewhere = km_test_store_directory_new ();
  self->path = g_build_filename (self->elsewhere, "backup.db", NULL);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->written);
  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);
  km_test_store_add_users (self->store, 3);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->store, km_store_free);
  km_test_store_directory_remove (self->directory);
  km_test_store_directory_remove (self->elsewhere);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->written);
  g_free (self->path);
}

static gboolean
accept (KmTransaction  *transaction,
        gpointer        data,
        GError        **error)
{
  return TRUE;
}

static gboolean
reject (KmTransaction  *transaction,
        gpointer        data,
        GError        **error)
{
  g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "no");

  return FALSE;
}

static void
back_up (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_backup_write (self->directory, self->path, FALSE, accept,
                                  NULL, &error));
  g_assert_no_error (error);
}

static gint64
ask_file (const char *path,
          const char *sql)
{
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;
  gint64 answer;

  g_assert_cmpint (sqlite3_open_v2 (path, &database, SQLITE_OPEN_READWRITE,
                                    NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (database, 5000);
  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  sqlite3_close (database);

  return answer;
}

static void
change_file (const char *path,
             const char *sql)
{
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (database);
}

static guint
count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* Enough for many steps. */
static void
fill (Fixture *self)
{
  run (self, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
             " WHERE i < " G_STRINGIFY (ROWS) ") INSERT INTO setting"
             " SELECT 'filled ' || i, hex (randomblob (" ROW_BYTES " / 2))"
             " FROM n");
}

/* Commits one row after the other, and counts what was acknowledged. */
static gpointer
write_on (gpointer data)
{
  Fixture *self = data;

  for (gint64 i = 1;; i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "INSERT INTO setting VALUES ('%" G_GINT64_FORMAT "', 'said')", i);
      gboolean stop;

      run (self, sql);
      g_mutex_lock (&self->mutex);
      self->acknowledged = i;
      g_cond_signal (&self->written);
      stop = self->stop;
      g_mutex_unlock (&self->mutex);
      if (stop)
        return NULL;
    }
}

/* From the first one on. */
static gint64
count_acknowledged (Fixture *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  while (self->acknowledged == 0)
    g_cond_wait (&self->written, &self->mutex);

  return self->acknowledged;
}

static void
test_all_that_was_committed_is_in_it (Fixture       *self,
                                      gconstpointer  data)
{
  GThread *thread;
  gint64 before, n, after;

  fill (self);
  thread = g_thread_new ("writer", write_on, self);
  before = count_acknowledged (self);
  back_up (self);
  after = count_acknowledged (self);
  g_mutex_lock (&self->mutex);
  self->stop = TRUE;
  g_mutex_unlock (&self->mutex);
  g_thread_join (thread);

  n = ask_file (self->path, "SELECT count(*) FROM setting"
                            " WHERE value = 'said'");
  g_test_message ("%" G_GINT64_FORMAT " before, %" G_GINT64_FORMAT
                  " in it, %" G_GINT64_FORMAT " after", before, n, after);
  g_assert_cmpint (n, >=, before);
  g_assert_cmpint (n, <=, after + 1);
  /* Of one moment: with each row all that were committed before it. */
  g_assert_cmpint (ask_file (self->path,
                             "SELECT max (CAST (key AS INTEGER)) FROM setting"
                             " WHERE value = 'said'"), ==, n);
  g_assert_cmpint (ask_file (self->path, "SELECT count(*) FROM setting"), ==,
                   ROWS + n);
  g_assert_cmpint (ask_file (self->path,
                             "SELECT count(*) FROM pragma_integrity_check"
                             " WHERE integrity_check = 'ok'"), ==, 1);
}

/* The writers go on meanwhile; the log would grow until it is done. */
static gboolean
move_log (KmTransaction  *transaction,
          gpointer        data,
          GError        **error)
{
  Fixture *self = data;
  g_autofree char *path = g_build_filename (self->directory, "kaimu.db", NULL);

  run (self, "INSERT INTO setting VALUES ('meanwhile', '')");
  /* busy: whether somebody keeps the log from beginning anew */
  return ask_file (path, "PRAGMA wal_checkpoint (TRUNCATE)") == 0
         || reject (transaction, NULL, error);
}

static void
test_holds_nothing_while_it_is_checked (Fixture       *self,
                                        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_backup_write (self->directory, self->path, FALSE,
                                  move_log, self, &error));
  g_assert_no_error (error);
}

static void
test_is_private_and_alone (Fixture       *self,
                           gconstpointer  data)
{
  struct stat info;

  back_up (self);
  g_assert_cmpint (stat (self->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (count_files (self->elsewhere), ==, 1);
}

static void
test_what_is_no_good_is_not_kept (Fixture       *self,
                                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;

  g_assert_false (km_backup_write (self->directory, self->path, FALSE, reject,
                                   NULL, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
  g_assert_cmpuint (count_files (self->elsewhere), ==, 0);
  g_clear_error (&error);

  /* And the one that there was stays. */
  g_assert_true (g_file_set_contents (self->path, "old", -1, NULL));
  g_assert_false (km_backup_write (self->directory, self->path, FALSE, accept,
                                   NULL, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_EXISTS);
  g_clear_error (&error);
  g_assert_false (km_backup_write (self->directory, self->path, TRUE, reject,
                                   NULL, &error));
  g_assert_true (g_file_get_contents (self->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "old");
  g_assert_cmpuint (count_files (self->elsewhere), ==, 1);
}

static void
test_not_among_the_data (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->directory, "kaimu.db", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (km_backup_write (self->directory, path, TRUE, accept, NULL,
                                   &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_REFUSED);
}

static void
restore (Fixture  *self,
         gboolean  replace,
         char    **kept)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_backup_restore (self->directory, self->path, replace,
                                    accept, NULL, kept, &error));
  g_assert_no_error (error);
}

static void
remove_kept (char *kept)
{
  g_assert_nonnull (kept);
  km_test_store_directory_remove (kept);
}

static void
test_restored_is_a_new_history (Fixture       *self,
                                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  char *kept = NULL;

  run (self, "INSERT INTO session VALUES (x'00', 1, 0, 0, 9, NULL)");
  run (self, "INSERT INTO event VALUES (1, 1, 0, 'chat.message', 1, '{}',"
             " NULL)");
  run (self, "INSERT INTO act VALUES (1, 'id', x'00', 1, 1, NULL)");
  run (self, "UPDATE inbox SET epoch = 'i'");
  back_up (self);
  run (self, "UPDATE account SET shown_name = 'later' WHERE id = 1");
  g_clear_pointer (&self->store, km_store_free);
  restore (self, TRUE, &kept);

  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);
  g_assert_cmpint (km_test_store_ask (self->store,
                                      "SELECT count(DISTINCT epoch) FROM room"
                                      " WHERE epoch NOT LIKE 'epoch-%'"
                                      " AND key = 'key-user' || id"), ==, 3);
  g_assert_cmpint (km_test_store_ask (self->store,
                                      "SELECT count(*) FROM inbox"
                                      " WHERE epoch <> 'i'"), ==, 1);
  g_assert_cmpint (km_test_store_ask (self->store,
                                      "SELECT count(*) FROM session"), ==, 0);
  g_assert_cmpint (km_test_store_ask (self->store,
                                      "SELECT count(*) FROM account"
                                      " WHERE shown_name = 'later'"), ==, 0);
  g_assert_false (km_test_store_run (self->store, "INSERT INTO act VALUES"
                                     " (1, 'id', x'01', 1, 1, NULL)", &error));
  run (self, "INSERT INTO account (name, shown_name, created_at)"
             " VALUES ('new', 'new', 0)");
  g_assert_cmpint (km_test_store_ask (self->store,
                                      "SELECT max (id) FROM account"), >,
                   1000000);
  remove_kept (kept);
}

/* Also what was only in the log of the data that is replaced. */
static void
test_what_was_there_is_kept (Fixture       *self,
                             gconstpointer  data)
{
  g_autofree char *old = NULL;
  char *kept = NULL;

  back_up (self);
  run (self, "INSERT INTO setting VALUES ('after', 'the backup')");
  g_clear_pointer (&self->store, km_store_free);
  restore (self, TRUE, &kept);

  old = g_build_filename (kept, "kaimu.db", NULL);
  g_assert_cmpint (ask_file (old, "SELECT count(*) FROM setting"
                                  " WHERE key = 'after'"), ==, 1);
  remove_kept (kept);
}

static void
test_only_into_what_is_empty (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *empty = g_build_filename (self->elsewhere, "x", NULL);
  g_autofree char *database = g_build_filename (empty, "kaimu.db", NULL);
  g_autoptr (GError) error = NULL;
  char *kept = NULL;

  back_up (self);
  g_assert_false (km_backup_restore (self->directory, self->path, TRUE, accept,
                                     NULL, &kept, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_LOCKED);
  g_clear_error (&error);
  g_clear_pointer (&self->store, km_store_free);
  g_assert_false (km_backup_restore (self->directory, self->path, FALSE,
                                     accept, NULL, &kept, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_EXISTS);
  g_clear_error (&error);

  g_assert_false (km_backup_restore (empty, self->path, FALSE, reject, NULL,
                                     &kept, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (g_file_test (database, G_FILE_TEST_EXISTS));
  g_assert_true (km_backup_restore (empty, self->path, FALSE, accept, NULL,
                                    &kept, &error));
  g_assert_null (kept);
  g_assert_cmpint (ask_file (database, "SELECT count(*) FROM room"), ==, 3);
  km_test_store_directory_remove (g_steal_pointer (&empty));
}

/* A backup of the first version, with one room. */
static void
test_older_is_brought_forward (Fixture       *self,
                               gconstpointer  data)
{
  const char *const first[] = { km_schema_migrations ()[0], NULL };
  g_autofree char *empty = g_build_filename (self->elsewhere, "x", NULL);
  g_autofree char *database = g_build_filename (empty, "kaimu.db", NULL);
  sqlite3 *old = NULL;
  g_autoptr (GError) error = NULL;
  char *kept = NULL;

  g_assert_cmpint (sqlite3_open (self->path, &old), ==, SQLITE_OK);
  g_assert_true (km_schema_migrate (old, first, &error));
  sqlite3_close (old);
  change_file (self->path,
               "PRAGMA application_id = 0x4b61696d;"
               "INSERT INTO account VALUES (1, 'a', 'A', NULL, 0);"
               "INSERT INTO room VALUES (1, 1, '', 'talk', 'k', 0, 'e', 0)");

  g_assert_true (km_backup_restore (empty, self->path, FALSE, accept, NULL,
                                    &kept, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask_file (database, "PRAGMA user_version"), ==,
                   g_strv_length ((char **) km_schema_migrations ()));
  g_assert_cmpint (ask_file (database, "SELECT count(*) FROM room"
                                       " WHERE epoch <> 'e'"), ==, 1);
  km_test_store_directory_remove (g_steal_pointer (&empty));
}

#define ADD(path, function) \
  g_test_add ("/store/backup/" path, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all-that-was-committed-is-in-it",
       test_all_that_was_committed_is_in_it);
  ADD ("holds-nothing-while-it-is-checked",
       test_holds_nothing_while_it_is_checked);
  ADD ("is-private-and-alone", test_is_private_and_alone);
  ADD ("what-is-no-good-is-not-kept", test_what_is_no_good_is_not_kept);
  ADD ("not-among-the-data", test_not_among_the_data);
  ADD ("restored-is-a-new-history", test_restored_is_a_new_history);
  ADD ("what-was-there-is-kept", test_what_was_there_is_kept);
  ADD ("only-into-what-is-empty", test_only_into_what_is_empty);
  ADD ("older-is-brought-forward", test_older_is_brought_forward);
  return g_test_run ();
}
