/* test-look.c: which names a person would take for each other
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-look.h"

static gboolean
look_alike (const char *one,
            const char *other)
{
  g_auto (GStrv) looks = km_look_list (one);
  g_auto (GStrv) others = km_look_list (other);

  for (guint i = 0; looks[i] != NULL; i++)
    {
      if (g_strv_contains ((const char *const *) others, looks[i]))
        return TRUE;
    }

  return FALSE;
}

static void
test_look_alikes_are_found (void)
{
  const char *pairs[][2] = {
    { "alice", "alice" },
    { "alice", "ALICE" },
    { "alice", "\xd0\xb0lice" },                 /* Cyrillic a */
    { "Alice", "\xd0\x90lice" },                 /* the same in capitals */
    { "Alice", "AIice" },                        /* I for l */
    { "alice", "a1ice" },
    { "alice", "al\xc4\xb1" "ce" },              /* i without its dot */
    { "alice", "\xef\xbd\x81lice" },             /* full width */
    { "paul", "\xcf\x81\xce\xb1ul" },            /* Greek */
    { "bob", "b0b" },
    { "modern", "rnodern" },
    { "Zo\xc3\xab", "Zoe\xcc\x88" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_test_message ("%s, %s", pairs[i][0], pairs[i][1]);
      g_assert_true (look_alike (pairs[i][0], pairs[i][1]));
      g_assert_true (look_alike (pairs[i][1], pairs[i][0]));
    }
}

static void
test_others_are_told_apart (void)
{
  const char *pairs[][2] = {
    { "alice", "alicia" }, { "alice", "al ice" }, { "alice", "malice" },
    { "王伟", "王芳" }, { "Zo\xc3\xab", "Zoe" }, { "anna", "hanna" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_test_message ("%s, %s", pairs[i][0], pairs[i][1]);
      g_assert_false (look_alike (pairs[i][0], pairs[i][1]));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/look/look-alikes-are-found",
                   test_look_alikes_are_found);
  g_test_add_func ("/account/look/others-are-told-apart",
                   test_others_are_told_apart);
  return g_test_run ();
}
