/* km-test-accounts.c: accounts with a store, and people who sign in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-accounts.h"

#include "km-statement.h"

#define SECONDS 30

void
km_test_accounts_open (KmTestAccounts *self)
{
  g_autoptr (GError) error = NULL;

  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);
  self->desk = km_desk_new (self->store);
  self->accounts = km_accounts_new (self->store, self->desk, &error);
  g_assert_no_error (error);
}

void
km_test_accounts_close (KmTestAccounts *self)
{
  km_accounts_stop (self->accounts);
  km_store_free (self->store);
  km_desk_free (self->desk);
  km_accounts_free (self->accounts);
}

void
km_test_accounts_set_up (KmTestAccounts *self,
                         gconstpointer   data)
{
  self->directory = km_test_directory_new ("accounts");
  km_test_accounts_open (self);
}

void
km_test_accounts_tear_down (KmTestAccounts *self,
                            gconstpointer   data)
{
  km_test_accounts_close (self);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
}

void
km_test_keep_result (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
has_result (gpointer data)
{
  return *(GAsyncResult **) data != NULL;
}

/* Returns: (transfer full): what km_test_keep_result() got, when it is there;
 * @result is free for the next. */
GAsyncResult *
km_test_wait_result (GAsyncResult **result)
{
  g_assert_true (km_test_wait_until (has_result, result, SECONDS));

  return g_steal_pointer (result);
}

KmSession *
km_test_wait_session (KmTestAccounts  *self,
                      GAsyncResult   **result,
                      GError         **error)
{
  g_autoptr (GAsyncResult) kept = km_test_wait_result (result);

  return km_accounts_sign_in_finish (self->accounts, kept, error);
}

KmSession *
km_test_sign_up (KmTestAccounts  *self,
                 const char      *name,
                 const char      *password,
                 GError         **error)
{
  GAsyncResult *result = NULL;

  km_accounts_register_async (self->accounts, name, password, NULL, NULL,
                              km_test_keep_result, &result);
  return km_test_wait_session (self, &result, error);
}

KmSession *
km_test_sign_in (KmTestAccounts  *self,
                 const char      *name,
                 const char      *password,
                 GError         **error)
{
  GAsyncResult *result = NULL;

  km_accounts_sign_in_async (self->accounts, name, password, ADDRESS, NULL,
                             km_test_keep_result, &result);
  return km_test_wait_session (self, &result, error);
}

KmSession *
km_test_sign_in_at (KmTestAccounts *self,
                    const char     *name,
                    const char     *device)
{
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;
  KmSession *session;

  km_accounts_sign_in_async (self->accounts, name, PASSWORD, ADDRESS, device,
                             km_test_keep_result, &result);
  session = km_test_wait_session (self, &result, &error);
  g_assert_no_error (error);

  return session;
}

static gboolean
apply_age (gpointer        data,
           KmTransaction  *transaction,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "UPDATE session SET used_at = used_at - ?1,"
    " expires_at = expires_at - ?1", error);

  km_statement_bind (statement, "i", *(gint64 *) data);
  return km_statement_run (statement, error);
}

/* Moves the times of all sessions, as so long a time without use would. */
void
km_test_accounts_age (KmTestAccounts *self,
                      gint64          age_ms)
{
  g_assert_true (km_desk_run (self->desk, apply_age, &age_ms, NULL));
}
