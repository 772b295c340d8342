/* test-poll-view.c: shares, winners and time left of a poll
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-poll-view.h"

static char *options[] = { "a", "b", "c", NULL };

static KmPollView
make_poll (gint64 *tallies,
           gint64  voters)
{
  return (KmPollView) {
    .id = "1",
    .question = "?",
    .options = options,
    .tallies = tallies,
    .n_options = 3,
    .voters = voters,
    .changeable = TRUE,
    .can_vote = TRUE,
    .closes_us = -1,
  };
}

static void
test_shares_of_one_choice (void)
{
  gint64 tallies[] = { 3, 1, 0 };
  KmPollView poll = make_poll (tallies, 4);

  g_assert_cmpfloat (km_poll_view_get_share (&poll, 0), ==, 0.75);
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 1), ==, 0.25);
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 2), ==, 0);
}

static void
test_shares_of_several_choices (void)
{
  gint64 tallies[] = { 4, 2, 1 };
  KmPollView poll = make_poll (tallies, 4);

  poll.multiple = TRUE;
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 0), ==, 1);
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 1), ==, 0.5);
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 2), ==, 0.25);

  /* Tallies may come ahead of the number of voters. */
  poll.voters = 1;
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 0), ==, 1);
  g_assert_cmpfloat (km_poll_view_get_share (&poll, 1), ==, 0.5);
}

static void
test_nobody_voted (void)
{
  gint64 tallies[] = { 0, 0, 0 };
  KmPollView poll = make_poll (tallies, 0);

  poll.closed = TRUE;
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpfloat (km_poll_view_get_share (&poll, i), ==, 0);
      g_assert_false (km_poll_view_is_winner (&poll, i));
    }
}

static void
test_nonsense_stays_in_bounds (void)
{
  gint64 tallies[] = { -5, G_MAXINT64, G_MAXINT64 };
  KmPollView poll = make_poll (tallies, -1);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpfloat (km_poll_view_get_share (&poll, i), >=, 0);
      g_assert_cmpfloat (km_poll_view_get_share (&poll, i), <=, 1);
    }

  g_assert_true (km_poll_view_is_valid (&poll));
  poll.n_options = 4;
  g_assert_false (km_poll_view_is_valid (&poll));
  poll.n_options = 1;
  g_assert_false (km_poll_view_is_valid (&poll));
  poll.n_options = 3;
  poll.tallies = NULL;
  g_assert_false (km_poll_view_is_valid (&poll));
  g_assert_false (km_poll_view_is_valid (NULL));
}

static void
test_winners_when_closed (void)
{
  gint64 tallies[] = { 2, 1, 2 };
  KmPollView poll = make_poll (tallies, 5);

  g_assert_false (km_poll_view_is_winner (&poll, 0));
  poll.closed = TRUE;
  g_assert_true (km_poll_view_is_winner (&poll, 0));
  g_assert_false (km_poll_view_is_winner (&poll, 1));
  g_assert_true (km_poll_view_is_winner (&poll, 2));
}

static void
test_who_may_vote (void)
{
  gint64 tallies[] = { 0, 0, 0 };
  KmPollView poll = make_poll (tallies, 0);

  g_assert_true (km_poll_view_is_votable (&poll));
  poll.own_known = TRUE;
  poll.own_mask = 1;
  g_assert_true (km_poll_view_is_votable (&poll));
  poll.changeable = FALSE;
  g_assert_false (km_poll_view_is_votable (&poll));
  poll.own_mask = 0;
  g_assert_true (km_poll_view_is_votable (&poll));
  poll.closed = TRUE;
  g_assert_false (km_poll_view_is_votable (&poll));
  poll.closed = FALSE;
  poll.can_vote = FALSE;
  g_assert_false (km_poll_view_is_votable (&poll));
}

static void
assert_left (gint64      closes_us,
             gint64      now_us,
             const char *expected)
{
  gint64 tallies[] = { 0, 0, 0 };
  KmPollView poll = make_poll (tallies, 0);
  g_autofree char *left = NULL;

  poll.closes_us = closes_us;
  left = km_poll_view_format_left (&poll, now_us);
  g_assert_cmpstr (left, ==, expected);
}

static void
test_time_left (void)
{
  assert_left (85000000, 0, "1:25 left");
  assert_left (85000000, 1, "1:25 left");
  assert_left (85000000, 84000001, "0:01 left");
  assert_left (85000000, 85000000, "Closing…");
  assert_left (85000000, 999999999, "Closing…");
  assert_left (G_TIME_SPAN_DAY, 0, "24:00:00 left");
  assert_left (-1, 0, NULL);
}

static void
test_copy_is_its_own (void)
{
  gint64 tallies[] = { 1, 2, 3 };
  KmPollView poll = make_poll (tallies, 6);
  g_autoptr (KmPollView) copy = km_poll_view_copy (&poll);

  tallies[2] = 99;
  g_assert_cmpint (copy->tallies[2], ==, 3);
  g_assert_cmpstr (copy->options[2], ==, "c");
  g_assert_null (km_poll_view_copy (NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("LANGUAGE", "en", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stage/poll-view/shares-of-one-choice",
                   test_shares_of_one_choice);
  g_test_add_func ("/stage/poll-view/shares-of-several-choices",
                   test_shares_of_several_choices);
  g_test_add_func ("/stage/poll-view/nobody-voted", test_nobody_voted);
  g_test_add_func ("/stage/poll-view/nonsense-stays-in-bounds",
                   test_nonsense_stays_in_bounds);
  g_test_add_func ("/stage/poll-view/winners-when-closed",
                   test_winners_when_closed);
  g_test_add_func ("/stage/poll-view/who-may-vote", test_who_may_vote);
  g_test_add_func ("/stage/poll-view/time-left", test_time_left);
  g_test_add_func ("/stage/poll-view/copy-is-its-own", test_copy_is_its_own);
  return g_test_run ();
}
