/* km-lan.c: a door of "This computer" to its network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server of "This computer" listens to itself alone, until its owner opens
 * it: then there are ports for TLS, too, at an address of the owner's choice,
 * with a certificate that it has made itself. Who may stream from there is a
 * second question, so streams have a port of their own.
 *
 * What can fail comes first: a door that can't be opened leaves those that are
 * open as they are. When one is closed, those who came through it are gone,
 * too; who is at home notices nothing.
 *
 * Thread: main.
 */

#include "km-lan.h"

#include "km-pin.h"
#include "km-self-made.h"

typedef struct
{
  KmListener *listener; /* until the hub has it */
  char *address;        /* NULL: closed */
  guint port;
} Door;

struct _KmLan
{
  KmConfig config; /* borrowed, but for its certificate */
  gint64 owner;
  SoupServer *soup;
  KmHub *hub;
  KmRelay *relay;

  char *path;
  char *host;
  char *fingerprint;
  KmTlsDoors *doors; /* NULL: nothing is open */
  Door https;
  Door rtmps;
};

G_DEFINE_QUARK (km-lan-error-quark, km_lan_error)

static void
door_clear (Door *self)
{
  g_clear_pointer (&self->listener, km_listener_free);
  g_clear_pointer (&self->address, g_free);
  self->port = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Door, door_clear)

static gboolean
is_useful (GInetAddress *address)
{
  return address != NULL && !g_inet_address_get_is_any (address) &&
         !g_inet_address_get_is_multicast (address);
}

/* GIO has no code for an address that this computer doesn't have. */
static gboolean
is_about_here (const GError *error)
{
  static const int codes[] = { G_IO_ERROR_ADDRESS_IN_USE,
                               G_IO_ERROR_PERMISSION_DENIED,
                               G_IO_ERROR_TOO_MANY_OPEN_FILES };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_IO_ERROR, codes[i]))
      return TRUE;

  return FALSE;
}

static char *
describe (GInetAddress *host,
          guint         port)
{
  g_autofree char *text = g_inet_address_to_string (host);

  return g_strdup_printf (strchr (text, ':') != NULL ? "[%s]:%u" : "%s:%u",
                          text, port);
}

/* At @port, or where there is room. */
static gboolean
bind_door (Door        *self,
           const char  *host,
           guint        port,
           GError     **error)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  g_autoptr (GSocketAddress) where = NULL;
  g_autoptr (GError) cause = NULL;

  if (is_useful (address))
    where = g_inet_socket_address_new (address, (guint16) port);
  if (where != NULL)
    self->listener = km_listener_new (where, &cause);
  if (self->listener == NULL && port != 0 &&
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return bind_door (self, host, 0, error);
  if (self->listener == NULL)
    {
      g_set_error (error, KM_LAN_ERROR,
                   is_about_here (cause) ? KM_LAN_ERROR_FAILED
                                         : KM_LAN_ERROR_NO_ADDRESS,
                   "%s can't be opened%s%s", host, cause != NULL ? ": " : "",
                   cause != NULL ? cause->message : "");
      return FALSE;
    }

  self->port = km_listener_get_port (self->listener);
  self->address = describe (address, self->port);

  return TRUE;
}

static gboolean
read_fingerprint (KmLan   *self,
                  GError **error)
{
  g_autoptr (GTlsCertificate) certificate =
    g_tls_certificate_new_from_file (self->path, error);

  if (certificate == NULL)
    return FALSE;

  g_free (self->fingerprint);
  self->fingerprint = km_fingerprint_new (certificate);

  return TRUE;
}

static gboolean
prepare (KmLan   *self,
         GError **error)
{
  if (self->doors != NULL)
    return TRUE;

  if (!km_self_made_ensure (self->path, error) ||
      !read_fingerprint (self, error))
    return FALSE;

  self->config.certificate = self->path;
  self->config.key = self->path;
  self->doors = km_tls_doors_new (&self->config, self->soup, self->relay,
                                  error);

  return self->doors != NULL;
}

static void
close_one (KmLan      *self,
           Door       *door,
           KmDoorKind  kind)
{
  if (door->address == NULL)
    return;

  g_message ("%s is closed", door->address);
  km_hub_close_doors (self->hub, 1u << kind);
  km_tls_doors_cut_off (self->doors, kind);
  door_clear (door);
}

static void
open_one (KmLan      *self,
          Door       *door,
          Door       *bound,
          KmDoorKind  kind)
{
  close_one (self, door, kind);
  *door = *bound;
  *bound = (Door) { NULL };
  g_message ("%s is open to the network", door->address);
  km_hub_open_door (self->hub, kind, g_steal_pointer (&door->listener));
}

/**
 * km_lan_new:
 * @config: of the server of "This computer"
 * @owner: the account that may open it
 * @soup: a prepared HTTP server
 * @hub: who accepts; with a porter before anything is opened
 * @relay: who takes streams; all must outlive it
 *
 * Returns: (transfer full): a door that is closed
 */
KmLan *
km_lan_new (const KmConfig *config,
            gint64          owner,
            SoupServer     *soup,
            KmHub          *hub,
            KmRelay        *relay)
{
  KmLan *self = g_new0 (KmLan, 1);

  self->config = *config;
  self->owner = owner;
  self->soup = soup;
  self->hub = hub;
  self->relay = relay;
  self->path = g_build_filename (config->data_dir, "certificate.pem", NULL);

  return self;
}

/* The hub's doors are closed already, or it is gone. */
void
km_lan_free (KmLan *self)
{
  g_clear_pointer (&self->doors, km_tls_doors_free);
  door_clear (&self->https);
  door_clear (&self->rtmps);
  g_free (self->path);
  g_free (self->host);
  g_free (self->fingerprint);
  g_free (self);
}

/**
 * km_lan_open:
 * @self: a door
 * @host: an address of this computer
 * @port: wished for; 0: any. Another one when that is taken
 * @streams: whether streams may come from there, at the port behind it
 * @error: %KM_LAN_ERROR, %KM_SELF_MADE_ERROR, %KM_CERTIFICATE_ERROR
 *
 * Opens it there, and nowhere else any more.
 *
 * Returns: whether it is as asked; else all is as it was
 */
gboolean
km_lan_open (KmLan       *self,
             const char  *host,
             guint        port,
             gboolean     streams,
             GError     **error)
{
  gboolean moves = g_strcmp0 (host, self->host) != 0;
  gboolean opens = moves || self->https.address == NULL;
  gboolean admits = streams && (moves || self->rtmps.address == NULL);
  g_auto (Door) https = { NULL };
  g_auto (Door) rtmps = { NULL };

  if (!prepare (self, error) ||
      (opens && !bind_door (&https, host, port, error)))
    return FALSE;
  if (admits &&
      !bind_door (&rtmps, host,
                  ((opens ? https.port : self->https.port) + 1) % G_MAXUINT16,
                  error))
    return FALSE;

  if (!streams || moves)
    close_one (self, &self->rtmps, KM_DOOR_RTMPS);
  if (opens)
    open_one (self, &self->https, &https, KM_DOOR_HTTPS);
  if (admits)
    open_one (self, &self->rtmps, &rtmps, KM_DOOR_RTMPS);
  g_set_str (&self->host, host);

  return TRUE;
}

/**
 * km_lan_close:
 * @self: a door
 *
 * Closes it; who came through it is out.
 */
void
km_lan_close (KmLan *self)
{
  close_one (self, &self->rtmps, KM_DOOR_RTMPS);
  close_one (self, &self->https, KM_DOOR_HTTPS);
  g_clear_pointer (&self->doors, km_tls_doors_free);
  g_clear_pointer (&self->host, g_free);
}

/**
 * km_lan_renew:
 * @self: a door
 * @error: %KM_SELF_MADE_ERROR, %KM_LAN_ERROR, %KM_CERTIFICATE_ERROR
 *
 * Makes another certificate. If the door is open, everybody out there is put
 * out, and whoever comes back is warned.
 *
 * Returns: whether there is a new one, and the door is as it was
 */
gboolean
km_lan_renew (KmLan   *self,
              GError **error)
{
  g_autofree char *host = g_strdup (self->host);
  guint port = self->https.port;
  gboolean streams = self->rtmps.address != NULL;

  if (!km_self_made_renew (self->path, error))
    return FALSE;

  km_lan_close (self);

  return host == NULL || km_lan_open (self, host, port, streams, error);
}

/* Returns: whether @account may open it. */
gboolean
km_lan_is_owner (KmLan  *self,
                 gint64  account)
{
  return account == self->owner;
}

/* Returns: whether a connection whose near end is @near came through it. */
gboolean
km_lan_let_in (KmLan          *self,
               GSocketAddress *near)
{
  GInetSocketAddress *inet;
  g_autofree char *text = NULL;

  if (self->https.address == NULL || !G_IS_INET_SOCKET_ADDRESS (near))
    return FALSE;

  inet = G_INET_SOCKET_ADDRESS (near);
  text = describe (g_inet_socket_address_get_address (inet),
                   g_inet_socket_address_get_port (inet));

  return g_str_equal (text, self->https.address);
}

/* Returns: (nullable): who takes connections that come through it. */
KmTlsDoors *
km_lan_peek_doors (KmLan *self)
{
  return self->doors;
}

/* Returns: (nullable): "192.168.1.5:8443"; %NULL: it is closed. */
const char *
km_lan_get_address (KmLan *self)
{
  return self->https.address;
}

/* Returns: (nullable): where streams may come from the network. */
const char *
km_lan_get_streams (KmLan *self)
{
  return self->rtmps.address;
}

/* Returns: its port; 0: nowhere. */
guint
km_lan_get_streams_port (KmLan *self)
{
  return self->rtmps.port;
}

/* Returns: (nullable): of its certificate; %NULL: it was never opened. */
const char *
km_lan_get_fingerprint (KmLan *self)
{
  return self->fingerprint;
}
