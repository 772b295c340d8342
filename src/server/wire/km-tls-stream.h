#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_TLS_STREAM (km_tls_stream_get_type ())
G_DECLARE_FINAL_TYPE (KmTlsStream, km_tls_stream, KM, TLS_STREAM, GIOStream)

GIOStream *km_tls_stream_new (GIOStream *connection,
                              GSocket   *socket);

G_END_DECLS
