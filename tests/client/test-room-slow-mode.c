/* test-room-slow-mode.c: one sees when one may say something again
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A room's waits, against a scripted server. What is counted is compared with
 * the clock before and after, never with how long something took.
 */

#include "km-test-process.h"
#include "km-test-room.h"

#define SLOW_S 30
#define DONE "{\"seq\":1,\"at\":1763700000000}"
#define WAIT(ms)                                                              \
  "{\"error\":{\"code\":\"too_fast\",\"message\":\"Wait.\","                  \
  "\"retry_ms\":" ms "}}"

static void
set_slow (KmTestRoom *self,
          gint64      seq,
          guint       slow_s)
{
  g_autofree char *d = g_strdup_printf (
    "{\"title\":\"Title\",\"category\":\"talk\",\"slow_s\":%u}", slow_s);

  km_test_room_event (self, "room.changed", seq, d);
  km_test_room_say (self, seq + 1);
}

static void
chat (KmTestRoom *self)
{
  km_room_send_chat_async (self->room, "hello", KM_CHAT_MODE_SCROLL, 0, -1,
                           NULL, NULL, NULL);
}

/* That long from a moment between @since_us and now. */
static void
expect_wait (KmTestRoom *self,
             gint64      since_us,
             gint64      wait_ms)
{
  gint64 may_say_us = km_room_get_may_say_us (self->room);

  g_assert_cmpint (may_say_us, >=, since_us + wait_ms * 1000);
  g_assert_cmpint (may_say_us, <=,
                   g_get_monotonic_time () + wait_ms * 1000);
}

static void
test_a_join_tells_the_wait (KmTestRoom    *self,
                            gconstpointer  data)
{
  gint64 now_us;

  g_assert_cmpuint (km_room_get_slow_s (self->room), ==, 0);
  g_assert_cmpint (km_room_get_may_say_us (self->room), ==, 0);

  self->slow_s = SLOW_S;
  self->chat_wait_ms = 12000;
  now_us = g_get_monotonic_time ();
  km_test_room_cut (self);
  g_assert_cmpuint (km_room_get_slow_s (self->room), ==, SLOW_S);
  expect_wait (self, now_us, 12000);
}

static void
test_what_one_says_counts (KmTestRoom    *self,
                           gconstpointer  data)
{
  gint64 now_us;

  km_test_room_reply (self, "chat.send", DONE);
  set_slow (self, 1, SLOW_S);
  km_test_room_assert_rows (self, "[2]");
  g_assert_cmpint (km_room_get_may_say_us (self->room), <=,
                   g_get_monotonic_time ());

  /* At once, not only when the server has it. */
  now_us = g_get_monotonic_time ();
  chat (self);
  expect_wait (self, now_us, SLOW_S * 1000);
  km_test_room_assert_rows (self, "[2][hello]");
  expect_wait (self, now_us, SLOW_S * 1000);

  set_slow (self, 3, 10);
  km_test_room_assert_rows (self, "[2][4][hello]");
  expect_wait (self, now_us, 10000);
  set_slow (self, 5, 0);
  km_test_room_assert_rows (self, "[2][4][6][hello]");
  g_assert_cmpint (km_room_get_may_say_us (self->room), ==, 0);
}

/* The account is open in another window, too. */
static void
test_another_window_counts (KmTestRoom    *self,
                            gconstpointer  data)
{
  gint64 now_us;

  set_slow (self, 1, SLOW_S);
  km_test_room_assert_rows (self, "[2]");
  now_us = g_get_monotonic_time ();
  km_test_room_event (self, "chat.message", 3,
                      "{\"id\":\"elsewhere\",\"from\":{\"id\":\"7\",\"name\":"
                      "\"alice\",\"shown_name\":\"Alice\",\"role\":\"member\""
                      "},\"text\":\"there\",\"mode\":\"scroll\",\"color\":"
                      "\"#ffffff\",\"time_ms\":null}");
  km_test_room_assert_rows (self, "[2][there]");
  expect_wait (self, now_us, SLOW_S * 1000);
}

static void
test_the_host_waits_for_nobody (KmTestRoom    *self,
                                gconstpointer  data)
{
  self->role = "host";
  self->slow_s = SLOW_S;
  km_test_room_cut (self);
  km_test_room_reply (self, "chat.send", DONE);
  chat (self);
  km_test_room_assert_rows (self, "[hello]");
  g_assert_cmpint (km_room_get_may_say_us (self->room), ==, 0);
}

/* It isn't lost, and not even late when the mode ends. */
static void
test_what_was_said_waits (KmTestRoom    *self,
                          gconstpointer  data)
{
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  gint64 now_us = g_get_monotonic_time ();

  self->slow_s = 300;
  km_test_room_cut (self);
  km_test_room_reply (self, "chat.send", WAIT ("299000"));
  chat (self);
  km_test_room_wait_sent (self, 1);
  km_test_room_assert_rows (self, "[hello?]");
  km_test_room_say (self, 1);
  km_test_room_assert_rows (self, "[1][hello?]");
  g_assert_cmpuint (self->sent->len, ==, 1);
  expect_wait (self, now_us, 300000);

  km_test_room_reply (self, "chat.send", DONE);
  set_slow (self, 2, 0);
  km_test_room_assert_rows (self, "[1][3][hello]");
  g_assert_cmpuint (self->sent->len, ==, 2);
  first = km_test_room_dup_id (self, 0);
  again = km_test_room_dup_id (self, 1);
  g_assert_cmpstr (first, ==, again);
}

static void
test_what_is_refused_counts_not (KmTestRoom    *self,
                                 gconstpointer  data)
{
  set_slow (self, 1, SLOW_S);
  km_test_room_assert_rows (self, "[2]");
  km_test_room_reply (self, "chat.send",
                      "{\"error\":{\"code\":\"bad_text\",\"message\":\"No.\"}"
                      "}");
  chat (self);
  km_test_room_assert_rows (self, "[2][hello!]");
  g_assert_cmpint (km_room_get_may_say_us (self->room), <=,
                   g_get_monotonic_time ());
}

#define ADD(path, function)                                                   \
  g_test_add ("/client/room-slow-mode/" path, KmTestRoom, NULL,               \
              km_test_room_set_up, function, km_test_room_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-join-tells-the-wait", test_a_join_tells_the_wait);
  ADD ("what-one-says-counts", test_what_one_says_counts);
  ADD ("another-window-counts", test_another_window_counts);
  ADD ("the-host-waits-for-nobody", test_the_host_waits_for_nobody);
  ADD ("what-was-said-waits", test_what_was_said_waits);
  ADD ("what-is-refused-counts-not", test_what_is_refused_counts_not);

  return g_test_run ();
}
