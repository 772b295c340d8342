/* test-nginx.c: a server behind nginx, configured as data/nginx has it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files are taken as they are, but for addresses and certificates.
 */

#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-test-socket.h"
#include "km-test-tls.h"

#define SECONDS 30
#define STREAM_MODULE "/usr/lib/nginx/modules/ngx_stream_module.so"

typedef struct
{
  char *directory;
  KmTestServer *server;
  KmTestProcess *nginx;
  guint16 plain_port;
  guint16 web_port;
  guint16 stream_port;
  gboolean has_streams;
  char *alice;
  char *bob;
  char *room;
  char *key;
} Fixture;

static guint16
find_port (void)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, length), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &length);
  close (fd);

  return ntohs (address.sin_port);
}

static char *
dup_path (Fixture    *self,
          const char *name)
{
  return g_build_filename (self->directory, name, NULL);
}

static void
replace (GString    *text,
         const char *find,
         const char *format,
         ...)
{
  va_list arguments;
  g_autofree char *with = NULL;

  va_start (arguments, format);
  with = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_assert_cmpuint (g_string_replace (text, find, with, 0), >, 0);
}

/* A shipped file, for this computer. */
static char *
adapt (Fixture    *self,
       const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data",
                                                 "nginx", name, NULL);
  g_autofree char *key = NULL;
  g_autofree char *certificate =
    km_test_authority_issue (km_test_tls_authority (), "nginx", &key);
  g_autofree char *text = NULL;
  GString *adapted;
  gboolean streams = g_str_equal (name, "kaimu-streams.conf");

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  adapted = g_string_new (text);
  replace (adapted, "/etc/letsencrypt/live/live.example.org/fullchain.pem",
           "%s", certificate);
  replace (adapted, "/etc/letsencrypt/live/live.example.org/privkey.pem",
           "%s", key);
  if (streams)
    {
      replace (adapted, "listen [::]:1936 ssl;", "");
      replace (adapted, "listen 1936", "listen 127.0.0.1:%u",
               self->stream_port);
      replace (adapted, "127.0.0.1:1935", "%s",
               km_test_server_get_rtmp (self->server));
      return g_string_free_and_steal (adapted);
    }

  replace (adapted, "listen [::]:443 ssl;", "");
  replace (adapted, "listen [::]:80;", "");
  replace (adapted, "listen 443", "listen 127.0.0.1:%u", self->web_port);
  replace (adapted, "listen 80", "listen 127.0.0.1:%u", self->plain_port);
  replace (adapted, "live.example.org", "localhost");
  replace (adapted, "/var/log/nginx", "%s", self->directory);
  replace (adapted, "127.0.0.1:8080", "%s",
           km_test_server_get_http (self->server));

  return g_string_free_and_steal (adapted);
}

static void
write_configuration (Fixture *self)
{
  g_autofree char *path = dup_path (self, "nginx.conf");
  g_autofree char *web = adapt (self, "kaimu.conf");
  g_autofree char *streams = adapt (self, "kaimu-streams.conf");
  g_autofree char *text = g_strdup_printf (
    "%s%sdaemon off; worker_processes 1;\n"
    "pid %s/nginx.pid; error_log %s/error.log;\n"
    "events { worker_connections 1000; }\n"
    "http { access_log off;\n"
    "client_body_temp_path %s/body; proxy_temp_path %s/proxy;\n"
    "fastcgi_temp_path %s/f; uwsgi_temp_path %s/u; scgi_temp_path %s/s;\n"
    "%s}\n%s",
    self->has_streams ? "load_module " STREAM_MODULE ";\n" : "",
    geteuid () == 0 ? "user root;\n" : "", self->directory, self->directory,
    self->directory, self->directory, self->directory, self->directory,
    self->directory, web, self->has_streams ? streams : "");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
is_open (gpointer data)
{
  Fixture *self = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
    client, "127.0.0.1", self->web_port, NULL, NULL);

  return connection != NULL ||
         !km_test_process_is_running (self->nginx);
}

static void
start_nginx (Fixture *self)
{
  g_autofree char *configuration = dup_path (self, "nginx.conf");
  g_autofree char *log = dup_path (self, "error.log");
  g_autofree char *said = dup_path (self, "said");
  g_autofree char *program = g_find_program_in_path ("nginx");
  const char *argv[] = { program != NULL ? program : "/usr/sbin/nginx", "-e",
                         log, "-c", configuration, NULL };

  self->nginx = km_test_process_start (argv, NULL, said);
  g_assert_true (km_test_wait_until (is_open, self, SECONDS));
  g_assert_true (km_test_process_is_running (self->nginx));
}

static void
stop_nginx (Fixture *self)
{
  km_test_process_signal (self->nginx, SIGTERM);
  g_assert_cmpint (km_test_process_wait (self->nginx, SECONDS), ==, 0);
  g_clear_pointer (&self->nginx, km_test_process_stop);
}

static void
start_server (Fixture *self)
{
  g_autofree char *path = dup_path (self, "kaimu-server.conf");
  g_autofree char *text = g_strdup_printf (
    "[proxy]\ntrusted=127.0.0.1\nrtmps-port=%u\n[browser]\nhosts=localhost\n",
    self->stream_port);
  const char *arguments[] = { "--config", path, NULL };

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  self->server = km_test_server_new (arguments);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *web = NULL;

  self->directory = km_test_directory_new ("nginx");
  self->plain_port = find_port ();
  self->web_port = find_port ();
  self->stream_port = find_port ();
  self->has_streams = g_file_test (STREAM_MODULE, G_FILE_TEST_EXISTS);
  start_server (self);
  write_configuration (self);
  start_nginx (self);
  web = g_strdup_printf ("https://localhost:%u", self->web_port);
  km_test_server_set_web (self->server, web);

  self->alice = km_test_server_sign_up (self->server, "alice");
  self->bob = km_test_server_sign_up (self->server, "bob");
  self->key = km_test_server_get_key (self->server, self->alice, &self->room);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  stop_nginx (self);
  km_test_server_free (self->server);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->alice);
  g_free (self->bob);
  g_free (self->room);
  g_free (self->key);
}

/* Returns what the answer is; @version: and of which HTTP. */
static guint
ask (Fixture         *self,
     const char      *address,
     SoupHTTPVersion *version)
{
  g_autoptr (SoupSession) session = km_test_server_new_session (self->server);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  bytes = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  if (version != NULL)
    *version = soup_message_get_http_version (message);

  return soup_message_get_status (message);
}

static void
test_calls (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *web = km_test_server_get_web (self->server);
  g_autofree char *server = g_strconcat (web, "/api/v1/server", NULL);
  g_autofree char *metrics = g_strconcat (web, "/metrics", NULL);
  g_autofree char *plain = g_strdup_printf (
    "http://localhost:%u/api/v1/server", self->plain_port);
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "server", NULL, NULL);
  SoupHTTPVersion version;
  gint64 port = 0;

  g_assert_cmpuint (ask (self, server, &version), ==, 200);
  g_assert_cmpint (version, ==, SOUP_HTTP_2_0);
  g_assert_cmpuint (ask (self, metrics, NULL), ==, 404);
  g_assert_cmpuint (ask (self, plain, NULL), ==, 301);

  /* Where nginx takes streams. */
  g_assert_true (km_json_get_integer (answer->body, "rtmps_port", 1, 65535,
                                      &port));
  g_assert_cmpint (port, ==, self->stream_port);
}

/* Through a proxy that goes and comes back nothing is missed. */
static void
test_resume (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (KmTestSocket) alice = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmReply) joined = km_test_socket_join (alice, self->room, NULL,
                                                    -1);
  g_autoptr (KmReply) said = km_test_socket_say (alice, self->room, NULL,
                                                 "one");
  g_autoptr (KmTestSocket) bob = NULL;
  g_autoptr (KmTestSocket) again = NULL;
  g_autoptr (KmReply) resumed = NULL;

  g_assert_no_error (joined->error);
  g_assert_true (km_reply_check (said, KM_COMMAND_CHAT_SEND, NULL));
  stop_nginx (self);
  km_test_socket_wait_closed (alice, NULL);
  start_nginx (self);

  bob = km_test_socket_open (self->server, self->bob);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KmReply) joined_too = i == 0
        ? km_test_socket_join (bob, self->room, NULL, -1) : NULL;
      g_autoptr (KmReply) reply =
        km_test_socket_say (bob, self->room, NULL, i == 0 ? "two" : "three");

      g_assert_true (km_reply_check (reply, KM_COMMAND_CHAT_SEND, NULL));
    }

  again = km_test_socket_open (self->server, self->alice);
  resumed = km_test_socket_join (again, self->room, joined->epoch, said->seq);
  g_assert_true (resumed->resumed);
  for (guint i = 1; i <= 2; i++)
    {
      g_autoptr (KmRoomEvent) event =
        km_test_socket_wait (again, KM_ROOM_EVENT_CHAT_MESSAGE);

      g_assert_cmpint (event->seq, ==, said->seq + i);
      g_assert_cmpstr (event->text, ==, i == 1 ? "two" : "three");
    }
}

static KmTestProcess *
start (Fixture    *self,
       const char *command)
{
  g_autofree char *log = dup_path (self, "programs");
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  return km_test_process_start ((const char *const *) argv, NULL, log);
}

/* Publishes to @address, and plays it through nginx. */
static void
show (Fixture    *self,
      const char *address)
{
  g_autofree char *web = km_test_server_get_web (self->server);
  g_autofree char *publishing = g_strdup_printf (
    "ffmpeg -v error -nostdin -re -f lavfi -i testsrc2=size=160x120:rate=30"
    " -f lavfi -i sine=frequency=440:sample_rate=44100"
    " -c:v libx264 -preset ultrafast -g 15 -bf 0 -pix_fmt yuv420p -c:a aac"
    " -f flv %s/live/%s?publish=a", address, self->key);
  g_autofree char *probing = g_strdup_printf (
    "ffprobe -v error -read_intervals %%+1 -show_entries packet=codec_type"
    " -of csv=p=0 %s/live/%s.flv", web, self->room);
  g_autoptr (KmTestSocket) member = km_test_socket_open (self->server,
                                                         self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (member, self->room, NULL,
                                                    -1);
  g_autoptr (KmTestProcess) publisher = start (self, publishing);
  g_autoptr (KmRoomEvent) started =
    km_test_socket_wait (member, KM_ROOM_EVENT_STREAM_STARTED);
  g_autoptr (KmTestProcess) viewer = start (self, probing);
  guint pictures = 0;
  char *line;

  g_assert_nonnull (started);
  while ((line = km_test_process_read_line (viewer, SECONDS)) != NULL)
    {
      if (g_str_has_prefix (line, "video"))
        pictures++;
      g_free (line);
    }
  g_assert_cmpuint (pictures, >=, 15);
  g_assert_cmpint (km_test_process_wait (viewer, SECONDS), ==, 0);
}

static void
test_media (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *address = g_strconcat (
    "rtmp://", km_test_server_get_rtmp (self->server), NULL);

  show (self, address);
}

static void
test_streams (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *address = g_strdup_printf ("rtmps://localhost:%u",
                                              self->stream_port);

  if (self->has_streams)
    show (self, address);
  else
    g_test_skip ("nginx has no module for streams here");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add ("/server/edge/nginx/" path, Fixture, NULL, set_up, test, \
              tear_down)
  ADD ("calls-by-http2", test_calls);
  ADD ("socket-resumes", test_resume);
  ADD ("media-comes-through", test_media);
  ADD ("streams-within-tls", test_streams);

  return g_test_run ();
}
