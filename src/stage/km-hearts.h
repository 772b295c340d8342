#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_HEARTS (km_hearts_get_type ())
G_DECLARE_FINAL_TYPE (KmHearts, km_hearts, KM, HEARTS, GtkWidget)

GtkWidget *km_hearts_new           (void);
void       km_hearts_add           (KmHearts *self,
                                    guint     n_likes);
void       km_hearts_clear         (KmHearts *self);
guint      km_hearts_get_n_visible (KmHearts *self);

G_END_DECLS
