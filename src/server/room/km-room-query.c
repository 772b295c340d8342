/* km-room-query.c: what the store knows of rooms and their logs
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads of at most a page, by primary keys, so that the hub can ask between
 * two turns. Logs are asked for up to a seq: what is committed behind that is
 * on its way through the queue and must not be sent twice.
 *
 * Thread: that of the reader.
 */

#include "km-room-query.h"

#include "km-room-event.h"
#include "km-statement.h"

void
km_room_row_clear (KmRoomRow *self)
{
  g_clear_pointer (&self->info, km_room_info_free);
  g_clear_pointer (&self->epoch, g_free);
}

static void
read_row (sqlite3_stmt *statement,
          gint64        room,
          KmRoomRow    *row)
{
  KmRoomInfo *info = km_room_info_new ();

  info->id = g_strdup_printf ("%" G_GINT64_FORMAT, room);
  info->title = km_statement_dup_text (statement, 0);
  info->category = km_statement_dup_text (statement, 1);
  info->host.id = km_statement_dup_text (statement, 4);
  info->host.name = km_statement_dup_text (statement, 5);
  info->host.shown_name = km_statement_dup_text (statement, 6);
  info->stream = km_statement_dup_text (statement, 7);
  info->live = info->stream != NULL;
  info->since_ms = info->live ? sqlite3_column_int64 (statement, 8) : -1;
  info->slow_s = (guint) sqlite3_column_int64 (statement, 11);

  row->info = info;
  row->seq = sqlite3_column_int64 (statement, 2);
  row->epoch = km_statement_dup_text (statement, 3);
  row->likes = sqlite3_column_int64 (statement, 9);
  row->peak = sqlite3_column_int64 (statement, 10);
}

/**
 * km_room_query_row:
 * @reader: a reader
 * @room: which room
 * @row: (out): gets what is known; free it with km_room_row_clear()
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_ROOM, or that of the store
 *
 * Returns: whether there is such a room
 */
gboolean
km_room_query_row (KmReader   *reader,
                   gint64      room,
                   KmRoomRow  *row,
                   GError    **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT room.title, room.category, room.seq,"
                       " room.epoch, account.id, account.name,"
                       " account.shown_name, stream.id, stream.started_at,"
                       " stream.likes, stream.peak, room.slow_s"
                       " FROM room JOIN account ON account.id = room.account"
                       " LEFT JOIN stream ON stream.room = room.id"
                       "  AND stream.ended_at IS NULL"
                       " WHERE room.id = ?"
                       " ORDER BY stream.started_at DESC LIMIT 1",
                       error);
  KmStep step;

  *row = (KmRoomRow) { 0 };
  km_statement_bind (statement, "i", room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    read_row (statement, room, row);
  else if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

/**
 * km_room_query_read_frames:
 * @statement: (nullable): gives rows of seq, at, kind, body; is reset
 * @room: of which room
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): these as the
 *   frames that were sent for them
 */
GPtrArray *
km_room_query_read_frames (sqlite3_stmt  *statement,
                           gint64         room,
                           GError       **error)
{
  g_autoptr (GPtrArray) frames =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, room);
  KmStep step;

  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      g_autoptr (GString) frame = g_string_sized_new (512);
      int kind = km_room_event_kind_from_word (
        (const char *) sqlite3_column_text (statement, 2));
      const char *body = (const char *) sqlite3_column_text (statement, 3);

      if (kind < 0 || body == NULL)
        continue;
      km_room_event_append_frame (frame, (KmRoomEventKind) kind, id,
                                  sqlite3_column_int64 (statement, 0),
                                  sqlite3_column_int64 (statement, 1),
                                  body, -1);
      g_ptr_array_add (frames,
                       g_string_free_to_bytes (g_steal_pointer (&frame)));
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&frames) : NULL;
}

/**
 * km_room_query_log:
 * @reader: a reader
 * @room: which room
 * @first: seq of the first event wanted
 * @last: seq of the last one
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of
 *   these events, in order
 */
GPtrArray *
km_room_query_log (KmReader  *reader,
                   gint64     room,
                   gint64     first,
                   gint64     last,
                   GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT seq, at, kind, body FROM event"
                       " WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq",
                       error);

  km_statement_bind (statement, "iii", room, first, last);

  return km_room_query_read_frames (statement, room, error);
}

/**
 * km_room_query_is_history:
 * @kind: of an event
 *
 * Returns: whether somebody who comes wants to see what was before: what
 *   was said and given, and how polls came out
 */
gboolean
km_room_query_is_history (KmRoomEventKind kind)
{
  return kind == KM_ROOM_EVENT_CHAT_MESSAGE || kind == KM_ROOM_EVENT_GIFT_SENT
         || kind == KM_ROOM_EVENT_POLL_CLOSED;
}

/**
 * km_room_query_recent:
 * @reader: a reader
 * @room: which room
 * @last: seq of the last event that counts
 * @n_events: how many
 * @error: that of the store
 *
 * Looks back over %KM_RECENT_WITHIN events at most: of others there may be
 * any number in between.
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of
 *   the last @n_events for whose kind km_room_query_is_history(), in order
 */
GPtrArray *
km_room_query_recent (KmReader  *reader,
                      gint64     room,
                      gint64     last,
                      guint      n_events,
                      GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT seq, at, kind, body FROM ("
                       " SELECT seq, at, kind, body FROM event"
                       " WHERE room = ? AND seq BETWEEN ? AND ? AND kind IN"
                       " ('chat.message', 'gift.sent', 'poll.closed')"
                       " ORDER BY seq DESC LIMIT ?) ORDER BY seq",
                       error);

  km_statement_bind (statement, "iiii", room, last - KM_RECENT_WITHIN + 1,
                     last, (gint64) n_events);

  return km_room_query_read_frames (statement, room, error);
}

/**
 * km_room_query_spoken:
 * @reader: a reader
 * @room: which room
 * @last: seq of the last event that counts
 * @n_events: over how many to look back at most
 * @since_ms: over which time, ms since 1970
 * @func: told what was said then, the newest first
 * @user_data: for @func
 * @error: that of the store
 *
 * Returns: whether all could be read
 */
gboolean
km_room_query_spoken (KmReader      *reader,
                      gint64         room,
                      gint64         last,
                      guint          n_events,
                      gint64         since_ms,
                      KmSpokenFunc   func,
                      gpointer       user_data,
                      GError       **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT at, account, body ->> 'id' FROM event"
                       " WHERE room = ? AND seq BETWEEN ? AND ?"
                       " AND kind = 'chat.message' AND account IS NOT NULL"
                       " ORDER BY seq DESC",
                       error);
  KmStep step;

  km_statement_bind (statement, "iii", room, last - n_events + 1, last);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW
         && sqlite3_column_int64 (statement, 0) > since_ms)
    func (sqlite3_column_int64 (statement, 1),
          (const char *) sqlite3_column_text (statement, 2),
          sqlite3_column_int64 (statement, 0), user_data);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}
