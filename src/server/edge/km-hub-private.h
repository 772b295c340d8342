#pragma once

#include "km-gift-post.h"
#include "km-hub-pulse.h"
#include "km-hub.h"
#include "km-live-room.h"
#include "km-spacing.h"
#include "km-websocket.h"

G_BEGIN_DECLS

/* What the files of the hub share. Everything here belongs to its thread. */

#define KM_HUB_SLOW_BYTES (1024 * 1024)
#define KM_HUB_FLUSH_SPACING_US 50000
#define KM_HUB_URGENT_SPACING_US 5000

typedef struct _KmHubRoom KmHubRoom;
typedef struct _KmMember  KmMember;
typedef struct _KmSeat    KmSeat;

/* A member in a room: how far it has been sent the room's log. */
struct _KmSeat
{
  KmMember *member;
  KmHubRoom *room;
  guint index;       /* in the room's seats */
  gint64 next;       /* seq of the first event not sent */
  guint64 tick;      /* number of the last tick sent */
  gboolean catching; /* hasn't reached the head since it joined */
  GList *queued;     /* its link in the hub's list of those to catch up */
  gboolean staffs;   /* hears what the room's staff is told */
  gint64 staff_seq;  /* of the last of that which it was told */
};

/* Which history a room is in. */
typedef enum
{
  KM_HISTORY_LOADED,     /* the one that it was loaded with */
  KM_HISTORY_ON_ITS_WAY, /* a new one is being written */
  KM_HISTORY_NEW,        /* one that began since then */
} KmHistory;

/* A room that is loaded. */
struct _KmHubRoom
{
  KmLiveRoom *live;
  gint64 id;
  GPtrArray *seats;
  guint pending;     /* posts on their way to the disk and back */
  gboolean writing;  /* one of them is a stream's beginning or end */
  gint64 retry_us;   /* not before then, since the disk failed */
  gboolean unsent;   /* events that a flush must send */
  gboolean urgent;   /* one of them is worth a flush of its own */
  gboolean listed;   /* in the hub's list of rooms with something due */
  KmSpacing flushes;
  guint unflushed;    /* so many of the first seats has a flush yet to reach */
  gint64 oldest_us;   /* when the oldest unsent event was asked for; 0: none */
  gint64 flushing_us; /* as that, of the flush that has begun */
  gint64 used_us;    /* when somebody was last in it */
  guint online_told; /* what the others were told last */
  GPtrArray *people; /* (nullable): KmPerson, as they were listed last */
  gboolean people_changed; /* since then */
  gint64 people_us;        /* when that was */
  KmHistory history;
  GPtrArray *staff;  /* (nullable): KmSeat that hear what the staff is told */
  gint64 staff_seen; /* the last of that which they were told */
};

/* One socket. */
struct _KmMember
{
  /* A flush looks at these of every member, and at nothing else of them: they
   * are close together, so that it waits for memory once. */
  KmTransport transport;
  GByteArray *out; /* (nullable): what the socket didn't take yet */
  gsize out_sent;
  gsize out_frame; /* where in it the first whole frame begins */
  gboolean wants_write;
  gboolean closing; /* a close frame was sent: input is thrown away */
  gboolean shut;
  gboolean gone; /* to be freed at the end of the turn */

  guint64 id; /* never used again: what messages carry, not the pointer */
  gint64 account;
  char *name;
  char *shown_name;
  char *session;
  gint64 session_used_us; /* when that was written down */

  KmWebsocket websocket;
  GPtrArray *seats;
  GQueue publishes; /* ids announced by stream.prepare, oldest first */
  KmBucket commands;
  KmBucket refusals; /* of commands that came too fast */
  gboolean listens; /* to its account's inbox */
  gint64 inbox_seq; /* of the last entry that it was told */
  KmPulseEntry pulse;
};

/* A post, and who waits for its reply. */
typedef struct _KmHubPost KmHubPost;
struct _KmHubPost
{
  union
  {
    KmPost post; /* each of the others begins with it */
    KmGiftPost gift;
  };
  GList link;
  KmHub *hub;
  guint64 member; /* 0: nobody */
  gint64 asked_us;
  char *re;
  void (*append_reply) (const KmHubPost *self, /* (nullable): seq and time */
                        GString         *out);
};

/* Frames that many members get, made once. Who has had some of them already
 * gets the rest, which is the end of the same bytes. */
typedef struct
{
  const KmHubRoom *room;
  gint64 from;
  gint64 to;
  gint64 head;
  guint64 tick;     /* number of the tick behind the events */
  guint events_end; /* where that begins */
  GArray *begins;   /* guint: where each event begins */
  GByteArray *bytes;
} KmHubFlush;

/* Where connections come in, km-hub-door.c's own. */
typedef struct _KmHubDoors KmHubDoors;

struct _KmHub
{
  KmStore *store;
  KmPostOffice *post_office;
  KmReader *reader;
  KmLedgerRules rules;
  KmPaceRule chat_pace;  /* burst 0: the usual one */
  KmQueue *requests;
  KmQueue *answers;
  KmQueue *news;
  GThread *thread;

  int epoll_fd;
  gint64 now_us; /* when the turn began */
  guint8 *input;

  GHashTable *members;   /* guint64 id -> KmMember */
  GHashTable *rooms;     /* gint64 id -> KmHubRoom */
  GHashTable *inboxes;   /* gint64 account -> GPtrArray of KmMember */
  gint64 books_seen;     /* the last group of transfers that was told */
  gint64 books_version;  /* of the data, as it was looked at last */
  gint64 books_looked_us;
  GHashTable *publishes; /* publish id -> guint64 member id */
  guint64 last_member;
  GPtrArray *due_rooms;
  GPtrArray *timed_polls; /* KmHubRoom with a poll that closes by time */
  GQueue catching; /* KmSeat */
  GPtrArray *gone; /* KmMember */
  KmPulse pulse;
  KmHubDoors *doors; /* (nullable) */
  KmHubFlush flush;
  gint64 swept_us;
  KmHubFigures *figures;

  guint pending;   /* posts on their way */
  GQueue deferred; /* KmHubPost of what others said happened, oldest first */
  GQueue late_news; /* KmEvent of rooms that couldn't be loaded */
  gint64 late_news_us; /* when that is tried again */
  gboolean closing;
  gboolean closed;
  gboolean stopping;
  guint spread_ms;
};

/* Asked for each member at each flush. */
static inline gboolean
km_member_is_blocked (const KmMember *self)
{
  return self->out != NULL || self->closing || self->gone;
}

/* km-hub-member.c: sockets */
void     km_member_adopt          (KmHub            *hub,
                                   KmTransport       transport,
                                   const KmIdentity *identity,
                                   GBytes           *leftover);
void     km_member_free           (KmMember         *self);
void     km_member_drop           (KmHub            *hub,
                                   KmMember         *self);
void     km_member_close          (KmHub            *hub,
                                   KmMember         *self,
                                   guint             code,
                                   const char       *reason);
gsize    km_member_get_waiting    (const KmMember   *self);
void     km_member_send           (KmHub            *hub,
                                   KmMember         *self,
                                   const void       *data,
                                   gsize             length);
void     km_member_send_text      (KmHub            *hub,
                                   KmMember         *self,
                                   const GString    *text);
void     km_member_send_ping      (KmHub            *hub,
                                   KmMember         *self);
void     km_member_forget_publish (KmHub            *hub,
                                   KmMember         *self);
void     km_member_ready          (KmHub            *hub,
                                   KmMember         *self,
                                   guint32           events);

/* km-hub-room.c: loaded rooms and fan-out */
KmHubRoom *km_hub_get_room     (KmHub            *hub,
                                gint64            id,
                                GError          **error);
void       km_hub_room_free    (KmHubRoom        *self);
void       km_hub_room_mark    (KmHub            *hub,
                                KmHubRoom        *self);
gint64     km_hub_rooms_due_us (KmHub            *hub);
void       km_hub_flush_rooms  (KmHub            *hub);
void       km_hub_catch_up     (KmHub            *hub);
void       km_hub_sweep_rooms  (KmHub            *hub);
KmSeat    *km_seat_take        (KmHub            *hub,
                                KmMember         *member,
                                KmHubRoom        *room);
void       km_seat_leave       (KmHub            *hub,
                                KmSeat           *self);
void       km_seat_pump        (KmHub            *hub,
                                KmSeat           *self);
void       km_seat_reply       (KmHub            *hub,
                                KmSeat           *self,
                                const GString    *text);
KmSeat    *km_member_find_seat (KmMember         *member,
                                gint64            room);

/* km-hub-command.c: what members ask */
void       km_hub_command      (KmHub            *hub,
                                KmMember         *member,
                                const char       *text,
                                gsize             length);

/* km-hub-post.c: what changes a room, and replies */
KmHubPost *km_hub_post_new     (KmHub            *hub,
                                KmHubRoom        *room,
                                KmRoomEvent      *event);
void       km_hub_post_act     (KmHub            *hub,
                                KmHubPost        *self,
                                KmMember         *member,
                                const KmCommand  *command);
void       km_hub_post_news    (KmHub            *hub,
                                KmHubPost        *self);
void       km_hub_resubmit     (KmHub            *hub);
gint64     km_hub_news_due_us  (KmHub            *hub);
KmSeat    *km_hub_require_seat (KmHub            *hub,
                                KmMember         *member,
                                const KmCommand  *command);
KmSpeaker  km_member_speaker   (const KmMember   *member);
void       km_hub_reply_error  (KmHub            *hub,
                                KmMember         *member,
                                const char       *re,
                                const GError     *error);
void       km_hub_reply_code   (KmHub            *hub,
                                KmMember         *member,
                                const char       *re,
                                KmProtocolError   code,
                                gint64            retry_ms);
void       km_hub_reply_empty  (KmHub            *hub,
                                KmMember         *member,
                                const char       *re);

/* km-hub-gift.c: gifts and likes */
void       km_hub_give         (KmHub            *hub,
                                KmMember         *member,
                                const KmCommand  *command);
void       km_hub_like         (KmHub            *hub,
                                KmMember         *member,
                                const KmCommand  *command);

/* km-hub-poll.c: polls and votes */
void       km_hub_open_poll      (KmHub           *hub,
                                  KmMember        *member,
                                  const KmCommand *command);
void       km_hub_close_poll     (KmHub           *hub,
                                  KmMember        *member,
                                  const KmCommand *command);
void       km_hub_vote           (KmHub           *hub,
                                  KmMember        *member,
                                  const KmCommand *command);
GPtrArray *km_hub_list_polls     (KmHub           *hub,
                                  KmMember        *member,
                                  KmHubRoom       *room,
                                  GError         **error);
gboolean   km_hub_restore_poll   (KmHub           *hub,
                                  KmHubRoom       *room,
                                  GError         **error);
void       km_hub_restore_polls  (KmHub           *hub);
void       km_hub_polls_happened (KmHub             *hub,
                                  KmHubRoom         *room,
                                  const KmRoomEvent *event);
gint64     km_hub_polls_due_us   (KmHub           *hub);
void       km_hub_close_polls    (KmHub           *hub);

/* km-hub-moderation.c: what keeps a room fit to be in */
void       km_hub_delete_message (KmHub           *hub,
                                  KmMember        *member,
                                  const KmCommand *command);

/* km-hub-slow-mode.c: who has spoken before slow mode began */
void       km_hub_recall_speakers (KmHub     *hub,
                                   KmHubRoom *room);

/* km-hub-staff.c: reports, and what only a room's staff is told */
void       km_hub_report        (KmHub             *hub,
                                 KmMember          *member,
                                 const KmCommand   *command);
void       km_hub_dismiss       (KmHub             *hub,
                                 KmMember          *member,
                                 const KmCommand   *command);
void       km_hub_open_staff    (KmHub             *hub,
                                 KmMember          *member,
                                 const KmCommand   *command);
void       km_hub_tell_staff    (KmHub             *hub,
                                 KmHubRoom         *room,
                                 const KmStaffNews *news);
void       km_hub_close_staff   (KmSeat            *seat);

/* km-hub-inbox.c: what concerns one account alone */
void       km_hub_open_inbox    (KmHub           *hub,
                                 KmMember        *member,
                                 const KmCommand *command);
void       km_hub_close_inbox   (KmHub           *hub,
                                 KmMember        *member);
void       km_hub_look_at_books (KmHub           *hub);
void       km_hub_tell_limit    (KmHub           *hub,
                                 gint64           account);
void       km_hub_watch_books   (KmHub           *hub);
gint64     km_hub_inbox_due_us  (KmHub           *hub);

/* km-hub-sessions.c: sockets belong to sessions */
void       km_hub_end_sessions  (KmHub           *hub,
                                 GHashTable      *ended);
void       km_hub_use_sessions  (KmHub           *hub);

/* km-hub-figures.c: what a stream is remembered by */
void       km_hub_write_figures (KmHub           *hub,
                                 KmHubRoom       *room);

/* km-hub-history.c: a log that has lost its end */
gboolean km_hub_check_history (KmHub           *hub,
                               KmHubRoom       *room,
                               gint64           seq,
                               gint64           head);

/* km-hub-people.c: who is there */
void       km_hub_list_people  (KmHub            *hub,
                                KmMember         *member,
                                const KmCommand  *command);

/* km-hub-news.c: what others say happened */
void       km_hub_news         (KmHub            *hub,
                                KmEvent          *event);
void       km_hub_post_late_news   (KmHub *hub);
gint64     km_hub_late_news_due_us (KmHub *hub);

/* km-hub-door.c: where sockets come in */
KmHubDoors *km_hub_doors_new        (KmHub             *hub,
                                     const KmHubPorter *porter);
void        km_hub_doors_free       (KmHubDoors        *self);
void        km_hub_doors_take       (KmHub             *hub,
                                     KmHubDoors        *self);
void        km_hub_doors_open       (KmHubDoors        *self,
                                     KmDoorKind         kind,
                                     KmListener        *listener);
void        km_hub_doors_close      (KmHubDoors        *self,
                                     guint              kinds);
gint64      km_hub_doors_get_due_us (KmHubDoors        *self);
void        km_hub_doors_turn       (KmHub             *hub,
                                     KmHubDoors        *self,
                                     gboolean           ready);

/* km-hub-request.c: what other threads ask */
void       km_hub_handle_requests  (KmHub    *hub);
void       km_hub_discard_requests (KmHub    *hub);
void       km_hub_request_stop     (KmHub    *hub);
void       km_member_send_away     (KmHub    *hub,
                                    KmMember *member);

G_END_DECLS
