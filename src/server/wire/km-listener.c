/* km-listener.c: a port where connections come in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Says what accept() says; who waits for connections, and when, is for the
 * owner of an event loop to decide.
 *
 * Thread: one at a time.
 */

#include "km-listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "km-crowd.h"

#define BACKLOG 4096

struct _KmListener
{
  GSocket *socket;
  int fd;
};

static GSocket *
bind_socket (GSocketAddress  *address,
             GError         **error)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *text =
    g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));

  socket = g_socket_new (g_socket_address_get_family (address),
                         G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &local);
  if (socket != NULL)
    {
      g_socket_set_blocking (socket, FALSE);
      g_socket_set_listen_backlog (socket, BACKLOG);
      if (g_socket_bind (socket, address, TRUE, &local) &&
          g_socket_listen (socket, &local))
        return g_steal_pointer (&socket);
    }

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                 "%s is used by another program: end that one, or choose "
                 "another port", text);
  else if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                 "%s may not be listened at: choose a port above 1023", text);
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&local),
                                "listening at %s: ", text);

  return NULL;
}

/**
 * km_listener_new:
 * @address: where to listen; port 0: any
 * @error: why not
 *
 * Returns: (transfer full) (nullable): a listener
 */
KmListener *
km_listener_new (GSocketAddress  *address,
                 GError         **error)
{
  GSocket *socket = bind_socket (address, error);
  KmListener *self;

  if (socket == NULL)
    return NULL;

  self = g_new0 (KmListener, 1);
  self->socket = socket;
  self->fd = g_socket_get_fd (socket);

  return self;
}

void
km_listener_free (KmListener *self)
{
  g_object_unref (self->socket);
  g_free (self);
}

/**
 * km_listener_get_fd:
 * @self: a listener
 *
 * Returns: what is readable when a connection waits
 */
int
km_listener_get_fd (KmListener *self)
{
  return self->fd;
}

/**
 * km_listener_get_port:
 * @self: a listener
 *
 * Returns: the port that it got
 */
guint
km_listener_get_port (KmListener *self)
{
  g_autoptr (GSocketAddress) address =
    g_socket_get_local_address (self->socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

static KmListenerResult
judge (int error)
{
  switch (error)
    {
    case EAGAIN:
      return KM_LISTENER_NOBODY;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return KM_LISTENER_EXHAUSTED;
    default:
      return KM_LISTENER_GONE;
    }
}

/**
 * km_listener_accept:
 * @self: a listener
 * @fd: (out) (transfer full): the connection, non-blocking, without Nagle's
 *   delay
 * @address: (out): where it comes from, as km_crowd_read_address() has it
 *
 * Returns: whether there is one
 */
KmListenerResult
km_listener_accept (KmListener *self,
                    int        *fd,
                    gint64     *address)
{
  struct sockaddr_storage from;
  socklen_t size = sizeof from;
  const int on = 1;

  *fd = accept4 (self->fd, (struct sockaddr *) &from, &size,
                 SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (*fd < 0)
    return judge (errno);

  setsockopt (*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  *address = km_crowd_read_address ((struct sockaddr *) &from);

  return KM_LISTENER_TAKEN;
}
