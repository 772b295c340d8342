#pragma once

#include "km-load.h"

G_BEGIN_DECLS

#define KM_LOAD_BIN_US 10
#define KM_LOAD_BINS 300000

/* Where a member stands. */
typedef enum
{
  KM_LOAD_CONNECTING,
  KM_LOAD_UPGRADING,
  KM_LOAD_JOINING,
  KM_LOAD_JOINED,
  KM_LOAD_DRAINING, /* didn't read, and now reads to the end */
  KM_LOAD_CLOSED,
} KmLoadState;

/* What a text frame was. */
typedef enum
{
  KM_LOAD_MESSAGE, /* for everybody in a room */
  KM_LOAD_HANDLED, /* between the server and this member */
} KmLoadFrame;

typedef struct
{
  guint next;      /* of the room's messages, in the order of their log */
  gint64 known;    /* Kaimu: the log's end when it joined; -1: not yet */
} KmLoadSeat;

typedef struct
{
  int fd;
  guint number;
  KmLoadState state;
  guint close_code;
  gboolean stalled;
  guint seats_joined;
  GByteArray *rest; /* (nullable): the beginning of a frame */
  KmLoadSeat *seats;
} KmLoadMember;

/* One message as the first who got it got it. */
typedef struct
{
  gsize at;
  guint length;
  gint64 sent_us;
} KmLoadEntry;

/* A message by its number. */
typedef struct
{
  gint64 sent_us;
  gint64 place; /* in its room's record; -1: nobody has got it */
} KmLoadSent;

/* What a room's members must get: all of them the same. */
typedef struct
{
  GByteArray *bytes;
  GArray *entries;
  guint n_sent;
  guint n_members; /* that read */
  gint64 seq;
} KmLoadRoom;

typedef struct
{
  guint32 bins[KM_LOAD_BINS];
  guint64 count;
  gint64 max_us;
} KmLoadTimes;

typedef struct
{
  const char *path;        /* with a %s for the ticket, or without */
  const char *subprotocol; /* (nullable) */
  void (*opened) (KmLoad       *self,
                  KmLoadMember *member);
  KmLoadFrame (*look) (KmLoad       *self,
                       KmLoadMember *member,
                       const char   *text,
                       gsize         length,
                       guint        *seat);
  char *(*encode) (KmLoad     *self,
                   guint       room,
                   guint       number,
                   const char *words);
} KmLoadDialect;

struct _KmLoad
{
  KmLoadSetup setup;
  const KmLoadDialect *dialect;
  int epoll_fd;
  guint8 *input;
  KmLoadMember *members;
  KmLoadSeat *seats;
  guint seats_each;
  KmLoadRoom *rooms;
  guint n_rooms;

  guint begun;  /* members whose socket was opened */
  guint joined;
  guint closed;
  gboolean running;

  GArray *sent;      /* KmLoadSent, by the message's number */
  GHashTable *asked; /* Kaimu: id of an act -> its number + 1 */
  char *filler;
  KmLoadFigures figures;
  KmLoadTimes times;
  KmLoadTimes reply_times;
};

/* km-load-dialect.c */
const KmLoadDialect *
         km_load_dialect        (KmLoadWords       words);

/* km-load-socket.c */
gboolean km_load_socket_open    (KmLoad           *self,
                                 KmLoadMember     *member);
void     km_load_socket_ready   (KmLoad           *self,
                                 KmLoadMember     *member,
                                 guint32           events);
gboolean km_load_socket_send    (KmLoad           *self,
                                 KmLoadMember     *member,
                                 guint8            opcode,
                                 const char       *data,
                                 gsize             length);
void     km_load_socket_resume  (KmLoad           *self,
                                 KmLoadMember     *member);
void     km_load_socket_close   (KmLoad           *self,
                                 KmLoadMember     *member);

/* km-load-record.c */
char    *km_load_words          (KmLoad           *self,
                                 guint             number);
void     km_load_record         (KmLoad           *self,
                                 KmLoadMember     *member,
                                 guint             seat,
                                 const char       *text,
                                 gsize             length,
                                 gint64            now_us);
guint    km_load_room_of        (const KmLoad     *self,
                                 const KmLoadMember *member,
                                 guint             seat);
void     km_load_times_add      (KmLoadTimes      *self,
                                 gint64            us);
double   km_load_times_part_ms  (const KmLoadTimes *self,
                                 double            part);

/* km-load.c */
void     km_load_joined         (KmLoad           *self,
                                 KmLoadMember     *member);

G_END_DECLS
