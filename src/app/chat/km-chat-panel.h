#pragma once

#include <gtk/gtk.h>

#include "km-chat-entry.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_CHAT_PANEL (km_chat_panel_get_type ())
G_DECLARE_FINAL_TYPE (KmChatPanel, km_chat_panel, KM, CHAT_PANEL, GtkWidget)

void         km_chat_panel_set_room   (KmChatPanel *self,
                                       KmServer    *server,
                                       KmRoom      *room,
                                       GSettings   *settings);
void         km_chat_panel_set_top    (KmChatPanel *self,
                                       GtkWidget   *top);
void         km_chat_panel_set_bottom (KmChatPanel *self,
                                       GtkWidget   *bottom);
KmChatEntry *km_chat_panel_get_entry  (KmChatPanel *self);

G_END_DECLS
