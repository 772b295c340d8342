/* km-room-people.c: who is in a room
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asked for when somebody looks, and again when the number of those who are
 * there changed, but not more often than every two seconds.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-client-error.h"
#include "km-id.h"
#include "km-room-person-private.h"

#include <glib/gi18n-lib.h>

#define SPACING_US (2 * G_USEC_PER_SEC)

static void
on_people (const KmReply *reply,
           gpointer       data)
{
  g_autoptr (GTask) task = data;
  KmRoom *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (reply == NULL)
    {
      g_task_return_new_error_literal (task, KM_CLIENT_ERROR,
                                       KM_CLIENT_ERROR_UNREACHABLE,
                                       _("The connection to the server was "
                                         "lost."));
      return;
    }
  if (!km_reply_check (reply, KM_COMMAND_PEOPLE_LIST, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  km_room_people_update (self->people, reply->people);
  if (self->guests != reply->guests)
    {
      self->guests = reply->guests;
      g_object_notify (G_OBJECT (self), "guests");
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * km_room_load_people_async:
 * @self: a room
 * @cancellable: (nullable): to stop waiting
 * @callback: (nullable): called when km_room_get_people() is up to date
 * @user_data: for @callback
 */
void
km_room_load_people_async (KmRoom              *self,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_PEOPLE_LIST);

  g_return_if_fail (KM_IS_ROOM (self));

  g_task_set_source_tag (task, km_room_load_people_async);
  command->id = km_id_new ();
  command->room = g_strdup (self->id);
  if (self->joined &&
      km_connection_send (self->connection, command, on_people, task))
    {
      g_steal_pointer (&task);
      return;
    }

  g_task_return_error (task,
                       km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_JOINED, 0,
                                              NULL));
}

/**
 * km_room_load_people_finish:
 * @self: a room
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_NOT_JOINED: not connected at the moment
 *
 * Returns: whether the list and the number of guests are those of now
 */
gboolean
km_room_load_people_finish (KmRoom        *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
load_now (gpointer data)
{
  KmRoom *self = data;

  self->people_timer = 0;
  self->people_asked_us = g_get_monotonic_time ();
  km_room_load_people_async (self, NULL, NULL, NULL);

  return G_SOURCE_REMOVE;
}

static void
load_soon (KmRoom *self)
{
  gint64 wait_us;

  if (self->people_watchers == 0 || !self->joined || self->people_timer != 0)
    return;

  wait_us = self->people_asked_us + SPACING_US - g_get_monotonic_time ();
  if (self->people_asked_us == 0 || wait_us <= 0)
    load_now (self);
  else
    self->people_timer = g_timeout_add ((guint) (wait_us / 1000) + 1,
                                        load_now, self);
}

static void
on_online (KmRoom *self)
{
  load_soon (self);
}

void
km_room_people_init (KmRoom *self)
{
  self->people = g_list_store_new (KM_TYPE_ROOM_PERSON);
  g_signal_connect (self, "notify::online", G_CALLBACK (on_online), NULL);
}

void
km_room_people_joined (KmRoom *self)
{
  load_soon (self);
}

void
km_room_people_clear (KmRoom *self)
{
  g_clear_handle_id (&self->people_timer, g_source_remove);
}

/**
 * km_room_watch_people:
 * @self: a room
 *
 * Keeps km_room_get_people() up to date until km_room_unwatch_people(). May
 * be called several times; each needs its own km_room_unwatch_people().
 */
void
km_room_watch_people (KmRoom *self)
{
  g_return_if_fail (KM_IS_ROOM (self));

  if (self->people_watchers++ == 0)
    load_soon (self);
}

void
km_room_unwatch_people (KmRoom *self)
{
  g_return_if_fail (KM_IS_ROOM (self) && self->people_watchers > 0);

  if (--self->people_watchers == 0)
    km_room_people_clear (self);
}

/**
 * km_room_get_people:
 * @self: a room
 *
 * Returns: (transfer none): a model of #KmRoomPerson, without guests: the host
 *   first, then by name; at most %KM_PEOPLE_MAX of them. Filled by
 *   km_room_load_people_async() and km_room_watch_people()
 */
GListModel *
km_room_get_people (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), NULL);

  return G_LIST_MODEL (self->people);
}

/* Returns: how many are there without having signed in. */
guint
km_room_get_guests (KmRoom *self)
{
  g_return_val_if_fail (KM_IS_ROOM (self), 0);

  return self->guests;
}
