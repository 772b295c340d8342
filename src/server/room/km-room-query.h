#pragma once

#include "km-protocol.h"
#include "km-room-info.h"
#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmRoomRow:
 * @info: the room as it is stored; live when a stream is open
 * @epoch: which history its seqs belong to
 * @seq: of the newest event
 * @likes: of the open stream; 0: none is open
 * @peak: of the open stream
 *
 * What the store knows of a room.
 */
typedef struct
{
  KmRoomInfo *info;
  char *epoch;
  gint64 seq;
  gint64 likes;
  gint64 peak;
} KmRoomRow;

/**
 * KmSpokenFunc:
 * @account: who said something
 * @id: (nullable): how they called it
 * @at_ms: when, ms since 1970
 * @user_data: as given
 */
typedef void (*KmSpokenFunc) (gint64      account,
                              const char *id,
                              gint64      at_ms,
                              gpointer    user_data);

void       km_room_row_clear        (KmRoomRow  *self);
gboolean   km_room_query_row        (KmReader   *reader,
                                     gint64      room,
                                     KmRoomRow  *row,
                                     GError    **error);
GPtrArray *km_room_query_log        (KmReader   *reader,
                                     gint64      room,
                                     gint64      first,
                                     gint64      last,
                                     GError    **error);
gboolean   km_room_query_is_history (KmRoomEventKind kind);
GPtrArray *km_room_query_read_frames
                                    (sqlite3_stmt *statement,
                                     gint64        room,
                                     GError      **error);
GPtrArray *km_room_query_recent     (KmReader   *reader,
                                     gint64      room,
                                     gint64      last,
                                     guint       n_events,
                                     GError    **error);
gboolean   km_room_query_spoken     (KmReader     *reader,
                                     gint64        room,
                                     gint64        last,
                                     guint         n_events,
                                     gint64        since_ms,
                                     KmSpokenFunc  func,
                                     gpointer      user_data,
                                     GError      **error);

G_END_DECLS
