/* km-hub-door.c: sockets come in where they stay
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub accepts for all ports: what asks for a socket never leaves its
 * thread, and libsoup, which has all other HTTP, never learns of it. Handing
 * over costs libsoup more the more connections it has; here each is the same.
 *
 * The ticket is redeemed and the member made in one turn, and what others ask
 * of the hub is handled in front of it or behind: so who signs somebody out
 * finds the ticket or the socket. A refused ticket is told in a close frame,
 * since a browser can't see the status of a failed handshake.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-guard.h"
#include "km-json.h"
#include "km-protocol.h"

struct _KmHubDoors
{
  KmHub *hub;
  KmHubPorter porter;
  KmEntrance *entrance;
};

/* What is said by HTTP, since no socket comes of it. */
typedef struct
{
  guint status;
  const char *phrase;
  KmProtocolError code;
  const char *message;
  const char *headers;
} Refusal;

static const Refusal refusals[] = {
  { 400, "Bad Request", KM_PROTOCOL_ERROR_BAD_REQUEST,
    "This address takes WebSocket handshakes with the subprotocol "
    KM_SUBPROTOCOL ".", "" },
  { 403, "Forbidden", KM_PROTOCOL_ERROR_FORBIDDEN, KM_GUARD_MESSAGE, "" },
  { 408, "Request Timeout", KM_PROTOCOL_ERROR_BAD_REQUEST,
    "The request didn't come in time.", "" },
  { 426, "Upgrade Required", KM_PROTOCOL_ERROR_BAD_REQUEST,
    "This server speaks version 13 of WebSocket.",
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
  { 431, "Request Header Fields Too Large", KM_PROTOCOL_ERROR_TOO_LARGE,
    NULL, "" },
};

static GBytes *
write_refusal (const Refusal *self)
{
  g_autoptr (GError) error = km_protocol_error_new (self->code, 0,
                                                    self->message);
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (GString) out = g_string_new (NULL);

  km_json_append_error (json, error);
  g_string_append_c (json, '}');
  g_string_append_printf (out,
                          "HTTP/1.1 %u %s\r\n"
                          "%s"
                          "Content-Type: application/json\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "Cache-Control: no-store\r\n"
                          "X-Content-Type-Options: nosniff\r\n"
                          "Connection: close\r\n"
                          "\r\n%s", self->status, self->phrase,
                          self->headers, json->len, json->str);

  return g_string_free_to_bytes (g_steal_pointer (&out));
}

static GBytes *
refuse (gpointer data,
        guint    status)
{
  guint i = 0;

  while (refusals[i].status != status)
    i++;

  return write_refusal (&refusals[i]);
}

static gboolean
is_loopback (int fd)
{
  struct sockaddr_storage address;
  socklen_t size = sizeof address;

  return getsockname (fd, (struct sockaddr *) &address, &size) == 0
         && km_crowd_read_address ((struct sockaddr *) &address)
              == KM_CROWD_LOCAL;
}

static gboolean
may_open (KmHubDoors      *self,
          int              fd,
          const KmUpgrade *upgrade)
{
  return km_guard_host (upgrade->host, is_loopback (fd), self->porter.hosts)
         && km_guard_origin (upgrade->origin, upgrade->host,
                             self->porter.origins);
}

static KmTicket *
redeem (KmHubDoors      *self,
        const KmUpgrade *upgrade)
{
  g_autoptr (GHashTable) query = NULL;

  if (upgrade->query != NULL)
    query = g_uri_parse_params (upgrade->query, -1, "&", G_URI_PARAMS_NONE,
                                NULL);

  return km_tickets_redeem (
    self->porter.tickets,
    query != NULL ? g_hash_table_lookup (query, "ticket") : NULL,
    self->hub->now_us / 1000);
}

/* The 101 and a goodbye, in one piece. */
static GBytes *
turn_away (const char *answer)
{
  GByteArray *words = g_byte_array_new ();

  g_byte_array_append (words, (const guint8 *) answer,
                       (guint) strlen (answer));
  km_websocket_append_close (words, KM_CLOSE_TICKET_REFUSED,
                             "the ticket was used or is too old");

  return g_byte_array_free_to_bytes (words);
}

static void
take_on (KmHub          *hub,
         int             fd,
         const KmTicket *ticket,
         const char     *answer)
{
  const KmIdentity identity = {
    .account = ticket->account,
    .name = ticket->name,
    .shown_name = ticket->shown_name,
    .session = ticket->session,
  };
  gsize length = strlen (answer);

  /* The first that is sent, so there is room for it, or nobody. */
  if (send (fd, answer, length, MSG_DONTWAIT | MSG_NOSIGNAL)
      != (gssize) length)
    close (fd);
  else
    km_member_adopt (hub, km_transport_new_plain (fd), &identity, NULL);
}

static GBytes *
open_socket (gpointer         data,
             int              fd,
             const KmUpgrade *upgrade)
{
  KmHubDoors *self = data;
  g_autoptr (KmTicket) ticket = NULL;
  g_autofree char *answer = NULL;

  if (!may_open (self, fd, upgrade))
    return refuse (self, 403);

  answer = km_upgrade_accept (upgrade->key, KM_SUBPROTOCOL);
  ticket = redeem (self, upgrade);
  if (ticket == NULL)
    return turn_away (answer);

  take_on (self->hub, fd, ticket, answer);

  return NULL;
}

static gboolean
pass (gpointer   data,
      KmDoorKind kind,
      int        fd)
{
  const KmHubPorter *porter = &((KmHubDoors *) data)->porter;

  return porter->pass (porter->data, kind, fd);
}

/* Thread: any; the hub must take it. */
KmHubDoors *
km_hub_doors_new (KmHub             *hub,
                  const KmHubPorter *porter)
{
  KmHubDoors *self = g_new0 (KmHubDoors, 1);
  const KmEntranceHost host = {
    .path = KM_SOCKET_PATH,
    .protocol = KM_SUBPROTOCOL,
    .pass = pass,
    .open = open_socket,
    .refuse = refuse,
    .data = self,
  };

  self->hub = hub;
  self->porter = *porter;
  self->entrance = km_entrance_new (&host, &porter->rules,
                                    &hub->figures->entrance);

  return self;
}

void
km_hub_doors_free (KmHubDoors *self)
{
  km_entrance_free (self->entrance);
  g_free (self);
}

/* @self: (transfer full): the only ones that the hub gets. */
void
km_hub_doors_take (KmHub      *hub,
                   KmHubDoors *self)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = self };

  hub->doors = self;
  if (epoll_ctl (hub->epoll_fd, EPOLL_CTL_ADD,
                 km_entrance_get_fd (self->entrance), &event) < 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
km_hub_doors_open (KmHubDoors *self,
                   KmDoorKind  kind,
                   KmListener *listener)
{
  km_entrance_add (self->entrance, kind, listener);
}

void
km_hub_doors_close (KmHubDoors *self,
                    guint       kinds)
{
  km_entrance_close (self->entrance, kinds);
}

gint64
km_hub_doors_get_due_us (KmHubDoors *self)
{
  return self != NULL ? km_entrance_get_due_us (self->entrance) : G_MAXINT64;
}

/* @ready: epoll says that somebody is there. */
void
km_hub_doors_turn (KmHub      *hub,
                   KmHubDoors *self,
                   gboolean    ready)
{
  if (ready || km_hub_doors_get_due_us (self) <= hub->now_us)
    km_entrance_turn (self->entrance, hub->now_us);
}
