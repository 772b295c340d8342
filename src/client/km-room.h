#pragma once

#include "km-poll-info.h"
#include "km-room-gift.h"
#include "km-room-message.h"
#include "km-room-person.h"
#include "km-room-poll.h"
#include "km-room-report.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmRoomState:
 * @KM_ROOM_JOINING: not yet in; for the first time
 * @KM_ROOM_ONLINE: events arrive
 * @KM_ROOM_RECONNECTING: was in, the connection is lost, trying by itself
 * @KM_ROOM_CLOSED: left, or refused for good: see km_room_get_error()
 */
typedef enum
{
  KM_ROOM_JOINING,
  KM_ROOM_ONLINE,
  KM_ROOM_RECONNECTING,
  KM_ROOM_CLOSED,
} KmRoomState;

#define KM_TYPE_ROOM_STATE (km_room_state_get_type ())
GType km_room_state_get_type (void);

/**
 * KmRoomPublisher:
 * @KM_ROOM_PUBLISHER_NONE: the room isn't live
 * @KM_ROOM_PUBLISHER_OK: pictures arrive at the server
 * @KM_ROOM_PUBLISHER_LOST: live, but the streamer's connection is lost and
 *   may come back
 */
typedef enum
{
  KM_ROOM_PUBLISHER_NONE,
  KM_ROOM_PUBLISHER_OK,
  KM_ROOM_PUBLISHER_LOST,
} KmRoomPublisher;

#define KM_TYPE_ROOM_PUBLISHER (km_room_publisher_get_type ())
GType km_room_publisher_get_type (void);

/**
 * KmGiftReceipt:
 * @value: coins that it cost
 * @balance: coins that one has now
 */
typedef struct
{
  gint64 value;
  gint64 balance;
} KmGiftReceipt;

#define KM_TYPE_ROOM (km_room_get_type ())
G_DECLARE_FINAL_TYPE (KmRoom, km_room, KM, ROOM, GObject)

const char      *km_room_get_id           (KmRoom              *self);
const char      *km_room_get_title        (KmRoom              *self);
const char      *km_room_get_category     (KmRoom              *self);
const char      *km_room_get_host_id      (KmRoom              *self);
const char      *km_room_get_host_name    (KmRoom              *self);
const char      *km_room_get_stream       (KmRoom              *self);
KmRole           km_room_get_role         (KmRoom              *self);
gboolean         km_room_get_live         (KmRoom              *self);
gint64           km_room_get_since        (KmRoom              *self);
guint            km_room_get_online       (KmRoom              *self);
gint64           km_room_get_edge_ms      (KmRoom              *self);
KmRoomPublisher  km_room_get_publisher    (KmRoom              *self);
KmRoomState      km_room_get_state        (KmRoom              *self);
const GError    *km_room_get_error        (KmRoom              *self);
GListModel      *km_room_get_messages     (KmRoom              *self);
GListModel      *km_room_get_polls        (KmRoom              *self);
gint64           km_room_get_likes        (KmRoom              *self);
GListModel      *km_room_get_reports      (KmRoom              *self);
guint            km_room_get_n_reports    (KmRoom              *self);
GListModel      *km_room_get_people       (KmRoom              *self);
guint            km_room_get_guests       (KmRoom              *self);
guint            km_room_get_slow_s       (KmRoom              *self);
gint64           km_room_get_may_say_us   (KmRoom              *self);
char            *km_room_dup_flv_address  (KmRoom              *self);

void             km_room_send_chat_async  (KmRoom              *self,
                                           const char          *text,
                                           KmChatMode           mode,
                                           guint32              color,
                                           gint64               time_ms,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_send_chat_finish (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);

void             km_room_send_gift_async  (KmRoom              *self,
                                           const char          *gift,
                                           gint64               count,
                                           gboolean             confirmed,
                                           gint64               time_ms,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_send_gift_finish (KmRoom              *self,
                                           GAsyncResult        *result,
                                           KmGiftReceipt       *receipt,
                                           GError             **error);
gboolean         km_room_like             (KmRoom              *self);

void             km_room_vote_async       (KmRoom              *self,
                                           KmRoomPoll          *poll,
                                           guint                choices,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_vote_finish      (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);
void             km_room_open_poll_async  (KmRoom              *self,
                                           const KmPollQuestion *question,
                                           gint64               duration_ms,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
char            *km_room_open_poll_finish (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);
void             km_room_close_poll_async (KmRoom              *self,
                                           KmRoomPoll          *poll,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_close_poll_finish
                                          (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);

gboolean         km_room_may_delete       (KmRoom              *self,
                                           KmRoomMessage       *message);
void             km_room_delete_async     (KmRoom              *self,
                                           KmRoomMessage       *message,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_delete_finish    (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);

gboolean         km_room_may_report       (KmRoom              *self,
                                           KmRoomMessage       *message);
void             km_room_report_async     (KmRoom              *self,
                                           KmRoomMessage       *message,
                                           KmReportReason       reason,
                                           const char          *note,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_report_finish    (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);

void             km_room_open_staff       (KmRoom              *self);
void             km_room_dismiss_async    (KmRoom              *self,
                                           KmRoomReport        *report,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
void             km_room_delete_reported_async
                                          (KmRoom              *self,
                                           KmRoomReport        *report,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_settle_finish    (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);

void             km_room_load_people_async
                                          (KmRoom              *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);
gboolean         km_room_load_people_finish
                                          (KmRoom              *self,
                                           GAsyncResult        *result,
                                           GError             **error);
void             km_room_watch_people     (KmRoom              *self);
void             km_room_unwatch_people   (KmRoom              *self);

void             km_room_retry            (KmRoom              *self,
                                           KmRoomMessage       *message);
void             km_room_discard          (KmRoom              *self,
                                           KmRoomMessage       *message);
void             km_room_close            (KmRoom              *self);

G_END_DECLS
