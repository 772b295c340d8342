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
test_timed_ones_sort_by_time (void)
{
  static const gint64 times_ms[] = {
    0, 1, 31, 32, 1763700000000, 1763700000001, 1763700001024,
    G_GINT64_CONSTANT (1) << 49,
  };
  g_autofree char *last = km_id_new_timed (-1);

  for (guint i = 1; i < G_N_ELEMENTS (times_ms); i++)
    {
      g_autofree char *id = km_id_new_timed (times_ms[i]);
      g_autofree char *same = km_id_new_timed (times_ms[i]);

      g_assert_true (km_id_is_valid (id));
      g_assert_cmpstr (last, <, id);
      g_assert_cmpstr (last, <, same);
      g_assert_cmpstr (id, !=, same);
      g_set_str (&last, id);
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
  g_test_add_func ("/base/id/timed-ones-sort-by-time",
                   test_timed_ones_sort_by_time);
  g_test_add_func ("/base/id/other-text-refused", test_other_text_refused);
  return g_test_run ();
}
