#pragma once

#include <gtk/gtk.h>

#include "km-room.h"
#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_ROW (km_chat_row_get_type ())
G_DECLARE_FINAL_TYPE (KmChatRow, km_chat_row, KM, CHAT_ROW, GtkWidget)

GtkWidget *km_chat_row_new         (KmWallet      *wallet);
void       km_chat_row_set_message (KmChatRow     *self,
                                    KmRoom        *room,
                                    KmRoomMessage *message);
char      *km_chat_row_dup_title   (KmRoomMessage *message);

G_END_DECLS
