#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_GRID (km_room_grid_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomGrid, km_room_grid, KM, ROOM_GRID, AdwBin)

void      km_room_grid_set_server   (KmRoomGrid *self,
                                     KmServer   *server);
void      km_room_grid_set_category (KmRoomGrid *self,
                                     const char *category);
void      km_room_grid_set_search   (KmRoomGrid *self,
                                     const char *words);
gboolean  km_room_grid_shows_rooms  (KmRoomGrid *self);

G_END_DECLS
