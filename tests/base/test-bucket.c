/* test-bucket.c: a burst at once, one each spacing in the long run
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-bucket.h"

#define SPACING 500
#define BURST 5
#define START 1000000

static gint64
take (KmBucket *bucket,
      gint64    now_us)
{
  return km_bucket_take (bucket, now_us, SPACING, BURST);
}

static void
test_burst_then_one_each_spacing (void)
{
  KmBucket bucket = { 0 };
  gint64 now_us = START;

  for (guint i = 0; i < BURST; i++)
    g_assert_cmpint (take (&bucket, now_us), ==, 0);
  g_assert_cmpint (take (&bucket, now_us), ==, SPACING);
  g_assert_cmpint (take (&bucket, now_us + 200), ==, SPACING - 200);

  for (guint i = 0; i < 100; i++)
    {
      now_us += SPACING;
      g_assert_cmpint (take (&bucket, now_us), ==, 0);
      g_assert_cmpint (take (&bucket, now_us), ==, SPACING);
    }
}

static void
test_the_wait_it_names_is_enough (void)
{
  KmBucket bucket = { 0 };
  gint64 now_us = START;

  for (guint i = 0; i < 1000; i++)
    {
      gint64 wait_us = take (&bucket, now_us);

      if (wait_us > 0)
        {
          g_assert_cmpint (take (&bucket, now_us + wait_us - 1), >, 0);
          now_us += wait_us;
          g_assert_cmpint (take (&bucket, now_us), ==, 0);
        }
      now_us += i % 7;
    }
}

static void
test_rest_fills_it_and_no_more (void)
{
  KmBucket bucket = { 0 };
  gint64 now_us = START;

  g_assert_true (km_bucket_is_full (&bucket, now_us));
  for (guint i = 0; i < BURST; i++)
    take (&bucket, now_us);
  g_assert_false (km_bucket_is_full (&bucket, now_us));
  now_us += 1000 * SPACING;
  g_assert_true (km_bucket_is_full (&bucket, now_us));
  for (guint i = 0; i < BURST; i++)
    g_assert_cmpint (take (&bucket, now_us), ==, 0);
  g_assert_cmpint (take (&bucket, now_us), ==, SPACING);
}

/* However many others come and go meanwhile. */
static void
test_who_has_not_rested_is_remembered (void)
{
  KmBuckets buckets = { 0 };
  gint64 now_us = START;
  gint64 others = 1;

  for (guint i = 0; i < BURST; i++)
    g_assert_cmpint (take (km_buckets_find (&buckets, 1, now_us), now_us),
                     ==, 0);
  for (guint round = 0; round < BURST - 1; round++)
    {
      now_us += SPACING;
      for (guint i = 0; i < 5000; i++)
        g_assert_cmpint (take (km_buckets_find (&buckets, ++others, now_us),
                               now_us), ==, 0);
    }

  for (guint i = 0; i < BURST - 1; i++)
    g_assert_cmpint (take (km_buckets_find (&buckets, 1, now_us), now_us),
                     ==, 0);
  g_assert_cmpint (take (km_buckets_find (&buckets, 1, now_us), now_us),
                   ==, SPACING);
  km_buckets_clear (&buckets);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/bucket/burst-then-one-each-spacing",
                   test_burst_then_one_each_spacing);
  g_test_add_func ("/base/bucket/the-wait-it-names-is-enough",
                   test_the_wait_it_names_is_enough);
  g_test_add_func ("/base/bucket/rest-fills-it-and-no-more",
                   test_rest_fills_it_and_no_more);
  g_test_add_func ("/base/bucket/who-has-not-rested-is-remembered",
                   test_who_has_not_rested_is_remembered);

  return g_test_run ();
}
