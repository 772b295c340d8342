#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_TITLE_BUTTON (km_title_button_get_type ())
G_DECLARE_FINAL_TYPE (KmTitleButton, km_title_button, KM, TITLE_BUTTON,
                      GtkWidget)

void km_title_button_set_server (KmTitleButton *self,
                                 KmServer      *server);

G_END_DECLS
