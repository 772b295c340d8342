#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ACCOUNT_BUTTON (km_account_button_get_type ())
G_DECLARE_FINAL_TYPE (KmAccountButton, km_account_button, KM, ACCOUNT_BUTTON,
                      GtkWidget)

void km_account_button_set_server (KmAccountButton *self,
                                   KmServer        *server);

G_END_DECLS
