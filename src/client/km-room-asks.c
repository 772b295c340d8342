/* km-room-asks.c: acts in a room that somebody waits for
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Votes, and the opening and closing of polls: worth doing again under the
 * same id when the connection was lost in between, but not after this run,
 * when nobody waits for them any more. They need no order among themselves.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#define WAIT_MIN_MS 250
#define WAIT_MAX_MS 5000

typedef struct
{
  KmCommand *command;
  GTask *task;
  KmRoomAnswered answered;
  gboolean in_flight;
} Ask;

static Ask *
find (KmRoom     *self,
      const char *id)
{
  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = self->asks->pdata[i];

      if (g_str_equal (ask->command->id, id))
        return ask;
    }

  return NULL;
}

static void
finish (KmRoom        *self,
        Ask           *ask,
        const KmReply *reply,
        const GError  *error)
{
  g_ptr_array_remove (self->asks, ask);
  ask->answered (self, ask->task, ask->command, reply, error);
  km_command_free (ask->command);
  g_free (ask);
}

static gboolean
ask_again (gpointer data)
{
  KmRoom *self = data;

  self->asks_timer = 0;
  km_room_asks_next (self);

  return G_SOURCE_REMOVE;
}

static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY) ||
         (g_error_matches (error, KM_PROTOCOL_ERROR,
                           KM_PROTOCOL_ERROR_TOO_FAST) &&
          km_protocol_error_get_retry_ms (error) <= WAIT_MAX_MS);
}

static void
on_answer (const KmReply *reply,
           gpointer       data)
{
  g_autoptr (KmRoom) self = data;
  g_autoptr (GError) error = NULL;
  Ask *ask = reply != NULL ? find (self, reply->re) : NULL;

  /* Lost: km_room_asks_lost() knows. */
  if (ask == NULL)
    return;

  ask->in_flight = FALSE;
  if (km_reply_check (reply, ask->command->kind, &error))
    {
      finish (self, ask, reply, NULL);
    }
  else if (g_error_matches (error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_NOT_JOINED))
    {
      self->joined = FALSE;
      km_room_join (self);
    }
  else if (is_passing (error))
    {
      gint64 wait_ms = km_protocol_error_get_retry_ms (error);

      if (self->asks_timer == 0)
        self->asks_timer = g_timeout_add ((guint) CLAMP (wait_ms, WAIT_MIN_MS,
                                                         WAIT_MAX_MS),
                                          ask_again, self);
    }
  else
    {
      finish (self, ask, NULL, error);
    }
}

/**
 * km_room_asks_next:
 * @self: a room
 *
 * Sends what isn't on its way.
 */
void
km_room_asks_next (KmRoom *self)
{
  if (!self->joined || self->asks_timer != 0)
    return;

  for (guint i = 0; i < self->asks->len; i++)
    {
      Ask *ask = self->asks->pdata[i];

      if (!ask->in_flight &&
          km_connection_send (self->connection, ask->command, on_answer, self))
        {
          g_object_ref (self);
          ask->in_flight = TRUE;
        }
    }
}

void
km_room_asks_lost (KmRoom *self)
{
  g_clear_handle_id (&self->asks_timer, g_source_remove);
  for (guint i = 0; i < self->asks->len; i++)
    ((Ask *) self->asks->pdata[i])->in_flight = FALSE;
}

/* Nobody waits any longer, or somebody else is signed in. */
void
km_room_asks_clear (KmRoom       *self,
                    const GError *error)
{
  g_clear_handle_id (&self->asks_timer, g_source_remove);
  while (self->asks->len > 0)
    finish (self, self->asks->pdata[0], NULL, error);
}

/**
 * km_room_ask:
 * @self: a room
 * @command: (transfer full): what to ask, with its id
 * @task: (transfer full): who waits
 * @answered: called once
 *
 * Goes out at once, or when the room is joined again.
 */
void
km_room_ask (KmRoom         *self,
             KmCommand      *command,
             GTask          *task,
             KmRoomAnswered  answered)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->command = command;
  ask->task = task;
  ask->answered = answered;
  g_ptr_array_add (self->asks, ask);
  km_room_asks_next (self);
}
