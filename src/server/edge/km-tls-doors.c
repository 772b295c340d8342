/* km-tls-doors.c: what comes in within TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shakes hands with who comes to a port of TLS, and hands the connection to
 * whoever speaks the protocol within: libsoup, which reads the head of a
 * request, or the relay. From there on they are as others are.
 *
 * HTTP/1.1 is all that is offered; whoever wants HTTP/2 puts a proxy in front.
 *
 * Thread: main.
 */

#include "km-tls-doors.h"

#include "km-http-door.h"

#define HANDSHAKE_LIMIT_MS 10000
#define GUESTS_SWEPT 64

struct _KmTlsDoors
{
  SoupServer *soup;
  KmRelay *relay;
  guint http_idle_seconds;
  KmCertificate *certificate;
  KmHandshakes *handshakes;
  KmHandshakeKind https;
  KmHandshakeKind rtmps;

  /* Who came through, as GWeakRef of their sockets, where that can end. */
  gboolean may_cut_off;
  GPtrArray *guests[KM_DOOR_KINDS];
  guint sweep_at[KM_DOOR_KINDS];
};

static const char *const protocols_of_http[] = { "http/1.1", NULL };

static const char words_for_plain_http[] =
  "HTTP/1.1 400 Bad Request\r\n"
  "Content-Type: text/plain\r\n"
  "Content-Length: 38\r\n"
  "Connection: close\r\n"
  "\r\n"
  "This port speaks TLS: ask by https://\n";

static void
guest_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
sweep (GPtrArray *guests)
{
  for (guint i = guests->len; i > 0; i--)
    {
      g_autoptr (GObject) socket = g_weak_ref_get (guests->pdata[i - 1]);

      if (socket == NULL)
        g_ptr_array_remove_index_fast (guests, i - 1);
    }
}

/* The connection itself belongs to other threads from now on. */
static void
remember (KmTlsDoors *self,
          KmDoorKind  kind,
          GSocket    *socket)
{
  GPtrArray *guests = self->guests[kind];
  GWeakRef *guest;

  if (!self->may_cut_off)
    return;

  if (guests->len >= self->sweep_at[kind])
    {
      sweep (guests);
      self->sweep_at[kind] = MAX (GUESTS_SWEPT, 2 * guests->len);
    }
  guest = g_new0 (GWeakRef, 1);
  g_weak_ref_init (guest, socket);
  g_ptr_array_add (guests, guest);
}

static void
let_in_https (GIOStream *connection,
              GSocket   *socket,
              gpointer   data)
{
  KmTlsDoors *self = data;
  g_autoptr (GIOStream) stream = connection;

  remember (self, KM_DOOR_HTTPS, socket);

  km_http_door_let_in_stream (self->soup, stream, socket,
                              self->http_idle_seconds);
}

static void
let_in_rtmps (GIOStream *connection,
              GSocket   *socket,
              gpointer   data)
{
  KmTlsDoors *self = data;

  remember (self, KM_DOOR_RTMPS, socket);
  km_relay_adopt_rtmp (self->relay, km_transport_new_tls (connection, socket),
                       NULL);
}

/**
 * km_tls_doors_new:
 * @config: with a certificate
 * @soup: a prepared HTTP server
 * @relay: who takes streams; both must outlive the doors
 * @error: %KM_CERTIFICATE_ERROR
 *
 * Returns: (transfer full) (nullable): what takes connections of TLS ports
 */
KmTlsDoors *
km_tls_doors_new (const KmConfig  *config,
                  SoupServer      *soup,
                  KmRelay         *relay,
                  GError         **error)
{
  KmCertificate *certificate = km_certificate_new (config->certificate,
                                                   config->key, error);
  KmTlsDoors *self;

  if (certificate == NULL)
    return NULL;

  self = g_new0 (KmTlsDoors, 1);
  self->soup = g_object_ref (soup);
  self->relay = relay;
  self->http_idle_seconds = config->http_idle_seconds;
  self->certificate = certificate;
  self->handshakes = km_handshakes_new (certificate, HANDSHAKE_LIMIT_MS);
  self->https = (KmHandshakeKind) {
    .protocols = protocols_of_http,
    .plain_answer = words_for_plain_http,
    .done = let_in_https,
    .data = self,
  };
  self->rtmps = (KmHandshakeKind) { .done = let_in_rtmps, .data = self };
  self->may_cut_off = config->embedded;
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    self->guests[i] = g_ptr_array_new_with_free_func (guest_free);

  return self;
}

/**
 * km_tls_doors_free:
 * @self: (transfer full): doors that no listener uses any more
 *
 * Handshakes that are under way come to nothing. Those inside stay.
 */
void
km_tls_doors_free (KmTlsDoors *self)
{
  km_handshakes_free (self->handshakes);
  km_certificate_free (self->certificate);
  for (guint i = 0; i < KM_DOOR_KINDS; i++)
    g_ptr_array_unref (self->guests[i]);
  g_object_unref (self->soup);
  g_free (self);
}

/**
 * km_tls_doors_reload:
 * @self: doors
 *
 * Reads the certificate and its key again, for those who come from now on.
 * When they can't be used the old ones stay, and the log says why.
 */
void
km_tls_doors_reload (KmTlsDoors *self)
{
  g_autoptr (GError) error = NULL;

  if (!km_certificate_reload (self->certificate, &error))
    g_message ("the old certificate goes on: %s", error->message);
}

/**
 * km_tls_doors_cut_off:
 * @self: doors of a server of "This computer"
 * @kind: one that isn't open any more
 *
 * Ends the connections of all who came through it. Those who have them notice
 * that as they notice any end.
 */
void
km_tls_doors_cut_off (KmTlsDoors *self,
                      KmDoorKind  kind)
{
  GPtrArray *guests = self->guests[kind];

  for (guint i = 0; i < guests->len; i++)
    {
      g_autoptr (GSocket) socket = g_weak_ref_get (guests->pdata[i]);

      if (socket != NULL)
        g_socket_shutdown (socket, TRUE, TRUE, NULL);
    }
  g_ptr_array_set_size (guests, 0);
}

/**
 * km_tls_doors_https:
 * @self: doors
 * @fd: (transfer full): a new connection to a port for HTTP within TLS
 */
void
km_tls_doors_https (KmTlsDoors *self,
                    int         fd)
{
  km_handshakes_begin (self->handshakes, fd, &self->https);
}

/**
 * km_tls_doors_rtmps:
 * @self: doors
 * @fd: (transfer full): a new connection to a port for RTMP within TLS
 */
void
km_tls_doors_rtmps (KmTlsDoors *self,
                    int         fd)
{
  km_handshakes_begin (self->handshakes, fd, &self->rtmps);
}

/**
 * km_tls_doors_peek_handshakes:
 * @self: doors
 *
 * Returns: (transfer none): those who come in
 */
KmHandshakes *
km_tls_doors_peek_handshakes (KmTlsDoors *self)
{
  return self->handshakes;
}
