/* test-hub-staff.c: what is reported reaches the staff, once and in order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over real sockets, threads and a real store. user1 is the host; user2 says
 * what the others report.
 */

#include <string.h>

#include "km-id.h"
#include "km-test-hub.h"

#define HOST 1
#define AUTHOR 2
#define NASTY "something nasty"

static KmReply *
ask_about (KmTestMember  *member,
           KmCommandKind  kind,
           const char    *act,
           const char    *message,
           const char    *note)
{
  g_autoptr (KmCommand) command = km_command_new (kind);

  command->id = act != NULL ? g_strdup (act) : km_id_new ();
  command->room = g_strdup (ROOM);
  command->message = g_strdup (message);
  command->from = g_strdup_printf ("%d", AUTHOR);
  command->reason = note != NULL ? KM_REPORT_OTHER : KM_REPORT_SPAM;
  command->note = g_strdup (note);

  return km_test_member_ask (member, command);
}

static void
report (KmTestMember *member,
        const char   *message)
{
  g_autoptr (KmReply) reply =
    ask_about (member, KM_COMMAND_CHAT_REPORT, NULL, message, NULL);

  g_assert_no_error (reply->error);
}

static void
expect_refused (KmTestMember    *member,
                KmCommandKind    kind,
                const char      *message,
                KmProtocolError  code)
{
  g_autoptr (KmReply) reply = ask_about (member, kind, NULL, message, NULL);

  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

static KmReply *
open_staff (KmTestMember *member,
            const char   *epoch,
            gint64        seq)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_STAFF_OPEN);

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->epoch = g_strdup (epoch);
  command->seq = seq;

  return km_test_member_ask (member, command);
}

static void
expect_opened (KmTestMember *member,
               const char   *epoch,
               gint64        seq,
               gboolean      resumed,
               gint64        head,
               guint         n_open,
               int           n_follow)
{
  g_autoptr (KmReply) reply = open_staff (member, epoch, seq);

  g_assert_no_error (reply->error);
  g_assert_cmpstr (reply->epoch, ==, EPOCH);
  g_assert_cmpint (reply->seq, ==, head);
  g_assert_cmpint (reply->resumed, ==, resumed);
  g_assert_cmpuint (reply->n_open, ==, n_open);
  g_assert_cmpint (reply->n_follow, ==, n_follow);
}

/* The next entry of the staff's, past what happens in the room. What comes
 * while a member waits for a reply is lost, so who listens asks nothing. */
static KmRoomEvent *
next_entry (KmTestMember    *member,
            KmRoomEventKind  kind,
            gint64           seq,
            gint64           of)
{
  for (;;)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (member);

      if (!km_room_event_kind_is_staff (event->kind))
        continue;
      g_assert_cmpint (event->kind, ==, kind);
      g_assert_cmpint (event->seq, ==, seq);
      g_assert_cmpint (event->staff->of, ==, of);
      g_assert_cmpstr (event->room, ==, ROOM);

      return g_steal_pointer (&event);
    }
}

static void
expect_filed (KmTestMember *member,
              gint64        seq,
              gint64        of,
              const char   *by,
              guint         n_reports)
{
  g_autoptr (KmRoomEvent) event =
    next_entry (member, KM_ROOM_EVENT_REPORT_FILED, seq, of);

  g_assert_cmpstr (event->staff->by->account.shown_name, ==, by);
  g_assert_cmpstr (event->staff->from->account.shown_name, ==, "user2");
  g_assert_cmpstr (event->staff->text, ==, NASTY);
  g_assert_cmpuint (km_staff_entry_count_reports (event->staff), ==,
                    n_reports);
}

static void
expect_settled (KmTestMember *member,
                gint64        seq,
                gint64        of,
                KmReportEnd   how,
                const char   *by)
{
  g_autoptr (KmRoomEvent) event =
    next_entry (member, KM_ROOM_EVENT_REPORT_SETTLED, seq, of);

  g_assert_cmpint (event->staff->how, ==, how);
  g_assert_cmpstr (event->staff->by->account.shown_name, ==, by);
}

static void
expect_deleted (KmTestMember *member,
                gint64        seq,
                gint64        of,
                KmDeletion    as,
                const char   *by)
{
  g_autoptr (KmRoomEvent) event =
    next_entry (member, KM_ROOM_EVENT_MESSAGE_DELETED, seq, of);

  g_assert_cmpint (event->staff->deletion, ==, as);
  g_assert_cmpstr (event->staff->by->account.shown_name, ==, by);
}

static void
come (KmTestHub    *fixture,
      KmTestMember *member,
      gint64        account,
      gint64        head)
{
  km_test_hub_connect (fixture, member, account);
  km_test_hub_join (member, EPOCH, head, TRUE, head);
}

/* Nothing of the staff's was among what somebody was sent so far. */
static void
expect_nothing (KmTestMember *member)
{
  g_autofree char *id = km_id_new ();

  km_test_member_say (member, ROOM, id, "hm");
  for (;;)
    {
      g_autoptr (KmRoomEvent) event = NULL;
      g_autoptr (KmReply) reply = NULL;

      g_assert_true (km_test_member_read (member, &event, &reply));
      g_assert_true (event == NULL
                     || !km_room_event_kind_is_staff (event->kind));
      if (reply != NULL && g_str_equal (reply->re, id))
        return;
    }
}

static void
test_both_windows_hear_in_order (KmTestHub     *fixture,
                                 gconstpointer  data)
{
  g_autofree char *first = km_id_new ();
  g_autofree char *second = km_id_new ();
  g_autoptr (KmReply) noted = NULL;
  g_autoptr (KmReply) dismissed = NULL;
  g_autoptr (KmReply) deleted = NULL;
  g_autoptr (KmRoomEvent) note = NULL;
  KmTestMember window[2], third, author, viewer, other;

  come (fixture, &window[0], HOST, 0);
  come (fixture, &window[1], HOST, 0);
  come (fixture, &third, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &viewer, 3, 0);
  come (fixture, &other, 4, 0);
  for (guint i = 0; i < 2; i++)
    expect_opened (&window[i], NULL, -1, FALSE, 0, 0, 0);

  km_test_hub_say (&author, first, NASTY);
  km_test_hub_say (&author, second, NASTY);
  report (&viewer, first);
  noted = ask_about (&other, KM_COMMAND_CHAT_REPORT, NULL, first,
                     " they do it all day ");
  g_assert_no_error (noted->error);
  report (&viewer, second);
  dismissed = ask_about (&third, KM_COMMAND_REPORT_DISMISS, NULL, second,
                         NULL);
  g_assert_no_error (dismissed->error);
  deleted = ask_about (&author, KM_COMMAND_CHAT_DELETE, NULL, first, NULL);
  g_assert_no_error (deleted->error);

  for (guint i = 0; i < 2; i++)
    {
      expect_filed (&window[i], 1, 1, "user3", 1);
      note = next_entry (&window[i], KM_ROOM_EVENT_REPORT_FILED, 2, 1);
      g_assert_cmpstr (note->staff->note, ==, "they do it all day");
      g_assert_cmpint (note->staff->reason, ==, KM_REPORT_OTHER);
      g_assert_cmpuint (note->staff->reports[KM_REPORT_SPAM], ==, 1);
      g_assert_cmpuint (note->staff->reports[KM_REPORT_OTHER], ==, 1);
      g_clear_pointer (&note, km_room_event_free);
      expect_filed (&window[i], 3, 2, "user3", 1);
      expect_settled (&window[i], 4, 2, KM_REPORT_END_DISMISSED, "user1");
      expect_deleted (&window[i], 5, 1, KM_DELETION_AUTHOR, "user2");
      expect_settled (&window[i], 6, 1, KM_REPORT_END_DELETED, "user2");
    }

  expect_nothing (&author);
  expect_nothing (&viewer);
  km_test_member_clear (&window[0]);
  km_test_member_clear (&window[1]);
  km_test_member_clear (&third);
  km_test_member_clear (&author);
  km_test_member_clear (&viewer);
  km_test_member_clear (&other);
}

static void
test_resumes_behind_the_last_had (KmTestHub     *fixture,
                                  gconstpointer  data)
{
  g_autofree char *first = km_id_new ();
  g_autofree char *second = km_id_new ();
  KmTestMember host, author, viewer, other;

  come (fixture, &host, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &viewer, 3, 0);
  come (fixture, &other, 4, 0);
  km_test_hub_say (&author, first, NASTY);
  km_test_hub_say (&author, second, NASTY);
  expect_opened (&host, NULL, -1, FALSE, 0, 0, 0);
  report (&viewer, first);
  expect_filed (&host, 1, 1, "user3", 1);

  /* The socket is cut; then the server. */
  km_test_member_clear (&host);
  report (&other, first);
  come (fixture, &host, HOST, 2);
  expect_opened (&host, EPOCH, 1, TRUE, 2, 1, 1);
  expect_filed (&host, 2, 1, "user4", 2);
  report (&viewer, second);
  expect_filed (&host, 3, 2, "user3", 1);
  km_test_member_clear (&host);
  report (&other, second);
  km_test_member_clear (&viewer);
  km_test_member_clear (&author);
  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);

  come (fixture, &host, HOST, 2);
  expect_opened (&host, EPOCH, 3, TRUE, 4, 2, 1);
  expect_filed (&host, 4, 2, "user4", 2);
  /* Once more in the same seat, and with nothing missed. */
  expect_opened (&host, EPOCH, 4, TRUE, 4, 2, 0);
  come (fixture, &viewer, 5, 2);
  report (&viewer, second);
  expect_filed (&host, 5, 2, "user5", 3);
  km_test_member_clear (&host);
  km_test_member_clear (&viewer);
  km_test_member_clear (&other);
}

static void
test_another_history_is_a_snapshot (KmTestHub     *fixture,
                                    gconstpointer  data)
{
  g_autofree char *settled = km_id_new ();
  g_autofree char *open = km_id_new ();
  g_autoptr (KmReply) dismissed = NULL;
  KmTestMember host, author, viewer;

  come (fixture, &host, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  km_test_hub_say (&author, settled, NASTY);
  km_test_hub_say (&author, open, NASTY);
  come (fixture, &viewer, 3, 2);
  report (&viewer, settled);
  dismissed = ask_about (&host, KM_COMMAND_REPORT_DISMISS, NULL, settled,
                         NULL);
  g_assert_no_error (dismissed->error);
  for (gint64 account = 3; account <= 3 + KM_STAFF_OF_MESSAGE; account++)
    {
      km_test_member_clear (&viewer);
      come (fixture, &viewer, account, 2);
      report (&viewer, open);
    }

  /* Of six reports of the message the newest five; of the settled one none. */
  expect_opened (&host, "another", 2, FALSE, 8, 1, KM_STAFF_OF_MESSAGE);
  for (gint64 i = 0; i < KM_STAFF_OF_MESSAGE; i++)
    {
      g_autofree char *name = g_strdup_printf ("user%d", (int) i + 4);

      expect_filed (&host, i + 4, 2, name, (guint) i + 2);
    }
  km_test_member_clear (&host);
  km_test_member_clear (&author);
  km_test_member_clear (&viewer);
}

static void
test_lost_end_is_a_new_history (KmTestHub     *fixture,
                                gconstpointer  data)
{
  KmTestMember host;
  g_autoptr (KmReply) busy = NULL;
  g_autoptr (KmReply) anew = NULL;

  come (fixture, &host, HOST, 0);
  busy = open_staff (&host, EPOCH, 7);
  g_assert_error (busy->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BUSY);
  g_assert_cmpint (km_protocol_error_get_retry_ms (busy->error), >, 0);
  do
    {
      /* Behind the new history, which is on its way to the disk. */
      km_test_store_ask (fixture->store, "SELECT 1");
      g_clear_pointer (&anew, km_reply_free);
      anew = open_staff (&host, EPOCH, 7);
    }
  while (g_error_matches (anew->error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_BUSY));
  g_assert_no_error (anew->error);
  g_assert_false (anew->resumed);
  g_assert_cmpstr (anew->epoch, !=, EPOCH);
  km_test_member_clear (&host);
}

static void
test_only_the_staff (KmTestHub     *fixture,
                     gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) of_guest = NULL;
  g_autoptr (KmReply) of_member = NULL;
  g_autoptr (KmReply) outside = NULL;
  KmTestMember host, author, guest, stranger;

  come (fixture, &host, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &guest, 0, 0);
  km_test_hub_connect (fixture, &stranger, HOST);
  km_test_hub_say (&author, id, NASTY);

  of_guest = open_staff (&guest, NULL, -1);
  g_assert_error (of_guest->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  of_member = open_staff (&author, NULL, -1);
  g_assert_error (of_member->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_FORBIDDEN);
  outside = open_staff (&stranger, NULL, -1);
  g_assert_error (outside->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_NOT_JOINED);

  expect_refused (&guest, KM_COMMAND_CHAT_REPORT, id,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_refused (&author, KM_COMMAND_CHAT_REPORT, id,
                  KM_PROTOCOL_ERROR_OWN_MESSAGE);
  expect_refused (&author, KM_COMMAND_REPORT_DISMISS, id,
                  KM_PROTOCOL_ERROR_FORBIDDEN);
  expect_refused (&guest, KM_COMMAND_REPORT_DISMISS, id,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_refused (&host, KM_COMMAND_REPORT_DISMISS, id,
                  KM_PROTOCOL_ERROR_NO_SUCH_REPORT);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM staff_entry"),
                   ==, 0);
  km_test_member_clear (&host);
  km_test_member_clear (&author);
  km_test_member_clear (&guest);
  km_test_member_clear (&stranger);
}

static void
test_each_reports_once (KmTestHub     *fixture,
                        gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *unknown = km_id_new ();
  g_autofree char *act = km_id_new ();
  g_autoptr (KmReply) first = NULL;
  g_autoptr (KmReply) again = NULL;
  g_autoptr (KmReply) other = NULL;
  g_autoptr (KmReply) deleted = NULL;
  g_autoptr (KmReply) late = NULL;
  KmTestMember host, window, author, viewer, third;

  come (fixture, &host, HOST, 0);
  come (fixture, &window, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &viewer, 3, 0);
  come (fixture, &third, 4, 0);
  km_test_hub_say (&author, id, NASTY);
  expect_opened (&host, NULL, -1, FALSE, 0, 0, 0);

  /* The same act, the same answer; another one is told that it was done. */
  first = ask_about (&viewer, KM_COMMAND_CHAT_REPORT, act, id, NULL);
  g_assert_no_error (first->error);
  again = ask_about (&viewer, KM_COMMAND_CHAT_REPORT, act, id, NULL);
  g_assert_no_error (again->error);
  other = ask_about (&viewer, KM_COMMAND_CHAT_REPORT, act, id, "what else");
  g_assert_error (other->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  expect_refused (&viewer, KM_COMMAND_CHAT_REPORT, id,
                  KM_PROTOCOL_ERROR_ALREADY_REPORTED);
  expect_refused (&viewer, KM_COMMAND_CHAT_REPORT, unknown,
                  KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM staff_entry"),
                   ==, 1);

  /* Of what was deleted meanwhile nothing is left to report; what came before
   * is answered as it was. */
  deleted = ask_about (&window, KM_COMMAND_CHAT_DELETE, NULL, id, NULL);
  g_assert_no_error (deleted->error);
  expect_refused (&third, KM_COMMAND_CHAT_REPORT, id,
                  KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  late = ask_about (&viewer, KM_COMMAND_CHAT_REPORT, act, id, NULL);
  g_assert_no_error (late->error);
  expect_filed (&host, 1, 1, "user3", 1);
  expect_deleted (&host, 2, 1, KM_DELETION_HOST, "user1");
  expect_settled (&host, 3, 1, KM_REPORT_END_DELETED, "user1");
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM report"
                                      " WHERE filed = 1 AND settled = 3"),
                   ==, 1);
  km_test_member_clear (&host);
  km_test_member_clear (&window);
  km_test_member_clear (&author);
  km_test_member_clear (&viewer);
  km_test_member_clear (&third);
}

static void
test_dismissed_can_come_again (KmTestHub     *fixture,
                               gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *act = km_id_new ();
  g_autoptr (KmReply) first = NULL;
  g_autoptr (KmReply) again = NULL;
  KmTestMember host, window, author, viewer, other;

  come (fixture, &host, HOST, 0);
  come (fixture, &window, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &viewer, 3, 0);
  come (fixture, &other, 4, 0);
  km_test_hub_say (&author, id, NASTY);
  expect_opened (&host, NULL, -1, FALSE, 0, 0, 0);
  report (&viewer, id);
  first = ask_about (&window, KM_COMMAND_REPORT_DISMISS, act, id, NULL);
  g_assert_no_error (first->error);

  report (&other, id);
  again = ask_about (&window, KM_COMMAND_REPORT_DISMISS, act, id, NULL);
  g_assert_no_error (again->error);
  expect_filed (&host, 1, 1, "user3", 1);
  expect_settled (&host, 2, 1, KM_REPORT_END_DISMISSED, "user1");
  expect_filed (&host, 3, 1, "user4", 1);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM report"
                                      " WHERE settled IS NULL"), ==, 1);
  km_test_member_clear (&host);
  km_test_member_clear (&window);
  km_test_member_clear (&author);
  km_test_member_clear (&viewer);
  km_test_member_clear (&other);
}

static void
expect_code (KmTestMember    *member,
             const char      *d,
             KmProtocolError  code)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *text = g_strdup_printf (
    "{\"t\":\"chat.report\",\"id\":\"%s\",\"room\":\"" ROOM "\",\"d\":%s}",
    id, d);
  g_autoptr (KmReply) reply = NULL;

  km_test_member_send_text (member, text);
  reply = km_test_member_next_reply (member);
  g_assert_cmpstr (reply->re, ==, id);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

static void
test_words_cannot_be_forged (KmTestHub     *fixture,
                             gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *long_note = g_strnfill (KM_REPORT_NOTE_CLUSTERS_MAX + 1,
                                           'x');
  g_autofree char *too_long = g_strdup_printf (
    "{\"message\":\"%s\",\"from\":\"2\",\"reason\":\"other\","
    "\"note\":\"%s\"}", id, long_note);
  g_autofree char *bad = g_strdup_printf (
    "{\"message\":\"%s\",\"from\":\"2\",\"reason\":\"other\","
    "\"note\":\"\\u0007\"}", id);
  g_autofree char *reason = g_strdup_printf (
    "{\"message\":\"%s\",\"from\":\"2\",\"reason\":\"boring\"}", id);
  g_autofree char *number = g_strdup_printf (
    "{\"message\":\"%s\",\"from\":\"2\",\"reason\":\"spam\",\"note\":7}", id);
  g_autofree char *forged = g_strdup_printf (
    "{\"t\":\"chat.report\",\"id\":\"%s\",\"room\":\"" ROOM "\",\"d\":{"
    "\"message\":\"%s\",\"from\":\"2\",\"reason\":\"hate\",\"note\":\"  \","
    "\"text\":\"what they never said\",\"by\":{\"id\":\"4\"},\"of\":9,"
    "\"reports\":{\"hate\":99},\"seq\":5,\"at\":1}}", id, id);
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (KmRoomEvent) event = NULL;
  KmTestMember host, author, viewer;

  come (fixture, &host, HOST, 0);
  come (fixture, &author, AUTHOR, 0);
  come (fixture, &viewer, 3, 0);
  km_test_hub_say (&author, id, NASTY);
  expect_opened (&host, NULL, -1, FALSE, 0, 0, 0);
  expect_code (&viewer, too_long, KM_PROTOCOL_ERROR_TOO_LONG);
  expect_code (&viewer, bad, KM_PROTOCOL_ERROR_BAD_TEXT);
  expect_code (&viewer, reason, KM_PROTOCOL_ERROR_BAD_REQUEST);
  expect_code (&viewer, number, KM_PROTOCOL_ERROR_BAD_REQUEST);
  expect_code (&viewer, "{\"message\":\"x\",\"from\":\"2\","
                        "\"reason\":\"spam\"}",
               KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);

  /* The id of the message as the report's own: acts are their users'. */
  km_test_member_send_text (&viewer, forged);
  reply = km_test_member_next_reply (&viewer);
  g_assert_no_error (reply->error);
  event = next_entry (&host, KM_ROOM_EVENT_REPORT_FILED, 1, 1);
  g_assert_cmpstr (event->staff->text, ==, NASTY);
  g_assert_cmpstr (event->staff->by->account.id, ==, "3");
  g_assert_cmpint (event->staff->by->role, ==, KM_ROLE_MEMBER);
  g_assert_null (event->staff->note);
  g_assert_cmpuint (event->staff->reports[KM_REPORT_HATE], ==, 1);
  g_assert_cmpint (event->at_ms, >, 1);
  km_test_member_clear (&host);
  km_test_member_clear (&author);
  km_test_member_clear (&viewer);
}

static void
test_flood_is_told_to_wait (KmTestHub     *fixture,
                            gconstpointer  data)
{
  g_autofree char *unknown = km_id_new ();
  g_autoptr (KmReply) reply = NULL;
  KmTestMember viewer;

  come (fixture, &viewer, 3, 0);
  for (guint i = 0; i < 10; i++)
    expect_refused (&viewer, KM_COMMAND_CHAT_REPORT, unknown,
                    KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  reply = ask_about (&viewer, KM_COMMAND_CHAT_REPORT, NULL, unknown, NULL);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_FAST);
  g_assert_cmpint (km_protocol_error_get_retry_ms (reply->error), >, 0);
  g_assert_cmpint (km_protocol_error_get_retry_ms (reply->error), <=, 2000);
  km_test_member_clear (&viewer);
}

/* Reports of many messages, written as the server would. */
static void
fill (KmTestHub *fixture,
      guint      n)
{
  static const char *const steps[] = {
    "INSERT INTO event (room, seq, at, kind, account, body)"
    " SELECT 1, value, 1, 'chat.message', 2, '{}' FROM numbers",
    "INSERT INTO staff_entry"
    " SELECT 1, value, 1, 'report.filed', value, 3,"
    "  json_object ('of', value, 'id', 'm' || value,"
    "   'by', json_object ('id', '3', 'name', 'u', 'shown_name', 'user3'),"
    "   'from', json_object ('id', '2', 'name', 'u', 'shown_name', 'user2'),"
    "   'text', '" NASTY "', 'said_at', 1, 'reason', 'spam',"
    "   'reports', json_object ('spam', 1)) FROM numbers",
    "INSERT INTO report SELECT 1, value, 3, 'spam', value, NULL FROM numbers",
    "UPDATE room SET seq = (SELECT MAX (value) FROM numbers)",
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "WITH RECURSIVE numbers (value) AS (SELECT 1 UNION ALL"
        " SELECT value + 1 FROM numbers WHERE value < %u) %s", n, steps[i]);
      g_autoptr (GError) error = NULL;

      km_test_store_run (fixture->store, sql, &error);
      g_assert_no_error (error);
    }
}

static void
test_too_much_is_a_snapshot (KmTestHub     *fixture,
                             gconstpointer  data)
{
  KmTestMember host;

  fill (fixture, KM_STAFF_RECENT + 20);
  km_test_hub_connect (fixture, &host, HOST);
  km_test_hub_join (&host, EPOCH, KM_STAFF_RECENT + 20, TRUE,
                    KM_STAFF_RECENT + 20);

  expect_opened (&host, EPOCH, 20, TRUE, KM_STAFF_RECENT + 20,
                 KM_STAFF_RECENT + 20, KM_STAFF_RECENT);
  for (gint64 seq = 21; seq <= KM_STAFF_RECENT + 20; seq++)
    expect_filed (&host, seq, seq, "user3", 1);

  /* One more is too much, and the newest are what there is to do first. */
  expect_opened (&host, EPOCH, 19, FALSE, KM_STAFF_RECENT + 20,
                 KM_STAFF_RECENT + 20, KM_STAFF_RECENT);
  for (gint64 seq = 21; seq <= KM_STAFF_RECENT + 20; seq++)
    expect_filed (&host, seq, seq, "user3", 1);
  km_test_member_clear (&host);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/server/hub/staff/" name, KmTestHub, NULL,                      \
              km_test_hub_set_up, func, km_test_hub_tear_down)
  TEST ("both-windows-hear-in-order", test_both_windows_hear_in_order);
  TEST ("resumes-behind-the-last-had", test_resumes_behind_the_last_had);
  TEST ("another-history-is-a-snapshot", test_another_history_is_a_snapshot);
  TEST ("lost-end-is-a-new-history", test_lost_end_is_a_new_history);
  TEST ("only-the-staff", test_only_the_staff);
  TEST ("each-reports-once", test_each_reports_once);
  TEST ("dismissed-can-come-again", test_dismissed_can_come_again);
  TEST ("words-cannot-be-forged", test_words_cannot_be_forged);
  TEST ("flood-is-told-to-wait", test_flood_is_told_to_wait);
  TEST ("too-much-is-a-snapshot", test_too_much_is_a_snapshot);
#undef TEST

  return g_test_run ();
}
