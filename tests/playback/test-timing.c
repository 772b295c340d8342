/* test-timing.c: old bursts are skipped, jitter is covered, drift is followed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-timing.h"

#define MS G_TIME_SPAN_MILLISECOND
#define SECOND G_TIME_SPAN_SECOND
#define START (1000 * SECOND)
#define FRAME (33 * MS)

/* Packets that take @transit, each later by what @jitter says, up to @until. */
static gint64
feed (KmTiming *timing,
      gint64    pts_us,
      gint64    until_us,
      gint64    transit_us,
      gint64  (*jitter) (guint i))
{
  for (guint i = 0; pts_us < until_us; i++, pts_us += FRAME)
    km_timing_arrive (timing, pts_us,
                      START + pts_us + transit_us +
                      (jitter != NULL ? jitter (i) : 0));

  return pts_us;
}

static gint64
get_delay (KmTiming *timing,
           gint64    pts_us,
           gint64    transit_us)
{
  return km_timing_get_due (timing, pts_us) - (START + pts_us + transit_us);
}

static void
test_steady (void)
{
  KmTiming timing = { 0 };
  gint64 pts_us = feed (&timing, 0, 20 * SECOND, 10 * MS, NULL);

  g_assert_cmpint (get_delay (&timing, pts_us, 10 * MS), ==, 60 * MS);
}

static gint64
jitter_100 (guint i)
{
  return i % 10 * 11 * MS;
}

static void
test_jitter_is_covered (void)
{
  KmTiming timing = { 0 };
  gint64 pts_us = feed (&timing, 0, 20 * SECOND, 10 * MS, jitter_100);
  gint64 noisy = get_delay (&timing, pts_us, 10 * MS), calm;

  g_assert_cmpint (noisy, >=, 99 * MS);
  g_assert_cmpint (noisy, <=, 150 * MS);

  pts_us = feed (&timing, pts_us, pts_us + 60 * SECOND, 10 * MS, NULL);
  calm = get_delay (&timing, pts_us, 10 * MS);
  g_assert_cmpint (calm, <, noisy);
  pts_us = feed (&timing, pts_us, pts_us + 120 * SECOND, 10 * MS, NULL);
  g_assert_cmpint (get_delay (&timing, pts_us, 10 * MS), <=, 65 * MS);
}

static gint64
two_seconds_late (guint i)
{
  return i % 8 == 0 ? 2 * SECOND : 0;
}

static void
test_delay_has_a_limit (void)
{
  KmTiming timing = { 0 };
  gint64 pts_us = feed (&timing, 0, 20 * SECOND, 10 * MS, two_seconds_late);

  g_assert_cmpint (get_delay (&timing, pts_us, 10 * MS), ==, 300 * MS);
}

static void
test_burst_is_skipped (void)
{
  KmTiming timing = { 0 };
  gint64 now_us = START + 2 * SECOND;

  /* Two seconds of old frames within 20 ms, then live. */
  for (guint i = 0; i < 60; i++)
    km_timing_arrive (&timing, i * FRAME, now_us + i * MS / 3);
  now_us += 20 * MS;

  g_assert_cmpint (km_timing_get_position (&timing, now_us), ==, -1);
  /* Something is seen at once; the rest is dropped up to the newest. */
  g_assert_cmpint (km_timing_judge_frame (&timing, 0, now_us), ==,
                   KM_TIMING_SHOW_NOW);
  g_assert_cmpint (km_timing_judge_frame (&timing, FRAME, now_us), ==,
                   KM_TIMING_DROP);
  g_assert_cmpint (km_timing_judge_sound (&timing, FRAME, now_us), ==,
                   KM_TIMING_DROP);
  g_assert_cmpint (km_timing_judge_frame (&timing, 59 * FRAME, now_us), ==,
                   KM_TIMING_SHOW);
  g_assert_cmpint (km_timing_judge_sound (&timing, 59 * FRAME, now_us), ==,
                   KM_TIMING_SHOW);
}

static void
test_position_follows_the_picture (void)
{
  KmTiming timing = { 0 };
  gint64 pts_us = feed (&timing, 0, 5 * SECOND, 10 * MS, NULL) - FRAME;
  gint64 now_us = START + pts_us + 10 * MS;

  km_timing_judge_frame (&timing, pts_us, now_us);
  g_assert_cmpint (km_timing_get_position (&timing, now_us), ==,
                   pts_us - 60 * MS);
  /* The picture stands still, and so does the time. */
  g_assert_cmpint (km_timing_get_position (&timing, now_us + SECOND), ==,
                   pts_us);
}

static void
test_drift_is_followed (void)
{
  KmTiming timing = { 0 };
  gint64 pts_us = 0;

  /* The sender's clock is slow by 1 ms a second. */
  for (gint64 second = 0; second < 60; second++)
    pts_us = feed (&timing, pts_us, (second + 1) * SECOND,
                   10 * MS + second * MS, NULL);

  g_assert_cmpint (get_delay (&timing, pts_us, 70 * MS), >=, 40 * MS);
  g_assert_cmpint (get_delay (&timing, pts_us, 70 * MS), <=, 80 * MS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/playback/timing/steady", test_steady);
  g_test_add_func ("/playback/timing/jitter-is-covered",
                   test_jitter_is_covered);
  g_test_add_func ("/playback/timing/delay-has-a-limit",
                   test_delay_has_a_limit);
  g_test_add_func ("/playback/timing/burst-is-skipped",
                   test_burst_is_skipped);
  g_test_add_func ("/playback/timing/position-follows-the-picture",
                   test_position_follows_the_picture);
  g_test_add_func ("/playback/timing/drift-is-followed",
                   test_drift_is_followed);

  return g_test_run ();
}
