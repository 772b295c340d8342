/* test-memo.c: what is remembered is what the data says
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-memo.h"

#include "km-statement.h"
#include "km-test-store.h"
#include "km-visit.h"

typedef struct
{
  char *directory;
  KmStore *store;
  KmQueue *answers;
} Fixture;

/* Which rows of `room` were changed while somebody remembered. */
typedef struct
{
  GArray *rows;
} Memo;

/* A job that writes, and what it remembered then. */
typedef struct
{
  KmJob job;
  const char *sql;
  gboolean fails;
  Memo *memo;
  guint rows;
  gint64 last;
  gboolean finished;
} Write;

static guint made;
static guint freed;

static gpointer
make (void)
{
  Memo *memo = g_new0 (Memo, 1);

  memo->rows = g_array_new (FALSE, FALSE, sizeof (gint64));
  made++;

  return memo;
}

static void
changed (gpointer    data,
         const char *table,
         gint64      row)
{
  Memo *memo = data;

  if (g_str_equal (table, "room"))
    g_array_append_val (memo->rows, row);
}

static void
free_memo (gpointer data)
{
  Memo *memo = data;

  g_array_unref (memo->rows);
  g_free (memo);
  freed++;
}

static const KmMemoClass memo_class = {
  .make = make,
  .changed = changed,
  .free = free_memo,
};

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  made = freed = 0;
  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  km_test_store_add_room (fixture->store, 1, "alice");
  km_test_store_add_room (fixture->store, 2, "bob");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_store_free (fixture->store);
  km_queue_free (fixture->answers);
  km_test_store_directory_remove (fixture->directory);
  g_assert_cmpuint (freed, ==, made);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Write *self = (Write *) job;

  self->memo = km_transaction_get_memo (transaction, &memo_class);
  if (self->sql != NULL
      && !km_statement_run (km_transaction_prepare (transaction, self->sql,
                                                    error), error))
    return FALSE;

  g_assert_true (km_transaction_get_memo (transaction, &memo_class)
                 == self->memo);
  self->rows = self->memo->rows->len;
  if (self->rows > 0)
    self->last = g_array_index (self->memo->rows, gint64, self->rows - 1);
  if (self->fails)
    g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "no");

  return !self->fails;
}

static void
done (KmJob        *job,
      const GError *error)
{
  Write *self = (Write *) job;

  g_assert_true ((error != NULL) == self->fails);
  self->finished = TRUE;
}

static void
run (Fixture *fixture,
     Write   *write)
{
  write->job.apply = apply;
  write->job.done = done;
  write->job.reply_to = fixture->answers;
  g_assert_true (km_store_submit (fixture->store, &write->job));
  while (!write->finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static void
test_lasts_and_is_told_of_rows (Fixture       *fixture,
                                gconstpointer  data)
{
  Write first = { .sql = "UPDATE room SET seq = seq + 1 WHERE id = 2" };
  Write second = { .sql = "UPDATE setting SET value = value" };
  Write third = { .sql = "UPDATE room SET title = 'x' WHERE id = 1" };

  run (fixture, &first);
  g_assert_cmpuint (first.rows, ==, 1);
  g_assert_cmpint (first.last, ==, 2);

  run (fixture, &second);
  run (fixture, &third);
  g_assert_true (third.memo == first.memo);
  g_assert_cmpuint (third.rows, ==, 2);
  g_assert_cmpint (third.last, ==, 1);
  g_assert_cmpuint (made, ==, 1);
}

static void
test_is_forgotten_when_a_job_is_undone (Fixture       *fixture,
                                        gconstpointer  data)
{
  Write before = { 0 };
  Write undone = {
    .sql = "UPDATE room SET seq = seq + 1 WHERE id = 2",
    .fails = TRUE,
  };
  Write after = { 0 };

  run (fixture, &before);
  run (fixture, &undone);
  g_assert_cmpuint (freed, ==, 1);
  run (fixture, &after);
  g_assert_cmpuint (after.rows, ==, 0);
  g_assert_cmpuint (made, ==, 2);
}

static void
test_is_forgotten_when_a_group_is_undone (Fixture       *fixture,
                                          gconstpointer  data)
{
  Write before = { 0 };
  Write undone = {
    .job.repeatable = TRUE,
    .sql = "UPDATE room SET seq = seq + 1 WHERE id = 2",
    .fails = TRUE,
  };
  Write after = { 0 };

  run (fixture, &before);
  run (fixture, &undone);
  run (fixture, &after);
  g_assert_cmpuint (after.rows, ==, 0);
  /* Once for the group, and once for the job when that was tried alone. */
  g_assert_cmpuint (made, ==, 3);
}

static gboolean
rename_room (KmTransaction  *transaction,
             gpointer        data,
             GError        **error)
{
  return km_statement_run (
    km_transaction_prepare (transaction,
                            "UPDATE room SET title = 'y' WHERE id = 1",
                            error), error);
}

static void
test_is_forgotten_when_a_command_wrote_beside (Fixture       *fixture,
                                               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  Write before = { .sql = "UPDATE room SET seq = seq + 1 WHERE id = 2" };
  Write after = { 0 };
  Write later = { 0 };

  run (fixture, &before);
  km_store_visit (fixture->directory, KM_VISIT_WRITE, rename_room, NULL,
                  &error);
  g_assert_no_error (error);
  run (fixture, &after);
  g_assert_cmpuint (after.rows, ==, 0);
  g_assert_cmpuint (made, ==, 2);

  run (fixture, &later);
  g_assert_cmpuint (made, ==, 2);
}

static gboolean
read_only (KmTransaction  *transaction,
           gpointer        data,
           GError        **error)
{
  return km_statement_run (
    km_transaction_prepare (transaction, "SELECT * FROM room", error), error);
}

static void
test_lasts_while_others_read (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  Write before = { 0 };
  Write after = { 0 };

  run (fixture, &before);
  km_store_visit (fixture->directory, KM_VISIT_READ, read_only, NULL, &error);
  g_assert_no_error (error);
  run (fixture, &after);
  g_assert_true (after.memo == before.memo);
  g_assert_cmpuint (made, ==, 1);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/server/store/memo/lasts-and-is-told-of-rows",
       test_lasts_and_is_told_of_rows);
  ADD ("/server/store/memo/is-forgotten-when-a-job-is-undone",
       test_is_forgotten_when_a_job_is_undone);
  ADD ("/server/store/memo/is-forgotten-when-a-group-is-undone",
       test_is_forgotten_when_a_group_is_undone);
  ADD ("/server/store/memo/is-forgotten-when-a-command-wrote-beside",
       test_is_forgotten_when_a_command_wrote_beside);
  ADD ("/server/store/memo/lasts-while-others-read",
       test_lasts_while_others_read);

  return g_test_run ();
}
