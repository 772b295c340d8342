#pragma once

#include "km-certificate.h"

G_BEGIN_DECLS

typedef struct _KmHandshakes KmHandshakes;

/**
 * KmHandshakeFunc:
 * @connection: (transfer full): a #KmTlsStream
 * @socket: its socket
 * @data: what was given to km_handshakes_begin()
 *
 * Thread: main.
 */
typedef void (*KmHandshakeFunc) (GIOStream *connection,
                                 GSocket   *socket,
                                 gpointer   data);

/**
 * KmHandshakeKind:
 * @protocols: (nullable): what is spoken within, for ALPN (RFC 7301)
 * @plain_answer: (nullable): what to say to who doesn't speak TLS
 * @done: gets each connection
 * @data: for @done
 *
 * What a port is for. It outlives the handshakes.
 */
typedef struct
{
  const char *const *protocols;
  const char *plain_answer;
  KmHandshakeFunc done;
  gpointer data;
} KmHandshakeKind;

/**
 * KmHandshakeEnd:
 * @KM_HANDSHAKE_OF_ADDRESS: too many of its address had begun
 * @KM_HANDSHAKE_CROWDED: too many had begun
 * @KM_HANDSHAKE_SILENT: it made room for another one, or its time was up
 * @KM_HANDSHAKE_BAD: it isn't TLS, or nothing came of it
 *
 * Why a handshake came to nothing.
 */
typedef enum
{
  KM_HANDSHAKE_OF_ADDRESS,
  KM_HANDSHAKE_CROWDED,
  KM_HANDSHAKE_SILENT,
  KM_HANDSHAKE_BAD,
  KM_HANDSHAKE_ENDS,
} KmHandshakeEnd;

KmHandshakes *km_handshakes_new   (KmCertificate         *certificate,
                                   guint                  limit_ms);
void          km_handshakes_free  (KmHandshakes          *self);
void          km_handshakes_begin (KmHandshakes          *self,
                                   int                    fd,
                                   const KmHandshakeKind *kind);
guint         km_handshakes_count (KmHandshakes          *self);
guint64       km_handshakes_count_ended
                                  (KmHandshakes          *self,
                                   KmHandshakeEnd         why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmHandshakes, km_handshakes_free)

G_END_DECLS
