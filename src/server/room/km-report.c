/* km-report.c: somebody reports a message, and the staff answers it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row a reporter and message, which the schema keeps to one. What the
 * message says is taken from the log in the transaction that writes the report:
 * a client names it and can't put words into anybody's mouth, and who deletes
 * their message afterwards doesn't take it out of the report. What was deleted
 * before can't be reported: nothing is left to look at, or to be done.
 *
 * A dismissal settles all reports of a message that there are by then. Somebody
 * else may still report it, which is a new matter.
 *
 * Thread: store; hub for the checks; any for clear.
 */

#include "km-report.h"

#include "km-act.h"
#include "km-checked-text.h"
#include "km-json.h"
#include "km-said.h"
#include "km-statement.h"

static KmAct
act_of (const KmReport *self)
{
  return (KmAct) {
    .account = self->account,
    .id = self->id,
    .digest = self->digest,
  };
}

static gboolean
is_reported (const KmReport *self,
             const KmSaid   *said,
             KmTransaction  *transaction,
             gboolean       *reported,
             GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT 1 FROM report WHERE room = ? AND message = ? AND account = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "iii", self->room, said->seq, self->account);
  step = km_statement_step (statement, error);
  *reported = step == KM_STEP_ROW;

  return step != KM_STEP_FAILED;
}

/* How often it is reported for what, with this one. */
static gboolean
count_reports (const KmReport *self,
               KmStaffEntry   *entry,
               KmTransaction  *transaction,
               GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT reason, COUNT (*) FROM report"
    " WHERE room = ? AND message = ? AND settled IS NULL GROUP BY reason",
    error);
  KmStep step;

  km_statement_bind (statement, "ii", self->room, entry->of);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      int reason = km_report_reason_from_word (
        (const char *) sqlite3_column_text (statement, 0));

      if (reason >= 0)
        entry->reports[reason] = (guint) sqlite3_column_int (statement, 1);
    }
  entry->reports[self->reason]++;

  return step == KM_STEP_DONE;
}

/* What is told of it. */
static KmStaffEntry *
make_entry (const KmReport *self,
            const KmSaid   *said,
            KmTransaction  *transaction,
            GError        **error)
{
  g_autoptr (KmStaffEntry) entry = km_staff_entry_new ();
  g_autoptr (JsonObject) body = km_json_parse (said->body, strlen (said->body),
                                               error);

  if (body == NULL)
    return NULL;

  entry->of = said->seq;
  entry->id = g_strdup (said->id);
  entry->from = km_person_from_json (km_json_get_object (body, "from"));
  entry->text = g_strdup (km_json_get_string (body, "text",
                                              KM_CHAT_BYTES_MAX));
  entry->said_at_ms = said->at_ms;
  entry->reason = self->reason;
  entry->note = g_strdup (self->note);
  if (entry->from == NULL || entry->text == NULL)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
      return NULL;
    }

  return count_reports (self, entry, transaction, error)
           ? g_steal_pointer (&entry) : NULL;
}

static gboolean
insert (const KmReport *self,
        const KmSaid   *said,
        KmTransaction  *transaction,
        GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO report (room, message, account, reason, filed)"
    " VALUES (?, ?, ?, ?, ?)", error);

  km_statement_bind (statement, "iiiti", self->room, said->seq, self->account,
                     km_report_reason_to_word (self->reason), self->news.seq);

  return km_statement_run (statement, error);
}

static gboolean
file (KmReport       *self,
      KmTransaction  *transaction,
      GError        **error)
{
  g_auto (KmSaid) said = {
    .room = self->room,
    .author = self->author,
    .id = self->message,
  };
  g_autoptr (KmStaffEntry) entry = NULL;
  gboolean reported;

  if (!km_said_find (&said, transaction, error)
      || !is_reported (self, &said, transaction, &reported, error))
    return FALSE;
  if (reported)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_ALREADY_REPORTED);
      return FALSE;
    }

  entry = make_entry (self, &said, transaction, error);

  return entry != NULL
         && km_staff_log_write (self->room, self->account,
                                KM_ROOM_EVENT_REPORT_FILED, entry,
                                &self->news, transaction, error)
         && insert (self, &said, transaction, error);
}

static gboolean
dismiss (KmReport       *self,
         KmTransaction  *transaction,
         GError        **error)
{
  g_autoptr (KmStaffEntry) entry = km_staff_entry_new ();
  g_auto (KmSaid) said = {
    .room = self->room,
    .author = self->author,
    .id = self->message,
  };

  if (!km_said_find (&said, transaction, error))
    return FALSE;

  entry->of = said.seq;
  entry->id = g_strdup (self->message);
  entry->how = KM_REPORT_END_DISMISSED;
  if (!km_staff_log_settle (self->room, self->account, entry, &self->news,
                            transaction, error))
    return FALSE;
  if (self->news.seq == 0)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_REPORT);
      return FALSE;
    }

  return TRUE;
}

static gboolean
apply_once (KmReport       *self,
            KmTransaction  *transaction,
            gboolean      (*change) (KmReport       *self,
                                     KmTransaction  *transaction,
                                     GError        **error),
            GError        **error)
{
  KmAct act = act_of (self);
  GError *problem = NULL;

  self->news = (KmStaffNews) { 0 };
  if (km_act_find (&act, transaction, &problem))
    return TRUE;
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }

  return change (self, transaction, error)
         && km_act_write (&act, transaction, error);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  return apply_once ((KmReport *) job, transaction, file, error);
}

static gboolean
apply_dismissal (KmJob          *job,
                 KmTransaction  *transaction,
                 GError        **error)
{
  return apply_once ((KmReport *) job, transaction, dismiss, error);
}

static void
take_command (KmReport        *self,
              gint64           account,
              const KmCommand *command)
{
  self->job.repeatable = TRUE;
  self->room = g_ascii_strtoll (command->room, NULL, 10);
  self->account = account;
  self->id = g_strdup (command->id);
  self->digest = km_command_digest (command);
  self->message = g_strdup (command->message);
  self->author = g_ascii_strtoll (command->from, NULL, 10);
}

/* A note in which there is nothing to see is none. */
static gboolean
check_note (const KmCommand  *command,
            char            **note,
            GError          **error)
{
  g_autoptr (GError) problem = NULL;

  if (command->note == NULL)
    return TRUE;

  *note = km_checked_text_new (command->note, KM_TEXT_LINE,
                               KM_REPORT_NOTE_BYTES_MAX,
                               KM_REPORT_NOTE_CLUSTERS_MAX, &problem);
  if (*note != NULL
      || g_error_matches (problem, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_EMPTY))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

/**
 * km_report_check:
 * @self: a report, zeroed; filled in
 * @room: a room
 * @account: who reports; has joined; 0: a guest
 * @command: a `chat.report`
 * @now_us: now, monotonic
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may report what that author said. Whether it is there is
 * judged where the report is written.
 *
 * Returns: whether they may, now
 */
gboolean
km_report_check (KmReport         *self,
                 KmLiveRoom       *room,
                 gint64            account,
                 const KmCommand  *command,
                 gint64            now_us,
                 GError          **error)
{
  g_autofree char *note = NULL;

  if (account == 0
      || g_ascii_strtoll (command->from, NULL, 10) == account)
    {
      km_protocol_error_set (error, account == 0
                                      ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                      : KM_PROTOCOL_ERROR_OWN_MESSAGE);
      return FALSE;
    }
  if (!check_note (command, &note, error)
      || !km_live_room_keep_pace (room, account, KM_PACE_REPORT, now_us,
                                  error))
    return FALSE;

  take_command (self, account, command);
  self->job.apply = apply;
  self->reason = command->reason;
  self->note = g_steal_pointer (&note);

  return TRUE;
}

/**
 * km_report_check_dismissal:
 * @self: a dismissal, zeroed; filled in
 * @room: a room
 * @account: who dismisses; has joined; 0: a guest
 * @command: a `report.dismiss`
 * @now_us: now, monotonic
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may dismiss reports here. Whether there are any is judged
 * where the dismissal is written.
 *
 * Returns: whether they may, now
 */
gboolean
km_report_check_dismissal (KmReport         *self,
                           KmLiveRoom       *room,
                           gint64            account,
                           const KmCommand  *command,
                           gint64            now_us,
                           GError          **error)
{
  if (!km_live_room_is_staff (room, account))
    {
      km_protocol_error_set (error, account == 0
                                      ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                      : KM_PROTOCOL_ERROR_FORBIDDEN);
      return FALSE;
    }
  if (!km_live_room_keep_pace (room, account, KM_PACE_DELETE, now_us, error))
    return FALSE;

  take_command (self, account, command);
  self->job.apply = apply_dismissal;

  return TRUE;
}

/**
 * km_report_clear:
 * @self: a report
 *
 * Frees what it holds, for its done.
 */
void
km_report_clear (KmReport *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->digest, g_bytes_unref);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->note, g_free);
}
