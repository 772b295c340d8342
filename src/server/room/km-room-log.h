#pragma once

#include <glib.h>

#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmLogEntry:
 * @seq: its place in the room's log
 * @kind: what happened
 * @frame: the text of its frame, encoded once
 * @end_bytes: bytes of all frames of this ring up to the end of this one
 * @added_us: when it was put here, monotonic
 *
 * One event, the same for everybody.
 */
typedef struct
{
  gint64 seq;
  KmRoomEventKind kind;
  GBytes *frame;
  gint64 end_bytes;
  gint64 added_us;
} KmLogEntry;

/**
 * KmRoomLog:
 *
 * The newest part of a room's log, embedded in the room. Its seqs have no
 * gaps.
 */
typedef struct
{
  /*< private >*/
  KmLogEntry *entries; /* a ring */
  guint capacity;      /* a power of two; 0: nothing yet */
  guint first;
  guint length;
  gint64 head;         /* seq of the newest event, here or in the store */
  gint64 end_bytes;
} KmRoomLog;

void              km_room_log_init         (KmRoomLog       *self,
                                            gint64           head);
void              km_room_log_clear        (KmRoomLog       *self);
void              km_room_log_append       (KmRoomLog       *self,
                                            gint64           seq,
                                            KmRoomEventKind  kind,
                                            GBytes          *frame,
                                            gint64           now_us);
void              km_room_log_replace      (KmRoomLog       *self,
                                            gint64           seq,
                                            GBytes          *frame);
void              km_room_log_trim         (KmRoomLog       *self,
                                            gint64           now_us);
gint64            km_room_log_get_head     (const KmRoomLog *self);
gint64            km_room_log_get_tail     (const KmRoomLog *self);
const KmLogEntry *km_room_log_peek         (const KmRoomLog *self,
                                            gint64           seq);
gint64            km_room_log_bytes_behind (const KmRoomLog *self,
                                            gint64           next);

G_END_DECLS
