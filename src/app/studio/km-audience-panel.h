#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_AUDIENCE_PANEL (km_audience_panel_get_type ())
G_DECLARE_FINAL_TYPE (KmAudiencePanel, km_audience_panel, KM, AUDIENCE_PANEL,
                      GtkWidget)

void km_audience_panel_setup    (KmAudiencePanel *self,
                                 KmServer        *server,
                                 GSettings       *settings);
void km_audience_panel_set_room (KmAudiencePanel *self,
                                 KmRoom          *room);

G_END_DECLS
