/* test-admin-said.c: what an owner's command says holds nobody up
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it says may go to a pager that somebody leaves open for hours. Here it
 * goes to the test, which each time looks whether the database could shorten
 * its log.
 */

#include "km-admin.h"
#include "km-test-store.h"

static sqlite3 *other;
static guint lines;

/* Writes, and lets the log begin anew: that fails while anybody reads what was
 * before. */
static void
hear (const char *text)
{
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_exec (other,
                                 "UPDATE room SET title = title || '!'", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (other,
                                       "PRAGMA wal_checkpoint (TRUNCATE)", -1,
                                       &statement, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpint (sqlite3_column_int (statement, 0), ==, 0);
  sqlite3_finalize (statement);
  lines++;
}

static void
say (const char *directory,
     const char *words,
     guint       lines_min)
{
  g_autofree char *line =
    g_strdup_printf ("admin --data-dir=%s %s", directory, words);
  g_auto (GStrv) argv = g_strsplit (line, " ", -1);
  guint n_words = g_strv_length (argv);
  /* What is understood is taken out of the array. */
  g_autofree char **left = g_memdup2 (argv, (n_words + 1) * sizeof *argv);
  GPrintFunc before = g_set_print_handler (hear);

  lines = 0;
  g_assert_cmpint (km_admin_main ((int) n_words, left), ==, 0);
  g_set_print_handler (before);
  g_assert_cmpuint (lines, >=, lines_min);
}

static void
test_nothing_is_held_while_it_speaks (void)
{
  char *directory = km_test_store_directory_new ();
  g_autofree char *path = g_build_filename (directory, "kaimu.db", NULL);
  g_autoptr (GError) error = NULL;
  KmStore *store = km_store_open (directory, &error);

  g_assert_no_error (error);
  km_test_store_add_users (store, 3);
  km_test_store_run (store,
                     "INSERT INTO gift_kind (id, name, price, tier, art,"
                     " origin, position) VALUES ('rose', '{\"en\":\"Rose\"}',"
                     " 3, 1, 'rose', 'owner', 1)", &error);
  g_assert_no_error (error);
  km_store_free (store);
  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);

  say (directory, "audit", 2);
  say (directory, "gift list", 1);

  sqlite3_close (other);
  km_test_store_directory_remove (directory);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/admin/nothing-is-held-while-it-speaks",
                   test_nothing_is_held_while_it_speaks);
  return g_test_run ();
}
