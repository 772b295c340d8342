/* test-rfc6455.c: the table of RFC 6455 over the full stack
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>

#include "km-test-rfc6455.h"
#include "km-test-server.h"

#define SECONDS 30
#define PIECE 7

static GIOStream *
open_socket (KmTestServer *server)
{
  g_autofree char *ticket = km_test_server_get_ticket (server, NULL);
  const char *host = km_test_server_get_http (server);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_timeout (client, SECONDS);
  connection = g_socket_client_connect_to_host (client, host, 0, NULL,
                                                &error);
  g_assert_no_error (error);
  km_test_talk_shake_hands (G_IO_STREAM (connection), host, ticket);

  return G_IO_STREAM (connection);
}

static void
test_over_the_full_stack (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const gsize pieces[] = { 0, PIECE };
  const KmTestTalk *talk;

  for (guint i = 0; (talk = km_test_talk_get (i)) != NULL; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
        {
          g_autoptr (GIOStream) stream = open_socket (server);

          km_test_talk_check (talk, stream, pieces[j]);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/rfc6455/over-the-full-stack",
                   test_over_the_full_stack);

  return g_test_run ();
}
