#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmRtmpTarget:
 * @secure: within TLS
 * @host: a name or an address, without brackets
 * @port: of TCP
 * @app: the application
 * @url: scheme, host and application: `tcUrl`
 * @name: what is published: the stream key, with its query; never to be logged
 *
 * Where a publisher wants to go.
 */
typedef struct
{
  gboolean secure;
  char *host;
  guint16 port;
  char *app;
  char *url;
  char *name;
} KmRtmpTarget;

KmRtmpTarget *km_rtmp_target_parse (const char   *address);
void          km_rtmp_target_free  (KmRtmpTarget *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRtmpTarget, km_rtmp_target_free)

G_END_DECLS
