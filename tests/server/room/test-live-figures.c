/* test-live-figures.c: likes are bounded, peaks are counted, both are kept
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All clocks are the test's.
 */

#include "km-live-room.h"

#define HOST 7
#define ALICE 8
#define SECOND G_USEC_PER_SEC

typedef struct
{
  KmLiveRoom *room;
  gint64 now_us;
  gint64 seq;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  KmRoomRow row = {
    .info = km_room_info_new (),
    .epoch = g_strdup ("epoch"),
  };

  row.info->id = g_strdup ("42");
  row.info->title = g_strdup ("A room");
  row.info->category = g_strdup ("talk");
  row.info->host.id = g_strdup ("7");
  row.info->host.name = g_strdup ("host");
  row.info->host.shown_name = g_strdup ("Host");
  fixture->room = km_live_room_new (&row);
  fixture->now_us = 1000 * SECOND;
  km_room_row_clear (&row);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_live_room_free (fixture->room);
}

static void
happen (Fixture         *fixture,
        KmRoomEventKind  kind,
        const char      *stream)
{
  KmPost post = { 0 };

  post.event = km_room_event_new (kind);
  post.event->stream = g_strdup (stream);
  post.event->seq = ++fixture->seq;
  post.event->at_ms = 5000;
  post.frame = g_bytes_new_static ("{}", 2);
  km_live_room_happened (fixture->room, &post, fixture->now_us);
  km_post_clear (&post);
}

static void
like (Fixture *fixture,
      gint64   account,
      gint64   count)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_live_room_like (fixture->room, account, count,
                                    fixture->now_us, &error));
  g_assert_no_error (error);
}

static void
expect_refused (Fixture         *fixture,
                gint64           account,
                KmProtocolError  code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (km_live_room_like (fixture->room, account, 1,
                                     fixture->now_us, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, (int) code);
}

static void
test_twenty_a_second_count (Fixture       *fixture,
                            gconstpointer  data)
{
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  for (guint i = 0; i < 100; i++)
    like (fixture, ALICE, KM_LIKES_MAX);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 20);

  /* Half a second later half as many, and none is saved up for longer. */
  fixture->now_us += SECOND / 2;
  for (guint i = 0; i < 100; i++)
    like (fixture, ALICE, KM_LIKES_MAX);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 30);
  fixture->now_us += 100 * SECOND;
  for (guint i = 0; i < 100; i++)
    like (fixture, ALICE, KM_LIKES_MAX);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 50);

  /* Each for themselves. */
  like (fixture, HOST, 3);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 53);
}

/* The time that one like takes must not grow with how many others like: this
 * would take minutes. */
static void
test_a_crowd_likes_at_once (Fixture       *fixture,
                            gconstpointer  data)
{
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  for (gint64 account = 1; account <= 200000; account++)
    like (fixture, account, 2);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 400000);
}

static void
test_only_what_runs_is_liked (Fixture       *fixture,
                              gconstpointer  data)
{
  expect_refused (fixture, ALICE, KM_PROTOCOL_ERROR_NOT_LIVE);
  expect_refused (fixture, 0, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  expect_refused (fixture, 0, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  like (fixture, ALICE, 1);
  happen (fixture, KM_ROOM_EVENT_STREAM_ENDED, "s");
  expect_refused (fixture, ALICE, KM_PROTOCOL_ERROR_NOT_LIVE);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 0);
}

static void
test_the_peak_is_of_the_stream (Fixture       *fixture,
                                gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    km_live_room_enter (fixture->room, 0);
  for (guint i = 0; i < 3; i++)
    km_live_room_leave (fixture->room, 0);
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  g_assert_cmpint (km_live_room_take_figures (fixture->room, 0).peak, ==, 2);

  km_live_room_enter (fixture->room, ALICE);
  km_live_room_enter (fixture->room, ALICE);
  km_live_room_leave (fixture->room, 0);
  g_assert_cmpint (km_live_room_take_figures (fixture->room, 0).peak, ==, 3);
  happen (fixture, KM_ROOM_EVENT_STREAM_ENDED, "s");
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "t");
  g_assert_cmpint (km_live_room_take_figures (fixture->room, 0).peak, ==, 2);
}

static void
test_they_are_due_each_five_seconds (Fixture       *fixture,
                                     gconstpointer  data)
{
  KmStreamFigures figures;

  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), ==,
                   G_MAXINT64);
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), ==,
                   G_MAXINT64);
  like (fixture, ALICE, 4);
  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), <=,
                   fixture->now_us);
  figures = km_live_room_take_figures (fixture->room, fixture->now_us);
  g_assert_cmpint (figures.likes, ==, 4);

  fixture->now_us += SECOND;
  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), ==,
                   G_MAXINT64);
  like (fixture, ALICE, 1);
  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), ==,
                   fixture->now_us + 4 * SECOND);
}

static void
test_nothing_is_counted_behind_the_end (Fixture       *fixture,
                                        gconstpointer  data)
{
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "s");
  like (fixture, ALICE, 4);

  /* The end of another stream seals nothing. */
  g_assert_cmpint (km_live_room_seal_figures (fixture->room, "r").likes, ==,
                   0);
  like (fixture, ALICE, 1);
  g_assert_cmpint (km_live_room_seal_figures (fixture->room, "s").likes, ==,
                   5);
  expect_refused (fixture, ALICE, KM_PROTOCOL_ERROR_NOT_LIVE);
  g_assert_cmpint (km_live_room_figures_due_us (fixture->room), ==,
                   G_MAXINT64);

  /* The disk was full: it is said once more, with the same figures. */
  g_assert_cmpint (km_live_room_seal_figures (fixture->room, "s").likes, ==,
                   5);
  happen (fixture, KM_ROOM_EVENT_STREAM_ENDED, "s");
  happen (fixture, KM_ROOM_EVENT_STREAM_STARTED, "t");
  like (fixture, HOST, 1);
  g_assert_cmpint (km_live_room_get_likes (fixture->room), ==, 1);
}

#define ADD(path, func) \
  g_test_add ("/server/room/live-figures/" path, Fixture, NULL, set_up, \
              func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("twenty-a-second-count", test_twenty_a_second_count);
  ADD ("a-crowd-likes-at-once", test_a_crowd_likes_at_once);
  ADD ("only-what-runs-is-liked", test_only_what_runs_is_liked);
  ADD ("the-peak-is-of-the-stream", test_the_peak_is_of_the_stream);
  ADD ("they-are-due-each-five-seconds",
       test_they_are_due_each_five_seconds);
  ADD ("nothing-is-counted-behind-the-end",
       test_nothing_is_counted_behind_the_end);
  return g_test_run ();
}
