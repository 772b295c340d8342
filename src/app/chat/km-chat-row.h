#pragma once

#include <gtk/gtk.h>

#include "km-room.h"
#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_ROW (km_chat_row_get_type ())
G_DECLARE_FINAL_TYPE (KmChatRow, km_chat_row, KM, CHAT_ROW, GtkWidget)

void km_chat_row_set_up    (GtkListItem *list_item,
                            KmWallet    *wallet);
void km_chat_row_bind      (GtkListItem *list_item,
                            KmRoom      *room);
void km_chat_row_unbind    (GtkListItem *list_item);
void km_chat_row_open_menu (KmChatRow   *self);

G_END_DECLS
