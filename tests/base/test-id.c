/* test-id.c: ids are unique, well formed, and nothing else passes for one
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-id.h"

static void
test_never_the_same_twice (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal,
                                                       g_free, NULL);

  for (guint i = 0; i < 10000; i++)
    g_assert_true (g_hash_table_add (seen, km_id_new ()));
}

static void
test_valid_when_made_here (void)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *id = km_id_new ();

      g_assert_true (km_id_is_valid (id));
    }
}

static void
test_other_text_refused (void)
{
  g_assert_false (km_id_is_valid (NULL));
  g_assert_false (km_id_is_valid (""));
  g_assert_false (km_id_is_valid ("0123456789abcdefghjkmnpqr"));
  g_assert_false (km_id_is_valid ("0123456789abcdefghjkmnpqrst"));
  g_assert_false (km_id_is_valid ("0123456789ABCDEFGHJKMNPQRS"));
  g_assert_false (km_id_is_valid ("0123456789abcdefghjkmnpqr/"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/id/never-the-same-twice", test_never_the_same_twice);
  g_test_add_func ("/base/id/valid-when-made-here", test_valid_when_made_here);
  g_test_add_func ("/base/id/other-text-refused", test_other_text_refused);
  return g_test_run ();
}
