/* test-post.c: seqs without gaps, acts once, streams that end
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-post.h"

#include "km-id.h"
#include "km-room-query.h"
#include "km-statement.h"
#include "km-test-store.h"

typedef struct
{
  char *directory;
  KmStore *store;
  KmQueue *answers;
} Fixture;

typedef struct
{
  KmPost post;
  GError *error;
  gboolean finished;
} Posted;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  km_test_store_add_room (fixture->store, 1, "alice");
  km_test_store_add_room (fixture->store, 2, "bob");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_store_free (fixture->store);
  km_queue_free (fixture->answers);
  km_test_store_directory_remove (fixture->directory);
}

static void
done (KmJob        *job,
      const GError *error)
{
  Posted *self = (Posted *) job;

  self->finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
post (Fixture     *fixture,
      Posted      *posted,
      gint64       room,
      KmRoomEvent *event)
{
  km_post_init (&posted->post, room, event);
  posted->post.job.done = done;
  posted->post.job.reply_to = fixture->answers;
}

static void
submit (Fixture *fixture,
        Posted  *posted)
{
  g_assert_true (km_store_submit (fixture->store, &posted->post.job));
  while (!posted->finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static void
clear (Posted *posted)
{
  km_post_clear (&posted->post);
  g_clear_error (&posted->error);
  *posted = (Posted) { 0 };
}

static KmRoomEvent *
message_new (const char *id,
             const char *text)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);

  event->id = g_strdup (id);
  event->from.id = g_strdup ("1");
  event->from.name = g_strdup ("alice");
  event->from.shown_name = g_strdup ("Alice");
  event->text = g_strdup (text);

  return event;
}

static void
say (Fixture    *fixture,
     Posted     *posted,
     gint64      room,
     gint64      account,
     const char *id,
     const char *text)
{
  post (fixture, posted, room, message_new (id, text));
  posted->post.account = account;
  posted->post.digest = g_bytes_new (text, strlen (text));
  submit (fixture, posted);
}

static void
test_each_room_counts_for_itself (Fixture       *fixture,
                                  gconstpointer  data)
{
  for (gint64 i = 1; i <= 20; i++)
    {
      for (gint64 room = 1; room <= 2; room++)
        {
          g_autofree char *id = km_id_new ();
          Posted posted = { 0 };

          say (fixture, &posted, room, 1, id, "hello");
          g_assert_no_error (posted.error);
          g_assert_cmpint (posted.post.event->seq, ==, i);
          g_assert_nonnull (posted.post.frame);
          clear (&posted);
        }
    }
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT min (seq) FROM room"), ==, 20);
}

static void
test_same_act_same_answer (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  Posted posted = { 0 };
  gint64 at_ms;

  say (fixture, &posted, 1, 1, id, "hello");
  at_ms = posted.post.event->at_ms;
  clear (&posted);

  say (fixture, &posted, 1, 1, id, "hello");
  g_assert_no_error (posted.error);
  g_assert_true (posted.post.repeated);
  g_assert_null (posted.post.frame);
  g_assert_cmpint (posted.post.event->seq, ==, 1);
  g_assert_cmpint (posted.post.event->at_ms, ==, at_ms);
  clear (&posted);

  say (fixture, &posted, 1, 1, id, "something else");
  g_assert_error (posted.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  clear (&posted);

  /* The refused one took no place. */
  say (fixture, &posted, 1, 2, id, "bob's own");
  g_assert_no_error (posted.error);
  g_assert_cmpint (posted.post.event->seq, ==, 2);
  clear (&posted);
}

static gboolean
rename_room (KmPost         *post,
             KmTransaction  *transaction,
             GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "UPDATE room SET title = 'seq ' || ? WHERE id = ?", error);

  g_free (post->event->text);
  post->event->text = g_strdup ("from the hook");
  km_statement_bind (statement, "ii", post->event->seq, post->room);

  return km_statement_run (statement, error);
}

static gboolean
rename_and_fail (KmPost         *post,
                 KmTransaction  *transaction,
                 GError        **error)
{
  g_assert_true (rename_room (post, transaction, error));
  km_protocol_error_set (error, KM_PROTOCOL_ERROR_FORBIDDEN);

  return FALSE;
}

static void
say_with (Fixture    *fixture,
          Posted     *posted,
          const char *id,
          gboolean  (*write) (KmPost         *post,
                              KmTransaction  *transaction,
                              GError        **error))
{
  post (fixture, posted, 1, message_new (id, "hello"));
  posted->post.account = 1;
  posted->post.digest = g_bytes_new_static ("hello", 5);
  posted->post.write = write;
  submit (fixture, posted);
}

static void
test_what_it_does_besides (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  Posted posted = { 0 };

  say_with (fixture, &posted, id, rename_and_fail);
  g_assert_error (posted.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_FORBIDDEN);
  clear (&posted);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT (SELECT count(*) FROM event)"
                                      " + (SELECT count(*) FROM act)"
                                      " + (SELECT count(*) FROM room"
                                      "    WHERE title LIKE 'seq %')"),
                   ==, 0);

  /* The refused one used up neither its id nor its place, and the same act
   * again does nothing again. */
  say_with (fixture, &posted, id, rename_room);
  g_assert_no_error (posted.error);
  g_assert_false (posted.post.repeated);
  clear (&posted);
  say_with (fixture, &posted, id, rename_and_fail);
  g_assert_no_error (posted.error);
  g_assert_true (posted.post.repeated);
  clear (&posted);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event, room"
                                      " WHERE room.title = 'seq 1'"
                                      " AND body LIKE '%from the hook%'"),
                   ==, 1);
}

static void
test_no_such_room (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  Posted posted = { 0 };

  say (fixture, &posted, 4711, 1, id, "hello");
  g_assert_error (posted.error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
  clear (&posted);
  say (fixture, &posted, 1, 1, id, "hello");
  g_assert_no_error (posted.error);
  clear (&posted);
}

/* What a reader gets later is what was sent at first, byte for byte. */
static void
test_log_has_the_same_bytes (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (GPtrArray) sent =
    g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) log = NULL;
  g_autoptr (GPtrArray) recent = NULL;
  g_autoptr (KmReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *id = km_id_new ();
      Posted posted = { 0 };

      if (i == 5)
        {
          post (fixture, &posted, 1,
                km_room_event_new (KM_ROOM_EVENT_ROOM_CHANGED));
          submit (fixture, &posted);
        }
      else
        say (fixture, &posted, 1, 1, id, "\"quoted\" \\ 大家好 </script>");
      g_assert_no_error (posted.error);
      g_ptr_array_add (sent, g_bytes_ref (posted.post.frame));
      clear (&posted);
    }

  reader = km_reader_open (fixture->store, &error);
  log = km_room_query_log (reader, 1, 3, 8, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (log->len, ==, 6);
  for (guint i = 0; i < log->len; i++)
    g_assert_true (g_bytes_equal (log->pdata[i], sent->pdata[i + 2]));

  /* The 6th isn't a message. */
  recent = km_room_query_recent (reader, 1, 8, 4, &error);
  g_assert_cmpuint (recent->len, ==, 4);
  g_assert_true (g_bytes_equal (recent->pdata[0], sent->pdata[3]));
  g_assert_true (g_bytes_equal (recent->pdata[1], sent->pdata[4]));
  g_assert_true (g_bytes_equal (recent->pdata[2], sent->pdata[6]));
  g_assert_true (g_bytes_equal (recent->pdata[3], sent->pdata[7]));
}

/* Memory and store tell the same. */
static void
test_history_looks_back_so_far (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autoptr (GPtrArray) recent = NULL;
  g_autoptr (KmReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = g_strdup_printf (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
    " WHERE i <= %d) INSERT INTO event (room, seq, at, kind, body)"
    " SELECT 1, i, i, iif (i <= 2, 'chat.message', 'room.changed'), '{}'"
    " FROM n", KM_RECENT_WITHIN);

  km_test_store_run (fixture->store, sql, &error);
  g_assert_no_error (error);
  reader = km_reader_open (fixture->store, &error);
  g_assert_no_error (error);
  recent = km_room_query_recent (reader, 1, KM_RECENT_WITHIN + 1, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (recent->len, ==, 1);
}

static void
start_stream (Fixture    *fixture,
              gint64      room,
              const char *stream,
              gint64      at_ms)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_STREAM_STARTED);
  Posted posted = { 0 };

  event->stream = g_strdup (stream);
  event->at_ms = at_ms;
  post (fixture, &posted, room, event);
  submit (fixture, &posted);
  g_assert_no_error (posted.error);
  clear (&posted);
}

static void
test_stream_is_in_the_row (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr (KmReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_STREAM_ENDED);
  Posted posted = { 0 };
  KmRoomRow row;

  start_stream (fixture, 1, "s", 1000);
  reader = km_reader_open (fixture->store, &error);
  g_assert_true (km_room_query_row (reader, 1, &row, &error));
  g_assert_true (row.info->live);
  g_assert_cmpstr (row.info->stream, ==, "s");
  g_assert_cmpint (row.info->since_ms, ==, 1000);
  g_assert_cmpint (row.seq, ==, 1);
  g_assert_cmpstr (row.info->host.name, ==, "alice");
  km_room_row_clear (&row);

  event->stream = g_strdup ("s");
  event->reason = KM_STREAM_END_ENDED;
  event->at_ms = 3000;
  event->duration_ms = 2000;
  post (fixture, &posted, 1, event);
  submit (fixture, &posted);
  g_assert_no_error (posted.error);
  clear (&posted);
  g_assert_true (km_room_query_row (reader, 1, &row, &error));
  g_assert_false (row.info->live);
  km_room_row_clear (&row);

  g_assert_false (km_room_query_row (reader, 4711, &row, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
}

static gboolean
apply_close (KmJob          *job,
             KmTransaction  *transaction,
             GError        **error)
{
  return km_post_close_streams (transaction, error);
}

static void
test_open_streams_are_closed (Fixture       *fixture,
                              gconstpointer  data)
{
  Posted posted = { 0 };

  start_stream (fixture, 1, "s1", 1000);
  start_stream (fixture, 2, "s2", 2000);
  posted.post.job.apply = apply_close;
  posted.post.job.done = done;
  posted.post.job.reply_to = fixture->answers;
  submit (fixture, &posted);
  g_assert_no_error (posted.error);
  clear (&posted);

  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM stream"
                                      " WHERE reason = 'lost'"
                                      " AND ended_at >= started_at"), ==, 2);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event WHERE"
                                      " kind = 'stream.ended' AND seq = 2"),
                   ==, 2);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/room/post/each-room-counts-for-itself",
       test_each_room_counts_for_itself);
  ADD ("/room/post/same-act-same-answer", test_same_act_same_answer);
  ADD ("/room/post/what-it-does-besides", test_what_it_does_besides);
  ADD ("/room/post/no-such-room", test_no_such_room);
  ADD ("/room/post/log-has-the-same-bytes", test_log_has_the_same_bytes);
  ADD ("/room/post/history-looks-back-so-far",
       test_history_looks_back_so_far);
  ADD ("/room/post/stream-is-in-the-row", test_stream_is_in_the_row);
  ADD ("/room/post/open-streams-are-closed", test_open_streams_are_closed);

  return g_test_run ();
}
