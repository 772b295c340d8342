/* km-tls-stream.c: TLS that closes without waiting
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A #GTlsConnection says goodbye when it is closed, and waits for room to say
 * it. A peer that takes nothing any more would so hold up who closes it: the
 * main loop, when libsoup gives up a connection on which nothing moves. This
 * is the same connection, but where there is no room nothing is said: the
 * socket is shut first, and a socket that is shut makes nobody wait.
 *
 * Thread: one at a time.
 */

#include "km-tls-stream.h"

#include <poll.h>
#include <sys/socket.h>

/* What the kernel has room for may be less than half a record that was begun
 * and the goodbye; then it isn't worth more than that. */
#define GOODBYE_SECONDS 1

struct _KmTlsStream
{
  GIOStream parent_instance;

  GIOStream *connection;
  GSocket *socket;
};

G_DEFINE_FINAL_TYPE (KmTlsStream, km_tls_stream, G_TYPE_IO_STREAM)

static GInputStream *
km_tls_stream_get_input_stream (GIOStream *stream)
{
  return g_io_stream_get_input_stream (KM_TLS_STREAM (stream)->connection);
}

static GOutputStream *
km_tls_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (KM_TLS_STREAM (stream)->connection);
}

static gboolean
km_tls_stream_close (GIOStream     *stream,
                     GCancellable  *cancellable,
                     GError       **error)
{
  KmTlsStream *self = KM_TLS_STREAM (stream);
  struct pollfd room = { .fd = g_socket_get_fd (self->socket),
                         .events = POLLOUT };

  if (room.fd >= 0 &&
      (poll (&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0))
    shutdown (room.fd, SHUT_RDWR);
  g_socket_set_timeout (self->socket, GOODBYE_SECONDS);

  return g_io_stream_close (self->connection, cancellable, error);
}

static void
km_tls_stream_finalize (GObject *object)
{
  KmTlsStream *self = KM_TLS_STREAM (object);

  g_object_unref (self->connection);
  g_object_unref (self->socket);

  G_OBJECT_CLASS (km_tls_stream_parent_class)->finalize (object);
}

static void
km_tls_stream_class_init (KmTlsStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  object_class->finalize = km_tls_stream_finalize;
  stream_class->get_input_stream = km_tls_stream_get_input_stream;
  stream_class->get_output_stream = km_tls_stream_get_output_stream;
  stream_class->close_fn = km_tls_stream_close;
}

static void
km_tls_stream_init (KmTlsStream *self)
{
}

/**
 * km_tls_stream_new:
 * @connection: (transfer full): a #GTlsConnection whose handshake is over
 * @socket: what it goes through
 *
 * Returns: (transfer full): the same, which closes without waiting
 */
GIOStream *
km_tls_stream_new (GIOStream *connection,
                   GSocket   *socket)
{
  KmTlsStream *self = g_object_new (KM_TYPE_TLS_STREAM, NULL);

  self->connection = connection;
  self->socket = g_object_ref (socket);

  return G_IO_STREAM (self);
}
