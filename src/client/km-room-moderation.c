/* km-room-moderation.c: what keeps a room fit to be in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deletion is asked for and then seen like any other event of the room: the
 * row changes when the room's log says so, here as at everybody's.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"

/**
 * km_room_deletion_apply:
 * @self: a room
 * @event: a `chat.deleted`
 *
 * What isn't in the list any more needs no deletion.
 */
void
km_room_deletion_apply (KmRoom            *self,
                        const KmRoomEvent *event)
{
  KmRoomMessage *message =
    km_message_list_find_seq (self->messages, event->of);

  if (message == NULL
      || km_room_message_get_kind (message) != KM_ROOM_MESSAGE_CHAT)
    return;

  km_room_message_delete (message, event->deletion);
  g_signal_emit_by_name (self, "message-deleted", message);
}

/**
 * km_room_may_delete:
 * @self: a room
 * @message: one of its messages
 *
 * Returns: whether the account that is signed in may delete it: its own, or
 *   any of its own room
 */
gboolean
km_room_may_delete (KmRoom        *self,
                    KmRoomMessage *message)
{
  g_return_val_if_fail (KM_IS_ROOM (self), FALSE);
  g_return_val_if_fail (KM_IS_ROOM_MESSAGE (message), FALSE);

  return self->account != NULL && self->state != KM_ROOM_CLOSED
         && km_room_message_get_kind (message) == KM_ROOM_MESSAGE_CHAT
         && km_room_message_get_seq (message) >= 0
         && km_room_message_get_deletion (message) == KM_DELETION_NONE
         && (self->role == KM_ROLE_HOST || km_room_message_get_own (message));
}

static void
on_deleted (KmRoom          *self,
            GTask           *task,
            const KmCommand *command,
            const KmReply   *reply,
            const GError    *error)
{
  if (error == NULL
      || g_error_matches (error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (error));
  g_object_unref (task);
}

/**
 * km_room_delete_async:
 * @self: a room
 * @message: what to delete; km_room_may_delete()
 * @cancellable: (nullable): to stop waiting; it is deleted all the same
 * @callback: called when it is deleted, or that was refused
 * @user_data: for @callback
 *
 * If the connection is lost it is asked for again when it is back. That
 * somebody else was faster is as good.
 */
void
km_room_delete_async (KmRoom              *self,
                      KmRoomMessage       *message,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  GError *error = km_room_may_act (self);
  KmCommand *command;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_MESSAGE (message));

  g_task_set_source_tag (task, km_room_delete_async);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }

  command = km_command_new (KM_COMMAND_CHAT_DELETE);
  command->id = km_id_new_timed (g_get_real_time () / 1000);
  command->room = g_strdup (self->id);
  command->message = g_strdup (km_room_message_get_id (message));
  command->from = g_strdup (km_room_message_get_from_id (message));
  km_room_ask (self, command, task, on_deleted);
}

/**
 * km_room_delete_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR: refused
 *
 * Returns: whether the message is deleted
 */
gboolean
km_room_delete_finish (KmRoom        *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
