#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void km_danmaku_popover_show (GtkWidget          *over,
                              const GdkRectangle *where,
                              const char         *text);

G_END_DECLS
