/* km-socket.c: one attempt at a socket: a ticket, the handshake, frames
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lives from one attempt to its end, and tells its owner about that end once;
 * whether there is another attempt is decided elsewhere. Freeing it is
 * silent and at once: what is still on its way finds nobody. A handshake that
 * is under way then isn't cancelled, which libsoup 3.6 doesn't survive (see
 * km-api.c); its socket is closed when it is there.
 *
 * Thread: main.
 */

#include "km-socket.h"

#include "km-client-error.h"
#include "km-json.h"
#include "km-protocol.h"

#include <glib/gi18n-lib.h>

#define EVENT_BYTES_MAX (256 * 1024)
#define TICKET_BYTES_MAX 256
/* libsoup waits as long for a close frame that a dead server won't send. */
#define CLOSE_WAIT_MS 5000

/* A handshake; may outlive its socket. */
typedef struct
{
  KmSocket *socket;
} Opening;

struct _KmSocket
{
  KmApi *api;
  const KmSocketCallbacks *callbacks;
  gpointer data;
  GCancellable *cancellable;
  Opening *opening;
  SoupWebsocketConnection *socket;
};

static void
on_message (SoupWebsocketConnection *socket,
            int                      type,
            GBytes                  *bytes,
            KmSocket                *self)
{
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  if (type == SOUP_WEBSOCKET_DATA_TEXT)
    self->callbacks->frame (self->data, text, length);
}

/* {"retry_ms":N}: every client gets another N, so that they don't all come
 * back at once. */
static gint64
read_retry (SoupWebsocketConnection *socket)
{
  const char *reason = soup_websocket_connection_get_close_data (socket);
  g_autoptr (JsonObject) object = NULL;
  gint64 retry_ms = -1;

  if (reason != NULL &&
      soup_websocket_connection_get_close_code (socket) ==
      KM_CLOSE_GOING_AWAY)
    object = km_json_parse (reason, strlen (reason), NULL);
  if (object != NULL)
    km_json_get_integer (object, "retry_ms", 0, G_MAXINT32, &retry_ms);

  return retry_ms;
}

static GError *
explain_close (gushort code)
{
  switch (code)
    {
    case KM_CLOSE_SIGNED_OUT:
      return g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_SIGNED_OUT,
                                  _("You were signed out from another "
                                     "device."));
    case KM_CLOSE_GOING_AWAY:
      return g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE,
                                  _("The server is restarting."));
    default:
      return g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE,
                                  _("The connection to the server was lost."));
    }
}

static void
on_closed (SoupWebsocketConnection *socket,
           KmSocket                *self)
{
  gushort code = soup_websocket_connection_get_close_code (socket);
  g_autoptr (GError) error = explain_close (code);

  g_debug ("socket closed by code %u", code);
  self->callbacks->ended (self->data, error, read_retry (socket));
}

static void
close_late (SoupWebsocketConnection *socket)
{
  g_signal_connect (g_object_ref (socket), "closed",
                    G_CALLBACK (g_object_unref), NULL);
  soup_websocket_connection_close (socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autofree Opening *opening = data;
  KmSocket *self = opening->socket;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) shown = NULL;
  g_autoptr (SoupWebsocketConnection) socket = NULL;

  socket = soup_session_websocket_connect_finish (SOUP_SESSION (source),
                                                  result, &error);
  if (self == NULL)
    {
      if (socket != NULL)
        close_late (socket);
      return;
    }

  self->opening = NULL;
  if (socket == NULL)
    {
      shown = km_client_error_from_io (error);
      self->callbacks->ended (self->data, shown, -1);
      return;
    }

  self->socket = g_steal_pointer (&socket);
  soup_websocket_connection_set_max_incoming_payload_size (self->socket,
                                                           EVENT_BYTES_MAX);
  soup_websocket_connection_set_keepalive_interval (self->socket,
                                                    KM_PING_AFTER_MS / 1000);
  soup_websocket_connection_set_keepalive_pong_timeout (
    self->socket,
    (KM_DEAD_AFTER_MS - KM_PING_AFTER_MS - CLOSE_WAIT_MS) / 1000);
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_closed), self);
  self->callbacks->opened (self->data);
}

static SoupMessage *
make_request (KmSocket   *self,
              JsonObject *answer)
{
  const char *ticket = km_json_get_string (answer, "ticket",
                                           TICKET_BYTES_MAX);
  g_autofree char *escaped = NULL;
  g_autofree char *path = NULL;
  g_autofree char *url = NULL;

  if (ticket == NULL)
    return NULL;

  escaped = g_uri_escape_string (ticket, NULL, FALSE);
  path = g_strconcat ("socket?ticket=", escaped, NULL);
  url = km_api_dup_url (self->api, path);

  return soup_message_new ("GET", url);
}

static void
on_ticket (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  KmSocket *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (SoupMessage) message = NULL;
  char *protocols[] = { KM_SUBPROTOCOL, NULL };
  gint64 retry_ms;

  answer = km_api_call_finish (KM_API (source), result, &error);
  /* Cancelled means freed: @self is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer != NULL)
    message = make_request (self, answer);
  if (message == NULL)
    {
      if (error == NULL)
        error =
          g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                               _("The server’s answer isn’t understood."));
      retry_ms = km_protocol_error_get_retry_ms (error);
      self->callbacks->ended (self->data, error, retry_ms > 0 ? retry_ms : -1);
      return;
    }

  km_api_guard (self->api, message);
  self->opening = g_new0 (Opening, 1);
  self->opening->socket = self;
  soup_session_websocket_connect_async (km_api_get_session (self->api),
                                        message, NULL, protocols,
                                        G_PRIORITY_DEFAULT, NULL, on_opened,
                                        self->opening);
}

/* Thread: main. None of the @callbacks is called before this returns. */
KmSocket *
km_socket_open (KmApi                   *api,
                const KmSocketCallbacks *callbacks,
                gpointer                 data)
{
  KmSocket *self = g_new0 (KmSocket, 1);

  self->api = g_object_ref (api);
  self->callbacks = callbacks;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  km_api_call_async (api, "POST", "socket-tickets", NULL, self->cancellable,
                     on_ticket, self);

  return self;
}

void
km_socket_free (KmSocket *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->opening != NULL)
    self->opening->socket = NULL;
  if (self->socket != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->socket, self);
      if (soup_websocket_connection_get_state (self->socket) ==
          SOUP_WEBSOCKET_STATE_OPEN)
        soup_websocket_connection_close (self->socket,
                                         SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    }

  g_clear_object (&self->socket);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->api);
  g_free (self);
}

/* Returns: whether it went on its way. */
gboolean
km_socket_send (KmSocket   *self,
                const char *text)
{
  if (self->socket == NULL ||
      soup_websocket_connection_get_state (self->socket) !=
      SOUP_WEBSOCKET_STATE_OPEN)
    return FALSE;

  soup_websocket_connection_send_text (self->socket, text);

  return TRUE;
}
