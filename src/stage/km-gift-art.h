#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_GIFT_ART_BYTES_MAX (64 * 1024)

#define KM_TYPE_GIFT_ART (km_gift_art_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftArt, km_gift_art, KM, GIFT_ART, GObject)

gboolean      km_gift_art_is_bundled    (const char *name);
GdkPaintable *km_gift_art_load          (const char *name,
                                         int         size_px,
                                         double      scale);
GdkPaintable *km_gift_art_new_for_bytes (GBytes     *svg,
                                         int         size_px,
                                         double      scale);

G_END_DECLS
