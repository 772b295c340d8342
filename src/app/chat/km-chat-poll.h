#pragma once

#include <gtk/gtk.h>

#include "km-room-poll.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_POLL (km_chat_poll_get_type ())
G_DECLARE_FINAL_TYPE (KmChatPoll, km_chat_poll, KM, CHAT_POLL, GtkWidget)

void  km_chat_poll_show      (KmChatPoll *self,
                              KmRoomPoll *poll);
char *km_chat_poll_dup_title (KmRoomPoll *poll);

G_END_DECLS
