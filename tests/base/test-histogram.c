/* test-histogram.c: durations go where they belong
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-histogram.h"

static void
test_a_bound_is_its_own_bucket (void)
{
  KmHistogram histogram = { 0 };
  KmHistogramReading reading;

  for (guint i = 0; i < KM_HISTOGRAM_BOUNDS; i++)
    {
      km_histogram_add (&histogram, km_histogram_bounds_us[i]);
      reading = km_histogram_read (&histogram);
      g_assert_cmpuint (reading.up_to[i], ==, i + 1);
      g_assert_cmpuint (reading.count, ==, i + 1);
      if (i > 0)
        g_assert_cmpint (km_histogram_bounds_us[i - 1], <,
                         km_histogram_bounds_us[i]);
    }
}

static void
test_what_is_beyond_counts (void)
{
  KmHistogram histogram = { 0 };
  KmHistogramReading reading;

  km_histogram_add (&histogram, 60 * G_USEC_PER_SEC);
  km_histogram_add (&histogram, 0);
  km_histogram_add (&histogram, -5);
  reading = km_histogram_read (&histogram);
  g_assert_cmpuint (reading.up_to[0], ==, 2);
  g_assert_cmpuint (reading.up_to[KM_HISTOGRAM_BOUNDS - 1], ==, 2);
  g_assert_cmpuint (reading.count, ==, 3);
  g_assert_cmpuint (reading.sum_us, ==, 60 * G_USEC_PER_SEC);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/histogram/a-bound-is-its-own-bucket",
                   test_a_bound_is_its_own_bucket);
  g_test_add_func ("/base/histogram/what-is-beyond-counts",
                   test_what_is_beyond_counts);
  return g_test_run ();
}
