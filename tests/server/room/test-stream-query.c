/* test-stream-query.c: a summary sums up what happened, and nothing else
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room is account 1's; what happens in it is posted as the hub does it.
 */

#include "km-stream-query.h"

#include "km-gift-post.h"
#include "km-grant.h"
#include "km-id.h"
#include "km-poll-post.h"
#include "km-test-store.h"

#define ROOM 1
#define HOST 1
#define NOW 100000

typedef struct
{
  char *directory;
  KmStore *store;
  KmReader *reader;
  KmQueue *answers;
  KmLedgerRules rules;
} Fixture;

/* Any job, and what came of it. */
typedef struct
{
  union
  {
    KmJob job;
    KmPost post;
    KmGiftPost gift;
  };
  gint64 number;
  GError *error;
  gboolean finished;
} Task;

static void
done (KmJob        *job,
      const GError *error)
{
  Task *self = (Task *) job;

  self->finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
submit (Fixture *fixture,
        Task    *task)
{
  task->job.done = done;
  task->job.reply_to = fixture->answers;
  g_assert_true (km_store_submit (fixture->store, &task->job));
  while (!task->finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static void
task_clear (Task *task)
{
  km_post_clear (&task->post);
  g_clear_error (&task->error);
  *task = (Task) { 0 };
}

static gboolean
apply_grant (KmJob          *job,
             KmTransaction  *transaction,
             GError        **error)
{
  return km_ledger_grant (transaction, ((Task *) job)->number, 1000, NULL, 1,
                          NULL, error);
}

static gboolean
apply_refund (KmJob          *job,
              KmTransaction  *transaction,
              GError        **error)
{
  gint64 coins;

  return km_ledger_refund (transaction, ((Task *) job)->number, NOW, &coins,
                           error);
}

static void
run (Fixture *fixture,
     gboolean (*apply) (KmJob *, KmTransaction *, GError **),
     gint64   number)
{
  Task task = { .job.apply = apply, .number = number };

  submit (fixture, &task);
  g_assert_no_error (task.error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->rules = (KmLedgerRules) { 500, 1000, 0 };
  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->reader = km_reader_open (fixture->store, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  km_test_store_add_users (fixture->store, 5);
  km_test_store_run (fixture->store,
                     "INSERT INTO gift_kind (id, name, price, tier, art,"
                     " origin, position) VALUES ('rose', '{\"en\":\"Rose\"}',"
                     " 3, 1, 'rose', 'owner', 1)", &error);
  g_assert_no_error (error);
  for (gint64 account = 1; account <= 5; account++)
    run (fixture, apply_grant, account);
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

static KmRoomEvent *
act_new (KmRoomEventKind kind,
         const char     *id,
         gint64          account,
         gint64          at_ms)
{
  KmRoomEvent *event = km_room_event_new (kind);

  event->id = id != NULL ? g_strdup (id) : km_id_new ();
  event->at_ms = at_ms;
  event->from.id = g_strdup_printf ("%" G_GINT64_FORMAT, account);
  event->from.name = g_strdup_printf ("user%s", event->from.id);
  event->from.shown_name = g_strdup (event->from.name);

  return event;
}

static void
post (Fixture     *fixture,
      Task        *task,
      gint64       account,
      KmRoomEvent *event)
{
  km_post_init (&task->post, ROOM, event);
  task->post.account = account;
  if (event->id != NULL)
    task->post.digest = g_bytes_new (event->id, strlen (event->id));
  submit (fixture, task);
}

static void
stream (Fixture         *fixture,
        KmRoomEventKind  kind,
        const char      *id,
        gint64           at_ms,
        KmStreamFigures  figures)
{
  Task task = { .post.figures = figures };
  KmRoomEvent *event = km_room_event_new (kind);

  event->stream = g_strdup (id);
  event->at_ms = at_ms;
  post (fixture, &task, 0, event);
  g_assert_no_error (task.error);
  task_clear (&task);
}

static void
start (Fixture    *fixture,
       const char *id,
       gint64      at_ms)
{
  stream (fixture, KM_ROOM_EVENT_STREAM_STARTED, id, at_ms,
          (KmStreamFigures) { 0 });
}

static void
end (Fixture         *fixture,
     const char      *id,
     gint64           at_ms,
     KmStreamFigures  figures)
{
  stream (fixture, KM_ROOM_EVENT_STREAM_ENDED, id, at_ms, figures);
}

static void
say (Fixture *fixture,
     gint64   account,
     gint64   at_ms)
{
  Task task = { 0 };
  KmRoomEvent *event =
    act_new (KM_ROOM_EVENT_CHAT_MESSAGE, NULL, account, at_ms);

  event->text = g_strdup ("hello");
  post (fixture, &task, account, event);
  g_assert_no_error (task.error);
  task_clear (&task);
}

static void
give (Fixture    *fixture,
      Task       *task,
      const char *id,
      gint64      account,
      gint64      count,
      gint64      at_ms)
{
  KmRoomEvent *event =
    act_new (KM_ROOM_EVENT_GIFT_SENT, id, account, at_ms);

  event->gift = km_gift_info_new ();
  event->gift->kind.id = g_strdup ("rose");
  event->gift->count = count;
  km_gift_post_init (&task->gift, &fixture->rules, FALSE);
  post (fixture, task, account, event);
}

/* Returns the number of the gift. */
static gint64
must_give (Fixture *fixture,
           gint64   account,
           gint64   count,
           gint64   at_ms)
{
  Task task = { 0 };

  give (fixture, &task, NULL, account, count, at_ms);
  g_assert_no_error (task.error);
  task_clear (&task);

  return km_test_store_ask (fixture->store, "SELECT max (id) FROM gift");
}

static void
ask (Fixture *fixture,
     gint64   at_ms)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_POLL_OPEN);
  g_autoptr (GError) error = NULL;
  Task task = { 0 };
  KmRoomEvent *event;

  command->id = km_id_new ();
  command->ask = g_new0 (KmPollQuestion, 1);
  command->ask->question = g_strdup ("Which?");
  command->ask->options = g_strsplit ("a|b", "|", -1);
  event = km_poll_check_open (command, KM_ROLE_HOST, at_ms, &error);
  g_assert_no_error (error);
  task.post.write = km_poll_write_open;
  post (fixture, &task, HOST, event);
  g_assert_no_error (task.error);
  task_clear (&task);
}

static KmStreamSummary *
sum_up (Fixture    *fixture,
        const char *id)
{
  g_autoptr (GError) error = NULL;
  KmStreamSummary *summary =
    km_stream_query_summary (fixture->reader, id, HOST, NOW, &error);

  g_assert_no_error (error);

  return summary;
}

static void
fill_two_streams (Fixture *fixture)
{
  say (fixture, 2, 500);
  start (fixture, "one", 1000);
  say (fixture, 2, 1100);
  say (fixture, 2, 1200);
  say (fixture, HOST, 1300);
  must_give (fixture, 2, 3, 1400);
  must_give (fixture, 3, 1, 1500);
  must_give (fixture, 3, 1, 1600);
  ask (fixture, 1700);
  end (fixture, "one", 5000, (KmStreamFigures) { .likes = 40, .peak = 7 });
  say (fixture, 4, 6000);
  start (fixture, "two", 7000);
  must_give (fixture, 4, 2, 7500);
}

static void
test_each_stream_has_its_own (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autoptr (KmStreamSummary) one = NULL;
  g_autoptr (KmStreamSummary) two = NULL;

  fill_two_streams (fixture);
  one = sum_up (fixture, "one");
  g_assert_cmpstr (one->title, ==, "A room");
  g_assert_cmpint (one->started_at_ms, ==, 1000);
  g_assert_cmpint (one->ended_at_ms, ==, 5000);
  g_assert_cmpint (one->duration_ms, ==, 4000);
  g_assert_cmpint (one->reason, ==, KM_STREAM_END_ENDED);
  g_assert_cmpint (one->messages, ==, 3);
  g_assert_cmpint (one->chatters, ==, 2);
  g_assert_cmpint (one->gifts, ==, 5);
  g_assert_cmpint (one->gift_coins, ==, 15);
  g_assert_cmpint (one->income, ==, 4 + 1 + 1);
  g_assert_cmpint (one->givers, ==, 2);
  g_assert_cmpint (one->likes, ==, 40);
  g_assert_cmpint (one->peak, ==, 7);
  g_assert_cmpuint (one->polls->len, ==, 1);

  two = sum_up (fixture, NULL);
  g_assert_cmpstr (two->stream, ==, "two");
  g_assert_cmpint (two->ended_at_ms, ==, -1);
  g_assert_cmpint (two->duration_ms, ==, NOW - 7000);
  g_assert_cmpint (two->messages, ==, 0);
  g_assert_cmpint (two->gifts, ==, 2);
  g_assert_cmpuint (two->polls->len, ==, 0);
}

static void
test_what_was_refunded_is_not_counted (Fixture       *fixture,
                                       gconstpointer  data)
{
  g_autoptr (KmStreamSummary) summary = NULL;
  gint64 gift;

  start (fixture, "one", 1000);
  must_give (fixture, 2, 4, 1100);
  gift = must_give (fixture, 3, 100, 1200);
  run (fixture, apply_refund, gift);

  summary = sum_up (fixture, "one");
  g_assert_cmpint (summary->gifts, ==, 4);
  g_assert_cmpint (summary->gift_coins, ==, 12);
  g_assert_cmpint (summary->income, ==, 6);
  g_assert_cmpint (summary->givers, ==, 1);
}

/* What it was called then, whatever the room is called now. */
static void
test_a_stream_keeps_its_title (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (KmStreamSummary) summary = NULL;
  g_autoptr (KmStreamSummary) older = NULL;
  g_autoptr (GError) error = NULL;

  start (fixture, "one", 1000);
  km_test_store_run (fixture->store, "UPDATE room SET title = 'Another'",
                     &error);
  g_assert_no_error (error);
  end (fixture, "one", 5000, (KmStreamFigures) { 0 });
  summary = sum_up (fixture, "one");
  g_assert_cmpstr (summary->title, ==, "A room");

  /* One of the first version kept none. */
  km_test_store_run (fixture->store, "UPDATE stream SET title = NULL", &error);
  g_assert_no_error (error);
  older = sum_up (fixture, "one");
  g_assert_cmpstr (older->title, ==, "Another");
}

/* Streams of the first version have times, but no places in the log. */
static void
test_older_streams_go_by_time (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (KmStreamSummary) summary = NULL;
  g_autoptr (GError) error = NULL;

  fill_two_streams (fixture);
  km_test_store_run (fixture->store,
                     "UPDATE stream SET started_seq = NULL, ended_seq = NULL",
                     &error);
  g_assert_no_error (error);
  summary = sum_up (fixture, "one");
  g_assert_cmpint (summary->messages, ==, 3);
  g_assert_cmpint (summary->gifts, ==, 5);
}

static void
test_only_the_host_may_know (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  start (fixture, "one", 1000);
  g_assert_null (km_stream_query_summary (fixture->reader, "one", 2, NOW,
                                          &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
  g_clear_error (&error);
  g_assert_null (km_stream_query_summary (fixture->reader, "two", HOST, NOW,
                                          &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (km_stream_query_summary (fixture->reader, NULL, 2, NOW,
                                          &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_FOUND);
}

/* What was written meanwhile is not undone by one who knows less. */
static void
test_figures_only_grow (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (KmStreamSummary) summary = NULL;

  start (fixture, "one", 1000);
  end (fixture, "one", 2000, (KmStreamFigures) { .likes = 5, .peak = 2 });
  end (fixture, "one", 3000, (KmStreamFigures) { .likes = 0, .peak = 3 });
  summary = sum_up (fixture, "one");
  g_assert_cmpint (summary->likes, ==, 5);
  g_assert_cmpint (summary->peak, ==, 3);
  g_assert_cmpint (summary->ended_at_ms, ==, 2000);
}

static void
test_a_gift_needs_a_stream (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  Task task = { 0 };

  give (fixture, &task, id, 2, 1, 500);
  g_assert_error (task.error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_LIVE);
  task_clear (&task);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT seq FROM room WHERE id = 1"),
                   ==, 0);

  start (fixture, "one", 1000);
  give (fixture, &task, id, 2, 1, 1500);
  g_assert_no_error (task.error);
  g_assert_false (task.post.repeated);
  g_assert_cmpint (task.gift.balance, ==, 997);
  task_clear (&task);
  end (fixture, "one", 2000, (KmStreamFigures) { 0 });

  /* The same again is answered though all is over. */
  give (fixture, &task, id, 2, 1, 2500);
  g_assert_no_error (task.error);
  g_assert_true (task.post.repeated);
  g_assert_cmpint (task.post.event->seq, ==, 2);
  g_assert_cmpint (task.post.event->at_ms, ==, 1500);
  g_assert_cmpint (task.gift.value, ==, 3);
  g_assert_cmpint (task.gift.balance, ==, 997);
  g_assert_null (task.post.frame);
  task_clear (&task);
}

static void
test_refusals_say_what_to_do (Fixture       *fixture,
                              gconstpointer  data)
{
  const struct
  {
    gint64 account;
    gint64 count;
    KmProtocolError code;
  } tries[] = {
    { 2, 0, KM_PROTOCOL_ERROR_BAD_COUNT },
    { 2, 10000, KM_PROTOCOL_ERROR_BAD_COUNT },
    { 2, 9999, KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS },
    { HOST, 1, KM_PROTOCOL_ERROR_OWN_ROOM },
  };

  start (fixture, "one", 1000);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      Task task = { 0 };

      give (fixture, &task, NULL, tries[i].account, tries[i].count, 1500);
      g_assert_error (task.error, KM_PROTOCOL_ERROR, (int) tries[i].code);
      task_clear (&task);
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT seq FROM room WHERE id = 1"),
                   ==, 1);
}

#define ADD(path, func) \
  g_test_add ("/server/room/stream-query/" path, Fixture, NULL, set_up, func, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("each-stream-has-its-own", test_each_stream_has_its_own);
  ADD ("what-was-refunded-is-not-counted",
       test_what_was_refunded_is_not_counted);
  ADD ("a-stream-keeps-its-title", test_a_stream_keeps_its_title);
  ADD ("older-streams-go-by-time", test_older_streams_go_by_time);
  ADD ("only-the-host-may-know", test_only_the_host_may_know);
  ADD ("figures-only-grow", test_figures_only_grow);
  ADD ("a-gift-needs-a-stream", test_a_gift_needs_a_stream);
  ADD ("refusals-say-what-to-do", test_refusals_say_what_to_do);
  return g_test_run ();
}
