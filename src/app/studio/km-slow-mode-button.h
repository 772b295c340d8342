#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_SLOW_MODE_BUTTON (km_slow_mode_button_get_type ())
G_DECLARE_FINAL_TYPE (KmSlowModeButton, km_slow_mode_button, KM,
                      SLOW_MODE_BUTTON, GtkWidget)

void km_slow_mode_button_set_room (KmSlowModeButton *self,
                                   KmServer         *server,
                                   KmRoom           *room);

G_END_DECLS
