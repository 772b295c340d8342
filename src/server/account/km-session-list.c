/* km-session-list.c: where somebody is signed in, and signing out there
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What ends is told by its id once that is on the disk, so that whoever holds
 * sockets and tickets of it can end these, too. Who ends the others must still
 * be signed in when it is written: of two that throw each other out the first
 * stays.
 *
 * Thread: main; what is given to the desk runs on the store thread.
 */

#include "km-accounts-private.h"

#include "km-statement.h"

typedef struct
{
  gint64 account;
  char *id; /* of the one that ends, or of the one that stays */
  GPtrArray *ended; /* char: their ids */
} Ending;

static void
ending_free (gpointer data)
{
  Ending *self = data;

  g_free (self->id);
  g_ptr_array_unref (self->ended);
  g_free (self);
}

static Ending *
ending_new (gint64      account,
            const char *id)
{
  Ending *self = g_new0 (Ending, 1);

  self->account = account;
  self->id = g_strdup (id);
  self->ended = g_ptr_array_new_null_terminated (1, g_free, TRUE);

  return self;
}

static void
entry_free (gpointer data)
{
  KmSessionEntry *self = data;

  g_free (self->id);
  g_free (self->device);
  g_free (self);
}

static GBytes *
get_hash (sqlite3_stmt *statement,
          int           column)
{
  return g_bytes_new (sqlite3_column_blob (statement, column),
                      (gsize) sqlite3_column_bytes (statement, column));
}

static KmSessionEntry *
read_entry (sqlite3_stmt *statement)
{
  KmSessionEntry *self = g_new0 (KmSessionEntry, 1);
  g_autoptr (GBytes) hash = get_hash (statement, 0);

  self->id = km_session_id_new (hash);
  self->device = km_statement_dup_text (statement, 1);
  self->made_at_ms = sqlite3_column_int64 (statement, 2);
  self->used_at_ms = sqlite3_column_int64 (statement, 3);

  return self;
}

/**
 * km_accounts_list_sessions:
 * @self: the accounts
 * @account: whose
 * @count_max: how many at most
 * @error: why they can't be read
 *
 * Returns: (transfer full) (nullable) (element-type KmSessionEntry): the
 *   sessions that are good, the one used last first
 */
GPtrArray *
km_accounts_list_sessions (KmAccounts  *self,
                           gint64       account,
                           guint        count_max,
                           GError     **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  sqlite3_stmt *statement = km_reader_prepare (
    self->reader,
    "SELECT token_hash, device, created_at, used_at FROM session"
    " WHERE account = ? AND expires_at >= ?"
    " ORDER BY used_at DESC, created_at DESC, token_hash LIMIT ?", error);
  KmStep step;

  km_statement_bind (statement, "iii", account, km_accounts_now_ms (),
                     (gint64) count_max);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    g_ptr_array_add (entries, read_entry (statement));
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&entries) : NULL;
}

/* A KmDeskFunc. */
static gboolean
apply_end_one (gpointer        data,
               KmTransaction  *transaction,
               GError        **error)
{
  Ending *self = data;
  g_autoptr (GBytes) hash = km_session_id_parse (self->id);
  sqlite3_stmt *statement;

  if (hash != NULL)
    {
      statement = km_transaction_prepare (
        transaction, "DELETE FROM session WHERE token_hash = ? AND account = ?",
        error);
      km_statement_bind (statement, "bi", hash, self->account);
      if (!km_statement_run (statement, error))
        return FALSE;
    }
  if (hash == NULL || km_transaction_changes (transaction) == 0)
    {
      g_set_error_literal (error, KM_ACCOUNT_ERROR,
                           KM_ACCOUNT_ERROR_NO_SUCH_SESSION,
                           "the account has no such session");
      return FALSE;
    }

  g_ptr_array_set_size (self->ended, 0);
  g_ptr_array_add (self->ended, g_strdup (self->id));
  return TRUE;
}

/* Whether who asks is still signed in; @kept: their session. */
static gboolean
check_kept (KmTransaction  *transaction,
            gint64          account,
            GBytes         *kept,
            GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT 1 FROM session"
    " WHERE token_hash = ? AND account = ? AND expires_at >= ?", error);
  KmStep step;

  km_statement_bind (statement, "bii", kept, account, km_accounts_now_ms ());
  step = km_statement_step (statement, error);
  if (statement != NULL)
    sqlite3_reset (statement);
  if (step == KM_STEP_DONE)
    g_set_error_literal (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION,
                         "no such session");

  return step == KM_STEP_ROW;
}

/**
 * km_sessions_end_others:
 * @transaction: what writes
 * @account: whose sessions
 * @kept: id of the session that asks, and stays
 * @ended: (element-type utf8): gets the ids of those that end
 * @error: %KM_ACCOUNT_ERROR_NO_SESSION: @kept isn't good any more
 *
 * Thread: store.
 *
 * Returns: whether @kept is the only one now
 */
gboolean
km_sessions_end_others (KmTransaction  *transaction,
                        gint64          account,
                        const char     *kept,
                        GPtrArray      *ended,
                        GError        **error)
{
  g_autoptr (GBytes) hash = km_session_id_parse (kept);
  sqlite3_stmt *statement;
  KmStep step;

  g_return_val_if_fail (hash != NULL, FALSE);

  g_ptr_array_set_size (ended, 0);
  if (!check_kept (transaction, account, hash, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "DELETE FROM session WHERE account = ? AND token_hash <> ?"
    " RETURNING token_hash", error);
  km_statement_bind (statement, "ib", account, hash);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      g_autoptr (GBytes) other = get_hash (statement, 0);

      g_ptr_array_add (ended, km_session_id_new (other));
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

/* A KmDeskFunc. */
static gboolean
apply_end_others (gpointer        data,
                  KmTransaction  *transaction,
                  GError        **error)
{
  Ending *self = data;

  return km_sessions_end_others (transaction, self->account, self->id,
                                 self->ended, error);
}

static void
ended (GObject      *source,
       GAsyncResult *result,
       gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  Ending *ending = km_desk_run_finish (result, &error);

  if (ending == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (
      task, g_ptr_array_steal (ending->ended, NULL),
      (GDestroyNotify) g_strfreev);
}

/**
 * km_accounts_end_session_async:
 * @self: the accounts
 * @account: whose session
 * @session_id: the id of a #KmSession, or what somebody takes for one
 * @callback: calls km_accounts_end_finish(), which fails with
 *   %KM_ACCOUNT_ERROR_NO_SUCH_SESSION where @account has none of that id
 * @user_data: for @callback
 */
void
km_accounts_end_session_async (KmAccounts          *self,
                               gint64               account,
                               const char          *session_id,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, km_accounts_end_session_async);
  km_desk_run_async (self->desk, apply_end_one,
                     ending_new (account, session_id), ending_free, ended,
                     task);
}

/**
 * km_accounts_end_others_async:
 * @self: the accounts
 * @kept: the session that asks, and stays
 * @callback: calls km_accounts_end_finish(), which fails with
 *   %KM_ACCOUNT_ERROR_NO_SESSION where @kept was itself ended meanwhile
 * @user_data: for @callback
 */
void
km_accounts_end_others_async (KmAccounts          *self,
                              const KmSession     *kept,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, km_accounts_end_others_async);
  km_desk_run_async (self->desk, apply_end_others,
                     ending_new (kept->account, kept->id), ending_free, ended,
                     task);
}

/**
 * km_accounts_end_finish:
 * @self: the accounts
 * @result: what the callback was given
 * @error: why nothing ended
 *
 * Returns: (transfer full) (nullable): ids of the sessions that have ended:
 *   whose sockets and tickets are to end now
 */
char **
km_accounts_end_finish (KmAccounts    *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
