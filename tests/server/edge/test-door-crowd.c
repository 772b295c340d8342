/* test-door-crowd.c: crowds, garbage and the silent at a server's door
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/resource.h>

#include "km-test-rfc6455.h"
#include "km-test-socket.h"

#define SECONDS 30
#define CROWD 1000
#define IDLE 2000
#define MEMBERS 50
#define REST "ealthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
/* In the configuration below; four seconds' worth may come at once. */
#define A_SECOND 10
#define AT_ONCE 40

static void
allow_descriptors (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

static GSocketConnection *
connect_to (KmTestServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, SECONDS);
  connection = g_socket_client_connect_to_host (
    client, km_test_server_get_http (server), 0, NULL, &error);
  g_assert_no_error (error);

  return connection;
}

static gboolean
say (GSocketConnection *connection,
     const char        *words,
     gsize              length)
{
  return g_output_stream_write_all (
    g_io_stream_get_output_stream (G_IO_STREAM (connection)), words, length,
    NULL, NULL, NULL);
}

/* Returns (transfer full): the answer's body; %NULL: there was none. */
static char *
ask (GSocketConnection *connection,
     const char        *request)
{
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (
    g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *body = NULL;
  gsize length = 0;
  char *line;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (input),
                                               FALSE);
  g_data_input_stream_set_newline_type (input,
                                        G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  if (!say (connection, request, strlen (request)))
    return NULL;
  while ((line = g_data_input_stream_read_line (input, NULL, NULL, NULL))
           != NULL
         && *line != '\0')
    {
      if (g_ascii_strncasecmp (line, "Content-Length: ", 16) == 0)
        length = (gsize) g_ascii_strtoull (line + 16, NULL, 10);
      g_free (line);
    }
  if (line == NULL)
    return NULL;

  g_free (line);
  body = g_malloc0 (length + 1);
  g_assert_true (g_input_stream_read_all (G_INPUT_STREAM (input), body,
                                          length, NULL, NULL, NULL));

  return g_steal_pointer (&body);
}

static char *
get (GSocketConnection *connection,
     const char        *path)
{
  g_autofree char *request = g_strdup_printf (
    "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);

  return ask (connection, request);
}

static guint
look_up (GSocketConnection *connection,
         const char        *figure)
{
  g_autofree char *body = get (connection, "/metrics");
  g_autofree char *begin = g_strdup_printf ("\n%s ", figure);
  const char *found;

  g_assert_nonnull (body);
  found = strstr (body, begin);
  g_assert_nonnull (found);

  return (guint) g_ascii_strtoull (found + strlen (begin), NULL, 10);
}

static KmTestServer *
start_with (const char *directory,
            const char *configuration)
{
  g_autofree char *path = g_build_filename (directory, "conf", NULL);
  const char *arguments[] = { "--config", path, NULL };

  g_assert_true (g_file_set_contents (path, configuration, -1, NULL));

  return km_test_server_new (arguments);
}

/* Those who came first stay and are served; the others are told by a close,
 * and the figures tell how many. */
static void
test_a_thousand_at_once_are_bounded (void)
{
  g_autofree char *directory = km_test_directory_new ("door");
  g_autoptr (GPtrArray) crowd =
    g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (KmTestServer) server = start_with (
    directory, "[listen]\nconnects=" G_STRINGIFY (A_SECOND) "\n");
  guint served = 0;

  allow_descriptors ();
  for (guint i = 0; i < CROWD; i++)
    g_ptr_array_add (crowd, connect_to (server));
  for (guint i = 0; i < CROWD; i++)
    {
      g_autofree char *body = get (g_ptr_array_index (crowd, i), "/healthz");

      g_assert_true (i > 0 || body != NULL);
      served += body != NULL;
    }
  g_assert_cmpuint (served, >=, AT_ONCE);
  g_assert_cmpuint (served, <, CROWD);
  g_assert_cmpuint (
    look_up (g_ptr_array_index (crowd, 0),
             "kaimu_connections_refused_total{reason=\"connects\"}"),
    ==, CROWD - served);
  km_test_directory_remove (directory);
}

/* libsoup's connections cost it something each time it turns; sockets don't
 * wait for that. */
static void
test_sockets_join_beside_idle_connections (void)
{
  g_autofree char *directory = km_test_directory_new ("door");
  g_autoptr (KmTestServer) server = start_with (directory,
                                                "[listen]\nhttp-idle=3600\n");
  g_autoptr (GPtrArray) idle = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) members =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_test_socket_free);
  g_autofree char *token = km_test_server_sign_up (server, "alice");
  g_autofree char *room = NULL;
  g_autofree char *key = km_test_server_get_key (server, token, &room);

  allow_descriptors ();
  /* Enough to tell that libsoup is to have them. */
  for (guint i = 0; i < IDLE; i++)
    {
      g_ptr_array_add (idle, connect_to (server));
      g_assert_true (say (g_ptr_array_index (idle, i), "GET /h", 6));
    }
  for (guint i = 0; i < MEMBERS; i++)
    {
      KmTestSocket *member = km_test_socket_open (server, token);
      g_autoptr (KmReply) joined = km_test_socket_join (member, room, NULL,
                                                        -1);

      g_assert_no_error (joined->error);
      g_ptr_array_add (members, member);
    }

  for (guint i = 0; i < IDLE; i += IDLE - 1)
    {
      g_autofree char *body = ask (g_ptr_array_index (idle, i), REST);

      g_assert_nonnull (body);
    }
  g_assert_cmpuint (look_up (g_ptr_array_index (idle, 0), "kaimu_members"),
                    ==, MEMBERS);
  km_test_directory_remove (directory);
}

typedef struct
{
  GSocketConnection *connection;
  guint connections;
} Wait;

static gboolean
has_so_many (gpointer data)
{
  Wait *self = data;

  return look_up (self->connection, "kaimu_http_connections")
           == self->connections;
}

/* One more than there may be is closed; who leaves makes room; what has become
 * a socket isn't in the way. */
static void
test_connections_of_http_are_bounded (void)
{
  g_autofree char *directory = km_test_directory_new ("door");
  g_autoptr (KmTestServer) server = start_with (
    directory, "[listen]\nhttp-idle=3600\nhttp-connections="
               G_STRINGIFY (AT_ONCE) "\n");
  g_autoptr (GPtrArray) crowd =
    g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *ticket = km_test_server_get_ticket (server, NULL);
  Wait wait = { .connections = 3 };
  guint served = 0;

  for (guint i = 0; i < AT_ONCE + 10; i++)
    {
      g_autofree char *body = NULL;

      g_ptr_array_add (crowd, connect_to (server));
      body = get (g_ptr_array_index (crowd, i), "/healthz");
      served += body != NULL;
    }
  /* One is the test's own, which asked for the ticket. */
  g_assert_cmpuint (served, ==, AT_ONCE - 1);
  wait.connection = g_ptr_array_index (crowd, 0);
  g_assert_cmpuint (look_up (wait.connection,
                             "kaimu_http_connections_refused_total"), ==, 11);

  g_ptr_array_set_size (crowd, 2);
  g_assert_true (km_test_wait_until (has_so_many, &wait, SECONDS));
  km_test_talk_shake_hands (G_IO_STREAM (g_ptr_array_index (crowd, 1)),
                            km_test_server_get_http (server), ticket);
  wait.connections = 2;
  g_assert_true (km_test_wait_until (has_so_many, &wait, SECONDS));
  g_assert_cmpuint (look_up (wait.connection, "kaimu_members"), ==, 1);
  km_test_directory_remove (directory);
}

/* Whatever it is, it ends with a close and harms nobody. */
static void
test_garbage_is_closed (void)
{
  static const struct
  {
    const char *words;
    gsize length;
  } rows[] = {
#define WORDS(words) { words, sizeof words - 1 }
    WORDS ("\0\0\0\0\r\n\r\n"),
    WORDS ("\xff\xff\xff\xff\r\n\r\n"),
    WORDS ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
    WORDS ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    WORDS ("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    WORDS ("\r\n\r\n"),
    WORDS ("GET /api/v1/socket HTTP/1.1\r\n\r\n"),
    WORDS ("GET /api/v1/socket\r\n\r\n"),
    WORDS ("GET /api/v1/socket HTTP/1.1\nHost: a\n\n"),
    WORDS ("GET /api/v1/socket \0 HTTP/1.1\r\nHost: a\r\n\r\n"),
    WORDS ("GET /api/v1/socket?\xf0\x9f\x91\x8b HTTP/1.1\r\n\r\n"),
#undef WORDS
  };
  g_autofree char *directory = km_test_directory_new ("door");
  g_autoptr (KmTestServer) server = start_with (directory,
                                                "[listen]\nhttp-idle=1\n");
  g_autoptr (KmTestAnswer) answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (server);
      g_autoptr (GError) error = NULL;
      char buffer[65536];
      gssize n;

      g_test_message ("%u", i);
      g_assert_true (say (connection, rows[i].words, rows[i].length));
      do
        n = g_input_stream_read (
          g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer,
          sizeof buffer, NULL, &error);
      while (n > 0);
      g_assert_false (g_error_matches (error, G_IO_ERROR,
                                       G_IO_ERROR_TIMED_OUT));
    }

  answer = km_test_server_call (server, "GET", "server", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (km_test_server_end (server), ==, 0);
  km_test_directory_remove (directory);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/door-crowd/a-thousand-at-once-are-bounded",
                   test_a_thousand_at_once_are_bounded);
  g_test_add_func ("/edge/door-crowd/sockets-join-beside-idle-connections",
                   test_sockets_join_beside_idle_connections);
  g_test_add_func ("/edge/door-crowd/connections-of-http-are-bounded",
                   test_connections_of_http_are_bounded);
  g_test_add_func ("/edge/door-crowd/garbage-is-closed",
                   test_garbage_is_closed);

  return g_test_run ();
}
