/* km-test-server.c: a real kaimu-server in a private directory
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program as it is built, on ports of its own choice, with its data in a
 * directory that goes with it. It is found through the environment variable
 * KAIMU_SERVER, which tests/meson.build sets, or else in PATH.
 *
 * In a run within TLS it has ports for that, too, and calls and sockets go
 * there.
 *
 * Thread: main of the test.
 */

#include "km-test-server.h"

#include <signal.h>

#include "km-test-tls.h"

#define START_SECONDS 60
#define CALL_SECONDS 30

struct _KmTestServer
{
  char *directory;
  char **extra_arguments;
  KmTestProcess *process;
  SoupSession *session;
  char *http;
  char *rtmp;
  char *https; /* (nullable) */
  char *rtmps; /* (nullable) */
  char *web;   /* (nullable): where else it is on the web */
};

/**
 * km_test_server_get_program:
 *
 * Returns: (transfer full): what to start as kaimu-server
 */
char *
km_test_server_get_program (void)
{
  const char *program = g_getenv ("KAIMU_SERVER");

  return g_strdup (program != NULL ? program : "kaimu-server");
}

/**
 * km_test_server_new_session:
 * @self: a server
 *
 * Returns: (transfer full): a client that trusts it
 */
SoupSession *
km_test_server_new_session (KmTestServer *self)
{
  SoupSession *session = soup_session_new ();
  g_autoptr (GTlsDatabase) trusted = NULL;
  g_autoptr (GError) error = NULL;

  soup_session_set_timeout (session, CALL_SECONDS);
  if (!km_test_tls_is_asked_for ())
    return session;

  trusted = g_tls_file_database_new (
    km_test_authority_get_file (km_test_tls_authority ()), &error);
  g_assert_no_error (error);
  soup_session_set_tls_database (session, trusted);
  return session;
}

/* What a run within TLS adds. */
static void
add_tls (KmTestServer *self,
         GPtrArray    *argv)
{
  const char *https = self->https != NULL ? self->https : "127.0.0.1:0";
  const char *rtmps = self->rtmps != NULL ? self->rtmps : "127.0.0.1:0";
  char *key = NULL;
  char *certificate = km_test_authority_issue (km_test_tls_authority (),
                                               "server", &key);

  g_ptr_array_add (argv, g_strconcat ("--https=", https, NULL));
  g_ptr_array_add (argv, g_strconcat ("--rtmps=", rtmps, NULL));
  g_ptr_array_add (argv, g_strconcat ("--certificate=", certificate, NULL));
  g_ptr_array_add (argv, g_strconcat ("--key=", key, NULL));
  g_free (certificate);
  g_free (key);
}

/**
 * km_test_server_new:
 * @extra_arguments: (nullable): further flags
 *
 * Returns: (transfer full): a running server
 */
KmTestServer *
km_test_server_new (const char *const *extra_arguments)
{
  KmTestServer *self = g_new0 (KmTestServer, 1);

  self->directory = km_test_directory_new ("server");
  self->extra_arguments = g_strdupv ((char **) extra_arguments);
  self->session = km_test_server_new_session (self);
  km_test_server_start (self);

  return self;
}

/**
 * km_test_server_start:
 * @self: a server that doesn't run
 *
 * Starts it, on the data and the addresses that it had, and waits until it
 * serves.
 */
void
km_test_server_start (KmTestServer *self)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *log = g_build_filename (self->directory, "log", NULL);
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) object = NULL;
  JsonObject *ready;

  g_ptr_array_add (argv, km_test_server_get_program ());
  g_ptr_array_add (argv, g_strdup ("--data-dir"));
  g_ptr_array_add (argv, g_build_filename (self->directory, "data", NULL));
  g_ptr_array_add (argv, g_strconcat (
    "--http=", self->http != NULL ? self->http : "127.0.0.1:0", NULL));
  g_ptr_array_add (argv, g_strconcat (
    "--rtmp=", self->rtmp != NULL ? self->rtmp : "127.0.0.1:0", NULL));
  if (km_test_tls_is_asked_for ())
    add_tls (self, argv);
  for (guint i = 0; self->extra_arguments != NULL &&
                    self->extra_arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (self->extra_arguments[i]));
  g_ptr_array_add (argv, NULL);

  self->process = km_test_process_start (
    (const char *const *) argv->pdata, NULL, log);
  line = km_test_process_read_line (self->process, START_SECONDS);
  g_assert_nonnull (line);
  object = km_json_parse (line, strlen (line), NULL);
  g_assert_nonnull (object);
  ready = km_json_get_object (object, "ready");
  if (ready == NULL)
    g_error ("the server says: %s", line);

  g_set_str (&self->http, km_json_get_string (ready, "http", 100));
  g_set_str (&self->rtmp, km_json_get_string (ready, "rtmp", 100));
  g_set_str (&self->https, km_json_get_string (ready, "https", 100));
  g_set_str (&self->rtmps, km_json_get_string (ready, "rtmps", 100));
}

/**
 * km_test_server_kill:
 * @self: a running server
 *
 * Ends it as a power cut would.
 */
void
km_test_server_kill (KmTestServer *self)
{
  km_test_process_signal (self->process, SIGKILL);
  g_assert_cmpint (km_test_process_wait (self->process, START_SECONDS), ==,
                   128 + SIGKILL);
  g_clear_pointer (&self->process, km_test_process_stop);
}

/**
 * km_test_server_end:
 * @self: a running server
 *
 * Asks it to end.
 *
 * Returns: its exit status
 */
int
km_test_server_end (KmTestServer *self)
{
  int status;

  km_test_process_signal (self->process, SIGTERM);
  status = km_test_process_wait (self->process, START_SECONDS);
  g_clear_pointer (&self->process, km_test_process_stop);

  return status;
}

void
km_test_server_free (KmTestServer *self)
{
  g_clear_pointer (&self->process, km_test_process_stop);
  if (g_test_initialized () && g_test_failed ())
    g_test_message ("what the server said is in %s", self->directory);
  else
    km_test_directory_remove (self->directory);
  g_object_unref (self->session);
  g_strfreev (self->extra_arguments);
  g_free (self->directory);
  g_free (self->http);
  g_free (self->rtmp);
  g_free (self->https);
  g_free (self->rtmps);
  g_free (self->web);
  g_free (self);
}

KmTestProcess *
km_test_server_get_process (KmTestServer *self)
{
  return self->process;
}

/**
 * km_test_server_get_directory:
 * @self: a server
 *
 * Returns: the private directory, with `data/` and `log`
 */
const char *
km_test_server_get_directory (KmTestServer *self)
{
  return self->directory;
}

/**
 * km_test_server_get_http:
 * @self: a server
 *
 * Returns: where it serves HTTP: `127.0.0.1:PORT`
 */
const char *
km_test_server_get_http (KmTestServer *self)
{
  return self->http;
}

const char *
km_test_server_get_rtmp (KmTestServer *self)
{
  return self->rtmp;
}

/**
 * km_test_server_set_web:
 * @self: a server
 * @web: where a proxy has it: calls and sockets go there from now on
 */
void
km_test_server_set_web (KmTestServer *self,
                        const char   *web)
{
  g_set_str (&self->web, web);
}

/**
 * km_test_server_get_web:
 * @self: a server
 *
 * Returns: (transfer full): where it is on the web: `http://127.0.0.1:PORT`
 */
char *
km_test_server_get_web (KmTestServer *self)
{
  if (self->web != NULL)
    return g_strdup (self->web);

  return km_test_tls_is_asked_for ()
           ? g_strconcat ("https://", self->https, NULL)
           : g_strconcat ("http://", self->http, NULL);
}

/**
 * km_test_server_get_streams:
 * @self: a server
 *
 * Returns: (transfer full): where streams go: `rtmp://127.0.0.1:PORT`
 */
char *
km_test_server_get_streams (KmTestServer *self)
{
  return km_test_tls_is_asked_for ()
           ? g_strconcat ("rtmps://", self->rtmps, NULL)
           : g_strconcat ("rtmp://", self->rtmp, NULL);
}

void
km_test_answer_free (KmTestAnswer *self)
{
  g_clear_pointer (&self->body, json_object_unref);
  g_free (self);
}

/**
 * km_test_server_call:
 * @self: a server
 * @method: an HTTP method
 * @path: below `/api/v1/`
 * @token: (nullable): a session's
 * @body: (nullable): JSON
 *
 * Returns: (transfer full): what it answered
 */
KmTestAnswer *
km_test_server_call (KmTestServer *self,
                     const char   *method,
                     const char   *path,
                     const char   *token,
                     const char   *body)
{
  g_autofree char *web = km_test_server_get_web (self);
  g_autofree char *address = g_strdup_printf ("%s/api/v1/%s", web, path);
  g_autoptr (SoupMessage) message = soup_message_new (method, address);
  KmTestAnswer *answer = g_new0 (KmTestAnswer, 1);
  g_autoptr (GBytes) bytes = NULL;
  JsonObject *error;

  if (token != NULL)
    {
      g_autofree char *value = g_strdup_printf ("Bearer %s", token);

      soup_message_headers_replace (soup_message_get_request_headers (message),
                                    "Authorization", value);
    }
  if (body != NULL)
    {
      g_autoptr (GBytes) sent = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json",
                                                sent);
    }

  bytes = soup_session_send_and_read (self->session, message, NULL, NULL);
  answer->status = soup_message_get_status (message);
  if (bytes != NULL && g_bytes_get_size (bytes) > 0)
    answer->body = km_json_parse (g_bytes_get_data (bytes, NULL),
                                  g_bytes_get_size (bytes), NULL);
  error = answer->body != NULL ? km_json_get_object (answer->body, "error")
                               : NULL;
  if (error != NULL)
    answer->code = km_json_get_string (error, "code", 100);

  return answer;
}

/**
 * km_test_server_sign_up:
 * @self: a server
 * @name: a name that is free
 *
 * Makes an account with the password %KM_TEST_PASSWORD.
 *
 * Returns: (transfer full): a token
 */
char *
km_test_server_sign_up (KmTestServer *self,
                        const char   *name)
{
  g_autofree char *body = g_strdup_printf (
    "{\"name\":\"%s\",\"password\":\"" KM_TEST_PASSWORD "\"}", name);
  g_autoptr (KmTestAnswer) answer = km_test_server_call (self, "POST",
                                                         "accounts", NULL,
                                                         body);

  g_assert_cmpuint (answer->status, ==, 201);
  return g_strdup (km_json_get_string (answer->body, "token", 100));
}

/**
 * km_test_server_get_key:
 * @self: a server
 * @token: a session's
 * @room: (out) (optional) (transfer full): the account's room
 *
 * Returns: (transfer full): the key of the account's room
 */
char *
km_test_server_get_key (KmTestServer  *self,
                        const char    *token,
                        char         **room)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (self, "GET", "room",
                                                         token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  if (room != NULL)
    *room = g_strdup (km_json_get_string (
      km_json_get_object (answer->body, "room"), "id", 100));

  return g_strdup (km_json_get_string (answer->body, "key", 100));
}

/**
 * km_test_server_get_ticket:
 * @self: a server
 * @token: (nullable): a session's
 *
 * Returns: (transfer full): what opens one socket
 */
char *
km_test_server_get_ticket (KmTestServer *self,
                           const char   *token)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (
    self, "POST", "socket-tickets", token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
  return g_strdup (km_json_get_string (answer->body, "ticket", 100));
}
