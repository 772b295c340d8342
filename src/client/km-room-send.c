/* km-room-send.c: what one says in a room, until the server has it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A message is a row at once, then safe on disk, then on its way: one at a
 * time, so that they keep their order. It leaves the disk when the server
 * acknowledged or refused it; a lost connection does neither, and it goes out
 * again under the same id after the next join. Either the reply or the event
 * itself is the acknowledgement, whichever comes.
 *
 * What is found on disk from an earlier run goes out by itself if it is not
 * older than an hour; else the person is asked (retry or discard).
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-client-error.h"
#include "km-id.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define STALE_AFTER_MS (60 * 60 * 1000)
/* Wait by ourselves if it is as short as this; else say so. */
#define TOO_FAST_WAIT_MAX_MS 5000

typedef struct
{
  KmUnsent *unsent;
  KmRoomMessage *message;
  GTask *task;      /* NULL: nobody waits */
  gboolean on_disk;
} Sending;

/* A row of one's own carries what was typed: to retry. */
#define UNSENT_KEY "km-unsent"

static void
sending_free (Sending *sending)
{
  km_unsent_free (sending->unsent);
  g_object_unref (sending->message);
  g_clear_object (&sending->task);
  g_free (sending);
}

static Sending *
find (KmRoom     *self,
      const char *id)
{
  for (GList *link = self->sending.head; link != NULL; link = link->next)
    {
      Sending *sending = link->data;

      if (g_str_equal (sending->unsent->id, id))
        return sending;
    }

  return NULL;
}

static void
finish (KmRoom       *self,
        Sending      *sending,
        const GError *error)
{
  if (self->in_flight && g_queue_peek_head (&self->sending) == sending)
    self->in_flight = FALSE;
  g_queue_remove (&self->sending, sending);

  if (sending->task != NULL && error == NULL)
    g_task_return_boolean (sending->task, TRUE);
  else if (sending->task != NULL)
    g_task_return_error (sending->task, g_error_copy (error));
  sending_free (sending);
}

static gboolean
send_again (gpointer data)
{
  KmRoom *self = data;

  self->send_timer = 0;
  km_room_send_next (self);

  return G_SOURCE_REMOVE;
}

/* Returns: how long to wait before the same again; -1: it is refused. */
static gint64
judge (KmRoom       *self,
       const GError *error)
{
  gint64 retry_ms = km_protocol_error_get_retry_ms (error);

  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY))
    return MAX (retry_ms, km_retry_fail (&self->send_retry,
                                         g_get_monotonic_time (),
                                         g_random_double ()) / 1000);
  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST) &&
      retry_ms <= TOO_FAST_WAIT_MAX_MS)
    return MAX (retry_ms, 100);

  return -1;
}

static void
on_sent (const KmReply *reply,
         gpointer       data)
{
  g_autoptr (KmRoom) self = data;
  Sending *sending = g_queue_peek_head (&self->sending);
  g_autoptr (GError) error = NULL;
  gint64 wait_ms;

  /* Lost: km_room_send_lost() knows. Settled: its event came first. */
  if (reply == NULL || !self->in_flight || sending == NULL ||
      !g_str_equal (reply->re, sending->unsent->id))
    return;

  self->in_flight = FALSE;
  if (km_reply_check (reply, KM_COMMAND_CHAT_SEND, &error))
    {
      km_retry_reset (&self->send_retry);
      km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_SENT, NULL);
      km_outbox_remove (self->outbox, sending->unsent->id);
      finish (self, sending, NULL);
    }
  else if (g_error_matches (error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_NOT_JOINED))
    {
      self->joined = FALSE;
      km_room_join (self);
      return;
    }
  else if ((wait_ms = judge (self, error)) >= 0)
    {
      g_clear_handle_id (&self->send_timer, g_source_remove);
      self->send_timer = g_timeout_add ((guint) MIN (wait_ms,
                                                     KM_CLIENT_RETRY_MAX_MS),
                                        send_again, self);
      return;
    }
  else
    {
      km_outbox_remove (self->outbox, sending->unsent->id);
      km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED,
                                 error);
      finish (self, sending, error);
    }

  km_room_send_next (self);
}

/**
 * km_room_send_next:
 * @self: a room
 *
 * Sends the oldest message that waits, if nothing is on its way.
 */
void
km_room_send_next (KmRoom *self)
{
  Sending *sending = g_queue_peek_head (&self->sending);
  g_autoptr (KmCommand) command = NULL;

  if (sending == NULL || !sending->on_disk || self->in_flight ||
      !self->joined || self->send_timer != 0)
    return;

  command = km_command_new (KM_COMMAND_CHAT_SEND);
  command->id = g_strdup (sending->unsent->id);
  command->room = g_strdup (self->id);
  command->text = g_strdup (sending->unsent->text);
  command->mode = sending->unsent->mode;
  command->color = sending->unsent->color;
  command->time_ms = sending->unsent->time_ms;
  if (km_connection_send (self->connection, command, on_sent, self))
    {
      g_object_ref (self);
      self->in_flight = TRUE;
    }
}

typedef struct
{
  KmRoom *room;
  char *id;
} Kept;

static void
on_kept (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Kept *kept = data;
  g_autoptr (KmRoom) self = kept->room;
  g_autofree char *id = kept->id;
  g_autoptr (GError) error = NULL;
  Sending *sending = find (self, id);
  gboolean well = km_outbox_add_finish (self->outbox, result, &error);

  g_free (kept);
  if (sending == NULL)
    return;

  if (well)
    {
      sending->on_disk = TRUE;
    }
  else
    {
      km_outbox_remove (self->outbox, id);
      km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED,
                                 error);
      finish (self, sending, error);
    }
  km_room_send_next (self);
}

static void
enqueue (KmRoom         *self,
         const KmUnsent *unsent,
         KmRoomMessage  *message,
         GTask          *task,
         gboolean        on_disk)
{
  Sending *sending = g_new0 (Sending, 1);
  Kept *kept;

  sending->unsent = km_unsent_copy (unsent);
  sending->message = g_object_ref (message);
  sending->task = task;
  sending->on_disk = on_disk;
  g_queue_push_tail (&self->sending, sending);
  if (on_disk)
    return;

  kept = g_new0 (Kept, 1);
  kept->room = g_object_ref (self);
  kept->id = g_strdup (unsent->id);
  km_outbox_add_async (self->outbox, unsent, NULL, on_kept, kept);
}

static KmRoomMessage *
make_row (KmRoom         *self,
          const KmUnsent *unsent)
{
  KmRoomMessage *message;

  message = km_room_message_new_own (unsent->id, unsent->account,
                                     km_server_get_shown_name (self->server),
                                     self->role, unsent->text, unsent->mode,
                                     unsent->color, unsent->time_ms,
                                     unsent->at_ms);
  g_object_set_data_full (G_OBJECT (message), UNSENT_KEY,
                          km_unsent_copy (unsent),
                          (GDestroyNotify) km_unsent_free);
  km_message_list_add_unsent (self->messages, message);

  return message;
}

/* Messages of an earlier run, or of before signing out. */
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

      if (km_message_list_find_unsent (self->messages, unsent->id) != NULL)
        continue;

      message = make_row (self, unsent);
      if (now_ms - unsent->at_ms < STALE_AFTER_MS)
        {
          enqueue (self, unsent, message, NULL, TRUE);
          continue;
        }
      km_room_message_set_state (message, KM_ROOM_MESSAGE_FAILED, error);
    }
}

void
km_room_send_init (KmRoom *self)
{
  g_queue_init (&self->sending);
  self->send_retry.rule = KM_CLIENT_RETRY_RULE;
}

/* Nobody is kept waiting; the messages stay on disk. */
void
km_room_send_clear (KmRoom *self)
{
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The room was left");

  g_clear_handle_id (&self->send_timer, g_source_remove);
  while (self->sending.length > 0)
    finish (self, g_queue_peek_head (&self->sending), error);
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

  if (self->state == KM_ROOM_CLOSED || g_strcmp0 (account, self->account) == 0)
    return;

  while (self->sending.length > 0)
    {
      Sending *sending = g_queue_peek_head (&self->sending);
      g_autoptr (GError) error = NULL;

      km_protocol_error_set (&error, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
      km_message_list_remove (self->messages, sending->message);
      finish (self, sending, error);
    }

  g_set_str (&self->account, account);
  if (account != NULL)
    load (self);
  km_room_send_next (self);
}

/* The connection is lost: what was on its way is not. */
void
km_room_send_lost (KmRoom *self)
{
  self->in_flight = FALSE;
  g_clear_handle_id (&self->send_timer, g_source_remove);
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
  Sending *sending = find (self, id);

  km_outbox_remove (self->outbox, id);
  if (sending == NULL)
    return;

  finish (self, sending, NULL);
  km_room_send_next (self);
}

static GError *
check (KmRoom     *self,
       const char *text)
{
  KmProtocolError code;

  if (self->state == KM_ROOM_CLOSED)
    code = KM_PROTOCOL_ERROR_NOT_JOINED;
  else if (self->account == NULL)
    code = KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED;
  else if (text[0] == '\0')
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

  unsent = g_new0 (KmUnsent, 1);
  unsent->id = km_id_new ();
  unsent->room = g_strdup (self->id);
  unsent->account = g_strdup (self->account);
  unsent->text = g_strdup (text);
  unsent->mode = mode;
  unsent->color = color & 0xffffff;
  unsent->time_ms = MAX (time_ms, -1);
  unsent->at_ms = g_get_real_time () / 1000;
  message = make_row (self, unsent);
  enqueue (self, unsent, message, g_steal_pointer (&task), FALSE);
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
 * Sends it again, under the same id.
 */
void
km_room_retry (KmRoom        *self,
               KmRoomMessage *message)
{
  const KmUnsent *unsent;

  g_return_if_fail (KM_IS_ROOM (self) && KM_IS_ROOM_MESSAGE (message));

  unsent = g_object_get_data (G_OBJECT (message), UNSENT_KEY);
  if (unsent == NULL || self->state == KM_ROOM_CLOSED ||
      km_room_message_get_state (message) != KM_ROOM_MESSAGE_FAILED ||
      g_strcmp0 (unsent->account, self->account) != 0)
    return;

  km_room_message_set_state (message, KM_ROOM_MESSAGE_SENDING, NULL);
  enqueue (self, unsent, message, NULL, FALSE);
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
