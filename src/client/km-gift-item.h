#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_GIFT_ITEM (km_gift_item_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftItem, km_gift_item, KM, GIFT_ITEM, GObject)

const char *km_gift_item_get_id          (KmGiftItem           *self);
const char *km_gift_item_get_name        (KmGiftItem           *self);
const char *km_gift_item_get_art         (KmGiftItem           *self);
guint       km_gift_item_get_tier        (KmGiftItem           *self);
gint64      km_gift_item_get_price       (KmGiftItem           *self);

G_END_DECLS
