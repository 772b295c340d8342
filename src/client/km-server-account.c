/* km-server-account.c: who is signed in at a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signing in keeps the token in the keyring, and beside it, in a small file
 * of the profile, whose it is: so the account is known before the keyring or
 * the server answered, and a keyring isn't opened for servers that one never
 * signed in to. On "This computer" the default profile is the owner without
 * having signed in, by a token that the server left in its data.
 *
 * Thread: main.
 */

#include "km-client-error.h"
#include "km-connection-private.h"
#include "km-json.h"
#include "km-key-file.h"
#include "km-server-private.h"
#include "km-this-device.h"

#include <glib/gi18n-lib.h>

#define MARK_FILE "accounts.ini"
#define TOKEN_BYTES_MAX 512

static char *
mark_path (KmServer *self)
{
  return g_build_filename (self->profile->data_dir, MARK_FILE, NULL);
}

static void
save_mark (KmServer            *self,
           const KmAccountInfo *account)
{
  g_autofree char *path = mark_path (self);
  g_autoptr (GKeyFile) file = km_key_file_load (path);

  g_key_file_remove_group (file, self->key, NULL);
  if (account != NULL)
    {
      g_key_file_set_string (file, self->key, "id", account->id);
      g_key_file_set_string (file, self->key, "name",
                             account->name != NULL ? account->name : "");
      g_key_file_set_string (file, self->key, "shown-name",
                             account->shown_name);
    }

  km_key_file_save (file, path, NULL);
}

static KmAccountInfo *
load_mark (KmServer *self)
{
  g_autofree char *path = mark_path (self);
  g_autoptr (GKeyFile) file = km_key_file_load (path);
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  id = g_key_file_get_string (file, self->key, "id", NULL);
  name = g_key_file_get_string (file, self->key, "name", NULL);
  shown = g_key_file_get_string (file, self->key, "shown-name", NULL);
  if (id == NULL || name == NULL || shown == NULL)
    return NULL;

  return km_account_info_new (id, name, shown);
}

static gboolean
is_owner_here (KmServer *self)
{
  return self->local != NULL && km_profile_is_default (self->profile);
}

/* The server said who the token belongs to. */
static void
on_account (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (KmServer) self = data;
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (KmAccountInfo) account = NULL;

  answer = km_server_finish_call (self, result, NULL);
  if (answer != NULL)
    account = km_account_info_from_json (km_json_get_object (answer,
                                                             "account"));
  if (account != NULL && self->token != KM_SERVER_TOKEN_NONE)
    {
      if (self->token == KM_SERVER_TOKEN_KEPT)
        save_mark (self, account);
      km_server_set_account (self, account, km_api_get_token (self->api),
                             self->token);
    }

  km_connection_set_ready (self->connection,
                           km_server_get_address (self) != NULL);
}

static void
ask_account (KmServer *self)
{
  km_api_call_async (self->api, "GET", "account", NULL, NULL, on_account,
                     g_object_ref (self));
}

static void
on_token (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KmServer) self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = km_secrets_lookup_finish (self->secrets, result,
                                                     &error);

  /* Somebody signed in or out while the keyring was asked. */
  if (km_api_get_token (self->api) != NULL || self->account == NULL)
    return;

  if (token != NULL)
    {
      km_server_set_account (self, self->account, token,
                             KM_SERVER_TOKEN_KEPT);
      if (km_server_get_address (self) != NULL)
        {
          km_connection_set_ready (self->connection, TRUE);
          ask_account (self);
        }
      return;
    }

  g_clear_error (&self->guest_error);
  self->guest_error = g_steal_pointer (&error);
  km_server_set_account (self, NULL, NULL, KM_SERVER_TOKEN_NONE);
  km_connection_set_ready (self->connection,
                           km_server_get_address (self) != NULL);
}

static void
restore_owner (KmServer *self)
{
  g_autofree char *token = NULL;

  if (!self->owner_left)
    token = km_local_server_dup_owner_token (self->local);
  if (token == NULL)
    {
      km_server_set_account (self, NULL, NULL, KM_SERVER_TOKEN_NONE);
      km_connection_set_ready (self->connection, TRUE);
      return;
    }

  km_server_set_account (self, self->account, token, KM_SERVER_TOKEN_OWNER);
  ask_account (self);
}

/**
 * km_server_restore:
 * @self: a server whose address has become known
 *
 * Signs in who was signed in before. The socket waits for that, so that it
 * isn't opened as a guest's first.
 */
void
km_server_restore (KmServer *self)
{
  g_autoptr (KmAccountInfo) account = NULL;

  if (self->token == KM_SERVER_TOKEN_KEPT)
    {
      km_connection_set_ready (self->connection, TRUE);
      ask_account (self);
      return;
    }

  account = load_mark (self);
  if (account != NULL)
    {
      km_server_set_account (self, account, NULL, KM_SERVER_TOKEN_NONE);
      km_secrets_lookup_async (self->secrets, self->key, NULL, on_token,
                               g_object_ref (self));
    }
  else if (is_owner_here (self))
    {
      restore_owner (self);
    }
  else
    {
      km_connection_set_ready (self->connection, TRUE);
    }
}

/**
 * km_server_token_refused:
 * @self: a server
 * @error: how it said so
 *
 * It doesn't know the token any more: signed out. What is unsent waits on
 * disk for the next time.
 */
void
km_server_token_refused (KmServer     *self,
                         const GError *error)
{
  if (km_api_get_token (self->api) == NULL)
    return;

  if (self->token == KM_SERVER_TOKEN_KEPT)
    {
      save_mark (self, NULL);
      km_secrets_clear_async (self->secrets, self->key, NULL, NULL, NULL);
    }
  g_clear_error (&self->guest_error);
  self->guest_error =
    g_error_matches (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_SIGNED_OUT)
      ? g_error_copy (error)
      : g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_SIGNED_OUT,
                             _("Your sign-in on this device has ended."));
  km_server_set_account (self, NULL, NULL, KM_SERVER_TOKEN_NONE);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;

  /* Signed in all the same; it only won't be remembered. */
  if (!km_secrets_store_finish (KM_SECRETS (source), result, &error))
    g_info ("the token is not kept: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_signed_in (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  g_autoptr (KmAccountInfo) account = NULL;
  const char *token = NULL;

  if (answer != NULL)
    {
      account = km_account_info_from_json (km_json_get_object (answer,
                                                               "account"));
      token = km_json_get_string (answer, "token", TOKEN_BYTES_MAX);
    }
  if (error == NULL && (account == NULL || token == NULL))
    error = g_error_new_literal (KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL,
                                 _("The server’s answer isn’t understood."));
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  save_mark (self, account);
  g_clear_error (&self->guest_error);
  km_server_set_account (self, account, token, KM_SERVER_TOKEN_KEPT);
  km_connection_set_ready (self->connection, TRUE);
  km_secrets_store_async (self->secrets, self->key, token, NULL, on_stored,
                          g_steal_pointer (&task));
}

static void
sign_in (GTask      *task,
         const char *path,
         const char *name,
         const char *password,
         const char *shown_name)
{
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GString) body = g_string_new ("{");
  g_autofree char *device = km_this_device_dup_name ();
  KmProtocolError code = KM_PROTOCOL_ERROR_UNKNOWN;

  if (!g_utf8_validate (name, -1, NULL))
    code = KM_PROTOCOL_ERROR_BAD_NAME;
  else if (!g_utf8_validate (password, -1, NULL) ||
           strlen (password) > KM_PASSWORD_BYTES_MAX)
    code = KM_PROTOCOL_ERROR_WEAK_PASSWORD;
  if (code != KM_PROTOCOL_ERROR_UNKNOWN)
    {
      g_task_return_error (task, km_protocol_error_new (code, 0, NULL));
      g_object_unref (task);
      return;
    }

  km_json_append_member (body, "name", name);
  km_json_append_member (body, "password", password);
  if (shown_name != NULL && shown_name[0] != '\0')
    km_json_append_member (body, "shown_name", shown_name);
  km_json_append_member (body, "device", device);
  g_string_append_c (body, '}');
  km_api_call_async (self->api, "POST", path, body->str,
                     g_task_get_cancellable (task), on_signed_in, task);
}

/**
 * km_server_register_async:
 * @self: a server
 * @name: the name to have
 * @password: its password
 * @shown_name: (nullable): what others see
 * @cancellable: (nullable): to give up
 * @callback: called when signed in, or refused
 * @user_data: for @callback
 */
void
km_server_register_async (KmServer            *self,
                          const char          *name,
                          const char          *password,
                          const char          *shown_name,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_register_async);
  sign_in (task, "accounts", name, password, shown_name);
}

/**
 * km_server_register_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_BAD_NAME, `NAME_TAKEN`, `WEAK_PASSWORD`,
 *   `REGISTRATION_CLOSED`, or %KM_CLIENT_ERROR
 *
 * Returns: whether the account was made and is signed in
 */
gboolean
km_server_register_finish (KmServer      *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_sign_in_async:
 * @self: a server
 * @name: an account's name
 * @password: its password
 * @cancellable: (nullable): to give up
 * @callback: called when signed in, or refused
 * @user_data: for @callback
 */
void
km_server_sign_in_async (KmServer            *self,
                         const char          *name,
                         const char          *password,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, km_server_sign_in_async);
  sign_in (task, "sessions", name, password, NULL);
}

/**
 * km_server_sign_in_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_WRONG_CREDENTIALS, `TOO_MANY`, or
 *   %KM_CLIENT_ERROR
 *
 * Returns: whether it is signed in
 */
gboolean
km_server_sign_in_finish (KmServer      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_server_get_guest_error:
 * @self: a server
 *
 * Returns: (nullable): why who was signed in before is a guest now.
 *   %KM_CLIENT_ERROR_STORAGE: the keyring stayed locked or doesn't answer;
 *   what is in it stays there, and the next start asks again.
 *   %KM_CLIENT_ERROR_SIGNED_OUT: the server knows that sign-in no more.
 *   Changes with the account.
 */
const GError *
km_server_get_guest_error (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), NULL);

  return self->account == NULL ? self->guest_error : NULL;
}

/**
 * km_server_is_owner_here:
 * @self: a server
 *
 * Returns: whether one is the owner of "This computer" without having signed
 *   in: there is no password, and nothing to sign out of
 */
gboolean
km_server_is_owner_here (KmServer *self)
{
  g_return_val_if_fail (KM_IS_SERVER (self), FALSE);

  return self->token == KM_SERVER_TOKEN_OWNER;
}

/* The token is taken from the keyring and the session from the server, both
 * whatever comes of the other. */
typedef struct
{
  guint parts; /* that haven't come to an end */
  GError *error; /* of the first that failed */
} SignOut;

static void
sign_out_free (gpointer data)
{
  SignOut *self = data;

  g_clear_error (&self->error);
  g_free (self);
}

/* @task: (transfer full); @error: (transfer full) (nullable). */
static void
end_part (GTask  *task,
          GError *error)
{
  SignOut *self = g_task_get_task_data (task);

  if (self->error == NULL)
    self->error = g_steal_pointer (&error);
  g_clear_error (&error);
  if (--self->parts == 0)
    {
      if (self->error != NULL)
        g_task_return_error (task, g_steal_pointer (&self->error));
      else
        g_task_return_boolean (task, TRUE);
    }
  g_object_unref (task);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  GError *error = NULL;

  km_secrets_clear_finish (KM_SECRETS (source), result, &error);
  end_part (data, error);
}

static void
on_session_ended (GObject      *source,
                  GAsyncResult *result,
                  gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_api_call_finish (KM_API (source), result,
                                                      &error);
  GError *told = NULL;

  /* A server that doesn't know the session has nothing to end. */
  if (answer == NULL && !g_error_matches (error, KM_PROTOCOL_ERROR,
                                          KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED))
    told = g_error_new (KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE,
                        /* Translators: a sentence that says why */
                        _("You are signed out here, but the server wasn’t "
                          "told. %s"), error->message);
  end_part (data, told);
}

/**
 * km_server_sign_out_async:
 * @self: a server
 * @cancellable: (nullable): to stop waiting
 * @callback: called when nothing of the account is kept here any more and the
 *   server was told
 * @user_data: for @callback
 *
 * Signed out at once, also when the server can't be told. The owner of "This
 * computer" stays so until the next start; another account there makes way
 * for the owner again.
 */
void
km_server_sign_out_async (KmServer            *self,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  KmServerToken kind = self->token;
  SignOut *parts = g_new0 (SignOut, 1);

  g_task_set_source_tag (task, km_server_sign_out_async);
  g_task_set_task_data (task, parts, sign_out_free);
  /* The owner's session is the server's own: it is left, never ended. */
  if (kind == KM_SERVER_TOKEN_OWNER)
    self->owner_left = TRUE;
  else if (kind == KM_SERVER_TOKEN_KEPT)
    {
      parts->parts++;
      km_api_call_async (self->api, "DELETE", "sessions/current", NULL, NULL,
                         on_session_ended, g_object_ref (task));
    }

  save_mark (self, NULL);
  g_clear_error (&self->guest_error);
  km_server_set_account (self, NULL, NULL, KM_SERVER_TOKEN_NONE);
  if (kind == KM_SERVER_TOKEN_KEPT && is_owner_here (self) &&
      km_server_get_address (self) != NULL)
    restore_owner (self);

  if (kind == KM_SERVER_TOKEN_OWNER)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  parts->parts++;
  km_secrets_clear_async (self->secrets, self->key, NULL, on_cleared,
                          g_object_ref (task));
}

/**
 * km_server_sign_out_finish:
 * @self: a server
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: the keyring still has the token;
 *   %KM_CLIENT_ERROR_UNREACHABLE: the server wasn't told, so the session
 *   lives until it is ended from another device or wasn't used for long
 *
 * Returns: whether all of it worked
 */
gboolean
km_server_sign_out_finish (KmServer      *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_renamed (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmServer *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (self, result, &error);
  g_autoptr (KmAccountInfo) account = NULL;

  if (answer == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  account = km_account_info_from_json (km_json_get_object (answer, "account"));
  if (account != NULL && self->account != NULL)
    {
      if (self->token == KM_SERVER_TOKEN_KEPT)
        save_mark (self, account);
      km_server_set_account (self, account, km_api_get_token (self->api),
                             self->token);
    }
  g_task_return_boolean (task, TRUE);
}

/**
 * km_server_set_shown_name_async:
 * @self: a server
 * @shown_name: what others shall see
 * @cancellable: (nullable): to give up
 * @callback: called when the server took or refused it
 * @user_data: for @callback
 */
void
km_server_set_shown_name_async (KmServer            *self,
                                const char          *shown_name,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GString) body = g_string_new ("{");

  g_task_set_source_tag (task, km_server_set_shown_name_async);
  km_json_append_member (body, "shown_name", shown_name);
  g_string_append_c (body, '}');
  km_api_call_async (self->api, "PATCH", "account", body->str, cancellable,
                     on_renamed, task);
}

gboolean
km_server_set_shown_name_finish (KmServer      *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
