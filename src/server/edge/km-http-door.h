#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

gboolean  km_http_door_prepare       (SoupServer         *soup,
                                      guint               most,
                                      guint               most_of_address,
                                      GError            **error);
void      km_http_door_let_in        (SoupServer         *soup,
                                      int                 fd,
                                      guint               idle_seconds);
void      km_http_door_let_in_stream (SoupServer         *soup,
                                      GIOStream          *stream,
                                      GSocket            *socket,
                                      guint               idle_seconds);
guint     km_http_door_count         (SoupServer         *soup);
guint64   km_http_door_count_refused (SoupServer         *soup);
GSocket  *km_http_door_get_socket    (SoupServerMessage  *message);
void      km_http_door_cut_off       (SoupServerMessage  *message);

G_END_DECLS
