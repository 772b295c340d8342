/* test-text.c: what of a message flies, and in which language it is drawn
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-danmaku-text.h"

static void
assert_cleaned (const char *text,
                const char *expected)
{
  g_autofree char *cleaned = km_danmaku_text_clean (text);

  g_assert_cmpstr (cleaned, ==, expected);
}

static char *
repeat (const char *text,
        guint       times)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0; i < times; i++)
    g_string_append (all, text);

  return g_string_free (all, FALSE);
}

static void
test_one_line (void)
{
  assert_cleaned ("  大家好 \n\t 👋 \r\n", "大家好 👋");
  assert_cleaned ("<b>&amp;</b>", "<b>&amp;</b>");
  assert_cleaned (" \n ", NULL);
  assert_cleaned ("", NULL);
  assert_cleaned ("ab\xff" "cd", "ab");
}

static void
test_sixty_clusters (void)
{
  /* A family is one cluster of seven characters, an é here one of two. */
  const char *clusters[] = { "好", "👨‍👩‍👧‍👦", "e\u0301", "x" };

  for (guint i = 0; i < G_N_ELEMENTS (clusters); i++)
    {
      g_autofree char *sixty = repeat (clusters[i], 60);
      g_autofree char *more = repeat (clusters[i], 61);
      g_autofree char *cut = g_strconcat (sixty, "…", NULL);

      assert_cleaned (sixty, sixty);
      assert_cleaned (more, cut);
    }
}

static void
test_endless_bounded (void)
{
  g_autofree char *marks = repeat ("\u0301", 100000);
  g_autofree char *cleaned = km_danmaku_text_clean (marks);

  g_assert_cmpuint (strlen (cleaned), <=, 2048 + strlen ("…"));
}

static void
test_han_in_their_language (void)
{
  g_assert_true (km_danmaku_text_language ("直接走")
                 == pango_language_from_string ("zh-cn"));
  g_assert_true (km_danmaku_text_language ("直接って")
                 == pango_language_from_string ("ja"));
  g_assert_true (km_danmaku_text_language ("直接 대박")
                 == pango_language_from_string ("ko"));
  g_assert_null (km_danmaku_text_language ("hello 👋"));
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("LANGUAGE", "en", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage/text/one-line", test_one_line);
  g_test_add_func ("/stage/text/sixty-clusters", test_sixty_clusters);
  g_test_add_func ("/stage/text/endless-bounded", test_endless_bounded);
  g_test_add_func ("/stage/text/han-in-their-language",
                   test_han_in_their_language);
  return g_test_run ();
}
