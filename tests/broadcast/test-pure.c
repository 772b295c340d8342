/* test-pure.c: what a slow network doesn't get, and how loud it is
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "km-drop-rule.h"
#include "km-level.h"
#include "km-rate.h"

#define MS G_TIME_SPAN_MILLISECOND

static void
test_begins_with_key_frame (void)
{
  KmDropRule rule = KM_DROP_RULE_INIT;

  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 0, 1 * MS), ==,
                   KM_DROP_RULE_DROP_AND_ASK);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 0, 34 * MS), ==,
                   KM_DROP_RULE_DROP);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 0, 400 * MS), ==,
                   KM_DROP_RULE_DROP_AND_ASK);
  g_assert_cmpint (km_drop_rule_judge (&rule, TRUE, 0, 433 * MS), ==,
                   KM_DROP_RULE_SEND);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 0, 466 * MS), ==,
                   KM_DROP_RULE_SEND);
}

static void
test_full_queue_drops_to_key_frame (void)
{
  KmDropRule rule = { 0 };

  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 900 * MS, 1), ==,
                   KM_DROP_RULE_SEND);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 901 * MS, 2), ==,
                   KM_DROP_RULE_DROP);
  /* A key frame would queue behind all that waits. */
  g_assert_cmpint (km_drop_rule_judge (&rule, TRUE, 800 * MS, 3), ==,
                   KM_DROP_RULE_DROP);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 300 * MS, 4), ==,
                   KM_DROP_RULE_DROP);
  g_assert_cmpint (km_drop_rule_judge (&rule, FALSE, 240 * MS, 5), ==,
                   KM_DROP_RULE_DROP_AND_ASK);
  g_assert_cmpint (km_drop_rule_judge (&rule, TRUE, 200 * MS, 6), ==,
                   KM_DROP_RULE_SEND);
}

static void
test_level (void)
{
  const double stereo[] = { -20, -20 };
  const double one_side[] = { -20, -INFINITY };
  const double nothing[] = { -INFINITY, NAN };

  g_assert_cmpfloat_with_epsilon (km_level_add_power (stereo, 2), -20, 0.01);
  g_assert_cmpfloat_with_epsilon (km_level_add_power (one_side, 2), -23.01,
                                  0.01);
  g_assert_cmpfloat (km_level_add_power (nothing, 2), ==,
                     KM_LEVEL_SILENCE_DB);
  g_assert_cmpfloat (km_level_add_power (nothing, 0), ==,
                     KM_LEVEL_SILENCE_DB);
  g_assert_cmpfloat (km_level_maximum (one_side, 2), ==, -20);
  g_assert_cmpfloat (km_level_maximum (nothing, 2), ==, KM_LEVEL_SILENCE_DB);
}

static void
test_rate_of_late_samples (void)
{
  static const gint64 late_ms[] = { 0, 200, 650, 700, 1900, 2000, 2050, 3000 };
  KmRate rate = { 0 };

  g_assert_cmpfloat (km_rate_add (&rate, 0, 5000 * MS), ==, 0);
  for (guint i = 1; i < G_N_ELEMENTS (late_ms); i++)
    {
      guint64 frames = (guint64) late_ms[i] * 30;

      g_assert_cmpfloat_with_epsilon (
        km_rate_add (&rate, frames, (5000 + late_ms[i]) * MS), 30000, 1e-6);
    }

  /* What happened before the oldest sample is forgotten. */
  for (guint i = 1; i <= KM_RATE_SAMPLES; i++)
    km_rate_add (&rate, 90000, (8000 + 100 * i) * MS);
  g_assert_cmpfloat (km_rate_add (&rate, 90000, 9900 * MS), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/broadcast/drop-rule/begins-with-key-frame",
                   test_begins_with_key_frame);
  g_test_add_func ("/broadcast/drop-rule/full-queue-drops-to-key-frame",
                   test_full_queue_drops_to_key_frame);
  g_test_add_func ("/broadcast/level/channels-become-one", test_level);
  g_test_add_func ("/broadcast/rate/late-samples-change-nothing",
                   test_rate_of_late_samples);

  return g_test_run ();
}
