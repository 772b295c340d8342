/* test-http-door.c: how connections come in, and what keeps them out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/resource.h>

#include "km-test-server.h"

#define SECONDS 30
#define DESCRIPTORS 64
#define FLOODS 10
#define FLOOD_BYTES (32 * 1024 * 1024)

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
has_no_descriptors_left (gpointer data)
{
  g_autofree char *path = g_strdup_printf (
    "/proc/%d/fd",
    km_test_process_get_pid (km_test_server_get_process (data)));
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  g_assert_nonnull (directory);
  while (g_dir_read_name (directory) != NULL)
    n++;

  return n >= DESCRIPTORS;
}

static void
test_out_of_descriptors_is_a_moment (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const struct rlimit limit = { DESCRIPTORS, DESCRIPTORS };
  g_autoptr (GPtrArray) crowd =
    g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (KmTestAnswer) answer = NULL;

  g_assert_cmpint (
    prlimit (km_test_process_get_pid (km_test_server_get_process (server)),
             RLIMIT_NOFILE, &limit, NULL), ==, 0);
  for (guint i = 0; i < DESCRIPTORS; i++)
    g_ptr_array_add (crowd, connect_to (server));
  g_assert_true (km_test_wait_until (has_no_descriptors_left, server,
                                     SECONDS));

  g_ptr_array_set_size (crowd, 0);
  answer = km_test_server_call (server, "GET", "server", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpint (km_test_server_end (server), ==, 0);
}

static void
test_a_connection_serves_many_requests (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  g_autoptr (GSocketConnection) connection = connect_to (server);
  GOutputStream *output =
    g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GDataInputStream) input = g_data_input_stream_new (
    g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *request = g_strdup_printf (
    "HEAD /api/v1/server HTTP/1.1\r\nHost: %s\r\n\r\n",
    km_test_server_get_http (server));

  g_data_input_stream_set_newline_type (input,
                                        G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *status = NULL;
      g_autofree char *line = NULL;

      g_assert_true (g_output_stream_write_all (output, request,
                                                strlen (request), NULL, NULL,
                                                NULL));
      status = g_data_input_stream_read_line (input, NULL, NULL, NULL);
      g_assert_cmpstr (status, ==, "HTTP/1.1 200 OK");
      do
        {
          g_free (line);
          line = g_data_input_stream_read_line (input, NULL, NULL, NULL);
          g_assert_nonnull (line);
        }
      while (*line != '\0');
    }
}

/* Half a request, and none: both sides are told that it's over. */
static void
test_idle_connections_are_closed (void)
{
  g_autofree char *directory = km_test_directory_new ("door");
  g_autofree char *path = g_build_filename (directory, "conf", NULL);
  const char *arguments[] = { "--config", path, NULL };
  const char *heads[] = { "", "GET /api/v1/server HTTP/1.1\r\nHost: local" };
  g_autoptr (KmTestServer) server = NULL;
  g_autoptr (KmTestAnswer) answer = NULL;

  g_assert_true (g_file_set_contents (path, "[listen]\nhttp-idle=1\n", -1,
                                      NULL));
  server = km_test_server_new (arguments);
  for (guint i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (server);
      GIOStream *stream = G_IO_STREAM (connection);
      g_autoptr (GError) error = NULL;
      gsize length = 0;
      char byte;

      g_assert_true (g_output_stream_write_all (
        g_io_stream_get_output_stream (stream), heads[i], strlen (heads[i]),
        NULL, NULL, NULL));
      g_assert_true (g_input_stream_read_all (
        g_io_stream_get_input_stream (stream), &byte, 1, &length, NULL,
        &error));
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, 0);
    }

  answer = km_test_server_call (server, "GET", "server", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  km_test_directory_remove (directory);
}

/* Somebody who sends and sends and never reads gets to know at once, and not
 * by a time limit of their own. */
static void
test_endless_bodies_are_cut_off (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const char *head = "POST /api/v1/sessions HTTP/1.1\r\nHost: localhost\r\n"
                     "Content-Length: 1000000000\r\n\r\n";
  g_autofree char *body = g_strnfill (FLOOD_BYTES, ' ');

  for (guint i = 0; i < FLOODS; i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (server);
      GOutputStream *output =
        g_io_stream_get_output_stream (G_IO_STREAM (connection));
      g_autoptr (GError) error = NULL;

      g_assert_true (g_output_stream_write_all (output, head, strlen (head),
                                                NULL, NULL, NULL));
      g_assert_false (g_output_stream_write_all (output, body, FLOOD_BYTES,
                                                 NULL, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/http-door/out-of-descriptors-is-a-moment",
                   test_out_of_descriptors_is_a_moment);
  g_test_add_func ("/edge/http-door/a-connection-serves-many-requests",
                   test_a_connection_serves_many_requests);

  g_test_add_func ("/edge/http-door/idle-connections-are-closed",
                   test_idle_connections_are_closed);
  g_test_add_func ("/edge/http-door/endless-bodies-are-cut-off",
                   test_endless_bodies_are_cut_off);

  return g_test_run ();
}
