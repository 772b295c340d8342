/* test-poll.c: one open poll a room, one vote a person, results that add up
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Room 1 belongs to alice (account 1); more accounts vote.
 */

#include "km-ballot.h"
#include "km-id.h"
#include "km-poll-box.h"
#include "km-poll-post.h"
#include "km-poll-query.h"
#include "km-test-store.h"

#define ROOM 1
#define VOTERS 20

typedef struct
{
  char *directory;
  KmStore *store;
  KmReader *reader;
  KmQueue *answers;
} Fixture;

typedef struct
{
  union
  {
    KmJob job;
    KmPost post;
    KmBallot ballot;
  };
  GError *error;
  gboolean finished;
} Asked;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->reader = km_reader_open (fixture->store, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  km_test_store_add_users (fixture->store, VOTERS);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_reader_free (fixture->reader);
  km_store_free (fixture->store);
  km_queue_free (fixture->answers);
  km_test_store_directory_remove (fixture->directory);
}

static void
done (KmJob        *job,
      const GError *error)
{
  Asked *self = (Asked *) job;

  self->finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
wait_for (Fixture *fixture,
          Asked   *asked)
{
  while (!asked->finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static void
submit (Fixture *fixture,
        Asked   *asked)
{
  asked->job.done = done;
  asked->job.reply_to = fixture->answers;
  g_assert_true (km_store_submit (fixture->store, &asked->job));
}

static KmCommand *
question_new (const char *question,
              const char *options)
{
  KmCommand *command = km_command_new (KM_COMMAND_POLL_OPEN);

  command->id = km_id_new ();
  command->room = g_strdup ("1");
  command->ask = g_new0 (KmPollQuestion, 1);
  command->ask->question = g_strdup (question);
  command->ask->options = g_strsplit (options, "|", -1);
  command->duration_ms = -1;

  return command;
}

static void
clear_post (Asked *asked)
{
  km_post_clear (&asked->post);
  g_clear_error (&asked->error);
  *asked = (Asked) { 0 };
}

static void
open_poll (Fixture         *fixture,
           Asked           *asked,
           const KmCommand *command)
{
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = km_poll_check_open (
    command, KM_ROLE_HOST, g_get_real_time () / 1000, &error);

  g_assert_no_error (error);
  km_post_init (&asked->post, ROOM, event);
  asked->post.account = 1;
  asked->post.digest = km_command_digest (command);
  asked->post.write = km_poll_write_open;
  submit (fixture, asked);
  wait_for (fixture, asked);
}

/* Opens one that must be possible; its id. */
static gint64
ask (Fixture         *fixture,
     const KmCommand *command)
{
  Asked asked = { 0 };
  gint64 poll;

  open_poll (fixture, &asked, command);
  g_assert_no_error (asked.error);
  poll = g_ascii_strtoll (asked.post.event->poll->id, NULL, 10);
  clear_post (&asked);

  return poll;
}

static void
close_poll (Fixture   *fixture,
            Asked     *asked,
            gint64     poll,
            KmPollEnd  reason)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, poll);

  km_post_init (&asked->post, ROOM, km_poll_close_event (id, reason));
  asked->post.write = km_poll_write_close;
  submit (fixture, asked);
  wait_for (fixture, asked);
}

static void
start_vote (Fixture    *fixture,
            Asked      *asked,
            gint64      account,
            gint64      poll,
            const char *id,
            guint       choices)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_POLL_VOTE);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup ("1");
  command->poll = g_strdup_printf ("%" G_GINT64_FORMAT, poll);
  command->choices = choices;
  km_ballot_init (&asked->ballot, account, command);
  submit (fixture, asked);
}

static void
end_vote (Fixture *fixture,
          Asked   *asked)
{
  wait_for (fixture, asked);
  km_ballot_clear (&asked->ballot);
}

/* The error that a vote gets; -1: it counts. */
static int
vote (Fixture *fixture,
      gint64   account,
      gint64   poll,
      guint    choices)
{
  Asked asked = { 0 };
  int code;

  start_vote (fixture, &asked, account, poll, NULL, choices);
  end_vote (fixture, &asked);
  code = asked.error != NULL ? asked.error->code : -1;
  if (asked.error != NULL)
    g_assert_true (asked.error->domain == KM_PROTOCOL_ERROR);
  g_clear_error (&asked.error);

  return code;
}

static void
test_only_hosts_ask (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (KmCommand) command = question_new ("Tea?", "Yes|No");
  g_autoptr (GError) error = NULL;

  g_assert_null (km_poll_check_open (command, KM_ROLE_MEMBER, 0, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (km_poll_check_open (command, KM_ROLE_GUEST, 0, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
}

static void
expect_bad_question (const char      *question,
                     const char      *options,
                     KmProtocolError  code)
{
  g_autoptr (KmCommand) command = question_new (question, options);
  g_autoptr (GError) error = NULL;

  g_assert_null (km_poll_check_open (command, KM_ROLE_HOST, 0, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, (int) code);
}

static void
test_texts_are_checked (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *long_option = g_strnfill (61, 'x');
  g_autofree char *options = g_strconcat ("a|", long_option, NULL);
  g_autofree char *question = g_strnfill (121, 'x');

  expect_bad_question (" ", "a|b", KM_PROTOCOL_ERROR_EMPTY);
  expect_bad_question (question, "a|b", KM_PROTOCOL_ERROR_TOO_LONG);
  expect_bad_question ("Tea?", "a| ", KM_PROTOCOL_ERROR_EMPTY);
  expect_bad_question ("Tea?", options, KM_PROTOCOL_ERROR_TOO_LONG);
  expect_bad_question ("Tea?", "a|b\xe2\x80\xae", KM_PROTOCOL_ERROR_BAD_TEXT);
  expect_bad_question ("Tea?", "same| same ", KM_PROTOCOL_ERROR_BAD_REQUEST);
}

static void
test_one_open_poll (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (KmCommand) first = question_new ("First?", "a|b");
  g_autoptr (KmCommand) second = question_new ("Second?", "a|b");
  gint64 poll = ask (fixture, first);
  Asked asked = { 0 };

  open_poll (fixture, &asked, second);
  g_assert_error (asked.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_POLL_OPEN);
  clear_post (&asked);

  /* Coming again, the first one is still the same. */
  open_poll (fixture, &asked, first);
  g_assert_no_error (asked.error);
  g_assert_true (asked.post.repeated);
  clear_post (&asked);

  close_poll (fixture, &asked, poll, KM_POLL_END_HOST);
  g_assert_no_error (asked.error);
  clear_post (&asked);
  g_assert_cmpint (ask (fixture, second), >, poll);
}

static void
test_one_vote_a_person (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (KmCommand) command = question_new ("Tea?", "Yes|No|Later");
  g_autoptr (KmPollInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  gint64 poll = ask (fixture, command);

  g_assert_cmpint (vote (fixture, 2, poll, 1 << 0), ==, -1);
  g_assert_cmpint (vote (fixture, 3, poll, 1 << 2), ==, -1);
  g_assert_cmpint (vote (fixture, 2, poll, 1 << 1), ==,
                   KM_PROTOCOL_ERROR_ALREADY_VOTED);
  g_assert_cmpint (vote (fixture, 2, poll, 1 << 0), ==, -1);

  g_assert_cmpint (vote (fixture, 4, poll, 1 << 3), ==,
                   KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
  g_assert_cmpint (vote (fixture, 4, poll, 0), ==,
                   KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
  g_assert_cmpint (vote (fixture, 4, poll, 3), ==,
                   KM_PROTOCOL_ERROR_BAD_REQUEST);
  g_assert_cmpint (vote (fixture, 4, poll + 1, 1), ==,
                   KM_PROTOCOL_ERROR_NO_SUCH_POLL);

  info = km_poll_query_open (fixture->reader, ROOM, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (info->n_tallies, ==, 3);
  g_assert_cmpint (info->tallies[0], ==, 1);
  g_assert_cmpint (info->tallies[1], ==, 0);
  g_assert_cmpint (info->tallies[2], ==, 1);
  g_assert_cmpint (info->voters, ==, 2);
}

static void
test_votes_change_if_allowed (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (KmCommand) command = question_new ("Which?", "a|b|c");
  g_autofree char *id = km_id_new ();
  Asked asked = { 0 };
  gint64 poll;

  command->ask->changeable = command->ask->multiple = TRUE;
  poll = ask (fixture, command);
  start_vote (fixture, &asked, 2, poll, id, 5);
  end_vote (fixture, &asked);
  g_assert_no_error (asked.error);
  g_assert_cmpuint (asked.ballot.before, ==, 0);
  g_assert_cmpuint (asked.ballot.after, ==, 5);
  g_assert_cmpint (vote (fixture, 2, poll, 2), ==, -1);

  /* The first act again doesn't take the change back. */
  asked = (Asked) { 0 };
  start_vote (fixture, &asked, 2, poll, id, 5);
  end_vote (fixture, &asked);
  g_assert_no_error (asked.error);
  g_assert_cmpuint (asked.ballot.before, ==, 2);
  g_assert_cmpuint (asked.ballot.after, ==, 2);

  asked = (Asked) { 0 };
  start_vote (fixture, &asked, 2, poll, id, 1);
  end_vote (fixture, &asked);
  g_assert_error (asked.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  g_clear_error (&asked.error);
}

/* All at once: the box that hears of each is right, and so is the result. */
static void
test_races_add_up (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (KmCommand) command = question_new ("Which?", "a|b|c|d");
  g_autoptr (KmPollInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmPollInfo) result = NULL;
  g_autofree Asked *asked = g_new0 (Asked, VOTERS * 2);
  KmPollBox box = { 0 };
  Asked end = { 0 };
  gint64 total = 0;
  gint64 room;
  gint64 poll;

  command->ask->changeable = TRUE;
  poll = ask (fixture, command);
  info = km_poll_query_open (fixture->reader, ROOM, &error);
  g_assert_no_error (error);
  km_poll_box_put (&box, info, 0, 0);

  /* Each account from two sockets. */
  for (guint i = 0; i < VOTERS * 2; i++)
    start_vote (fixture, &asked[i], i / 2 + 1, poll, NULL, 1u << i % 4);
  for (guint i = 0; i < VOTERS * 2; i++)
    {
      end_vote (fixture, &asked[i]);
      g_assert_no_error (asked[i].error);
      g_assert_true (km_poll_box_vote (&box, poll, asked[i].ballot.before,
                                       asked[i].ballot.after));
    }

  close_poll (fixture, &end, poll, KM_POLL_END_TIME);
  g_assert_no_error (end.error);
  g_assert_cmpint (end.post.event->poll->voters, ==, VOTERS);
  for (guint i = 0; i < 4; i++)
    {
      total += end.post.event->poll->tallies[i];
      g_assert_cmpint (end.post.event->poll->tallies[i], ==,
                       km_poll_box_peek (&box)->tallies[i]);
    }
  g_assert_cmpint (total, ==, VOTERS);

  /* Who asks later hears what the room heard, without a look at the votes. */
  g_assert_true (km_test_store_run (fixture->store,
                                    "DELETE FROM poll_vote WHERE account > 2",
                                    &error));
  result = km_poll_query_one (fixture->reader, poll, &room, &error);
  g_assert_no_error (error);
  g_assert_cmpint (room, ==, ROOM);
  g_assert_cmpint (result->voters, ==, VOTERS);
  g_assert_cmpmem (result->tallies, sizeof result->tallies,
                   end.post.event->poll->tallies, sizeof result->tallies);
  g_assert_true (km_poll_box_take (&box, end.post.event->poll->id));
  clear_post (&end);

  g_assert_cmpint (vote (fixture, 1, poll, 1), ==,
                   KM_PROTOCOL_ERROR_POLL_CLOSED);
  close_poll (fixture, &end, poll, KM_POLL_END_HOST);
  g_assert_error (end.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_POLL_CLOSED);
  clear_post (&end);
}

/* A minute's poll on a clock of the test's own, while somebody sets that of
 * the server a day forward: as long as it is shown open it takes votes. */
static void
test_its_closing_decides (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (KmCommand) command = question_new ("Now?", "a|b");
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) rooms = NULL;
  g_autoptr (KmPollInfo) info = NULL;
  KmPollBox box = { 0 };
  Asked end = { 0 };
  gint64 poll;

  command->duration_ms = 60000;
  poll = ask (fixture, command);
  rooms = km_poll_query_waiting (fixture->reader, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rooms->len, ==, 1);
  g_assert_cmpint (g_array_index (rooms, gint64, 0), ==, ROOM);
  info = km_poll_query_open (fixture->reader, ROOM, &error);
  g_assert_no_error (error);
  km_poll_box_put (&box, info, 0, info->opened_at_ms);

  km_test_store_run (fixture->store,
                     "UPDATE poll SET opened_at = opened_at - 86400000,"
                     " closes_at = closes_at - 86400000", &error);
  g_assert_no_error (error);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, 60 * G_USEC_PER_SEC);
  g_assert_cmpint (vote (fixture, 2, poll, 1), ==, -1);

  close_poll (fixture, &end, poll, KM_POLL_END_TIME);
  g_assert_no_error (end.error);
  g_assert_cmpint (end.post.event->poll->voters, ==, 1);
  g_assert_cmpint (vote (fixture, 3, poll, 1), ==,
                   KM_PROTOCOL_ERROR_POLL_CLOSED);
  clear_post (&end);
  km_poll_box_clear (&box);
}

static void
test_box_keeps_time (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (KmPollInfo) info = km_poll_info_new ();
  KmPollBox box = { 0 };

  info->id = g_strdup ("7");
  info->ask.options = g_strsplit ("a|b", "|", -1);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, G_MAXINT64);

  info->opened_at_ms = 40000;
  info->closes_at_ms = 60000;
  km_poll_box_put (&box, info, 1000, 50000);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, 1000 + 10000000);
  g_assert_cmpint (km_poll_box_left_ms (&box, 1000), ==, 10000);
  g_assert_cmpint (km_poll_box_left_ms (&box, 4001000), ==, 6000);
  g_assert_cmpint (km_poll_box_left_ms (&box, 99000000), ==, 0);
  km_poll_box_put (&box, info, 1000, 90000);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, 1000);

  /* The clock was a day ahead when it was asked, or is a day behind now. */
  km_poll_box_put (&box, info, 1000, 40000 - 86400000);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, 1000 + 20000000);
  km_poll_box_hold (&box);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, G_MAXINT64);
  g_assert_cmpint (km_poll_box_left_ms (&box, 1000), ==, 0);
  info->closes_at_ms = -1;
  km_poll_box_put (&box, info, 1000, 90000);
  g_assert_cmpint (km_poll_box_closes_us (&box), ==, G_MAXINT64);
  g_assert_cmpint (km_poll_box_left_ms (&box, 1000), ==, -1);

  g_assert_false (km_poll_box_vote (&box, 8, 0, 1));
  g_assert_false (km_poll_box_take (&box, "8"));
  g_assert_true (km_poll_box_take (&box, "7"));
  g_assert_null (km_poll_box_peek (&box));
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/room/poll/only-hosts-ask", test_only_hosts_ask);
  ADD ("/room/poll/texts-are-checked", test_texts_are_checked);
  ADD ("/room/poll/one-open-poll", test_one_open_poll);
  ADD ("/room/poll/one-vote-a-person", test_one_vote_a_person);
  ADD ("/room/poll/votes-change-if-allowed", test_votes_change_if_allowed);
  ADD ("/room/poll/races-add-up", test_races_add_up);
  ADD ("/room/poll/its-closing-decides", test_its_closing_decides);
  ADD ("/room/poll/box-keeps-time", test_box_keeps_time);

  return g_test_run ();
}
