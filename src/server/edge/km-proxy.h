#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GPtrArray    *km_proxy_parse_trusted (const char    *text,
                                      GError       **error);
gboolean      km_proxy_is_trusted    (GPtrArray     *trusted,
                                      GInetAddress  *address);
GInetAddress *km_proxy_find_client   (GPtrArray     *trusted,
                                      GInetAddress  *peer,
                                      const char    *forwarded);

G_END_DECLS
