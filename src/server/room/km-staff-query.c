/* km-staff-query.c: what the store knows of a room's reports
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log is asked for up to a seq, as a room's is. Who has nothing of it gets
 * what there is to do instead: the reports that are open.
 *
 * Thread: that of the reader.
 */

#include "km-staff-query.h"

#include "km-room-query.h"
#include "km-statement.h"

/* The answer to one question, whose parameters are bound. */
static gboolean
read_number (sqlite3_stmt *statement,
             gint64       *number,
             GError      **error)
{
  KmStep step = km_statement_step (statement, error);

  if (step == KM_STEP_ROW)
    *number = sqlite3_column_int64 (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

/**
 * km_staff_query_head:
 * @reader: a reader
 * @room: whose staff
 * @head: (out): the place of the newest entry; 0: there is none
 * @error: that of the store
 *
 * Returns: whether it could be read
 */
gboolean
km_staff_query_head (KmReader  *reader,
                     gint64     room,
                     gint64    *head,
                     GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader, "SELECT MAX (seq) FROM staff_entry WHERE room = ?", error);

  km_statement_bind (statement, "i", room);

  return read_number (statement, head, error);
}

/**
 * km_staff_query_count_open:
 * @reader: a reader
 * @room: which room
 * @last: up to which place of its staff's log
 * @n_open: (out): of how many of its messages reports are open
 * @error: that of the store
 *
 * Returns: whether it could be read
 */
gboolean
km_staff_query_count_open (KmReader  *reader,
                           gint64     room,
                           gint64     last,
                           guint     *n_open,
                           GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT COUNT (DISTINCT message) FROM report"
    " WHERE room = ? AND settled IS NULL AND filed <= ?", error);
  gint64 number = 0;
  gboolean done;

  km_statement_bind (statement, "ii", room, last);
  done = read_number (statement, &number, error);
  *n_open = (guint) MIN (number, G_MAXINT32);

  return done;
}

/**
 * km_staff_query_log:
 * @reader: a reader
 * @room: whose staff
 * @first: the place of the first entry wanted
 * @last: the place of the last one
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of
 *   these entries, in order
 */
GPtrArray *
km_staff_query_log (KmReader  *reader,
                    gint64     room,
                    gint64     first,
                    gint64     last,
                    GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    reader,
    "SELECT seq, at, kind, body FROM staff_entry"
    " WHERE room = ? AND seq BETWEEN ? AND ? ORDER BY seq", error);

  km_statement_bind (statement, "iii", room, first, last);

  return km_room_query_read_frames (statement, room, error);
}

/* Of each message the newest few, lest one that everybody reports should
 * crowd out the others. */
static const char open_sql[] =
  "SELECT seq, at, kind, body FROM ("
  "  SELECT filed, ROW_NUMBER () OVER"
  "    (PARTITION BY message ORDER BY filed DESC) AS nth"
  "    FROM report WHERE room = ?1 AND settled IS NULL AND filed <= ?2"
  "    ORDER BY nth > ?3, filed DESC LIMIT ?4) AS open"
  " JOIN staff_entry ON room = ?1 AND seq = open.filed"
  " WHERE open.nth <= ?3 ORDER BY seq";

/**
 * km_staff_query_open:
 * @reader: a reader
 * @room: which room
 * @last: up to which place of its staff's log
 * @error: that of the store
 *
 * Returns: (nullable) (transfer full) (element-type GBytes): the frames of the
 *   newest reports that are open, in order: at most %KM_STAFF_OF_MESSAGE of a
 *   message, and %KM_STAFF_RECENT of all
 */
GPtrArray *
km_staff_query_open (KmReader  *reader,
                     gint64     room,
                     gint64     last,
                     GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (reader, open_sql, error);

  km_statement_bind (statement, "iiii", room, last,
                     (gint64) KM_STAFF_OF_MESSAGE, (gint64) KM_STAFF_RECENT);

  return km_room_query_read_frames (statement, room, error);
}
