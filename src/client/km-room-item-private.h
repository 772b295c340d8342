#pragma once

#include "km-room-info.h"
#include "km-room-item.h"

G_BEGIN_DECLS

KmRoomItem *km_room_item_new    (const KmRoomInfo *info);
void        km_room_item_update (KmRoomItem       *self,
                                 const KmRoomInfo *info);

G_END_DECLS
