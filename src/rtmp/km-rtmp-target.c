/* km-rtmp-target.c: the address that a publisher is given
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Services hand out a server ("rtmp://host/app") and a key; joined by a slash
 * they are one address, whose last part is the key with all that stands behind
 * it. Nothing is decoded: a key is sent as it was handed out.
 *
 * Thread: any.
 */

#include "km-rtmp-target.h"

#include <string.h>

#define PORT_PLAIN 1935
#define PORT_SECURE 443

/* What `tcUrl` calls the host: as the address does, without a name and
 * password. */
static char *
dup_authority (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  g_autofree char *port = NULL;

  if (g_uri_get_port (uri) != -1)
    port = g_strdup_printf (":%d", g_uri_get_port (uri));

  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]%s" : "%s%s",
                          host, port != NULL ? port : "");
}

static void
fill (KmRtmpTarget *self,
      GUri         *uri,
      const char   *path,
      const char   *slash)
{
  const char *query = g_uri_get_query (uri);
  g_autofree char *authority = dup_authority (uri);
  int port = g_uri_get_port (uri);

  self->secure = g_str_equal (g_uri_get_scheme (uri), "rtmps");
  self->host = g_strdup (g_uri_get_host (uri));
  self->port = port != -1 ? (guint16) port
             : self->secure ? PORT_SECURE : PORT_PLAIN;
  self->app = g_strndup (path, (gsize) (slash - path));
  self->url = g_strdup_printf ("%s://%s/%s", g_uri_get_scheme (uri),
                               authority, self->app);
  self->name = query != NULL ? g_strconcat (slash + 1, "?", query, NULL)
                             : g_strdup (slash + 1);
}

/**
 * km_rtmp_target_parse:
 * @address: rtmp:// or rtmps://, with application and stream key
 *
 * Returns: (transfer full) (nullable): the parts; %NULL when it is no such
 *   address
 */
KmRtmpTarget *
km_rtmp_target_parse (const char *address)
{
  g_autoptr (GUri) uri =
    g_uri_parse (address, G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY,
                 NULL);
  KmRtmpTarget *self;
  const char *path;
  const char *slash;

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' ||
      (!g_str_equal (g_uri_get_scheme (uri), "rtmp") &&
       !g_str_equal (g_uri_get_scheme (uri), "rtmps")))
    return NULL;
  path = g_uri_get_path (uri);
  while (*path == '/')
    path++;
  slash = strrchr (path, '/');
  if (slash == NULL || slash == path ||
      (slash[1] == '\0' && g_uri_get_query (uri) == NULL))
    return NULL;

  self = g_new0 (KmRtmpTarget, 1);
  fill (self, uri, path, slash);

  return self;
}

void
km_rtmp_target_free (KmRtmpTarget *self)
{
  g_free (self->host);
  g_free (self->app);
  g_free (self->url);
  g_free (self->name);
  g_free (self);
}
