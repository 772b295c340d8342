/* test-archive.c: long reads, beside the thread that asks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question is held up until the test lets it go on, so that nothing depends
 * on how long reading takes.
 */

#include "km-archive.h"

#include "km-statement.h"
#include "km-test-store.h"

typedef struct
{
  char *directory;
  KmStore *store;
  KmArchive *archive;
  GMutex held; /* locked: questions wait */
  GThread *main;
  GString *answers;
  gint64 account; /* each question is another's */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  km_test_store_add_users (fixture->store, 7);
  fixture->archive = km_archive_new (fixture->store, &error);
  g_assert_no_error (error);
  fixture->main = g_thread_self ();
  fixture->answers = g_string_new (NULL);
  g_mutex_init (&fixture->held);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->archive, km_archive_free);
  km_store_free (fixture->store);
  g_mutex_clear (&fixture->held);
  g_string_free (fixture->answers, TRUE);
  km_test_store_directory_remove (fixture->directory);
}

static gpointer
count_rooms (KmReader  *reader,
             gpointer   data,
             GError   **error)
{
  Fixture *fixture = data;
  sqlite3_stmt *statement =
    km_reader_prepare (reader, "SELECT count(*) FROM room", error);
  gint64 rooms;

  g_mutex_lock (&fixture->held);
  g_mutex_unlock (&fixture->held);
  g_assert_true (g_thread_self () != fixture->main);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return NULL;

  rooms = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return g_strdup_printf ("%" G_GINT64_FORMAT, rooms);
}

static gpointer
read_nothing (KmReader  *reader,
              gpointer   data,
              GError   **error)
{
  km_reader_prepare (reader, "SELECT nothing", error);

  return NULL;
}

static void
note (GObject      *source,
      GAsyncResult *result,
      gpointer      user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = km_archive_read_finish (result, &error);

  g_assert_true (g_thread_self () == fixture->main);
  if (answer != NULL)
    g_string_append (fixture->answers, answer);
  else
    g_string_append_c (fixture->answers,
                       g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY)
                         ? 'b' : 'x');
}

static void
ask (Fixture       *fixture,
     KmArchiveFunc  func)
{
  km_archive_read_async (fixture->archive, ++fixture->account, func, fixture,
                         NULL, g_free, note, fixture);
}

static void
wait_for (Fixture *fixture,
          gsize    n_answers)
{
  while (fixture->answers->len < n_answers)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_nobody_waits (Fixture       *fixture,
                   gconstpointer  data)
{
  g_mutex_lock (&fixture->held);
  ask (fixture, count_rooms);
  ask (fixture, read_nothing);
  ask (fixture, count_rooms);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpstr (fixture->answers->str, ==, "");

  g_mutex_unlock (&fixture->held);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->answers->str, ==, "7x7");
}

static void
test_too_many_are_refused (Fixture       *fixture,
                           gconstpointer  data)
{
  const guint n = KM_ARCHIVE_MAX_WAITING + 10;
  guint refused = 0;

  g_mutex_lock (&fixture->held);
  for (guint i = 0; i < n; i++)
    ask (fixture, count_rooms);
  g_mutex_unlock (&fixture->held);
  wait_for (fixture, n);
  for (guint i = 0; i < n; i++)
    refused += fixture->answers->str[i] == 'b';
  g_assert_cmpuint (refused, >=, 9); /* one may be no longer waiting */
  g_assert_cmpuint (refused, <=, 10);
}

static void
test_nobody_fills_it (Fixture       *fixture,
                      gconstpointer  data)
{
  g_mutex_lock (&fixture->held);
  for (guint i = 0; i < KM_ARCHIVE_MAX_OF_ACCOUNT + 2; i++)
    {
      fixture->account = 0;
      ask (fixture, count_rooms);
    }
  ask (fixture, count_rooms);
  wait_for (fixture, 2);
  g_assert_cmpstr (fixture->answers->str, ==, "bb");

  g_mutex_unlock (&fixture->held);
  wait_for (fixture, 2 + KM_ARCHIVE_MAX_OF_ACCOUNT + 1);
  g_assert_cmpstr (fixture->answers->str, ==, "bb77777");
  fixture->account = 0;
  ask (fixture, count_rooms);
  wait_for (fixture, 2 + KM_ARCHIVE_MAX_OF_ACCOUNT + 2);
  g_assert_cmpstr (fixture->answers->str, ==, "bb777777");
}

/* Each that asked hears something, also when the archive has gone. */
static void
test_the_end_answers_all (Fixture       *fixture,
                          gconstpointer  data)
{
  for (guint i = 0; i < 10; i++)
    ask (fixture, count_rooms);
  g_clear_pointer (&fixture->archive, km_archive_free);
  wait_for (fixture, 10);
  g_assert_cmpuint (fixture->answers->len, ==, 10);
}

#define ADD(path, func) \
  g_test_add ("/server/store/archive/" path, Fixture, NULL, set_up, func, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("nobody-waits", test_nobody_waits);
  ADD ("too-many-are-refused", test_too_many_are_refused);
  ADD ("nobody-fills-it", test_nobody_fills_it);
  ADD ("the-end-answers-all", test_the_end_answers_all);
  return g_test_run ();
}
