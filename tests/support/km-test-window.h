#pragma once

#include <gtk/gtk.h>

#include "km-test-process.h"

G_BEGIN_DECLS

KmTestProcess *km_test_window_start_display (void);
void           km_test_window_stop_display  (KmTestProcess *display);
GtkWidget     *km_test_window_open          (GtkWidget     *child,
                                             int            width,
                                             int            height);
guint          km_test_window_count_frames  (GtkWidget     *widget);
GdkTexture    *km_test_window_draw          (GtkWidget     *widget,
                                             const char    *name);

G_END_DECLS
