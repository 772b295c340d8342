#pragma once

#include <gtk/gtk.h>

#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_GIFT_PICTURE (km_gift_picture_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftPicture, km_gift_picture, KM, GIFT_PICTURE, GObject)

GdkPaintable *km_gift_picture_load (KmWallet   *wallet,
                                    const char *art,
                                    GtkWidget  *widget);

G_END_DECLS
