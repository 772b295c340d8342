/* test-heart-swarm.c: where rising hearts are
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock is made of numbers.
 */

#include "km-heart-swarm.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 60)

static void
test_same_seed_same_hearts (void)
{
  g_autoptr (KmHeartSwarm) one = km_heart_swarm_new (7);
  g_autoptr (KmHeartSwarm) two = km_heart_swarm_new (7);
  KmHeart first[KM_HEARTS_MAX], second[KM_HEARTS_MAX];
  guint n_hearts;

  km_heart_swarm_add (one, 12, 0);
  km_heart_swarm_add (two, 12, 0);
  km_heart_swarm_advance (one, SECOND / 2);

  n_hearts = km_heart_swarm_get (one, SECOND, first);
  g_assert_cmpuint (n_hearts, ==, 12);
  g_assert_cmpuint (km_heart_swarm_get (two, SECOND, second), ==, n_hearts);
  for (guint i = 0; i < n_hearts; i++)
    g_assert_cmpmem (&first[i], sizeof first[i], &second[i], sizeof second[i]);
}

static void
test_hearts_rise_and_are_over (void)
{
  g_autoptr (KmHeartSwarm) swarm = km_heart_swarm_new (1);
  KmHeart hearts[KM_HEARTS_MAX];
  float y = 2;

  g_assert_cmpuint (km_heart_swarm_add (swarm, 1, SECOND), ==, 1);
  for (gint64 now_us = SECOND; now_us < 7 * SECOND / 2; now_us += FRAME_US)
    {
      g_assert_cmpuint (km_heart_swarm_get (swarm, now_us, hearts), ==, 1);
      g_assert_cmpfloat (hearts[0].y, <, y);
      g_assert_cmpfloat (hearts[0].y, >=, 0);
      g_assert_cmpfloat (hearts[0].x, >, 0);
      g_assert_cmpfloat (hearts[0].x, <, 1);
      y = hearts[0].y;
    }
  g_assert_cmpfloat (y, <, 0.4);
  g_assert_false (km_heart_swarm_advance (swarm, 7 * SECOND / 2));
  g_assert_cmpuint (km_heart_swarm_count (swarm), ==, 0);
}

static void
test_hearts_are_capped (void)
{
  g_autoptr (KmHeartSwarm) swarm = km_heart_swarm_new (1);
  KmHeart hearts[KM_HEARTS_MAX];
  guint most = 0;

  for (gint64 now_us = 0; now_us < 20 * SECOND; now_us += FRAME_US)
    {
      guint n_hearts;

      km_heart_swarm_add (swarm, 1000, now_us);
      n_hearts = km_heart_swarm_get (swarm, now_us, hearts);
      g_assert_cmpuint (km_heart_swarm_count (swarm), <=, KM_HEARTS_MAX);
      most = MAX (most, n_hearts);
    }
  g_assert_cmpuint (most, <=, KM_HEARTS_MAX);
  g_assert_cmpuint (most, >, KM_HEARTS_MAX / 2);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage/heart-swarm/same-seed-same-hearts",
                   test_same_seed_same_hearts);
  g_test_add_func ("/stage/heart-swarm/rise-and-are-over",
                   test_hearts_rise_and_are_over);
  g_test_add_func ("/stage/heart-swarm/capped", test_hearts_are_capped);
  return g_test_run ();
}
