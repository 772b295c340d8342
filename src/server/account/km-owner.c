/* km-owner.c: the account that the server of "This computer" makes by itself
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nobody needs a password to go live on their own machine: the owner has
 * none, so that no network can sign in as them, and a file that only they
 * can read holds the token of a session.
 *
 * Thread: main, before the loop runs.
 */

#include "km-accounts-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "km-name.h"
#include "km-statement.h"
#include "km-text.h"

#define NAMES_TRIED 100

static gboolean
apply_setting (KmTransaction  *transaction,
               gint64          account,
               GError        **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, account);
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO setting (key, value) VALUES ('owner', ?)"
    " ON CONFLICT (key) DO UPDATE SET value = excluded.value", error);

  km_statement_bind (statement, "t", text);
  return km_statement_run (statement, error);
}

static gboolean
is_free (KmTransaction *transaction,
         const char    *name)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT 1 FROM account WHERE name = ?", NULL);
  gboolean is_free;

  km_statement_bind (statement, "t", name);
  is_free = km_statement_step (statement, NULL) == KM_STEP_DONE;
  if (statement != NULL)
    sqlite3_reset (statement);

  return is_free;
}

/* A KmDeskFunc: makes the account, under the first name that is free, and a
 * session. */
static gboolean
apply_owner (gpointer        data,
             KmTransaction  *transaction,
             GError        **error)
{
  KmSessionDraft *draft = data;
  g_autofree char *wish = g_strdup (draft->session->shown_name);

  for (guint i = 0; i < NAMES_TRIED; i++)
    {
      g_free (draft->session->name);
      draft->session->name = km_name_suggest (wish, i);
      if (is_free (transaction, draft->session->name))
        break;
    }

  return km_account_insert (transaction, draft, error) &&
         apply_setting (transaction, draft->session->account, error) &&
         km_session_draft_apply (draft, transaction, error);
}

/* The owner's session without a token; NULL: there is no owner yet. */
static KmSession *
find_owner (KmAccounts  *self,
            GError     **error)
{
  sqlite3_stmt *statement = km_reader_prepare (
    self->reader,
    "SELECT account.id, name, shown_name FROM setting"
    " JOIN account ON account.id = CAST (value AS INTEGER)"
    " WHERE key = 'owner'", error);
  KmSession *session = NULL;

  if (km_statement_step (statement, error) == KM_STEP_ROW)
    {
      session = g_new0 (KmSession, 1);
      session->account = sqlite3_column_int64 (statement, 0);
      session->name = km_statement_dup_text (statement, 1);
      session->shown_name = km_statement_dup_text (statement, 2);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return session;
}

/* The token in the file, if it is the owner's and still good. */
static KmSession *
read_token (KmAccounts *self,
            KmSession  *owner,
            const char *path)
{
  g_autofree char *token = NULL;
  KmSession *session;

  if (g_chmod (path, 0600) < 0 ||
      !g_file_get_contents (path, &token, NULL, NULL))
    return NULL;

  session = km_accounts_check (self, g_strchomp (token), NULL);
  if (session == NULL)
    return NULL;
  if (session->account != owner->account)
    {
      km_session_free (session);
      return NULL;
    }

  session->token = g_steal_pointer (&token);
  return session;
}

/**
 * km_accounts_make_owner:
 * @self: the accounts
 * @shown_name: the real name of whoever runs the server
 * @token_path: where the token is kept
 * @error: why not
 *
 * Makes sure that the owner is there and that @token_path, with mode 0600,
 * holds a token that works.
 *
 * Returns: (transfer full) (nullable): the owner's session
 */
KmSession *
km_accounts_make_owner (KmAccounts  *self,
                        const char  *shown_name,
                        const char  *token_path,
                        GError     **error)
{
  g_autofree char *shown = km_text_clean (shown_name, KM_TEXT_NAME,
                                          KM_SHOWN_NAME_MAX_BYTES, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (KmSession) owner = find_owner (self, &local);
  g_autoptr (KmSessionDraft) draft = NULL;
  KmSession *session;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (owner != NULL)
    {
      session = read_token (self, owner, token_path);
      if (session != NULL)
        return session;
      draft = km_session_draft_new (owner->account, owner->name,
                                    owner->shown_name, g_get_host_name ());
    }
  else
    draft = km_session_draft_new (0, "", shown != NULL ? shown : "Owner",
                                  g_get_host_name ());

  if (!km_desk_run (self->desk,
                    owner != NULL ? km_session_draft_apply : apply_owner,
                    draft, error) ||
      !g_file_set_contents_full (token_path, draft->session->token, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT |
                                 G_FILE_SET_CONTENTS_DURABLE,
                                 0600, error))
    return NULL;

  return g_steal_pointer (&draft->session);
}
