#pragma once

#include <gtk/gtk.h>

#include "km-chat-entry.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_GIFT_TRAY (km_gift_tray_get_type ())
G_DECLARE_FINAL_TYPE (KmGiftTray, km_gift_tray, KM, GIFT_TRAY, GtkWidget)

GtkWidget *km_gift_tray_new           (void);
void       km_gift_tray_set_room      (KmGiftTray     *self,
                                       KmServer       *server,
                                       KmRoom         *room,
                                       GSettings      *settings);
void       km_gift_tray_set_time_func (KmGiftTray     *self,
                                       KmChatTimeFunc  func,
                                       gpointer        user_data);
void       km_gift_tray_focus         (KmGiftTray     *self);

G_END_DECLS
