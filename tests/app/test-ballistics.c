/* test-ballistics.c: how fast a sound meter falls
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-ballistics.h"

#include <math.h>

#define SECOND_US G_GINT64_CONSTANT (1000000)

static void
test_rises_at_once (void)
{
  KmBallistics meter;

  km_ballistics_init (&meter, 0);
  g_assert_cmpfloat (meter.shown_db, ==, KM_BALLISTICS_FLOOR_DB);
  km_ballistics_hear (&meter, -12, 5);
  g_assert_cmpfloat (meter.shown_db, ==, -12);
}

static void
test_falls_40_db_in_1700_ms (void)
{
  KmBallistics meter;

  km_ballistics_init (&meter, 0);
  km_ballistics_hear (&meter, -10, 0);
  g_assert_true (km_ballistics_fall (&meter, 850000));
  g_assert_cmpfloat_with_epsilon (meter.shown_db, -30, 1e-6);
  g_assert_true (km_ballistics_fall (&meter, 1700000));
  g_assert_cmpfloat_with_epsilon (meter.shown_db, -50, 1e-6);
}

static void
test_quieter_sound_does_not_pull_down (void)
{
  KmBallistics meter;

  km_ballistics_init (&meter, 0);
  km_ballistics_hear (&meter, -10, 0);
  km_ballistics_hear (&meter, -50, 0);
  g_assert_cmpfloat (meter.shown_db, ==, -10);
}

static void
test_peak_holds_20_s (void)
{
  KmBallistics meter;

  km_ballistics_init (&meter, 0);
  km_ballistics_hear (&meter, -5, 0);
  g_assert_true (km_ballistics_fall (&meter, 20 * SECOND_US - 1));
  g_assert_cmpfloat (meter.peak_db, ==, -5);
  g_assert_false (km_ballistics_fall (&meter, 20 * SECOND_US));
  g_assert_cmpfloat (meter.peak_db, ==, KM_BALLISTICS_FLOOR_DB);
}

static void
test_any_input_stays_in_range (void)
{
  static const double levels[] = { -INFINITY, INFINITY, -1000, 3 };
  KmBallistics meter;

  km_ballistics_init (&meter, 0);
  km_ballistics_hear (&meter, NAN, 0);
  g_assert_cmpfloat (meter.shown_db, ==, KM_BALLISTICS_FLOOR_DB);
  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      km_ballistics_hear (&meter, levels[i], 0);
      g_assert_cmpfloat (meter.shown_db, >=, KM_BALLISTICS_FLOOR_DB);
      g_assert_cmpfloat (meter.shown_db, <=, 0);
    }
}

static void
test_time_never_runs_backwards (void)
{
  KmBallistics meter;

  km_ballistics_init (&meter, SECOND_US);
  km_ballistics_hear (&meter, -10, SECOND_US);
  km_ballistics_fall (&meter, 0);
  g_assert_cmpfloat (meter.shown_db, ==, -10);
}

static void
test_fraction (void)
{
  g_assert_cmpfloat (km_ballistics_fraction (-60), ==, 0);
  g_assert_cmpfloat (km_ballistics_fraction (-30), ==, 0.5);
  g_assert_cmpfloat (km_ballistics_fraction (0), ==, 1);
  g_assert_cmpfloat (km_ballistics_fraction (-1000), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/ballistics/rises-at-once", test_rises_at_once);
  g_test_add_func ("/app/ballistics/falls-40-db-in-1700-ms",
                   test_falls_40_db_in_1700_ms);
  g_test_add_func ("/app/ballistics/quieter-sound-does-not-pull-down",
                   test_quieter_sound_does_not_pull_down);
  g_test_add_func ("/app/ballistics/peak-holds-20-s", test_peak_holds_20_s);
  g_test_add_func ("/app/ballistics/any-input-stays-in-range",
                   test_any_input_stays_in_range);
  g_test_add_func ("/app/ballistics/time-never-runs-backwards",
                   test_time_never_runs_backwards);
  g_test_add_func ("/app/ballistics/fraction", test_fraction);
  return g_test_run ();
}
