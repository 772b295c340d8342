/* km-server-save.c: what a server has, as a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything is there before the file is touched: a connection that is lost
 * half-way leaves the old file as it was.
 *
 * Thread: main.
 */

#include "km-client-error.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define FILE_BYTES_MAX (64 * 1024 * 1024)

static void
on_replaced (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, KM_CLIENT_ERROR, KM_CLIENT_ERROR_STORAGE,
                             _("The file can’t be written: %s"),
                             error->message);
}

static void
on_fetched (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  GFile *file = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bytes = km_server_finish_fetch (g_task_get_source_object (task), result,
                                  &error);
  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_NONE,
                                       g_task_get_cancellable (task),
                                       on_replaced, g_object_ref (task));
}

/**
 * km_server_save_async:
 * @self: a server
 * @path: below the API's prefix
 * @file: where to
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 */
void
km_server_save_async (KmServer            *self,
                      const char          *path,
                      GFile               *file,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_save_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  km_api_fetch_async (self->api, path, FILE_BYTES_MAX, cancellable,
                      on_fetched, task);
}

/**
 * km_server_save_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: the file can't be written
 *
 * Returns: whether the file is whole
 */
gboolean
km_server_save_finish (KmServer      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
