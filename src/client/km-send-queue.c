/* km-send-queue.c: acts on their way, until the server has answered them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An act is in the outbox before it is a row, and synced before it is on its
 * way: one at a time, so that they keep their order. It leaves the disk when
 * the server acknowledged or refused it; a lost connection does neither, and
 * it goes out again under the same id after the next join.
 *
 * Thread: main.
 */

#include "km-send-queue.h"

#include "km-room-private.h"

/* Slow mode is the longest that we wait for by ourselves; of more the person
 * is told. */
#define TOO_FAST_WAIT_MAX_MS (KM_SLOW_MODE_S_MAX * 1000)

typedef struct
{
  KmSendQueue *queue;
  KmRoom *room;
  char *id;
} Kept;

static void
sending_free (KmSending *sending)
{
  km_unsent_free (sending->unsent);
  g_clear_object (&sending->message);
  g_clear_object (&sending->task);
  g_free (sending);
}

void
km_send_queue_init (KmSendQueue      *self,
                    KmRoom           *room,
                    const KmSendRule *rule)
{
  self->room = room;
  self->rule = rule;
  self->retry.rule = KM_CLIENT_RETRY_RULE;
  g_queue_init (&self->sending);
}

/* Returns: (nullable): the act of that id, if it isn't answered. */
KmSending *
km_send_queue_find (KmSendQueue *self,
                    const char  *id)
{
  for (GList *link = self->sending.head; link != NULL; link = link->next)
    {
      KmSending *sending = link->data;

      if (g_str_equal (sending->unsent->id, id))
        return sending;
    }

  return NULL;
}

/**
 * km_send_queue_finish:
 * @self: a queue
 * @sending: (transfer full): one of its acts
 * @error: (nullable): what who waits for it is told; %NULL: it is done
 */
void
km_send_queue_finish (KmSendQueue  *self,
                      KmSending    *sending,
                      const GError *error)
{
  if (self->in_flight && g_queue_peek_head (&self->sending) == sending)
    self->in_flight = FALSE;
  g_queue_remove (&self->sending, sending);
  km_room_slow_mode_update (self->room);

  if (sending->task != NULL && error == NULL)
    g_task_return_boolean (sending->task, TRUE);
  else if (sending->task != NULL)
    g_task_return_error (sending->task, g_error_copy (error));
  sending_free (sending);
}

/* Nobody is kept waiting; the acts stay on disk. */
void
km_send_queue_clear (KmSendQueue  *self,
                     const GError *error)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  while (self->sending.length > 0)
    km_send_queue_finish (self, g_queue_peek_head (&self->sending), error);
}

static gboolean
send_again (gpointer data)
{
  KmSendQueue *self = data;

  self->timer = 0;
  km_send_queue_next (self);

  return G_SOURCE_REMOVE;
}

/* Returns: how long to wait before the same again; -1: it is refused. */
static gint64
judge (KmSendQueue  *self,
       const GError *error)
{
  gint64 retry_ms = km_protocol_error_get_retry_ms (error);

  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY))
    {
      gint64 own_ms = km_retry_fail (&self->retry, g_get_monotonic_time (),
                                     g_random_double ()) / 1000;

      return MIN (MAX (retry_ms, own_ms), KM_CLIENT_RETRY_MAX_MS);
    }
  if (g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST) &&
      retry_ms <= TOO_FAST_WAIT_MAX_MS)
    return MAX (retry_ms, 100);

  return -1;
}

static void
refuse (KmSendQueue  *self,
        KmSending    *sending,
        const GError *error)
{
  gint64 wait_ms;

  if (g_error_matches (error, KM_PROTOCOL_ERROR,
                       KM_PROTOCOL_ERROR_NOT_JOINED))
    {
      self->room->joined = FALSE;
      km_room_join (self->room);
      return;
    }

  wait_ms = judge (self, error);
  if (wait_ms >= 0)
    {
      g_clear_handle_id (&self->timer, g_source_remove);
      self->timer = g_timeout_add ((guint) wait_ms, send_again, self);
      if (self->rule->waits != NULL &&
          g_error_matches (error, KM_PROTOCOL_ERROR,
                           KM_PROTOCOL_ERROR_TOO_FAST))
        self->rule->waits (self->room, wait_ms);
      return;
    }

  if (self->rule->refused (self->room, sending, error))
    km_outbox_remove (self->room->outbox, sending->unsent->id);
  km_send_queue_finish (self, sending, error);
  km_send_queue_next (self);
}

static void
on_sent (const KmReply *reply,
         gpointer       data)
{
  KmSendQueue *self = data;
  g_autoptr (KmRoom) room = self->room;
  KmSending *sending = g_queue_peek_head (&self->sending);
  g_autoptr (GError) error = NULL;

  /* Lost: km_send_queue_lost() knows. Settled: its event came first. */
  if (reply == NULL || !self->in_flight || sending == NULL ||
      !g_str_equal (reply->re, sending->unsent->id))
    return;

  self->in_flight = FALSE;
  if (!km_reply_check (reply, self->rule->command, &error))
    {
      refuse (self, sending, error);
      return;
    }

  km_retry_reset (&self->retry);
  self->rule->done (room, sending, reply);
  km_outbox_remove (room->outbox, sending->unsent->id);
  km_send_queue_finish (self, sending, NULL);
  km_send_queue_next (self);
}

/* Returns: whether the first act waits for a person now, not for us. */
static gboolean
hold (KmSendQueue *self,
      KmSending   *sending)
{
  g_autoptr (GError) error = NULL;

  if (self->rule->hold == NULL ||
      !self->rule->hold (self->room, sending, &error))
    return FALSE;

  km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED, error);
  km_send_queue_finish (self, sending, error);

  return TRUE;
}

/**
 * km_send_queue_next:
 * @self: a queue
 *
 * Sends the oldest act that waits, if nothing is on its way.
 */
void
km_send_queue_next (KmSendQueue *self)
{
  KmRoom *room = self->room;
  g_autoptr (KmCommand) command = NULL;
  KmSending *sending;

  do
    {
      sending = g_queue_peek_head (&self->sending);
      if (sending == NULL || !sending->on_disk || self->in_flight ||
          !room->joined || self->timer != 0)
        return;
    }
  while (hold (self, sending));

  command = km_command_new (self->rule->command);
  command->id = g_strdup (sending->unsent->id);
  command->room = g_strdup (room->id);
  command->time_ms = sending->unsent->time_ms;
  self->rule->fill (command, sending->unsent);
  if (km_connection_send (room->connection, command, on_sent, self))
    {
      g_object_ref (room);
      self->in_flight = TRUE;
    }
}

/* There is no need to wait any more. */
void
km_send_queue_hurry (KmSendQueue *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  km_send_queue_next (self);
}

/* The connection is lost: what was on its way is not. */
void
km_send_queue_lost (KmSendQueue *self)
{
  self->in_flight = FALSE;
  g_clear_handle_id (&self->timer, g_source_remove);
}

static void
on_synced (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Kept *kept = data;
  KmSendQueue *self = kept->queue;
  g_autoptr (KmRoom) room = kept->room;
  g_autofree char *id = kept->id;
  g_autoptr (GError) error = NULL;
  KmSending *sending = km_send_queue_find (self, id);
  gboolean well = km_outbox_sync_finish (room->outbox, result, &error);

  g_free (kept);
  if (sending == NULL)
    return;

  if (well)
    {
      sending->on_disk = TRUE;
    }
  else
    {
      km_outbox_remove (room->outbox, id);
      if (sending->message != NULL)
        km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED,
                                   error);
      km_send_queue_finish (self, sending, error);
    }
  km_send_queue_next (self);
}

/**
 * km_send_queue_add:
 * @self: a queue
 * @unsent: an act that is in the outbox; copied
 * @message: (nullable): its row
 * @task: (nullable) (transfer full): who waits
 * @on_disk: whether it has been there since the app was started
 *
 * Sends it when it is on disk and its turn comes.
 */
void
km_send_queue_add (KmSendQueue    *self,
                   const KmUnsent *unsent,
                   KmRoomMessage  *message,
                   GTask          *task,
                   gboolean        on_disk)
{
  KmSending *sending = g_new0 (KmSending, 1);
  Kept *kept;

  sending->unsent = km_unsent_copy (unsent);
  g_set_object (&sending->message, message);
  sending->task = task;
  sending->on_disk = on_disk;
  sending->asked_us = g_get_monotonic_time ();
  g_queue_push_tail (&self->sending, sending);
  km_room_slow_mode_update (self->room);
  if (on_disk)
    return;

  kept = g_new0 (Kept, 1);
  kept->queue = self;
  kept->room = g_object_ref (self->room);
  kept->id = g_strdup (unsent->id);
  km_outbox_sync_async (self->room->outbox, NULL, on_synced, kept);
}
