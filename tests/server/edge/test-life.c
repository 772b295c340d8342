/* test-life.c: how a server starts, shares a computer, and ends
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

#include "km-test-server.h"

#define SECONDS 60

typedef struct
{
  char *directory;
  char *data;
  char *runtime;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("life");
  self->data = g_build_filename (self->directory, "data", NULL);
  self->runtime = g_build_filename (self->directory, "runtime", NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->data);
  g_free (self->runtime);
}

static KmTestProcess *
start (Fixture    *self,
       const char *data,
       const char *first,
       const char *second)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *log = g_build_filename (self->directory, "log", NULL);
  const char *argv[] = { program, "--data-dir", data, first, second, NULL };

  return km_test_process_start (argv, NULL, log);
}

static KmTestProcess *
start_embedded (Fixture    *self,
                const char *data)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *log = g_build_filename (self->directory, "log", NULL);
  const char *argv[] = { program, "--embedded", "--data-dir", data,
                         "--runtime-dir", self->runtime, "--owner",
                         "Ada Lovelace", NULL };

  return km_test_process_start (argv, NULL, log);
}

/* The object under @member of the next line that @process prints. */
static JsonObject *
read_object (KmTestProcess *process,
             const char    *member)
{
  g_autofree char *line = km_test_process_read_line (process, SECONDS);
  g_autoptr (JsonObject) object = NULL;
  JsonObject *inner;

  g_assert_nonnull (line);
  g_test_message ("%s", line);
  object = km_json_parse (line, strlen (line), NULL);
  g_assert_nonnull (object);
  inner = km_json_get_object (object, member);
  g_assert_nonnull (inner);

  return json_object_ref (inner);
}

static void
assert_trouble (KmTestProcess *process,
                const char    *code,
                int            status)
{
  g_autoptr (JsonObject) trouble = read_object (process, "trouble");

  g_assert_cmpstr (km_json_get_string (trouble, "code", 99), ==, code);
  g_assert_nonnull (km_json_get_string (trouble, "message", 999));
  g_assert_cmpint (km_test_process_wait (process, SECONDS), ==, status);
}

static void
test_a_used_port_is_trouble (Fixture       *self,
                             gconstpointer  data)
{
  g_autoptr (KmTestServer) other = km_test_server_new (NULL);
  g_autofree char *http = g_strdup_printf ("--http=%s",
                                           km_test_server_get_http (other));
  g_autofree char *rtmp = g_strdup_printf ("--rtmp=%s",
                                           km_test_server_get_rtmp (other));
  g_autoptr (KmTestProcess) by_http = start (self, self->data, http,
                                             "--rtmp=127.0.0.1:0");
  g_autoptr (KmTestProcess) by_rtmp = NULL;

  assert_trouble (by_http, "port_in_use", 1);
  by_rtmp = start (self, self->data, "--http=127.0.0.1:0", rtmp);
  assert_trouble (by_rtmp, "port_in_use", 1);
}

static void
test_used_data_is_trouble (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmTestServer) other = km_test_server_new (NULL);
  g_autofree char *used = g_build_filename (
    km_test_server_get_directory (other), "data", NULL);
  g_autoptr (KmTestProcess) second = start (self, used, "--http=127.0.0.1:0",
                                            "--rtmp=127.0.0.1:0");

  assert_trouble (second, "data_in_use", 1);
}

/* As on a full disk: what can't be kept is refused, and later it can. */
static void
test_files_that_may_not_grow_end_nothing (Fixture       *self,
                                          gconstpointer  data)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  GPid pid =
    km_test_process_get_pid (km_test_server_get_process (server));
  struct rlimit before, small;
  g_autoptr (KmTestAnswer) answer = NULL;
  g_autofree char *token = NULL;

  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, NULL, &before), ==, 0);
  small = (struct rlimit) { 0, before.rlim_max };
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &small, NULL), ==, 0);
  answer = km_test_server_call (
    server, "POST", "accounts", NULL,
    "{\"name\":\"alice\",\"password\":\"" KM_TEST_PASSWORD "\"}");
  g_assert_cmpuint (answer->status, ==, 500);

  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &before, NULL), ==, 0);
  token = km_test_server_sign_up (server, "alice");
  g_assert_nonnull (token);
  g_assert_cmpint (km_test_server_end (server), ==, 0);
}

static void
test_a_wrong_flag_is_trouble (Fixture       *self,
                              gconstpointer  data)
{
  const char *flags[] = { "--http=nowhere", "--registration=perhaps",
                          "--dance", "--config=/nowhere/at/all",
                          "--http=:0", "--rtmp=0.0.0.0:0",
                          "--plain=perhaps", "--https=127.0.0.1:0",
                          "--embedded" };

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    {
      g_autoptr (KmTestProcess) process = start (self, self->data, flags[i],
                                                 NULL);
      g_autoptr (JsonObject) trouble = read_object (process, "trouble");

      g_assert_nonnull (km_json_get_string (trouble, "message", 999));
      g_assert_cmpint (km_test_process_wait (process, SECONDS), ==, 1);
    }
}

static void
test_one_server_of_this_computer (Fixture       *self,
                                  gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->runtime,
                                            "this-computer.json", NULL);
  g_autofree char *token_path = g_build_filename (self->data, "owner-token",
                                                  NULL);
  g_autofree char *other_data = g_build_filename (self->directory, "other",
                                                  NULL);
  g_autoptr (KmTestProcess) first = start_embedded (self, self->data);
  g_autoptr (JsonObject) ready = read_object (first, "ready");
  g_autoptr (KmTestProcess) second = start_embedded (self, other_data);
  g_autoptr (KmTestProcess) third = NULL;
  g_autoptr (JsonObject) again = NULL;
  g_autoptr (JsonObject) address = NULL;
  g_autofree char *text = NULL;
  GStatBuf status;

  assert_trouble (second, "already_running", 3);

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  address = km_json_parse (text, strlen (text), NULL);
  g_assert_cmpstr (km_json_get_string (address, "http", 99), ==,
                   km_json_get_string (ready, "http", 99));
  g_assert_cmpint (g_stat (token_path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  /* It ends with its input, and the next one takes over. */
  km_test_process_close_input (first);
  g_assert_cmpint (km_test_process_wait (first, SECONDS), ==, 0);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  third = start_embedded (self, self->data);
  again = read_object (third, "ready");

  /* However one dies, the lock goes with it. */
  km_test_process_signal (third, SIGKILL);
  g_assert_cmpint (km_test_process_wait (third, SECONDS), ==, 128 + SIGKILL);
  g_clear_pointer (&third, km_test_process_stop);
  g_clear_pointer (&again, json_object_unref);
  third = start_embedded (self, self->data);
  again = read_object (third, "ready");
}

static void
test_signals_end_it_cleanly (Fixture       *self,
                             gconstpointer  data)
{
  const int signals[] = { SIGTERM, SIGINT };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      g_autoptr (KmTestProcess) process = start (self, self->data,
                                                 "--http=127.0.0.1:0",
                                                 "--rtmp=127.0.0.1:0");
      g_autoptr (JsonObject) ready = read_object (process, "ready");

      km_test_process_signal (process, signals[i]);
      g_assert_cmpint (km_test_process_wait (process, SECONDS), ==, 0);
    }
}

/* Sends bytes to the HTTP port; what comes back doesn't matter. */
static GSocketConnection *
send_bytes (KmTestServer *server,
            const char   *bytes)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *connection = g_socket_client_connect_to_host (
    client, km_test_server_get_http (server), 0, NULL, NULL);

  g_assert_nonnull (connection);
  g_output_stream_write_all (
    g_io_stream_get_output_stream (G_IO_STREAM (connection)), bytes,
    strlen (bytes), NULL, NULL, NULL);

  return connection;
}

static void
test_malformed_requests_harm_nobody (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const char *bad[] = {
    "\r\n\r\n",
    "\x16\x03\x01\x02",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
    "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "GET /api/v1/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: short\r\n\r\n",
    "GET /live/..%2f..%2fetc%2fpasswd.flv HTTP/1.1\r\nHost: localhost\r\n\r\n",
  };
  /* These leave in the middle: a call that is being hashed. */
  const char *leaves =
    "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Length: 44\r\n\r\n"
    "{\"name\":\"alice\",\"password\":\"not the one\"}   ";
  g_autoptr (KmTestAnswer) answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GSocketConnection) connection = send_bytes (server, bad[i]);
    }
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GSocketConnection) connection = send_bytes (server, leaves);
    }

  answer = km_test_server_call (server, "GET", "server", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (km_test_server_end (server), ==, 0);
}

/* A connection to the HTTP port, on which requests are sent and answers read
 * one by one. */
typedef struct
{
  GSocketConnection *connection;
  GDataInputStream *input;
} Line;

static void
line_open (Line         *self,
           KmTestServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();

  g_socket_client_set_timeout (client, SECONDS);
  self->connection = g_socket_client_connect_to_host (
    client, km_test_server_get_http (server), 0, NULL, NULL);
  g_assert_nonnull (self->connection);
  self->input = g_data_input_stream_new (
    g_io_stream_get_input_stream (G_IO_STREAM (self->connection)));
  g_data_input_stream_set_newline_type (self->input,
                                        G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
}

static void
line_close (Line *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->connection);
}

static void
line_send (Line       *self,
           const char *method,
           const char *path,
           const char *body)
{
  g_autofree char *request = g_strdup_printf (
    "%s /api/v1/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %u\r\n"
    "\r\n%s", method, path, (guint) strlen (body), body);

  g_assert_true (g_output_stream_write_all (
    g_io_stream_get_output_stream (G_IO_STREAM (self->connection)), request,
    strlen (request), NULL, NULL, NULL));
}

/* Returns the status of the next answer; @body gets what it carries. */
static guint
line_read (Line        *self,
           JsonObject **body)
{
  guint status = 0;
  guint length = 0;
  g_autofree char *text = NULL;
  g_autofree char *head = NULL;

  do
    {
      g_free (head);
      head = g_data_input_stream_read_line (self->input, NULL, NULL, NULL);
      g_assert_nonnull (head);
      sscanf (head, "HTTP/1.1 %u", &status);
      sscanf (head, "Content-Length: %u", &length);
    }
  while (*head != '\0');

  text = g_malloc0 (length + 1);
  g_assert_true (g_input_stream_read_all (G_INPUT_STREAM (self->input), text,
                                          length, NULL, NULL, NULL));
  *body = km_json_parse (text, length, NULL);
  g_assert_nonnull (*body);

  return status;
}

#define CALLS 24

/* Passwords are slow to hash and two are hashed at a time: when the first is
 * answered, most of the others are under way. */
static void
test_calls_under_way_are_answered (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  Line lines[CALLS] = { 0 };
  Line late = { 0 };
  guint status = 0;
  JsonObject *error;
  gint64 retry_ms = 0;
  g_autoptr (JsonObject) refusal = NULL;
  g_autofree char *token = NULL;
  g_autoptr (KmTestAnswer) answer = NULL;

  for (guint i = 0; i < CALLS; i++)
    line_open (&lines[i], server);
  line_open (&late, server);
  for (guint i = 0; i < CALLS; i++)
    {
      g_autofree char *body = g_strdup_printf (
        "{\"name\":\"alice%u\",\"password\":\"" KM_TEST_PASSWORD "\"}", i);

      line_send (&lines[i], "POST", "accounts", body);
    }

  for (guint i = 0; i < CALLS; i++)
    {
      g_autoptr (JsonObject) body = NULL;

      g_assert_cmpuint (line_read (&lines[i], &body), ==, 201);
      g_set_str (&token, km_json_get_string (body, "token", 100));
      line_close (&lines[i]);
      if (i > 0)
        continue;

      km_test_process_signal (km_test_server_get_process (server), SIGTERM);
      do
        {
          g_clear_pointer (&refusal, json_object_unref);
          line_send (&late, "GET", "server", "");
          status = line_read (&late, &refusal);
        }
      while (status == 200);
    }
  line_close (&late);

  g_assert_cmpuint (status, ==, 503);
  error = km_json_get_object (refusal, "error");
  g_assert_cmpstr (km_json_get_string (error, "code", 99), ==, "busy");
  g_assert_true (km_json_get_integer (error, "retry_ms", 1, 60000,
                                      &retry_ms));
  /* A second signal makes no difference, whatever is done meanwhile. */
  g_assert_cmpint (km_test_server_end (server), ==, 0);

  /* What was answered was kept. */
  km_test_server_start (server);
  answer = km_test_server_call (server, "GET", "account", token, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
}

#define ADD(name, function) \
  g_test_add ("/edge/life/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-used-port-is-trouble", test_a_used_port_is_trouble);
  ADD ("used-data-is-trouble", test_used_data_is_trouble);
  ADD ("files-that-may-not-grow-end-nothing",
       test_files_that_may_not_grow_end_nothing);
  ADD ("a-wrong-flag-is-trouble", test_a_wrong_flag_is_trouble);
  ADD ("one-server-of-this-computer", test_one_server_of_this_computer);
  ADD ("signals-end-it-cleanly", test_signals_end_it_cleanly);
  ADD ("calls-under-way-are-answered", test_calls_under_way_are_answered);
  ADD ("malformed-requests-harm-nobody", test_malformed_requests_harm_nobody);
  return g_test_run ();
}
