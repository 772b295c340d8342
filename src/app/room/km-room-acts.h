#pragma once

#include <adwaita.h>

#include "km-chat-entry.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_ACTS (km_room_acts_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomActs, km_room_acts, KM, ROOM_ACTS, GtkWidget)

GtkWidget *km_room_acts_new        (KmServer       *server,
                                    KmRoom         *room,
                                    GSettings      *settings,
                                    KmChatTimeFunc  time_func,
                                    gpointer        time_data);
void       km_room_acts_set_sheet  (KmRoomActs     *self,
                                    AdwBottomSheet *sheet);
void       km_room_acts_like       (KmRoomActs     *self);
void       km_room_acts_open_gifts (KmRoomActs     *self);

G_END_DECLS
