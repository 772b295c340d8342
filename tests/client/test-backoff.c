/* test-backoff.c: the delays between attempts grow, spread, and end at 30 s
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-backoff.h"

static void
test_bounds_double (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  KmBackoff backoff = { .random = random };
  guint bound = KM_BACKOFF_FIRST_MS;

  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpuint (km_backoff_next_ms (&backoff), <=, bound);
      bound = MIN (2 * bound, KM_BACKOFF_MAX_MS);
    }
}

static void
test_whole_range_is_used (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  KmBackoff backoff = { .random = random };
  guint low = 0, high = 0;

  for (guint i = 0; i < 10; i++)
    km_backoff_next_ms (&backoff);
  for (guint i = 0; i < 1000; i++)
    {
      guint delay_ms = km_backoff_next_ms (&backoff);

      g_assert_cmpuint (delay_ms, <=, KM_BACKOFF_MAX_MS);
      low += delay_ms < KM_BACKOFF_MAX_MS / 4;
      high += delay_ms > KM_BACKOFF_MAX_MS / 4 * 3;
    }

  /* A quarter of them in each quarter, give or take. */
  g_assert_cmpuint (low, >, 150);
  g_assert_cmpuint (high, >, 150);
}

static void
test_same_seed_same_delays (void)
{
  g_autoptr (GRand) one = g_rand_new_with_seed (7);
  g_autoptr (GRand) two = g_rand_new_with_seed (7);
  KmBackoff first = { .random = one };
  KmBackoff second = { .random = two };

  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (km_backoff_next_ms (&first), ==,
                      km_backoff_next_ms (&second));
}

static void
test_reset_begins_anew (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  KmBackoff backoff = { .random = random };

  for (guint i = 0; i < 100; i++)
    {
      km_backoff_next_ms (&backoff);
      km_backoff_next_ms (&backoff);
      km_backoff_reset (&backoff);
      g_assert_cmpuint (km_backoff_next_ms (&backoff), <=,
                        KM_BACKOFF_FIRST_MS);
      km_backoff_reset (&backoff);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/backoff/bounds-double", test_bounds_double);
  g_test_add_func ("/client/backoff/whole-range-is-used",
                   test_whole_range_is_used);
  g_test_add_func ("/client/backoff/same-seed-same-delays",
                   test_same_seed_same_delays);
  g_test_add_func ("/client/backoff/reset-begins-anew",
                   test_reset_begins_anew);
  return g_test_run ();
}
