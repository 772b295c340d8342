#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

const char *km_category_get_title (const char *category);
const char *km_category_get_icon  (const char *category);
GtkWidget  *km_category_drop_down (void);
void        km_category_select    (GtkDropDown *drop_down,
                                   const char  *category);
const char *km_category_selected  (GtkDropDown *drop_down);

G_END_DECLS
