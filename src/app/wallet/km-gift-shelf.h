#pragma once

#include <gtk/gtk.h>

#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_GIFT_SHELF (km_gift_shelf_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftShelf, km_gift_shelf, KM, GIFT_SHELF, GtkWidget)

GtkWidget  *km_gift_shelf_new        (void);
void        km_gift_shelf_set_wallet (KmGiftShelf *self,
                                      KmWallet    *wallet);
void        km_gift_shelf_choose     (KmGiftShelf *self,
                                      const char  *id);
KmGiftItem *km_gift_shelf_get_chosen (KmGiftShelf *self);
void        km_gift_shelf_focus      (KmGiftShelf *self);

G_END_DECLS
