/* km-doors.c: the ports of the configuration, and where who comes goes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All ports are bound before any is opened: a server that lacks one doesn't
 * start. The hub accepts, keeps sockets and media for itself and passes on
 * what is others': plain RTMP to the relay at once, the rest through a queue
 * to the main loop, which is HTTP or has to shake hands first.
 *
 * Thread: main; the hub's for what it passes on.
 */

#include "km-doors.h"

#include <string.h>
#include <unistd.h>

#include "km-http-door.h"
#include "km-json.h"
#include "km-listener.h"
#include "km-queue-source.h"

#define ARRIVALS_MAX 4096
#define FIRST_BYTE_MS 10000
#define HEAD_MS 10000

/* A port that is listened at. */
typedef struct
{
  KmListener *listener; /* until the hub has it */
  char *address; /* (nullable): with the port that was really got */
  guint port;
} Door;

struct _KmDoors
{
  const KmConfig *config;
  Door doors[KM_DOOR_KINDS];
  KmDoorsParts parts;
  KmQueue *arrivals; /* of Arrival; NULL: nothing was opened */
  GSource *arrivals_source;
};

static const char *const schemes[KM_DOOR_KINDS] = {
  [KM_DOOR_HTTP] = "http",
  [KM_DOOR_HTTPS] = "https",
  [KM_DOOR_RTMP] = "rtmp",
  [KM_DOOR_RTMPS] = "rtmps",
};

/* A connection that the hub has accepted for the main loop. */
typedef struct
{
  KmMessage message;
  KmDoorKind door;
  int fd;
} Arrival;

static void
let_in (KmDoors    *self,
        KmDoorKind  door,
        int         fd)
{
  KmTlsDoors *tls = self->parts.lan != NULL
                      ? km_lan_peek_doors (self->parts.lan)
                      : self->parts.tls;

  if (door == KM_DOOR_HTTP)
    km_http_door_let_in (self->parts.soup, fd,
                         self->config->http_idle_seconds);
  else if (tls != NULL && door == KM_DOOR_HTTPS)
    km_tls_doors_https (tls, fd);
  else if (tls != NULL && door == KM_DOOR_RTMPS)
    km_tls_doors_rtmps (tls, fd);
  else
    close (fd);
}

static void
take_arrivals (KmMessage *chain,
               gpointer   data)
{
  KmDoors *self = data;

  while (chain != NULL)
    {
      g_autofree Arrival *arrival = (Arrival *) chain;

      chain = chain->next;
      let_in (self, arrival->door, arrival->fd);
    }
}

/* On the hub's thread. */
static gboolean
pass (gpointer   data,
      KmDoorKind door,
      int        fd)
{
  KmDoors *self = data;
  Arrival *arrival;

  if (door == KM_DOOR_RTMP)
    {
      km_relay_adopt_rtmp (self->parts.relay, km_transport_new_plain (fd),
                           NULL);
      return TRUE;
    }

  arrival = g_new0 (Arrival, 1);
  arrival->door = door;
  arrival->fd = fd;
  if (km_queue_push (self->arrivals, &arrival->message))
    return TRUE;

  g_free (arrival);
  return FALSE;
}

static void
hire_porter (KmDoors *self)
{
  const KmConfig *config = self->config;
  const KmHubPorter porter = {
    .rules = {
      .limits = config->limits,
      .first_byte_ms = MIN (FIRST_BYTE_MS, config->http_idle_seconds * 1000),
      .head_ms = MIN (HEAD_MS, config->http_idle_seconds * 1000),
    },
    .tickets = self->parts.tickets,
    .hosts = (const char *const *) config->hosts,
    .origins = (const char *const *) config->origins,
    .pass = pass,
    .data = self,
  };

  self->arrivals = km_queue_new (ARRIVALS_MAX);
  self->arrivals_source = km_queue_source_new (self->arrivals, take_arrivals,
                                               self);
  g_source_attach (self->arrivals_source, NULL);
  km_hub_set_porter (self->parts.hub, &porter);
}

/* The configured address with the port that was really got. */
static char *
describe_address (GSocketAddress *address,
                  guint           port)
{
  g_autofree char *host = g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                          host, port);
}

/* Bound, but nobody is let in yet. */
static gboolean
bind_door (Door        *self,
           const char  *text,
           GError     **error)
{
  g_autoptr (GSocketAddress) address = km_config_parse_address (text, error);

  if (address != NULL)
    self->listener = km_listener_new (address, error);
  if (self->listener == NULL)
    return FALSE;

  self->port = km_listener_get_port (self->listener);
  self->address = describe_address (address, self->port);

  return TRUE;
}

/**
 * km_doors_new:
 * @config: says which ports there are; must outlive the doors
 * @error: why one can't be had
 *
 * Returns: (transfer full) (nullable): the ports, bound: nobody is let in yet
 */
KmDoors *
km_doors_new (const KmConfig  *config,
              GError         **error)
{
  g_autoptr (KmDoors) self = g_new0 (KmDoors, 1);
  const char *const texts[KM_DOOR_KINDS] = {
    [KM_DOOR_HTTP] = config->http,
    [KM_DOOR_HTTPS] = config->https,
    [KM_DOOR_RTMP] = config->rtmp,
    [KM_DOOR_RTMPS] = config->rtmps,
  };

  self->config = config;
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    if (texts[i] != NULL && !bind_door (&self->doors[i], texts[i], error))
      return NULL;

  return g_steal_pointer (&self);
}

/**
 * km_doors_free:
 * @self: (transfer full): doors that were finished, if they were opened
 */
void
km_doors_free (KmDoors *self)
{
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    {
      g_clear_pointer (&self->doors[i].listener, km_listener_free);
      g_free (self->doors[i].address);
    }
  g_free (self);
}

/**
 * km_doors_get_port:
 * @self: doors
 * @kind: which
 *
 * Returns: the port that was really got; 0: there is none
 */
guint
km_doors_get_port (KmDoors    *self,
                   KmDoorKind  kind)
{
  return self->doors[kind].port;
}

/**
 * km_doors_open:
 * @self: doors that were never opened
 * @parts: to whom those go who come in; copied
 */
void
km_doors_open (KmDoors            *self,
               const KmDoorsParts *parts)
{
  self->parts = *parts;
  hire_porter (self);
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    if (self->doors[i].listener != NULL)
      km_hub_open_door (parts->hub, (KmDoorKind) i,
                        g_steal_pointer (&self->doors[i].listener));
}

/**
 * km_doors_close:
 * @self: doors
 * @kinds: bits `1 << kind` of those to close
 *
 * Those inside stay.
 */
void
km_doors_close (KmDoors *self,
                guint    kinds)
{
  if (self->parts.hub != NULL)
    km_hub_close_doors (self->parts.hub, kinds);
}

/**
 * km_doors_finish:
 * @self: doors that are closed
 *
 * Lets in who came just before.
 */
void
km_doors_finish (KmDoors *self)
{
  if (self->arrivals == NULL)
    return;

  take_arrivals (km_queue_take_all (self->arrivals), self);
  g_source_destroy (self->arrivals_source);
  g_clear_pointer (&self->arrivals_source, g_source_unref);
  g_clear_pointer (&self->arrivals, km_queue_free);
}

/**
 * km_doors_append_addresses:
 * @self: doors
 * @out: where the members of a JSON object go, each address by its scheme
 */
void
km_doors_append_addresses (KmDoors *self,
                           GString *out)
{
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    if (self->doors[i].address != NULL)
      km_json_append_member (out, schemes[i], self->doors[i].address);
}

/**
 * km_doors_describe:
 * @self: doors
 * @plain: a kind of which there is one
 * @tls: the same within TLS, of which there may be one
 * @path: what stands behind each address
 *
 * Returns: (transfer full): both addresses, in words for a person
 */
char *
km_doors_describe (KmDoors    *self,
                   KmDoorKind  plain,
                   KmDoorKind  tls,
                   const char *path)
{
  g_autofree char *first = g_strdup_printf (
    "%s://%s%s", schemes[plain], self->doors[plain].address, path);

  if (self->doors[tls].address == NULL)
    return g_steal_pointer (&first);

  return g_strdup_printf ("%s and %s://%s%s", first, schemes[tls],
                          self->doors[tls].address, path);
}
