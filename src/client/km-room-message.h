#pragma once

#include "km-protocol.h"
#include "km-room-gift.h"
#include "km-room-poll.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * KmRoomMessageKind:
 * @KM_ROOM_MESSAGE_CHAT: somebody said something
 * @KM_ROOM_MESSAGE_GIFT: somebody gave something: km_room_message_get_gift()
 * @KM_ROOM_MESSAGE_POLL: how a poll ended: km_room_message_get_poll()
 */
typedef enum
{
  KM_ROOM_MESSAGE_CHAT,
  KM_ROOM_MESSAGE_GIFT,
  KM_ROOM_MESSAGE_POLL,
} KmRoomMessageKind;

#define KM_TYPE_ROOM_MESSAGE_KIND (km_room_message_kind_get_type ())
GType km_room_message_kind_get_type (void);

/**
 * KmRoomMessageState:
 * @KM_ROOM_MESSAGE_SENDING: kept on this computer, not yet acknowledged
 * @KM_ROOM_MESSAGE_SENT: the server has it (all messages of others, too)
 * @KM_ROOM_MESSAGE_FAILED: refused, see km_room_message_get_error(); may be
 *   retried or discarded
 */
typedef enum
{
  KM_ROOM_MESSAGE_SENDING,
  KM_ROOM_MESSAGE_SENT,
  KM_ROOM_MESSAGE_FAILED,
} KmRoomMessageState;

#define KM_TYPE_ROOM_MESSAGE_STATE (km_room_message_state_get_type ())
GType km_room_message_state_get_type (void);

#define KM_TYPE_ROOM_MESSAGE (km_room_message_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomMessage, km_room_message, KM, ROOM_MESSAGE, GObject)

KmRoomMessageKind   km_room_message_get_kind      (KmRoomMessage *self);
const char         *km_room_message_get_id        (KmRoomMessage *self);
gint64              km_room_message_get_seq       (KmRoomMessage *self);
gint64              km_room_message_get_at        (KmRoomMessage *self);
const char         *km_room_message_get_from_id   (KmRoomMessage *self);
const char         *km_room_message_get_from_name (KmRoomMessage *self);
KmRole              km_room_message_get_role      (KmRoomMessage *self);
const char         *km_room_message_get_text      (KmRoomMessage *self);
KmChatMode          km_room_message_get_mode      (KmRoomMessage *self);
guint32             km_room_message_get_color     (KmRoomMessage *self);
gint64              km_room_message_get_time_ms   (KmRoomMessage *self);
gboolean            km_room_message_get_own       (KmRoomMessage *self);
KmDeletion          km_room_message_get_deletion  (KmRoomMessage *self);
gboolean            km_room_message_get_reported  (KmRoomMessage *self);
KmRoomMessageState  km_room_message_get_state     (KmRoomMessage *self);
const GError       *km_room_message_get_error     (KmRoomMessage *self);
KmRoomGift         *km_room_message_get_gift      (KmRoomMessage *self);
KmRoomPoll         *km_room_message_get_poll      (KmRoomMessage *self);

G_END_DECLS
