/* km-password-change.c: another password for an account
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who changes it proves that they know the present one, for a device that is
 * left open somewhere is signed in as well. Verifying and hashing are done in
 * the pool, one after the other. One transaction then exchanges the hash and
 * ends all other sessions: somebody may change their password because another
 * one knows it. What was verified against the old hash and is written later
 * fails: a second change, and a sign-in (see km-accounts.c).
 *
 * Thread: main; what is given to the desk runs on the store thread.
 */

#include "km-accounts-private.h"

#include <sodium.h>

#include "km-password.h"
#include "km-statement.h"

typedef struct
{
  KmAccounts *accounts;
  gint64 account;
  char *name;
  char *session_id;
  char *address;
  char *new_password;
  char *old_hash;
  char *new_hash;
  GPtrArray *ended; /* char: ids of the sessions that have ended */
} Change;

static void
change_free (gpointer data)
{
  Change *self = data;

  sodium_memzero (self->new_password, strlen (self->new_password));
  g_free (self->new_password);
  g_free (self->name);
  g_free (self->session_id);
  g_free (self->address);
  g_free (self->old_hash);
  g_free (self->new_hash);
  g_ptr_array_unref (self->ended);
  g_free (self);
}

static Change *
change_new (KmAccounts      *accounts,
            const KmSession *session,
            const char      *new_password,
            const char      *address)
{
  Change *self = g_new0 (Change, 1);

  self->accounts = accounts;
  self->account = session->account;
  self->name = g_strdup (session->name);
  self->session_id = g_strdup (session->id);
  self->address = g_strdup (address);
  self->new_password = g_strdup (new_password);
  self->ended = g_ptr_array_new_null_terminated (1, g_free, TRUE);

  return self;
}

static GError *
make_error (KmAccountError  code,
            const char     *message)
{
  return g_error_new_literal (KM_ACCOUNT_ERROR, (int) code, message);
}

/* A KmDeskFunc. */
static gboolean
apply_change (gpointer        data,
              KmTransaction  *transaction,
              GError        **error)
{
  Change *self = data;
  sqlite3_stmt *statement;

  if (!km_sessions_end_others (transaction, self->account, self->session_id,
                               self->ended, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "UPDATE account SET password_hash = ? WHERE id = ? AND password_hash = ?",
    error);
  km_statement_bind (statement, "tit", self->new_hash, self->account,
                     self->old_hash);
  if (!km_statement_run (statement, error))
    return FALSE;
  if (km_transaction_changes (transaction) > 0)
    return TRUE;

  g_propagate_error (error, make_error (KM_ACCOUNT_ERROR_WRONG_PASSWORD,
                                        "the password was changed meanwhile"));
  return FALSE;
}

static void
changed (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (km_desk_run_finish (result, &error) == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_ptr_array_steal (self->ended, NULL),
                           (GDestroyNotify) g_strfreev);
}

static void
new_hashed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->new_hash = km_password_pool_hash_finish (result, &error);
  if (self->new_hash == NULL)
    g_task_return_error (task, error);
  else
    km_desk_run_async (self->accounts->desk, apply_change, self, NULL, changed,
                       g_steal_pointer (&task));
}

static void
old_verified (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Change *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!km_password_pool_verify_finish (result, &error))
    {
      if (error == NULL)
        error = make_error (KM_ACCOUNT_ERROR_WRONG_PASSWORD,
                            "the present password is another one");
      g_task_return_error (task, error);
      return;
    }

  km_attempts_forgive (self->accounts->attempts, self->name, self->address,
                       g_get_monotonic_time () / 1000);
  km_password_pool_hash_async (self->accounts->pool, self->new_password,
                               new_hashed, g_steal_pointer (&task));
}

/* Returns: whether the account is there; its hash is NULL if it has none. */
static gboolean
read_hash (Change  *self,
           GError **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    self->accounts->reader, "SELECT password_hash FROM account WHERE id = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "i", self->account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    self->old_hash = km_statement_dup_text (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

/**
 * km_accounts_judge_password:
 * @session: who wants another password
 * @old_password: (nullable): what they say the present one is
 * @new_password: (nullable): what it is to be
 * @error: %KM_ACCOUNT_ERROR_WEAK_PASSWORD or %KM_ACCOUNT_ERROR_SAME_PASSWORD
 *
 * What can be said without knowing the present one: to be asked before the try
 * is counted.
 *
 * Returns: whether @new_password can become it
 */
gboolean
km_accounts_judge_password (const KmSession  *session,
                            const char       *old_password,
                            const char       *new_password,
                            GError          **error)
{
  GError *local = NULL;

  if (!km_password_is_acceptable (new_password, session->name))
    local = make_error (KM_ACCOUNT_ERROR_WEAK_PASSWORD, "weak password");
  else if (g_strcmp0 (old_password, new_password) == 0)
    local = make_error (KM_ACCOUNT_ERROR_SAME_PASSWORD,
                        "the new password is the old one");
  if (local == NULL)
    return TRUE;

  g_propagate_error (error, local);
  return FALSE;
}

/**
 * km_accounts_change_password_async:
 * @self: the accounts
 * @session: who asks; it goes on, all others of the account end
 * @old_password: (nullable): what they say the present one is
 * @new_password: what it is to be; km_accounts_judge_password() let it pass
 * @address: where from; the try was counted by km_accounts_begin_sign_in()
 * @callback: calls km_accounts_end_finish(), which fails with
 *   %KM_ACCOUNT_ERROR_WRONG_PASSWORD, `NO_PASSWORD`, `NO_SESSION` or `BUSY`
 * @user_data: for @callback
 */
void
km_accounts_change_password_async (KmAccounts          *self,
                                   const KmSession     *session,
                                   const char          *old_password,
                                   const char          *new_password,
                                   const char          *address,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Change *change = change_new (self, session, new_password, address);
  GError *error = NULL;

  g_task_set_source_tag (task, km_accounts_change_password_async);
  g_task_set_task_data (task, change, change_free);

  if (!read_hash (change, &error) && error == NULL)
    error = make_error (KM_ACCOUNT_ERROR_NO_SESSION, "no such account");
  if (error == NULL && change->old_hash == NULL)
    error = make_error (KM_ACCOUNT_ERROR_NO_PASSWORD,
                        "the account has no password");
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  km_password_pool_verify_async (self->pool,
                                 old_password != NULL ? old_password : "",
                                 change->old_hash, old_verified,
                                 g_steal_pointer (&task));
}
