#pragma once

#include "km-room-event.h"
#include "km-room-gift.h"

G_BEGIN_DECLS

KmRoomGift *km_room_gift_new       (void);
KmRoomGift *km_room_gift_new_event (const KmRoomEvent *event,
                                    gboolean           own);

G_END_DECLS
