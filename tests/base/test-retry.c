/* test-retry.c: the waits between tries grow, spread and end at a ceiling
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-retry.h"

#define MS G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND

static const KmRetryRule rule = {
  .first_us = 500 * MS,
  .ceiling_us = 15 * SECOND,
  .factor = 1.5,
  .jitter = 0.5,
  .stable_us = 10 * SECOND,
};

static void
test_grows_to_ceiling (void)
{
  KmRetry retry = { .rule = rule };

  g_assert_cmpint (km_retry_fail (&retry, 1, 0), ==, 500 * MS);
  g_assert_cmpint (km_retry_fail (&retry, 2, 0), ==, 750 * MS);
  g_assert_cmpint (km_retry_fail (&retry, 3, 0), ==, 1125 * MS);
  for (guint i = 0; i < 20; i++)
    km_retry_fail (&retry, 4, 0);
  g_assert_cmpint (km_retry_fail (&retry, 5, 0), ==, 15 * SECOND);

  km_retry_reset (&retry);
  g_assert_cmpint (km_retry_fail (&retry, 6, 0), ==, 500 * MS);
}

static void
test_chance_takes_its_share (void)
{
  KmRetry retry = { .rule = rule };

  g_assert_cmpint (km_retry_fail (&retry, 1, 0.5), ==, 375 * MS);
  retry.rule.jitter = 1;
  g_assert_cmpint (km_retry_fail (&retry, 1, 0.75), ==, 187500);
}

static void
test_short_success_forgets_nothing (void)
{
  KmRetry retry = { .rule = rule };

  km_retry_fail (&retry, 1 * SECOND, 0);
  km_retry_succeed (&retry, 2 * SECOND);
  g_assert_cmpint (km_retry_fail (&retry, 11 * SECOND, 0), ==, 750 * MS);

  km_retry_succeed (&retry, 20 * SECOND);
  g_assert_cmpint (km_retry_fail (&retry, 30 * SECOND, 0), ==, 500 * MS);
  /* The old success doesn't count twice. */
  g_assert_cmpint (km_retry_fail (&retry, 60 * SECOND, 0), ==, 750 * MS);
}

static void
test_whole_range_is_used (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (42);
  KmRetry retry = { .rule = rule };
  guint low = 0, high = 0;

  retry.rule.jitter = 1;
  for (guint i = 0; i < 10; i++)
    km_retry_fail (&retry, 1, 0);
  for (guint i = 0; i < 1000; i++)
    {
      gint64 wait_us = km_retry_fail (&retry, 1, g_rand_double (random));

      g_assert_cmpint (wait_us, >=, 0);
      g_assert_cmpint (wait_us, <=, 15 * SECOND);
      low += wait_us < 15 * SECOND / 4;
      high += wait_us > 15 * SECOND / 4 * 3;
    }

  /* A quarter of them in each quarter, give or take. */
  g_assert_cmpuint (low, >, 150);
  g_assert_cmpuint (high, >, 150);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/retry/grows-to-ceiling", test_grows_to_ceiling);
  g_test_add_func ("/base/retry/chance-takes-its-share",
                   test_chance_takes_its_share);
  g_test_add_func ("/base/retry/short-success-forgets-nothing",
                   test_short_success_forgets_nothing);
  g_test_add_func ("/base/retry/whole-range-is-used",
                   test_whole_range_is_used);

  return g_test_run ();
}
