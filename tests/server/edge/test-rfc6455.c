/* test-rfc6455.c: the table of RFC 6455 over the full stack
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "km-test-rfc6455.h"
#include "km-test-server.h"
#include "km-test-tls.h"

#define SECONDS 30
#define PIECE 7

/* A connection that has asked for something else is libsoup's, which hands it
 * over when it becomes a socket. */
static void
ask_before (GIOStream *stream)
{
  static const char request[] = "HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  g_assert_true (g_output_stream_write_all (
    g_io_stream_get_output_stream (stream), request, strlen (request), NULL,
    NULL, NULL));
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      g_assert_cmpint (g_input_stream_read (
                         g_io_stream_get_input_stream (stream), &byte, 1, NULL,
                         NULL), ==, 1);
      g_string_append_c (head, byte);
    }
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1.1 200 "));
}

static GIOStream *
open_socket (KmTestServer *server,
             gboolean      asks_before)
{
  g_autofree char *ticket = km_test_server_get_ticket (server, NULL);
  g_autofree char *web = km_test_server_get_web (server);
  const char *host = strstr (web, "://") + strlen ("://");
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, SECONDS);
  g_socket_client_set_tls (client, km_test_tls_is_asked_for ());
  connection = g_socket_client_connect_to_host (client, host, 0, NULL,
                                                &error);
  g_assert_no_error (error);
  g_socket_set_option (g_socket_connection_get_socket (connection),
                       IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  if (asks_before)
    ask_before (G_IO_STREAM (connection));
  km_test_talk_shake_hands (G_IO_STREAM (connection), host, ticket);

  return G_IO_STREAM (connection);
}

static void
test_over_the_full_stack (gconstpointer asks_before)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const gsize pieces[] = { 0, PIECE };
  const KmTestTalk *talk;

  for (guint i = 0; (talk = km_test_talk_get (i)) != NULL; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
        {
          g_autoptr (GIOStream) stream = open_socket (
            server, GPOINTER_TO_INT (asks_before));

          km_test_talk_check (talk, stream, pieces[j]);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  km_test_tls_trust ();

  g_test_add_data_func ("/edge/rfc6455/over-the-full-stack",
                        GINT_TO_POINTER (FALSE), test_over_the_full_stack);
  g_test_add_data_func ("/edge/rfc6455/over-a-connection-that-asked-before",
                        GINT_TO_POINTER (TRUE), test_over_the_full_stack);

  return g_test_run ();
}
