#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

/**
 * KmChatTimeFunc:
 * @user_data: as given
 *
 * Returns: the stream time that the writer sees, in ms; -1: none
 */
typedef gint64 (*KmChatTimeFunc) (gpointer user_data);

#define KM_TYPE_CHAT_ENTRY (km_chat_entry_get_type ())
G_DECLARE_FINAL_TYPE (KmChatEntry, km_chat_entry, KM, CHAT_ENTRY, GtkWidget)

void     km_chat_entry_set_room      (KmChatEntry    *self,
                                      KmServer       *server,
                                      KmRoom         *room,
                                      GSettings      *settings);
void     km_chat_entry_set_time_func (KmChatEntry    *self,
                                      KmChatTimeFunc  func,
                                      gpointer        user_data);
void     km_chat_entry_focus         (KmChatEntry    *self);
gboolean km_chat_entry_has_focus     (KmChatEntry    *self);

G_END_DECLS
