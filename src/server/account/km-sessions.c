/* km-sessions.c: tokens that stand for a sign-in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A token is 32 random bytes; only its hash is kept, so that a stolen copy of
 * the data signs nobody in. Being unguessable it needs no slow hash. A
 * session lives for 30 days after its last use; use is written down at most
 * once an hour.
 *
 * Thread: main; what is given to the desk runs on the store thread.
 */

#include "km-accounts-private.h"

#include <sodium.h>

#include "km-look.h"
#include "km-statement.h"

#define TOKEN_BYTES 32
#define TOKEN_TEXT_BYTES \
  sodium_base64_ENCODED_LEN (TOKEN_BYTES, \
                             sodium_base64_VARIANT_URLSAFE_NO_PADDING)
#define TOUCH_AFTER_MS (60 * 60 * 1000)

gint64
km_accounts_now_ms (void)
{
  return g_get_real_time () / 1000;
}

void
km_session_free (KmSession *self)
{
  if (self->token != NULL)
    sodium_memzero (self->token, strlen (self->token));
  g_free (self->token);
  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->id);
  g_free (self);
}

/* The hash that is kept, or NULL for what can't be a token. */
GBytes *
km_token_hash (const char *token)
{
  guint8 bytes[TOKEN_BYTES];
  guint8 hash[crypto_generichash_BYTES];
  gsize length = 0;

  if (token == NULL || strnlen (token, TOKEN_TEXT_BYTES) != TOKEN_TEXT_BYTES - 1
      || sodium_base642bin (bytes, sizeof bytes, token, TOKEN_TEXT_BYTES - 1,
                            NULL, &length, NULL,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0
      || length != TOKEN_BYTES)
    return NULL;

  crypto_generichash (hash, sizeof hash, bytes, sizeof bytes, NULL, 0);
  sodium_memzero (bytes, sizeof bytes);

  return g_bytes_new (hash, sizeof hash);
}

/* The kept hash as text: it names the session and opens nothing. */
char *
km_session_id_new (GBytes *token_hash)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (token_hash, &length);
  char *text = g_malloc (2 * length + 1);

  return sodium_bin2hex (text, 2 * length + 1, bytes, length);
}

/* Returns: (transfer full) (nullable): the hash that such a text is of. */
GBytes *
km_session_id_parse (const char *id)
{
  guint8 bytes[crypto_generichash_BYTES];
  gsize length = 0;

  if (id == NULL || strnlen (id, 2 * sizeof bytes + 1) != 2 * sizeof bytes ||
      sodium_hex2bin (bytes, sizeof bytes, id, 2 * sizeof bytes, NULL,
                      &length, NULL) != 0 ||
      length != sizeof bytes)
    return NULL;

  return g_bytes_new (bytes, sizeof bytes);
}

KmSessionDraft *
km_session_draft_new (gint64      account,
                      const char *name,
                      const char *shown_name,
                      const char *device)
{
  KmSessionDraft *self = g_new0 (KmSessionDraft, 1);
  guint8 bytes[TOKEN_BYTES];
  char token[TOKEN_TEXT_BYTES];

  randombytes_buf (bytes, sizeof bytes);
  sodium_bin2base64 (token, sizeof token, bytes, sizeof bytes,
                     sodium_base64_VARIANT_URLSAFE_NO_PADDING);

  self->session = g_new0 (KmSession, 1);
  self->session->account = account;
  self->session->name = g_strdup (name);
  self->session->shown_name = g_strdup (shown_name);
  self->session->token = g_strdup (token);
  self->token_hash = km_token_hash (token);
  self->session->id = km_session_id_new (self->token_hash);
  self->device = g_strdup (device);
  self->now_ms = km_accounts_now_ms ();

  sodium_memzero (bytes, sizeof bytes);
  sodium_memzero (token, sizeof token);

  return self;
}

void
km_session_draft_free (KmSessionDraft *self)
{
  g_clear_pointer (&self->session, km_session_free);
  g_bytes_unref (self->token_hash);
  g_free (self->device);
  g_free (self->password_hash);
  g_free (self);
}

/* A KmDeskFunc: makes the session of a draft, and forgets expired ones. */
gboolean
km_session_draft_apply (gpointer        data,
                        KmTransaction  *transaction,
                        GError        **error)
{
  KmSessionDraft *self = data;
  sqlite3_stmt *statement;

  statement = km_transaction_prepare (
    transaction, "DELETE FROM session WHERE expires_at < ?", error);
  km_statement_bind (statement, "i", self->now_ms);
  if (!km_statement_run (statement, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "INSERT INTO session (token_hash, account, created_at, used_at,"
    " expires_at, device) VALUES (?, ?, ?, ?, ?, ?)", error);
  km_statement_bind (statement, "biiiit", self->token_hash,
                     self->session->account, self->now_ms, self->now_ms,
                     self->now_ms + KM_SESSION_LIFE_MS, self->device);
  return km_statement_run (statement, error);
}

/**
 * km_sessions_use:
 * @transaction: what writes
 * @session_id: the id of a #KmSession
 * @there: (out): whether there is such a session, which is good
 * @error: why it couldn't be written down
 *
 * Writes down that a session is in use now: it ends 30 days later. One that
 * has expired stays so. Thread: store.
 *
 * Returns: whether it is known
 */
gboolean
km_sessions_use (KmTransaction  *transaction,
                 const char     *session_id,
                 gboolean       *there,
                 GError        **error)
{
  g_autoptr (GBytes) hash = km_session_id_parse (session_id);
  gint64 now_ms = km_accounts_now_ms ();
  sqlite3_stmt *statement;

  *there = FALSE;
  if (hash == NULL)
    return TRUE;

  statement = km_transaction_prepare (
    transaction,
    "UPDATE session SET used_at = ?, expires_at = ?"
    " WHERE token_hash = ? AND expires_at >= ?", error);
  km_statement_bind (statement, "iibi", now_ms, now_ms + KM_SESSION_LIFE_MS,
                     hash, now_ms);
  if (!km_statement_run (statement, error))
    return FALSE;

  *there = km_transaction_changes (transaction) > 0;
  return TRUE;
}

static gboolean
apply_touch (gpointer        data,
             KmTransaction  *transaction,
             GError        **error)
{
  gboolean there;

  return km_sessions_use (transaction, data, &there, error);
}

static void
touched (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  /* The next use tries again. */
  if (km_desk_run_finish (result, &error) == NULL)
    g_info ("the use of a session wasn't written down: %s", error->message);
}

/**
 * km_accounts_check:
 * @self: the accounts
 * @token: (nullable): what somebody presents
 * @error: %KM_ACCOUNT_ERROR_NO_SESSION
 *
 * Returns: (transfer full) (nullable): who presents it
 */
KmSession *
km_accounts_check (KmAccounts  *self,
                   const char  *token,
                   GError     **error)
{
  g_autoptr (GBytes) hash = km_token_hash (token);
  gint64 now_ms = km_accounts_now_ms ();
  g_autoptr (KmSession) session = NULL;
  sqlite3_stmt *statement;
  KmStep step;

  if (hash == NULL)
    goto none;

  statement = km_reader_prepare (
    self->reader,
    "SELECT account.id, name, shown_name, used_at FROM session"
    " JOIN account ON account.id = session.account"
    " WHERE token_hash = ? AND expires_at >= ?", error);
  km_statement_bind (statement, "bi", hash, now_ms);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_FAILED)
    return NULL;
  if (step == KM_STEP_DONE)
    {
      sqlite3_reset (statement);
      goto none;
    }

  session = g_new0 (KmSession, 1);
  session->account = sqlite3_column_int64 (statement, 0);
  session->name = km_statement_dup_text (statement, 1);
  session->shown_name = km_statement_dup_text (statement, 2);
  session->id = km_session_id_new (hash);
  if (now_ms - sqlite3_column_int64 (statement, 3) > TOUCH_AFTER_MS)
    km_desk_run_async (self->desk, apply_touch, g_strdup (session->id),
                       g_free, touched, NULL);
  sqlite3_reset (statement);

  return g_steal_pointer (&session);

none:
  g_set_error_literal (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION,
                       "no such session");
  return NULL;
}

static void
written (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (km_desk_run_finish (result, &error) == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

typedef struct
{
  gint64 account;
  char *shown_name;
} Rename;

static void
rename_free (gpointer data)
{
  Rename *self = data;

  g_free (self->shown_name);
  g_free (self);
}

static gboolean
apply_rename (gpointer        data,
              KmTransaction  *transaction,
              GError        **error)
{
  Rename *self = data;
  sqlite3_stmt *statement;

  if (!km_look_check (transaction, self->account, self->shown_name, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction, "UPDATE account SET shown_name = ? WHERE id = ?", error);
  km_statement_bind (statement, "ti", self->shown_name, self->account);
  return km_statement_run (statement, error)
         && km_look_keep (transaction, self->account, error);
}

/**
 * km_accounts_rename_async:
 * @self: the accounts
 * @account: whose shown name
 * @shown_name: the new one; already checked
 * @callback: gets to know when it is written; fails with
 *   %KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST
 * @user_data: for @callback
 */
void
km_accounts_rename_async (KmAccounts          *self,
                          gint64               account,
                          const char          *shown_name,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Rename *rename = g_new0 (Rename, 1);

  rename->account = account;
  rename->shown_name = g_strdup (shown_name);
  g_task_set_source_tag (task, km_accounts_rename_async);
  km_desk_run_async (self->desk, apply_rename, rename, rename_free, written,
                     task);
}

/**
 * km_accounts_write_finish:
 * @self: the accounts
 * @result: what the callback was given
 * @error: why it isn't written
 *
 * Returns: whether it is on the disk
 */
gboolean
km_accounts_write_finish (KmAccounts    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
