/* test-spacing.c: windows don't collapse when the work takes longer than they do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who spaces his work is played here on a clock of the test's own: he takes
 * what has come, works for as long as the test says, and looks again when the
 * spacing allows. What is asserted is how often he worked, how much he took at
 * once, and how long anything waited.
 */

#include "km-spacing.h"

#define WINDOW_US 50000
#define COMMIT_SPACING_US 2000
#define GROUP_SPACING_US 6000
#define MINUTE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  gint64 arrival_us; /* from one thing to the next */
  gint64 work_us;    /* what it costs to do them, however many */
  gint64 after_end_us;
  gint64 after_begin_us; /* instead, unless it is 0 */
} Play;

typedef struct
{
  guint works;
  guint taken;
  guint most_at_once;
  gint64 least_rest_us;
  gint64 longest_wait_us;
} Outcome;

static gint64
due_us (const Play      *play,
        const KmSpacing *spacing)
{
  return play->after_begin_us != 0
           ? km_spacing_due_after_begin (spacing, play->after_begin_us)
           : km_spacing_due_after_end (spacing, play->after_end_us);
}

static void
play_minute (const Play *play,
             Outcome    *outcome)
{
  gint64 now_us = MINUTE_US;
  gint64 arrived_us = now_us; /* the oldest that waits, or is next to come */
  KmSpacing spacing = { 0 };

  *outcome = (Outcome) { .least_rest_us = G_MAXINT64 };
  while (arrived_us < 2 * MINUTE_US)
    {
      gint64 ended_us = now_us;
      guint n;

      now_us = MAX (now_us, MAX (arrived_us, due_us (play, &spacing)));
      n = (guint) ((now_us - arrived_us) / play->arrival_us) + 1;
      if (outcome->works > 0)
        outcome->least_rest_us = MIN (outcome->least_rest_us,
                                      now_us - ended_us);
      km_spacing_begin (&spacing, now_us);
      now_us += play->work_us;
      km_spacing_end (&spacing, now_us);

      outcome->works++;
      outcome->taken += n;
      outcome->most_at_once = MAX (outcome->most_at_once, n);
      outcome->longest_wait_us = MAX (outcome->longest_wait_us,
                                      now_us - arrived_us);
      arrived_us += n * play->arrival_us;
    }
}

static void
test_what_is_alone_waits_for_nothing (void)
{
  const Play play = {
    .arrival_us = 100000,
    .work_us = 1000,
    .after_end_us = WINDOW_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  g_assert_cmpuint (outcome.works, ==, 600);
  g_assert_cmpuint (outcome.most_at_once, ==, 1);
  g_assert_cmpint (outcome.longest_wait_us, ==, play.work_us);
}

static void
test_a_busy_room_shares_its_flushes (void)
{
  const Play play = {
    .arrival_us = 10000,
    .work_us = 5000,
    .after_end_us = WINDOW_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  /* One each 55 ms. */
  g_assert_cmpuint (outcome.works, <=, MINUTE_US / 55000 + 2);
  g_assert_cmpuint (outcome.taken, >=, 6000);
  g_assert_cmpint (outcome.longest_wait_us, <=, 5000 + WINDOW_US + 5000);
}

/* 80 ms of sending in a window of 50: the hub still has its 50 ms for all
 * else, and each flush carries what came in all of the 130. */
static void
test_a_flush_longer_than_its_window_leaves_the_hub_its_time (void)
{
  const Play play = {
    .arrival_us = 10000,
    .work_us = 80000,
    .after_end_us = WINDOW_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  g_assert_cmpint (outcome.least_rest_us, >=, WINDOW_US);
  g_assert_cmpuint (outcome.works, <=, MINUTE_US / 130000 + 2);
  g_assert_cmpuint (outcome.taken, >=, 6000);
  g_assert_cmpint (outcome.longest_wait_us, <=, 80000 + WINDOW_US + 80000);
}

/* A disk that takes 20 ms in a window of 2: never a commit for each of what
 * comes, nor any that is more than one commit behind. */
static void
test_a_slow_disk_gets_fewer_and_larger_groups (void)
{
  const Play play = {
    .arrival_us = 1000,
    .work_us = 20000,
    .after_end_us = COMMIT_SPACING_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  g_assert_cmpuint (outcome.works, <=, MINUTE_US / 22000 + 2);
  g_assert_cmpuint (outcome.taken, >=, 60000);
  g_assert_cmpuint (outcome.most_at_once, <=, 22);
  g_assert_cmpint (outcome.longest_wait_us, <=, 20000 + COMMIT_SPACING_US
                                                  + 20000);
}

static void
test_large_groups_on_a_slow_disk_follow_each_other (void)
{
  const Play play = {
    .arrival_us = 100,
    .work_us = 20000,
    .after_begin_us = GROUP_SPACING_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  g_assert_cmpuint (outcome.works, <=, MINUTE_US / 20000 + 2);
  g_assert_cmpuint (outcome.most_at_once, <=, 200);
  g_assert_cmpint (outcome.longest_wait_us, <=, 2 * 20000);
}

static void
test_large_groups_on_a_fast_disk_keep_their_distance (void)
{
  const Play play = {
    .arrival_us = 100,
    .work_us = 1000,
    .after_begin_us = GROUP_SPACING_US,
  };
  Outcome outcome;

  play_minute (&play, &outcome);

  g_assert_cmpuint (outcome.works, <=, MINUTE_US / GROUP_SPACING_US + 2);
  g_assert_cmpint (outcome.longest_wait_us, <=, GROUP_SPACING_US + 1000);
}

/* Ten that came within 2 ms are a flood; ten that a disk kept waiting for
 * 10 ms are not, however many they are. */
static void
test_what_had_to_wait_is_no_flood (void)
{
  KmSpacing spacing = { 0 };

  km_spacing_begin (&spacing, MINUTE_US);
  km_spacing_end (&spacing, MINUTE_US + 600);
  g_assert_true (km_spacing_came_fast (&spacing, MINUTE_US + 2600, 10, 500));
  g_assert_true (km_spacing_came_fast (&spacing, MINUTE_US + 5000, 10, 500));
  g_assert_false (km_spacing_came_fast (&spacing, MINUTE_US + 5001, 10, 500));
  g_assert_false (km_spacing_came_fast (&spacing, MINUTE_US + 10000, 10, 500));

  /* Nor is the first of a day. */
  spacing = (KmSpacing) { 0 };
  g_assert_false (km_spacing_came_fast (&spacing, MINUTE_US, 10, 500));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/spacing/what-is-alone-waits-for-nothing",
                   test_what_is_alone_waits_for_nothing);
  g_test_add_func ("/base/spacing/a-busy-room-shares-its-flushes",
                   test_a_busy_room_shares_its_flushes);
  g_test_add_func (
    "/base/spacing/a-flush-longer-than-its-window-leaves-the-hub-its-time",
    test_a_flush_longer_than_its_window_leaves_the_hub_its_time);
  g_test_add_func ("/base/spacing/a-slow-disk-gets-fewer-and-larger-groups",
                   test_a_slow_disk_gets_fewer_and_larger_groups);
  g_test_add_func ("/base/spacing/large-groups-on-a-slow-disk-follow-each-other",
                   test_large_groups_on_a_slow_disk_follow_each_other);
  g_test_add_func ("/base/spacing/large-groups-on-a-fast-disk-keep-their-distance",
                   test_large_groups_on_a_fast_disk_keep_their_distance);

  g_test_add_func ("/base/spacing/what-had-to-wait-is-no-flood",
                   test_what_had_to_wait_is_no_flood);

  return g_test_run ();
}
