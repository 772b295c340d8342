#pragma once

#include "km-store.h"

G_BEGIN_DECLS

gboolean km_room_memo_find_seq     (KmTransaction  *transaction,
                                    gint64          room,
                                    gint64         *seq,
                                    GError        **error);
gboolean km_room_memo_find_host    (KmTransaction  *transaction,
                                    gint64          room,
                                    gint64         *host,
                                    GError        **error);
void     km_room_memo_took         (KmTransaction  *transaction,
                                    gint64          room,
                                    gint64          seq);
void     km_room_memo_forget_live  (KmTransaction  *transaction,
                                    gint64          room);

G_END_DECLS
