/* km-staff-log.c: what the staff of a room is told, in a log of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As in the log of the room, the place of an entry is given in the transaction
 * that writes it, without gaps, and what is sent is what was written. No entry
 * is ever changed or deleted (the schema sees to that), so the place behind the
 * last one was never given before.
 *
 * Both logs are of the same history: they have one epoch, the room's.
 *
 * Thread: store.
 */

#include "km-staff-log.h"

#include "km-room-event.h"
#include "km-statement.h"

static gboolean
find_place (gint64          room,
            gint64         *seq,
            KmTransaction  *transaction,
            GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT MAX (seq) FROM staff_entry WHERE room = ?", error);

  km_statement_bind (statement, "i", room);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  *seq = sqlite3_column_int64 (statement, 0) + 1;

  return TRUE;
}

/* Who did it, as they are called now. */
static KmPerson *
read_person (gint64          room,
             gint64          account,
             KmTransaction  *transaction,
             GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT account.name, account.shown_name, room.account = account.id"
    " FROM account, room WHERE account.id = ? AND room.id = ?", error);
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, account);
  KmStep step;

  km_statement_bind (statement, "ii", account, room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  if (step != KM_STEP_ROW)
    return NULL;

  return km_person_new (id, (const char *) sqlite3_column_text (statement, 0),
                        (const char *) sqlite3_column_text (statement, 1),
                        sqlite3_column_int (statement, 2) != 0
                          ? KM_ROLE_HOST : KM_ROLE_MEMBER);
}

/**
 * km_staff_log_write:
 * @room: whose staff
 * @account: who did it
 * @kind: what
 * @entry: about which message, and what its kind says; its `by` is filled in
 * @news: gets what was written added
 * @transaction: the transaction in which it happens
 * @error: that of the store
 *
 * Returns: whether the entry is written
 */
gboolean
km_staff_log_write (gint64            room,
                    gint64            account,
                    KmRoomEventKind   kind,
                    KmStaffEntry     *entry,
                    KmStaffNews      *news,
                    KmTransaction    *transaction,
                    GError          **error)
{
  g_autoptr (GString) body = g_string_sized_new (256);
  sqlite3_stmt *statement;
  gint64 seq;

  g_clear_pointer (&entry->by, km_person_free);
  entry->by = read_person (room, account, transaction, error);
  if (entry->by == NULL || !find_place (room, &seq, transaction, error))
    return FALSE;

  g_string_append_c (body, '{');
  km_staff_entry_append (entry, kind, body);
  g_string_append_c (body, '}');
  statement = km_transaction_prepare (
    transaction,
    "INSERT INTO staff_entry (room, seq, at, kind, message, account, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)", error);
  km_statement_bind (statement, "iiitiit", room, seq,
                     g_get_real_time () / 1000,
                     km_room_event_kind_to_word (kind), entry->of, account,
                     body->str);
  if (!km_statement_run (statement, error))
    return FALSE;

  news->seq = seq;
  news->kinds |= 1u << kind;

  return TRUE;
}

static KmStep
find_open (gint64          room,
           gint64          message,
           KmTransaction  *transaction,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT 1 FROM report"
    " WHERE room = ? AND message = ? AND settled IS NULL LIMIT 1", error);

  km_statement_bind (statement, "ii", room, message);

  return km_statement_step (statement, error);
}

/**
 * km_staff_log_settle:
 * @room: whose staff
 * @account: who settles
 * @entry: about which message, and how its reports are settled
 * @news: gets what was written added
 * @transaction: the transaction in which it happens
 * @error: that of the store
 *
 * Settles all reports of a message that are open. If there are none, nothing
 * is written.
 *
 * Returns: whether none is open any more
 */
gboolean
km_staff_log_settle (gint64          room,
                     gint64          account,
                     KmStaffEntry   *entry,
                     KmStaffNews    *news,
                     KmTransaction  *transaction,
                     GError        **error)
{
  KmStep step = find_open (room, entry->of, transaction, error);
  sqlite3_stmt *statement;

  if (step != KM_STEP_ROW)
    return step == KM_STEP_DONE;
  if (!km_staff_log_write (room, account, KM_ROOM_EVENT_REPORT_SETTLED, entry,
                           news, transaction, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "UPDATE report SET settled = ?3"
    " WHERE room = ?1 AND message = ?2 AND settled IS NULL", error);
  km_statement_bind (statement, "iii", room, entry->of, news->seq);

  return km_statement_run (statement, error);
}
