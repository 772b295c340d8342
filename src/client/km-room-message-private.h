#pragma once

#include "km-room-event.h"
#include "km-room-gift-private.h"
#include "km-room-message.h"

G_BEGIN_DECLS

KmRoomMessage *km_room_message_new_event (const KmRoomEvent *event,
                                          gboolean           own);
KmRoomMessage *km_room_message_new_own   (const char        *id,
                                          const char        *from_id,
                                          const char        *from_name,
                                          KmRole             role,
                                          const char        *text,
                                          KmChatMode         mode,
                                          guint32            color,
                                          gint64             time_ms,
                                          gint64             at_ms);
KmRoomMessage *km_room_message_new_own_gift
                                         (KmRoomGift        *gift);
KmRoomMessage *km_room_message_new_poll  (const KmRoomEvent *event,
                                          KmRoomPoll        *poll);
void           km_room_message_set_gift  (KmRoomMessage     *self,
                                          KmRoomGift        *gift);
void           km_room_message_set_event (KmRoomMessage     *self,
                                          const KmRoomEvent *event);
void           km_room_message_delete    (KmRoomMessage     *self,
                                          KmDeletion         by);
void           km_room_message_set_reported
                                         (KmRoomMessage     *self);
void           km_room_message_set_state (KmRoomMessage     *self,
                                          KmRoomMessageState state,
                                          const GError      *error);

G_END_DECLS
