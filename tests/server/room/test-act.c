/* test-act.c: an act is known for ever, whatever is remembered of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-act.h"

#include "km-act-memo.h"
#include "km-id.h"
#include "km-test-store.h"

#define ACTS (3 * KM_ACTS_KNOWN)

typedef struct
{
  char *directory;
  KmStore *store;
  KmQueue *answers;
  GBytes *digest;
} Fixture;

/* Acts that are done in one job, each unless it was done before. */
typedef struct
{
  KmJob job;
  Fixture *fixture;
  gint64 account;
  const GPtrArray *ids;
  gboolean fails;
  guint found;
  guint new;
  gboolean finished;
} Acts;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  fixture->digest = g_bytes_new_static ("digest", 6);
  km_test_store_add_users (fixture->store, 2);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_store_free (fixture->store);
  km_queue_free (fixture->answers);
  g_bytes_unref (fixture->digest);
  km_test_store_directory_remove (fixture->directory);
}

static gboolean
do_act (Acts           *self,
        KmTransaction  *transaction,
        const char     *id,
        GError        **error)
{
  KmAct act = {
    .account = self->account,
    .id = id,
    .digest = self->fixture->digest,
  };
  GError *problem = NULL;

  if (km_act_find (&act, transaction, &problem))
    {
      self->found++;
      return TRUE;
    }
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }

  self->new++;

  return km_act_write (&act, transaction, error);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Acts *self = (Acts *) job;

  for (guint i = 0; i < self->ids->len; i++)
    {
      if (!do_act (self, transaction, g_ptr_array_index (self->ids, i),
                   error))
        return FALSE;
    }
  if (self->fails)
    g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "no");

  return !self->fails;
}

static void
done (KmJob        *job,
      const GError *error)
{
  Acts *self = (Acts *) job;

  if (!self->fails)
    g_assert_no_error (error);
  self->finished = TRUE;
}

/* Returns how many of them were new. */
static guint
run (Fixture         *fixture,
     gint64           account,
     const GPtrArray *ids,
     gboolean         fails)
{
  Acts acts = {
    .job = { .apply = apply, .done = done, .reply_to = fixture->answers },
    .fixture = fixture,
    .account = account,
    .ids = ids,
    .fails = fails,
  };

  g_assert_true (km_store_submit (fixture->store, &acts.job));
  while (!acts.finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
  g_assert_cmpuint (acts.new + acts.found, ==, ids->len);

  return acts.new;
}

static GPtrArray *
ids_new (guint  n,
         gint64 first_ms,
         gint64 step_ms)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ids, km_id_new_timed (first_ms + i * step_ms
                                           - g_test_rand_int_range (0, 50)));

  return ids;
}

static void
test_more_than_are_remembered (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (GPtrArray) ids = ids_new (ACTS, 1700000000000, 1);

  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, ACTS);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 0);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM act"), ==, ACTS);
}

static void
test_same_id_of_another (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (GPtrArray) ids = ids_new (10, 1700000000000, 1);

  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 10);
  g_assert_cmpuint (run (fixture, 2, ids, FALSE), ==, 10);
  g_assert_cmpuint (run (fixture, 2, ids, FALSE), ==, 0);
}

static void
test_undone_acts_are_new_again (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr (GPtrArray) before = ids_new (10, 1700000000000, 1);
  g_autoptr (GPtrArray) ids = ids_new (10, 1700000001000, 1);

  run (fixture, 1, before, FALSE);
  g_assert_cmpuint (run (fixture, 1, ids, TRUE), ==, 10);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 10);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 0);
}

static void
test_after_a_restart (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (GPtrArray) ids = ids_new (1000, 1700000000000, 1);
  g_autoptr (GError) error = NULL;

  run (fixture, 1, ids, FALSE);
  km_store_free (g_steal_pointer (&fixture->store));
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 0);
}

/* Whoever makes ids of the future only makes it slower. */
static void
test_ids_of_the_future (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GPtrArray) future =
    ids_new (2 * KM_ACTS_KNOWN, 2700000000000, 1);
  g_autoptr (GPtrArray) ids = ids_new (2 * KM_ACTS_KNOWN, 1700000000000, 1);

  g_assert_cmpuint (run (fixture, 1, future, FALSE), ==, future->len);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, ids->len);
  g_assert_cmpuint (run (fixture, 1, future, FALSE), ==, 0);
  g_assert_cmpuint (run (fixture, 1, ids, FALSE), ==, 0);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/server/room/act/more-than-are-remembered",
       test_more_than_are_remembered);
  ADD ("/server/room/act/same-id-of-another", test_same_id_of_another);
  ADD ("/server/room/act/undone-acts-are-new-again",
       test_undone_acts_are_new_again);
  ADD ("/server/room/act/after-a-restart", test_after_a_restart);
  ADD ("/server/room/act/ids-of-the-future", test_ids_of_the_future);

  return g_test_run ();
}
