#pragma once

#include <gtk/gtk.h>

#include "km-player.h"
#include "km-room-page.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_COVER (km_room_cover_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomCover, km_room_cover, KM, ROOM_COVER, GtkWidget)

void km_room_cover_show (KmRoomCover *self,
                         KmRoomPage   page,
                         KmServer    *server,
                         KmRoom      *room,
                         KmPlayer    *player);

G_END_DECLS
