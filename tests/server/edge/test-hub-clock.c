/* test-hub-clock.c: a clock that jumps
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody sets the machine's clock, or its battery was empty and the network
 * tells it the time. What happened keeps its order, since that is its seq;
 * nobody is thrown out, and what runs for a while runs for that long, whatever
 * the clock says meanwhile. Only what an event says of when it was is the
 * clock's.
 *
 * And a machine may stop between two looks at a clock, be it for a moment.
 *
 * This program has a gettimeofday() and a clock_gettime() of its own, which
 * GLib finds before the system's: the time of day can be moved while the
 * monotonic clock stays, and that can be made to run on at each look of the
 * hub's.
 */

#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "km-id.h"
#include "km-test-hub.h"

#define STREAM "stream-1"
#define HOST 1
#define BOB 2
#define COINS 1000
#define DAY_MS (G_GINT64_CONSTANT (86400000))
#define HOUR_MS (G_GINT64_CONSTANT (3600000))
/* Less than a flush's window, and more than a turn takes. */
#define STOP_US 20000
#define STOPS 60
#define POLL_MS (G_GINT64_CONSTANT (600000))

typedef struct
{
  KmTestHub hub;
  KmTestMember host;
  KmTestMember bob;
} Fixture;

static gint64 jumped_ms; /* atomic: all threads ask for the time */
static gint64 stop_us;   /* atomic: between two looks of the hub's */
static gint64 stopped_us; /* the hub's */

static gboolean
is_hub (void)
{
  char name[16] = "";

  pthread_getname_np (pthread_self (), name, sizeof name);

  return g_str_equal (name, "hub");
}

int
clock_gettime (clockid_t        clock,
               struct timespec *time)
{
  int result = (int) syscall (SYS_clock_gettime, clock, time);
  gint64 us;

  if (clock != CLOCK_MONOTONIC || !is_hub ())
    return result;

  stopped_us += __atomic_load_n (&stop_us, __ATOMIC_RELAXED);
  us = time->tv_nsec / 1000 + stopped_us;
  time->tv_sec += us / G_USEC_PER_SEC;
  time->tv_nsec = us % G_USEC_PER_SEC * 1000;

  return result;
}

int
gettimeofday (struct timeval *time,
              void           *zone)
{
  struct timespec now;
  int result = clock_gettime (CLOCK_REALTIME, &now);

  time->tv_sec =
    now.tv_sec + __atomic_load_n (&jumped_ms, __ATOMIC_RELAXED) / 1000;
  time->tv_usec = now.tv_nsec / 1000;

  return result;
}

static void
jump_to (gint64 ms)
{
  gint64 before_ms = g_get_real_time () / 1000;
  gint64 way_ms = ms - __atomic_load_n (&jumped_ms, __ATOMIC_RELAXED);

  __atomic_store_n (&jumped_ms, ms, __ATOMIC_RELAXED);
  /* Should GLib ask another clock one day, nothing would be tested here. */
  g_assert_cmpint (ABS (g_get_real_time () / 1000 - before_ms - way_ms),
                   <, HOUR_MS);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  jump_to (0);
  km_test_hub_set_up (&fixture->hub, data);
  km_test_hub_add_gifts (&fixture->hub);
  km_test_hub_grant (&fixture->hub, BOB, COINS);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_join (&fixture->host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (&fixture->hub, &fixture->host, STREAM);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_join (&fixture->bob, NULL, -1, FALSE, 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_tear_down (&fixture->hub, data);
}

static void
test_order_stays_and_nobody_is_thrown_out (Fixture       *fixture,
                                           gconstpointer  data)
{
  static const gint64 jumps_ms[] = { 0, DAY_MS, -DAY_MS, 400 * DAY_MS };
  gint64 at_ms = 0;

  for (guint i = 0; i < G_N_ELEMENTS (jumps_ms); i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (KmRoomEvent) event = NULL;

      jump_to (jumps_ms[i]);
      g_assert_cmpint (km_test_hub_say (&fixture->bob, NULL, text), ==, i + 2);
      event = km_test_member_next_event (&fixture->host);
      g_assert_cmpint (event->seq, ==, i + 2);
      g_assert_cmpstr (event->text, ==, text);
      if (i > 0)
        g_assert_cmpint (ABS (event->at_ms - at_ms - jumps_ms[i]
                              + jumps_ms[i - 1]), <, HOUR_MS);
      at_ms = event->at_ms;
    }
}

static void
test_the_same_act_is_the_same (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autofree char *id = km_id_new_timed (g_get_real_time () / 1000);

  g_assert_cmpint (km_test_hub_say (&fixture->bob, id, "hello"), ==, 2);
  jump_to (-DAY_MS);
  g_assert_cmpint (km_test_hub_say (&fixture->bob, id, "hello"), ==, 2);
  jump_to (DAY_MS);
  g_assert_cmpint (km_test_hub_say (&fixture->bob, id, "hello"), ==, 2);
}

static gint64
give (Fixture *fixture)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_GIFT_SEND);
  g_autoptr (KmReply) reply = NULL;

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->gift = g_strdup ("rose");
  command->count = 1;
  reply = km_test_member_ask (&fixture->bob, command);
  g_assert_no_error (reply->error);

  return reply->balance;
}

static void
test_books_balance (Fixture       *fixture,
                    gconstpointer  data)
{
  static const gint64 jumps_ms[] = { 0, DAY_MS, -DAY_MS, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (jumps_ms); i++)
    {
      jump_to (jumps_ms[i]);
      g_assert_cmpint (give (fixture), ==, COINS - 3 * ((gint64) i + 1));
    }
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==,
                   COINS - 3 * (gint64) G_N_ELEMENTS (jumps_ms));
}

static void
open_poll (Fixture *fixture)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_POLL_OPEN);
  g_autoptr (KmReply) reply = NULL;

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->ask = g_new0 (KmPollQuestion, 1);
  command->ask->question = g_strdup ("Which?");
  command->ask->options = g_strsplit ("this|that", "|", -1);
  command->duration_ms = POLL_MS;
  reply = km_test_member_ask (&fixture->host, command);
  g_assert_no_error (reply->error);
}

/* What somebody is told who comes now. */
static gint64
ask_left_ms (Fixture *fixture)
{
  KmTestMember member;
  g_autoptr (KmReply) reply = NULL;
  const KmPollInfo *poll;

  km_test_hub_connect (&fixture->hub, &member, HOST);
  km_test_member_join (&member, ROOM, NULL, -1);
  reply = km_test_member_next_reply (&member);
  g_assert_no_error (reply->error);
  g_assert_cmpuint (reply->polls->len, ==, 1);
  poll = g_ptr_array_index (reply->polls, 0);
  km_test_member_clear (&member);

  return poll->left_ms;
}

static void
test_a_poll_takes_its_time (Fixture       *fixture,
                            gconstpointer  data)
{
  static const gint64 jumps_ms[] = { DAY_MS, -DAY_MS, 0 };
  gint64 left_ms = POLL_MS;

  open_poll (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (jumps_ms); i++)
    {
      gint64 now_left_ms;

      jump_to (jumps_ms[i]);
      now_left_ms = ask_left_ms (fixture);
      g_assert_cmpint (now_left_ms, <=, left_ms);
      g_assert_cmpint (now_left_ms, >, POLL_MS / 2);
      left_ms = now_left_ms;
    }
}

/* Only the clock knows how long a server was away; but no poll gets more time
 * from it than it had. */
static void
test_a_poll_gets_no_more_time_by_a_restart (Fixture       *fixture,
                                            gconstpointer  data)
{
  open_poll (fixture);
  jump_to (-DAY_MS);
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);

  g_assert_cmpint (ask_left_ms (fixture), <=, POLL_MS);
}

#define ADD(path, function) \
  g_test_add ("/edge/hub-clock/" path, Fixture, NULL, set_up, function, \
              tear_down)

/* What is left until something is due may be over when it is asked for
 * again. */
static void
test_time_passes_between_two_looks (Fixture       *fixture,
                                    gconstpointer  data)
{
  gint64 seq = 1;

  __atomic_store_n (&stop_us, STOP_US, __ATOMIC_RELAXED);
  for (guint i = 0; i < STOPS; i++)
    {
      g_autoptr (KmRoomEvent) event = NULL;

      km_post_office_send (fixture->hub.post_office,
                           km_event_new_room_changed (ROOM));
      event = km_test_member_next_event (&fixture->bob);
      g_assert_cmpint (event->seq, ==, ++seq);
    }
  __atomic_store_n (&stop_us, 0, __ATOMIC_RELAXED);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order-stays-and-nobody-is-thrown-out",
       test_order_stays_and_nobody_is_thrown_out);
  ADD ("the-same-act-is-the-same", test_the_same_act_is_the_same);
  ADD ("books-balance", test_books_balance);
  ADD ("a-poll-takes-its-time", test_a_poll_takes_its_time);
  ADD ("a-poll-gets-no-more-time-by-a-restart",
       test_a_poll_gets_no_more_time_by_a_restart);
  ADD ("time-passes-between-two-looks", test_time_passes_between_two_looks);

  return g_test_run ();
}
