#pragma once

#include <adwaita.h>

#include "km-room.h"
#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_LIST (km_chat_list_get_type ())
G_DECLARE_FINAL_TYPE (KmChatList, km_chat_list, KM, CHAT_LIST, AdwBin)

void km_chat_list_set_room      (KmChatList *self,
                                 KmRoom     *room,
                                 KmWallet   *wallet);
void km_chat_list_scroll_to_end (KmChatList *self);

G_END_DECLS
