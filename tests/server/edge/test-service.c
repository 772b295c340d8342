/* test-service.c: a server and those who look after it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km-test-server.h"

#define SECONDS 60

typedef struct
{
  char *directory;
  GSocket *manager;
  KmTestProcess *process;
  char *http;
} Fixture;

static GSocket *
listen_at (const char             *name,
           GUnixSocketAddressType  type)
{
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new_with_type (name, -1, type);
  GSocket *manager = g_socket_new (G_SOCKET_FAMILY_UNIX,
                                   G_SOCKET_TYPE_DATAGRAM,
                                   G_SOCKET_PROTOCOL_DEFAULT, NULL);

  g_assert_true (g_socket_bind (manager, address, FALSE, NULL));
  g_socket_set_timeout (manager, SECONDS);

  return manager;
}

/* @abstract: "abstract" for a socket that isn't in the file system */
static void
set_up (Fixture       *self,
        gconstpointer  abstract)
{
  g_autofree char *program = km_test_server_get_program ();
  g_autofree char *data = NULL;
  g_autofree char *log = NULL;
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  const char *argv[] = { program, "--data-dir", NULL, "--http=127.0.0.1:0",
                         "--rtmp=127.0.0.1:0", NULL };

  self->directory = km_test_directory_new ("service");
  data = g_build_filename (self->directory, "data", NULL);
  log = g_build_filename (self->directory, "log", NULL);
  if (abstract != NULL)
    path = g_strdup_printf ("@kaimu-test-%d", (int) getpid ());
  else
    path = g_build_filename (self->directory, "notify", NULL);
  self->manager = listen_at (abstract != NULL ? path + 1 : path,
                             abstract != NULL ? G_UNIX_SOCKET_ADDRESS_ABSTRACT
                                              : G_UNIX_SOCKET_ADDRESS_PATH);

  environment = g_environ_setenv (environment, "NOTIFY_SOCKET", path, TRUE);
  environment = g_environ_setenv (environment, "WATCHDOG_USEC", "400000",
                                  TRUE);
  argv[2] = data;
  self->process = km_test_process_start (
    argv, (const char *const *) environment, log);
  line = km_test_process_read_line (self->process, SECONDS);
  object = km_json_parse (line, strlen (line), NULL);
  self->http = g_strdup (km_json_get_string (
    km_json_get_object (object, "ready"), "http", 99));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_process_stop (self->process);
  g_object_unref (self->manager);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->http);
}

/* The next thing that the manager is told. */
static char *
receive (Fixture *self)
{
  char text[1024];
  gssize length = g_socket_receive (self->manager, text, sizeof text - 1, NULL,
                                    NULL);

  g_assert_cmpint (length, >, 0);

  return g_strndup (text, (gsize) length);
}

static void
wait_for (Fixture    *self,
          const char *wanted)
{
  g_autofree char *text = NULL;

  do
    {
      g_free (text);
      text = receive (self);
    }
  while (!g_str_equal (text, wanted));
}

static void
test_it_says_that_it_lives (Fixture       *self,
                            gconstpointer  data)
{
  g_autofree char *first = receive (self);
  g_autofree char *last = NULL;

  g_assert_true (g_str_has_prefix (first, "READY=1\nSTATUS=Serving http://"));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *sign = receive (self);

      g_assert_cmpstr (sign, ==, "WATCHDOG=1");
    }

  km_test_process_signal (self->process, SIGTERM);
  wait_for (self, "STOPPING=1\nSTATUS=Ending");
  g_assert_cmpint (km_test_process_wait (self->process, SECONDS), ==, 0);
  g_socket_set_blocking (self->manager, FALSE);
  g_assert_cmpint (g_socket_receive (self->manager, (char[8]) { 0 }, 8, NULL,
                                     NULL), ==, -1);
}

static guint
ask (Fixture     *self,
     const char  *method,
     const char  *path,
     char       **reason)
{
  g_autofree char *address = g_strconcat ("http://", self->http, path, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (method, address);
  g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL,
                                                        NULL);
  g_autoptr (JsonObject) object = NULL;

  g_assert_nonnull (body);
  object = km_json_parse (g_bytes_get_data (body, NULL),
                          g_bytes_get_size (body), NULL);
  if (reason != NULL)
    {
      g_assert_nonnull (object);
      *reason = g_strdup (km_json_get_string (object, "reason", 99));
    }

  return soup_message_get_status (message);
}

static gboolean
is_fine (gpointer data)
{
  return ask (data, "GET", "/healthz", NULL) == 200;
}

/* As on a full disk: nobody should be sent here, but a restart won't help. */
static void
test_a_full_disk_is_trouble_not_death (Fixture       *self,
                                       gconstpointer  data)
{
  GPid pid = km_test_process_get_pid (self->process);
  struct rlimit before, small;
  g_autofree char *reason = NULL;

  g_assert_cmpuint (ask (self, "GET", "/healthz", NULL), ==, 200);
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, NULL, &before), ==, 0);
  small = (struct rlimit) { 0, before.rlim_max };
  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &small, NULL), ==, 0);

  wait_for (self, "STATUS=In trouble: store_failed");
  wait_for (self, "WATCHDOG=1");
  g_assert_cmpuint (ask (self, "GET", "/healthz", &reason), ==, 503);
  g_assert_cmpstr (reason, ==, "store_failed");

  g_assert_cmpint (prlimit (pid, RLIMIT_FSIZE, &before, NULL), ==, 0);
  g_assert_true (km_test_wait_until (is_fine, self, SECONDS));
}

static void
test_health_can_only_be_looked_at (Fixture       *self,
                                   gconstpointer  data)
{
  g_assert_cmpuint (ask (self, "HEAD", "/healthz", NULL), ==, 200);
  g_assert_cmpuint (ask (self, "POST", "/healthz", NULL), ==, 405);
  g_assert_cmpuint (ask (self, "GET", "/healthz/more", NULL), ==, 404);
}

#define ADD(name, data, function) \
  g_test_add ("/edge/service/" name, Fixture, data, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("it-says-that-it-lives", NULL, test_it_says_that_it_lives);
  ADD ("it-says-so-to-an-abstract-socket", "abstract",
       test_it_says_that_it_lives);
  ADD ("a-full-disk-is-trouble-not-death", NULL,
       test_a_full_disk_is_trouble_not_death);
  ADD ("health-can-only-be-looked-at", NULL,
       test_health_can_only_be_looked_at);
  return g_test_run ();
}
