#pragma once

#include <adwaita.h>

#include "km-lan-door.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_STUDIO_WINDOW (km_studio_window_get_type ())
G_DECLARE_FINAL_TYPE (KmStudioWindow, km_studio_window, KM, STUDIO_WINDOW,
                      AdwApplicationWindow)

KmStudioWindow *km_studio_window_new (GtkApplication *application,
                                      GSettings      *settings,
                                      KmServer       *server,
                                      KmLanDoor      *door);

G_END_DECLS
