/* km-accounts.c: who may come in, and under which name
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Register and sign in both end in a session. Reading is done here and now
 * (a row by its key), hashing in the pool, writing on the store thread.
 *
 * Thread: main.
 */

#include "km-accounts-private.h"

#include "km-look.h"
#include "km-name.h"
#include "km-password.h"
#include "km-statement.h"
#include "km-text.h"

typedef struct
{
  KmAccounts *accounts;
  char *name;
  char *shown_name;
  char *address;
  char *device;
  char *password_hash; /* the account's, when it was looked up */
  gint64 account;
  KmSessionDraft *draft;
} SignIn;

static void
sign_in_free (gpointer data)
{
  SignIn *self = data;

  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->address);
  g_free (self->device);
  g_free (self->password_hash);
  g_clear_pointer (&self->draft, km_session_draft_free);
  g_free (self);
}

static gint64
monotonic_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

/**
 * km_accounts_new:
 * @store: where they are kept; must outlive them but for km_accounts_free()
 * @desk: where to hand writes in
 * @error: why the data can't be read or be brought up to date
 *
 * Waits for the disk, so it is for the time before the main loop runs.
 *
 * Returns: (transfer full) (nullable): the accounts
 */
KmAccounts *
km_accounts_new (KmStore  *store,
                 KmDesk   *desk,
                 GError  **error)
{
  KmReader *reader;
  KmAccounts *self;

  if (!km_desk_run (desk, km_look_refresh, NULL, error))
    return NULL;

  reader = km_reader_open (store, error);
  if (reader == NULL)
    return NULL;

  self = g_new0 (KmAccounts, 1);
  self->desk = desk;
  self->reader = reader;
  self->pool = km_password_pool_new ();
  self->attempts = km_attempts_new ();

  return self;
}

/**
 * km_accounts_stop:
 * @self: the accounts
 *
 * Closes what they read with and ends the pool: to be called before the store
 * is freed.
 */
void
km_accounts_stop (KmAccounts *self)
{
  g_clear_pointer (&self->pool, km_password_pool_free);
  g_clear_pointer (&self->reader, km_reader_free);
}

void
km_accounts_free (KmAccounts *self)
{
  km_accounts_stop (self);
  km_attempts_free (self->attempts);
  g_free (self);
}

/* Finds an account by its folded name. Returns whether it is there. */
static gboolean
find_account (KmAccounts  *self,
              SignIn      *sign_in,
              GError     **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    self->reader,
    "SELECT id, shown_name, password_hash FROM account WHERE name = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "t", sign_in->name);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    {
      sign_in->account = sqlite3_column_int64 (statement, 0);
      if (sign_in->shown_name == NULL)
        sign_in->shown_name = km_statement_dup_text (statement, 1);
      sign_in->password_hash = km_statement_dup_text (statement, 2);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

static void
session_made (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;

  if (km_desk_run_finish (result, &error) == NULL)
    {
      if (g_error_matches (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT))
        {
          g_clear_error (&error);
          error = g_error_new_literal (KM_ACCOUNT_ERROR,
                                       KM_ACCOUNT_ERROR_NAME_TAKEN,
                                       "the name is taken");
        }
      g_task_return_error (task, error);
      return;
    }

  g_task_return_pointer (task, g_steal_pointer (&sign_in->draft->session),
                         (GDestroyNotify) km_session_free);
}

/* Within a transaction: makes the account of a draft and lets the draft's
 * session belong to it. Also used for the owner. */
gboolean
km_account_insert (KmTransaction   *transaction,
                   KmSessionDraft  *draft,
                   GError         **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO account (name, shown_name, password_hash, created_at)"
    " VALUES (?, ?, ?, ?)", error);

  km_statement_bind (statement, "ttti", draft->session->name,
                     draft->session->shown_name, draft->password_hash,
                     draft->now_ms);
  if (!km_statement_run (statement, error))
    return FALSE;

  draft->session->account = km_transaction_last_row (transaction);
  return km_look_keep (transaction, draft->session->account, error);
}

static gboolean
apply_register (gpointer        data,
                KmTransaction  *transaction,
                GError        **error)
{
  KmSessionDraft *draft = data;

  return km_look_check (transaction, 0, draft->session->name, error) &&
         km_look_check (transaction, 0, draft->session->shown_name, error) &&
         km_account_insert (transaction, draft, error) &&
         km_session_draft_apply (draft, transaction, error);
}

static void
password_hashed (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *sign_in = g_task_get_task_data (task);
  GError *error = NULL;
  char *hash = km_password_pool_hash_finish (result, &error);

  if (hash == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  sign_in->draft = km_session_draft_new (0, sign_in->name,
                                         sign_in->shown_name,
                                         sign_in->device);
  sign_in->draft->password_hash = hash;
  km_desk_run_async (sign_in->accounts->desk, apply_register, sign_in->draft,
                     NULL, session_made, g_steal_pointer (&task));
}

static gboolean
check_registration (KmAccounts  *self,
                    SignIn      *sign_in,
                    const char  *name,
                    const char  *password,
                    const char  *shown_name,
                    GError     **error)
{
  sign_in->name = km_name_fold (name, error);
  if (sign_in->name == NULL)
    return FALSE;

  sign_in->shown_name = km_text_clean (shown_name != NULL ? shown_name : name,
                                       KM_TEXT_NAME, KM_SHOWN_NAME_MAX_BYTES,
                                       NULL);
  if (sign_in->shown_name == NULL)
    {
      g_set_error_literal (error, KM_ACCOUNT_ERROR,
                           KM_ACCOUNT_ERROR_BAD_SHOWN_NAME,
                           "not a name to show");
      return FALSE;
    }

  if (!km_password_is_acceptable (password, sign_in->name))
    {
      g_set_error_literal (error, KM_ACCOUNT_ERROR,
                           KM_ACCOUNT_ERROR_WEAK_PASSWORD, "weak password");
      return FALSE;
    }

  /* The schema has the last word; this one only saves the hashing. */
  if (find_account (self, sign_in, error))
    {
      g_set_error_literal (error, KM_ACCOUNT_ERROR,
                           KM_ACCOUNT_ERROR_NAME_TAKEN, "the name is taken");
      return FALSE;
    }

  return error == NULL || *error == NULL;
}

/**
 * km_accounts_register_async:
 * @self: the accounts
 * @name: (nullable): the name wanted
 * @password: (nullable): the password wanted
 * @shown_name: (nullable): what others are to see; %NULL: the name as typed
 * @device: (nullable): where the session is, in a person's words
 * @callback: calls km_accounts_sign_in_finish()
 * @user_data: for @callback
 */
void
km_accounts_register_async (KmAccounts          *self,
                            const char          *name,
                            const char          *password,
                            const char          *shown_name,
                            const char          *device,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  SignIn *sign_in = g_new0 (SignIn, 1);
  GError *error = NULL;

  sign_in->accounts = self;
  sign_in->device = g_strdup (device);
  g_task_set_source_tag (task, km_accounts_register_async);
  g_task_set_task_data (task, sign_in, sign_in_free);

  if (!check_registration (self, sign_in, name, password, shown_name, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  km_password_pool_hash_async (self->pool, password, password_hashed,
                               g_steal_pointer (&task));
}

/* Names that aren't names are counted as one that nobody has. */
static char *
fold_any (const char *name)
{
  char *folded = km_name_fold (name, NULL);

  return folded != NULL ? folded : g_strdup ("");
}

/**
 * km_accounts_begin_sign_in:
 * @self: the accounts
 * @name: (nullable): as whom
 * @address: where from
 *
 * To be asked before each km_accounts_sign_in_async(): counts the try.
 *
 * Returns: 0: go on; else how many ms to wait before the next try
 */
gint64
km_accounts_begin_sign_in (KmAccounts *self,
                           const char *name,
                           const char *address)
{
  g_autofree char *folded = fold_any (name);

  return km_attempts_begin (self->attempts, folded, address, monotonic_ms ());
}

/* A KmDeskFunc: makes the session, unless the password was changed since it
 * was verified: who changes it ends all other sessions, also this one. */
static gboolean
apply_sign_in (gpointer        data,
               KmTransaction  *transaction,
               GError        **error)
{
  KmSessionDraft *draft = data;
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT 1 FROM account WHERE id = ? AND password_hash = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "it", draft->session->account,
                     draft->password_hash);
  step = km_statement_step (statement, error);
  if (statement != NULL)
    sqlite3_reset (statement);
  if (step == KM_STEP_DONE)
    g_set_error_literal (error, KM_ACCOUNT_ERROR,
                         KM_ACCOUNT_ERROR_WRONG_CREDENTIALS,
                         "the password was changed meanwhile");

  return step == KM_STEP_ROW &&
         km_session_draft_apply (draft, transaction, error);
}

static void
password_verified (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SignIn *sign_in = g_task_get_task_data (task);
  KmAccounts *self = sign_in->accounts;
  GError *error = NULL;

  if (!km_password_pool_verify_finish (result, &error))
    {
      if (error == NULL)
        error = g_error_new_literal (KM_ACCOUNT_ERROR,
                                     KM_ACCOUNT_ERROR_WRONG_CREDENTIALS,
                                     "wrong name or password");
      g_task_return_error (task, error);
      return;
    }

  km_attempts_forgive (self->attempts, sign_in->name, sign_in->address,
                       monotonic_ms ());
  sign_in->draft = km_session_draft_new (sign_in->account, sign_in->name,
                                         sign_in->shown_name,
                                         sign_in->device);
  sign_in->draft->password_hash = g_steal_pointer (&sign_in->password_hash);
  km_desk_run_async (self->desk, apply_sign_in, sign_in->draft, NULL,
                     session_made, g_steal_pointer (&task));
}

/**
 * km_accounts_sign_in_async:
 * @self: the accounts
 * @name: (nullable): as whom
 * @password: (nullable): what was typed
 * @address: where from
 * @device: (nullable): where the session is, in a person's words
 * @callback: calls km_accounts_sign_in_finish()
 * @user_data: for @callback
 */
void
km_accounts_sign_in_async (KmAccounts          *self,
                           const char          *name,
                           const char          *password,
                           const char          *address,
                           const char          *device,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  SignIn *sign_in = g_new0 (SignIn, 1);
  GError *error = NULL;

  sign_in->accounts = self;
  sign_in->name = fold_any (name);
  sign_in->address = g_strdup (address);
  sign_in->device = g_strdup (device);
  g_task_set_source_tag (task, km_accounts_sign_in_async);
  g_task_set_task_data (task, sign_in, sign_in_free);

  if (!find_account (self, sign_in, &error) && error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  km_password_pool_verify_async (self->pool, password != NULL ? password : "",
                                 sign_in->password_hash, password_verified,
                                 g_steal_pointer (&task));
}

/**
 * km_accounts_sign_in_finish:
 * @self: the accounts
 * @result: what the callback was given
 * @error: why not, of the domain %KM_ACCOUNT_ERROR or the store's
 *
 * Returns: (transfer full) (nullable): the new session, with its token
 */
KmSession *
km_accounts_sign_in_finish (KmAccounts    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
