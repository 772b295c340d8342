/* test-room-event.c: events and replies survive the wire and newer servers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-command.h"
#include "km-frame.h"

#define STREAM "0123456789abcdefghjkmnpqrs"

static KmRoomEvent *
parse_event (const char *text)
{
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmReply *reply;

  g_assert_true (km_frame_parse (text, strlen (text), &event, &reply,
                                 &error));
  g_assert_no_error (error);
  g_assert_null (reply);
  g_assert_nonnull (event);
  return event;
}

static KmReply *
parse_reply (const char *text)
{
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmReply *reply;

  g_assert_true (km_frame_parse (text, strlen (text), &event, &reply,
                                 &error));
  g_assert_no_error (error);
  g_assert_null (event);
  g_assert_nonnull (reply);
  return reply;
}

static KmRoomEvent *
around (const KmRoomEvent *event)
{
  g_autofree char *text = km_room_event_encode (event);
  KmRoomEvent *copy = parse_event (text);

  g_assert_cmpint (copy->kind, ==, event->kind);
  g_assert_cmpstr (copy->room, ==, event->room);
  g_assert_cmpint (copy->seq, ==, event->seq);
  g_assert_cmpint (copy->at_ms, ==, event->at_ms);
  return copy;
}

static KmRoomEvent *
new_event (KmRoomEventKind kind)
{
  KmRoomEvent *event = km_room_event_new (kind);

  event->room = g_strdup ("42");
  event->seq = 812;
  event->at_ms = G_GINT64_CONSTANT (1763700000123);
  return event;
}

static void
test_chat_survives_the_wire (void)
{
  g_autoptr (KmRoomEvent) event = new_event (KM_ROOM_EVENT_CHAT_MESSAGE);
  g_autoptr (KmRoomEvent) copy = NULL;

  event->id = g_strdup (STREAM);
  event->from.id = g_strdup ("7");
  event->from.name = g_strdup ("alice");
  event->from.shown_name = g_strdup ("Alice \"A\"");
  event->role = KM_ROLE_HOST;
  event->text = g_strdup ("大家好 👋");
  event->mode = KM_CHAT_MODE_BOTTOM;
  event->color = 0x123456;

  copy = around (event);
  g_assert_cmpstr (copy->id, ==, event->id);
  g_assert_cmpstr (copy->from.shown_name, ==, "Alice \"A\"");
  g_assert_cmpint (copy->role, ==, KM_ROLE_HOST);
  g_assert_cmpstr (copy->text, ==, event->text);
  g_assert_cmpint (copy->mode, ==, KM_CHAT_MODE_BOTTOM);
  g_assert_cmphex (copy->color, ==, 0x123456);
  g_assert_cmpint (copy->time_ms, ==, -1);
}

static void
test_stream_events_survive_the_wire (void)
{
  g_autoptr (KmRoomEvent) ended = new_event (KM_ROOM_EVENT_STREAM_ENDED);
  g_autoptr (KmRoomEvent) ended_copy = NULL;
  g_autoptr (KmRoomEvent) refused =
    km_room_event_new (KM_ROOM_EVENT_STREAM_REFUSED);
  g_autoptr (KmRoomEvent) refused_copy = NULL;

  ended->stream = g_strdup (STREAM);
  ended->reason = KM_STREAM_END_LOST;
  ended->duration_ms = 90000;
  ended_copy = around (ended);
  g_assert_cmpstr (ended_copy->stream, ==, STREAM);
  g_assert_cmpint (ended_copy->reason, ==, KM_STREAM_END_LOST);
  g_assert_cmpint (ended_copy->duration_ms, ==, 90000);

  refused->publish = g_strdup (STREAM);
  refused->code = KM_PROTOCOL_ERROR_TAKEN_OVER;
  refused->message = g_strdup ("…");
  refused_copy = around (refused);
  g_assert_cmpstr (refused_copy->publish, ==, STREAM);
  g_assert_cmpint (refused_copy->code, ==, KM_PROTOCOL_ERROR_TAKEN_OVER);
}

static void
test_tick_and_change_survive_the_wire (void)
{
  g_autoptr (KmRoomEvent) tick = km_room_event_new (KM_ROOM_EVENT_TICK);
  g_autoptr (KmRoomEvent) tick_copy = NULL;
  g_autoptr (KmRoomEvent) change = new_event (KM_ROOM_EVENT_ROOM_CHANGED);
  g_autoptr (KmRoomEvent) change_copy = NULL;

  tick->room = g_strdup ("42");
  tick->online = 12;
  tick->live = TRUE;
  tick->stream = g_strdup (STREAM);
  tick->edge_ms = 5000;
  tick->publisher_lost = TRUE;
  tick_copy = around (tick);
  g_assert_cmpuint (tick_copy->online, ==, 12);
  g_assert_true (tick_copy->live);
  g_assert_cmpint (tick_copy->edge_ms, ==, 5000);
  g_assert_true (tick_copy->publisher_lost);

  change->title = g_strdup ("New");
  change->category = g_strdup ("music");
  change->slow_s = 30;
  change_copy = around (change);
  g_assert_cmpstr (change_copy->title, ==, "New");
  g_assert_cmpstr (change_copy->category, ==, "music");
  g_assert_cmpuint (change_copy->slow_s, ==, 30);
}

static void
test_joined_survives_the_wire (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (KmRoomInfo) room = km_room_info_new ();
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (GError) error = NULL;
  KmJoined joined = {
    .epoch = "e1", .resumed = TRUE, .role = KM_ROLE_MEMBER,
  };

  room->id = g_strdup ("42");
  room->title = g_strdup ("A title");
  room->category = g_strdup ("talk");
  room->host.id = g_strdup ("7");
  room->host.name = g_strdup ("alice");
  room->host.shown_name = g_strdup ("Alice");
  room->live = TRUE;
  room->stream = g_strdup (STREAM);
  room->since_ms = 1000;
  room->online = 3;
  room->slow_s = 300;
  joined.room = room;
  joined.chat_wait_ms = 299999;
  km_reply_append_joined (out, "r1", &joined);

  reply = parse_reply (out->str);
  g_assert_true (km_reply_check (reply, KM_COMMAND_ROOM_JOIN, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (reply->re, ==, "r1");
  g_assert_cmpstr (reply->epoch, ==, "e1");
  g_assert_cmpint (reply->seq, ==, 0);
  g_assert_true (reply->resumed);
  g_assert_cmpint (reply->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpstr (reply->room->title, ==, "A title");
  g_assert_cmpstr (reply->room->host.name, ==, "alice");
  g_assert_cmpstr (reply->room->stream, ==, STREAM);
  g_assert_cmpuint (reply->room->slow_s, ==, 300);
  g_assert_cmpint (reply->chat_wait_ms, ==, 299999);
  g_assert_cmpint (reply->room->since_ms, ==, 1000);
  g_assert_cmpuint (reply->room->online, ==, 3);
}

static void
test_replies_say_what_was_done (void)
{
  g_autoptr (GString) sent = g_string_new (NULL);
  g_autoptr (GString) empty = g_string_new (NULL);
  g_autoptr (KmReply) sent_reply = NULL;
  g_autoptr (KmReply) empty_reply = NULL;
  g_autoptr (GError) error = NULL;

  km_reply_append_sent (sent, "a", 812, 1000);
  sent_reply = parse_reply (sent->str);
  g_assert_true (km_reply_check (sent_reply, KM_COMMAND_CHAT_SEND, NULL));
  g_assert_cmpint (sent_reply->seq, ==, 812);
  g_assert_cmpint (sent_reply->at_ms, ==, 1000);

  km_reply_append_empty (empty, "b");
  empty_reply = parse_reply (empty->str);
  g_assert_true (km_reply_check (empty_reply, KM_COMMAND_ROOM_LEAVE, NULL));
  g_assert_false (km_reply_check (empty_reply, KM_COMMAND_CHAT_SEND,
                                  &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BAD_REQUEST);
}

static void
test_errors_survive_the_wire (void)
{
  for (guint code = 0; code <= KM_PROTOCOL_ERROR_INTERNAL; code++)
    {
      g_autoptr (GString) out = g_string_new (NULL);
      g_autoptr (GError) error = km_protocol_error_new (code, 250, NULL);
      g_autoptr (GError) told = NULL;
      g_autoptr (KmReply) reply = NULL;

      km_reply_append_error (out, "a", error);
      reply = parse_reply (out->str);
      g_assert_false (km_reply_check (reply, KM_COMMAND_CHAT_SEND, &told));
      g_assert_error (told, KM_PROTOCOL_ERROR, (int) code);
      g_assert_cmpint (km_protocol_error_get_retry_ms (told), ==, 250);
      g_assert_cmpstr (told->message, ==, error->message);
      g_assert_cmpuint (km_protocol_error_to_status (code), >=, 400);
    }
}

static void
test_inner_errors_keep_their_words (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = g_error_new (G_FILE_ERROR, G_FILE_ERROR_NOSPC,
                                          "/secret/path: no space");

  km_reply_append_error (out, "a", error);
  g_assert_null (strstr (out->str, "secret"));
  g_assert_nonnull (strstr (out->str, "\"internal\""));
}

static void
test_newer_words_are_no_trouble (void)
{
  g_autoptr (KmRoomEvent) unknown = parse_event (
    "{\"t\":\"crown.worn\",\"s\":\"room:42\",\"seq\":9,\"d\":{}}");
  g_autoptr (KmRoomEvent) chat = parse_event (
    "{\"t\":\"chat.message\",\"s\":\"room:42\",\"seq\":9,\"at\":1,\"d\":"
    "{\"id\":\"x\",\"from\":{\"id\":\"1\",\"shown_name\":\"A\","
    "\"role\":\"wizard\"},\"text\":\"t\",\"mode\":\"spiral\","
    "\"color\":\"gold\",\"time_ms\":\"soon\"}}");
  g_autoptr (KmReply) reply = parse_reply (
    "{\"re\":\"a\",\"error\":{\"code\":\"eclipse\",\"message\":\"Wait\"}}");

  g_assert_cmpint (unknown->kind, ==, KM_ROOM_EVENT_UNKNOWN);
  g_assert_cmpint (unknown->seq, ==, 9);
  g_assert_cmpstr (unknown->room, ==, "42");
  g_assert_cmpint (chat->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpint (chat->mode, ==, KM_CHAT_MODE_SCROLL);
  g_assert_cmpint (chat->time_ms, ==, -1);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_UNKNOWN);
  g_assert_cmpstr (reply->error->message, ==, "Wait");
}

static void
test_broken_frames_are_refused (void)
{
  const char *broken[] = {
    "", "[]", "{}", "{\"re\":7}", "{\"re\":\"a\"}", "{\"t\":7}",
    "{\"re\":\"a\",\"d\":7}",
    "{\"t\":\"chat.message\",\"d\":{}}",
    "{\"t\":\"chat.message\",\"s\":\"room:1\"}",
    "{\"t\":\"chat.message\",\"s\":\"room:1\",\"d\":[]}",
    "{\"t\":\"chat.message\",\"s\":\"room:1\",\"d\":{\"text\":\"a\"}}",
    "{\"t\":\"stream.started\",\"s\":\"room:1\",\"d\":{}}",
    "{\"t\":\"room.changed\",\"s\":\"room:1\",\"d\":{\"title\":\"a\"}}",
    "{\"t\":\"tick\",\"d\":{}}",
    "{\"t\":\"stream.refused\",\"d\":{}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autoptr (GError) error = NULL;
      KmRoomEvent *event;
      KmReply *reply;

      g_test_message ("%s", broken[i]);
      g_assert_false (km_frame_parse (broken[i], strlen (broken[i]), &event,
                                      &reply, &error));
      g_assert_error (error, KM_PROTOCOL_ERROR,
                      KM_PROTOCOL_ERROR_BAD_REQUEST);
      g_assert_null (event);
      g_assert_null (reply);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/room-event/chat-survives-the-wire",
                   test_chat_survives_the_wire);
  g_test_add_func ("/protocol/room-event/stream-events-survive-the-wire",
                   test_stream_events_survive_the_wire);
  g_test_add_func ("/protocol/room-event/tick-and-change-survive-the-wire",
                   test_tick_and_change_survive_the_wire);
  g_test_add_func ("/protocol/room-event/joined-survives-the-wire",
                   test_joined_survives_the_wire);
  g_test_add_func ("/protocol/room-event/replies-say-what-was-done",
                   test_replies_say_what_was_done);
  g_test_add_func ("/protocol/room-event/errors-survive-the-wire",
                   test_errors_survive_the_wire);
  g_test_add_func ("/protocol/room-event/inner-errors-keep-their-words",
                   test_inner_errors_keep_their_words);
  g_test_add_func ("/protocol/room-event/newer-words-are-no-trouble",
                   test_newer_words_are_no_trouble);
  g_test_add_func ("/protocol/room-event/broken-frames-are-refused",
                   test_broken_frames_are_refused);
  return g_test_run ();
}
