/* km-web-socket.c: tickets, and the sockets that they open
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Most sockets come in at the hub (km-hub-door.c). Those within TLS, and those
 * on connections that asked for something else before, come here: libsoup
 * shakes hands (RFC 6455, section 4.2); once its 101 is out, the connection
 * goes to the hub and libsoup forgets it. Only then is the ticket taken: until
 * the hub has the socket, signing out must find it among the tickets. A refused
 * one is told in a close frame, since a browser can't see the status of a
 * failed handshake.
 *
 * Thread: main.
 */

#include "km-web-private.h"

static gint64
monotonic_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/* POST socket-tickets */
void
km_web_issue_ticket (KmWebCall *call)
{
  KmTicket *ticket = g_new0 (KmTicket, 1);
  g_autofree char *word = NULL;
  GString *json;

  if (call->session != NULL)
    {
      ticket->account = g_strdup_printf ("%" G_GINT64_FORMAT,
                                         call->session->account);
      ticket->name = g_strdup (call->session->name);
      ticket->shown_name = g_strdup (call->session->shown_name);
      ticket->session = g_strdup (call->session->id);
    }

  word = km_tickets_issue (call->api->parts.tickets, ticket, monotonic_ms ());
  json = g_string_new ("{");
  km_json_append_member (json, "ticket", word);
  g_string_append_c (json, '}');
  km_web_call_answer (call, SOUP_STATUS_OK, json);
}

typedef struct
{
  KmWeb *api;
  char *word; /* (nullable): the ticket's */
} Opening;

static void
opening_free (gpointer  data,
              GClosure *closure)
{
  Opening *self = data;

  g_free (self->word);
  g_free (self);
}

static void
hand_over (KmWeb             *api,
           const KmTicket    *ticket,
           SoupServerMessage *message)
{
  const KmIdentity identity = {
    .account = ticket->account,
    .name = ticket->name,
    .shown_name = ticket->shown_name,
    .session = ticket->session,
  };
  g_autoptr (GBytes) leftover = NULL;
  KmTransport transport;

  if (km_steal_connection (message, &transport, &leftover))
    km_hub_adopt (api->parts.hub, transport, &identity, leftover);
  else
    g_message ("a socket was closed: the process is out of descriptors");
}

static void
closed (SoupWebsocketConnection *connection,
        gpointer                 user_data)
{
  g_object_unref (connection);
}

/* libsoup's own connection says goodbye: it waits for the peer's close frame,
 * for a while. */
static void
turn_away (SoupServerMessage *message)
{
  g_autoptr (SoupServerMessage) kept = g_object_ref (message);
  g_autoptr (GIOStream) stream =
    soup_server_message_steal_connection (message);
  SoupWebsocketConnection *connection = soup_websocket_connection_new (
    stream, soup_server_message_get_uri (message),
    SOUP_WEBSOCKET_CONNECTION_SERVER, NULL, KM_SUBPROTOCOL, NULL);

  soup_websocket_connection_set_max_incoming_payload_size (
    connection, KM_FRAME_BYTES_MAX);
  g_signal_connect (connection, "closed", G_CALLBACK (closed), NULL);
  soup_websocket_connection_close (connection, KM_CLOSE_TICKET_REFUSED,
                                   "the ticket was used or is too old");
}

/* The 101 is out. */
static void
switched (SoupServerMessage *message,
          gpointer           user_data)
{
  Opening *self = user_data;
  g_autoptr (KmTicket) ticket = NULL;

  if (soup_server_message_get_status (message) !=
      SOUP_STATUS_SWITCHING_PROTOCOLS)
    return;

  ticket = km_tickets_redeem (self->api->parts.tickets, self->word,
                              monotonic_ms ());
  if (ticket != NULL)
    hand_over (self->api, ticket, message);
  else
    turn_away (message);
}

/**
 * km_web_open_socket:
 * @api: the HTTP side
 * @message: a request to open a socket
 * @query: (nullable): with the ticket
 */
void
km_web_open_socket (KmWeb             *api,
                    SoupServerMessage *message,
                    GHashTable        *query)
{
  char *protocols[] = { (char *) KM_SUBPROTOCOL, NULL };
  g_autoptr (GError) error = NULL;
  Opening *opening;

  /* Origin was checked already; no extensions: frames stay as they are. */
  if (soup_server_message_get_method (message) != SOUP_METHOD_GET ||
      !soup_websocket_server_process_handshake (message, NULL, protocols,
                                                NULL, NULL))
    goto bad;
  if (soup_message_headers_get_one (
        soup_server_message_get_response_headers (message),
        "Sec-WebSocket-Protocol") == NULL)
    goto bad;

  opening = g_new0 (Opening, 1);
  opening->api = api;
  opening->word = g_strdup (
    query != NULL ? g_hash_table_lookup (query, "ticket") : NULL);
  g_signal_connect_data (message, "wrote-informational",
                         G_CALLBACK (switched), opening, opening_free, 0);
  return;

bad:
  /* The handshake may have left headers of its own. */
  soup_message_headers_clear (
    soup_server_message_get_response_headers (message));
  error = km_protocol_error_new (KM_PROTOCOL_ERROR_BAD_REQUEST, 0,
                                 "This address takes WebSocket handshakes "
                                 "with the subprotocol " KM_SUBPROTOCOL ".");
  km_web_respond_error (message, error);
}
