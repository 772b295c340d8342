#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void km_toast_show  (GtkWidget    *widget,
                     const char   *text);
void km_toast_error (GtkWidget    *widget,
                     const GError *error);

G_END_DECLS
