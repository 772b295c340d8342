/* km-room-memo.c: what is remembered of rooms in which something happens
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each event of a room asks for its last place in the log, and each gift for
 * the room's host and whether a stream runs: those are read once and kept. A
 * change of the room's row is told by SQLite. Streams have no row ids, and
 * whoever begins or ends one says so here.
 *
 * Thread: store.
 */

#include "km-room-memo.h"

#include "km-memo.h"
#include "km-protocol.h"
#include "km-statement.h"

/* More than are talked in at a time; then all are forgotten. */
#define ROOMS_MAX 4096

typedef struct
{
  gint64 room;
  gint64 seq; /* -1: unknown */
  gint64 host; /* 0: unknown, or not live */
} Known;

static gpointer
make (void)
{
  return g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
}

static void
changed (gpointer    memo,
         const char *table,
         gint64      row)
{
  Known *known;

  if (!g_str_equal (table, "room"))
    return;

  known = g_hash_table_lookup (memo, &row);
  if (known != NULL)
    known->seq = -1;
}

static void
free_memo (gpointer memo)
{
  g_hash_table_unref (memo);
}

static Known *
get_known (KmTransaction *transaction,
           gint64         room)
{
  static const KmMemoClass memo_class = {
    .make = make,
    .changed = changed,
    .free = free_memo,
  };
  GHashTable *rooms = km_transaction_get_memo (transaction, &memo_class);
  Known *known = g_hash_table_lookup (rooms, &room);

  if (known != NULL)
    return known;

  if (g_hash_table_size (rooms) >= ROOMS_MAX)
    g_hash_table_remove_all (rooms);
  known = g_new0 (Known, 1);
  known->room = room;
  known->seq = -1;
  g_hash_table_insert (rooms, &known->room, known);

  return known;
}

/* @number is what the first column of the one row says. */
static gboolean
read_number (sqlite3_stmt     *statement,
             gint64            room,
             KmProtocolError   none,
             gint64           *number,
             GError          **error)
{
  KmStep step;

  km_statement_bind (statement, "i", room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, none);
  if (step != KM_STEP_ROW)
    return FALSE;

  *number = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  return TRUE;
}

/**
 * km_room_memo_find_seq:
 * @transaction: a transaction
 * @room: a room
 * @seq: (out): the last place in its log that is taken
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_ROOM, or why it couldn't be read
 *
 * Returns: whether there is such a room
 */
gboolean
km_room_memo_find_seq (KmTransaction  *transaction,
                       gint64          room,
                       gint64         *seq,
                       GError        **error)
{
  Known *known = get_known (transaction, room);

  if (known->seq < 0
      && !read_number (km_transaction_prepare (transaction,
                                               "SELECT seq FROM room"
                                               " WHERE id = ?", error),
                       room, KM_PROTOCOL_ERROR_NO_SUCH_ROOM, &known->seq,
                       error))
    return FALSE;

  *seq = known->seq;

  return TRUE;
}

/**
 * km_room_memo_find_host:
 * @transaction: a transaction
 * @room: a room
 * @host: (out): whose it is
 * @error: %KM_PROTOCOL_ERROR_NOT_LIVE, or why it couldn't be read
 *
 * Returns: whether a stream runs there
 */
gboolean
km_room_memo_find_host (KmTransaction  *transaction,
                        gint64          room,
                        gint64         *host,
                        GError        **error)
{
  Known *known = get_known (transaction, room);

  if (known->host == 0
      && !read_number (km_transaction_prepare (
                         transaction,
                         "SELECT account FROM room WHERE id = ?1"
                         " AND EXISTS (SELECT 1 FROM stream"
                         "  WHERE room = ?1 AND ended_at IS NULL)", error),
                       room, KM_PROTOCOL_ERROR_NOT_LIVE, &known->host, error))
    return FALSE;

  *host = known->host;

  return TRUE;
}

/**
 * km_room_memo_took:
 * @transaction: a transaction
 * @room: a room
 * @seq: the place in its log that was just taken
 */
void
km_room_memo_took (KmTransaction *transaction,
                   gint64         room,
                   gint64         seq)
{
  get_known (transaction, room)->seq = seq;
}

/**
 * km_room_memo_forget_live:
 * @transaction: a transaction that begins or ends a stream
 * @room: where
 */
void
km_room_memo_forget_live (KmTransaction *transaction,
                          gint64         room)
{
  get_known (transaction, room)->host = 0;
}
