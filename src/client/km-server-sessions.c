/* km-server-sessions.c: where somebody is signed in at a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-account-session-private.h"
#include "km-client-error.h"
#include "km-json.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

/* The one that asks is first, the others as the server has them: the one used
 * last first. */
static GListModel *
read_sessions (JsonArray *array)
{
  GListStore *sessions = g_list_store_new (KM_TYPE_ACCOUNT_SESSION);
  guint n = MIN (json_array_get_length (array), KM_SESSIONS_LISTED_MAX);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      KmSessionInfo *info = NULL;
      g_autoptr (KmAccountSession) session = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        info = km_session_info_from_json (json_node_get_object (node));
      if (info == NULL)
        continue;

      session = km_account_session_new (info);
      if (info->current)
        g_list_store_insert (sessions, 0, session);
      else
        g_list_store_append (sessions, session);
    }

  return G_LIST_MODEL (sessions);
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  JsonArray *array = NULL;

  if (answer != NULL)
    array = km_json_get_array (answer, "sessions");
  if (array == NULL && error == NULL)
    error = g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                                 _("The server’s answer isn’t understood."));
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, read_sessions (array), g_object_unref);
}

/**
 * km_server_load_sessions_async:
 * @self: a server, signed in
 * @cancellable: (nullable): to give up
 * @callback: called when they are known
 * @user_data: for @callback
 */
void
km_server_load_sessions_async (KmServer            *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_load_sessions_async);
  km_api_call_async (self->api, "GET", "sessions", NULL, cancellable,
                     on_listed, task);
}

/**
 * km_server_load_sessions_finish:
 * @self: a server
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Returns: (transfer full) (nullable) (element-type KmAccountSession): where
 *   one is signed in, this one first
 */
GListModel *
km_server_load_sessions_finish (KmServer      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
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
 * km_server_end_session_async:
 * @self: a server, signed in
 * @session: km_account_session_get_id() of where to sign out; not of the one
 *   that asks, which is km_server_sign_out_async()
 * @cancellable: (nullable): to give up
 * @callback: called when it is signed out there
 * @user_data: for @callback
 */
void
km_server_end_session_async (KmServer            *self,
                             const char          *session,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *id = g_uri_escape_string (session, NULL, FALSE);
  g_autofree char *path = g_strconcat ("sessions/", id, NULL);

  g_task_set_source_tag (task, km_server_end_session_async);
  km_api_call_async (self->api, "DELETE", path, NULL, cancellable, on_done,
                     task);
}

/**
 * km_server_end_session_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_NOT_FOUND: it was over already, or
 *   %KM_CLIENT_ERROR
 *
 * Returns: whether it has ended now
 */
gboolean
km_server_end_session_finish (KmServer      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_end_other_sessions_async:
 * @self: a server, signed in
 * @cancellable: (nullable): to give up
 * @callback: called when one is signed in here alone
 * @user_data: for @callback
 */
void
km_server_end_other_sessions_async (KmServer            *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_end_other_sessions_async);
  km_api_call_async (self->api, "DELETE", "sessions", NULL, cancellable,
                     on_done, task);
}

gboolean
km_server_end_other_sessions_finish (KmServer      *self,
                                     GAsyncResult  *result,
                                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_change_password_async:
 * @self: a server, signed in by a password
 * @old_password: the present one
 * @new_password: the one to have
 * @cancellable: (nullable): to give up
 * @callback: called when it holds, or was refused
 * @user_data: for @callback
 *
 * All other sessions end with the old password; this one goes on.
 */
void
km_server_change_password_async (KmServer            *self,
                                 const char          *old_password,
                                 const char          *new_password,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GString) body = g_string_new ("{");

  g_task_set_source_tag (task, km_server_change_password_async);
  if (!g_utf8_validate (new_password, -1, NULL) ||
      strlen (new_password) > KM_PASSWORD_BYTES_MAX)
    {
      g_task_return_error (
        task, km_protocol_error_new (KM_PROTOCOL_ERROR_WEAK_PASSWORD, 0,
                                     NULL));
      g_object_unref (task);
      return;
    }

  km_json_append_member (body, "old_password",
                         g_utf8_validate (old_password, -1, NULL)
                           ? old_password : "");
  km_json_append_member (body, "new_password", new_password);
  g_string_append_c (body, '}');
  km_api_call_async (self->api, "POST", "account/password", body->str,
                     cancellable, on_done, task);
}

/**
 * km_server_change_password_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_WRONG_CREDENTIALS: the present one is another,
 *   `WEAK_PASSWORD`, `TOO_MANY`, or %KM_CLIENT_ERROR
 *
 * Returns: whether the new password holds
 */
gboolean
km_server_change_password_finish (KmServer      *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
