#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean  km_link_parse  (const char  *link,
                          char       **address,
                          char       **room,
                          GError     **error);
char     *km_link_new    (const char  *address,
                          const char  *room);

G_END_DECLS
