#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

float km_gift_ease_out        (float            t);
void  km_gift_flight_snapshot (GtkSnapshot     *snapshot,
                               GdkPaintable    *art,
                               float            t,
                               graphene_size_t  size,
                               graphene_point_t from);
void  km_gift_centre_snapshot (GtkSnapshot     *snapshot,
                               GdkPaintable    *art,
                               float            t,
                               graphene_size_t  size);

G_END_DECLS
