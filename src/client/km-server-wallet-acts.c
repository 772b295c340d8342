/* km-server-wallet-acts.c: what one does with a wallet
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-server-wallet-private.h"

#include "km-client-error.h"
#include "km-json.h"
#include "km-server-private.h"

#include <glib/gi18n-lib.h>

#define ART_BYTES_MAX (64 * 1024)

/* Its data is the server, which answers only as long as somebody holds it. */
static GTask *
task_new (KmWallet            *self,
          gpointer             tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  if (self->server != NULL)
    {
      g_task_set_task_data (task, g_object_ref (self->server), g_object_unref);
      return task;
    }

  g_task_return_new_error_literal (task, KM_CLIENT_ERROR,
                                   KM_CLIENT_ERROR_UNREACHABLE,
                                   _("The server has no address yet."));
  g_object_unref (task);

  return NULL;
}

static void
on_art (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GBytes *art = km_api_fetch_finish (KM_API (source), result, &error);

  if (art == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, art, (GDestroyNotify) g_bytes_unref);
}

/**
 * km_wallet_load_art_async:
 * @self: a wallet
 * @art: the name of a picture that the app doesn't have
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 */
void
km_wallet_load_art_async (KmWallet            *self,
                          const char          *art,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  g_return_if_fail (KM_IS_WALLET (self) && art != NULL);

  task = task_new (self, km_wallet_load_art_async, cancellable, callback,
                   user_data);
  if (task == NULL)
    return;

  name = g_uri_escape_string (art, NULL, FALSE);
  path = g_strconcat ("gifts/art/", name, NULL);
  km_api_fetch_async (self->server->api, path, ART_BYTES_MAX, cancellable,
                      on_art, task);
}

/**
 * km_wallet_load_art_finish:
 * @self: a wallet
 * @result: what the callback got
 * @error: where to put what went wrong
 *
 * Returns: (transfer full) (nullable): SVG from a stranger, at most 64 KiB
 */
GBytes *
km_wallet_load_art_finish (KmWallet      *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GTask) task = data;
  KmWallet *self = g_task_get_source_object (task);
  KmServer *server = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = km_server_finish_call (server, result,
                                                         &error);

  if (answer == NULL || !km_wallet_take_answer (self, answer, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * km_wallet_set_daily_limit_async:
 * @self: a wallet
 * @coins: how many may be given in 24 hours; -1: as many as one has
 * @cancellable: (nullable): to stop waiting
 * @callback: called when the server took it; the properties say what holds
 * @user_data: for @callback
 *
 * A lower limit holds at once, a higher one after 24 hours.
 */
void
km_wallet_set_daily_limit_async (KmWallet            *self,
                                 gint64               coins,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task;
  g_autoptr (GString) body = g_string_new ("{");

  g_return_if_fail (KM_IS_WALLET (self));

  task = task_new (self, km_wallet_set_daily_limit_async, cancellable,
                   callback, user_data);
  if (task == NULL)
    return;

  if (coins >= 0)
    km_json_append_integer (body, "coins", coins);
  else
    km_json_append_member (body, "coins", NULL);
  g_string_append_c (body, '}');
  km_api_call_async (self->server->api, "PUT", "wallet/daily-limit", body->str,
                     cancellable, on_answer, task);
}

gboolean
km_wallet_set_daily_limit_finish (KmWallet      *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_wallet_get_practice_async:
 * @self: a wallet with practice coins
 * @cancellable: (nullable): to stop waiting
 * @callback: called when km_wallet_get_balance() has them
 * @user_data: for @callback
 *
 * Gets new coins to practise with, if few are left.
 */
void
km_wallet_get_practice_async (KmWallet            *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task;

  g_return_if_fail (KM_IS_WALLET (self));

  task = task_new (self, km_wallet_get_practice_async, cancellable, callback,
                   user_data);
  if (task != NULL)
    km_api_call_async (self->server->api, "POST", "wallet/practice", NULL,
                       cancellable, on_answer, task);
}

/**
 * km_wallet_get_practice_finish:
 * @self: a wallet
 * @result: what the callback got
 * @error: %KM_PROTOCOL_ERROR_FORBIDDEN: there are none, or enough are left
 *
 * Returns: whether there are more now
 */
gboolean
km_wallet_get_practice_finish (KmWallet      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * km_wallet_open_payments:
 * @self: a wallet
 * @of: coins given, or earned
 *
 * Returns: (transfer full): its statement as it is now, nothing loaded yet
 */
KmPayments *
km_wallet_open_payments (KmWallet     *self,
                         KmPaymentsOf  of)
{
  g_return_val_if_fail (KM_IS_WALLET (self), NULL);

  return km_payments_new (self->server, of);
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
 * km_wallet_save_payments_async:
 * @self: a wallet
 * @of: coins given, or earned
 * @file: where to; replaced when everything has come
 * @cancellable: (nullable): to give up
 * @callback: called when it is there
 * @user_data: for @callback
 *
 * Saves the whole statement as CSV.
 */
void
km_wallet_save_payments_async (KmWallet            *self,
                               KmPaymentsOf         of,
                               GFile               *file,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autofree char *path = NULL;
  GTask *task;

  g_return_if_fail (KM_IS_WALLET (self) && G_IS_FILE (file));

  task = task_new (self, km_wallet_save_payments_async, cancellable, callback,
                   user_data);
  if (task == NULL)
    return;

  path = g_strconcat ("wallet/statement.csv?of=", km_payments_of_to_word (of),
                      NULL);
  km_server_save_async (self->server, path, file, cancellable, on_saved, task);
}

/**
 * km_wallet_save_payments_finish:
 * @self: a wallet
 * @result: what the callback got
 * @error: %KM_CLIENT_ERROR_STORAGE: @file can't be written
 *
 * Returns: whether the file is whole
 */
gboolean
km_wallet_save_payments_finish (KmWallet      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
