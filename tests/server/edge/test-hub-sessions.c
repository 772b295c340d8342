/* test-hub-sessions.c: an open socket is use of its session
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This program has a clock_gettime() of its own, which GLib finds before the
 * system's: the hub's monotonic clock can be moved on by an hour.
 */

#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "km-test-hub.h"
#include "km-test-process.h"

#define HOUR_S 3601
#define SESSION \
  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SECONDS 30

static gint64 jumped_s; /* atomic */

int
clock_gettime (clockid_t        clock,
               struct timespec *time)
{
  int result = (int) syscall (SYS_clock_gettime, clock, time);
  char name[16] = "";

  pthread_getname_np (pthread_self (), name, sizeof name);
  if (clock == CLOCK_MONOTONIC && g_str_equal (name, "hub"))
    time->tv_sec += __atomic_load_n (&jumped_s, __ATOMIC_RELAXED);

  return result;
}

static void
set_up (KmTestHub     *fixture,
        gconstpointer  data)
{
  __atomic_store_n (&jumped_s, 0, __ATOMIC_RELAXED);
  km_test_hub_set_up (fixture, data);
}

static void
connect_session (KmTestHub    *fixture,
                 KmTestMember *member,
                 const char   *session)
{
  const KmIdentity identity = { "2", "user2", "user2", session };
  int other_end;

  km_test_member_init (member, &other_end);
  km_hub_adopt (fixture->hub, km_transport_new_plain (other_end), &identity,
                NULL);
}

/* It is adopted once it answers. */
static void
exchange (KmTestMember *member)
{
  g_autoptr (KmReply) reply = NULL;

  km_test_member_send_text (member, "{\"t\":\"nothing\",\"id\":\"1\"}");
  reply = km_test_member_next_reply (member);
  g_assert_cmpstr (reply->re, ==, "1");
}

static void
add_session (KmTestHub  *fixture,
             const char *expires_at)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (
    "INSERT INTO session (token_hash, account, created_at, used_at,"
    " expires_at) VALUES (x'" SESSION "', 2, 0, 0, %s)", expires_at);

  g_assert_true (km_test_store_run (fixture->store, sql, &error));
  g_assert_no_error (error);
}

static gboolean
is_used (gpointer data)
{
  KmTestHub *fixture = data;
  g_autoptr (KmReader) reader = km_reader_open (fixture->store, NULL);
  sqlite3_stmt *statement = km_reader_prepare (
    reader, "SELECT 1 FROM session WHERE used_at > 0"
    " AND expires_at > used_at", NULL);
  gboolean used = sqlite3_step (statement) == SQLITE_ROW;

  sqlite3_reset (statement);

  return used;
}

/* The hub turns for what is sent, and sees that an hour has passed. */
static void
pass_an_hour (KmTestMember *member)
{
  __atomic_store_n (&jumped_s, HOUR_S, __ATOMIC_RELAXED);
  exchange (member);
}

static void
test_an_open_socket_is_use (KmTestHub     *fixture,
                            gconstpointer  data)
{
  KmTestMember member;

  add_session (fixture, "9007199254740991");
  connect_session (fixture, &member, SESSION);
  exchange (&member);
  g_assert_false (is_used (fixture));

  pass_an_hour (&member);
  g_assert_true (km_test_wait_until (is_used, fixture, SECONDS));
  exchange (&member);
  km_test_member_clear (&member);
}

static void
test_no_socket_outlives_its_session (KmTestHub     *fixture,
                                     gconstpointer  data)
{
  const char *expires_at = data;
  KmTestMember member;

  if (expires_at != NULL)
    add_session (fixture, expires_at);
  connect_session (fixture, &member, SESSION);
  exchange (&member);

  pass_an_hour (&member);
  g_assert_cmpuint (km_test_member_wait_close (&member), ==,
                    KM_CLOSE_SIGNED_OUT);
  g_assert_false (is_used (fixture));
  km_test_member_clear (&member);
}

#define ADD(name, data, function) \
  g_test_add ("/edge/hub-sessions/" name, KmTestHub, data, set_up, function, \
              km_test_hub_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("an-open-socket-is-use", NULL, test_an_open_socket_is_use);
  ADD ("no-socket-outlives-a-session-that-is-gone", NULL,
       test_no_socket_outlives_its_session);
  ADD ("no-socket-outlives-a-session-that-expired", "1",
       test_no_socket_outlives_its_session);

  return g_test_run ();
}
