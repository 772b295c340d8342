/* km-room-polls.c: the polls of a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list has the open ones. One that closes leaves it with its result, and
 * the same object becomes a row of the chat.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-id.h"

static KmRoomPoll *
find (KmRoom     *self,
      const char *id,
      guint      *position)
{
  GListModel *polls = G_LIST_MODEL (self->polls);

  for (guint i = 0; i < g_list_model_get_n_items (polls); i++)
    {
      g_autoptr (KmRoomPoll) poll = g_list_model_get_item (polls, i);

      if (g_strcmp0 (km_room_poll_get_id (poll), id) != 0)
        continue;
      if (position != NULL)
        *position = i;
      return poll; /* the list holds it */
    }

  return NULL;
}

static gboolean
is_among (GPtrArray  *infos,
          const char *id)
{
  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      if (g_strcmp0 (((KmPollInfo *) infos->pdata[i])->id, id) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Closed while one was away, so long ago that how is not known any more. */
static void
drop_gone (KmRoom    *self,
           GPtrArray *infos)
{
  GListModel *polls = G_LIST_MODEL (self->polls);

  for (guint i = g_list_model_get_n_items (polls); i > 0; i--)
    {
      g_autoptr (KmRoomPoll) poll = g_list_model_get_item (polls, i - 1);
      g_autoptr (KmPollInfo) end = km_poll_info_new ();

      if (is_among (infos, km_room_poll_get_id (poll)))
        continue;
      end->closed_at_ms = g_get_real_time () / 1000;
      g_list_store_remove (self->polls, i - 1);
      km_room_poll_close (poll, end);
    }
}

static KmRoomPoll *
add (KmRoom           *self,
     const KmPollInfo *info)
{
  g_autoptr (KmRoomPoll) poll = km_room_poll_new (info);

  g_list_store_append (self->polls, poll);

  return poll; /* the list holds it */
}

/**
 * km_room_polls_joined:
 * @self: a room
 * @infos: (nullable) (element-type KmPollInfo): the open polls
 * @resumed: whether the end of one that isn't among them is still to come
 */
void
km_room_polls_joined (KmRoom    *self,
                      GPtrArray *infos,
                      gboolean   resumed)
{
  if (!resumed)
    drop_gone (self, infos);

  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      const KmPollInfo *info = infos->pdata[i];
      KmRoomPoll *poll = find (self, info->id, NULL);

      if (poll != NULL)
        km_room_poll_joined (poll, info);
      else
        g_signal_emit_by_name (self, "poll-opened", add (self, info), FALSE);
    }
}

static void
apply_closed (KmRoom            *self,
              const KmRoomEvent *event,
              gboolean           fresh)
{
  g_autoptr (KmRoomPoll) poll = NULL;
  g_autoptr (KmRoomMessage) message = NULL;
  guint position;

  poll = find (self, event->poll->id, &position);
  if (poll != NULL)
    {
      g_object_ref (poll);
      g_list_store_remove (self->polls, position);
    }
  else
    {
      poll = km_room_poll_new (event->poll);
    }
  km_room_poll_close (poll, event->poll);

  message = km_room_message_new_poll (event, poll);
  km_message_list_add (self->messages, message);
  g_signal_emit_by_name (self, "poll-closed", poll, fresh);
}

/**
 * km_room_polls_apply:
 * @self: a room
 * @event: a `poll.opened` or `poll.closed`
 * @fresh: whether it happened now
 */
void
km_room_polls_apply (KmRoom            *self,
                     const KmRoomEvent *event,
                     gboolean           fresh)
{
  if (event->kind == KM_ROOM_EVENT_POLL_CLOSED)
    apply_closed (self, event, fresh);
  else if (find (self, event->poll->id, NULL) == NULL)
    g_signal_emit_by_name (self, "poll-opened", add (self, event->poll), fresh);
}

/* @infos: (nullable) (element-type KmPollInfo): their tallies. */
void
km_room_polls_tick (KmRoom    *self,
                    GPtrArray *infos)
{
  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      const KmPollInfo *info = infos->pdata[i];
      KmRoomPoll *poll = find (self, info->id, NULL);

      if (poll != NULL)
        km_room_poll_tallied (poll, info);
    }
}

/**
 * km_room_get_polls:
 * @self: a room
 *
 * Returns: (transfer none): a model of #KmRoomPoll: those that are open; who
 *   wants to show a result for a while keeps the object
 */
GListModel *
km_room_get_polls (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->polls);
}

/* Takes @task; returns NULL after it has returned an error. */
static KmCommand *
begin (KmRoom        *self,
       KmCommandKind  kind,
       GTask         *task)
{
  GError *error = km_room_may_act (self);
  KmCommand *command;

  if (error != NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return NULL;
    }

  command = km_command_new (kind);
  command->id = km_id_new_timed (g_get_real_time () / 1000);
  command->room = g_strdup (self->id);

  return command;
}

static void
on_voted (KmRoom          *self,
          GTask           *task,
          const KmCommand *command,
          const KmReply   *reply,
          const GError    *error)
{
  KmRoomPoll *poll = g_task_get_task_data (task);

  if (error != NULL)
    {
      km_room_poll_roll_back (poll, command->choices);
      g_task_return_error (task, g_error_copy (error));
    }
  else
    {
      km_room_poll_settle (poll, command->choices);
      g_task_return_boolean (task, TRUE);
    }
  g_object_unref (task);
}

/**
 * km_room_vote_async:
 * @self: a room
 * @poll: one of its open polls
 * @choices: what to vote for, the lowest bit for the first option; one bit
 *   unless several may be chosen
 * @cancellable: (nullable): to stop waiting; the vote goes its way
 * @callback: called when the server has it, or refused it
 * @user_data: for @callback
 *
 * @poll shows the vote at once, and no longer if it is refused.
 */
void
km_room_vote_async (KmRoom              *self,
                    KmRoomPoll          *poll,
                    guint                choices,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  KmCommand *command;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_POLL (poll));

  g_task_set_source_tag (task, km_room_vote_async);
  g_task_set_task_data (task, g_object_ref (poll), g_object_unref);
  if (choices == 0 || choices >> km_room_poll_get_n_options (poll) != 0 ||
      km_room_poll_get_closed (poll))
    {
      g_task_return_error (task, km_protocol_error_new (
        km_room_poll_get_closed (poll) ? KM_PROTOCOL_ERROR_POLL_CLOSED
                                       : KM_PROTOCOL_ERROR_NO_SUCH_OPTION,
        0, NULL));
      g_object_unref (task);
      return;
    }

  command = begin (self, KM_COMMAND_POLL_VOTE, task);
  if (command == NULL)
    return;

  command->poll = g_strdup (km_room_poll_get_id (poll));
  command->choices = choices;
  km_room_poll_pend (poll, choices);
  km_room_ask (self, command, task, on_voted);
}

/**
 * km_room_vote_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR: refused, e.g. `POLL_CLOSED`, `ALREADY_VOTED`
 *
 * Returns: whether the vote counts
 */
gboolean
km_room_vote_finish (KmRoom        *self,
                     GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_opened (KmRoom          *self,
           GTask           *task,
           const KmCommand *command,
           const KmReply   *reply,
           const GError    *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_pointer (task, g_strdup (reply->poll), g_free);
  g_object_unref (task);
}

/**
 * km_room_open_poll_async:
 * @self: one's own room
 * @question: what to ask; copied
 * @duration_ms: %KM_POLL_DURATION_MS_MIN to %KM_POLL_DURATION_MS_MAX; -1:
 *   until it is closed, or the stream ends
 * @cancellable: (nullable): to stop waiting
 * @callback: called when it is open, or refused
 * @user_data: for @callback
 *
 * If the connection is lost it is asked for again when it is back, and opened
 * once.
 */
void
km_room_open_poll_async (KmRoom               *self,
                         const KmPollQuestion *question,
                         gint64                duration_ms,
                         GCancellable         *cancellable,
                         GAsyncReadyCallback   callback,
                         gpointer              user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  KmCommand *command;

  g_return_if_fail (KM_IS_ROOM (self) && question != NULL);

  g_task_set_source_tag (task, km_room_open_poll_async);
  command = begin (self, KM_COMMAND_POLL_OPEN, task);
  if (command == NULL)
    return;

  command->ask = km_poll_question_copy (question);
  command->duration_ms = duration_ms;
  km_room_ask (self, command, task, on_opened);
}

/**
 * km_room_open_poll_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR: refused, e.g. `POLL_OPEN`, `BAD_TEXT`
 *
 * Returns: (transfer full) (nullable): the poll's id; the poll itself comes
 *   with ::poll-opened
 */
char *
km_room_open_poll_finish (KmRoom        *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_closed (KmRoom          *self,
           GTask           *task,
           const KmCommand *command,
           const KmReply   *reply,
           const GError    *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/**
 * km_room_close_poll_async:
 * @self: one's own room
 * @poll: one of its polls
 * @cancellable: (nullable): to stop waiting
 * @callback: called when it is closed, or refused
 * @user_data: for @callback
 */
void
km_room_close_poll_async (KmRoom              *self,
                          KmRoomPoll          *poll,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  KmCommand *command;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_POLL (poll));

  g_task_set_source_tag (task, km_room_close_poll_async);
  command = begin (self, KM_COMMAND_POLL_CLOSE, task);
  if (command == NULL)
    return;

  command->poll = g_strdup (km_room_poll_get_id (poll));
  km_room_ask (self, command, task, on_closed);
}

/**
 * km_room_close_poll_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_POLL_CLOSED: it was already
 *
 * Returns: whether it was closed by this
 */
gboolean
km_room_close_poll_finish (KmRoom        *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
