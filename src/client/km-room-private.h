#pragma once

#include "km-client-retry.h"
#include "km-connection-private.h"
#include "km-message-list.h"
#include "km-outbox.h"
#include "km-room-feed.h"
#include "km-room.h"
#include "km-server.h"

G_BEGIN_DECLS

/* For km-room.c and km-room-send.c only. */
struct _KmRoom
{
  GObject parent_instance;
  KmServer *server;
  KmConnection *connection;
  char *id;

  KmRoomInfo *info;
  KmRole role;
  gint64 edge_ms;
  KmRoomPublisher publisher;
  KmRoomState state;
  GError *error;

  KmRoomFeed *feed;
  KmMessageList *messages;
  gboolean joined;      /* events of the log may come */
  gint64 lost_us;       /* when the connection was lost; 0: it wasn't */
  gboolean short_pause; /* what was missed is fresh enough to fly */
  guint join_timer;

  /* Sending: km-room-send.c. */
  KmOutbox *outbox;
  char *account;        /* whose unsent messages are in the list */
  GQueue sending;       /* of Sending, oldest first */
  gboolean in_flight;   /* the first of them is on its way */
  guint send_timer;
  KmRetry send_retry;
};

KmRoom  *km_room_new          (KmServer            *server,
                               KmOutbox            *outbox,
                               const char          *id);
void     km_room_join         (KmRoom              *self);
gboolean km_room_is_own       (KmRoom              *self,
                               const KmRoomEvent   *event);

void     km_room_send_init    (KmRoom              *self);
void     km_room_send_clear   (KmRoom              *self);
void     km_room_send_account (KmRoom              *self);
void     km_room_send_next    (KmRoom              *self);
void     km_room_send_lost    (KmRoom              *self);
void     km_room_send_settled (KmRoom              *self,
                               const char          *id);

G_END_DECLS
