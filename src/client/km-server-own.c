/* km-server-own.c: one's own room at a server, and its stream key
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-client-error.h"
#include "km-json.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define KEY_BYTES_MAX 256

/* Takes over what an answer says about the room and its key. */
static gboolean
take_answer (KmServer    *self,
             JsonObject  *answer,
             GError     **error)
{
  JsonObject *object = km_json_get_object (answer, "room");
  const char *key = km_json_get_string (answer, "key", KEY_BYTES_MAX);
  g_autoptr (KmRoomInfo) info = km_room_info_from_json (object);

  if (key != NULL)
    km_server_set_stream_key (self, key);
  if (info != NULL)
    km_server_set_own_room (self, info);
  if (key != NULL || info != NULL)
    return TRUE;

  g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                       _("The server’s answer isn’t understood."));

  return FALSE;
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);

  if (answer == NULL || !take_answer (self, answer, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_done (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * km_server_load_own_room_async:
 * @self: a server, signed in
 * @cancellable: (nullable): to give up
 * @callback: called when room and key are known
 * @user_data: for @callback
 *
 * The server makes the room at first use.
 */
void
km_server_load_own_room_async (KmServer            *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_load_own_room_async);
  km_api_call_async (self->api, "GET", "room", NULL, cancellable, on_answer,
                     task);
}

/**
 * km_server_load_own_room_finish:
 * @self: a server
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Returns: (transfer full) (nullable): the room; its key is
 *   km_server_get_stream_key()
 */
KmRoomItem *
km_server_load_own_room_finish (KmServer      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  if (self->own_room == NULL)
    {
      g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                           _("The server’s answer isn’t understood."));
      return NULL;
    }

  return g_object_ref (self->own_room);
}

/**
 * km_server_update_own_room_async:
 * @self: a server, signed in
 * @title: (nullable): the title to have; %NULL: as it is
 * @category: (nullable): one of km_room_categories(); %NULL: as it is
 * @cancellable: (nullable): to give up
 * @callback: called when the server took or refused it
 * @user_data: for @callback
 */
void
km_server_update_own_room_async (KmServer            *self,
                                 const char          *title,
                                 const char          *category,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GString) body = g_string_new ("{");

  g_task_set_source_tag (task, km_server_update_own_room_async);
  if (title != NULL)
    km_json_append_member (body, "title", title);
  if (category != NULL)
    km_json_append_member (body, "category", category);
  g_string_append_c (body, '}');
  km_api_call_async (self->api, "PATCH", "room", body->str, cancellable,
                     on_answer, task);
}

gboolean
km_server_update_own_room_finish (KmServer      *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_set_slow_mode_async:
 * @self: a server, signed in
 * @seconds: how many lie between two messages of anybody else in one's own
 *   room, up to %KM_SLOW_MODE_S_MAX; 0: no slow mode
 * @cancellable: (nullable): to give up
 * @callback: called when the server took or refused it
 * @user_data: for @callback
 */
void
km_server_set_slow_mode_async (KmServer            *self,
                               guint                seconds,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *body = g_strdup_printf ("{\"slow_s\":%u}", seconds);

  g_task_set_source_tag (task, km_server_set_slow_mode_async);
  km_api_call_async (self->api, "PATCH", "room", body, cancellable, on_answer,
                     task);
}

gboolean
km_server_set_slow_mode_finish (KmServer      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_roll_key_async:
 * @self: a server, signed in
 * @cancellable: (nullable): to give up
 * @callback: called when km_server_get_stream_key() is the new one
 * @user_data: for @callback
 *
 * The old key stops working.
 */
void
km_server_roll_key_async (KmServer            *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_roll_key_async);
  km_api_call_async (self->api, "POST", "room/key", NULL, cancellable,
                     on_answer, task);
}

gboolean
km_server_roll_key_finish (KmServer      *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_end_stream_async:
 * @self: a server, signed in
 * @cancellable: (nullable): to give up
 * @callback: called when one's own stream is over
 * @user_data: for @callback
 */
void
km_server_end_stream_async (KmServer            *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_end_stream_async);
  km_api_call_async (self->api, "POST", "room/end", NULL, cancellable, on_done,
                     task);
}

gboolean
km_server_end_stream_finish (KmServer      *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
