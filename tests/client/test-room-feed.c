/* test-room-feed.c: events in order, each once, whatever the server repeats
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-room-feed.h"

static KmRoomFeedResult
add (KmRoomFeed *feed,
     gint64      seq)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);

  event->seq = seq;

  return km_room_feed_add (feed, event);
}

/* All that is ready, as "6 7! 8": a ! behind what had been missed. */
static char *
take (KmRoomFeed *feed)
{
  GString *out = g_string_new (NULL);
  KmRoomEvent *event;
  gboolean missed;

  while ((event = km_room_feed_next (feed, &missed)) != NULL)
    {
      g_string_append_printf (out, "%s%" G_GINT64_FORMAT "%s",
                              out->len > 0 ? " " : "", event->seq,
                              missed ? "!" : "");
      km_room_event_free (event);
    }

  return g_string_free_and_steal (out);
}

static void
assert_taken (KmRoomFeed *feed,
              const char *expected)
{
  g_autofree char *taken = take (feed);

  g_assert_cmpstr (taken, ==, expected);
}

static void
assert_position (KmRoomFeed *feed,
                 const char *expected_epoch,
                 gint64      expected_seq)
{
  gint64 seq;

  g_assert_cmpstr (km_room_feed_get_position (feed, &seq), ==, expected_epoch);
  g_assert_cmpint (seq, ==, expected_seq);
}

static void
test_snapshot_then_live (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  assert_position (feed, NULL, -1);
  g_assert_cmpint (add (feed, 1), ==, KM_ROOM_FEED_SEEN);
  g_assert_true (km_room_feed_join (feed, "e", 10, FALSE));
  g_assert_cmpint (add (feed, 3), ==, KM_ROOM_FEED_READY);
  g_assert_cmpint (add (feed, 7), ==, KM_ROOM_FEED_READY);
  g_assert_cmpint (add (feed, 7), ==, KM_ROOM_FEED_SEEN);
  g_assert_cmpint (add (feed, 10), ==, KM_ROOM_FEED_READY);
  g_assert_cmpint (add (feed, 11), ==, KM_ROOM_FEED_READY);
  assert_taken (feed, "3! 7! 10! 11");
  assert_position (feed, "e", 11);
}

static void
test_cut_snapshot_goes_on (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  /* Nothing of it came: all of it again. */
  km_room_feed_join (feed, "e", 10, FALSE);
  assert_position (feed, NULL, -1);
  g_assert_true (km_room_feed_join (feed, "e", 10, FALSE));
  add (feed, 3);
  add (feed, 5);
  assert_taken (feed, "3! 5!");

  /* A part of it came: what is behind that, whatever it is. */
  assert_position (feed, "e", 5);
  g_assert_false (km_room_feed_join (feed, "e", 12, TRUE));
  g_assert_cmpint (add (feed, 5), ==, KM_ROOM_FEED_SEEN);
  for (gint64 seq = 6; seq <= 13; seq++)
    g_assert_cmpint (add (feed, seq), ==, KM_ROOM_FEED_READY);
  assert_taken (feed, "6! 7! 8! 9! 10! 11! 12! 13");
  assert_position (feed, "e", 13);
}

static void
test_whole_snapshot_is_had (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 10, FALSE);
  add (feed, 5);
  km_room_feed_end_snapshot (feed);
  assert_position (feed, "e", 10);
  km_room_feed_join (feed, "f", 10, FALSE);
  add (feed, 10);
  assert_position (feed, "f", 10);
  km_room_feed_join (feed, "g", 0, FALSE);
  assert_position (feed, "g", 0);
}

static void
test_duplicates_are_dropped (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 0, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      add (feed, 1);
      add (feed, 2);
    }
  assert_taken (feed, "1 2");
}

static void
test_gap_waits_for_the_rest (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 5, FALSE);
  g_assert_cmpint (add (feed, 8), ==, KM_ROOM_FEED_GAP);
  g_assert_cmpint (add (feed, 9), ==, KM_ROOM_FEED_WAITS);
  assert_taken (feed, "");
  assert_position (feed, "e", 5);

  g_assert_false (km_room_feed_join (feed, "e", 9, TRUE));
  add (feed, 6);
  add (feed, 7);
  g_assert_cmpint (add (feed, 8), ==, KM_ROOM_FEED_SEEN);
  g_assert_cmpint (add (feed, 9), ==, KM_ROOM_FEED_SEEN);
  add (feed, 10);
  assert_taken (feed, "6! 7! 8! 9! 10");
}

static void
test_reordered_are_sorted (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 0, FALSE);
  g_assert_cmpint (add (feed, 3), ==, KM_ROOM_FEED_GAP);
  g_assert_cmpint (add (feed, 2), ==, KM_ROOM_FEED_WAITS);
  g_assert_cmpint (add (feed, 2), ==, KM_ROOM_FEED_SEEN);
  g_assert_cmpint (add (feed, 5), ==, KM_ROOM_FEED_WAITS);
  g_assert_cmpint (add (feed, 1), ==, KM_ROOM_FEED_READY);
  g_assert_cmpint (add (feed, 4), ==, KM_ROOM_FEED_READY);
  assert_taken (feed, "1 2 3 4 5");
}

static void
test_hole_of_the_server_is_passed (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 5, FALSE);
  g_assert_cmpint (add (feed, 7), ==, KM_ROOM_FEED_GAP);
  g_assert_false (km_room_feed_join (feed, "e", 9, TRUE));
  g_assert_cmpint (add (feed, 7), ==, KM_ROOM_FEED_READY);
  g_assert_cmpint (add (feed, 9), ==, KM_ROOM_FEED_READY);
  assert_taken (feed, "7! 9!");

  /* Behind the head the server must be asked again. */
  g_assert_cmpint (add (feed, 12), ==, KM_ROOM_FEED_GAP);
}

static void
test_resume_gives_each_once (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 2, FALSE);
  add (feed, 3);
  assert_taken (feed, "3");
  g_assert_false (km_room_feed_join (feed, "e", 5, TRUE));
  add (feed, 3);
  add (feed, 4);
  add (feed, 5);
  add (feed, 6);
  assert_taken (feed, "4! 5! 6");
}

static void
test_new_epoch_is_a_new_history (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "one", 100, FALSE);
  add (feed, 105);
  g_assert_true (km_room_feed_join (feed, "two", 3, FALSE));
  add (feed, 2);
  add (feed, 3);
  add (feed, 4);
  assert_taken (feed, "2! 3! 4");
  assert_position (feed, "two", 4);
}

static void
test_resumed_with_lost_tail_is_void (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "one", 100, FALSE);
  g_assert_true (km_room_feed_join (feed, "one", 90, TRUE));
  g_assert_true (km_room_feed_join (feed, "two", 200, TRUE));
  km_room_feed_end_snapshot (feed);
  assert_position (feed, "two", 200);
}

static void
test_early_events_are_bounded (void)
{
  g_autoptr (KmRoomFeed) feed = km_room_feed_new ();

  km_room_feed_join (feed, "e", 0, FALSE);
  for (gint64 seq = 10000; seq > 2; seq--)
    add (feed, seq);
  add (feed, 1);
  add (feed, 2);
  assert_position (feed, "e", 1026);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/room-feed/snapshot-then-live",
                   test_snapshot_then_live);
  g_test_add_func ("/client/room-feed/cut-snapshot-goes-on",
                   test_cut_snapshot_goes_on);
  g_test_add_func ("/client/room-feed/whole-snapshot-is-had",
                   test_whole_snapshot_is_had);
  g_test_add_func ("/client/room-feed/duplicates-are-dropped",
                   test_duplicates_are_dropped);
  g_test_add_func ("/client/room-feed/gap-waits-for-the-rest",
                   test_gap_waits_for_the_rest);
  g_test_add_func ("/client/room-feed/reordered-are-sorted",
                   test_reordered_are_sorted);
  g_test_add_func ("/client/room-feed/hole-of-the-server-is-passed",
                   test_hole_of_the_server_is_passed);
  g_test_add_func ("/client/room-feed/resume-gives-each-once",
                   test_resume_gives_each_once);
  g_test_add_func ("/client/room-feed/new-epoch-is-a-new-history",
                   test_new_epoch_is_a_new_history);
  g_test_add_func ("/client/room-feed/resumed-with-lost-tail-is-void",
                   test_resumed_with_lost_tail_is_void);
  g_test_add_func ("/client/room-feed/early-events-are-bounded",
                   test_early_events_are_bounded);
  return g_test_run ();
}
