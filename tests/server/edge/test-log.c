/* test-log.c: what the server writes about itself
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "km-json.h"
#include "km-log.h"
#include "km-test-server.h"

#define SECONDS 60
#define SECRET "a secret that nobody may read"

static const GLogField a_message[] = {
  { "GLIB_DOMAIN", "kaimu", -1 },
  { "CODE_FILE", "../src/server/relay/km-relay.c", -1 },
  { "KAIMU_ROOM", "7", -1 },
  { "MESSAGE", "two\nlines, \"quoted\", \xff", -1 },
};

static void
test_json_is_an_object_a_line (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_iso8601 (
    "2026-02-03T04:05:06.000789+01:00", NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (JsonObject) object = NULL;

  km_log_append_json (line, G_LOG_LEVEL_WARNING, a_message,
                      G_N_ELEMENTS (a_message), now);
  g_assert_true (strchr (line->str, '\n') == line->str + line->len - 1);
  object = km_json_parse (line->str, line->len, NULL);
  g_assert_nonnull (object);
  g_assert_cmpstr (km_json_get_string (object, "time", 99), ==,
                   "2026-02-03T03:05:06.000789Z");
  g_assert_cmpstr (km_json_get_string (object, "level", 99), ==, "warning");
  g_assert_cmpstr (km_json_get_string (object, "area", 99), ==, "relay");
  g_assert_cmpstr (km_json_get_string (object, "room", 99), ==, "7");
  g_assert_cmpstr (km_json_get_string (object, "message", 99), ==,
                   "two\nlines, \"quoted\", \xef\xbf\xbd");
}

static void
test_a_library_is_its_own_area (void)
{
  const GLogField fields[] = {
    { "MESSAGE", "hm", -1 },
    { "GLIB_DOMAIN", "libsoup", -1 },
    { "CODE_FILE", "a/b/c.c", -1 },
  };
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (JsonObject) object = NULL;

  km_log_append_json (line, G_LOG_LEVEL_CRITICAL, fields,
                      G_N_ELEMENTS (fields), now);
  object = km_json_parse (line->str, line->len, NULL);
  g_assert_cmpstr (km_json_get_string (object, "area", 99), ==, "libsoup");
  g_assert_cmpstr (km_json_get_string (object, "level", 99), ==, "critical");
}

static void
test_text_is_one_line (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_utc (2026, 2, 3, 4, 5, 6);
  g_autoptr (GString) line = g_string_new (NULL);

  km_log_append_text (line, G_LOG_LEVEL_WARNING, a_message,
                      G_N_ELEMENTS (a_message), now);
  g_assert_cmpstr (line->str, ==,
                   "2026-02-03 04:05:06 warning: two\\x0alines, \"quoted\", "
                   "\xff\n");
}

static void
test_the_journal_is_known_by_its_inode (void)
{
  g_autofree char *path = NULL;
  g_autofree char *stream = NULL;
  int fd = g_file_open_tmp ("kaimu-log-XXXXXX", &path, NULL);
  struct stat status;

  g_assert_cmpint (fstat (fd, &status), ==, 0);
  stream = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT,
                            (guint64) status.st_dev, (guint64) status.st_ino);
  g_assert_true (km_log_is_journal (stream, fd));
  g_assert_false (km_log_is_journal ("8:1", fd));
  g_assert_false (km_log_is_journal ("", fd));
  g_assert_false (km_log_is_journal (NULL, fd));
  g_assert_false (km_log_is_journal (stream, -1));
  close (fd);
  g_unlink (path);
}

static char *
read_log (KmTestServer *server)
{
  g_autofree char *path = g_build_filename (
    km_test_server_get_directory (server), "log", NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return text;
}

static void
assert_answer (KmTestServer *server,
               const char   *method,
               const char   *path,
               const char   *token,
               const char   *body,
               guint         status)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (server, method, path,
                                                         token, body);

  g_assert_cmpuint (answer->status, ==, status);
}

/* Everything that anybody has to keep to themselves goes through a server that
 * tells all it can, in use and in vain. */
static void
test_secrets_are_never_written (void)
{
  const char *flags[] = { "--log=json", "--log-level=debug", NULL };
  g_autoptr (KmTestServer) server = km_test_server_new (flags);
  g_autofree char *token = km_test_server_sign_up (server, "alice");
  g_autofree char *key = km_test_server_get_key (server, token, NULL);
  g_autofree char *ticket = km_test_server_get_ticket (server, token);
  g_autofree char *media = g_strconcat ("http://",
                                        km_test_server_get_http (server),
                                        "/live/", key, ".flv", NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) play = soup_message_new ("GET", media);
  g_autoptr (GBytes) refused = NULL;
  g_autofree char *log = NULL;
  const char *secrets[] = { token, key, ticket, KM_TEST_PASSWORD, SECRET };

  assert_answer (server, "POST", "sessions", NULL,
                 "{\"name\":\"alice\",\"password\":\"" SECRET "\"}", 401);
  assert_answer (server, "GET", "account", SECRET, NULL, 401);
  assert_answer (server, "POST", "accounts", NULL, "{\"password\":\"" SECRET,
                 400);
  refused = soup_session_send_and_read (session, play, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (play), ==, 404);
  g_assert_cmpint (km_test_server_end (server), ==, 0);

  log = read_log (server);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_null (strstr (log, secrets[i]));
}

static void
test_each_line_of_a_server_is_json (void)
{
  const char *flags[] = { "--log=json", NULL };
  g_autoptr (KmTestServer) server = km_test_server_new (flags);
  g_autofree char *log = NULL;
  g_auto (GStrv) lines = NULL;
  guint n_lines;

  g_assert_cmpint (km_test_server_end (server), ==, 0);
  log = read_log (server);
  lines = g_strsplit (log, "\n", -1);
  n_lines = g_strv_length (lines);
  g_assert_cmpuint (n_lines, >, 2);
  g_assert_cmpstr (lines[n_lines - 1], ==, "");
  for (guint i = 0; i + 1 < n_lines; i++)
    {
      g_autoptr (JsonObject) object = km_json_parse (
        lines[i], strlen (lines[i]), NULL);

      g_assert_nonnull (object);
      g_assert_cmpstr (km_json_get_string (object, "area", 99), ==, "edge");
      g_assert_cmpstr (km_json_get_string (object, "level", 99), ==,
                       "message");
    }
}

/* Here is no journal. */
static void
test_what_the_journal_does_not_take_is_text (void)
{
  const char *flags[] = { "--log=journal", NULL };
  g_autoptr (KmTestServer) server = NULL;
  g_autofree char *log = NULL;

  if (g_file_test ("/run/systemd/journal/socket", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is a journal here");
      return;
    }

  server = km_test_server_new (flags);
  g_assert_cmpint (km_test_server_end (server), ==, 0);
  log = read_log (server);
  g_assert_nonnull (strstr (log, "asked to end\n"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edge/log/json-is-an-object-a-line",
                   test_json_is_an_object_a_line);
  g_test_add_func ("/edge/log/a-library-is-its-own-area",
                   test_a_library_is_its_own_area);
  g_test_add_func ("/edge/log/text-is-one-line", test_text_is_one_line);
  g_test_add_func ("/edge/log/the-journal-is-known-by-its-inode",
                   test_the_journal_is_known_by_its_inode);
  g_test_add_func ("/edge/log/secrets-are-never-written",
                   test_secrets_are_never_written);
  g_test_add_func ("/edge/log/each-line-of-a-server-is-json",
                   test_each_line_of_a_server_is_json);
  g_test_add_func ("/edge/log/what-the-journal-does-not-take-is-text",
                   test_what_the_journal_does_not_take_is_text);
  return g_test_run ();
}
