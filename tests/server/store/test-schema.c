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

/* What a server of the first version left: messages, the acts they came by,
 * and a stream. */
static const char rows_of_version_1[] =
  "INSERT INTO account (id, name, shown_name, created_at)"
  " VALUES (1, 'alice', 'Alice', 0);"
  "INSERT INTO room (id, account, title, category, key, seq, epoch,"
  " created_at) VALUES (7, 1, 'A room', 'talk', 'k', 2, 'e', 0);"
  "INSERT INTO event (room, seq, at, kind, account, body) VALUES"
  " (7, 1, 100, 'chat.message', 1, '{}'),"
  " (7, 2, 200, 'chat.message', 1, '{}');"
  "INSERT INTO act (account, id, digest, room, seq) VALUES"
  " (1, 'first', x'01', 7, 1), (1, 'second', x'02', 7, 2);"
  "INSERT INTO stream (id, room, started_at) VALUES ('s', 7, 100);";

static void
test_events_and_acts_survive_the_second_step (void)
{
  const char *const *migrations = km_schema_migrations ();
  const char *const first[] = { migrations[0], NULL };
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();

  sqlite3_exec (database, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  g_assert_true (km_schema_migrate (database, first, &error));
  g_assert_cmpint (sqlite3_exec (database, rows_of_version_1, NULL, NULL,
                                 NULL), ==, SQLITE_OK);
  g_assert_true (km_schema_migrate (database, migrations, &error));
  g_assert_no_error (error);

  g_assert_cmpint (ask (database,
                        "SELECT count(*) FROM act JOIN event USING (room, seq)"
                        " WHERE act.account = 1 AND result IS NULL AND"
                        " (act.id, digest, at) IN (VALUES"
                        "  ('first', x'01', 100), ('second', x'02', 200))"),
                   ==, 2);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM event WHERE"
                                  " (room, seq, at, kind, account, body) IN"
                                  " (VALUES"
                                  "  (7, 1, 100, 'chat.message', 1, '{}'),"
                                  "  (7, 2, 200, 'chat.message', 1, '{}'))"),
                   ==, 2);
  g_assert_cmpint (ask (database, "SELECT likes + peak FROM stream"
                                  " WHERE id = 's' AND started_seq IS NULL"),
                   ==, 0);
  g_assert_cmpint (ask (database, "SELECT count(*)"
                                  " FROM pragma_foreign_key_check"), ==, 0);
  g_assert_cmpint (sqlite3_exec (database, "DELETE FROM event WHERE seq = 1",
                                 NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (sqlite3_exec (database,
                                 "INSERT INTO event (room, seq, at, kind, body)"
                                 " VALUES (7, 2, 300, 'chat.message', '{}')",
                                 NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  sqlite3_close (database);
}

/* What a server of the third version left besides: a gift that was paid for, a
 * poll with a vote, a limit, a name that looks like another. */
static const char rows_of_version_3[] =
  "BEGIN;"
  "INSERT INTO account (id, name, shown_name, created_at)"
  " VALUES (2, 'bob', 'Bob', 0);"
  "INSERT INTO session VALUES (x'00', 2, 1, 2, 3);"
  "INSERT INTO gift_kind VALUES"
  " ('rose', '{}', 3, 1, 'rose', 'owner', NULL, 1, NULL);"
  "INSERT INTO ledger_account (id, kind, owner) VALUES"
  " (6, 'user', 2), (5, 'host', 1);"
  "INSERT INTO transfer_group (id, kind, at, source, target, coins,"
  "  source_balance, source_before, target_balance, target_before)"
  " VALUES (1, 'grant', 5, 1, 6, 100, -100, 0, 100, 0);"
  "INSERT INTO event (room, seq, at, kind, account, body, gift) VALUES"
  " (7, 3, 300, 'gift.sent', 2, '{}', 2),"
  " (7, 4, 400, 'poll.opened', 1, '{}', NULL);"
  "INSERT INTO transfer_group (id, kind, at, source, target, coins, share,"
  "  source_balance, source_before, target_balance, target_before, room, seq,"
  "  gift, price, count, combo, combo_count, combo_value)"
  " VALUES (2, 'gift', 300, 6, 5, 6, 3, 94, 1, 3, 0, 7, 3, 'rose', 3, 2, 2, 2,"
  "  6);"
  "INSERT INTO poll (id, room, opened_seq, opened_at, question, options,"
  "  multiple, changeable, anonymous)"
  " VALUES (1, 7, 4, 400, '?', '[]', 0, 0, 0);"
  "INSERT INTO poll_vote VALUES (1, 2, 1, 450);"
  "INSERT INTO act VALUES (2, 'vote', x'03', NULL, NULL, '{}');"
  "INSERT INTO daily_limit VALUES (2, 500, NULL, NULL);"
  "INSERT INTO look VALUES ('alice', 1), ('bob', 2);"
  "UPDATE room SET seq = 4;"
  "COMMIT";

static sqlite3 *
open_version_3 (void)
{
  const char *const *migrations = km_schema_migrations ();
  const char *const first[] = { migrations[0], NULL };
  const char *const third[] = { migrations[0], migrations[1], migrations[2],
                                NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *trouble = NULL;
  sqlite3 *database = open_empty ();

  sqlite3_exec (database, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  g_assert_true (km_schema_migrate (database, first, &error));
  sqlite3_exec (database, rows_of_version_1, NULL, NULL, &trouble);
  g_assert_cmpstr (trouble, ==, NULL);
  g_assert_true (km_schema_migrate (database, third, &error));
  g_assert_no_error (error);
  sqlite3_exec (database, rows_of_version_3, NULL, NULL, &trouble);
  g_assert_cmpstr (trouble, ==, NULL);

  return database;
}

static void
test_all_survives_the_fourth_step (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_version_3 ();

  g_assert_true (km_schema_migrate (database, km_schema_migrations (),
                                    &error));
  g_assert_no_error (error);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM event WHERE room = 7"
                                  " AND seq BETWEEN 1 AND 4"), ==, 4);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM act"), ==, 3);
  g_assert_cmpint (ask (database, "SELECT balance FROM ledger_account"
                                  " WHERE id = 6 AND newest = 2"), ==, 94);
  g_assert_cmpint (ask (database, "SELECT balance FROM ledger_account"
                                  " WHERE id = 5"), ==, 3);
  g_assert_cmpint (ask (database, "SELECT value FROM gift WHERE seq = 3"), ==,
                   6);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM poll_vote"), ==, 1);
  g_assert_cmpint (ask (database, "SELECT coins FROM daily_limit"), ==, 500);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM look"), ==, 2);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM session"
                                  " WHERE device IS NULL"), ==, 1);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM tombstone"), ==, 0);
  g_assert_cmpint (ask (database, "SELECT count(*)"
                                  " FROM pragma_foreign_key_check"), ==, 0);
  sqlite3_close (database);
}

static int
run (sqlite3    *database,
     const char *sql)
{
  return sqlite3_exec (database, sql, NULL, NULL, NULL);
}

static void
test_deleted_once_by_what_came_later (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_version_3 ();

  g_assert_true (km_schema_migrate (database, km_schema_migrations (),
                                    &error));
  g_assert_cmpint (run (database, "INSERT INTO tombstone VALUES (7, 2, 4)"),
                   ==, SQLITE_OK);
  g_assert_cmpint (run (database, "INSERT INTO tombstone VALUES (7, 2, 3)"),
                   ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (run (database, "INSERT INTO tombstone VALUES (7, 3, 2)"),
                   ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (run (database, "INSERT INTO tombstone VALUES (7, 1, 5)"),
                   ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (run (database, "INSERT INTO tombstone VALUES (7, 0, 1)"),
                   ==, SQLITE_CONSTRAINT);
  sqlite3_close (database);
}

static void
test_slow_mode_is_off_and_has_limits (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_version_3 ();

  g_assert_true (km_schema_migrate (database, km_schema_migrations (),
                                    &error));
  g_assert_cmpint (ask (database, "SELECT total (slow_s) FROM room"), ==, 0);
  g_assert_cmpint (run (database, "UPDATE room SET slow_s = 300"), ==,
                   SQLITE_OK);
  g_assert_cmpint (run (database, "UPDATE room SET slow_s = 301"), ==,
                   SQLITE_CONSTRAINT);
  g_assert_cmpint (run (database, "UPDATE room SET slow_s = -1"), ==,
                   SQLITE_CONSTRAINT);
  sqlite3_close (database);
}

static void
test_acts_mean_one_thing_after_it (void)
{
  g_autoptr (GError) error = NULL;
  sqlite3 *database = open_empty ();

  sqlite3_exec (database, "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  g_assert_true (km_schema_migrate (database, km_schema_migrations (),
                                    &error));
  sqlite3_exec (database,
                "INSERT INTO account (id, name, shown_name, created_at)"
                " VALUES (1, 'alice', 'Alice', 0);"
                "INSERT INTO act VALUES (1, 'vote', x'01', NULL, NULL, '{}')",
                NULL, NULL, NULL);
  g_assert_cmpint (ask (database, "SELECT count(*) FROM act"), ==, 1);

  /* The same id, half a place in a log, an event that isn't there. */
  g_assert_cmpint (sqlite3_exec (database, "INSERT INTO act VALUES"
                                 " (1, 'vote', x'02', NULL, NULL, NULL)",
                                 NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (sqlite3_exec (database, "INSERT INTO act VALUES"
                                 " (1, 'half', x'02', 7, NULL, NULL)",
                                 NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
  g_assert_cmpint (sqlite3_exec (database, "INSERT INTO act VALUES"
                                 " (1, 'nowhere', x'02', 7, 1, NULL)",
                                 NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
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
  g_test_add_func ("/store/schema/events-and-acts-survive-the-second-step",
                   test_events_and_acts_survive_the_second_step);
  g_test_add_func ("/store/schema/all-survives-the-fourth-step",
                   test_all_survives_the_fourth_step);
  g_test_add_func ("/store/schema/deleted-once-by-what-came-later",
                   test_deleted_once_by_what_came_later);
  g_test_add_func ("/store/schema/slow-mode-is-off-and-has-limits",
                   test_slow_mode_is_off_and_has_limits);
  g_test_add_func ("/store/schema/acts-mean-one-thing-after-it",
                   test_acts_mean_one_thing_after_it);
  g_test_add_func ("/store/schema/failed-step-leaves-whole-ones",
                   test_failed_step_leaves_whole_ones);
  g_test_add_func ("/store/schema/newer-is-left-alone",
                   test_newer_is_left_alone);

  return g_test_run ();
}
