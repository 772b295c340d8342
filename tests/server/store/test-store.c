/* test-store.c: committed in order, in groups, or not at all
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-store.h"

#include <glib/gstdio.h>

#include "km-statement.h"
#include "km-test-store.h"

#define JOBS 1000
#define LOADED_JOBS 50000

typedef struct
{
  char *directory;
  KmStore *store;
  KmQueue *answers;
} Fixture;

/* Holds the store thread, once it is there, until the test opens it: what is
 * submitted meanwhile is one group. */
typedef struct
{
  GMutex mutex;
  GCond changed;
  gboolean reached;
  gboolean open;
} Gate;

/* A setting that is written, and what came of it. */
typedef struct
{
  KmJob job;
  guint number;
  guint applied; /* how often */
  const char *sql[2];
  Gate *gate;
  GPtrArray *finished; /* of guint, in order */
  GError *error;
} Write;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->store, km_store_free);
  km_queue_free (fixture->answers);
  km_test_store_directory_remove (fixture->directory);
}

static void
pass_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->reached = TRUE;
  g_cond_signal (&gate->changed);
  while (!gate->open)
    g_cond_wait (&gate->changed, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
wait_at_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  while (!gate->reached)
    g_cond_wait (&gate->changed, &gate->mutex);
  g_mutex_unlock (&gate->mutex);
}

static void
open_gate (Gate *gate)
{
  g_mutex_lock (&gate->mutex);
  gate->open = TRUE;
  g_cond_signal (&gate->changed);
  g_mutex_unlock (&gate->mutex);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Write *self = (Write *) job;
  g_autofree char *key = g_strdup_printf ("key-%u", self->number);
  sqlite3_stmt *statement;

  self->applied++;
  if (self->gate != NULL)
    {
      pass_gate (self->gate);
      return TRUE;
    }

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO setting (key, value) VALUES (?, '')",
                            error);
  km_statement_bind (statement, "t", key);
  if (!km_statement_run (statement, error))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (self->sql); i++)
    {
      if (self->sql[i] == NULL)
        continue;
      statement = km_transaction_prepare (transaction, self->sql[i], error);
      if (!km_statement_run (statement, error))
        return FALSE;
    }

  return TRUE;
}

static void
done (KmJob        *job,
      const GError *error)
{
  Write *self = (Write *) job;

  if (self->finished != NULL)
    g_ptr_array_add (self->finished, GUINT_TO_POINTER (self->number));
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
submit (Fixture   *fixture,
        Write     *write,
        guint      number,
        GPtrArray *finished)
{
  write->job.apply = apply;
  write->job.done = done;
  write->job.reply_to = fixture->answers;
  write->number = number;
  write->finished = finished;
  g_assert_true (km_store_submit (fixture->store, &write->job));
}

static void
finish (Fixture   *fixture,
        GPtrArray *finished,
        guint      n_jobs)
{
  while (finished->len < n_jobs)
    {
      g_assert_true (km_queue_wait (fixture->answers, -1));
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static void
test_in_order (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  g_autofree Write *writes = g_new0 (Write, JOBS);

  for (guint i = 0; i < JOBS; i++)
    submit (fixture, &writes[i], i, finished);
  finish (fixture, finished, JOBS);

  for (guint i = 0; i < JOBS; i++)
    {
      g_assert_no_error (writes[i].error);
      g_assert_cmpuint (GPOINTER_TO_UINT (finished->pdata[i]), ==, i);
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"),
                   ==, JOBS);
}

static void
test_bad_row_fails_alone (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  Write writes[3] = { 0 };

  submit (fixture, &first, 100, finished);
  wait_at_gate (&gate);
  writes[1].sql[0] = "INSERT INTO setting (key, value) VALUES ('key-0', '')";
  for (guint i = 0; i < 3; i++)
    submit (fixture, &writes[i], i, finished);
  open_gate (&gate);
  finish (fixture, finished, 4);

  g_assert_no_error (writes[0].error);
  g_assert_error (writes[1].error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
  g_assert_no_error (writes[2].error);
  /* What the bad job wrote before it failed is undone with it. */
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"
                                      " WHERE key = 'key-1'"), ==, 0);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 2);
  g_clear_error (&writes[1].error);
}

/* The third fails half-way: what came before it is applied again. */
static void
test_repeatable_jobs_fail_alone (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  Write writes[5] = { 0 };

  submit (fixture, &first, 100, finished);
  wait_at_gate (&gate);
  writes[2].sql[0] = "INSERT INTO setting (key, value) VALUES ('key-0', '')";
  for (guint i = 0; i < 5; i++)
    {
      writes[i].job.repeatable = TRUE;
      submit (fixture, &writes[i], i == 4 ? 1 : i, finished);
    }
  open_gate (&gate);
  finish (fixture, finished, 6);

  for (guint i = 0; i < 5; i++)
    {
      if (i == 2 || i == 4)
        g_assert_error (writes[i].error, KM_STORE_ERROR,
                        KM_STORE_ERROR_CONSTRAINT);
      else
        g_assert_no_error (writes[i].error);
      g_assert_cmpuint (writes[i].applied, ==, i <= 2 ? 2 : 1);
      g_clear_error (&writes[i].error);
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"
                                      " WHERE key IN"
                                      " ('key-0', 'key-1', 'key-3')"), ==, 3);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 3);
}

/* The second refuses before it has written: nothing is applied again. */
static void
test_refusal_costs_nobody (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  Write writes[3] = { 0 };

  submit (fixture, &first, 100, finished);
  wait_at_gate (&gate);
  for (guint i = 0; i < 3; i++)
    {
      writes[i].job.repeatable = TRUE;
      submit (fixture, &writes[i], MAX (i, 1) - 1, finished);
    }
  open_gate (&gate);
  finish (fixture, finished, 4);

  g_assert_error (writes[1].error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
  g_clear_error (&writes[1].error);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (writes[i].applied, ==, 1);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 2);
}

static void
test_failed_commit_fails_group (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  Write writes[3] = { 0 };
  Write after = { 0 };

  submit (fixture, &first, 100, finished);
  wait_at_gate (&gate);
  writes[0].sql[0] = "PRAGMA defer_foreign_keys = ON";
  writes[1].sql[0] = "INSERT INTO session VALUES (x'00', 4711, 0, 0, 0, NULL)";
  for (guint i = 0; i < 3; i++)
    submit (fixture, &writes[i], i, finished);
  open_gate (&gate);
  finish (fixture, finished, 4);

  /* A reference to nobody, checked by COMMIT, which then fails. */
  for (guint i = 0; i < 3; i++)
    {
      g_assert_error (writes[i].error, KM_STORE_ERROR,
                      KM_STORE_ERROR_CONSTRAINT);
      g_clear_error (&writes[i].error);
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 0);

  submit (fixture, &after, 9, finished);
  finish (fixture, finished, 5);
  g_assert_no_error (after.error);
  g_assert_no_error (first.error);
}

/* Three jobs in a group, of which the second does @sql: nobody is told of
 * success, nothing is kept, and the store goes on. */
static void
assert_fails_group (Fixture    *fixture,
                    const char *first_sql,
                    const char *second_sql)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  Write writes[3] = { 0 };
  Write after = { 0 };

  submit (fixture, &first, 100, finished);
  wait_at_gate (&gate);
  writes[1].sql[0] = first_sql;
  writes[1].sql[1] = second_sql;
  for (guint i = 0; i < 3; i++)
    submit (fixture, &writes[i], i, finished);
  open_gate (&gate);
  finish (fixture, finished, 4);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_nonnull (writes[i].error);
      g_assert_cmpuint (writes[i].error->domain, ==, KM_STORE_ERROR);
      g_clear_error (&writes[i].error);
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 0);

  submit (fixture, &after, 9, finished);
  finish (fixture, finished, 5);
  g_assert_no_error (after.error);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 1);
}

#define BREAKS_A_RULE "INSERT INTO setting (key, value) VALUES ('key-0', '')"

static void
test_ended_transaction_fails_group (Fixture       *fixture,
                                    gconstpointer  data)
{
  assert_fails_group (fixture,
                      "INSERT OR ROLLBACK INTO setting (key, value)"
                      " VALUES ('key-0', '')", NULL);
}

/* Its savepoint is gone before it fails. */
static void
test_job_that_cant_be_undone_fails_group (Fixture       *fixture,
                                          gconstpointer  data)
{
  assert_fails_group (fixture, "RELEASE job", BREAKS_A_RULE);
}

static void
test_job_that_cant_be_released_fails_group (Fixture       *fixture,
                                            gconstpointer  data)
{
  assert_fails_group (fixture, "RELEASE job", NULL);
}

static void
test_half_read_statement_is_no_obstacle (Fixture       *fixture,
                                         gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_store_add_room (fixture->store, 1, "alice");
  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE room SET seq = seq + 1"
                                    " RETURNING seq", &error));
  g_assert_no_error (error);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT seq FROM room"), ==, 1);
}

static void
test_full_queue_is_busy (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  g_autofree Write *writes = g_new0 (Write, KM_STORE_MAX_WAITING + 2);
  Gate gate = { 0 };
  Write first = { .gate = &gate };
  guint accepted = 0;

  submit (fixture, &first, 100000, finished);
  wait_at_gate (&gate);
  for (; accepted < KM_STORE_MAX_WAITING + 2; accepted++)
    {
      Write *write = &writes[accepted];

      write->job.apply = apply;
      write->job.done = done;
      write->job.reply_to = fixture->answers;
      write->number = accepted;
      write->finished = finished;
      if (!km_store_submit (fixture->store, &write->job))
        break;
    }
  open_gate (&gate);
  g_assert_cmpuint (accepted, ==, KM_STORE_MAX_WAITING);

  finish (fixture, finished, accepted + 1);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"),
                   ==, accepted);
}

static void
test_free_commits_what_waits (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  g_autofree Write *writes = g_new0 (Write, JOBS);

  for (guint i = 0; i < JOBS; i++)
    submit (fixture, &writes[i], i, finished);
  km_store_free (g_steal_pointer (&fixture->store));
  km_job_finish_all (km_queue_take_all (fixture->answers));
  g_assert_cmpuint (finished->len, ==, JOBS);

  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"),
                   ==, JOBS);
}

static void
test_second_opener_is_refused (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (km_store_open (fixture->directory, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_LOCKED);
  g_clear_error (&error);

  km_store_free (g_steal_pointer (&fixture->store));
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
}

static void
test_newer_schema_is_refused (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
    g_build_filename (fixture->directory, "kaimu.db", NULL);
  sqlite3 *database = NULL;

  km_store_free (g_steal_pointer (&fixture->store));
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "PRAGMA user_version = 999", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);

  g_assert_null (km_store_open (fixture->directory, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA);
}

static void
test_write_ahead_log (Fixture       *fixture,
                      gconstpointer  data)
{
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT journal_mode = 'wal'"
                                      " FROM pragma_journal_mode"), ==, 1);
}

static gint64
size_of_data (Fixture *fixture)
{
  g_autofree char *path =
    g_build_filename (fixture->directory, "kaimu.db", NULL);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);

  return info.st_size;
}

/* Else the log would grow as long as the server runs. */
static void
test_log_reaches_the_data (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  g_autofree Write *writes = g_new0 (Write, JOBS);
  gint64 before = size_of_data (fixture);
  gint64 end_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (guint i = 0; i < JOBS; i++)
    submit (fixture, &writes[i], i, finished);
  finish (fixture, finished, JOBS);

  while (size_of_data (fixture) == before)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (20000);
    }
}

/* How often the log was begun anew: the fourth number of its header. */
static guint
count_of_logs (Fixture *fixture)
{
  g_autofree char *path =
    g_build_filename (fixture->directory, "kaimu.db-wal", NULL);
  FILE *file = g_fopen (path, "rb");
  guint32 header[4] = { 0 };

  g_assert_nonnull (file);
  g_assert_cmpuint (fread (header, sizeof header, 1, file), ==, 1);
  fclose (file);

  return GUINT32_FROM_BE (header[3]);
}

static void
test_log_begins_anew_under_load (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autoptr (GPtrArray) finished = g_ptr_array_new ();
  g_autofree Write *writes = g_new0 (Write, LOADED_JOBS);
  guint submitted = 0;
  guint before;

  submit (fixture, &writes[submitted], submitted, finished);
  submitted++;
  finish (fixture, finished, 1);
  before = count_of_logs (fixture);

  /* There is always another group to write. */
  while (count_of_logs (fixture) == before)
    {
      while (submitted < finished->len + JOBS)
        {
          g_assert_cmpuint (submitted, <, LOADED_JOBS);
          writes[submitted].sql[0] =
            "INSERT INTO setting (key, value)"
            " VALUES (hex (randomblob (16)), hex (zeroblob (10000)))";
          submit (fixture, &writes[submitted], submitted, finished);
          submitted++;
        }
      finish (fixture, finished, finished->len + 1);
    }
  finish (fixture, finished, submitted);
}

static void
test_files_are_private (Fixture       *fixture,
                        gconstpointer  data)
{
  static const char *const names[] = { "kaimu.db", "kaimu.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path =
        g_build_filename (fixture->directory, names[i], NULL);
      GStatBuf info;

      g_assert_cmpint (g_stat (path, &info), ==, 0);
      g_assert_cmpint (info.st_mode & 0777, ==, 0600);
    }
}

/* Of another process, as of the store's own thread. */
static void
test_a_reader_hears_of_commits (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReader) reader = km_reader_open (fixture->store, &error);
  g_autofree char *path = g_build_filename (fixture->directory, "kaimu.db",
                                            NULL);
  sqlite3 *other = NULL;
  gint64 version = 0;

  g_assert_no_error (error);
  g_assert_true (km_reader_has_news (reader, &version));
  g_assert_false (km_reader_has_news (reader, &version));
  km_test_store_run (fixture->store,
                     "INSERT INTO setting VALUES ('a', 'b')", &error);
  g_assert_no_error (error);
  g_assert_true (km_reader_has_news (reader, &version));
  g_assert_false (km_reader_has_news (reader, &version));

  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other,
                                 "INSERT INTO setting VALUES ('c', 'd')",
                                 NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (other);
  g_assert_true (km_reader_has_news (reader, &version));
  g_assert_false (km_reader_has_news (reader, &version));
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/store/store/in-order", test_in_order);
  ADD ("/store/store/bad-row-fails-alone", test_bad_row_fails_alone);
  ADD ("/store/store/repeatable-jobs-fail-alone",
       test_repeatable_jobs_fail_alone);
  ADD ("/store/store/refusal-costs-nobody", test_refusal_costs_nobody);
  ADD ("/store/store/failed-commit-fails-group",
       test_failed_commit_fails_group);
  ADD ("/store/store/ended-transaction-fails-group",
       test_ended_transaction_fails_group);
  ADD ("/store/store/job-that-cant-be-undone-fails-group",
       test_job_that_cant_be_undone_fails_group);
  ADD ("/store/store/job-that-cant-be-released-fails-group",
       test_job_that_cant_be_released_fails_group);
  ADD ("/store/store/half-read-statement-is-no-obstacle",
       test_half_read_statement_is_no_obstacle);
  ADD ("/store/store/full-queue-is-busy", test_full_queue_is_busy);
  ADD ("/store/store/free-commits-what-waits", test_free_commits_what_waits);
  ADD ("/store/store/second-opener-is-refused",
       test_second_opener_is_refused);
  ADD ("/store/store/newer-schema-is-refused", test_newer_schema_is_refused);
  ADD ("/store/store/log-reaches-the-data", test_log_reaches_the_data);
  ADD ("/store/store/log-begins-anew-under-load",
       test_log_begins_anew_under_load);
  ADD ("/store/store/a-reader-hears-of-commits",
       test_a_reader_hears_of_commits);
  ADD ("/store/store/files-are-private", test_files_are_private);
  ADD ("/store/store/write-ahead-log", test_write_ahead_log);

  return g_test_run ();
}
