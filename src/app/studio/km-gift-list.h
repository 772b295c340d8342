#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_GIFT_LIST (km_gift_list_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftList, km_gift_list, KM, GIFT_LIST, GtkWidget)

void km_gift_list_set_room (KmGiftList *self,
                            KmServer   *server,
                            KmRoom     *room);

G_END_DECLS
