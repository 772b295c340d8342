#pragma once

#include <gtk/gtk.h>

#include "km-gift-order.h"
#include "km-gift-item.h"
#include "km-room.h"

G_BEGIN_DECLS

void     km_gift_giving_start  (GtkWidget            *parent,
                                KmRoom               *room,
                                KmGiftItem           *item,
                                const KmGiftOrder    *order,
                                gint64                time_ms,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data);
gboolean km_gift_giving_finish (GAsyncResult         *result,
                                GError              **error);

G_END_DECLS
