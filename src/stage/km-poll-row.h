#pragma once

#include <gtk/gtk.h>

#include "km-poll-view.h"

G_BEGIN_DECLS

#define KM_TYPE_POLL_ROW (km_poll_row_get_type ())
G_DECLARE_FINAL_TYPE (KmPollRow, km_poll_row, KM, POLL_ROW, GtkButton)

GtkWidget *km_poll_row_new         (guint             option,
                                    gboolean          multiple);
guint      km_poll_row_get_option  (KmPollRow        *self);
void       km_poll_row_update      (KmPollRow        *self,
                                    const KmPollView *poll,
                                    gboolean          marked,
                                    gboolean          compact);

G_END_DECLS
