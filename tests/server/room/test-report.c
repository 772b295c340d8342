/* test-report.c: one report a person and message, and what the schema refuses
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room is account 1's; account 2 says its first two messages.
 */

#include "km-report.h"

#include "km-id.h"
#include "km-staff-query.h"
#include "km-statement.h"
#include "km-test-store.h"

#define ROOM 1
#define AUTHOR 2

typedef struct
{
  char *directory;
  KmStore *store;
  KmReader *reader;
  KmQueue *answers;
  KmLiveRoom *room;
  char *said[2];
} Fixture;

typedef struct
{
  union
  {
    KmReport report;
    KmPost post;
  };
  GError *error;
  gboolean finished;
} Asked;

static void
done (KmJob        *job,
      const GError *error)
{
  Asked *self = (Asked *) job;

  self->finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
submit (Fixture *fixture,
        Asked   *asked,
        KmJob   *job)
{
  job->done = done;
  job->reply_to = fixture->answers;
  g_assert_true (km_store_submit (fixture->store, job));
  while (!asked->finished)
    {
      km_queue_wait (fixture->answers, -1);
      km_job_finish_all (km_queue_take_all (fixture->answers));
    }
}

static char *
say (Fixture    *fixture,
     const char *text)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_CHAT_MESSAGE);
  Asked asked = { 0 };
  char *id = km_id_new ();

  event->id = g_strdup (id);
  event->from.id = g_strdup ("2");
  event->from.name = g_strdup ("bob");
  event->from.shown_name = g_strdup ("Bob");
  event->text = g_strdup (text);
  km_post_init (&asked.post, ROOM, event);
  asked.post.account = AUTHOR;
  asked.post.digest = g_bytes_new (text, strlen (text));
  submit (fixture, &asked, &asked.post.job);
  g_assert_no_error (asked.error);
  km_post_clear (&asked.post);

  return id;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmRoomRow row;

  fixture->directory = km_test_store_directory_new ();
  fixture->store = km_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->answers = km_queue_new (0);
  km_test_store_add_room (fixture->store, 1, "alice");
  km_test_store_add_room (fixture->store, 2, "bob");
  km_test_store_add_room (fixture->store, 3, "carol");
  fixture->reader = km_reader_open (fixture->store, &error);
  g_assert_no_error (error);
  g_assert_true (km_room_query_row (fixture->reader, ROOM, &row, &error));
  fixture->room = km_live_room_new (&row);
  km_room_row_clear (&row);
  fixture->said[0] = say (fixture, "\"first\"");
  fixture->said[1] = say (fixture, "第二");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_live_room_free (fixture->room);
  km_reader_free (fixture->reader);
  km_store_free (fixture->store);
  km_queue_free (fixture->answers);
  km_test_store_directory_remove (fixture->directory);
  g_free (fixture->said[0]);
  g_free (fixture->said[1]);
}

/* Returns: (nullable) (transfer full): why not. */
static GError *
ask (Fixture       *fixture,
     KmCommandKind  kind,
     gint64         account,
     const char    *message,
     KmStaffNews   *news)
{
  g_autoptr (KmCommand) command = km_command_new (kind);
  g_autoptr (GError) error = NULL;
  Asked asked = { 0 };
  gboolean fine;

  command->id = km_id_new ();
  command->room = g_strdup_printf ("%d", ROOM);
  command->message = g_strdup (message);
  command->from = g_strdup_printf ("%d", AUTHOR);
  command->reason = KM_REPORT_HATE;
  if (kind == KM_COMMAND_CHAT_REPORT)
    fine = km_report_check (&asked.report, fixture->room, account, command, 0,
                            &error);
  else
    fine = km_report_check_dismissal (&asked.report, fixture->room, account,
                                      command, 0, &error);
  if (fine)
    submit (fixture, &asked, &asked.report.job);
  if (news != NULL)
    *news = asked.report.news;
  km_report_clear (&asked.report);

  return fine ? asked.error : g_steal_pointer (&error);
}

static gint64
count (Fixture    *fixture,
       const char *where)
{
  g_autofree char *sql =
    g_strdup_printf ("SELECT count(*) FROM report WHERE %s", where);

  return km_test_store_ask (fixture->store, sql);
}

static void
assert_constraint (Fixture    *fixture,
                   const char *sql)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (km_test_store_run (fixture->store, sql, &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
}

static void
test_one_a_person_and_message (Fixture       *fixture,
                               gconstpointer  data)
{
  KmStaffNews news[3];
  g_autoptr (GError) first = ask (fixture, KM_COMMAND_CHAT_REPORT, 1,
                                  fixture->said[0], &news[0]);
  g_autoptr (GError) again = ask (fixture, KM_COMMAND_CHAT_REPORT, 1,
                                  fixture->said[0], &news[1]);
  g_autoptr (GError) other = ask (fixture, KM_COMMAND_CHAT_REPORT, 3,
                                  fixture->said[0], &news[2]);

  g_assert_no_error (first);
  g_assert_cmpint (news[0].seq, ==, 1);
  g_assert_cmphex (news[0].kinds, ==, 1u << KM_ROOM_EVENT_REPORT_FILED);
  g_assert_error (again, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ALREADY_REPORTED);
  g_assert_cmpint (news[1].seq, ==, 0);
  g_assert_no_error (other);
  g_assert_cmpint (news[2].seq, ==, 2);
  g_assert_cmpint (count (fixture, "1"), ==, 2);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT body ->> '$.reports.hate'"
                                      " FROM staff_entry WHERE seq = 2"),
                   ==, 2);
}

static void
test_settled_together (Fixture       *fixture,
                       gconstpointer  data)
{
  KmStaffNews news;
  g_autoptr (GError) first = ask (fixture, KM_COMMAND_CHAT_REPORT, 1,
                                  fixture->said[0], NULL);
  g_autoptr (GError) second = ask (fixture, KM_COMMAND_CHAT_REPORT, 3,
                                   fixture->said[0], NULL);
  g_autoptr (GError) other = ask (fixture, KM_COMMAND_CHAT_REPORT, 3,
                                  fixture->said[1], NULL);
  g_autoptr (GError) not_staff = ask (fixture, KM_COMMAND_REPORT_DISMISS, 3,
                                      fixture->said[0], NULL);
  g_autoptr (GError) dismissed = ask (fixture, KM_COMMAND_REPORT_DISMISS, 1,
                                      fixture->said[0], &news);
  g_autoptr (GError) nothing = ask (fixture, KM_COMMAND_REPORT_DISMISS, 1,
                                    fixture->said[0], NULL);
  g_autoptr (GError) error = NULL;
  guint n_open;

  g_assert_error (not_staff, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
  g_assert_no_error (dismissed);
  g_assert_cmpint (news.seq, ==, 4);
  g_assert_error (nothing, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_NO_SUCH_REPORT);
  g_assert_cmpint (count (fixture, "message = 1 AND settled = 4"), ==, 2);
  g_assert_cmpint (count (fixture, "message = 2 AND settled IS NULL"), ==, 1);
  g_assert_true (km_staff_query_count_open (fixture->reader, ROOM, 4, &n_open,
                                            &error));
  g_assert_cmpuint (n_open, ==, 1);
}

static void
test_schema_refuses (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GError) first = ask (fixture, KM_COMMAND_CHAT_REPORT, 1,
                                  fixture->said[0], NULL);
  g_autoptr (GError) second = ask (fixture, KM_COMMAND_CHAT_REPORT, 3,
                                   fixture->said[1], NULL);
  g_autoptr (GError) dismissed = ask (fixture, KM_COMMAND_REPORT_DISMISS, 1,
                                      fixture->said[0], NULL);

  /* A gap, a place that is taken, what isn't there, another word. */
  assert_constraint (fixture, "INSERT INTO staff_entry VALUES"
                              " (1, 5, 1, 'report.filed', 1, 3, '{}')");
  assert_constraint (fixture, "INSERT INTO staff_entry VALUES"
                              " (1, 3, 1, 'report.filed', 1, 3, '{}')");
  assert_constraint (fixture, "INSERT INTO staff_entry VALUES"
                              " (1, 4, 1, 'report.filed', 9, 3, '{}')");
  assert_constraint (fixture, "INSERT INTO staff_entry VALUES"
                              " (1, 4, 1, 'chat.message', 1, 3, '{}')");
  assert_constraint (fixture, "UPDATE staff_entry SET body = '{}'");
  assert_constraint (fixture, "DELETE FROM staff_entry");

  /* Twice, one's own, another's entry, and settled before or twice. */
  assert_constraint (fixture, "INSERT INTO report VALUES"
                              " (1, 1, 1, 'spam', 3, NULL)");
  assert_constraint (fixture, "INSERT INTO report VALUES"
                              " (1, 2, 2, 'spam', 3, NULL)");
  assert_constraint (fixture, "INSERT INTO report VALUES"
                              " (1, 2, 1, 'spam', 2, NULL)");
  assert_constraint (fixture, "INSERT INTO report VALUES"
                              " (1, 2, 1, 'boring', 3, NULL)");
  assert_constraint (fixture, "UPDATE report SET settled = 1"
                              " WHERE message = 2");
  assert_constraint (fixture, "UPDATE report SET settled = 9"
                              " WHERE message = 2");
  assert_constraint (fixture, "UPDATE report SET settled = NULL"
                              " WHERE message = 1");
  assert_constraint (fixture, "UPDATE report SET account = 1, settled = 3"
                              " WHERE message = 2");
  assert_constraint (fixture, "DELETE FROM report");
  g_assert_cmpint (count (fixture, "settled = 3"), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/server/room/report/" name, Fixture, NULL, set_up, func,        \
              tear_down)
  TEST ("one-a-person-and-message", test_one_a_person_and_message);
  TEST ("settled-together", test_settled_together);
  TEST ("schema-refuses", test_schema_refuses);
#undef TEST

  return g_test_run ();
}
