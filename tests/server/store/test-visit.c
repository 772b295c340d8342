/* test-visit.c: changes from beside a running server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-visit.h"

#include <glib/gstdio.h>

#include "km-statement.h"
#include "km-test-store.h"

typedef struct
{
  char *directory;
  KmStore *store;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->store, km_store_free);
  km_test_store_directory_remove (fixture->directory);
}

static gboolean
run_sql (KmTransaction  *transaction,
         gpointer        data,
         GError        **error)
{
  return km_statement_run (km_transaction_prepare (transaction, data, error),
                           error);
}

static gboolean
run_and_refuse (KmTransaction  *transaction,
                gpointer        data,
                GError        **error)
{
  if (run_sql (transaction, data, error))
    g_set_error_literal (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED, "no");

  return FALSE;
}

static gboolean
visit (Fixture     *fixture,
       KmVisitFunc  func,
       const char  *sql,
       GError     **error)
{
  return km_store_visit (fixture->directory, KM_VISIT_WRITE, func,
                         (gpointer) sql, error);
}

static void
test_writes_beside_a_server (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (visit (fixture, run_sql,
                        "INSERT INTO setting VALUES ('a', '1')", &error));
  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE setting SET value = '2'",
                                    &error));
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT value FROM setting"), ==, 2);
  g_assert_true (visit (fixture, run_sql, "DELETE FROM setting", &error));
  g_assert_no_error (error);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 0);
}

static void
test_refused_is_undone (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (visit (fixture, run_and_refuse,
                         "INSERT INTO setting VALUES ('a', '1')", &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
  g_clear_error (&error);
  /* A half-read statement is no obstacle to the next. */
  g_assert_false (visit (fixture, run_sql,
                         "INSERT INTO session VALUES (x'00', 9, 0, 0, 0, NULL)",
                         &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM setting"), ==, 0);
}

static void
test_data_of_another_version_is_left_alone (Fixture       *fixture,
                                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_test_store_run (fixture->store,
                                    "PRAGMA user_version = 999", &error));
  g_assert_false (visit (fixture, run_sql, "SELECT 1", &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA);
  g_clear_error (&error);
  g_assert_true (km_test_store_run (fixture->store, "PRAGMA user_version = 1",
                                    &error));
  g_assert_false (visit (fixture, run_sql, "SELECT 1", &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
}

static void
test_makes_no_data (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *nowhere = g_build_filename (fixture->directory, "x", NULL);

  g_assert_false (km_store_visit (nowhere, KM_VISIT_READ, run_sql,
                                  (gpointer) "SELECT 1", &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
  g_assert_false (g_file_test (nowhere, G_FILE_TEST_EXISTS));
}

#define ADD(path, function) \
  g_test_add ("/store/visit/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("writes-beside-a-server", test_writes_beside_a_server);
  ADD ("refused-is-undone", test_refused_is_undone);
  ADD ("data-of-another-version-is-left-alone",
       test_data_of_another_version_is_left_alone);
  ADD ("makes-no-data", test_makes_no_data);

  return g_test_run ();
}
