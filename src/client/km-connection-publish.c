/* km-connection-publish.c: publishers that the server is told of
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RTMP can't say why a publish was refused; the socket can, when it knows the
 * publish id. An id is prepared before its uplink connects, and again by each
 * new socket, until it is forgotten.
 *
 * Thread: main.
 */

#include "km-connection-parts.h"

#include "km-id.h"

/* A publish id; with a task until the server knows it. */
typedef struct
{
  GTask *task;
  gulong cancelled_id;
} Publish;

static void
publish_free (gpointer data)
{
  Publish *entry = data;

  if (entry->task != NULL)
    {
      g_cancellable_disconnect (g_task_get_cancellable (entry->task),
                                entry->cancelled_id);
      g_object_unref (entry->task);
    }
  g_free (entry);
}

void
km_connection_init_publishes (KmConnection *self)
{
  self->publishes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                           publish_free);
}

/* Who waits to go live is told at once when the server can't be reached;
 * what was prepared before is prepared again by the next connection. */
void
km_connection_fail_publishes (KmConnection *self,
                              const GError *error)
{
  GHashTableIter iter;
  Publish *entry;
  g_autoptr (GPtrArray) failed =
    g_ptr_array_new_with_free_func (g_object_unref);

  g_hash_table_iter_init (&iter, self->publishes);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &entry))
    {
      if (entry->task == NULL)
        continue;
      g_ptr_array_add (failed, g_object_ref (entry->task));
      g_hash_table_iter_remove (&iter);
    }

  for (guint i = 0; i < failed->len; i++)
    g_task_return_error (failed->pdata[i], g_error_copy (error));
}

static void
on_prepared (const KmReply *reply,
             gpointer       data)
{
  g_autoptr (GTask) task = data;
  KmConnection *self = g_task_get_source_object (task);
  const char *publish = g_task_get_task_data (task);
  Publish *entry = g_hash_table_lookup (self->publishes, publish);
  g_autoptr (GError) error = NULL;

  if (reply == NULL || entry == NULL || entry->task != task)
    return;

  if (km_reply_check (reply, KM_COMMAND_STREAM_PREPARE, &error))
    {
      g_hash_table_replace (self->publishes, g_strdup (publish),
                            g_new0 (Publish, 1));
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_hash_table_remove (self->publishes, publish);
      g_task_return_error (task, g_steal_pointer (&error));
    }
}

static void
prepare (KmConnection *self,
         const char   *publish,
         Publish      *entry)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_STREAM_PREPARE);

  command->id = km_id_new ();
  command->publish = g_strdup (publish);
  if (entry->task == NULL)
    /* The uplink goes on without the words that a refusal would bring. */
    km_connection_send (self, command, km_connection_ignore_reply, NULL);
  else if (km_connection_send (self, command, on_prepared, entry->task))
    g_object_ref (entry->task);
}

/* To be called when the connection opens. */
void
km_connection_prepare_all (KmConnection *self)
{
  GHashTableIter iter;
  const char *publish;
  Publish *entry;

  g_hash_table_iter_init (&iter, self->publishes);
  while (g_hash_table_iter_next (&iter, (gpointer *) &publish,
                                 (gpointer *) &entry))
    prepare (self, publish, entry);
}

static gboolean
forget_cancelled (gpointer data)
{
  GTask *task = data;
  KmConnection *self = g_task_get_source_object (task);
  const char *publish = g_task_get_task_data (task);
  Publish *entry = g_hash_table_lookup (self->publishes, publish);

  if (entry != NULL && entry->task == task)
    km_connection_forget_publish (self, publish);

  return G_SOURCE_REMOVE;
}

/* A handler of this signal must not disconnect itself: later. */
static void
on_prepare_cancelled (GCancellable *cancellable,
                      gpointer      data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, forget_cancelled, g_object_ref (data),
                   g_object_unref);
}

/**
 * km_connection_prepare_publish_async:
 * @self: a connection
 * @publish: an id of km_id_new(), to stand in the publish address
 * @cancellable: (nullable): to give up
 * @callback: called when the server knows it
 * @user_data: for @callback
 *
 * To be called before the uplink connects, so that #KmConnection::stream-refused
 * can tell why the server refused it: RTMP has no words. The connection stays
 * open, and prepares it again after each loss, until
 * km_connection_forget_publish().
 */
void
km_connection_prepare_publish_async (KmConnection        *self,
                                     const char          *publish,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Publish *entry;

  g_task_set_source_tag (task, km_connection_prepare_publish_async);
  g_task_set_task_data (task, g_strdup (publish), g_free);
  if (self->state == KM_CONNECTION_WAITING)
    km_connection_retry_now (self);

  entry = g_new0 (Publish, 1);
  entry->task = g_object_ref (task);
  g_hash_table_replace (self->publishes, g_strdup (publish), entry);
  if (cancellable != NULL)
    entry->cancelled_id =
      g_cancellable_connect (cancellable, G_CALLBACK (on_prepare_cancelled),
                             task, NULL);

  if (self->state == KM_CONNECTION_OPEN)
    prepare (self, publish, entry);
  else
    km_connection_update (self);
}

/**
 * km_connection_prepare_publish_finish:
 * @self: a connection
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR, or what the server said
 *
 * Returns: whether the uplink may connect
 */
gboolean
km_connection_prepare_publish_finish (KmConnection  *self,
                                      GAsyncResult  *result,
                                      GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_connection_forget_publish:
 * @self: a connection
 * @publish: an id that was prepared
 *
 * To be called when the stream is over. Who still waits for it to be
 * prepared is told that it was cancelled.
 */
void
km_connection_forget_publish (KmConnection *self,
                              const char   *publish)
{
  g_autoptr (GTask) task = NULL;
  Publish *entry;

  g_return_if_fail (KM_IS_CONNECTION (self));

  entry = g_hash_table_lookup (self->publishes, publish);
  if (entry == NULL)
    return;

  if (entry->task != NULL)
    task = g_object_ref (entry->task);
  g_hash_table_remove (self->publishes, publish);
  if (task != NULL)
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     "Cancelled");
  km_connection_update (self);
}
