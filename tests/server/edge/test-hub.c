/* test-hub.c: each event once, in order, to everybody, whatever one does
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over real sockets, threads and a real store.
 */

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "km-id.h"
#include "km-test-hub.h"

#define BURST 5
/* More than are told in one turn of the hub, and sockets of both ends. */
#define CROWD 1100
#define DESCRIPTORS 4096
/* Far more than 60 at once, 200 refusals, and 20 of each a second. */
#define FLOOD 1000

static void
expect_error (KmTestMember    *member,
              const char      *command,
              KmProtocolError  code)
{
  g_autoptr (KmReply) reply = NULL;

  km_test_member_send_text (member, command);
  reply = km_test_member_next_reply (member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

/* Puts @n messages into the room's log behind the hub's back, before it has
 * loaded the room. */
static void
fill_log (KmTestHub *fixture,
          guint      n)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *events = g_strdup_printf (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i < %u) INSERT INTO event (room, seq, at, kind, account, body)"
    " SELECT 1, i, 0, 'chat.message', 1, '{\"id\":\"x\",\"from\":"
    "{\"id\":\"1\",\"name\":\"user1\",\"shown_name\":\"user1\","
    "\"role\":\"host\"},\"text\":\"text ' || i || '\",\"mode\":\"scroll\","
    "\"color\":\"#ffffff\",\"time_ms\":null}' FROM n", n);
  g_autofree char *room =
    g_strdup_printf ("UPDATE room SET seq = %u WHERE id = 1", n);

  g_assert_true (km_test_store_run (fixture->store, events, &error));
  g_assert_true (km_test_store_run (fixture->store, room, &error));
  g_assert_no_error (error);
}

static void
expect_filled (KmTestMember *member,
               gint64        first,
               gint64        last)
{
  for (gint64 seq = first; seq <= last; seq++)
    {
      g_autofree char *text = g_strdup_printf ("text %" G_GINT64_FORMAT, seq);

      km_test_hub_expect_event (member, seq, text);
    }
}

static void
test_fifty_members_in_order (KmTestHub     *fixture,
                             gconstpointer  data)
{
  KmTestMember members[MEMBERS];
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MEMBERS; i++)
    {
      km_test_hub_connect (fixture, &members[i], i + 1);
      km_test_hub_join (&members[i], NULL, -1, FALSE, 0);
    }

  for (guint n = 0; n < BURST; n++)
    {
      for (guint i = 0; i < MEMBERS; i++)
        {
          g_autofree char *text = g_strdup_printf ("%u from %u", n, i);

          km_test_member_say (&members[i], ROOM, NULL, text);
        }
    }

  for (guint i = 0; i < MEMBERS; i++)
    {
      for (guint n = 0; n < BURST * MEMBERS; n++)
        {
          g_autoptr (KmRoomEvent) event =
            km_test_member_next_event (&members[i]);

          g_assert_cmpint (event->seq, ==, n + 1);
          if (i == 0)
            g_ptr_array_add (texts, g_strdup (event->text));
          g_assert_cmpstr (event->text, ==, texts->pdata[n]);
        }
    }

  for (guint i = 0; i < MEMBERS; i++)
    km_test_member_clear (&members[i]);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event"),
                   ==, BURST * MEMBERS);
}

static void
allow_descriptors (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MAX (limit.rlim_cur, MIN (DESCRIPTORS, limit.rlim_max));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

/* Others speak, and go, while many are still being told. */
static void
test_a_crowd_is_told_all_of_it (KmTestHub     *fixture,
                                gconstpointer  data)
{
  g_autofree KmTestMember *crowd = g_new0 (KmTestMember, CROWD);

  allow_descriptors ();
  for (guint i = 0; i < CROWD; i++)
    {
      km_test_hub_connect (fixture, &crowd[i], i % MEMBERS + 1);
      km_test_hub_join (&crowd[i], NULL, -1, FALSE, 0);
    }

  for (guint i = 0; i < MEMBERS; i++)
    {
      km_test_member_say (&crowd[i], ROOM, NULL, "hello");
      /* One of those who are told first, and one who is told last. */
      km_test_member_clear (&crowd[CROWD - 1 - i]);
      km_test_member_clear (&crowd[MEMBERS + i]);
    }

  for (guint i = 0; i < CROWD - MEMBERS; i++)
    {
      if (i >= MEMBERS && i < 2 * MEMBERS)
        continue;
      for (gint64 seq = 1; seq <= MEMBERS; seq++)
        {
          g_autoptr (KmRoomEvent) event =
            km_test_member_next_event (&crowd[i]);

          g_assert_cmpint (event->seq, ==, seq);
        }
      km_test_member_clear (&crowd[i]);
    }
}

static void
test_resume_from_memory (KmTestHub     *fixture,
                         gconstpointer  data)
{
  KmTestMember stays, goes, back;

  km_test_hub_connect (fixture, &stays, 1);
  km_test_hub_connect (fixture, &goes, 2);
  km_test_hub_join (&stays, NULL, -1, FALSE, 0);
  km_test_hub_join (&goes, NULL, -1, FALSE, 0);
  km_test_hub_say (&stays, NULL, "one");
  km_test_hub_expect_event (&goes, 1, "one");
  km_test_member_clear (&goes);
  km_test_hub_say (&stays, NULL, "two");
  km_test_hub_say (&stays, NULL, "three");

  km_test_hub_connect (fixture, &back, 2);
  km_test_hub_join (&back, EPOCH, 1, TRUE, 3);
  km_test_hub_say (&stays, NULL, "four");
  km_test_hub_expect_event (&back, 2, "two");
  km_test_hub_expect_event (&back, 3, "three");
  km_test_hub_expect_event (&back, 4, "four");

  km_test_member_clear (&stays);
  km_test_member_clear (&back);
}

static void
test_resume_from_store (KmTestHub     *fixture,
                        gconstpointer  data)
{
  KmTestMember member;

  fill_log (fixture, 1000);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, EPOCH, 10, TRUE, 1000);
  km_test_member_say (&member, ROOM, NULL, "text 1001");
  expect_filled (&member, 11, 1001);
  km_test_member_clear (&member);

  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, EPOCH, 1000, TRUE, 1001);
  expect_filled (&member, 1001, 1001);
  km_test_member_clear (&member);
}

static void
test_far_behind_is_a_snapshot (KmTestHub     *fixture,
                               gconstpointer  data)
{
  static const struct
  {
    const char *epoch;
    gint64 seq;
  } joins[] = {
    { NULL, -1 },            /* never here */
    { "another-epoch", 10600 },
    { EPOCH, 599 },          /* too far behind */
  };
  KmTestMember member;

  fill_log (fixture, 10600);
  km_test_hub_connect (fixture, &member, 1);
  for (guint i = 0; i < G_N_ELEMENTS (joins); i++)
    {
      km_test_hub_join (&member, joins[i].epoch, joins[i].seq, FALSE, 10600);
      expect_filled (&member, 10551, 10600);
    }
  km_test_hub_say (&member, NULL, "next");
  km_test_member_clear (&member);

  /* Half of the snapshot is in memory by now. */
  km_test_hub_connect (fixture, &member, 2);
  km_test_hub_join (&member, NULL, -1, FALSE, 10601);
  expect_filled (&member, 10552, 10600);
  km_test_hub_expect_event (&member, 10601, "next");
  km_test_member_clear (&member);
}

static void
test_acts_happen_once (KmTestHub     *fixture,
                       gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) reply = NULL;
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  g_assert_cmpint (km_test_hub_say (&member, id, "once"), ==, 1);
  g_assert_cmpint (km_test_hub_say (&member, id, "once"), ==, 1);
  g_assert_cmpint (km_test_hub_say (&member, NULL, "once"), ==, 2);
  km_test_member_say (&member, ROOM, id, "twice");
  reply = km_test_member_next_reply (&member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  km_test_member_clear (&member);

  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 2);
  g_assert_cmpint (km_test_hub_say (&member, id, "once"), ==, 1);
  km_test_member_clear (&member);

  /* Somebody else's ids are their own. */
  km_test_hub_connect (fixture, &member, 2);
  km_test_hub_join (&member, NULL, -1, FALSE, 2);
  g_assert_cmpint (km_test_hub_say (&member, id, "mine"), ==, 3);
  km_test_member_clear (&member);
}

/* A reference to nobody that COMMIT checks: the whole group fails. */
static void
poison_log (KmTestHub *fixture)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (fixture->store,
                     "CREATE TABLE bad (a INTEGER REFERENCES account (id)"
                     " DEFERRABLE INITIALLY DEFERRED)", &error);
  g_assert_no_error (error);
  km_test_store_run (fixture->store,
                     "CREATE TRIGGER poison AFTER INSERT ON event"
                     " WHEN new.body LIKE '%poison%'"
                     " BEGIN INSERT INTO bad VALUES (4711); END", &error);
  g_assert_no_error (error);
}

static void
test_failed_commit_is_seen_by_nobody (KmTestHub     *fixture,
                                      gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  KmTestMember member, other;

  poison_log (fixture);
  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_connect (fixture, &other, 2);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  km_test_hub_join (&other, NULL, -1, FALSE, 0);
  km_test_member_say (&member, ROOM, id, "poison");
  reply = km_test_member_next_reply (&member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_INTERNAL);

  /* Its seq was taken back, and its id is free for another try. */
  g_assert_cmpint (km_test_hub_say (&member, NULL, "fine"), ==, 1);
  km_test_store_run (fixture->store, "DROP TRIGGER poison", &error);
  g_assert_no_error (error);
  g_assert_cmpint (km_test_hub_say (&member, id, "poison"), ==, 2);
  km_test_hub_expect_event (&other, 1, "fine");
  km_test_hub_expect_event (&other, 2, "poison");
  km_test_member_clear (&member);
  km_test_member_clear (&other);
}

static void
test_refusals (KmTestHub     *fixture,
               gconstpointer  data)
{
  static const char join_nowhere[] =
    "{\"t\":\"room.join\",\"id\":\"a\",\"room\":\"4711\",\"d\":{}}";
  static const char say_something[] =
    "{\"t\":\"chat.send\",\"id\":\"0123456789abcdefghjkmnpqrs\","
    "\"room\":\"1\",\"d\":{\"text\":\"hello\"}}";
  KmTestMember guest, member;

  km_test_hub_connect (fixture, &guest, 0);
  expect_error (&guest, say_something, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  km_test_hub_join (&guest, NULL, -1, FALSE, 0);
  expect_error (&guest, say_something, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_error (&guest,
                "{\"t\":\"stream.prepare\",\"id\":\"a\",\"d\":{\"publish\":"
                "\"0123456789abcdefghjkmnpqrs\"}}",
                KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_error (&guest, join_nowhere, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  expect_error (&guest, "{\"t\":\"dance\",\"id\":\"a\",\"room\":\"1\"}",
                KM_PROTOCOL_ERROR_UNKNOWN_COMMAND);

  km_test_hub_connect (fixture, &member, 1);
  expect_error (&member, say_something, KM_PROTOCOL_ERROR_NOT_JOINED);
  expect_error (&member,
                "{\"t\":\"room.leave\",\"id\":\"a\",\"room\":\"1\"}",
                KM_PROTOCOL_ERROR_NOT_JOINED);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  g_assert_cmpint (km_test_hub_say (&member, NULL, "hello"), ==, 1);

  km_test_member_clear (&guest);
  km_test_member_clear (&member);
}

static void
test_too_fast (KmTestHub     *fixture,
               gconstpointer  data)
{
  KmTestMember member;
  g_autoptr (KmReply) reply = NULL;
  gint64 retry_ms;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  for (guint i = 0; i < BURST + 1; i++)
    km_test_member_say (&member, ROOM, NULL, "again");
  /* The refusal needs no commit, so it may overtake the others. */
  for (guint i = 0; i < BURST + 1 && reply == NULL; i++)
    {
      g_autoptr (KmReply) next = km_test_member_next_reply (&member);

      if (next->error != NULL)
        reply = g_steal_pointer (&next);
    }
  g_assert_nonnull (reply);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
  retry_ms = km_protocol_error_get_retry_ms (reply->error);
  g_assert_cmpint (retry_ms, >, 0);
  g_assert_cmpint (retry_ms, <=, 500);
  km_test_member_clear (&member);
}

static void
test_a_flood_is_closed (KmTestHub     *fixture,
                        gconstpointer  data)
{
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  for (guint i = 0; i < FLOOD; i++)
    km_test_member_say (&member, ROOM, NULL, "again");
  g_assert_cmpuint (km_test_member_wait_close (&member), ==, KM_CLOSE_FLOOD);
  km_test_member_clear (&member);
}

static void
test_malformed_closes_only_its_socket (KmTestHub     *fixture,
                                       gconstpointer  data)
{
  static const struct
  {
    guint8 first;
    const char *payload;
    guint code;
  } bad[] = {
    { 0xc1, "{}", 1002 },
    { 0x82, "binary", 1003 },
    { 0x81, "\xff\xfe", 1007 },
    { 0x81, "no json", 1002 },
    { 0x81, "{\"t\":\"room.join\"}", 1002 },
  };
  g_autofree char *big = g_strnfill (16385, 'x');
  g_autoptr (GByteArray) big_frame =
    km_test_member_mask (0x81, big, strlen (big));
  KmTestMember good, member;

  km_test_hub_connect (fixture, &good, 1);
  km_test_hub_join (&good, NULL, -1, FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GByteArray) frame = km_test_member_mask (
        bad[i].first, bad[i].payload, strlen (bad[i].payload));

      km_test_hub_connect (fixture, &member, 2);
      km_test_member_send_bytes (&member, frame);
      g_assert_cmpuint (km_test_member_wait_close (&member), ==, bad[i].code);
      km_test_member_clear (&member);
    }

  /* Input that nobody reads must not make the close frame get lost. */
  km_test_hub_connect (fixture, &member, 2);
  for (guint i = 0; i < 8; i++)
    km_test_member_send_bytes (&member, big_frame);
  g_assert_cmpuint (km_test_member_wait_close (&member), ==, 1009);
  km_test_member_clear (&member);

  g_assert_cmpint (km_test_hub_say (&good, NULL, "still here"), ==, 1);
  km_test_member_clear (&good);
}

static void
test_goodbye_is_answered (KmTestHub     *fixture,
                          gconstpointer  data)
{
  g_autoptr (GByteArray) ping = km_test_member_mask (0x89, "hi", 2);
  g_autoptr (GByteArray) goodbye = km_test_member_mask (0x88, "\x03\xe8", 2);
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  km_test_member_send_bytes (&member, ping);
  km_test_member_send_bytes (&member, goodbye);
  g_assert_cmpuint (km_test_member_wait_close (&member), ==, 1000);
  km_test_member_clear (&member);
}

static void
test_slow_member_is_dropped (KmTestHub     *fixture,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmTestMember slow, fast;
  gint64 seq = 0;

  /* The longest title: many large events without anybody's leave. */
  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE room SET"
                                    " title = hex (zeroblob (250))"
                                    " WHERE id = 1", &error));
  km_test_hub_connect (fixture, &slow, 1);
  km_test_hub_connect (fixture, &fast, 2);
  km_test_hub_join (&slow, NULL, -1, FALSE, 0);
  km_test_hub_join (&fast, NULL, -1, FALSE, 0);

  while (seq < 3000)
    {
      for (guint i = 0; i < 300; i++)
        km_post_office_send (fixture->post_office,
                             km_event_new_room_changed (ROOM));
      for (guint i = 0; i < 300; i++)
        {
          g_autoptr (KmRoomEvent) event = km_test_member_next_event (&fast);

          g_assert_cmpint (event->seq, ==, ++seq);
        }
    }

  g_assert_cmpuint (km_test_member_wait_close (&slow), ==, 4008);
  km_test_member_clear (&slow);

  /* It comes back and has everything, at its own pace. */
  km_test_hub_connect (fixture, &slow, 1);
  km_test_hub_join (&slow, EPOCH, 0, TRUE, seq);
  for (gint64 i = 1; i <= seq; i++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&slow);

      g_assert_cmpint (event->seq, ==, i);
    }
  km_test_member_clear (&slow);
  km_test_member_clear (&fast);
}

static void
wait_for_members (KmTestHub *fixture,
                  guint64    n)
{
  const KmHubFigures *figures = km_hub_peek_figures (fixture->hub);

  while (km_counter_read (&figures->members) != n)
    g_usleep (10000);
}

/* Rooms that together are more than may wait, and none of them alone. */
static void
test_slow_in_many_rooms_is_slow (KmTestHub     *fixture,
                                 gconstpointer  data)
{
  static const char *const rooms[] = { "1", "2", "3", "4" };
  g_autoptr (GError) error = NULL;
  KmTestMember slow, fast;

  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE room SET"
                                    " title = hex (zeroblob (250))", &error));
  km_test_hub_connect (fixture, &slow, 1);
  km_test_hub_connect (fixture, &fast, 2);
  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      km_test_member_join (&slow, rooms[i], NULL, -1);
      km_reply_free (km_test_member_next_reply (&slow));
      km_test_member_join (&fast, rooms[i], NULL, -1);
      km_reply_free (km_test_member_next_reply (&fast));
    }

  for (guint batch = 0; batch < 4; batch++)
    {
      for (guint i = 0; i < 300 * G_N_ELEMENTS (rooms); i++)
        km_post_office_send (
          fixture->post_office,
          km_event_new_room_changed (rooms[i % G_N_ELEMENTS (rooms)]));
      for (guint i = 0; i < 300 * G_N_ELEMENTS (rooms); i++)
        km_room_event_free (km_test_member_next_event (&fast));
    }
  wait_for_members (fixture, 1);

  g_assert_cmpuint (km_test_member_wait_close (&slow), ==, 4008);
  km_test_member_clear (&slow);
  km_test_member_clear (&fast);
}

/* Not only to somebody who looks while the socket is still open here. */
static void
test_slow_member_hears_why_however_late (KmTestHub     *fixture,
                                         gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmTestMember slow, fast;

  g_assert_true (km_test_store_run (fixture->store,
                                    "UPDATE room SET"
                                    " title = hex (zeroblob (250))"
                                    " WHERE id = 1", &error));
  km_test_hub_connect (fixture, &slow, 1);
  km_test_hub_connect (fixture, &fast, 2);
  km_test_hub_join (&slow, NULL, -1, FALSE, 0);
  km_test_hub_join (&fast, NULL, -1, FALSE, 0);
  for (gint64 seq = 1; seq <= 3000; seq++)
    {
      g_autoptr (KmRoomEvent) event = NULL;

      km_post_office_send (fixture->post_office,
                           km_event_new_room_changed (ROOM));
      while (seq % 300 == 0 && (event == NULL || event->seq < seq))
        {
          g_clear_pointer (&event, km_room_event_free);
          event = km_test_member_next_event (&fast);
        }
    }
  wait_for_members (fixture, 1);

  g_assert_cmpuint (km_test_member_wait_close (&slow), ==, 4008);
  g_assert_cmpstr (slow.close_reason, ==, "too slow");
  km_test_member_clear (&slow);
  km_test_member_clear (&fast);
}

static void
test_leftover_comes_first (KmTestHub     *fixture,
                           gconstpointer  data)
{
  static const char join_text[] =
    "{\"t\":\"room.join\",\"id\":\"first\",\"room\":\"1\",\"d\":{}}";
  g_autoptr (GByteArray) frame =
    km_test_member_mask (0x81, join_text, strlen (join_text));
  g_autoptr (GBytes) half = g_bytes_new (frame->data, frame->len / 2);
  g_autoptr (KmReply) reply = NULL;
  KmTestMember member;

  km_test_hub_connect_with (fixture, &member, 1, half);
  g_byte_array_remove_range (frame, 0, frame->len / 2);
  km_test_member_send_bytes (&member, frame);
  reply = km_test_member_next_reply (&member);
  g_assert_cmpstr (reply->re, ==, "first");
  g_assert_no_error (reply->error);
  km_test_member_clear (&member);
}

static void
test_online_counts_people (KmTestHub     *fixture,
                           gconstpointer  data)
{
  KmTestMember first, second, guest;
  guint online = 0;

  km_test_hub_connect (fixture, &first, 1);
  km_test_hub_connect (fixture, &second, 1);
  km_test_hub_connect (fixture, &guest, 0);
  km_test_hub_join (&first, NULL, -1, FALSE, 0);
  km_test_hub_join (&second, NULL, -1, FALSE, 0);
  km_test_hub_join (&guest, NULL, -1, FALSE, 0);
  while (online != 2)
    {
      g_autoptr (KmRoomEvent) tick = km_test_member_next_tick (&first);

      online = tick->online;
      g_assert_cmpuint (online, <=, 2);
    }
  km_test_member_clear (&guest);
  while (online != 1)
    {
      g_autoptr (KmRoomEvent) tick = km_test_member_next_tick (&first);

      online = tick->online;
    }
  km_test_member_clear (&second);
  km_test_member_clear (&first);
}

static void
test_close_answers_first (KmTestHub     *fixture,
                          gconstpointer  data)
{
  KmTestMember member;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  km_test_hub_say (&member, NULL, "before");
  km_hub_close (fixture->hub, 5000);
  g_assert_cmpuint (km_test_member_wait_close (&member), ==, 1001);
  g_assert_true (g_str_has_prefix (member.close_reason, "{\"retry_ms\":"));
  km_test_member_clear (&member);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event"), ==, 1);
}

/* RFC 6455, section 5.5.3: the newest of those that came together. */
static void
test_many_pings (KmTestHub     *fixture,
                 gconstpointer  data)
{
  static const guint8 expected[] = "\x8a\x05three\x88\x02\x03\xe8";
  g_autoptr (GByteArray) frames = km_test_member_mask (0x89, "one", 3);
  g_autoptr (GByteArray) two = km_test_member_mask (0x89, "two", 3);
  g_autoptr (GByteArray) three = km_test_member_mask (0x89, "three", 5);
  g_autoptr (GByteArray) goodbye = km_test_member_mask (0x88, "\x03\xe8", 2);
  guint8 answer[sizeof expected - 1];
  KmTestMember member;

  g_byte_array_append (frames, two->data, two->len);
  g_byte_array_append (frames, three->data, three->len);
  g_byte_array_append (frames, goodbye->data, goodbye->len);
  km_test_hub_connect (fixture, &member, 1);
  km_test_member_send_bytes (&member, frames);
  for (gsize had = 0; had < sizeof answer;)
    {
      gssize length = recv (member.fd, answer + had, sizeof answer - had, 0);

      g_assert_cmpint (length, >, 0);
      had += (gsize) length;
    }
  g_assert_cmpmem (answer, sizeof answer, expected, sizeof answer);
  km_test_member_clear (&member);
}

/* Of the largest events a page would be more than may wait for a member, who
 * was closed as too slow, came back, and was closed at the same page. */
static void
test_large_events_come_in_pages (KmTestHub     *fixture,
                                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmTestMember member;

  fill_log (fixture, 300);
  km_test_store_run (fixture->store,
                     "UPDATE event SET body = rtrim (body, '}') ||"
                     " ',\"more\":\"' || hex (zeroblob (4000)) || '\"}'",
                     &error);
  g_assert_no_error (error);
  km_test_hub_connect (fixture, &member, 2);
  km_test_hub_join (&member, EPOCH, 0, TRUE, 300);
  for (gint64 seq = 1; seq <= 300; seq++)
    {
      g_autofree char *text =
        g_strdup_printf ("text %" G_GINT64_FORMAT, seq);

      km_test_hub_expect_event (&member, seq, text);
    }
  km_test_member_clear (&member);
}

/* From now on this process runs on a kernel without epoll_pwait2(). */
static gboolean
forget_a_call (void)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_epoll_pwait2, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (code), code };

  return prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
         && syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                     SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

static void
test_older_kernels_will_do (KmTestHub     *fixture,
                            gconstpointer  data)
{
  KmTestMember member;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  if (!forget_a_call ())
    return;

  km_test_hub_connect (fixture, &member, 1);
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  g_assert_cmpint (km_test_hub_say (&member, NULL, "hello"), ==, 1);
  km_test_member_clear (&member);
}

#define ADD(path, function) \
  g_test_add (path, KmTestHub, NULL, km_test_hub_set_up, function, \
              km_test_hub_tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/edge/hub/fifty-members-in-order", test_fifty_members_in_order);
  ADD ("/edge/hub/a-crowd-is-told-all-of-it", test_a_crowd_is_told_all_of_it);
  ADD ("/edge/hub/resume-from-memory", test_resume_from_memory);
  ADD ("/edge/hub/resume-from-store", test_resume_from_store);
  ADD ("/edge/hub/far-behind-is-a-snapshot", test_far_behind_is_a_snapshot);
  ADD ("/edge/hub/acts-happen-once", test_acts_happen_once);
  ADD ("/edge/hub/failed-commit-is-seen-by-nobody",
       test_failed_commit_is_seen_by_nobody);
  ADD ("/edge/hub/refusals", test_refusals);
  ADD ("/edge/hub/too-fast", test_too_fast);
  ADD ("/edge/hub/a-flood-is-closed", test_a_flood_is_closed);
  ADD ("/edge/hub/malformed-closes-only-its-socket",
       test_malformed_closes_only_its_socket);
  ADD ("/edge/hub/goodbye-is-answered", test_goodbye_is_answered);
  ADD ("/edge/hub/slow-member-is-dropped-and-resumes",
       test_slow_member_is_dropped);
  ADD ("/edge/hub/slow-in-many-rooms-is-slow",
       test_slow_in_many_rooms_is_slow);
  ADD ("/edge/hub/slow-member-hears-why-however-late",
       test_slow_member_hears_why_however_late);
  ADD ("/edge/hub/large-events-come-in-pages",
       test_large_events_come_in_pages);
  ADD ("/edge/hub/many-pings-get-one-answer", test_many_pings);
  ADD ("/edge/hub/older-kernels-will-do", test_older_kernels_will_do);
  ADD ("/edge/hub/leftover-comes-first", test_leftover_comes_first);
  ADD ("/edge/hub/online-counts-people", test_online_counts_people);
  ADD ("/edge/hub/close-says-when-to-come-back", test_close_answers_first);

  return g_test_run ();
}
