#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_WINDOW (km_room_window_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomWindow, km_room_window, KM, ROOM_WINDOW,
                      AdwApplicationWindow)

KmRoomWindow *km_room_window_new   (GtkApplication *application,
                                    GSettings      *settings,
                                    KmServer       *server,
                                    const char     *room);
gboolean      km_room_window_shows (KmRoomWindow   *self,
                                    KmServer       *server,
                                    const char     *room);

G_END_DECLS
