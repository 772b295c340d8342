#pragma once

#include <gtk/gtk.h>

#include "km-room-gift.h"
#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_GIFT (km_chat_gift_get_type ())
G_DECLARE_FINAL_TYPE (KmChatGift, km_chat_gift, KM, CHAT_GIFT, GtkWidget)

void  km_chat_gift_show      (KmChatGift       *self,
                              const KmRoomGift *gift,
                              KmWallet         *wallet);
char *km_chat_gift_dup_title (const KmRoomGift *gift);

G_END_DECLS
