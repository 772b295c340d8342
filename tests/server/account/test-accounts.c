/* test-accounts.c: register, sign in, sign out, the owner, and a restart
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-accounts.h"

#include <glib/gstdio.h>

#include "km-statement.h"
#include "km-test-process.h"

#define PASSWORD "correct horse battery"

typedef struct
{
  char *directory;
  KmStore *store;
  KmDesk *desk;
  KmAccounts *accounts;
} Fixture;

static void
open_all (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);
  self->desk = km_desk_new (self->store);
  self->accounts = km_accounts_new (self->store, self->desk, &error);
  g_assert_no_error (error);
}

static void
close_all (Fixture *self)
{
  km_accounts_stop (self->accounts);
  km_store_free (self->store);
  km_desk_free (self->desk);
  km_accounts_free (self->accounts);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("accounts");
  open_all (self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  close_all (self);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
}

static void
keep_result (GObject      *source,
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

static KmSession *
wait_session (Fixture       *self,
              GAsyncResult **result,
              GError       **error)
{
  KmSession *session;

  g_assert_true (km_test_wait_until (has_result, result, 30));
  session = km_accounts_sign_in_finish (self->accounts, *result, error);
  g_clear_object (result);
  return session;
}

static KmSession *
sign_up (Fixture     *self,
         const char  *name,
         const char  *password,
         GError     **error)
{
  GAsyncResult *result = NULL;

  km_accounts_register_async (self->accounts, name, password, NULL,
                              keep_result, &result);
  return wait_session (self, &result, error);
}

static KmSession *
sign_in (Fixture     *self,
         const char  *name,
         const char  *password,
         GError     **error)
{
  GAsyncResult *result = NULL;

  km_accounts_sign_in_async (self->accounts, name, password, "127.0.0.1",
                             keep_result, &result);
  return wait_session (self, &result, error);
}

static void
test_register_then_sign_in (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmSession) first = sign_up (self, "Alice", PASSWORD, &error);
  g_autoptr (KmSession) second = NULL;
  g_autoptr (KmSession) checked = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (first->name, ==, "alice");
  g_assert_cmpstr (first->shown_name, ==, "Alice");

  second = sign_in (self, "ALICE", PASSWORD, &error);
  g_assert_no_error (error);
  g_assert_cmpint (second->account, ==, first->account);
  g_assert_cmpstr (second->token, !=, first->token);

  checked = km_accounts_check (self->accounts, first->token, &error);
  g_assert_no_error (error);
  g_assert_cmpint (checked->account, ==, first->account);
  g_assert_cmpstr (checked->id, ==, first->id);
}

static void
test_wrong_ones_are_told_the_same (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) none = NULL;

  g_assert_null (sign_in (self, "alice", "wrong horse", &wrong));
  g_assert_null (sign_in (self, "nobody", PASSWORD, &unknown));
  g_assert_null (sign_in (self, NULL, NULL, &none));
  g_assert_error (wrong, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WRONG_CREDENTIALS);
  g_assert_true (g_error_matches (unknown, wrong->domain, wrong->code));
  g_assert_true (g_error_matches (none, wrong->domain, wrong->code));
  g_assert_cmpstr (unknown->message, ==, wrong->message);
}

static void
test_a_taken_name_is_refused_in_any_case (Fixture       *self,
                                          gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[2] = { NULL, NULL };
  guint made = 0;

  g_assert_null (sign_up (self, "aLiCe", PASSWORD, &error));
  g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NAME_TAKEN);

  /* Two at once: both pass the first look, the schema decides. */
  for (guint i = 0; i < 2; i++)
    km_accounts_register_async (self->accounts, "bob", PASSWORD, NULL,
                                keep_result, &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) taken = NULL;
      g_autoptr (KmSession) session = wait_session (self, &results[i],
                                                    &taken);

      if (session != NULL)
        made++;
      else
        g_assert_error (taken, KM_ACCOUNT_ERROR,
                        KM_ACCOUNT_ERROR_NAME_TAKEN);
    }
  g_assert_cmpuint (made, ==, 1);
}

static void
test_bad_choices_are_refused (Fixture       *self,
                              gconstpointer  data)
{
  g_autoptr (GError) name = NULL;
  g_autoptr (GError) password = NULL;
  g_autoptr (GError) shown = NULL;
  GAsyncResult *result = NULL;

  g_assert_null (sign_up (self, "al", PASSWORD, &name));
  g_assert_error (name, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_NAME);
  g_assert_null (sign_up (self, "alice", "password1", &password));
  g_assert_error (password, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WEAK_PASSWORD);
  km_accounts_register_async (self->accounts, "alice", PASSWORD,
                              "A\xe2\x80\xae" "B", keep_result, &result);
  g_assert_null (wait_session (self, &result, &shown));
  g_assert_error (shown, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_SHOWN_NAME);
}

static void
test_what_is_no_token_is_no_session (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  g_autofree char *cut = g_strndup (alice->token, strlen (alice->token) - 1);
  g_autofree char *longer = g_strconcat (alice->token, "A", NULL);
  const char *tokens[] = {
    NULL, "", "x", cut, longer, alice->id,
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "' OR 1=1 -- ' OR 1=1 -- ' OR 1=1 -- ' OR 1=",
  };

  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (km_accounts_check (self->accounts, tokens[i], &error));
      g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION);
    }
}

static void
test_signed_out_is_out (Fixture       *self,
                        gconstpointer  data)
{
  g_autoptr (KmSession) first = sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (KmSession) second = sign_in (self, "alice", PASSWORD, NULL);
  g_autoptr (KmSession) still = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  km_accounts_sign_out_async (self->accounts, first->id, keep_result,
                              &result);
  g_assert_true (km_test_wait_until (has_result, &result, 30));
  g_assert_true (km_accounts_write_finish (self->accounts, result, &error));
  g_clear_object (&result);

  g_assert_null (km_accounts_check (self->accounts, first->token, NULL));
  still = km_accounts_check (self->accounts, second->token, NULL);
  g_assert_nonnull (still);
}

/* Moves a session's times, as a month would. */
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

static gint64
get_expiry (Fixture *self)
{
  g_autoptr (KmReader) reader = km_reader_open (self->store, NULL);
  sqlite3_stmt *statement = km_reader_prepare (
    reader, "SELECT expires_at FROM session", NULL);
  gint64 expiry;

  g_assert_cmpint (km_statement_step (statement, NULL), ==, KM_STEP_ROW);
  expiry = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return expiry;
}

typedef struct
{
  Fixture *fixture;
  gint64 than;
} Later;

static gboolean
expires_later (gpointer data)
{
  Later *later = data;

  return get_expiry (later->fixture) > later->than;
}

static void
test_a_session_slides_and_expires (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (KmSession) used = NULL;
  gint64 age = KM_SESSION_LIFE_MS - 60000;
  Later later = { self, 0 };

  g_assert_true (km_desk_run (self->desk, apply_age, &age, NULL));
  later.than = get_expiry (self);
  used = km_accounts_check (self->accounts, alice->token, NULL);
  g_assert_nonnull (used);
  g_assert_true (km_test_wait_until (expires_later, &later, 30));

  age = KM_SESSION_LIFE_MS + 1;
  g_assert_true (km_desk_run (self->desk, apply_age, &age, NULL));
  g_assert_null (km_accounts_check (self->accounts, alice->token, NULL));
}

static void
test_the_token_is_not_in_the_data (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  const char *files[] = { "kaimu.db", "kaimu.db-wal" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, files[i],
                                                NULL);
      g_autofree char *contents = NULL;
      gsize length;

      if (!g_file_get_contents (path, &contents, &length, NULL))
        continue;
      g_assert_null (memmem (contents, length, alice->token,
                             strlen (alice->token)));
      g_assert_null (memmem (contents, length, PASSWORD, strlen (PASSWORD)));
    }
}

static void
test_the_owner_comes_back (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->directory, "owner-token",
                                            NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmSession) taken = sign_up (self, "ada.lovelace", PASSWORD,
                                         NULL);
  g_autoptr (KmSession) owner =
    km_accounts_make_owner (self->accounts, "Ada Lovelace", path, &error);
  g_autoptr (KmSession) again = NULL;
  g_autoptr (KmSession) anew = NULL;
  GStatBuf status;

  g_assert_no_error (error);
  g_assert_cmpstr (owner->name, ==, "ada.lovelace1");
  g_assert_cmpstr (owner->shown_name, ==, "Ada Lovelace");
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_null (sign_in (self, "ada.lovelace1", "", NULL));

  close_all (self);
  open_all (self);
  again = km_accounts_make_owner (self->accounts, "Other", path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (again->account, ==, owner->account);
  g_assert_cmpstr (again->token, ==, owner->token);

  /* A lost file, or one of other data, gives a new token. */
  g_assert_true (g_file_set_contents (path, taken->token, -1, NULL));
  anew = km_accounts_make_owner (self->accounts, "Other", path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (anew->account, ==, owner->account);
  g_assert_cmpstr (anew->token, !=, owner->token);
}

static gboolean
apply_sql (gpointer        data,
           KmTransaction  *transaction,
           GError        **error)
{
  return km_statement_run (km_transaction_prepare (transaction, data, error),
                           error);
}

#define MAKE_ALICE_A_HOST \
  "INSERT INTO room (account, title, category, key, epoch, created_at)" \
  " SELECT id, '', 'talk', name, '', 0 FROM account WHERE name = 'alice'"

static KmSession *
sign_up_as (Fixture     *self,
            const char  *name,
            const char  *shown_name,
            GError     **error)
{
  GAsyncResult *result = NULL;

  km_accounts_register_async (self->accounts, name, PASSWORD, shown_name,
                              keep_result, &result);
  return wait_session (self, &result, error);
}

static gboolean
change_name (Fixture     *self,
             KmSession   *session,
             const char  *shown_name,
             GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  km_accounts_rename_async (self->accounts, session->account, shown_name,
                            keep_result, &result);
  g_assert_true (km_test_wait_until (has_result, &result, 30));
  return km_accounts_write_finish (self->accounts, result, error);
}

#define CYRILLIC_ALICE "\xd0\x90lice"

static void
test_only_a_host_looks_like_herself (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up_as (self, "alice", "Ally", NULL);
  g_autoptr (KmSession) before = sign_up_as (self, "bob", CYRILLIC_ALICE,
                                             NULL);
  g_autoptr (KmSession) eve = sign_up (self, "eve", PASSWORD, NULL);
  const char *names[] = { "alice", CYRILLIC_ALICE " ", "AIice", "a1ice",
                          "ALLY" };

  /* Nobody is a host yet: names are shared. */
  g_assert_nonnull (before);
  g_assert_true (km_desk_run (self->desk, apply_sql,
                              (gpointer) MAKE_ALICE_A_HOST, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) made = NULL;
      g_autoptr (GError) changed = NULL;

      g_test_message ("%s", names[i]);
      g_assert_null (sign_up_as (self, "mallory", names[i], &made));
      g_assert_error (made, KM_ACCOUNT_ERROR,
                      KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST);
      if (g_str_has_suffix (names[i], " "))
        continue;
      g_assert_false (change_name (self, eve, names[i], &changed));
      g_assert_error (changed, KM_ACCOUNT_ERROR,
                      KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST);
    }
  g_assert_null (sign_up (self, "a1ice", PASSWORD, NULL));

  g_assert_true (change_name (self, alice, "ALICE", NULL));
  g_assert_true (change_name (self, alice, CYRILLIC_ALICE, NULL));
  g_assert_true (change_name (self, before, CYRILLIC_ALICE, NULL));
  g_assert_true (change_name (self, eve, "bob", NULL));

  /* What the host isn't called any more is free. */
  g_assert_true (change_name (self, eve, "Ally", NULL));
  /* And who let go of a host's name doesn't get it back. */
  g_assert_true (change_name (self, before, "Bob", NULL));
  g_assert_false (change_name (self, before, CYRILLIC_ALICE, NULL));
}

static void
test_looks_of_older_data_are_made (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up (self, "alice", PASSWORD, NULL);
  const char *older[] = {
    MAKE_ALICE_A_HOST,
    "UPDATE look SET skeleton = 'of another time'",
    "UPDATE setting SET value = '1, ICU 4.2' WHERE key = 'looks'",
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (older); i++)
    g_assert_true (km_desk_run (self->desk, apply_sql, (gpointer) older[i],
                                NULL));
  close_all (self);
  open_all (self);

  g_assert_null (sign_up_as (self, "mallory", CYRILLIC_ALICE, &error));
  g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST);
}

#define ADD(name, function) \
  g_test_add ("/account/accounts/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("register-then-sign-in", test_register_then_sign_in);
  ADD ("wrong-ones-are-told-the-same", test_wrong_ones_are_told_the_same);
  ADD ("a-taken-name-is-refused-in-any-case",
       test_a_taken_name_is_refused_in_any_case);
  ADD ("only-a-host-looks-like-herself", test_only_a_host_looks_like_herself);
  ADD ("looks-of-older-data-are-made", test_looks_of_older_data_are_made);
  ADD ("bad-choices-are-refused", test_bad_choices_are_refused);
  ADD ("what-is-no-token-is-no-session",
       test_what_is_no_token_is_no_session);
  ADD ("signed-out-is-out", test_signed_out_is_out);
  ADD ("a-session-slides-and-expires", test_a_session_slides_and_expires);
  ADD ("the-token-is-not-in-the-data", test_the_token_is_not_in_the_data);
  ADD ("the-owner-comes-back", test_the_owner_comes_back);
  return g_test_run ();
}
