/* km-room-reports.c: messages are reported, and reports answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report goes its way as a message does: it is on disk before it is on the
 * way, and goes out when the server is there, in this run or the next. It has
 * no row of its own; whoever waits is told.
 *
 * The staff's answers are asked for like votes. What becomes of them is seen in
 * the staff's log, here as at everybody's who reads it.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"

static void
fill (KmCommand      *command,
      const KmUnsent *unsent)
{
  command->message = g_strdup (unsent->message);
  command->from = g_strdup (unsent->from);
  command->reason = unsent->reason;
  command->note = g_strdup (unsent->note);
}

static void
mark_reported (KmSending *sending)
{
  KmRoomMessage *message =
    sending->task != NULL ? g_task_get_task_data (sending->task) : NULL;

  if (message != NULL)
    km_room_message_set_reported (message);
}

static void
done (KmRoom        *self,
      KmSending     *sending,
      const KmReply *reply)
{
  mark_reported (sending);
}

static gboolean
refused (KmRoom       *self,
         KmSending    *sending,
         const GError *error)
{
  if (g_error_matches (error, KM_PROTOCOL_ERROR,
                       KM_PROTOCOL_ERROR_ALREADY_REPORTED))
    mark_reported (sending);

  return TRUE;
}

static const KmSendRule report_rule = {
  .command = KM_COMMAND_CHAT_REPORT,
  .fill = fill,
  .done = done,
  .refused = refused,
};

void
km_room_reports_init (KmRoom *self)
{
  km_send_queue_init (&self->reporting, self, &report_rule);
}

/**
 * km_room_may_report:
 * @self: a room
 * @message: one of its messages
 *
 * Returns: whether the account that is signed in may report it to the room's
 *   staff: what others said, unless one is the staff, or it was done
 */
gboolean
km_room_may_report (KmRoom        *self,
                    KmRoomMessage *message)
{
  g_return_val_if_fail (KM_IS_ROOM (self), FALSE);
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (message), FALSE);

  return self->account != NULL && self->state != KM_ROOM_CLOSED
         && self->role != KM_ROLE_HOST
         && km_room_message_get_kind (message) == KM_ROOM_MESSAGE_CHAT
         && km_room_message_get_seq (message) >= 0
         && km_room_message_get_deletion (message) == KM_DELETION_NONE
         && !km_room_message_get_own (message)
         && !km_room_message_get_reported (message);
}

static GError *
check (KmRoom     *self,
       const char *note)
{
  GError *error = km_room_may_act (self);

  if (error == NULL && note != NULL
      && strlen (note) > KM_REPORT_NOTE_BYTES_MAX)
    error = km_protocol_error_new (KM_PROTOCOL_ERROR_TOO_LONG, 0, NULL);

  return error;
}

/**
 * km_room_report_async:
 * @self: a room
 * @message: what to report; km_room_may_report()
 * @reason: what is wrong with it
 * @note: (nullable): what else is to be said
 * @cancellable: (nullable): to stop waiting; the report goes its way
 * @callback: called when the server has it, or refused it
 * @user_data: for @callback
 *
 * Goes out whenever the server is there, in another run if need be.
 */
void
km_room_report_async (KmRoom              *self,
                      KmRoomMessage       *message,
                      KmReportReason       reason,
                      const char          *note,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (KmUnsent) unsent = NULL;
  GError *error;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_MESSAGE (message));

  g_task_set_source_tag (task, km_room_report_async);
  g_task_set_task_data (task, g_object_ref (message), g_object_unref);
  error = check (self, note);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  unsent = km_unsent_new (KM_UNSENT_REPORT, self->id, self->account);
  unsent->message = g_strdup (km_room_message_get_id (message));
  unsent->from = g_strdup (km_room_message_get_from_id (message));
  unsent->reason = reason;
  unsent->note = g_strdup (note);
  if (!km_outbox_add (self->outbox, unsent, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  km_send_queue_add (&self->reporting, unsent, NULL, g_steal_pointer (&task),
                     FALSE);
}

/**
 * km_room_report_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR: refused; %KM_CLIENT_ERROR_STORAGE: not kept
 *
 * Returns: whether the room's staff has the report
 */
gboolean
km_room_report_finish (KmRoom        *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* That somebody else was faster is as good. */
static gboolean
is_settled (const GError *error)
{
  return error == NULL
         || g_error_matches (error, KM_PROTOCOL_ERROR,
                             KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE)
         || g_error_matches (error, KM_PROTOCOL_ERROR,
                             KM_PROTOCOL_ERROR_NO_SUCH_REPORT);
}

static void
on_settled (KmRoom          *self,
            GTask           *task,
            const KmCommand *command,
            const KmReply   *reply,
            const GError    *error)
{
  km_room_report_set_busy (g_task_get_task_data (task), FALSE);
  if (is_settled (error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
  g_object_unref (task);
}

static void
settle (KmRoom        *self,
        KmRoomReport  *report,
        KmCommandKind  kind,
        GTask         *task)
{
  GError *error = km_room_may_act (self);
  KmCommand *command;

  g_task_set_task_data (task, g_object_ref (report), g_object_unref);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  km_room_report_set_busy (report, TRUE);
  command = km_command_new (kind);
  command->id = km_id_new_timed (g_get_real_time () / 1000);
  command->room = g_strdup (self->id);
  command->message = g_strdup (km_room_report_get_id (report));
  command->from = g_strdup (km_room_report_get_from_id (report));
  km_room_ask (self, command, task, on_settled);
}

/**
 * km_room_dismiss_async:
 * @self: a room whose staff one is of
 * @report: one of its reports
 * @cancellable: (nullable): to stop waiting; it is dismissed all the same
 * @callback: called when it is settled, or that was refused
 * @user_data: for @callback
 *
 * Finds nothing wrong with the message. If the connection is lost it is asked
 * for again when it is back.
 */
void
km_room_dismiss_async (KmRoom              *self,
                       KmRoomReport        *report,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_REPORT (report));

  g_task_set_source_tag (task, km_room_dismiss_async);
  settle (self, report, KM_COMMAND_REPORT_DISMISS, task);
}

/**
 * km_room_delete_reported_async:
 * @self: a room whose staff one is of
 * @report: one of its reports
 * @cancellable: (nullable): to stop waiting; it is deleted all the same
 * @callback: called when it is settled, or that was refused
 * @user_data: for @callback
 *
 * Deletes the message, wherever it is in the room's log by now.
 */
void
km_room_delete_reported_async (KmRoom              *self,
                               KmRoomReport        *report,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_REPORT (report));

  g_task_set_source_tag (task, km_room_delete_reported_async);
  settle (self, report, KM_COMMAND_CHAT_DELETE, task);
}

/**
 * km_room_settle_finish:
 * @self: a room
 * @result: what the callback of a dismissal or deletion got
 * @error: %KM_PROTOCOL_ERROR: refused
 *
 * Returns: whether the report is settled, by whomever
 */
gboolean
km_room_settle_finish (KmRoom        *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
