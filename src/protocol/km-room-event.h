#pragma once

#include "km-gift.h"
#include "km-poll-info.h"
#include "km-protocol.h"
#include "km-room-info.h"
#include "km-staff-entry.h"
#include "km-wallet-info.h"

G_BEGIN_DECLS

/**
 * KmRoomEvent:
 * @kind: what happened; says which of the fields below hold something
 * @room: (nullable): in which room; %NULL for `stream.refused` and what is in
 *   the inbox
 * @seq: its place in the room's log, its staff's, or the inbox; -1: it isn't
 *   in a log
 * @at_ms: when, ms since 1970; -1: doesn't say
 * @id: `chat.message`, `gift.sent`: the id of the act
 * @from: `chat.message`, `gift.sent`: who did it
 * @role: `chat.message`, `gift.sent`: what the sender is in the room
 * @text: `chat.message`: what was said; empty when it was deleted
 * @mode: `chat.message`: how it flies
 * @color: `chat.message`: 0xrrggbb
 * @time_ms: `chat.message`, `gift.sent`: stream time that the sender saw; -1:
 *   none
 * @deletion: `chat.message`: whether it was deleted, and by whom;
 *   `chat.deleted`: by whom
 * @of: `chat.deleted`: the place of the message in the room's log
 * @target: `chat.deleted`: the id of the message
 * @gift: (nullable): `gift.sent`: what was given
 * @poll: (nullable): `poll.opened`, `poll.closed`: the poll; closed with
 *   tallies, time and reason
 * @stream: `stream.*`, `tick`: the stream's id; `tick`: %NULL if none runs
 * @reason: `stream.ended`: why
 * @duration_ms: `stream.ended`: how long it was
 * @title: `room.changed`: the title now
 * @category: `room.changed`: the category now
 * @slow_s: `room.changed`: the slow mode now, as in #KmRoomInfo
 * @online: `tick`: how many are in the room
 * @live: `tick`: whether a stream runs
 * @edge_ms: `tick`: the newest stream time; -1: no stream
 * @publisher_lost: `tick`: the stream waits for its publisher to come back
 * @likes: `tick`: how many likes the running stream has; -1: doesn't say
 * @polls: (nullable) (element-type KmPollInfo): `tick`: the tallies of the
 *   open polls
 * @publish: `stream.refused`: the id of the refused publish
 * @code: `stream.refused`: why
 * @message: `stream.refused`: in words
 * @entry: `wallet.entry`: what came or went
 * @note: (nullable): `wallet.entry`: what who granted it wrote
 * @wallet: `wallet.limit`: only its limits
 * @staff: (nullable): what is for the staff
 *
 * One event as a server sends it. Plain data.
 */
typedef struct
{
  KmRoomEventKind kind;
  char *room;
  gint64 seq;
  gint64 at_ms;

  char *id;
  KmAccountInfo from;
  KmRole role;
  char *text;
  KmChatMode mode;
  guint32 color;
  gint64 time_ms;
  KmDeletion deletion;
  gint64 of;
  char *target;

  KmGiftInfo *gift;
  KmPollInfo *poll;

  char *stream;
  KmStreamEnd reason;
  gint64 duration_ms;

  char *title;
  char *category;
  guint slow_s;

  guint online;
  gboolean live;
  gint64 edge_ms;
  gboolean publisher_lost;
  gint64 likes;
  GPtrArray *polls;

  char *publish;
  KmProtocolError code;
  char *message;

  KmWalletEntry entry;
  char *note;
  KmWalletInfo wallet;

  KmStaffEntry *staff;
} KmRoomEvent;

KmRoomEvent *km_room_event_new           (KmRoomEventKind     kind);
void         km_room_event_free          (KmRoomEvent        *self);

/* The server's side. A body is the JSON of `d`, the same in the store and on
 * the wire; the frame around it is written when seq and time are known. */
void         km_room_event_append_body   (const KmRoomEvent  *self,
                                          GString            *out);
void         km_room_event_append_frame  (GString            *out,
                                          KmRoomEventKind     kind,
                                          const char         *room,
                                          gint64              seq,
                                          gint64              at_ms,
                                          const char         *body,
                                          gssize              body_length);
char        *km_room_event_encode        (const KmRoomEvent  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRoomEvent, km_room_event_free)

G_END_DECLS
