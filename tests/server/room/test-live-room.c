/* test-live-room.c: what may be said, who is there, what a tick tells
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All clocks are the test's.
 */

#include "km-live-room.h"

#include "km-frame.h"
#include "km-id.h"

#define HOST 7
#define ALICE 8
#define SECOND G_USEC_PER_SEC

typedef struct
{
  KmLiveRoom *room;
  gint64 now_us;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  KmRoomRow row = {
    .info = km_room_info_new (),
    .epoch = g_strdup ("epoch"),
    .seq = 100,
  };

  row.info->id = g_strdup ("42");
  row.info->title = g_strdup ("A room");
  row.info->category = g_strdup ("talk");
  row.info->host.id = g_strdup ("7");
  row.info->host.name = g_strdup ("host");
  row.info->host.shown_name = g_strdup ("Host");
  row.info->since_ms = -1;
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

static KmRoomEvent *
say_at (Fixture     *fixture,
        gint64       account,
        const char  *text,
        gint64       time_ms,
        GError     **error)
{
  const KmSpeaker speaker = { account, "alice", "Alice" };
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);

  command->id = km_id_new ();
  command->room = g_strdup ("42");
  command->text = g_strdup (text);
  command->mode = KM_CHAT_MODE_TOP;
  command->color = 0x123456;
  command->time_ms = time_ms;

  return km_live_room_check_chat (fixture->room, &speaker, command,
                                  fixture->now_us, 5000000, error);
}

static void
expect_said (Fixture    *fixture,
             const char *text,
             const char *as)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomEvent) event = NULL;

  fixture->now_us += SECOND;
  event = say_at (fixture, ALICE, text, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (event->text, ==, as);
}

static void
expect_refused (Fixture         *fixture,
                const char      *text,
                KmProtocolError  code)
{
  g_autoptr (GError) error = NULL;

  fixture->now_us += SECOND;
  g_assert_null (say_at (fixture, ALICE, text, -1, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, (int) code);
}

static char *
repeat (const char *text,
        guint       n)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (out, text);

  return g_string_free_and_steal (out);
}

static void
test_texts (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *longest = repeat ("大", 200);
  g_autofree char *too_long = repeat ("大", 201);
  g_autofree char *families = repeat ("👨‍👩‍👧‍👦", 80);
  g_autofree char *too_many_bytes = repeat ("👨‍👩‍👧‍👦", 81);

  expect_said (fixture, "大家好 👋", "大家好 👋");
  expect_said (fixture, "  hello  ", "hello");
  expect_said (fixture, "e\xcc\x81", "\xc3\xa9"); /* NFC */
  expect_said (fixture, longest, longest);
  expect_said (fixture, families, families);
  expect_said (fixture, "👨‍👩‍👧 می‌خواهم", "👨‍👩‍👧 می‌خواهم");

  expect_refused (fixture, "", KM_PROTOCOL_ERROR_EMPTY);
  expect_refused (fixture, " \t ", KM_PROTOCOL_ERROR_EMPTY);
  expect_refused (fixture, too_long, KM_PROTOCOL_ERROR_TOO_LONG);
  expect_refused (fixture, too_many_bytes, KM_PROTOCOL_ERROR_TOO_LONG);
  expect_refused (fixture, "a\xe2\x80\xae" "b", KM_PROTOCOL_ERROR_BAD_TEXT);
  expect_refused (fixture, "a\x07" "b", KM_PROTOCOL_ERROR_BAD_TEXT);
  expect_refused (fixture, "\xff", KM_PROTOCOL_ERROR_BAD_TEXT);
  expect_said (fixture, "q\xcc\x81\xcc\x82\xcc\x83\xcc\x84",
               "q\xcc\x81\xcc\x82\xcc\x83\xcc\x84");
  expect_refused (fixture, "q\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85",
                  KM_PROTOCOL_ERROR_BAD_TEXT);
}

static void
test_event_says_who_and_how (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (KmRoomEvent) hosts = NULL;

  event = say_at (fixture, ALICE, "hello", -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_CHAT_MESSAGE);
  g_assert_true (km_id_is_valid (event->id));
  g_assert_cmpstr (event->from.id, ==, "8");
  g_assert_cmpstr (event->from.name, ==, "alice");
  g_assert_cmpstr (event->from.shown_name, ==, "Alice");
  g_assert_cmpint (event->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpint (event->mode, ==, KM_CHAT_MODE_TOP);
  g_assert_cmpuint (event->color, ==, 0x123456);

  hosts = say_at (fixture, HOST, "hello", -1, &error);
  g_assert_cmpint (hosts->role, ==, KM_ROLE_HOST);
  g_assert_null (say_at (fixture, 0, "hello", -1, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
}

static void
test_five_at_once_then_two_a_second (Fixture       *fixture,
                                     gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomEvent) other = NULL;

  for (guint i = 0; i < 5; i++)
    km_room_event_free (say_at (fixture, ALICE, "hello", -1, &error));
  g_assert_no_error (error);
  g_assert_null (say_at (fixture, ALICE, "hello", -1, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
  g_assert_cmpint (km_protocol_error_get_retry_ms (error), ==, 500);
  g_clear_error (&error);

  /* A text that is refused costs nothing, and others aren't held up. */
  other = say_at (fixture, HOST, "hello", -1, &error);
  g_assert_no_error (error);
  fixture->now_us += SECOND / 2;
  g_assert_null (say_at (fixture, ALICE, "", -1, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_EMPTY);
  g_clear_error (&error);
  km_room_event_free (say_at (fixture, ALICE, "hello", -1, &error));
  g_assert_no_error (error);
  g_assert_null (say_at (fixture, ALICE, "hello", -1, &error));
}

static void
test_the_owner_sets_how_fast (Fixture       *fixture,
                              gconstpointer  data)
{
  const KmPaceRule pace = { 3 * SECOND, 2 };
  g_autoptr (GError) error = NULL;

  km_live_room_set_chat_pace (fixture->room, pace);
  for (guint i = 0; i < pace.burst; i++)
    g_assert_true (km_live_room_keep_pace (fixture->room, ALICE, KM_PACE_CHAT,
                                           fixture->now_us, &error));
  g_assert_false (km_live_room_keep_pace (fixture->room, ALICE, KM_PACE_CHAT,
                                          fixture->now_us, &error));
  g_assert_cmpint (km_protocol_error_get_retry_ms (error), ==, 3000);
}

static void
test_each_act_has_its_pace (Fixture       *fixture,
                            gconstpointer  data)
{
  static const struct
  {
    KmPace pace;
    guint burst;
    gint64 retry_ms;
  } rows[] = {
    { KM_PACE_GIFT, 60, 100 },
    { KM_PACE_POLL, 10, 2000 },
    { KM_PACE_VOTE, 10, 500 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      for (guint n = 0; n < rows[i].burst; n++)
        g_assert_true (km_live_room_keep_pace (fixture->room, ALICE,
                                               rows[i].pace, fixture->now_us,
                                               NULL));
      g_assert_false (km_live_room_keep_pace (fixture->room, ALICE,
                                              rows[i].pace, fixture->now_us,
                                              &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
      g_assert_cmpint (km_protocol_error_get_retry_ms (error), ==,
                       rows[i].retry_ms);
      g_assert_true (km_live_room_keep_pace (fixture->room, HOST,
                                             rows[i].pace, fixture->now_us,
                                             NULL));
      fixture->now_us += rows[i].retry_ms * 1000;
      g_assert_true (km_live_room_keep_pace (fixture->room, ALICE,
                                             rows[i].pace, fixture->now_us,
                                             NULL));
    }
}

static void
happen (Fixture     *fixture,
        gint64       seq,
        KmRoomEvent *event)
{
  KmPost post = { 0 };

  km_post_init (&post, 42, event);
  event->seq = seq;
  post.frame = g_bytes_new ("{}", 2);
  km_live_room_happened (fixture->room, &post, fixture->now_us);
  km_post_clear (&post);
}

static void
start_stream (Fixture *fixture,
              gint64   seq)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_STREAM_STARTED);

  event->stream = g_strdup ("s");
  event->at_ms = 4990000;
  happen (fixture, seq, event);
}

static void
move_edge (Fixture    *fixture,
           const char *stream,
           gint64      edge_ms,
           gboolean    publisher_ok)
{
  g_autoptr (KmEvent) edge =
    km_event_new_stream_edge ("42", stream, edge_ms, publisher_ok);

  km_live_room_moved (fixture->room, edge);
}

static gint64
time_said (Fixture *fixture,
           gint64   time_ms)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomEvent) event = NULL;

  fixture->now_us += SECOND;
  event = say_at (fixture, ALICE, "hello", time_ms, &error);
  g_assert_no_error (error);

  return event->time_ms;
}

static void
test_stream_time_is_clamped (Fixture       *fixture,
                             gconstpointer  data)
{
  g_assert_cmpint (time_said (fixture, 500), ==, -1);

  start_stream (fixture, 101);
  /* 10 s by the clock, until an edge is known. */
  g_assert_cmpint (time_said (fixture, 5000), ==, 5000);
  g_assert_cmpint (time_said (fixture, 99999), ==, 10000);
  move_edge (fixture, "s", 20000, TRUE);
  g_assert_cmpint (time_said (fixture, 0), ==, 0);
  g_assert_cmpint (time_said (fixture, 20001), ==, 20000);
  g_assert_cmpint (time_said (fixture, -1), ==, -1);
  move_edge (fixture, "s", 100000, TRUE);
  g_assert_cmpint (time_said (fixture, 0), ==, 40000);
  g_assert_cmpint (time_said (fixture, 40001), ==, 40001);
  g_assert_cmpint (time_said (fixture, G_MAXINT64), ==, 100000);
}

static KmRoomEvent *
take_tick (Fixture *fixture)
{
  GBytes *tick = km_live_room_take_tick (fixture->room, fixture->now_us);
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = NULL;
  KmReply *reply = NULL;

  g_assert_nonnull (tick);
  km_frame_parse (g_bytes_get_data (tick, NULL), g_bytes_get_size (tick),
                  &event, &reply, &error);
  g_assert_no_error (error);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_TICK);
  g_assert_cmpint (event->seq, ==, -1);

  return event;
}

static void
expect_no_tick (Fixture *fixture)
{
  g_assert_null (km_live_room_take_tick (fixture->room, fixture->now_us));
}

static void
test_a_room_has_a_pace (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  const guint burst = 2 * KM_ROOM_ACTS_PER_SECOND;

  for (guint i = 0; i < burst; i++)
    g_assert_true (km_live_room_keep_pace (fixture->room, 1000 + i,
                                           KM_PACE_CHAT, fixture->now_us,
                                           NULL));
  for (guint i = 0; i < 10; i++)
    {
      g_clear_error (&error);
      g_assert_false (km_live_room_keep_pace (fixture->room, ALICE,
                                              KM_PACE_CHAT, fixture->now_us,
                                              &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
      g_assert_cmpint (km_protocol_error_get_retry_ms (error), ==, 1);
    }
  g_assert_true (km_live_room_keep_pace (fixture->room, HOST, KM_PACE_CHAT,
                                         fixture->now_us, NULL));

  /* What the room refused isn't counted against a member. */
  fixture->now_us += SECOND;
  for (guint i = 0; i < 5; i++)
    g_assert_true (km_live_room_keep_pace (fixture->room, ALICE, KM_PACE_CHAT,
                                           fixture->now_us, NULL));
}

static void
test_tick_on_change_and_not_faster (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autoptr (KmRoomEvent) first = NULL;
  g_autoptr (KmRoomEvent) second = NULL;
  g_autoptr (KmRoomEvent) third = NULL;

  km_live_room_enter (fixture->room, ALICE);
  first = take_tick (fixture);
  g_assert_cmpuint (first->online, ==, 1);
  g_assert_false (first->live);
  g_assert_null (first->stream);

  fixture->now_us += 10 * SECOND;
  expect_no_tick (fixture);
  g_assert_cmpint (km_live_room_tick_due_us (fixture->room), ==, G_MAXINT64);

  km_live_room_enter (fixture->room, ALICE);
  km_live_room_enter (fixture->room, 0);
  second = take_tick (fixture);
  g_assert_cmpuint (second->online, ==, 2);

  /* Changes within 250 ms are one tick. */
  km_live_room_leave (fixture->room, ALICE);
  start_stream (fixture, 101);
  for (guint i = 0; i < 25; i++)
    {
      expect_no_tick (fixture);
      move_edge (fixture, "s", i, i < 24);
      fixture->now_us += 10000;
    }
  third = take_tick (fixture);
  g_assert_cmpuint (third->online, ==, 2);
  g_assert_true (third->live);
  g_assert_cmpstr (third->stream, ==, "s");
  g_assert_cmpint (third->edge_ms, ==, 24);
  g_assert_true (third->publisher_lost);
}

static void
test_edge_of_another_stream_is_not_ours (Fixture       *fixture,
                                         gconstpointer  data)
{
  g_autoptr (KmRoomEvent) tick = NULL;

  start_stream (fixture, 101);
  move_edge (fixture, "s", 5, TRUE);
  move_edge (fixture, "older", 7777, FALSE);
  tick = take_tick (fixture);
  g_assert_cmpint (tick->edge_ms, ==, 5);
  g_assert_false (tick->publisher_lost);
}

static void
test_resume (Fixture       *fixture,
             gconstpointer  data)
{
  static const struct
  {
    const char *epoch;
    gint64 seq;
    KmResume expected;
  } rows[] = {
    { "epoch", 0, KM_RESUME_LOG },
    { "epoch", 100, KM_RESUME_LOG },
    { "epoch", 101, KM_RESUME_LOST_TAIL },
    { "epoch", -1, KM_RESUME_SNAPSHOT },
    { "other", 50, KM_RESUME_SNAPSHOT },
    { NULL, -1, KM_RESUME_SNAPSHOT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (km_live_room_judge_resume (fixture->room, rows[i].epoch,
                                                rows[i].seq),
                     ==, rows[i].expected);

  for (gint64 seq = 101; seq <= 10001; seq++)
    happen (fixture, seq, km_room_event_new (KM_ROOM_EVENT_ROOM_CHANGED));
  g_assert_cmpint (km_live_room_judge_resume (fixture->room, "epoch", 1),
                   ==, KM_RESUME_LOG);
  g_assert_cmpint (km_live_room_judge_resume (fixture->room, "epoch", 0),
                   ==, KM_RESUME_SNAPSHOT);

  km_live_room_begin_history (fixture->room, "new");
  g_assert_cmpint (km_live_room_judge_resume (fixture->room, "epoch", 10001),
                   ==, KM_RESUME_SNAPSHOT);
  g_assert_cmpint (km_live_room_judge_resume (fixture->room, "new", 10001),
                   ==, KM_RESUME_LOG);
}

static void
test_recent_messages_only (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr (GPtrArray) recent = NULL;

  /* The store may have some. */
  g_assert_null (km_live_room_peek_recent (fixture->room, 2));

  happen (fixture, 101, km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE));
  start_stream (fixture, 102);
  g_assert_null (km_live_room_peek_recent (fixture->room, 2));
  happen (fixture, 103, km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE));
  recent = km_live_room_peek_recent (fixture->room, 2);
  g_assert_cmpuint (recent->len, ==, 2);
}

/* Somebody who joins waits for no more than that. */
static void
test_looks_back_so_far (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (GPtrArray) recent = NULL;
  gint64 seq = 101;

  happen (fixture, seq++, km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE));
  happen (fixture, seq++, km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE));
  for (guint i = 0; i < KM_RECENT_WITHIN - 1; i++)
    happen (fixture, seq++, km_room_event_new (KM_ROOM_EVENT_ROOM_CHANGED));
  recent = km_live_room_peek_recent (fixture->room, 2);
  g_assert_nonnull (recent);
  g_assert_cmpuint (recent->len, ==, 1);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/room/live-room/texts", test_texts);
  ADD ("/room/live-room/event-says-who-and-how", test_event_says_who_and_how);
  ADD ("/room/live-room/five-at-once-then-two-a-second",
       test_five_at_once_then_two_a_second);
  ADD ("/room/live-room/the-owner-sets-how-fast",
       test_the_owner_sets_how_fast);
  ADD ("/room/live-room/each-act-has-its-pace", test_each_act_has_its_pace);
  ADD ("/room/live-room/stream-time-is-clamped", test_stream_time_is_clamped);
  ADD ("/room/live-room/a-room-has-a-pace", test_a_room_has_a_pace);
  ADD ("/room/live-room/tick-on-change-and-not-faster",
       test_tick_on_change_and_not_faster);
  ADD ("/room/live-room/edge-of-another-stream-is-not-ours",
       test_edge_of_another_stream_is_not_ours);
  ADD ("/room/live-room/resume", test_resume);
  ADD ("/room/live-room/recent-messages-only", test_recent_messages_only);
  ADD ("/room/live-room/looks-back-so-far", test_looks_back_so_far);

  return g_test_run ();
}
