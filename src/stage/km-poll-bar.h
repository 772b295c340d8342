#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_POLL_BAR (km_poll_bar_get_type ())
G_DECLARE_FINAL_TYPE (KmPollBar, km_poll_bar, KM, POLL_BAR, GtkWidget)

GtkWidget *km_poll_bar_new       (void);
void       km_poll_bar_set_share (KmPollBar *self,
                                  double     share);
double     km_poll_bar_get_shown (KmPollBar *self);

G_END_DECLS
