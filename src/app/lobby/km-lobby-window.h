#pragma once

#include <adwaita.h>

#include "km-server-list.h"

G_BEGIN_DECLS

#define KM_TYPE_LOBBY_WINDOW (km_lobby_window_get_type ())
G_DECLARE_FINAL_TYPE (KmLobbyWindow, km_lobby_window, KM, LOBBY_WINDOW,
                      AdwApplicationWindow)

KmLobbyWindow *km_lobby_window_new        (GtkApplication *application,
                                           GSettings      *settings,
                                           KmServerList   *servers);
void           km_lobby_window_show_error (KmLobbyWindow  *self,
                                           const char     *message);

G_END_DECLS
