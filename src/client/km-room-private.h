#pragma once

#include "km-client-retry.h"
#include "km-connection-private.h"
#include "km-message-list.h"
#include "km-outbox.h"
#include "km-room-feed.h"
#include "km-room-gift-private.h"
#include "km-room-poll-private.h"
#include "km-room-report-private.h"
#include "km-room.h"
#include "km-send-queue.h"
#include "km-server.h"

G_BEGIN_DECLS

/**
 * KmRoomAnswered:
 * @self: the room
 * @task: (transfer full): who waits; to be returned
 * @command: what was asked
 * @reply: (nullable): the answer
 * @error: (nullable): why there is none, or a refusal
 */
typedef void (*KmRoomAnswered) (KmRoom          *self,
                                GTask           *task,
                                const KmCommand *command,
                                const KmReply   *reply,
                                const GError    *error);

/* For km-room*.c and km-send-queue.c only. */
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

  /* Sending: km-room-send.c, km-room-gifts.c. */
  KmOutbox *outbox;
  char *account;        /* whose unsent acts are in the list */
  KmSendQueue chats;
  KmSendQueue gifts;
  KmSendQueue reporting;

  /* km-room-slow-mode.c */
  gint64 said_us;       /* when one's last message was, as it counts; 0: none */
  gint64 may_say_us;    /* as it was told last */

  /* What nobody needs after this run: km-room-asks.c. */
  GPtrArray *asks;
  guint asks_timer;

  GListStore *polls;    /* the open ones: km-room-polls.c */

  /* km-room-likes.c */
  gint64 likes;         /* as the server counted them */
  guint likes_unsent;
  guint likes_unseen;   /* one's own that the server hasn't counted */
  guint likes_timer;
  guint likes_trust_timer;

  /* km-room-staff.c */
  GListStore *reports;  /* of messages that are reported */
  guint reports_older;  /* how many more there are */
  gboolean staff_wanted;
  gboolean staff_asked;
  gboolean staff_open;  /* entries may come */
  char *staff_epoch;
  gint64 staff_seq;     /* the last entry had; -1: none */
  gboolean staff_snapshot; /* what follows isn't all that there was */
  guint staff_follow;   /* how many entries follow of what was missed */
  guint staff_n_open;   /* how many reports were open at the answer */
  guint staff_timer;

  /* km-room-people.c */
  GListStore *people;
  guint guests;
  guint people_watchers;
  guint people_timer;
  gint64 people_asked_us;
};

KmRoom  *km_room_new          (KmServer            *server,
                               KmOutbox            *outbox,
                               const char          *id);
void     km_room_join         (KmRoom              *self);
gboolean km_room_is_own       (KmRoom              *self,
                               const KmRoomEvent   *event);

void     km_room_install_properties
                              (GObjectClass        *object_class);

void     km_room_send_init    (KmRoom              *self);
void     km_room_send_clear   (KmRoom              *self);
void     km_room_send_account (KmRoom              *self);
void     km_room_send_next    (KmRoom              *self);
void     km_room_send_lost    (KmRoom              *self);
void     km_room_send_settled (KmRoom              *self,
                               const char          *id);
KmRoomMessage *
         km_room_make_row     (KmRoom              *self,
                               const KmUnsent      *unsent);
GError  *km_room_may_act      (KmRoom              *self);
void     km_room_rename_gifts (KmRoom              *self);

void     km_room_slow_mode_forget
                              (KmRoom              *self);
void     km_room_slow_mode_update
                              (KmRoom              *self);
void     km_room_slow_mode_said
                              (KmRoom              *self);
void     km_room_slow_mode_told
                              (KmRoom              *self,
                               gint64               wait_ms);
void     km_room_slow_mode_set
                              (KmRoom              *self,
                               guint                slow_s);

void     km_room_gifts_init   (KmRoom              *self);
KmRoomGift *
         km_room_gifts_describe
                              (KmRoom              *self,
                               const KmUnsent      *unsent);
void     km_room_gifts_asked  (KmRoom              *self,
                               KmUnsent            *unsent,
                               KmRoomMessage       *message);
void     km_room_gifts_apply  (KmRoom              *self,
                               const KmRoomEvent   *event,
                               gboolean             fresh);

void     km_room_ask          (KmRoom              *self,
                               KmCommand           *command,
                               GTask               *task,
                               KmRoomAnswered       answered);
void     km_room_asks_next    (KmRoom              *self);
void     km_room_asks_lost    (KmRoom              *self);
void     km_room_asks_clear   (KmRoom              *self,
                               const GError        *error);

void     km_room_polls_joined (KmRoom              *self,
                               GPtrArray           *infos,
                               gboolean             resumed);
void     km_room_polls_apply  (KmRoom              *self,
                               const KmRoomEvent   *event,
                               gboolean             fresh);
void     km_room_polls_tick   (KmRoom              *self,
                               GPtrArray           *infos);

void     km_room_staff_init   (KmRoom              *self);
void     km_room_staff_listen (KmRoom              *self);
void     km_room_staff_event  (KmRoom              *self,
                               const KmRoomEvent   *event);
void     km_room_staff_lost   (KmRoom              *self);
void     km_room_staff_forget (KmRoom              *self);

void     km_room_reports_init (KmRoom              *self);

void     km_room_deletion_apply
                              (KmRoom              *self,
                               const KmRoomEvent   *event);

void     km_room_likes_joined (KmRoom              *self,
                               gint64               likes);
void     km_room_likes_tick   (KmRoom              *self,
                               gint64               likes);
void     km_room_likes_clear  (KmRoom              *self);

void     km_room_people_init  (KmRoom              *self);
void     km_room_people_joined
                              (KmRoom              *self);
void     km_room_people_clear (KmRoom              *self);

G_END_DECLS
