#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

void km_signed_out_watch (GtkWidget *widget,
                          KmServer  *server);

G_END_DECLS
