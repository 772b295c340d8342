/* test-http-door.c: how connections come in, and what keeps them out
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/resource.h>

#include "km-test-server.h"

#define SECONDS 30
#define DESCRIPTORS 64

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

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/http-door/out-of-descriptors-is-a-moment",
                   test_out_of_descriptors_is_a_moment);
  g_test_add_func ("/edge/http-door/a-connection-serves-many-requests",
                   test_a_connection_serves_many_requests);

  return g_test_run ();
}
