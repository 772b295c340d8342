/* test-room-staff.c: reports go out once, and the staff sees what is open
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Against a scripted server, where account 7 is signed in.
 */

#include "km-id.h"
#include "km-test-process.h"
#include "km-test-room.h"

#include <string.h>

#define REFUSED(code) \
  "{\"error\":{\"code\":\"" code "\",\"message\":\"no\"}}"

/* Somebody reports message @of; @reports: the tallies. */
static void
file (KmTestRoom *self,
      gint64      seq,
      gint64      of,
      const char *reports,
      const char *note)
{
  km_test_wire_send (
    self->wire,
    "{\"t\":\"report.filed\",\"s\":\"staff:42\",\"seq\":%d,\"at\":1763700000000,"
    "\"d\":{\"of\":%d,\"id\":\"m%d\",\"by\":{\"id\":\"8\",\"name\":\"carol\","
    "\"shown_name\":\"Carol\"},\"from\":{\"id\":\"9\",\"name\":\"bob\","
    "\"shown_name\":\"Bob\"},\"text\":\"nasty %d\",\"said_at\":1,"
    "\"reason\":\"spam\",\"note\":%s%s%s,\"reports\":{%s}}}",
    (int) seq, (int) of, (int) of, (int) of, note != NULL ? "\"" : "",
    note != NULL ? note : "null", note != NULL ? "\"" : "", reports);
}

static void
settle (KmTestRoom *self,
        gint64      seq,
        gint64      of)
{
  km_test_wire_send (
    self->wire,
    "{\"t\":\"report.settled\",\"s\":\"staff:42\",\"seq\":%d,"
    "\"at\":1763700000000,\"d\":{\"of\":%d,\"id\":\"m%d\",\"by\":{\"id\":\"1\","
    "\"name\":\"host\",\"shown_name\":\"Host\"},\"how\":\"dismissed\"}}",
    (int) seq, (int) of, (int) of);
}

/* The text and how often, newest first, and how many there are. */
static char *
list (KmTestRoom *self)
{
  GListModel *reports = km_room_get_reports (self->room);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (reports); i++)
    {
      g_autoptr (KmRoomReport) report = g_list_model_get_item (reports, i);

      g_string_append_printf (text, "[%s ×%u]",
                              km_room_report_get_text (report),
                              km_room_report_get_total (report));
    }
  g_string_append_printf (text, " %u", km_room_get_n_reports (self->room));

  return g_string_free_and_steal (text);
}

typedef struct
{
  KmTestRoom *room;
  const char *expected;
} Wanted;

static gboolean
is_listed (gpointer data)
{
  Wanted *wanted = data;
  g_autofree char *now = list (wanted->room);

  return g_str_equal (now, wanted->expected);
}

static void
assert_reports (KmTestRoom *self,
                const char *expected)
{
  Wanted wanted = { self, expected };
  g_autofree char *now = NULL;

  km_test_wait_until (is_listed, &wanted, 10);
  now = list (self);
  g_assert_cmpstr (now, ==, expected);
}

static void
answer (KmTestRoom *self,
        gint64      seq,
        gboolean    resumed,
        guint       n_open,
        guint       n_follow)
{
  g_autofree char *reply = g_strdup_printf (
    "{\"epoch\":\"e\",\"seq\":%d,\"resumed\":%s,\"open\":%u,\"follow\":%u}",
    (int) seq, resumed ? "true" : "false", n_open, n_follow);

  km_test_room_reply (self, "staff.open", reply);
}

/* Comes back as the host, and listens. */
static void
be_host (KmTestRoom *self)
{
  self->role = "host";
  self->resumed = TRUE;
  km_room_open_staff (self->room);
  km_test_room_cut (self);
}

/* Which entry the command goes on behind. */
static void
assert_position (KmTestRoom *self,
                 guint       index,
                 const char *d)
{
  km_test_room_wait_sent (self, index + 1);
  g_assert_true (g_str_has_prefix (self->sent->pdata[index], "staff.open "));
  g_assert_true (g_str_has_suffix (self->sent->pdata[index], d));
}

static void
on_reported (KmRoom       *room,
             KmRoomReport *report,
             gboolean      fresh,
             guint        *n_fresh)
{
  *n_fresh += fresh;
}

static void
test_what_is_open_and_what_comes (KmTestRoom    *self,
                                  gconstpointer  data)
{
  g_autoptr (KmRoomReport) report = NULL;
  guint n_fresh = 0;
  const char *by;

  g_signal_connect (self->room, "reported", G_CALLBACK (on_reported),
                    &n_fresh);
  answer (self, 5, FALSE, 2, 3);
  be_host (self);
  assert_position (self, 0, "{}");
  file (self, 2, 10, "\"spam\":1", NULL);
  file (self, 3, 11, "\"spam\":1", NULL);
  file (self, 5, 10, "\"spam\":1,\"hate\":1", "look");
  assert_reports (self, "[nasty 11 ×1][nasty 10 ×2] 2");
  g_assert_cmpuint (n_fresh, ==, 0);

  file (self, 6, 12, "\"other\":1", NULL);
  settle (self, 7, 11);
  assert_reports (self, "[nasty 12 ×1][nasty 10 ×2] 2");
  g_assert_cmpuint (n_fresh, ==, 1);
  report = g_list_model_get_item (km_room_get_reports (self->room), 1);
  g_assert_cmpstr (km_room_report_get_from_name (report), ==, "Bob");
  g_assert_cmpuint (km_room_report_count (report, KM_REPORT_HATE), ==, 1);
  g_assert_cmpint (km_room_report_get_said_at (report), ==, 1);
  g_assert_cmpuint (km_room_report_get_n_notes (report), ==, 1);
  g_assert_cmpstr (km_room_report_get_note (report, 0, &by), ==, "look");
  g_assert_cmpstr (by, ==, "Carol");

  /* What was had, and what is for the room. */
  file (self, 6, 12, "\"other\":9", NULL);
  km_test_room_say (self, 1);
  km_test_room_assert_rows (self, "[1]");
  assert_reports (self, "[nasty 12 ×1][nasty 10 ×2] 2");
}

static void
test_goes_on_behind_the_last (KmTestRoom    *self,
                              gconstpointer  data)
{
  answer (self, 2, FALSE, 2, 2);
  be_host (self);
  assert_position (self, 0, "{}");
  file (self, 1, 10, "\"spam\":1", NULL);
  assert_reports (self, "[nasty 10 ×1] 1");

  /* Cut before all had come: from the beginning. */
  km_test_room_cut (self);
  assert_position (self, 1, "{}");
  file (self, 1, 10, "\"spam\":1", NULL);
  file (self, 2, 11, "\"spam\":1", NULL);
  file (self, 3, 11, "\"spam\":2", NULL);
  assert_reports (self, "[nasty 11 ×2][nasty 10 ×1] 2");

  answer (self, 5, TRUE, 1, 2);
  km_test_room_cut (self);
  assert_position (self, 2, "{\"epoch\":\"e\",\"seq\":3}");
  settle (self, 4, 10);
  file (self, 5, 11, "\"spam\":3", NULL);
  assert_reports (self, "[nasty 11 ×3] 1");

  /* A gap: what lies in it is asked for. */
  answer (self, 7, TRUE, 1, 2);
  settle (self, 7, 11);
  assert_position (self, 3, "{\"epoch\":\"e\",\"seq\":5}");
  file (self, 6, 12, "\"spam\":1", NULL);
  settle (self, 7, 11);
  assert_reports (self, "[nasty 12 ×1] 1");

  /* Another history. */
  km_test_room_reply (self, "staff.open",
                      "{\"epoch\":\"f\",\"seq\":0,\"resumed\":false,"
                      "\"open\":0,\"follow\":0}");
  km_test_room_cut (self);
  assert_position (self, 4, "{\"epoch\":\"e\",\"seq\":7}");
  assert_reports (self, " 0");
}

static void
test_older_ones_come_in_turn (KmTestRoom    *self,
                              gconstpointer  data)
{
  answer (self, 9, FALSE, 4, 1);
  be_host (self);
  assert_position (self, 0, "{}");
  file (self, 9, 20, "\"spam\":1", NULL);
  assert_reports (self, "[nasty 20 ×1] 4");

  /* One that was only counted is reported again; another is settled. */
  file (self, 10, 8, "\"spam\":2", NULL);
  assert_reports (self, "[nasty 8 ×2][nasty 20 ×1] 4");
  settle (self, 11, 7);
  assert_reports (self, "[nasty 8 ×2][nasty 20 ×1] 3");

  answer (self, 13, FALSE, 1, 1);
  settle (self, 12, 8);
  settle (self, 13, 20);
  assert_position (self, 1, "{}");
  file (self, 4, 6, "\"spam\":1", NULL);
  assert_reports (self, "[nasty 6 ×1] 1");
}

static void
test_only_the_staff_asks (KmTestRoom    *self,
                          gconstpointer  data)
{
  self->resumed = TRUE;
  km_room_open_staff (self->room);
  km_test_room_cut (self);
  km_test_room_say (self, 1);
  km_test_room_assert_rows (self, "[1]");
  g_assert_cmpuint (self->sent->len, ==, 0);

  /* What wasn't opened isn't heard. */
  file (self, 1, 10, "\"spam\":1", NULL);
  km_test_room_say (self, 2);
  km_test_room_assert_rows (self, "[1][2]");
  assert_reports (self, " 0");
}

static void
test_answers_until_they_are_had (KmTestRoom    *self,
                                 gconstpointer  data)
{
  g_autoptr (KmRoomReport) report = NULL;
  g_autoptr (GAsyncResult) dismissed = NULL;
  g_autoptr (GAsyncResult) deleted = NULL;
  g_autoptr (GAsyncResult) refused = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;
  g_autofree char *id_again = NULL;

  answer (self, 1, FALSE, 1, 1);
  be_host (self);
  assert_position (self, 0, "{}");
  file (self, 1, 10, "\"spam\":1", NULL);
  assert_reports (self, "[nasty 10 ×1] 1");
  report = g_list_model_get_item (km_room_get_reports (self->room), 0);

  km_room_dismiss_async (self->room, report, NULL, km_test_on_result,
                         &dismissed);
  g_assert_true (km_room_report_get_busy (report));
  km_test_room_wait_sent (self, 2);
  id = km_test_room_dup_id (self, 1);
  g_assert_true (g_str_has_suffix (self->sent->pdata[1],
                                   "{\"message\":\"m10\",\"from\":\"9\"}"));
  answer (self, 1, TRUE, 1, 0);
  km_test_room_reply (self, "report.dismiss", "{}");
  km_test_room_cut (self);
  km_test_wait_result (&dismissed);
  g_assert_true (km_room_settle_finish (self->room, dismissed, &error));
  g_assert_false (km_room_report_get_busy (report));
  for (guint i = 2; i < self->sent->len; i++)
    {
      if (g_str_has_prefix (self->sent->pdata[i], "report.dismiss"))
        id_again = km_test_room_dup_id (self, i);
    }
  g_assert_cmpstr (id_again, ==, id);
  /* The log has the last word. */
  assert_reports (self, "[nasty 10 ×1] 1");

  km_test_room_reply (self, "chat.delete", REFUSED ("no_such_message"));
  km_room_delete_reported_async (self->room, report, NULL, km_test_on_result,
                                 &deleted);
  km_test_wait_result (&deleted);
  g_assert_true (km_room_settle_finish (self->room, deleted, &error));

  km_test_room_reply (self, "report.dismiss", REFUSED ("forbidden"));
  km_room_dismiss_async (self->room, report, NULL, km_test_on_result,
                         &refused);
  km_test_wait_result (&refused);
  g_assert_false (km_room_settle_finish (self->room, refused, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_FORBIDDEN);
}

static void
test_report_survives_the_app (KmTestRoom    *self,
                              gconstpointer  data)
{
  g_autoptr (KmRoomMessage) row = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *id = NULL;
  g_autofree char *id_again = NULL;
  g_autofree char *other = NULL;

  km_test_room_say (self, 1);
  km_test_room_assert_rows (self, "[1]");
  row = g_list_model_get_item (km_room_get_messages (self->room), 0);
  g_assert_true (km_room_may_report (self->room, row));
  km_room_report_async (self->room, row, KM_REPORT_HATE, "look", NULL,
                        km_test_on_result, &result);
  km_test_room_wait_sent (self, 1);
  id = km_test_room_dup_id (self, 0);
  g_assert_true (g_str_has_suffix (
    self->sent->pdata[0],
    "{\"message\":\"c1\",\"from\":\"9\",\"reason\":\"hate\","
    "\"note\":\"look\"}"));
  g_assert_false (km_room_message_get_reported (row));

  /* It has no row, in this run or the next. */
  km_test_room_assert_rows (self, "[1]");
  km_test_room_reply (self, "chat.report", "{}");
  self->head = 1;
  km_test_room_restart (self);
  km_test_room_wait_sent (self, 2);
  id_again = km_test_room_dup_id (self, 1);
  g_assert_cmpstr (id_again, ==, id);
  g_assert_cmpstr (self->sent->pdata[1], ==, self->sent->pdata[0]);
  km_test_room_say (self, 2);
  km_test_room_assert_rows (self, "[2]");

  /* Answered: not again. */
  self->head = 2;
  km_test_room_restart (self);
  km_test_room_say (self, 3);
  km_test_room_assert_rows (self, "[3]");
  g_assert_cmpuint (self->sent->len, ==, 2);
}

static void
test_reported_once (KmTestRoom    *self,
                    gconstpointer  data)
{
  g_autoptr (KmRoomMessage) first = NULL;
  g_autoptr (KmRoomMessage) second = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GAsyncResult) again = NULL;
  g_autoptr (GError) error = NULL;

  km_test_room_say (self, 1);
  km_test_room_say (self, 2);
  km_test_room_assert_rows (self, "[1][2]");
  first = g_list_model_get_item (km_room_get_messages (self->room), 0);
  second = g_list_model_get_item (km_room_get_messages (self->room), 1);
  km_test_room_reply (self, "chat.report", "{}");
  km_room_report_async (self->room, first, KM_REPORT_SPAM, NULL, NULL,
                        km_test_on_result, &done);
  km_test_wait_result (&done);
  g_assert_true (km_room_report_finish (self->room, done, &error));
  g_assert_true (km_room_message_get_reported (first));
  g_assert_false (km_room_may_report (self->room, first));

  km_test_room_reply (self, "chat.report", REFUSED ("already_reported"));
  km_room_report_async (self->room, second, KM_REPORT_SPAM, NULL, NULL,
                        km_test_on_result, &again);
  km_test_wait_result (&again);
  g_assert_false (km_room_report_finish (self->room, again, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ALREADY_REPORTED);
  g_assert_true (km_room_message_get_reported (second));
  g_assert_false (km_room_may_report (self->room, second));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/client/room-staff/" name, KmTestRoom, NULL,                    \
              km_test_room_set_up, func, km_test_room_tear_down)
  TEST ("what-is-open-and-what-comes", test_what_is_open_and_what_comes);
  TEST ("goes-on-behind-the-last", test_goes_on_behind_the_last);
  TEST ("older-ones-come-in-turn", test_older_ones_come_in_turn);
  TEST ("only-the-staff-asks", test_only_the_staff_asks);
  TEST ("answers-until-they-are-had", test_answers_until_they_are_had);
  TEST ("report-survives-the-app", test_report_survives_the_app);
  TEST ("reported-once", test_reported_once);
#undef TEST

  return g_test_run ();
}
