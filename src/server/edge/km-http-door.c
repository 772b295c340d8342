/* km-http-door.c: connections from our doors to libsoup
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup's own listener stops for ever at the first connection that it can't
 * accept, so a moment without descriptors would be the end of the HTTP side;
 * and its connections have no time limit, so a hundred clients that say
 * nothing could bring that moment about. Ours are accepted by the hub and
 * closed when nothing moves on them for a while. Those within TLS come when
 * the handshake is over.
 *
 * Each costs libsoup a little whenever it turns, so there may be only so many,
 * and fewer from one address; what was handed over to the hub or the relay
 * isn't libsoup's any more and doesn't count.
 *
 * Thread: main.
 */

#include "km-http-door.h"

#include <gio/gunixsocketaddress.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-crowd.h"

#define SOCKET_KEY "km-socket"
#define DOOR_KEY "km-door"

/* A server carries one; each of its connections keeps it as well, since a
 * message may outlive the server. */
typedef struct
{
  KmCrowd crowd;
  guint most; /* 0: any number */
  guint n;
  guint64 n_refused;
} Door;

typedef struct
{
  Door *door;
  gint64 address;
} Guest;

static void
door_clear (gpointer data)
{
  km_crowd_clear (&((Door *) data)->crowd);
}

static void
door_unref (gpointer data)
{
  g_rc_box_release_full (data, door_clear);
}

static Door *
peek_door (SoupServer *soup)
{
  return g_object_get_data (G_OBJECT (soup), DOOR_KEY);
}

/* libsoup has let go of its address. */
static void
guest_left (gpointer  data,
            GObject  *remote)
{
  g_autofree Guest *self = data;

  km_crowd_leave (&self->door->crowd, self->address);
  self->door->n--;
  door_unref (self->door);
}

/* FALSE: there is no room. */
static gboolean
welcome (Door           *self,
         GSocketAddress *remote)
{
  struct sockaddr_storage native;
  Guest *guest;
  gint64 address;

  if (!g_socket_address_to_native (remote, &native, sizeof native, NULL))
    return FALSE;

  address = km_crowd_read_address ((struct sockaddr *) &native);
  if ((self->most > 0 && self->n >= self->most)
      || km_crowd_wait (&self->crowd, address) != KM_CROWD_WELCOME)
    {
      self->n_refused++;
      return FALSE;
    }

  guest = g_new (Guest, 1);
  guest->door = g_rc_box_acquire (self);
  guest->address = address;
  self->n++;
  g_object_weak_ref (G_OBJECT (remote), guest_left, guest);

  return TRUE;
}

/**
 * km_http_door_prepare:
 * @soup: an HTTP server that listens nowhere
 * @most: how many connections it may have; 0: any number
 * @most_of_address: how many of them from one address; 0: any number
 * @error: why not
 *
 * A SoupServer without any listener takes itself for one that is being ended
 * and closes each connection after one response. So it gets one that nobody
 * connects to: a socket without a name in the file system.
 *
 * Returns: whether connections can be let in
 */
gboolean
km_http_door_prepare (SoupServer  *soup,
                      guint        most,
                      guint        most_of_address,
                      GError     **error)
{
  Door *door = g_rc_box_new0 (Door);
  g_autoptr (GSocketAddress) nameless = g_unix_socket_address_new_with_type (
    "", 0, G_UNIX_SOCKET_ADDRESS_ANONYMOUS);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX,
                                             G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, error);

  door->most = most;
  door->crowd.limits.waiting_of_address = most_of_address;
  g_object_set_data_full (G_OBJECT (soup), DOOR_KEY, door, door_unref);

  return socket != NULL && g_socket_bind (socket, nameless, FALSE, error) &&
         g_socket_listen (socket, error) &&
         soup_server_listen_socket (soup, socket, 0, error);
}

/* A socket keeps the address that it gives out, so one that carries the socket
 * would keep it, and itself, for ever. */
static GSocketAddress *
copy_address (GSocketAddress *address)
{
  gssize size = g_socket_address_get_native_size (address);
  g_autofree gpointer native = g_malloc0 ((gsize) size);

  if (!g_socket_address_to_native (address, native, (gsize) size, NULL))
    return NULL;

  return g_socket_address_new_from_native (native, (gsize) size);
}

/**
 * km_http_door_let_in_stream:
 * @soup: a prepared HTTP server
 * @stream: a new connection
 * @socket: its socket
 * @idle_seconds: as for km_http_door_let_in()
 */
void
km_http_door_let_in_stream (SoupServer *soup,
                            GIOStream  *stream,
                            GSocket    *socket,
                            guint       idle_seconds)
{
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) peer = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  /* libsoup needs both addresses; a client that is gone already has none. */
  local = g_socket_get_local_address (socket, NULL);
  peer = g_socket_get_remote_address (socket, NULL);
  remote = peer != NULL ? copy_address (peer) : NULL;
  if (local == NULL || remote == NULL || !welcome (peek_door (soup), remote))
    return;

  g_socket_set_timeout (socket, idle_seconds);
  g_object_set_data_full (G_OBJECT (remote), SOCKET_KEY,
                          g_object_ref (socket), g_object_unref);
  soup_server_accept_iostream (soup, stream, local, remote, NULL);
}

/**
 * km_http_door_let_in:
 * @soup: a prepared HTTP server
 * @fd: (transfer full): a new connection
 * @idle_seconds: how long nothing may move on it: half a request, an answer
 *   that nobody takes, or between two requests. A call that waits for the
 *   disk or for a password isn't idle
 */
void
km_http_door_let_in (SoupServer *soup,
                     int         fd,
                     guint       idle_seconds)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);
  g_autoptr (GSocketConnection) connection = NULL;

  if (socket == NULL)
    {
      close (fd);
      return;
    }

  connection = g_socket_connection_factory_create_connection (socket);
  km_http_door_let_in_stream (soup, G_IO_STREAM (connection), socket,
                              idle_seconds);
}

/**
 * km_http_door_count:
 * @soup: a prepared HTTP server
 *
 * Returns: how many connections it has
 */
guint
km_http_door_count (SoupServer *soup)
{
  return peek_door (soup)->n;
}

/**
 * km_http_door_count_refused:
 * @soup: a prepared HTTP server
 *
 * Returns: how many connections were closed since there was no room
 */
guint64
km_http_door_count_refused (SoupServer *soup)
{
  return peek_door (soup)->n_refused;
}

/**
 * km_http_door_get_socket:
 * @message: a request of a connection that was let in
 *
 * libsoup knows the sockets of its own listener only; what it keeps of ours
 * is the address, which therefore carries the socket.
 *
 * Returns: (transfer none): its socket
 */
GSocket *
km_http_door_get_socket (SoupServerMessage *message)
{
  return g_object_get_data (
    G_OBJECT (soup_server_message_get_remote_address (message)), SOCKET_KEY);
}

/**
 * km_http_door_cut_off:
 * @message: a request of a connection that was let in
 *
 * Ends the connection with a reset. A mere end would tell a peer that sends
 * and never reads nothing: it would go on asking for room to send more.
 */
void
km_http_door_cut_off (SoupServerMessage *message)
{
  GSocket *socket = km_http_door_get_socket (message);
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &at_once,
              sizeof at_once);
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
}
