/* test-hub-rfc6455.c: the table of RFC 6455 over a bare pair of sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * At once and in pieces that fit no frame.
 */

#include <gio/gio.h>

#include "km-test-hub.h"
#include "km-test-rfc6455.h"

#define SECONDS 30
#define PIECE 7

static GIOStream *
make_stream (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  g_socket_set_blocking (socket, TRUE);
  g_socket_set_timeout (socket, SECONDS);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
test_over_a_bare_pair (KmTestHub     *fixture,
                       gconstpointer  data)
{
  const gsize pieces[] = { 0, PIECE };
  const KmTestTalk *talk;

  for (guint i = 0; (talk = km_test_talk_get (i)) != NULL; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (pieces); j++)
        {
          KmTestMember member;
          g_autoptr (GIOStream) stream = NULL;

          km_test_hub_connect (fixture, &member, 1);
          stream = make_stream (member.fd);
          km_test_talk_check (talk, stream, pieces[j]);
          member.fd = -1;
          km_test_member_clear (&member);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/edge/hub-rfc6455/over-a-bare-pair", KmTestHub, NULL,
              km_test_hub_set_up, test_over_a_bare_pair,
              km_test_hub_tear_down);

  return g_test_run ();
}
