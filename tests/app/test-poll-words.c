/* test-poll-words.c: how a poll ended, in words
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-poll-words.h"

static char *options[] = { "Tea", "Coffee", "Water", NULL };

static void
assert_winners (gboolean    closed,
                gboolean    multiple,
                gint64      voters,
                gint64      tallies[3],
                const char *words)
{
  const KmPollView poll = {
    .options = options,
    .tallies = tallies,
    .n_options = 3,
    .voters = voters,
    .multiple = multiple,
    .closed = closed,
  };
  g_autofree char *found = km_poll_words_dup_winners (&poll);

  g_assert_cmpstr (found, ==, words);
}

static void
test_winner (void)
{
  assert_winners (TRUE, FALSE, 3, (gint64[]) { 2, 1, 0 }, "🏆 Tea · 67 %");
}

static void
test_tie (void)
{
  assert_winners (TRUE, FALSE, 4, (gint64[]) { 2, 0, 2 },
                  "🏆 Tea · 50 %\n🏆 Water · 50 %");
}

/* Of those who voted: the shares of several choices aren't parts of one. */
static void
test_several_choices (void)
{
  assert_winners (TRUE, TRUE, 4, (gint64[]) { 4, 3, 0 }, "🏆 Tea · 100 %");
}

static void
test_nobody (void)
{
  assert_winners (TRUE, FALSE, 0, (gint64[]) { 0, 0, 0 }, NULL);
}

static void
test_open (void)
{
  assert_winners (FALSE, FALSE, 3, (gint64[]) { 2, 1, 0 }, NULL);
}

static void
assert_voters (gint64      n_voters,
               const char *words)
{
  g_autofree char *found = km_poll_words_dup_voters (n_voters);

  g_assert_cmpstr (found, ==, words);
}

static void
test_voters (void)
{
  assert_voters (0, "Nobody voted");
  assert_voters (1, "1 person voted");
  assert_voters (2, "2 people voted");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/poll-words/winner-has-its-share", test_winner);
  g_test_add_func ("/app/poll-words/tie-has-two-winners", test_tie);
  g_test_add_func ("/app/poll-words/several-choices-count-voters",
                   test_several_choices);
  g_test_add_func ("/app/poll-words/nobody-voted-nobody-won", test_nobody);
  g_test_add_func ("/app/poll-words/open-poll-has-no-winner", test_open);
  g_test_add_func ("/app/poll-words/voters-are-counted", test_voters);
  return g_test_run ();
}
