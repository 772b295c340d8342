/* km-stream-query.c: how a stream was, from what was written of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream is a stretch of its room's log, from the event of its start to that
 * of its end, or to the newest one while it runs. Everything but likes and
 * peak is counted from the rows of that stretch, so that a summary can never
 * differ from the history that it sums up. Gifts that were refunded don't
 * count.
 *
 * Thread: that of the reader.
 */

#include "km-stream-query.h"

#include "km-poll-query.h"
#include "km-statement.h"

/* A stream's stretch of its room's log. */
typedef struct
{
  gint64 room;
  gint64 host;
  gint64 first;
  gint64 last;
} Stretch;

/* Data of the first version doesn't know a stream's title, nor its places in
 * the log: the times of the events tell those. */
#define COLUMNS \
  "SELECT stream.id, COALESCE (stream.title, room.title), started_at," \
  " ended_at, reason, peak, likes, room.id, room.account," \
  " COALESCE (started_seq, (SELECT seq FROM event" \
  "  WHERE room = room.id AND at >= started_at ORDER BY seq LIMIT 1), 1)," \
  " CASE WHEN ended_at IS NULL THEN room.seq ELSE" \
  "  COALESCE (ended_seq, (SELECT seq FROM event" \
  "   WHERE room = room.id AND at <= ended_at" \
  "   ORDER BY seq DESC LIMIT 1), 0) END" \
  " FROM stream JOIN room ON room.id = stream.room"

static void
read_stream (sqlite3_stmt    *statement,
             gint64           now_ms,
             KmStreamSummary *summary,
             Stretch         *stretch)
{
  int reason = km_stream_end_from_word (
    (const char *) sqlite3_column_text (statement, 4));

  summary->stream = km_statement_dup_text (statement, 0);
  summary->title = km_statement_dup_text (statement, 1);
  summary->started_at_ms = sqlite3_column_int64 (statement, 2);
  if (sqlite3_column_type (statement, 3) != SQLITE_NULL)
    summary->ended_at_ms = sqlite3_column_int64 (statement, 3);
  summary->reason = reason < 0 ? KM_STREAM_END_LOST : (KmStreamEnd) reason;
  summary->duration_ms =
    MAX (0, (summary->ended_at_ms >= 0 ? summary->ended_at_ms : now_ms)
              - summary->started_at_ms);
  summary->peak = sqlite3_column_int64 (statement, 5);
  summary->likes = sqlite3_column_int64 (statement, 6);

  stretch->room = sqlite3_column_int64 (statement, 7);
  stretch->host = sqlite3_column_int64 (statement, 8);
  stretch->first = sqlite3_column_int64 (statement, 9);
  stretch->last = sqlite3_column_int64 (statement, 10);
}

static gboolean
find_stream (KmReader         *reader,
             const char       *stream,
             gint64            host,
             gint64            now_ms,
             KmStreamSummary  *summary,
             Stretch          *stretch,
             GError          **error)
{
  sqlite3_stmt *statement;
  KmStep step;

  if (stream != NULL)
    {
      statement = km_reader_prepare (reader, COLUMNS " WHERE stream.id = ?",
                                     error);
      km_statement_bind (statement, "t", stream);
    }
  else
    {
      statement = km_reader_prepare (reader,
                                     COLUMNS " WHERE room.account = ?"
                                             " ORDER BY started_at DESC"
                                             " LIMIT 1",
                                     error);
      km_statement_bind (statement, "i", host);
    }

  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    read_stream (statement, now_ms, summary, stretch);
  else if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NOT_FOUND);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

static gboolean
count_messages (KmReader         *reader,
                const Stretch    *stretch,
                KmStreamSummary  *summary,
                GError          **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT count (*), count (DISTINCT account) FROM event"
                       " WHERE room = ? AND seq BETWEEN ? AND ?"
                       " AND kind = 'chat.message'",
                       error);

  km_statement_bind (statement, "iii", stretch->room, stretch->first,
                     stretch->last);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  summary->messages = sqlite3_column_int64 (statement, 0);
  summary->chatters = sqlite3_column_int64 (statement, 1);

  return km_statement_run (statement, error);
}

static gboolean
count_gifts (KmReader         *reader,
             const Stretch    *stretch,
             KmStreamSummary  *summary,
             GError          **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT COALESCE (sum (count), 0),"
                       " COALESCE (sum (coins), 0),"
                       " COALESCE (sum (coins - share - remainder), 0),"
                       " count (DISTINCT source) FROM event"
                       " JOIN transfer_group AS g ON g.id = event.gift"
                       " WHERE event.room = ? AND event.seq BETWEEN ? AND ?"
                       " AND NOT EXISTS (SELECT 1 FROM transfer_group AS r"
                       "  WHERE r.refunds = g.id)",
                       error);

  km_statement_bind (statement, "iii", stretch->room, stretch->first,
                     stretch->last);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  summary->gifts = sqlite3_column_int64 (statement, 0);
  summary->gift_coins = sqlite3_column_int64 (statement, 1);
  summary->income = sqlite3_column_int64 (statement, 2);
  summary->givers = sqlite3_column_int64 (statement, 3);

  return km_statement_run (statement, error);
}

static GArray *
find_polls (KmReader       *reader,
            const Stretch  *stretch,
            GError        **error)
{
  g_autoptr (GArray) polls = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT id FROM poll WHERE room = ?"
                       " AND opened_seq BETWEEN ? AND ? ORDER BY opened_seq",
                       error);
  KmStep step;

  km_statement_bind (statement, "iii", stretch->room, stretch->first,
                     stretch->last);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      gint64 poll = sqlite3_column_int64 (statement, 0);

      g_array_append_val (polls, poll);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&polls) : NULL;
}

static gboolean
read_polls (KmReader         *reader,
            const Stretch    *stretch,
            KmStreamSummary  *summary,
            GError          **error)
{
  g_autoptr (GArray) polls = find_polls (reader, stretch, error);

  if (polls == NULL)
    return FALSE;

  summary->polls =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_poll_info_free);
  for (guint i = 0; i < polls->len; i++)
    {
      gint64 room;
      KmPollInfo *poll = km_poll_query_one (
        reader, g_array_index (polls, gint64, i), &room, error);

      if (poll == NULL)
        return FALSE;
      g_ptr_array_add (summary->polls, poll);
    }

  return TRUE;
}

/**
 * km_stream_query_summary:
 * @reader: a reader
 * @stream: (nullable): which stream; %NULL: the last one of @host's room
 * @host: the account that asks
 * @now_ms: now, ms since 1970
 * @error: %KM_PROTOCOL_ERROR_NOT_FOUND, %KM_PROTOCOL_ERROR_FORBIDDEN when
 *   the stream is another host's, or that of the store
 *
 * Returns: (nullable) (transfer full): how the stream was; of one that runs,
 *   likes and peak are those of a few seconds ago
 */
KmStreamSummary *
km_stream_query_summary (KmReader    *reader,
                         const char  *stream,
                         gint64       host,
                         gint64       now_ms,
                         GError     **error)
{
  g_autoptr (KmStreamSummary) self = km_stream_summary_new ();
  Stretch stretch;

  if (!find_stream (reader, stream, host, now_ms, self, &stretch, error))
    return NULL;

  if (stretch.host != host)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_FORBIDDEN);
      return NULL;
    }

  if (!count_messages (reader, &stretch, self, error)
      || !count_gifts (reader, &stretch, self, error)
      || !read_polls (reader, &stretch, self, error))
    return NULL;

  return g_steal_pointer (&self);
}
