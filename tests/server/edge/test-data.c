/* test-data.c: data that a server can't use, or can't write
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can't be used is left as it is, and a person is told what to do.
 */

#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

#include "km-test-server.h"

#define SECONDS 60
/* A directory that is there and that nobody, not even root, can write in. */
#define READ_ONLY "/proc/self/fdinfo"

typedef struct
{
  char *directory;
  char *config_flag;
  KmTestServer *server;
  char *data;
  char *database;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *config = NULL;
  const char *arguments[2] = { NULL };

  self->directory = km_test_directory_new ("data");
  config = g_build_filename (self->directory, "config", NULL);
  g_assert_true (g_file_set_contents (config, "[wallet]\npractice=1000\n", -1,
                                      NULL));
  self->config_flag = g_strconcat ("--config=", config, NULL);
  arguments[0] = self->config_flag;
  self->server = km_test_server_new (arguments);
  self->data = g_build_filename (km_test_server_get_directory (self->server),
                                 "data", NULL);
  self->database = g_build_filename (self->data, "kaimu.db", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->config_flag);
  g_free (self->data);
  g_free (self->database);
}

/* Starts a server on @data, which must refuse it. */
static void
assert_refused (Fixture    *self,
                const char *data,
                const char *code)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *log = g_build_filename (self->directory, "log", NULL);
  const char *argv[] = { program, "--data-dir", data, "--http=127.0.0.1:0",
                         "--rtmp=127.0.0.1:0", NULL };
  g_autoptr (KmTestProcess) process = km_test_process_start (argv, NULL, log);
  g_autofree char *line = km_test_process_read_line (process, SECONDS);
  g_autoptr (JsonObject) object = NULL;
  JsonObject *trouble;

  g_assert_nonnull (line);
  g_test_message ("%s", line);
  object = km_json_parse (line, strlen (line), NULL);
  trouble = km_json_get_object (object, "trouble");
  g_assert_nonnull (trouble);
  g_assert_cmpstr (km_json_get_string (trouble, "code", 99), ==, code);
  g_assert_nonnull (km_json_get_string (trouble, "message", 999));
  g_assert_cmpint (km_test_process_wait (process, SECONDS), ==, 1);
}

static GBytes *
read_database (Fixture *self)
{
  char *contents;
  gsize length;

  g_assert_true (g_file_get_contents (self->database, &contents, &length,
                                      NULL));

  return g_bytes_new_take (contents, length);
}

static void
assert_untouched (Fixture *self,
                  GBytes  *before)
{
  g_autoptr (GBytes) after = read_database (self);

  g_assert_true (g_bytes_equal (before, after));
}

static void
test_read_only_is_refused (Fixture       *self,
                           gconstpointer  data)
{
  assert_refused (self, READ_ONLY, "failed");
}

static void
test_newer_data_is_left_alone (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (GBytes) before = NULL;
  sqlite3 *database = NULL;

  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  g_assert_cmpint (sqlite3_open (self->database, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "PRAGMA user_version = 999", NULL,
                                 NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);

  before = read_database (self);
  assert_refused (self, self->data, "newer_data");
  assert_untouched (self, before);
}

static void
test_corrupt_data_is_left_alone (Fixture       *self,
                                 gconstpointer  data)
{
  g_autofree char *noise = g_strnfill (8192, '?');
  g_autoptr (GBytes) before = NULL;

  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  g_assert_true (g_file_set_contents (self->database, noise, 8192, NULL));

  before = read_database (self);
  assert_refused (self, self->data, "failed");
  assert_untouched (self, before);
}

static gint64
read_balance (Fixture    *self,
              const char *token)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "wallet", token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);

  return json_object_get_int_member (answer->body, "balance");
}

/* Coins that can't be written down aren't there, and come when they can. */
static void
test_full_disk_moves_no_coins (Fixture       *self,
                               gconstpointer  data)
{
  g_autofree char *token = km_test_server_sign_up (self->server, "alice");
  GPid pid = km_test_process_get_pid (
    km_test_server_get_process (self->server));
  struct rlimit before;
  struct rlimit small;
  g_autoptr (KmTestAnswer) wallet = NULL;
  g_autoptr (KmTestAnswer) limit = NULL;

  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, NULL, &before), ==, 0);
  small = (struct rlimit) { 0, before.rlim_max };
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &small, NULL), ==, 0);
  wallet = km_test_server_call (self->server, "GET", "wallet", token, NULL);
  g_assert_cmpuint (wallet->status, ==, 500);
  limit = km_test_server_call (self->server, "PUT", "wallet/daily-limit",
                               token, "{\"coins\":5}");
  g_assert_cmpuint (limit->status, ==, 500);

  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &before, NULL), ==, 0);
  g_assert_cmpint (read_balance (self, token), ==, 1000);
  km_test_server_kill (self->server);
  km_test_server_start (self->server);
  g_assert_cmpint (read_balance (self, token), ==, 1000);
}

#define ADD(path, function) \
  g_test_add ("/edge/data/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("read-only-is-refused", test_read_only_is_refused);
  ADD ("newer-data-is-left-alone", test_newer_data_is_left_alone);
  ADD ("corrupt-data-is-left-alone", test_corrupt_data_is_left_alone);
  ADD ("full-disk-moves-no-coins", test_full_disk_moves_no_coins);
  return g_test_run ();
}
