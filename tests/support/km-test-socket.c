/* km-test-socket.c: a member of a room, by libsoup's own WebSocket client
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames are kept in their order until a test asks for them.
 *
 * Thread: main of the test.
 */

#include "km-test-socket.h"

#include "km-id.h"

#define WAIT_SECONDS 30

struct _KmTestSocket
{
  SoupSession *session;
  SoupWebsocketConnection *connection;
  GError *error;
  gboolean done; /* the handshake is */
  gboolean closed;
  GQueue events;
  GQueue replies;
};

static void
got_message (SoupWebsocketConnection *connection,
             int                      type,
             GBytes                  *message,
             gpointer                 user_data)
{
  KmTestSocket *self = user_data;
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmReply *reply;

  g_assert_cmpint (type, ==, SOUP_WEBSOCKET_DATA_TEXT);
  km_frame_parse (g_bytes_get_data (message, NULL), g_bytes_get_size (message),
                  &event, &reply, &error);
  g_assert_no_error (error);
  if (event != NULL)
    g_queue_push_tail (&self->events, event);
  if (reply != NULL)
    g_queue_push_tail (&self->replies, reply);
}

static void
got_closed (SoupWebsocketConnection *connection,
            gpointer                 user_data)
{
  KmTestSocket *self = user_data;

  self->closed = TRUE;
}

static void
connected (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  KmTestSocket *self = user_data;

  self->connection = soup_session_websocket_connect_finish (
    SOUP_SESSION (source), result, &self->error);
  if (self->connection != NULL)
    {
      g_signal_connect (self->connection, "message", G_CALLBACK (got_message),
                        self);
      g_signal_connect (self->connection, "closed", G_CALLBACK (got_closed),
                        self);
    }
  self->done = TRUE;
}

static gboolean
is_done (gpointer data)
{
  KmTestSocket *self = data;

  return self->done;
}

static gboolean
is_closed (gpointer data)
{
  KmTestSocket *self = data;

  return self->closed;
}

/**
 * km_test_socket_open_ticket:
 * @server: a running server
 * @ticket: what it takes for one
 *
 * Returns: (transfer full): a socket after its handshake
 */
KmTestSocket *
km_test_socket_open_ticket (KmTestServer *server,
                            const char   *ticket)
{
  KmTestSocket *self = g_new0 (KmTestSocket, 1);
  g_autofree char *web = km_test_server_get_web (server);
  /* http://… is ws://…, https://… wss://… */
  g_autofree char *address = g_strdup_printf (
    "ws%s" KM_SOCKET_PATH "?ticket=%s", web + strlen ("http"), ticket);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  char *protocols[] = { (char *) KM_SUBPROTOCOL, NULL };

  g_queue_init (&self->events);
  g_queue_init (&self->replies);
  self->session = km_test_server_new_session (server);
  soup_session_websocket_connect_async (self->session, message, NULL,
                                        protocols, G_PRIORITY_DEFAULT, NULL,
                                        connected, self);
  g_assert_true (km_test_wait_until (is_done, self, WAIT_SECONDS));
  g_assert_no_error (self->error);

  return self;
}

/**
 * km_test_socket_open:
 * @server: a running server
 * @token: (nullable): a session's; %NULL: as a guest
 *
 * Returns: (transfer full): an open socket
 */
KmTestSocket *
km_test_socket_open (KmTestServer *server,
                     const char   *token)
{
  g_autofree char *ticket = km_test_server_get_ticket (server, token);

  return km_test_socket_open_ticket (server, ticket);
}

void
km_test_socket_free (KmTestSocket *self)
{
  if (self->connection != NULL)
    {
      if (soup_websocket_connection_get_state (self->connection) ==
          SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->connection,
                                         SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
      km_test_wait_until (is_closed, self, WAIT_SECONDS);
      g_signal_handlers_disconnect_by_data (self->connection, self);
      g_object_unref (self->connection);
    }
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_queue_clear_full (&self->events, (GDestroyNotify) km_room_event_free);
  g_queue_clear_full (&self->replies, (GDestroyNotify) km_reply_free);
  g_clear_error (&self->error);
  g_free (self);
}

void
km_test_socket_send_text (KmTestSocket *self,
                          const char   *text)
{
  soup_websocket_connection_send_text (self->connection, text);
}

typedef struct
{
  KmTestSocket *socket;
  const char *re;
  KmRoomEventKind kind;
  gpointer found;
} Search;

static gboolean
find_reply (gpointer data)
{
  Search *search = data;

  for (GList *link = search->socket->replies.head; link != NULL;
       link = link->next)
    {
      KmReply *reply = link->data;

      if (g_strcmp0 (reply->re, search->re) == 0)
        {
          search->found = reply;
          g_queue_delete_link (&search->socket->replies, link);
          return TRUE;
        }
    }

  return search->socket->closed;
}

static gboolean
find_event (gpointer data)
{
  Search *search = data;

  for (GList *link = search->socket->events.head; link != NULL;
       link = link->next)
    {
      KmRoomEvent *event = link->data;

      if (event->kind == search->kind)
        {
          search->found = event;
          g_queue_delete_link (&search->socket->events, link);
          return TRUE;
        }
    }

  return search->socket->closed;
}

/**
 * km_test_socket_ask:
 * @self: a socket
 * @command: what to ask
 *
 * Returns: (transfer full) (nullable): the reply; %NULL when the socket was
 *   closed instead
 */
KmReply *
km_test_socket_ask (KmTestSocket    *self,
                    const KmCommand *command)
{
  g_autofree char *text = km_command_encode (command);
  Search search = { .socket = self, .re = command->id };

  km_test_socket_send_text (self, text);
  g_assert_true (km_test_wait_until (find_reply, &search, WAIT_SECONDS));

  return search.found;
}

/**
 * km_test_socket_join:
 * @self: a socket
 * @room: which room
 * @epoch: (nullable): of the last event had
 * @seq: of the last event had; -1: none
 *
 * Returns: (transfer full): the reply
 */
KmReply *
km_test_socket_join (KmTestSocket *self,
                     const char   *room,
                     const char   *epoch,
                     gint64        seq)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_ROOM_JOIN);

  command->id = km_id_new ();
  command->room = g_strdup (room);
  command->epoch = g_strdup (epoch);
  command->seq = seq;

  return km_test_socket_ask (self, command);
}

/**
 * km_test_socket_say:
 * @self: a socket
 * @room: where
 * @id: (nullable): of the act; %NULL: a new one
 * @text: what
 *
 * Returns: (transfer full): the reply
 */
KmReply *
km_test_socket_say (KmTestSocket *self,
                    const char   *room,
                    const char   *id,
                    const char   *text)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup (room);
  command->text = g_strdup (text);

  return km_test_socket_ask (self, command);
}

/**
 * km_test_socket_wait:
 * @self: a socket
 * @kind: what to wait for
 *
 * Returns: (transfer full) (nullable): the oldest event of @kind that wasn't
 *   asked for yet; %NULL when the socket was closed
 */
KmRoomEvent *
km_test_socket_wait (KmTestSocket    *self,
                     KmRoomEventKind  kind)
{
  Search search = { .socket = self, .kind = kind };

  g_assert_true (km_test_wait_until (find_event, &search, WAIT_SECONDS));

  return search.found;
}

/**
 * km_test_socket_wait_closed:
 * @self: a socket
 * @reason: (out) (optional) (transfer full): the words
 *
 * Returns: the code that the server closed it with
 */
gushort
km_test_socket_wait_closed (KmTestSocket  *self,
                            char         **reason)
{
  g_assert_true (km_test_wait_until (is_closed, self, WAIT_SECONDS));
  if (reason != NULL)
    *reason = g_strdup (
      soup_websocket_connection_get_close_data (self->connection));

  return soup_websocket_connection_get_close_code (self->connection);
}
