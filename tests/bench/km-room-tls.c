/* km-room-tls.c: what a member at rest costs within TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The library keeps buffers, keys and the peer's chain for each connection.
 * Members are GIO's own client here, one after the other: how fast they come
 * in is measured elsewhere.
 *
 * Thread: main of the bench.
 */

#include "km-room-bench.h"

#include <string.h>

#include "km-bench.h"

#define MEMBERS 400
#define SETTLE_US (1500 * 1000)
#define CASE "memory-tls"

static gboolean
accept_any (GTlsConnection       *connection,
            GTlsCertificate      *certificate,
            GTlsCertificateFlags  errors,
            gpointer              user_data)
{
  return TRUE;
}

static GIOStream *
connect_to (guint    port,
            GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) plain = NULL;
  g_autoptr (GIOStream) stream = NULL;

  plain = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port,
                                           NULL, error);
  if (plain == NULL)
    return NULL;

  stream = g_tls_client_connection_new (G_IO_STREAM (plain), NULL, error);
  if (stream == NULL)
    return NULL;

  g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any),
                    NULL);

  return g_steal_pointer (&stream);
}

/* Reads until @words came. What is behind them isn't looked at. */
static gboolean
read_until (GIOStream  *stream,
            const char *words,
            GError    **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  while (memmem (text->str, text->len, words, strlen (words)) == NULL)
    {
      char buffer[4096];
      gssize length = g_input_stream_read (
        g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL,
        error);

      if (length <= 0)
        return FALSE;
      g_string_append_len (text, buffer, length);
    }

  return TRUE;
}

static gboolean
write_all (GIOStream   *stream,
           const void  *data,
           gsize        length,
           GError     **error)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                                    data, length, NULL, NULL, error);
}

static gboolean
join (GIOStream   *stream,
      const char  *ticket,
      GError     **error)
{
  /* A text frame whose mask is zeroes. */
  static const char command[] =
    "{\"t\":\"room.join\",\"id\":\"j0\",\"room\":\"1\",\"d\":{}}";
  const guint8 head[6] = { 0x81, 0x80 | (sizeof command - 1) };
  g_autofree char *request = g_strdup_printf (
    "GET /api/v1/socket?ticket=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: kaimu.v1\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", ticket);

  return write_all (stream, request, strlen (request), error)
         && read_until (stream, "\r\n\r\n", error)
         && write_all (stream, head, sizeof head, error)
         && write_all (stream, command, sizeof command - 1, error)
         && read_until (stream, "{\"re\":\"j0\",\"d\"", error);
}

static double
rss_kib (KmRoomServer *server)
{
  KmBenchUsage usage = { 0 };

  km_bench_get_usage (km_room_server_get_pid (server), &usage);

  return usage.rss_kib;
}

static guint
find_port (KmRoomServer *server)
{
  g_autofree char *web = km_test_server_get_web (server->server);

  return (guint) g_ascii_strtoull (strrchr (web, ':') + 1, NULL, 10);
}

static gboolean
join_all (KmRoomServer *server,
          GPtrArray    *streams,
          guint         n)
{
  g_auto (GStrv) tickets =
    km_room_server_get_tickets (server, streams->len, n);
  guint port = find_port (server);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GError) error = NULL;
      GIOStream *stream = connect_to (port, &error);

      if (stream != NULL)
        g_ptr_array_add (streams, stream);
      if (stream == NULL || !join (stream, tickets[i], &error))
        {
          g_printerr ("room: joining within TLS: %s\n",
                      error != NULL ? error->message : "closed");
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * km_room_run_tls:
 * @options: what was asked for
 */
void
km_room_run_tls (const KmRoomOptions *options)
{
  g_autoptr (GPtrArray) streams =
    g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (KmRoomServer) server = NULL;
  double before_kib;
  double each_kib;

  if (!km_room_wants_case (options, CASE)
      || !km_room_wants_peer (options, "kaimu"))
    return;

  g_setenv ("KM_TEST_TLS", "1", TRUE);
  server = km_room_server_new (MEMBERS + 1, 1);
  /* The first one of all also loads what all of them use. */
  if (!join_all (server, streams, 1))
    return;

  before_kib = rss_kib (server);
  if (!join_all (server, streams, MEMBERS))
    return;

  g_usleep (SETTLE_US);
  g_unsetenv ("KM_TEST_TLS");
  each_kib = (rss_kib (server) - before_kib) / MEMBERS;
  km_bench_print_figures ("room", "kaimu", CASE, "members", (double) MEMBERS,
                          "rss_kib_before", before_kib, "rss_kib_per_member",
                          each_kib, NULL);
  km_room_set_goal (CASE " KiB of the server for each idle member", each_kib);
}
