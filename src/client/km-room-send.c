/* km-room-send.c: what one says in a room, until the server has it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message is a row at once, and goes its way through a KmSendQueue. Either
 * the reply or the event itself is the acknowledgement, whichever comes.
 *
 * What is found on disk from an earlier run goes out by itself if it is not
 * older than an hour; else the person is asked (retry or discard). Gifts have
 * a rule of their own: km-room-gifts.c.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-client-error.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define STALE_AFTER_MS (60 * 60 * 1000)

/* A row of one's own carries what was typed: to retry. */
#define UNSENT_KEY "km-unsent"

static void
fill (KmCommand      *command,
      const KmUnsent *unsent)
{
  command->text = g_strdup (unsent->text);
  command->mode = unsent->mode;
  command->color = unsent->color;
}

static void
done (KmRoom        *self,
      KmSending     *sending,
      const KmReply *reply)
{
  km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_SENT, NULL);
  km_room_slow_mode_said (self);
}

static gboolean
refused (KmRoom       *self,
         KmSending    *sending,
         const GError *error)
{
  km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED, error);

  return TRUE;
}

static void
waits (KmRoom *self,
       gint64  wait_ms)
{
  km_room_slow_mode_told (self, wait_ms);
}

static const KmSendRule chat_rule = {
  .command = KM_COMMAND_CHAT_SEND,
  .fill = fill,
  .done = done,
  .refused = refused,
  .waits = waits,
};

static KmSendQueue *
get_queue (KmRoom         *self,
           const KmUnsent *unsent)
{
  switch (unsent->kind)
    {
    case KM_UNSENT_GIFT:
      return &self->gifts;
    case KM_UNSENT_REPORT:
      return &self->reporting;
    case KM_UNSENT_CHAT:
    default:
      return &self->chats;
    }
}

/**
 * km_room_make_row:
 * @self: a room
 * @unsent: an act of the account that is signed in
 *
 * Returns: (transfer full): its row, in the list
 */
KmRoomMessage *
km_room_make_row (KmRoom         *self,
                  const KmUnsent *unsent)
{
  const char *name = km_server_get_shown_name (self->server);
  g_autoptr (KmRoomGift) gift = NULL;
  KmRoomMessage *message;

  if (unsent->kind == KM_UNSENT_GIFT)
    {
      gift = km_room_gifts_describe (self, unsent);
      message = km_room_message_new_own_gift (gift);
    }
  else
    {
      message = km_room_message_new_own (unsent->id, unsent->account, name,
                                         self->role, unsent->text,
                                         unsent->mode, unsent->color,
                                         unsent->time_ms, unsent->at_ms);
    }
  g_object_set_data_full (G_OBJECT (message), UNSENT_KEY,
                          km_unsent_copy (unsent),
                          (GDestroyNotify) km_unsent_free);
  km_message_list_add_unsent (self->messages, message);

  return message;
}

/* The catalogue came, or changed: unsent gifts have their names by now. */
void
km_room_rename_gifts (KmRoom *self)
{
  GListModel *rows = G_LIST_MODEL (self->messages);

  for (guint i = g_list_model_get_n_items (rows); i > 0; i--)
    {
      g_autoptr (KmRoomMessage) message = g_list_model_get_item (rows, i - 1);
      const KmUnsent *unsent = g_object_get_data (G_OBJECT (message),
                                                  UNSENT_KEY);
      g_autoptr (KmRoomGift) gift = NULL;

      if (km_room_message_get_seq (message) >= 0)
        return;
      if (unsent == NULL || unsent->kind != KM_UNSENT_GIFT)
        continue;
      gift = km_room_gifts_describe (self, unsent);
      km_room_message_set_gift (message, gift);
    }
}

/* Acts of an earlier run, or of before signing out. */
static void
load (KmRoom *self)
{
  g_autoptr (GPtrArray) list =
    km_outbox_list (self->outbox, self->id, self->account);
  g_autoptr (GError) error =
    g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_INTERRUPTED,
                         _("This was not sent before Kaimu was closed."));
  gint64 now_ms = g_get_real_time () / 1000;

  for (guint i = 0; i < list->len; i++)
    {
      const KmUnsent *unsent = list->pdata[i];
      g_autoptr (KmRoomMessage) message = NULL;

      if (unsent->kind == KM_UNSENT_REPORT)
        {
          km_send_queue_add (&self->reporting, unsent, NULL, NULL, TRUE);
          continue;
        }
      if (km_message_list_find_unsent (self->messages, unsent->id) != NULL)
        continue;

      message = km_room_make_row (self, unsent);
      if (unsent->kind == KM_UNSENT_GIFT ||
          now_ms - unsent->at_ms < STALE_AFTER_MS)
        km_send_queue_add (get_queue (self, unsent), unsent, message, NULL,
                           TRUE);
      else
        km_room_message_set_state (message, KM_ROOM_MESSAGE_FAILED, error);
    }
}

void
km_room_send_init (KmRoom *self)
{
  km_send_queue_init (&self->chats, self, &chat_rule);
  km_room_gifts_init (self);
  km_room_reports_init (self);
  self->asks = g_ptr_array_new ();
}

/* Nobody is kept waiting; the acts stay on disk. */
void
km_room_send_clear (KmRoom *self)
{
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The room was left");

  km_send_queue_clear (&self->chats, error);
  km_send_queue_clear (&self->gifts, error);
  km_send_queue_clear (&self->reporting, error);
  km_room_asks_clear (self, error);
}

static void
drop_rows (KmRoom      *self,
           KmSendQueue *queue)
{
  for (GList *link = queue->sending.head; link != NULL; link = link->next)
    km_message_list_remove (self->messages,
                            ((KmSending *) link->data)->message);
}

/**
 * km_room_send_account:
 * @self: a room
 *
 * Another account is signed in, or none: what the last one had not sent is
 * not this one's to say. It stays on disk.
 */
void
km_room_send_account (KmRoom *self)
{
  const char *account = km_server_get_account_id (self->server);
  g_autoptr (GError) error = NULL;

  if (self->state == KM_ROOM_CLOSED || g_strcmp0 (account, self->account) == 0)
    return;

  km_protocol_error_set (&error, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  km_room_asks_clear (self, error);
  drop_rows (self, &self->chats);
  drop_rows (self, &self->gifts);
  km_send_queue_clear (&self->chats, error);
  km_send_queue_clear (&self->gifts, error);
  km_send_queue_clear (&self->reporting, error);
  km_room_staff_forget (self);

  g_set_str (&self->account, account);
  km_room_slow_mode_forget (self);
  if (account != NULL)
    load (self);
  km_room_send_next (self);
}

/* Sends what waits, if nothing of its kind is on its way. */
void
km_room_send_next (KmRoom *self)
{
  km_send_queue_next (&self->chats);
  km_send_queue_next (&self->gifts);
  km_send_queue_next (&self->reporting);
  km_room_asks_next (self);
}

/* The connection is lost: what was on its way is not. */
void
km_room_send_lost (KmRoom *self)
{
  km_send_queue_lost (&self->chats);
  km_send_queue_lost (&self->gifts);
  km_send_queue_lost (&self->reporting);
  km_room_asks_lost (self);
}

/**
 * km_room_send_settled:
 * @self: a room
 * @id: the id of one's own message whose event came
 *
 * It is acknowledged, whether or not its reply ever comes.
 */
void
km_room_send_settled (KmRoom     *self,
                      const char *id)
{
  KmSending *sending = km_send_queue_find (&self->chats, id);

  km_outbox_remove (self->outbox, id);
  if (sending == NULL)
    return;

  km_send_queue_finish (&self->chats, sending, NULL);
  km_send_queue_next (&self->chats);
}

/* Returns: (nullable): why nothing can be done here at the moment. */
GError *
km_room_may_act (KmRoom *self)
{
  if (self->state == KM_ROOM_CLOSED)
    return km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_JOINED, 0, NULL);
  if (self->account == NULL)
    return km_protocol_error_new (KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED, 0, NULL);

  return NULL;
}

static GError *
check (KmRoom     *self,
       const char *text)
{
  GError *error = km_room_may_act (self);
  KmProtocolError code;

  if (error != NULL)
    return error;

  if (text[0] == '\0')
    code = KM_PROTOCOL_ERROR_EMPTY;
  else if (strlen (text) > KM_CHAT_BYTES_MAX)
    code = KM_PROTOCOL_ERROR_TOO_LONG;
  else if (!g_utf8_validate (text, -1, NULL))
    code = KM_PROTOCOL_ERROR_BAD_TEXT;
  else
    return NULL;

  return km_protocol_error_new (code, 0, NULL);
}

/**
 * km_room_send_chat_async:
 * @self: a room
 * @text: what to say
 * @mode: how it flies
 * @color: 0xrrggbb
 * @time_ms: stream time of the picture that its sender sees; -1: none
 * @cancellable: (nullable): to stop waiting; the message goes its way
 * @callback: called when the server has it, or refused it
 * @user_data: for @callback
 *
 * The message is in km_room_get_messages() at once, and goes out whenever the
 * server is there: an entry may be emptied when this returns without an error
 * in the same turn of the main loop. A refusal marks the row as failed, with
 * the reason, to be retried or discarded.
 */
void
km_room_send_chat_async (KmRoom              *self,
                         const char          *text,
                         KmChatMode           mode,
                         guint32              color,
                         gint64               time_ms,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (KmRoomMessage) message = NULL;
  g_autoptr (KmUnsent) unsent = NULL;
  GError *error;

  g_return_if_fail (KM_IS_ROOM (self) && text != NULL);

  g_task_set_source_tag (task, km_room_send_chat_async);
  error = check (self, text);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  unsent = km_unsent_new (KM_UNSENT_CHAT, self->id, self->account);
  unsent->text = g_strdup (text);
  unsent->mode = mode;
  unsent->color = color & 0xffffff;
  unsent->time_ms = MAX (time_ms, -1);
  if (!km_outbox_add (self->outbox, unsent, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  message = km_room_make_row (self, unsent);
  km_send_queue_add (&self->chats, unsent, message, g_steal_pointer (&task),
                     FALSE);
}

/**
 * km_room_send_chat_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR: refused; %KM_CLIENT_ERROR_STORAGE: not kept
 *
 * Returns: whether the server has the message
 */
gboolean
km_room_send_chat_finish (KmRoom        *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_room_retry:
 * @self: a room
 * @message: one of its messages that failed
 *
 * Sends it again, under the same id: whatever became of it the first time, it
 * is said, or paid, once.
 */
void
km_room_retry (KmRoom        *self,
               KmRoomMessage *message)
{
  g_autoptr (GError) error = NULL;
  KmUnsent *unsent;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_MESSAGE (message));

  unsent = g_object_get_data (G_OBJECT (message), UNSENT_KEY);
  if (unsent == NULL || self->state == KM_ROOM_CLOSED ||
      km_room_message_get_state (message) != KM_ROOM_MESSAGE_FAILED ||
      g_strcmp0 (unsent->account, self->account) != 0)
    return;

  if (unsent->kind == KM_UNSENT_GIFT)
    km_room_gifts_asked (self, unsent, message);
  if (!km_outbox_add (self->outbox, unsent, &error))
    {
      km_room_message_set_state (message, KM_ROOM_MESSAGE_FAILED, error);
      return;
    }

  km_room_message_set_state (message, KM_ROOM_MESSAGE_SENDING, NULL);
  km_send_queue_add (get_queue (self, unsent), unsent, message, NULL, FALSE);
  km_room_send_next (self);
}

/**
 * km_room_discard:
 * @self: a room
 * @message: one of its messages that failed
 *
 * Drops it from the list and from disk.
 */
void
km_room_discard (KmRoom        *self,
                 KmRoomMessage *message)
{
  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_MESSAGE (message));

  if (km_room_message_get_state (message) != KM_ROOM_MESSAGE_FAILED)
    return;

  km_outbox_remove (self->outbox, km_room_message_get_id (message));
  km_message_list_remove (self->messages, message);
}
