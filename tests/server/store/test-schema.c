/* test-schema.c: data goes forward in whole steps, and never back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-schema.h"
#include "km-store.h"

static sqlite3 *
open_empty (void)
{
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (":memory:", &database), ==, SQLITE_OK);

  return database;
}

static gint64
ask (sqlite3    *database,
     const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gint64 answer;

  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  answer = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);

  return answer;
}

static void
test_empty_to_newest (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();
  const char *const *migrations = km_schema_migrations ();

  g_assert_true (km_schema_migrate (database, migrations, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==,
                   g_strv_length ((char **) migrations));
  g_assert_cmpint (ask (database, "SELECT count(*) FROM room"), ==, 0);

  g_assert_true (km_schema_migrate (database, migrations, &error));
  g_assert_no_error (error);
  sqlite3_close (database);
}

static void
test_older_keeps_its_rows (void)
{
  static const char *const first[] = { "CREATE TABLE t (a INTEGER)", NULL };
  static const char *const both[] = {
    "CREATE TABLE t (a INTEGER)",
    "ALTER TABLE t ADD COLUMN b INTEGER NOT NULL DEFAULT 7",
    NULL,
  };
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();

  g_assert_true (km_schema_migrate (database, first, &error));
  g_assert_cmpint (sqlite3_exec (database, "INSERT INTO t VALUES (1)", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  g_assert_true (km_schema_migrate (database, both, &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "SELECT b FROM t WHERE a = 1"), ==, 7);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, 2);
  sqlite3_close (database);
}

static void
test_failed_step_leaves_whole_ones (void)
{
  static const char *const broken[] = {
    "CREATE TABLE t (a INTEGER)",
    "CREATE TABLE u (a INTEGER); CREATE TABLE t (a INTEGER)",
    NULL,
  };
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();

  g_assert_false (km_schema_migrate (database, broken, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED);
  g_assert_cmpint (ask (database, "PRAGMA user_version"), ==, 1);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM sqlite_schema"
                                  " WHERE name = 'u'"), ==, 0);
  sqlite3_close (database);
}

static void
test_newer_is_left_alone (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();

  g_assert_cmpint (sqlite3_exec (database, "PRAGMA user_version = 999", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  g_assert_false (km_schema_migrate (database, km_schema_migrations (),
                                     &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_NEWER_SCHEMA);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM sqlite_schema"),
                   ==, 0);
  sqlite3_close (database);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/schema/empty-to-newest", test_empty_to_newest);
  g_test_add_func ("/store/schema/older-keeps-its-rows",
                   test_older_keeps_its_rows);
  g_test_add_func ("/store/schema/failed-step-leaves-whole-ones",
                   test_failed_step_leaves_whole_ones);
  g_test_add_func ("/store/schema/newer-is-left-alone",
                   test_newer_is_left_alone);

  return g_test_run ();
}
