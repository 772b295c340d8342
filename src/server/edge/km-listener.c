/* km-listener.c: a port where connections come in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accepts a bounded number each turn, so that a flood of connections never
 * keeps the main loop from the rest. Out of descriptors it looks away for a
 * moment: the connection that can't be accepted would wake it again and again.
 *
 * Thread: main.
 */

#include "km-listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define BACKLOG 4096
#define ACCEPTS_A_TURN 64
#define LOOK_AWAY_MS 200

struct _KmListener
{
  GSocket *socket;
  GSource *source;
  gpointer tag; /* of the descriptor in the source */
  KmListenerFunc accepted;
  gpointer data;
  gboolean exhausted; /* said so, and nothing was accepted since */
};

static gboolean
connections_wait (gpointer user_data)
{
  KmListener *self = user_data;
  int fd = g_socket_get_fd (self->socket);

  g_source_set_ready_time (self->source, -1);
  g_source_modify_unix_fd (self->source, self->tag, G_IO_IN);

  for (guint i = 0; i < ACCEPTS_A_TURN; i++)
    {
      const int on = 1;
      int taken = accept4 (fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (taken >= 0)
        {
          self->exhausted = FALSE;
          setsockopt (taken, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
          self->accepted (taken, self->data);
          continue;
        }

      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
          errno == ENOMEM)
        {
          if (!self->exhausted)
            g_message ("no connection is taken for a moment: %s",
                       g_strerror (errno));
          self->exhausted = TRUE;
          g_source_modify_unix_fd (self->source, self->tag, 0);
          g_source_set_ready_time (self->source, g_get_monotonic_time () +
                                                   LOOK_AWAY_MS * 1000);
          break;
        }
      if (errno == EAGAIN)
        break;
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch (GSource     *source,
          GSourceFunc  callback,
          gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch };

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
 * @accepted: gets each connection
 * @data: for @accepted
 * @error: why not
 *
 * Returns: (transfer full) (nullable): a listener
 */
KmListener *
km_listener_new (GSocketAddress  *address,
                 KmListenerFunc   accepted,
                 gpointer         data,
                 GError         **error)
{
  GSocket *socket = bind_socket (address, error);
  KmListener *self;

  if (socket == NULL)
    return NULL;

  self = g_new0 (KmListener, 1);
  self->socket = socket;
  self->accepted = accepted;
  self->data = data;
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  self->tag = g_source_add_unix_fd (self->source, g_socket_get_fd (socket),
                                    G_IO_IN);
  g_source_set_callback (self->source, connections_wait, self, NULL);
  g_source_attach (self->source, NULL);

  return self;
}

void
km_listener_free (KmListener *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  g_free (self);
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
