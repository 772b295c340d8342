/* km-test-wire.c: a server that does what the test wants, on a real port
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speaks the wire protocol as its page says, and can do what a good server
 * never does: drop a connection, repeat, skip, answer late or not at all.
 * Each call of the API has a canned answer; commands go to the test.
 *
 * Thread: main.
 */

#include "km-test-wire.h"

#include <string.h>

typedef struct
{
  guint status;
  char *body;
  guint count;
  char *authorization;
  char *query;
  char *sent;
  GQueue held; /* of SoupServerMessage, not answered yet */
} Call;

struct _KmTestWire
{
  SoupServer *server;
  guint16 port;
  GTlsCertificate *certificate; /* NULL: plain */
  GSocketService *doorman;
  char *address;
  GHashTable *calls; /* "POST socket-tickets" -> Call */
  SoupWebsocketConnection *socket;
  KmTestCommand command;
  gpointer data;
};

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->body);
  g_free (call->authorization);
  g_free (call->query);
  g_free (call->sent);
  g_queue_clear_full (&call->held, g_object_unref);
  g_free (call);
}

static Call *
get_call (KmTestWire *self,
          const char *name)
{
  Call *call = g_hash_table_lookup (self->calls, name);

  if (call == NULL)
    {
      call = g_new0 (Call, 1);
      call->status = SOUP_STATUS_NOT_FOUND;
      g_hash_table_replace (self->calls, g_strdup (name), call);
    }

  return call;
}

static void
respond (SoupServerMessage *message,
         const Call        *call)
{
  soup_server_message_set_status (message, call->status, NULL);
  if (call->body != NULL)
    soup_server_message_set_response (message, "application/json",
                                      SOUP_MEMORY_COPY, call->body,
                                      strlen (call->body));
}

static void
on_call (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           data)
{
  KmTestWire *self = data;
  g_autofree char *name = NULL;
  SoupMessageHeaders *headers =
    soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  Call *call;

  name = g_strdup_printf ("%s %s", soup_server_message_get_method (message),
                          path + strlen ("/api/v1/"));
  call = get_call (self, name);
  call->count++;
  g_set_str (&call->authorization,
             soup_message_headers_get_one (headers, "Authorization"));
  g_set_str (&call->query,
             g_uri_get_query (soup_server_message_get_uri (message)));
  g_free (call->sent);
  call->sent = g_strndup (body->data != NULL ? body->data : "",
                          (gsize) body->length);

  if (call->status != 0)
    {
      respond (message, call);
      return;
    }
  soup_server_message_pause (message);
  g_queue_push_tail (&call->held, g_object_ref (message));
}

static void
on_message (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *bytes,
            KmTestWire              *self)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *object;
  g_autofree char *reply = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  g_assert_true (json_parser_load_from_data (parser, text, (gssize) length,
                                             NULL));
  object = json_node_get_object (json_parser_get_root (parser));
  if (self->command != NULL)
    reply = self->command (self, json_object_get_string_member (object, "t"),
                           object, self->data);
  if (reply == NULL)
    return;

  if (g_str_has_prefix (reply, "{\"error\""))
    km_test_wire_send (self, "{\"re\":\"%s\",%s",
                       json_object_get_string_member (object, "id"),
                       reply + 1);
  else
    km_test_wire_send (self, "{\"re\":\"%s\",\"d\":%s}",
                       json_object_get_string_member (object, "id"), reply);
}

static void
on_closed (SoupWebsocketConnection *socket,
           KmTestWire              *self)
{
  if (socket == self->socket)
    g_clear_object (&self->socket);
}

static void
on_socket (SoupServer              *server,
           SoupServerMessage       *message,
           const char              *path,
           SoupWebsocketConnection *socket,
           gpointer                 data)
{
  KmTestWire *self = data;

  get_call (self, "GET socket")->count++;
  g_assert_cmpstr (soup_websocket_connection_get_protocol (socket), ==,
                   "kaimu.v1");
  g_set_object (&self->socket, socket);
  g_signal_connect (socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (socket, "closed", G_CALLBACK (on_closed), self);
}

KmTestWire *
km_test_wire_new (void)
{
  KmTestWire *self = g_new0 (KmTestWire, 1);
  char *protocols[] = { (char *) "kaimu.v1", NULL };

  self->calls = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       call_free);
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, "/api/v1/", on_call, self, NULL);
  /* libsoup's paths are prefixes: the socket's would catch the tickets. */
  soup_server_add_handler (self->server, "/api/v1/socket-tickets", on_call,
                           self, NULL);
  soup_server_add_websocket_handler (self->server, "/api/v1/socket", NULL,
                                     protocols, on_socket, self, NULL);
  km_test_wire_answer (self, "GET server", 200,
                       "{\"software\":\"kaimu-server\",\"version\":\"0.1.0\","
                       "\"name\":\"Test\",\"registration\":true,"
                       "\"rtmp_port\":1936}");
  km_test_wire_answer (self, "POST socket-tickets", 200,
                       "{\"ticket\":\"a/b?c\"}");
  km_test_wire_listen (self, TRUE);

  return self;
}

void
km_test_wire_free (KmTestWire *self)
{
  if (self->doorman != NULL)
    {
      g_socket_service_stop (self->doorman);
      g_socket_listener_close (G_SOCKET_LISTENER (self->doorman));
    }
  g_clear_object (&self->doorman);
  g_clear_object (&self->certificate);
  soup_server_disconnect (self->server);
  if (self->socket != NULL)
    g_signal_handlers_disconnect_by_data (self->socket, self);
  g_clear_object (&self->socket);
  g_clear_object (&self->server);
  g_hash_table_unref (self->calls);
  g_free (self->address);
  g_free (self);
}

/* Stops listening, or listens again on the same port. */
void
km_test_wire_listen (KmTestWire *self,
                     gboolean    listen)
{
  g_autoptr (GError) error = NULL;
  GSList *uris;

  if (!listen)
    {
      soup_server_disconnect (self->server);
      return;
    }

  g_assert_true (soup_server_listen_local (self->server, self->port,
                                           SOUP_SERVER_LISTEN_IPV4_ONLY,
                                           &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  g_free (self->address);
  self->address = g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

static void
on_shaken (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  KmTestWire *self = data;
  g_autoptr (GIOStream) stream = G_IO_STREAM (source);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocketAddress) remote = NULL;

  if (!g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result,
                                          NULL))
    return;

  g_object_get (source, "base-io-stream", &connection, NULL);
  local = g_socket_connection_get_local_address (connection, NULL);
  remote = g_socket_connection_get_remote_address (connection, NULL);
  soup_server_accept_iostream (self->server, stream, local, remote, NULL);
}

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source_object,
             KmTestWire        *self)
{
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (connection),
                                                   self->certificate, NULL);

  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream),
                                    G_PRIORITY_DEFAULT, NULL, on_shaken, self);
  return TRUE;
}

/* Comes back on the same port, within TLS, with @certificate. libsoup's own
 * listener doesn't get over handshakes that fail. */
void
km_test_wire_show (KmTestWire      *self,
                   GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", self->port);

  g_set_object (&self->certificate, certificate);
  if (self->doorman != NULL)
    return;

  km_test_wire_listen (self, FALSE);
  self->doorman = g_socket_service_new ();
  g_signal_connect (self->doorman, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->doorman), address,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (self->address);
  self->address = g_strdup_printf ("https://127.0.0.1:%u", self->port);
}

const char *
km_test_wire_get_address (KmTestWire *self)
{
  return self->address;
}

/* @call is like "GET rooms"; @body may be NULL. With a status of 0 it is held
 * until there is another. */
void
km_test_wire_answer (KmTestWire *self,
                     const char *call,
                     guint       status,
                     const char *body)
{
  Call *entry = get_call (self, call);

  entry->status = status;
  g_set_str (&entry->body, body);
  while (status != 0 && entry->held.length > 0)
    {
      g_autoptr (SoupServerMessage) message = g_queue_pop_head (&entry->held);

      respond (message, entry);
      soup_server_message_unpause (message);
    }
}

/* How often @call was made; "GET socket" counts sockets. */
guint
km_test_wire_count (KmTestWire *self,
                    const char *call)
{
  return get_call (self, call)->count;
}

/* Returns: (nullable): the Authorization of the last such call. */
const char *
km_test_wire_get_header (KmTestWire *self,
                         const char *call)
{
  return get_call (self, call)->authorization;
}

/* Returns: (nullable): the query of the last such call. */
const char *
km_test_wire_get_query (KmTestWire *self,
                        const char *call)
{
  return get_call (self, call)->query;
}

/* Returns: what the last such call sent. */
const char *
km_test_wire_get_body (KmTestWire *self,
                       const char *call)
{
  return get_call (self, call)->sent;
}

void
km_test_wire_set_command (KmTestWire    *self,
                          KmTestCommand  command,
                          gpointer       data)
{
  self->command = command;
  self->data = data;
}

gboolean
km_test_wire_is_open (KmTestWire *self)
{
  return self->socket != NULL;
}

void
km_test_wire_send (KmTestWire *self,
                   const char *format,
                   ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (self->socket != NULL)
    soup_websocket_connection_send_text (self->socket, text);
}

/* As a cable that is cut: no close frame. */
void
km_test_wire_drop (KmTestWire *self)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&self->socket);

  g_assert_nonnull (socket);
  g_signal_handlers_disconnect_by_data (socket, self);
  g_io_stream_close (soup_websocket_connection_get_io_stream (socket), NULL,
                     NULL);
}

void
km_test_wire_close (KmTestWire *self,
                    guint       code,
                    const char *reason)
{
  g_autoptr (SoupWebsocketConnection) socket = g_steal_pointer (&self->socket);

  g_assert_nonnull (socket);
  g_signal_handlers_disconnect_by_data (socket, self);
  soup_websocket_connection_close (socket, (gushort) code, reason);
}
