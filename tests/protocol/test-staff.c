/* test-staff.c: reports and what the staff is told of them, on the wire
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-command.h"
#include "km-frame.h"
#include "km-json.h"

#define ACT "0123456789abcdefghjkmnpqrs"
#define MESSAGE "srqpnmkjhgfedcba9876543210"

static KmCommand *
around (const KmCommand *command)
{
  g_autofree char *text = km_command_encode (command);
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  KmCommand *copy = km_command_parse (text, strlen (text), &id, &error);

  g_assert_no_error (error);
  g_assert_cmpint (copy->kind, ==, command->kind);
  g_assert_cmpstr (copy->message, ==, command->message);
  g_assert_cmpstr (copy->from, ==, command->from);

  return copy;
}

static KmCommand *
new_command (KmCommandKind kind)
{
  KmCommand *command = km_command_new (kind);

  command->id = g_strdup (ACT);
  command->room = g_strdup ("42");
  if (kind == KM_COMMAND_STAFF_OPEN)
    return command;

  command->message = g_strdup (MESSAGE);
  command->from = g_strdup ("7");

  return command;
}

static void
test_report_survives_the_wire (void)
{
  g_autoptr (KmCommand) report = new_command (KM_COMMAND_CHAT_REPORT);
  g_autoptr (KmCommand) dismiss = new_command (KM_COMMAND_REPORT_DISMISS);
  g_autoptr (KmCommand) open = new_command (KM_COMMAND_STAFF_OPEN);
  g_autoptr (KmCommand) dismiss_copy = around (dismiss);
  g_autoptr (KmCommand) open_copy = NULL;

  for (guint i = 0; i < KM_N_REPORT_REASONS; i++)
    {
      g_autoptr (KmCommand) copy = NULL;
      g_autoptr (GBytes) digest = NULL;
      g_autoptr (GBytes) copy_digest = NULL;

      report->reason = (KmReportReason) i;
      g_set_str (&report->note, i % 2 == 0 ? "再说一遍" : NULL);
      copy = around (report);
      g_assert_cmpint (copy->reason, ==, i);
      g_assert_cmpstr (copy->note, ==, report->note);
      digest = km_command_digest (report);
      copy_digest = km_command_digest (copy);
      g_assert_true (g_bytes_equal (digest, copy_digest));
    }
  g_assert_true (km_command_kind_is_act (KM_COMMAND_CHAT_REPORT));
  g_assert_true (km_command_kind_is_act (KM_COMMAND_REPORT_DISMISS));
  g_assert_false (km_command_kind_is_act (KM_COMMAND_STAFF_OPEN));

  open->epoch = g_strdup ("e");
  open->seq = 7;
  open_copy = around (open);
  g_assert_cmpstr (open_copy->epoch, ==, "e");
  g_assert_cmpint (open_copy->seq, ==, 7);
}

static KmRoomEvent *
parse_event (const char *text)
{
  KmRoomEvent *event = NULL;
  KmReply *reply = NULL;

  if (!km_frame_parse (text, strlen (text), &event, &reply, NULL))
    return NULL;
  g_assert_null (reply);

  return event;
}

static KmRoomEvent *
new_event (KmRoomEventKind kind)
{
  KmRoomEvent *event = km_room_event_new (kind);

  event->room = g_strdup ("42");
  event->seq = 9;
  event->at_ms = 5000;
  event->staff = km_staff_entry_new ();
  event->staff->of = 812;
  event->staff->id = g_strdup (MESSAGE);
  event->staff->by = km_person_new ("9", "carol", "Carol", KM_ROLE_HOST);

  return event;
}

static KmRoomEvent *
event_around (const KmRoomEvent *event)
{
  g_autofree char *text = km_room_event_encode (event);
  KmRoomEvent *copy = parse_event (text);

  g_assert_nonnull (copy);
  g_assert_nonnull (strstr (text, "\"s\":\"staff:42\",\"seq\":9,\"at\":5000"));
  g_assert_cmpint (copy->kind, ==, event->kind);
  g_assert_cmpstr (copy->room, ==, "42");
  g_assert_cmpint (copy->staff->of, ==, 812);
  g_assert_cmpstr (copy->staff->id, ==, MESSAGE);
  g_assert_cmpstr (copy->staff->by->account.shown_name, ==, "Carol");

  return copy;
}

static void
test_entries_survive_the_wire (void)
{
  g_autoptr (KmRoomEvent) filed = new_event (KM_ROOM_EVENT_REPORT_FILED);
  g_autoptr (KmRoomEvent) settled = new_event (KM_ROOM_EVENT_REPORT_SETTLED);
  g_autoptr (KmRoomEvent) deleted = new_event (KM_ROOM_EVENT_MESSAGE_DELETED);
  g_autoptr (KmRoomEvent) copy = NULL;

  filed->staff->from = km_person_new ("7", "bob", "Bob", KM_ROLE_MEMBER);
  filed->staff->text = g_strdup ("\"nasty\" 坏话");
  filed->staff->said_at_ms = 4000;
  filed->staff->reason = KM_REPORT_VIOLENCE;
  filed->staff->note = g_strdup ("look");
  filed->staff->reports[KM_REPORT_VIOLENCE] = 2;
  filed->staff->reports[KM_REPORT_SPAM] = 1;
  copy = event_around (filed);
  g_assert_cmpstr (copy->staff->from->account.name, ==, "bob");
  g_assert_cmpstr (copy->staff->text, ==, "\"nasty\" 坏话");
  g_assert_cmpint (copy->staff->said_at_ms, ==, 4000);
  g_assert_cmpint (copy->staff->reason, ==, KM_REPORT_VIOLENCE);
  g_assert_cmpstr (copy->staff->note, ==, "look");
  g_assert_cmpuint (copy->staff->reports[KM_REPORT_VIOLENCE], ==, 2);
  g_assert_cmpuint (km_staff_entry_count_reports (copy->staff), ==, 3);
  g_clear_pointer (&copy, km_room_event_free);

  settled->staff->how = KM_REPORT_END_DELETED;
  copy = event_around (settled);
  g_assert_cmpint (copy->staff->how, ==, KM_REPORT_END_DELETED);
  g_clear_pointer (&copy, km_room_event_free);

  deleted->staff->deletion = KM_DELETION_AUTHOR;
  copy = event_around (deleted);
  g_assert_cmpint (copy->staff->deletion, ==, KM_DELETION_AUTHOR);
}

#define BY "\"by\":{\"id\":\"9\",\"name\":\"c\",\"shown_name\":\"C\"}"
#define FROM "\"from\":{\"id\":\"7\",\"name\":\"b\",\"shown_name\":\"B\"}"
#define FILED "\"of\":8,\"id\":\"m\"," BY "," FROM ",\"said_at\":1"

static void
test_newer_words_are_the_plainest (void)
{
  g_autoptr (KmRoomEvent) filed = parse_event (
    "{\"t\":\"report.filed\",\"s\":\"staff:42\",\"seq\":1,\"d\":{" FILED
    ",\"text\":\"x\",\"reason\":\"scam\","
    "\"reports\":{\"scam\":2,\"other\":1,\"hate\":1}}}");
  g_autoptr (KmRoomEvent) settled = parse_event (
    "{\"t\":\"report.settled\",\"s\":\"staff:42\",\"seq\":2,"
    "\"d\":{\"of\":8,\"id\":\"m\"," BY ",\"how\":\"muted\"}}");
  g_autoptr (KmRoomEvent) deleted = parse_event (
    "{\"t\":\"message.deleted\",\"s\":\"staff:42\",\"seq\":3,"
    "\"d\":{\"of\":8,\"id\":\"m\"," BY ",\"as\":\"moderator\"}}");

  g_assert_cmpint (filed->staff->reason, ==, KM_REPORT_OTHER);
  g_assert_cmpuint (filed->staff->reports[KM_REPORT_OTHER], ==, 3);
  g_assert_cmpuint (km_staff_entry_count_reports (filed->staff), ==, 4);
  g_assert_cmpint (settled->staff->how, ==, KM_REPORT_END_DISMISSED);
  g_assert_cmpint (deleted->staff->deletion, ==, KM_DELETION_HOST);
}

/* Of another stream, without a place, or not whole. */
static void
test_what_is_no_entry (void)
{
  static const char *const texts[] = {
    "{\"t\":\"report.filed\",\"s\":\"room:42\",\"seq\":1,\"d\":{" FILED
    ",\"text\":\"x\"}}",
    "{\"t\":\"chat.message\",\"s\":\"staff:42\",\"seq\":1,\"d\":{\"id\":\"m\","
    FROM ",\"text\":\"x\"}}",
    "{\"t\":\"report.filed\",\"s\":\"staff:42\",\"d\":{" FILED
    ",\"text\":\"x\"}}",
    "{\"t\":\"report.filed\",\"s\":\"staff:42\",\"seq\":1,\"d\":{" FILED "}}",
    "{\"t\":\"report.settled\",\"s\":\"staff:42\",\"seq\":1,"
    "\"d\":{\"of\":8,\"id\":\"m\",\"how\":\"deleted\"}}",
    "{\"t\":\"report.settled\",\"s\":\"staff:42\",\"seq\":1,"
    "\"d\":{\"of\":0,\"id\":\"m\"," BY ",\"how\":\"deleted\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_null (parse_event (texts[i]));
}

static void
test_answer_survives_the_wire (void)
{
  const KmStaffOpened opened = { "e", 9, TRUE, 3, 2 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = NULL;

  km_reply_append_staff (text, "r", &opened);
  g_assert_true (km_frame_parse (text->str, text->len, &event, &reply, NULL));
  g_assert_true (km_reply_check (reply, KM_COMMAND_STAFF_OPEN, &error));
  g_assert_cmpstr (reply->epoch, ==, "e");
  g_assert_cmpint (reply->seq, ==, 9);
  g_assert_true (reply->resumed);
  g_assert_cmpuint (reply->n_open, ==, 3);
  g_assert_cmpint (reply->n_follow, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/protocol/staff/report-survives-the-wire",
                   test_report_survives_the_wire);
  g_test_add_func ("/protocol/staff/entries-survive-the-wire",
                   test_entries_survive_the_wire);
  g_test_add_func ("/protocol/staff/newer-words-are-the-plainest",
                   test_newer_words_are_the_plainest);
  g_test_add_func ("/protocol/staff/what-is-no-entry", test_what_is_no_entry);
  g_test_add_func ("/protocol/staff/answer-survives-the-wire",
                   test_answer_survives_the_wire);

  return g_test_run ();
}
