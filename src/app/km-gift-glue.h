#pragma once

#include "km-gift-layer.h"
#include "km-hearts.h"
#include "km-room.h"
#include "km-server-wallet.h"

G_BEGIN_DECLS

void km_gift_glue_bind (KmGiftLayer *layer,
                        KmHearts    *hearts,
                        KmRoom      *room,
                        KmWallet    *wallet);

G_END_DECLS
