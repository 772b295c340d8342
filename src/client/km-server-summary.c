/* km-server-summary.c: how a stream of one's own was, and its polls
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-client-error.h"
#include "km-json.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

static void
on_summary (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  KmStreamSummary *summary = NULL;

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  summary = km_stream_summary_from_json (answer);
  if (summary == NULL)
    g_task_return_new_error_literal (task, KM_CLIENT_ERROR,
                                     KM_CLIENT_ERROR_PROTOCOL,
                                     _("The server’s answer isn’t "
                                       "understood."));
  else
    g_task_return_pointer (task, summary,
                           (GDestroyNotify) km_stream_summary_free);
}

/**
 * km_server_load_summary_async:
 * @self: a server, signed in
 * @stream: (nullable): the id of a stream of one's own; %NULL: the last one
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 */
void
km_server_load_summary_async (KmServer            *self,
                              const char          *stream,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (KM_IS_SERVER (self));

  g_task_set_source_tag (task, km_server_load_summary_async);
  id = g_uri_escape_string (stream != NULL ? stream : "last", NULL, FALSE);
  path = g_strdup_printf ("streams/%s/summary", id);
  km_api_call_async (self->api, "GET", path, NULL, cancellable, on_summary,
                     task);
}

/**
 * km_server_load_summary_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_NOT_FOUND: there is no such stream
 *
 * Returns: (transfer full) (nullable): how it was
 */
KmStreamSummary *
km_server_load_summary_finish (KmServer      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_saved (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (km_server_save_finish (KM_SERVER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * km_server_save_poll_async:
 * @self: a server, signed in
 * @poll: the id of a poll of one's own room
 * @file: where to; replaced when everything has come
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Saves its result as CSV, with who voted for what if that isn't secret.
 */
void
km_server_save_poll_async (KmServer            *self,
                           const char          *poll,
                           GFile               *file,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = NULL;

  g_return_if_fail (KM_IS_SERVER (self) && poll != NULL && G_IS_FILE (file));

  g_task_set_source_tag (task, km_server_save_poll_async);
  path = g_strdup_printf ("polls/%s.csv", poll);
  km_server_save_async (self, path, file, cancellable, on_saved, task);
}

/**
 * km_server_save_poll_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: the file can't be written
 *
 * Returns: whether the file is whole
 */
gboolean
km_server_save_poll_finish (KmServer      *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
