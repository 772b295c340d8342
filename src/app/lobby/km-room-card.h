#pragma once

#include <gtk/gtk.h>

#include "km-room-item.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_CARD (km_room_card_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomCard, km_room_card, KM, ROOM_CARD, GtkButton)

GtkWidget  *km_room_card_new      (void);
void        km_room_card_set_item (KmRoomCard *self,
                                   KmRoomItem *item);
KmRoomItem *km_room_card_get_item (KmRoomCard *self);

G_END_DECLS
