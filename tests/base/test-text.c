/* test-text.c: what may be shown passes, what hides or breaks out doesn't
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-text.h"

#include <string.h>

typedef struct
{
  const char *text;
  const char *line;
  const char *name;
} Row;

/* What comes out as a line and as a name; NULL: refused as bad. */
static const Row rows[] = {
  { "大家好 👋", "大家好 👋", "大家好 👋" },
  { "  a b \xe3\x80\x80", "a b", "a b" },
  { "e\xcc\x81", "\xc3\xa9", "\xc3\xa9" },
  { "👩\xe2\x80\x8d🚀", "👩\xe2\x80\x8d🚀", NULL },
  { "می\xe2\x80\x8cخواهم", "می\xe2\x80\x8cخواهم", NULL },
  { "שלום\xe2\x80\x8f!", "שלום\xe2\x80\x8f!", NULL },
  { "one\ntwo", NULL, NULL },
  { "tab\there", NULL, NULL },
  { "esc\x1b[2J", NULL, NULL },
  { "del\x7f", NULL, NULL },
  { "next\xc2\x85line", NULL, NULL },
  { "line\xe2\x80\xa8separator", NULL, NULL },
  { "over\xe2\x80\xaeride", NULL, NULL },
  { "isol\xe2\x81\xa6" "ate", NULL, NULL },
  { "zero\xe2\x80\x8bwidth", NULL, NULL },
  { "word\xe2\x81\xa0joiner", NULL, NULL },
  { "b\xef\xbb\xbfom", NULL, NULL },
  { "soft\xc2\xadhyphen", NULL, NULL },
  { "private\xee\x80\x80use", NULL, NULL },
  { "non\xef\xb7\x90" "character", NULL, NULL },
  { "non\xef\xbf\xbf" "character", NULL, NULL },
  { "cut \xe5\xa4", NULL, NULL },
  { "\xc0\xaf", NULL, NULL },
  { "\xed\xa0\x80", NULL, NULL },
  { "a\xe3\x85\xa4z", "a\xe3\x85\xa4z", NULL },
};

static void
test_each_in_its_place (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      KmTextVerdict verdict;
      g_autofree char *line = km_text_clean (rows[i].text, KM_TEXT_LINE, 100,
                                             &verdict);
      g_autofree char *name = NULL;

      g_assert_cmpstr (line, ==, rows[i].line);
      g_assert_cmpint (verdict, ==, line != NULL ? KM_TEXT_FINE : KM_TEXT_BAD);
      name = km_text_clean (rows[i].text, KM_TEXT_NAME, 100, &verdict);
      g_assert_cmpstr (name, ==, rows[i].name);
      g_assert_cmpint (verdict, ==, name != NULL ? KM_TEXT_FINE : KM_TEXT_BAD);
    }
}

static void
test_nothing_to_see_is_empty (void)
{
  const char *empty[] = {
    NULL, "", "   ", "\xe3\x80\x80", "\xe2\x80\x8d", "\xe3\x85\xa4",
    "\xe2\xa0\x80 \xe2\x80\x8f",
  };

  for (guint i = 0; i < G_N_ELEMENTS (empty); i++)
    {
      KmTextVerdict verdict;

      g_assert_null (km_text_clean (empty[i], KM_TEXT_LINE, 100, &verdict));
      g_assert_cmpint (verdict, ==, KM_TEXT_EMPTY);
    }
}

static void
test_bytes_are_counted_before_and_after (void)
{
  KmTextVerdict verdict;
  g_autofree char *exact = km_text_clean ("1234567890", KM_TEXT_LINE, 10,
                                          &verdict);

  g_assert_cmpstr (exact, ==, "1234567890");
  g_assert_null (km_text_clean ("12345678901", KM_TEXT_LINE, 10, &verdict));
  g_assert_cmpint (verdict, ==, KM_TEXT_TOO_LONG);

  /* U+1D160 is one of the few that NFC takes apart: 4 bytes become 12. */
  g_assert_null (km_text_clean ("\xf0\x9d\x85\xa0", KM_TEXT_LINE, 10,
                                &verdict));
  g_assert_cmpint (verdict, ==, KM_TEXT_TOO_LONG);
}

static void
test_random_bytes_never_come_through_broken (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20240607);

  for (guint i = 0; i < 20000; i++)
    {
      char bytes[24];
      g_autofree char *clean = NULL;
      g_autofree char *again = NULL;

      for (guint j = 0; j < sizeof bytes - 1; j++)
        bytes[j] = (char) g_rand_int_range (random, 1, 256);
      bytes[g_rand_int_range (random, 0, sizeof bytes)] = '\0';
      bytes[sizeof bytes - 1] = '\0';

      clean = km_text_clean (bytes, KM_TEXT_LINE, 100, NULL);
      if (clean == NULL)
        continue;
      g_assert_true (g_utf8_validate (clean, -1, NULL));
      again = km_text_clean (clean, KM_TEXT_LINE, 100, NULL);
      g_assert_cmpstr (again, ==, clean);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/each-in-its-place", test_each_in_its_place);
  g_test_add_func ("/base/text/nothing-to-see-is-empty",
                   test_nothing_to_see_is_empty);
  g_test_add_func ("/base/text/bytes-are-counted-before-and-after",
                   test_bytes_are_counted_before_and_after);
  g_test_add_func ("/base/text/random-bytes-never-come-through-broken",
                   test_random_bytes_never_come_through_broken);
  return g_test_run ();
}
