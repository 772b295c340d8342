/* test-sessions.c: where somebody is signed in, and signing out there
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-statement.h"
#include "km-test-accounts.h"

#define NEW_PASSWORD "staple battery horse"
#define MONTH_MS KM_SESSION_LIFE_MS
#define HOUR_MS (60 * 60 * 1000)
#define SIGN_INS 12

typedef KmTestAccounts Fixture;

static gboolean
is_good (Fixture         *self,
         const KmSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmSession) checked = km_accounts_check (self->accounts,
                                                     session->token, &error);

  if (checked == NULL)
    g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION);

  return checked != NULL;
}

static char **
end_session (Fixture     *self,
             gint64       account,
             const char  *id,
             GError     **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) kept = NULL;

  km_accounts_end_session_async (self->accounts, account, id,
                                 km_test_keep_result, &result);
  kept = km_test_wait_result (&result);

  return km_accounts_end_finish (self->accounts, kept, error);
}

static char **
end_others (Fixture          *self,
            const KmSession  *session,
            GError          **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) kept = NULL;

  km_accounts_end_others_async (self->accounts, session, km_test_keep_result,
                                &result);
  kept = km_test_wait_result (&result);

  return km_accounts_end_finish (self->accounts, kept, error);
}

static char **
change_password (Fixture          *self,
                 const KmSession  *session,
                 const char       *old,
                 const char       *new,
                 GError          **error)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) kept = NULL;

  km_accounts_change_password_async (self->accounts, session, old, new,
                                     ADDRESS, km_test_keep_result, &result);
  kept = km_test_wait_result (&result);

  return km_accounts_end_finish (self->accounts, kept, error);
}

static void
assert_list (Fixture    *self,
             gint64      account,
             const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries =
    km_accounts_list_sessions (self->accounts, account, 100, &error);
  g_autoptr (GString) devices = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const KmSessionEntry *entry = g_ptr_array_index (entries, i);

      g_assert_cmpint (entry->made_at_ms, >, 0);
      g_string_append_printf (devices, "[%s]",
                              entry->device != NULL ? entry->device : "?");
    }
  g_assert_cmpstr (devices->str, ==, expected);
}

static void
test_ones_own_are_listed (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (KmSession) bob = km_test_sign_up (self, "bob", PASSWORD,
                                               NULL);
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) laptop = NULL;
  g_autoptr (KmSession) phone = NULL;

  km_test_accounts_age (self, HOUR_MS);
  laptop = km_test_sign_in_at (self, "alice", "laptop");
  km_test_accounts_age (self, HOUR_MS);
  phone = km_test_sign_in_at (self, "alice", "电话");

  assert_list (self, alice->account, "[电话][laptop][?]");
  assert_list (self, bob->account, "[?]");
  assert_list (self, 999, "");

  km_test_accounts_age (self, MONTH_MS - HOUR_MS / 2);
  assert_list (self, alice->account, "[电话]");
}

static void
test_one_is_ended (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) phone = km_test_sign_in_at (self, "alice",
                                                    "phone");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again = NULL;
  g_auto (GStrv) ended = end_session (self, alice->account, phone->id, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (ended), ==, 1);
  g_assert_cmpstr (ended[0], ==, phone->id);
  g_assert_false (is_good (self, phone));
  g_assert_true (is_good (self, alice));

  g_assert_null (end_session (self, alice->account, phone->id, &again));
  g_assert_error (again, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SUCH_SESSION);
}

static void
test_others_sessions_are_not_there (Fixture       *self,
                                    gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) bob = km_test_sign_up (self, "bob", PASSWORD,
                                               NULL);
  const char *ids[] = { bob->id, alice->token, "", "x", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (end_session (self, alice->account, ids[i], &error));
      g_assert_error (error, KM_ACCOUNT_ERROR,
                      KM_ACCOUNT_ERROR_NO_SUCH_SESSION);
    }
  g_assert_true (is_good (self, bob));
  g_assert_true (is_good (self, alice));
}

static void
test_all_others_are_ended (Fixture       *self,
                           gconstpointer  data)
{
  g_autoptr (KmSession) bob = km_test_sign_up (self, "bob", PASSWORD,
                                               NULL);
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) second = km_test_sign_in_at (self, "alice",
                                                     NULL);
  g_autoptr (KmSession) third = km_test_sign_in_at (self, "alice",
                                                    NULL);
  g_autoptr (GError) late = NULL;
  g_auto (GStrv) ended = end_others (self, second, NULL);
  g_auto (GStrv) none = end_others (self, second, NULL);

  g_assert_cmpuint (g_strv_length (ended), ==, 2);
  g_assert_true (g_strv_contains ((const char *const *) ended, alice->id));
  g_assert_true (g_strv_contains ((const char *const *) ended, third->id));
  g_assert_nonnull (none);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  g_assert_true (is_good (self, second));
  g_assert_true (is_good (self, bob));

  /* Who was thrown out throws nobody out. */
  g_assert_null (end_others (self, third, &late));
  g_assert_error (late, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION);
  g_assert_true (is_good (self, second));
}

static void
test_a_new_password_ends_the_others (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) phone = km_test_sign_in_at (self, "alice",
                                                    "phone");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ended = change_password (self, alice, PASSWORD, NEW_PASSWORD,
                                          &error);
  g_autoptr (KmSession) anew = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (ended), ==, 1);
  g_assert_cmpstr (ended[0], ==, phone->id);
  g_assert_true (is_good (self, alice));
  g_assert_false (is_good (self, phone));

  g_assert_null (km_test_sign_in (self, "alice", PASSWORD, NULL));
  anew = km_test_sign_in (self, "alice", NEW_PASSWORD, NULL);
  g_assert_nonnull (anew);
}

static void
test_bad_changes_change_nothing (Fixture       *self,
                                 gconstpointer  data)
{
  g_autofree char *path = g_build_filename (self->directory, "owner-token",
                                            NULL);
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  g_autoptr (KmSession) phone = km_test_sign_in_at (self, "alice",
                                                    "phone");
  g_autoptr (KmSession) owner =
    km_accounts_make_owner (self->accounts, "Ada", path, NULL);
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) weak = NULL;
  g_autoptr (GError) same = NULL;
  g_autoptr (GError) none = NULL;

  g_assert_null (change_password (self, alice, NEW_PASSWORD, NEW_PASSWORD,
                                  &wrong));
  g_assert_error (wrong, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WRONG_PASSWORD);
  g_assert_null (change_password (self, alice, NULL, NEW_PASSWORD, &missing));
  g_assert_error (missing, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WRONG_PASSWORD);
  g_assert_false (km_accounts_judge_password (alice, PASSWORD, "password1",
                                              &weak));
  g_assert_error (weak, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_WEAK_PASSWORD);
  g_assert_false (km_accounts_judge_password (alice, PASSWORD, PASSWORD,
                                              &same));
  g_assert_error (same, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_SAME_PASSWORD);
  g_assert_null (change_password (self, owner, "", NEW_PASSWORD, &none));
  g_assert_error (none, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_PASSWORD);

  g_assert_true (is_good (self, alice));
  g_assert_true (is_good (self, phone));
  g_assert_null (km_test_sign_in (self, "alice", NEW_PASSWORD, NULL));
}

/* Whichever of them is written first. */
static void
test_no_sign_in_outlives_its_password (Fixture       *self,
                                       gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);
  GAsyncResult *results[SIGN_INS] = { NULL };
  GAsyncResult *change = NULL;
  g_autoptr (GAsyncResult) changed = NULL;
  g_auto (GStrv) ended = NULL;
  guint before = 0;

  for (guint i = 0; i < SIGN_INS; i++)
    {
      if (i == SIGN_INS / 3)
        km_accounts_change_password_async (self->accounts, alice, PASSWORD,
                                           NEW_PASSWORD, ADDRESS,
                                           km_test_keep_result, &change);
      km_accounts_sign_in_async (self->accounts, "alice", PASSWORD, ADDRESS,
                                 NULL, km_test_keep_result, &results[i]);
    }
  changed = km_test_wait_result (&change);
  ended = km_accounts_end_finish (self->accounts, changed, NULL);
  g_assert_nonnull (ended);

  for (guint i = 0; i < SIGN_INS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (KmSession) session = km_test_wait_session (self, &results[i],
                                                            &error);

      if (session == NULL)
        {
          g_assert_error (error, KM_ACCOUNT_ERROR,
                          KM_ACCOUNT_ERROR_WRONG_CREDENTIALS);
          continue;
        }
      before++;
      g_assert_false (is_good (self, session));
      g_assert_true (g_strv_contains ((const char *const *) ended,
                                      session->id));
    }
  g_assert_cmpuint (g_strv_length (ended), ==, before);
  g_assert_true (is_good (self, alice));
  g_test_message ("%u of %u signed in before", before, SIGN_INS);
}

/* Two devices at once: one wins, and the other one is out. */
static void
test_of_two_changes_one_holds (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (KmSession) one = km_test_sign_up (self, "alice",
                                               PASSWORD, NULL);
  g_autoptr (KmSession) two = km_test_sign_in_at (self, "alice",
                                                  "phone");
  const KmSession *sessions[] = { one, two };
  GAsyncResult *results[2] = { NULL, NULL };
  guint changed = 0;

  for (guint i = 0; i < 2; i++)
    km_accounts_change_password_async (self->accounts, sessions[i], PASSWORD,
                                       i == 0 ? NEW_PASSWORD
                                       : NEW_PASSWORD " 2",
                                       ADDRESS, km_test_keep_result,
                                       &results[i]);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GAsyncResult) result = km_test_wait_result (&results[i]);
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) ended = km_accounts_end_finish (self->accounts, result,
                                                     &error);

      if (ended != NULL)
        changed++;
      else
        g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_NO_SESSION);
      g_assert_true (is_good (self, sessions[i]) == (ended != NULL));
    }
  g_assert_cmpuint (changed, ==, 1);
}

typedef struct
{
  const char *id;
  gboolean there;
} Use;

static gboolean
apply_use (gpointer        data,
           KmTransaction  *transaction,
           GError        **error)
{
  Use *use = data;

  return km_sessions_use (transaction, use->id, &use->there, error);
}

static gboolean
use_session (Fixture    *self,
             const char *id)
{
  Use use = { id, FALSE };

  g_assert_true (km_desk_run (self->desk, apply_use, &use, NULL));

  return use.there;
}

static void
test_use_prolongs_what_is_there (Fixture       *self,
                                 gconstpointer  data)
{
  g_autoptr (KmSession) alice = km_test_sign_up (self, "alice",
                                                 PASSWORD, NULL);

  km_test_accounts_age (self, MONTH_MS - 60000);
  g_assert_true (use_session (self, alice->id));
  km_test_accounts_age (self, MONTH_MS - 60000);
  g_assert_true (is_good (self, alice));

  km_test_accounts_age (self, MONTH_MS);
  g_assert_false (use_session (self, alice->id));
  g_assert_false (is_good (self, alice));
  g_assert_false (use_session (self, "nonsense"));
}

#define ADD(name, function) \
  g_test_add ("/account/sessions/" name, Fixture, NULL, \
              km_test_accounts_set_up, function, km_test_accounts_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ones-own-are-listed", test_ones_own_are_listed);
  ADD ("one-is-ended", test_one_is_ended);
  ADD ("others-sessions-are-not-there", test_others_sessions_are_not_there);
  ADD ("all-others-are-ended", test_all_others_are_ended);
  ADD ("a-new-password-ends-the-others", test_a_new_password_ends_the_others);
  ADD ("bad-changes-change-nothing", test_bad_changes_change_nothing);
  ADD ("no-sign-in-outlives-its-password",
       test_no_sign_in_outlives_its_password);
  ADD ("of-two-changes-one-holds", test_of_two_changes_one_holds);
  ADD ("use-prolongs-what-is-there", test_use_prolongs_what_is_there);
  return g_test_run ();
}
