#pragma once

#include "km-room-message-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_MESSAGE_LIST_MAX 500

#define KM_TYPE_MESSAGE_LIST (km_message_list_get_type ())
G_DECLARE_FINAL_TYPE (KmMessageList, km_message_list, KM, MESSAGE_LIST, GObject)

KmMessageList *km_message_list_new         (void);
void           km_message_list_add         (KmMessageList     *self,
                                            KmRoomMessage     *message);
void           km_message_list_add_unsent  (KmMessageList     *self,
                                            KmRoomMessage     *message);
KmRoomMessage *km_message_list_find_unsent (KmMessageList     *self,
                                            const char        *id);
KmRoomMessage *km_message_list_find_seq    (KmMessageList     *self,
                                            gint64             seq);
KmRoomMessage *km_message_list_find_combo  (KmMessageList     *self,
                                            const char        *combo);
void           km_message_list_settle      (KmMessageList     *self,
                                            KmRoomMessage     *message,
                                            const KmRoomEvent *event);
void           km_message_list_remove      (KmMessageList     *self,
                                            KmRoomMessage     *message);
void           km_message_list_forget      (KmMessageList     *self);

G_END_DECLS
