/* test-slow-mode.c: how long somebody waits before they speak again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All clocks are the test's.
 */

#include "km-live-room.h"

#include "km-id.h"

#define HOST 7
#define ALICE 8
#define BOB 9
#define SLOW_S 30
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
  row.info->host.shown_name = g_strdup ("Host");
  row.info->slow_s = SLOW_S;
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

/* Returns what is on its way, of that id. */
static KmRoomEvent *
ask (Fixture     *fixture,
     gint64       account,
     const char  *id,
     GError     **error)
{
  const KmSpeaker speaker = { account, "somebody", "Somebody" };
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup ("42");
  command->text = g_strdup ("hello");

  return km_live_room_check_chat (fixture->room, &speaker, command,
                                  fixture->now_us, 5000000, error);
}

/* What came of it. */
static void
settle (Fixture     *fixture,
        gint64       account,
        KmRoomEvent *event,
        gboolean     well,
        gboolean     repeated)
{
  KmPost post = { .account = account, .repeated = repeated };

  km_post_init (&post, 42, event);
  if (well && !repeated)
    {
      event->seq = ++fixture->seq;
      post.frame = g_bytes_new_static ("{}", 2);
      km_live_room_happened (fixture->room, &post, fixture->now_us);
    }
  else
    km_live_room_failed (fixture->room, &post);
  km_post_clear (&post);
}

static void
expect_said (Fixture *fixture,
             gint64   account)
{
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = ask (fixture, account, NULL, &error);

  g_assert_no_error (error);
  settle (fixture, account, event, TRUE, FALSE);
}

static void
expect_wait (Fixture *fixture,
             gint64   account,
             gint64   retry_ms)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (km_live_room_chat_wait_ms (fixture->room, account,
                                              fixture->now_us),
                   ==, retry_ms);
  g_assert_null (ask (fixture, account, NULL, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
  g_assert_cmpint (km_protocol_error_get_retry_ms (error), ==, retry_ms);
}

static void
set_slow (Fixture *fixture,
          guint    seconds)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_ROOM_CHANGED);

  event->title = g_strdup ("A room");
  event->category = g_strdup ("talk");
  event->slow_s = seconds;
  settle (fixture, 0, event, TRUE, FALSE);
}

static void
test_messages_lie_apart (Fixture       *fixture,
                         gconstpointer  data)
{
  expect_said (fixture, ALICE);
  expect_wait (fixture, ALICE, 30000);
  fixture->now_us += 12345600;
  expect_wait (fixture, ALICE, 17655);
  expect_said (fixture, BOB);
  fixture->now_us += 17654399;
  expect_wait (fixture, ALICE, 1);
  fixture->now_us += 1;
  expect_said (fixture, ALICE);
  expect_wait (fixture, ALICE, 30000);
}

static void
test_the_host_says_what_they_like (Fixture       *fixture,
                                   gconstpointer  data)
{
  expect_said (fixture, HOST);
  expect_said (fixture, HOST);
  g_assert_cmpint (km_live_room_chat_wait_ms (fixture->room, HOST,
                                              fixture->now_us), ==, 0);
}

static void
test_off_frees_everybody (Fixture       *fixture,
                          gconstpointer  data)
{
  expect_said (fixture, ALICE);
  expect_wait (fixture, ALICE, 30000);
  set_slow (fixture, 0);
  expect_said (fixture, ALICE);
  expect_said (fixture, ALICE);
}

static void
test_a_shorter_one_holds_at_once (Fixture       *fixture,
                                  gconstpointer  data)
{
  expect_said (fixture, ALICE);
  fixture->now_us += 2 * SECOND;
  set_slow (fixture, 3);
  expect_wait (fixture, ALICE, 1000);
  fixture->now_us += SECOND;
  expect_said (fixture, ALICE);
}

/* What was said while it was off, and comes to the log now; and what the log
 * has from before. */
static void
test_what_is_in_the_log_counts (Fixture       *fixture,
                                gconstpointer  data)
{
  KmRoomEvent *late;

  set_slow (fixture, 0);
  late = ask (fixture, ALICE, NULL, NULL);
  set_slow (fixture, SLOW_S);
  fixture->now_us += SECOND;
  settle (fixture, ALICE, late, TRUE, FALSE);
  expect_wait (fixture, ALICE, 30000);

  km_live_room_recall (fixture->room, BOB, NULL, fixture->now_us - 8 * SECOND);
  km_live_room_recall (fixture->room, BOB, NULL, fixture->now_us - 9 * SECOND);
  km_live_room_recall (fixture->room, HOST, NULL, fixture->now_us);
  expect_wait (fixture, BOB, 22000);
  expect_said (fixture, HOST);
}

/* Two windows at once get one message through. */
static void
test_what_is_on_its_way_counts (Fixture       *fixture,
                                gconstpointer  data)
{
  KmRoomEvent *event = ask (fixture, ALICE, NULL, NULL);

  expect_wait (fixture, ALICE, 30000);
  fixture->now_us += SECOND;
  settle (fixture, ALICE, event, TRUE, FALSE);
  expect_wait (fixture, ALICE, 29000);
}

static void
test_what_fails_costs_nothing (Fixture       *fixture,
                               gconstpointer  data)
{
  KmRoomEvent *event;

  expect_said (fixture, ALICE);
  fixture->now_us += SLOW_S * SECOND;
  event = ask (fixture, ALICE, NULL, NULL);
  expect_wait (fixture, ALICE, 30000);
  settle (fixture, ALICE, event, FALSE, FALSE);
  expect_said (fixture, ALICE);
}

/* Who lost the connection asks again, under the same id. */
static void
test_the_same_again_is_none (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  KmRoomEvent *event = ask (fixture, ALICE, id, NULL);

  settle (fixture, ALICE, event, TRUE, FALSE);
  for (guint i = 0; i < 3; i++)
    {
      fixture->now_us += SECOND;
      event = ask (fixture, ALICE, id, NULL);
      g_assert_nonnull (event);
      settle (fixture, ALICE, event, TRUE, TRUE);
    }
  expect_wait (fixture, ALICE, 27000);
}

static void
test_gifts_and_votes_are_free (Fixture       *fixture,
                               gconstpointer  data)
{
  const KmSpeaker speaker = { ALICE, "alice", "Alice" };
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_GIFT_SEND);
  g_autoptr (KmRoomEvent) gift = NULL;
  g_autoptr (GError) error = NULL;

  expect_said (fixture, ALICE);
  command->id = km_id_new ();
  command->gift = g_strdup ("rose");
  command->count = 1;
  gift = km_live_room_check_gift (fixture->room, &speaker, command,
                                  fixture->now_us, 5000000, &error);
  g_assert_no_error (error);
  g_assert_nonnull (gift);
  g_assert_true (km_live_room_keep_pace (fixture->room, ALICE, KM_PACE_VOTE,
                                         fixture->now_us, &error));
  expect_wait (fixture, ALICE, 30000);
}

/* A crowd that speaks once costs no memory for ever, and nobody is freed. */
static void
test_a_crowd_waits (Fixture       *fixture,
                    gconstpointer  data)
{
  for (gint64 account = 100; account < 5100; account++)
    {
      fixture->now_us += SECOND / 100;
      expect_said (fixture, account);
    }
  expect_wait (fixture, 5099, 30000);
  expect_wait (fixture, 5000, 30000 - 990);
  expect_said (fixture, 100);
}

#define ADD(path, function) \
  g_test_add ("/room/slow-mode/" path, Fixture, NULL, set_up, \
              function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("messages-lie-apart", test_messages_lie_apart);
  ADD ("the-host-says-what-they-like", test_the_host_says_what_they_like);
  ADD ("off-frees-everybody", test_off_frees_everybody);
  ADD ("a-shorter-one-holds-at-once", test_a_shorter_one_holds_at_once);
  ADD ("what-is-in-the-log-counts", test_what_is_in_the_log_counts);
  ADD ("what-is-on-its-way-counts", test_what_is_on_its_way_counts);
  ADD ("what-fails-costs-nothing", test_what_fails_costs_nothing);
  ADD ("the-same-again-is-none", test_the_same_again_is_none);
  ADD ("gifts-and-votes-are-free", test_gifts_and_votes_are_free);
  ADD ("a-crowd-waits", test_a_crowd_waits);

  return g_test_run ();
}
