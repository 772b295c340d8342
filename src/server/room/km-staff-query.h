#pragma once

#include "km-store.h"

G_BEGIN_DECLS

gboolean   km_staff_query_head (KmReader   *reader,
                                gint64      room,
                                gint64     *head,
                                GError    **error);
gboolean   km_staff_query_count_open
                               (KmReader   *reader,
                                gint64      room,
                                gint64      last,
                                guint      *n_open,
                                GError    **error);
GPtrArray *km_staff_query_log  (KmReader   *reader,
                                gint64      room,
                                gint64      first,
                                gint64      last,
                                GError    **error);
GPtrArray *km_staff_query_open (KmReader   *reader,
                                gint64      room,
                                gint64      last,
                                GError    **error);

G_END_DECLS
