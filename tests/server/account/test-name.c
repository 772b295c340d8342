/* test-name.c: which names and passwords an account may have
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-account-error.h"
#include "km-name.h"
#include "km-password.h"

static void
test_names_are_folded (void)
{
  g_autofree char *alice = km_name_fold ("Alice", NULL);
  g_autofree char *all = km_name_fold ("A-Z_0.9", NULL);
  g_autofree char *longest = km_name_fold ("abcdefghijklmnopqrst", NULL);

  g_assert_cmpstr (alice, ==, "alice");
  g_assert_cmpstr (all, ==, "a-z_0.9");
  g_assert_nonnull (longest);
}

static void
test_other_names_are_refused (void)
{
  const char *names[] = {
    NULL, "", "ab", "abcdefghijklmnopqrstu", "a b", "al\xc3\xad" "ce", "李小龙",
    "a/b", "a@b", "alice\n", "\xff\xff\xff", "%s%s%s", "a'b",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (km_name_fold (names[i], &error));
      g_assert_error (error, KM_ACCOUNT_ERROR, KM_ACCOUNT_ERROR_BAD_NAME);
    }
}

static void
test_a_real_name_becomes_a_name (void)
{
  const char *names[][2] = {
    { "Ada Lovelace", "ada.lovelace" },
    { "Zo\xc3\xab", "zoe" },
    { "李小龙", "owner" },
    { "", "owner" },
    { "Hubert Blaine Wolfeschlegelsteinhausen", "hubert.blaine.wolfes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = km_name_suggest (names[i][0], 0);
      g_autofree char *second = km_name_suggest (names[i][0], 12);
      g_autofree char *folded = km_name_fold (second, NULL);

      g_assert_cmpstr (name, ==, names[i][1]);
      g_assert_cmpstr (folded, ==, second);
      g_assert_true (g_str_has_suffix (second, "12"));
    }
}

static void
test_common_passwords_are_refused (void)
{
  const char *bad[] = {
    NULL, "", "short", "1234567", "12345678", "password", "Password1",
    "password123", "P@ssw0rd", "P@ssw0rd!", "qwertyuiop", "iloveyou",
    "ILOVEYOU2", "dragon1234", "aaaaaaaa", "abcdefgh", "87654321",
    "1234567890", "sunshine!", "qwerqwer", "monkey.2024", "letmein123",
    "longlonglong.name", "redskins", "BigDaddy", "4815162342", "moonshine",
    "greyhoun", "Brooklyn2024", "dkflbvbhjdyf",
  };
  const char *good[] = {
    "correct horse battery", "tj7#kqLw", "开幕 大家好 你好", "dragonfly pond",
    "40712938465527", "        ~~~~~~~~x",
  };
  g_autofree char *exact = g_strnfill (128, 'x');
  g_autofree char *longest = g_strconcat ("ab", exact + 2, NULL);
  g_autofree char *longer = g_strconcat ("abc", exact + 2, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (km_password_is_acceptable (bad[i],
                                                 "longlonglong.name"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_test_message ("%s", good[i]);
      g_assert_true (km_password_is_acceptable (good[i], "alice"));
    }
  g_assert_true (km_password_is_acceptable (longest, "alice"));
  g_assert_false (km_password_is_acceptable (longer, "alice"));
}

static void
test_only_the_password_fits (void)
{
  g_autofree char *hash = km_password_hash ("correct horse battery");
  g_autofree char *again = km_password_hash ("correct horse battery");

  g_assert_true (g_str_has_prefix (hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
  g_assert_cmpstr (hash, !=, again);
  g_assert_true (km_password_verify ("correct horse battery", hash));
  g_assert_false (km_password_verify ("correct horse batterz", hash));
  g_assert_false (km_password_verify ("", hash));
  g_assert_false (km_password_verify ("correct horse battery", NULL));
  g_assert_false (km_password_verify ("x", "not a hash"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/name/folded", test_names_are_folded);
  g_test_add_func ("/account/name/others-are-refused",
                   test_other_names_are_refused);
  g_test_add_func ("/account/name/a-real-name-becomes-a-name",
                   test_a_real_name_becomes_a_name);
  g_test_add_func ("/account/password/common-ones-are-refused",
                   test_common_passwords_are_refused);
  g_test_add_func ("/account/password/only-the-password-fits",
                   test_only_the_password_fits);
  return g_test_run ();
}
