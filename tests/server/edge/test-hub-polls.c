/* test-hub-polls.c: polls that everybody sees the same, and that end in time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room is account 1's; Bob and Carol vote. No poll of these tests runs out
 * while somebody waits for it: their time is put into the past for the next
 * hub.
 */

#include "km-id.h"
#include "km-test-hub.h"

#define STREAM "stream-1"
#define HOST 1
#define BOB 2
#define CAROL 3

typedef struct
{
  KmTestHub hub;
  KmTestMember host;
  KmTestMember bob;
  KmTestMember carol;
} Fixture;

static void
come_in (Fixture *fixture,
         gint64   head)
{
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_connect (&fixture->hub, &fixture->carol, CAROL);
  km_test_hub_join (&fixture->host, NULL, -1, FALSE, head);
  km_test_hub_join (&fixture->bob, NULL, -1, FALSE, head);
  km_test_hub_join (&fixture->carol, NULL, -1, FALSE, head);
}

static void
go_away (Fixture *fixture)
{
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_member_clear (&fixture->carol);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_hub_set_up (&fixture->hub, data);
  come_in (fixture, 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  go_away (fixture);
  km_test_hub_tear_down (&fixture->hub, data);
}

static KmCommand *
open_new (const char *id,
          gint64      duration_ms)
{
  KmCommand *command = km_command_new (KM_COMMAND_POLL_OPEN);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup (ROOM);
  command->ask = g_new0 (KmPollQuestion, 1);
  command->ask->question = g_strdup ("今晚吃什么？");
  command->ask->options = g_strsplit ("面|饭|火锅", "|", -1);
  command->ask->changeable = TRUE;
  command->duration_ms = duration_ms;

  return command;
}

/* Opens one; its id. */
static char *
open_poll (Fixture *fixture,
           gint64   duration_ms)
{
  g_autoptr (KmCommand) command = open_new (NULL, duration_ms);
  g_autoptr (KmReply) reply = km_test_member_ask (&fixture->host, command);

  g_assert_no_error (reply->error);
  g_assert_nonnull (reply->poll);

  return g_strdup (reply->poll);
}

static KmReply *
vote (KmTestMember *member,
      const char   *poll,
      guint         choices)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_POLL_VOTE);

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->poll = g_strdup (poll);
  command->choices = choices;

  return km_test_member_ask (member, command);
}

static void
expect_vote (KmTestMember *member,
             const char   *poll,
             guint         choices)
{
  g_autoptr (KmReply) reply = vote (member, poll, choices);

  g_assert_no_error (reply->error);
  g_assert_cmpstr (reply->poll, ==, poll);
  g_assert_cmpuint (reply->choices, ==, choices);
}

static KmReply *
close_poll (KmTestMember *member,
            const char   *poll)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_POLL_CLOSE);

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->poll = g_strdup (poll);

  return km_test_member_ask (member, command);
}

static void
expect_tallies (const KmPollInfo *poll,
                gint64            first,
                gint64            second,
                gint64            third,
                gint64            voters)
{
  g_assert_cmpuint (poll->n_tallies, ==, 3);
  g_assert_cmpint (poll->tallies[0], ==, first);
  g_assert_cmpint (poll->tallies[1], ==, second);
  g_assert_cmpint (poll->tallies[2], ==, third);
  g_assert_cmpint (poll->voters, ==, voters);
}

/* Ticks come at most each 250 ms, so the one that tells it all may be the
 * second or third. */
static void
wait_for_voters (KmTestMember *member,
                 gint64        voters)
{
  for (;;)
    {
      g_autoptr (KmRoomEvent) tick = km_test_member_next_tick (member);
      const KmPollInfo *poll = tick->polls != NULL && tick->polls->len > 0
                                 ? g_ptr_array_index (tick->polls, 0) : NULL;

      if (poll != NULL && poll->voters == voters)
        return;
    }
}

static void
test_everybody_sees_it (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, -1);
  g_autoptr (KmRoomEvent) opened = km_test_member_next_event (&fixture->bob);
  g_autoptr (KmRoomEvent) closed = NULL;
  g_autoptr (KmReply) reply = NULL;

  g_assert_cmpint (opened->kind, ==, KM_ROOM_EVENT_POLL_OPENED);
  g_assert_cmpstr (opened->poll->id, ==, poll);
  g_assert_cmpstr (opened->poll->ask.question, ==, "今晚吃什么？");
  g_assert_cmpstr (opened->poll->ask.options[2], ==, "火锅");
  g_assert_cmpint (opened->poll->closes_at_ms, ==, -1);

  expect_vote (&fixture->bob, poll, 1 << 0);
  expect_vote (&fixture->carol, poll, 1 << 2);
  expect_vote (&fixture->bob, poll, 1 << 2);
  wait_for_voters (&fixture->carol, 2);

  reply = close_poll (&fixture->host, poll);
  g_assert_no_error (reply->error);
  closed = km_test_member_next_event (&fixture->bob);
  g_assert_cmpint (closed->kind, ==, KM_ROOM_EVENT_POLL_CLOSED);
  g_assert_cmpint (closed->poll->reason, ==, KM_POLL_END_HOST);
  g_assert_cmpstr (closed->poll->ask.options[0], ==, "面");
  expect_tallies (closed->poll, 0, 0, 2, 2);
}

static void
expect_code (KmReply         *reply,
             KmProtocolError  code)
{
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
  km_reply_free (reply);
}

static void
test_what_is_refused (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (KmCommand) command = open_new (NULL, -1);
  g_autofree char *poll = NULL;

  expect_code (km_test_member_ask (&fixture->bob, command),
               KM_PROTOCOL_ERROR_FORBIDDEN);
  poll = open_poll (fixture, -1);
  expect_code (km_test_member_ask (&fixture->host, command),
               KM_PROTOCOL_ERROR_POLL_OPEN);
  expect_code (vote (&fixture->bob, poll, 1 << 3),
               KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
  expect_code (vote (&fixture->bob, "4711", 1),
               KM_PROTOCOL_ERROR_NO_SUCH_POLL);
  expect_code (close_poll (&fixture->bob, poll), KM_PROTOCOL_ERROR_FORBIDDEN);
  km_reply_free (close_poll (&fixture->host, poll));
  expect_code (close_poll (&fixture->host, poll),
               KM_PROTOCOL_ERROR_POLL_CLOSED);
  expect_code (vote (&fixture->bob, poll, 1),
               KM_PROTOCOL_ERROR_POLL_CLOSED);
}

static void
test_guests_look_on (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, -1);
  KmTestMember guest;

  km_test_hub_connect (&fixture->hub, &guest, 0);
  km_test_hub_join (&guest, NULL, -1, FALSE, 1);
  expect_code (vote (&guest, poll, 1), KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  km_test_member_clear (&guest);
}

static void
test_the_same_opening_is_one_poll (Fixture       *fixture,
                                   gconstpointer  data)
{
  g_autoptr (KmCommand) command = open_new (NULL, -1);
  g_autoptr (KmReply) first = km_test_member_ask (&fixture->host, command);
  g_autoptr (KmReply) again = km_test_member_ask (&fixture->host, command);

  g_assert_no_error (first->error);
  g_assert_no_error (again->error);
  g_assert_cmpstr (again->poll, ==, first->poll);
  g_assert_cmpint (again->seq, ==, first->seq);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM poll"), ==, 1);
}

/* Rooms that nobody owns, with a poll of which the time is over: one before
 * that of the tests, one behind it. */
static void
break_a_room (Fixture *fixture)
{
  g_autofree char *path =
    g_build_filename (fixture->hub.directory, "kaimu.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (
    database,
    "PRAGMA foreign_keys = OFF;"
    "INSERT INTO room (id, account, title, category, key, epoch, created_at)"
    " VALUES (0, 4711, 'A', 'talk', 'a', 'a', 0),"
    " (4712, 4712, 'B', 'talk', 'b', 'b', 0);"
    "INSERT INTO poll (room, opened_seq, opened_at, closes_at, question,"
    " options, multiple, changeable, anonymous)"
    " SELECT id, 1, 1, 2, '?', '[]', 0, 0, 0 FROM room WHERE id IN (0, 4712)",
    NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (database);
}

static KmReply *
join (KmTestMember *member)
{
  km_test_member_join (member, ROOM, NULL, -1);

  return km_test_member_next_reply (member);
}

/* Who comes late, or comes back, has it as it stands, and their own vote. */
static void
test_late_joiners_have_it (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, -1);
  g_autoptr (KmReply) late = NULL;
  g_autoptr (KmReply) own = NULL;
  const KmPollInfo *seen;

  expect_vote (&fixture->bob, poll, 1 << 1);
  go_away (fixture);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_connect (&fixture->hub, &fixture->carol, CAROL);

  late = join (&fixture->carol);
  g_assert_cmpuint (late->polls->len, ==, 1);
  seen = g_ptr_array_index (late->polls, 0);
  g_assert_cmpstr (seen->id, ==, poll);
  g_assert_cmpstr (seen->ask.options[1], ==, "饭");
  g_assert_cmpuint (seen->voted, ==, 0);
  expect_tallies (seen, 0, 1, 0, 1);

  own = join (&fixture->bob);
  seen = g_ptr_array_index (own->polls, 0);
  g_assert_cmpuint (seen->voted, ==, 1 << 1);

  expect_vote (&fixture->carol, poll, 1 << 1);
  wait_for_voters (&fixture->carol, 2);
}

/* As long as it has, not until when: their clock may be another. */
static void
test_joiners_hear_how_long (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autofree char *timed = open_poll (fixture, 60000);
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (KmReply) other = NULL;
  g_autofree char *open = NULL;
  g_autoptr (GError) error = NULL;

  km_test_store_run (fixture->hub.store, "UPDATE poll SET closes_at = 1",
                     &error);
  g_assert_no_error (error);
  reply = join (&fixture->carol);
  g_assert_cmpint (((KmPollInfo *) reply->polls->pdata[0])->left_ms, >, 0);
  g_assert_cmpint (((KmPollInfo *) reply->polls->pdata[0])->left_ms, <=,
                   60000);

  km_reply_free (close_poll (&fixture->host, timed));
  open = open_poll (fixture, -1);
  km_test_member_clear (&fixture->carol);
  km_test_hub_connect (&fixture->hub, &fixture->carol, CAROL);
  other = join (&fixture->carol);
  g_assert_cmpint (((KmPollInfo *) other->polls->pdata[0])->left_ms, ==, -1);
}

/* Its time came while no server ran: it closes before anybody asks. */
static void
test_time_goes_on_without_a_server (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, 60000);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReply) late = NULL;
  g_autoptr (KmRoomEvent) closed = NULL;

  expect_vote (&fixture->bob, poll, 1 << 1);
  go_away (fixture);
  km_test_store_run (fixture->hub.store,
                     "UPDATE poll SET closes_at = opened_at", &error);
  g_assert_no_error (error);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);

  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_connect (&fixture->hub, &fixture->carol, CAROL);
  late = join (&fixture->carol);
  closed = km_test_member_next_event (&fixture->carol);
  g_assert_cmpint (closed->kind, ==, KM_ROOM_EVENT_POLL_CLOSED);
  g_assert_cmpint (closed->poll->reason, ==, KM_POLL_END_TIME);
  expect_tallies (closed->poll, 0, 1, 0, 1);
}

/* A room that can't be read is no reason to leave the others waiting. */
static void
test_a_broken_room_stops_no_other (Fixture       *fixture,
                                   gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, 60000);
  g_autoptr (GError) error = NULL;

  go_away (fixture);
  km_test_store_run (fixture->hub.store,
                     "UPDATE poll SET closes_at = opened_at", &error);
  g_assert_no_error (error);
  km_test_hub_stop (&fixture->hub);
  break_a_room (fixture);

  /* Nobody comes: the hub does it on its own. */
  km_test_hub_start (&fixture->hub);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM poll"
                                      " WHERE room = 1 AND reason = 'time'"),
                   ==, 1);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM poll"
                                      " WHERE closed_at IS NULL"), ==, 2);
  come_in (fixture, 2);
}

static void
test_ends_with_its_stream (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *timed = NULL;
  g_autofree char *poll = NULL;
  g_autoptr (KmRoomEvent) event = NULL;

  km_test_hub_go_live (&fixture->hub, &fixture->host, STREAM);
  poll = open_poll (fixture, -1);
  km_test_hub_end_stream (&fixture->hub, &fixture->host, STREAM);
  event = km_test_member_next_event (&fixture->host);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_POLL_CLOSED);
  g_assert_cmpint (event->poll->reason, ==, KM_POLL_END_ENDED);

  /* One with a time has its time. */
  timed = open_poll (fixture, 60000);
  km_test_hub_go_live (&fixture->hub, &fixture->host, "stream-2");
  km_test_hub_end_stream (&fixture->hub, &fixture->host, "stream-2");
  expect_vote (&fixture->bob, timed, 1);
}

/* A server died when the stream's end was on the disk and the poll's wasn't. */
static void
test_ends_when_its_end_was_cut_off (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autofree char *poll = open_poll (fixture, -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmReply) late = NULL;
  g_autoptr (KmRoomEvent) closed = NULL;

  expect_vote (&fixture->bob, poll, 1 << 2);
  km_test_hub_go_live (&fixture->hub, &fixture->host, STREAM);
  go_away (fixture);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  km_test_store_run (fixture->hub.store,
                     "UPDATE stream SET reason = 'ended'", &error);
  g_assert_no_error (error);

  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_connect (&fixture->hub, &fixture->carol, CAROL);
  late = join (&fixture->carol);
  closed = km_test_member_next_event (&fixture->carol);
  g_assert_cmpint (closed->kind, ==, KM_ROOM_EVENT_POLL_CLOSED);
  g_assert_cmpint (closed->poll->reason, ==, KM_POLL_END_ENDED);
  expect_tallies (closed->poll, 0, 0, 1, 1);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/edge/hub-polls/everybody-sees-it", test_everybody_sees_it);
  ADD ("/edge/hub-polls/what-is-refused", test_what_is_refused);
  ADD ("/edge/hub-polls/guests-look-on", test_guests_look_on);
  ADD ("/edge/hub-polls/the-same-opening-is-one-poll",
       test_the_same_opening_is_one_poll);
  ADD ("/edge/hub-polls/late-joiners-have-it", test_late_joiners_have_it);
  ADD ("/edge/hub-polls/joiners-hear-how-long", test_joiners_hear_how_long);
  ADD ("/edge/hub-polls/time-goes-on-without-a-server",
       test_time_goes_on_without_a_server);
  ADD ("/edge/hub-polls/a-broken-room-stops-no-other",
       test_a_broken_room_stops_no_other);
  ADD ("/edge/hub-polls/ends-with-its-stream", test_ends_with_its_stream);
  ADD ("/edge/hub-polls/ends-when-its-end-was-cut-off",
       test_ends_when_its_end_was_cut_off);

  return g_test_run ();
}
