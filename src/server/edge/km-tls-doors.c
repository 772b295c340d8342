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

#include "km-handshakes.h"
#include "km-http-door.h"

#define HANDSHAKE_LIMIT_MS 10000

struct _KmTlsDoors
{
  SoupServer *soup;
  KmRelay *relay;
  guint http_idle_seconds;
  KmCertificate *certificate;
  KmHandshakes *handshakes;
  KmHandshakeKind https;
  KmHandshakeKind rtmps;
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
let_in_https (GIOStream *connection,
              GSocket   *socket,
              gpointer   data)
{
  KmTlsDoors *self = data;
  g_autoptr (GIOStream) stream = connection;

  km_http_door_let_in_stream (self->soup, stream, socket,
                              self->http_idle_seconds);
}

static void
let_in_rtmps (GIOStream *connection,
              GSocket   *socket,
              gpointer   data)
{
  KmTlsDoors *self = data;

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
