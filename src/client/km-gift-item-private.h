#pragma once

#include "km-gift.h"
#include "km-gift-item.h"

G_BEGIN_DECLS

void km_gift_items_update (GListStore *items,
                           GPtrArray  *gifts);

G_END_DECLS
