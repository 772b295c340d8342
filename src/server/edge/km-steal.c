/* km-steal.c: taking a socket out of libsoup's hands
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup reads the head of a request; the hub and the relay then drive the
 * connection from their own threads. What libsoup had read already comes
 * along. Its GSocket owns the descriptor and closes it with the last
 * reference, so the thief gets a duplicate. Within TLS, where the keys are in
 * the stream, the thief gets that; what libsoup read is in it, too.
 *
 * Thread: main.
 */

#include "km-web-private.h"

#include <fcntl.h>
#include <gio/gio.h>

#include "km-http-door.h"
#include "km-tls-stream.h"

/* What libsoup has read beyond the head. */
static GBytes *
drain (GIOStream *stream)
{
  GInputStream *input = g_io_stream_get_input_stream (stream);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 buffer[4096];
  gssize length;

  if (!G_IS_POLLABLE_INPUT_STREAM (input))
    return NULL;

  /* It can't be more than the stream had buffered plus what the peer manages
   * to send meanwhile; the limit keeps a fast one from holding us here. */
  while (bytes->len < 16 * KM_FRAME_BYTES_MAX &&
         (length = g_pollable_input_stream_read_nonblocking (
            G_POLLABLE_INPUT_STREAM (input), buffer, sizeof buffer, NULL,
            NULL)) > 0)
    g_byte_array_append (bytes, buffer, (guint) length);

  if (bytes->len == 0)
    return NULL;

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static gboolean
is_tls (GIOStream *stream)
{
  g_autoptr (GIOStream) base = NULL;

  /* libsoup wraps what it was given in a stream that isn't public. */
  g_object_get (stream, "base-iostream", &base, NULL);
  return KM_IS_TLS_STREAM (base);
}

/**
 * km_steal_connection:
 * @message: a request whose response, if it has one, has been written
 * @transport: (out) (transfer full): the connection
 * @leftover: (out) (transfer full) (nullable): what was read from the socket
 *   behind the request
 *
 * Returns: whether there is @transport; else the process is out of
 *   descriptors, and the connection is closed
 */
gboolean
km_steal_connection (SoupServerMessage  *message,
                     KmTransport        *transport,
                     GBytes            **leftover)
{
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);
  g_autoptr (GSocket) socket =
    g_object_ref (km_http_door_get_socket (message));
  g_autoptr (GIOStream) stream =
    soup_server_message_steal_connection (message);

  int fd;

  *leftover = NULL;
  if (is_tls (stream))
    {
      *transport = km_transport_new_tls (g_steal_pointer (&stream), socket);
      return TRUE;
    }

  *leftover = drain (stream);
  fd = fcntl (g_socket_get_fd (socket), F_DUPFD_CLOEXEC, 0);
  *transport = km_transport_new_plain (fd);

  return fd >= 0;
}
