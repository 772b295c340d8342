/* test-hub-slow-mode.c: slow mode, from the store to everybody's sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This program has a clock_gettime() of its own, which GLib finds before the
 * system's: the hub's monotonic clock goes forward when a test says so.
 */

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "km-id.h"
#include "km-test-hub.h"

#define HOST 1
#define BOB 2
#define EVE 3
/* Less than it takes to be taken for dead: each test lets it pass once. */
#define SLOW_S 40
#define SLOW_MS (SLOW_S * 1000)

typedef struct
{
  KmTestHub hub;
  KmTestMember host;
  KmTestMember bob;
  gint64 seq;
} Fixture;

static gint64 passed_us; /* atomic */

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

  us = time->tv_nsec / 1000 + __atomic_load_n (&passed_us, __ATOMIC_RELAXED);
  time->tv_sec += us / G_USEC_PER_SEC;
  time->tv_nsec = us % G_USEC_PER_SEC * 1000;

  return result;
}

static void
pass_ms (gint64 ms)
{
  __atomic_add_fetch (&passed_us, ms * 1000, __ATOMIC_RELAXED);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_hub_set_up (&fixture->hub, data);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_join (&fixture->host, NULL, -1, FALSE, 0);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_join (&fixture->bob, NULL, -1, FALSE, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_tear_down (&fixture->hub, data);
}

/* As the host's call does it; the host hears of it. */
static void
set_slow (Fixture *fixture,
          guint    seconds)
{
  g_autofree char *sql = g_strdup_printf (
    "UPDATE room SET slow_s = %u WHERE id = " ROOM, seconds);
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  km_test_store_run (fixture->hub.store, sql, &error);
  g_assert_no_error (error);
  km_post_office_send (fixture->hub.post_office,
                       km_event_new_room_changed (ROOM));
  event = km_test_member_next_event (&fixture->host);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_ROOM_CHANGED);
  g_assert_cmpint (event->seq, ==, ++fixture->seq);
  g_assert_cmpuint (event->slow_s, ==, seconds);
}

static void
expect_said (Fixture      *fixture,
             KmTestMember *member,
             const char   *id)
{
  g_assert_cmpint (km_test_hub_say (member, id, "hello"), ==, ++fixture->seq);
  if (member != &fixture->host)
    km_test_hub_expect_event (&fixture->host, fixture->seq, "hello");
}

/* Returns what it says, which is some of the time. */
static gint64
expect_wait (KmTestMember *member,
             const char   *id)
{
  g_autoptr (KmReply) reply = NULL;
  gint64 retry_ms;

  km_test_member_say (member, ROOM, id, "hello");
  reply = km_test_member_next_reply (member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
  retry_ms = km_protocol_error_get_retry_ms (reply->error);
  g_assert_cmpint (retry_ms, >, 0);
  g_assert_cmpint (retry_ms, <=, SLOW_MS);

  return retry_ms;
}

/* Returns what it is told of slow mode. */
static gint64
come_again (Fixture      *fixture,
            KmTestMember *member,
            gint64        account,
            guint         slow_s)
{
  g_autoptr (KmReply) reply = NULL;

  km_test_hub_connect (&fixture->hub, member, account);
  km_test_member_join (member, ROOM, NULL, -1);
  reply = km_test_member_next_reply (member);
  g_assert_no_error (reply->error);
  g_assert_cmpuint (reply->room->slow_s, ==, slow_s);

  return reply->chat_wait_ms;
}

static void
test_it_holds_as_long_as_it_says (Fixture       *fixture,
                                  gconstpointer  data)
{
  g_autofree char *id = km_id_new ();

  set_slow (fixture, SLOW_S);
  expect_said (fixture, &fixture->bob, NULL);
  pass_ms (expect_wait (&fixture->bob, id));
  expect_said (fixture, &fixture->bob, id);
  expect_wait (&fixture->bob, NULL);
  expect_said (fixture, &fixture->host, NULL);
  expect_said (fixture, &fixture->host, NULL);
}

static void
test_off_frees_everybody (Fixture       *fixture,
                          gconstpointer  data)
{
  set_slow (fixture, SLOW_S);
  expect_said (fixture, &fixture->bob, NULL);
  expect_wait (&fixture->bob, NULL);
  set_slow (fixture, 0);
  expect_said (fixture, &fixture->bob, NULL);
  expect_said (fixture, &fixture->bob, NULL);
}

/* Two windows, and one that is opened later. */
static void
test_it_is_the_account_that_waits (Fixture       *fixture,
                                   gconstpointer  data)
{
  KmTestMember again;

  set_slow (fixture, SLOW_S);
  expect_said (fixture, &fixture->bob, NULL);
  g_assert_cmpint (come_again (fixture, &again, BOB, SLOW_S), >, 0);
  expect_wait (&again, NULL);
  expect_wait (&fixture->bob, NULL);
  km_test_member_clear (&fixture->bob);
  km_test_member_clear (&again);

  pass_ms (come_again (fixture, &fixture->bob, BOB, SLOW_S));
  expect_said (fixture, &fixture->bob, NULL);
  g_assert_cmpint (come_again (fixture, &again, EVE, SLOW_S), ==, 0);
  expect_said (fixture, &again, NULL);
  km_test_member_clear (&again);
}

static void
test_the_log_remembers (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) again = NULL;

  /* What was said before it began counts. */
  expect_said (fixture, &fixture->bob, id);
  set_slow (fixture, SLOW_S);
  expect_wait (&fixture->bob, NULL);

  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  g_assert_cmpint (come_again (fixture, &fixture->host, HOST, SLOW_S), ==, 0);
  g_assert_cmpint (come_again (fixture, &fixture->bob, BOB, SLOW_S), >, 0);
  expect_wait (&fixture->bob, NULL);

  /* Who never heard that it was taken asks again. */
  km_test_member_say (&fixture->bob, ROOM, id, "hello");
  again = km_test_member_next_reply (&fixture->bob);
  g_assert_no_error (again->error);
  g_assert_cmpint (again->seq, ==, 1);
  expect_wait (&fixture->bob, NULL);
}

#define ADD(path, function) \
  g_test_add ("/edge/hub-slow-mode/" path, Fixture, NULL, set_up, \
              function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("it-holds-as-long-as-it-says", test_it_holds_as_long_as_it_says);
  ADD ("off-frees-everybody", test_off_frees_everybody);
  ADD ("it-is-the-account-that-waits", test_it_is_the_account_that_waits);
  ADD ("the-log-remembers", test_the_log_remembers);

  return g_test_run ();
}
