/* test-accounts.c: register, sign in, sign out, the owner, and a restart
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "km-statement.h"
#include "km-test-accounts.h"

typedef KmTestAccounts Fixture;

static void
test_register_then_sign_in (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmSession) first = km_test_sign_up (self, "Alice", PASSWORD,
                                                 &error);
  g_autoptr (KmSession) second = NULL;
  g_autoptr (KmSession) checked = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (first->name, ==, "alice");
  g_assert_cmpstr (first->shown_name, ==, "Alice");

  second = km_test_sign_in (self, "ALICE", PASSWORD, &error);
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
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) none = NULL;

  g_assert_null (km_test_sign_in (self, "alice", "wrong horse", &wrong));
  g_assert_null (km_test_sign_in (self, "nobody", PASSWORD, &unknown));
  g_assert_null (km_test_sign_in (self, NULL, NULL, &none));
  g_assert_error (wrong, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WRONG_CREDENTIALS);
  g_assert_true (g_error_matches (unknown, wrong->domain, wrong->code));
  g_assert_true (g_error_matches (none, wrong->domain, wrong->code));
  g_assert_cmpstr (unknown->message, ==, wrong->message);
}

static void
test_a_taken_name_is_refused_in_any_case (Fixture       *self,
                                          gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (GError) error = NULL;
  GAsyncResult *results[2] = { NULL, NULL };
  guint made = 0;

  g_assert_null (km_test_sign_up (self, "aLiCe", PASSWORD, &error));
  g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NAME_TAKEN);

  /* Two at once: both pass the first look, the schema decides. */
  for (guint i = 0; i < 2; i++)
    km_accounts_register_async (self->accounts, "bob", PASSWORD, NULL, NULL,
                                km_test_keep_result, &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) taken = NULL;
      g_autoptr (KmSession) session = km_test_wait_session (self, &results[i],
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

  g_assert_null (km_test_sign_up (self, "al", PASSWORD, &name));
  g_assert_error (name, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_NAME);
  g_assert_null (km_test_sign_up (self, "alice", "password1", &password));
  g_assert_error (password, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WEAK_PASSWORD);
  km_accounts_register_async (self->accounts, "alice", PASSWORD,
                              "A\xe2\x80\xae" "B", NULL, km_test_keep_result,
                              &result);
  g_assert_null (km_test_wait_session (self, &result, &shown));
  g_assert_error (shown, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_SHOWN_NAME);
}

static void
test_what_is_no_token_is_no_session (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
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
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
  g_autoptr (KmSession) used = NULL;
  Later later = { self, 0 };

  km_test_accounts_age (self, KM_SESSION_LIFE_MS - 60000);
  later.than = get_expiry (self);
  used = km_accounts_check (self->accounts, alice->token, NULL);
  g_assert_nonnull (used);
  g_assert_true (km_test_wait_until (expires_later, &later, 30));

  km_test_accounts_age (self, KM_SESSION_LIFE_MS + 1);
  g_assert_null (km_accounts_check (self->accounts, alice->token, NULL));
}

static void
test_the_token_is_not_in_the_data (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
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
  g_autoptr (KmSession) taken = km_test_sign_up (self, "ada.lovelace", PASSWORD,
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
  g_assert_null (km_test_sign_in (self, "ada.lovelace1", "", NULL));

  km_test_accounts_close (self);
  km_test_accounts_open (self);
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

  km_accounts_register_async (self->accounts, name, PASSWORD, shown_name, NULL,
                              km_test_keep_result, &result);
  return km_test_wait_session (self, &result, error);
}

static gboolean
change_name (Fixture     *self,
             KmSession   *session,
             const char  *shown_name,
             GError     **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) kept = NULL;

  km_accounts_rename_async (self->accounts, session->account, shown_name,
                            km_test_keep_result, &result);
  kept = km_test_wait_result (&result);
  return km_accounts_write_finish (self->accounts, kept, error);
}

#define CYRILLIC_ALICE "\xd0\x90lice"

static void
test_only_a_host_looks_like_herself (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmSession) alice = sign_up_as (self, "alice", "Ally", NULL);
  g_autoptr (KmSession) before = sign_up_as (self, "bob", CYRILLIC_ALICE,
                                             NULL);
  g_autoptr (KmSession) eve = km_test_sign_up (self, "eve", PASSWORD, NULL);
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
  g_assert_null (km_test_sign_up (self, "a1ice", PASSWORD, NULL));

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
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice", PASSWORD, NULL);
  const char *older[] = {
    MAKE_ALICE_A_HOST,
    "UPDATE look SET skeleton = 'of another time'",
    "UPDATE setting SET value = '1, ICU 4.2' WHERE key = 'looks'",
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (older); i++)
    g_assert_true (km_desk_run (self->desk, apply_sql, (gpointer) older[i],
                                NULL));
  km_test_accounts_close (self);
  km_test_accounts_open (self);

  g_assert_null (sign_up_as (self, "mallory", CYRILLIC_ALICE, &error));
  g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_LOOKS_LIKE_HOST);
}

#define ADD(name, function) \
  g_test_add ("/account/accounts/" name, Fixture, NULL, \
              km_test_accounts_set_up, function, km_test_accounts_tear_down)

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
  ADD ("a-session-slides-and-expires", test_a_session_slides_and_expires);
  ADD ("the-token-is-not-in-the-data", test_the_token_is_not_in_the_data);
  ADD ("the-owner-comes-back", test_the_owner_comes_back);
  return g_test_run ();
}
