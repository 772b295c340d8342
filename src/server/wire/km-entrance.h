#pragma once

#include "km-counter.h"
#include "km-crowd.h"
#include "km-listener.h"
#include "km-upgrade.h"

G_BEGIN_DECLS

typedef struct _KmEntrance KmEntrance;

/**
 * KmDoorKind:
 * @KM_DOOR_HTTP: sockets and other HTTP, in the clear
 * @KM_DOOR_HTTPS: the same over TLS
 * @KM_DOOR_RTMP: streams, in the clear
 * @KM_DOOR_RTMPS: the same over TLS
 *
 * What a port is for.
 */
typedef enum
{
  KM_DOOR_HTTP,
  KM_DOOR_HTTPS,
  KM_DOOR_RTMP,
  KM_DOOR_RTMPS,
} KmDoorKind;

#define KM_DOOR_KINDS 4

/**
 * KmEntranceRefusal:
 * @KM_ENTRANCE_TOO_FAST: too many came lately
 * @KM_ENTRANCE_ADDRESS_TOO_FAST: too many came lately from its address
 * @KM_ENTRANCE_CROWDED: too many waited, and it for the longest
 * @KM_ENTRANCE_ADDRESS_WAITS: too many of its address waited
 * @KM_ENTRANCE_BUSY: whom it would have been passed on to has enough to do
 * @KM_ENTRANCE_SILENT: it said nothing in time
 * @KM_ENTRANCE_LATE: it didn't say all of it in time
 * @KM_ENTRANCE_BAD: what it said is no request for a socket as it must be
 * @KM_ENTRANCE_SENT_AWAY: the host had other reasons
 *
 * Why a connection was refused. The first six are closed without a word, the
 * others told.
 */
typedef enum
{
  KM_ENTRANCE_TOO_FAST,
  KM_ENTRANCE_ADDRESS_TOO_FAST,
  KM_ENTRANCE_CROWDED,
  KM_ENTRANCE_ADDRESS_WAITS,
  KM_ENTRANCE_BUSY,
  KM_ENTRANCE_SILENT,
  KM_ENTRANCE_LATE,
  KM_ENTRANCE_BAD,
  KM_ENTRANCE_SENT_AWAY,
} KmEntranceRefusal;

#define KM_ENTRANCE_REFUSALS 9

/**
 * KmEntranceFigures:
 * @came: connections that were accepted, by #KmDoorKind
 * @refused: those of them that weren't kept, by #KmEntranceRefusal
 * @waiting: connections that haven't said what they want
 *
 * Who came. The owner's thread keeps it; any may read.
 */
typedef struct
{
  KmCounter came[KM_DOOR_KINDS];
  KmCounter refused[KM_ENTRANCE_REFUSALS];
  KmCounter waiting;
} KmEntranceFigures;

/**
 * KmEntranceHost:
 * @path: where sockets are opened
 * @protocol: the subprotocol that is spoken there
 * @pass: gets each connection that isn't for a socket; nothing was read from
 *   it. Returns whether it took @fd
 * @open: gets each that is: the head was read, nothing behind it. Returns
 *   (transfer full) (nullable): last words, when it didn't take @fd
 * @refuse: returns (transfer full) the last words for a request that gets
 *   this status of HTTP
 * @data: for these
 *
 * Who decides what becomes of connections. Called on the thread that calls
 * km_entrance_turn().
 */
typedef struct
{
  const char *path;
  const char *protocol;
  gboolean (*pass) (gpointer   data,
                    KmDoorKind kind,
                    int        fd);
  GBytes *(*open) (gpointer         data,
                   int              fd,
                   const KmUpgrade *upgrade);
  GBytes *(*refuse) (gpointer data,
                     guint    status);
  gpointer data;
} KmEntranceHost;

/**
 * KmEntranceRules:
 * @limits: how many may come
 * @first_byte_ms: how long a connection may say nothing at all
 * @head_ms: how long it may then take to say what it wants
 *
 * What holds for connections of %KM_DOOR_HTTP; the first two of @limits hold
 * for all.
 */
typedef struct
{
  KmCrowdLimits limits;
  guint first_byte_ms;
  guint head_ms;
} KmEntranceRules;

KmEntrance *km_entrance_new        (const KmEntranceHost  *host,
                                    const KmEntranceRules *rules,
                                    KmEntranceFigures     *figures);
void        km_entrance_free       (KmEntrance            *self);
void        km_entrance_add        (KmEntrance            *self,
                                    KmDoorKind             kind,
                                    KmListener            *listener);
void        km_entrance_close      (KmEntrance            *self,
                                    guint                  kinds);
int         km_entrance_get_fd     (KmEntrance            *self);
gint64      km_entrance_get_due_us (KmEntrance            *self);
void        km_entrance_turn       (KmEntrance            *self,
                                    gint64                 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmEntrance, km_entrance_free)

G_END_DECLS
