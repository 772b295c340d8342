/* test-live-events.c: gifts, polls and figures as a server tells them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-frame.h"
#include "km-json.h"
#include "km-names.h"

#define ACT "0123456789abcdefghjkmnpqrs"

static gboolean
parse (const char   *text,
       KmRoomEvent **event,
       KmReply     **reply)
{
  return km_frame_parse (text, strlen (text), event, reply, NULL);
}

static KmRoomEvent *
around (const KmRoomEvent *event)
{
  g_autofree char *text = km_room_event_encode (event);
  KmRoomEvent *copy = NULL;
  KmReply *reply = NULL;

  g_assert_true (parse (text, &copy, &reply));
  g_assert_nonnull (copy);
  g_assert_cmpint (copy->kind, ==, event->kind);
  g_assert_cmpint (copy->seq, ==, event->seq);
  return copy;
}

static KmReply *
parse_reply (const GString *text,
             KmCommandKind  kind)
{
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event = NULL;
  KmReply *reply = NULL;

  g_assert_true (parse (text->str, &event, &reply));
  g_assert_nonnull (reply);
  g_assert_cmpstr (reply->re, ==, "r");
  g_assert_true (km_reply_check (reply, kind, &error));
  g_assert_no_error (error);
  return reply;
}

static KmPollInfo *
new_poll (void)
{
  static const char *options[] = { "Apple", "Pear", "苹果", NULL };
  KmPollInfo *poll = km_poll_info_new ();

  poll->id = g_strdup ("7");
  poll->ask.question = g_strdup ("Which \"one\"?");
  poll->ask.options = g_strdupv ((char **) options);
  poll->ask.changeable = TRUE;
  poll->opened_at_ms = 1000;
  poll->n_tallies = 3;
  poll->tallies[1] = 5;
  poll->tallies[2] = 2;
  poll->voters = 6;
  return poll;
}

static GPtrArray *
new_polls (void)
{
  GPtrArray *polls =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_poll_info_free);

  g_ptr_array_add (polls, new_poll ());
  return polls;
}

static KmRoomEvent *
new_event (KmRoomEventKind kind)
{
  KmRoomEvent *event = km_room_event_new (kind);

  event->room = g_strdup ("42");
  event->seq = 812;
  event->at_ms = 5000;
  return event;
}

static KmRoomEvent *
new_gift_event (void)
{
  KmRoomEvent *event = new_event (KM_ROOM_EVENT_GIFT_SENT);

  event->id = g_strdup (ACT);
  event->from.id = g_strdup ("9");
  event->from.name = g_strdup ("bob");
  event->from.shown_name = g_strdup ("Bob");
  event->role = KM_ROLE_MEMBER;
  event->gift = km_gift_info_new ();
  event->gift->kind.id = g_strdup ("rose");
  event->gift->kind.names =
    g_strdup ("{\"en\":\"Rose\",\"zh_CN\":\"玫瑰\"}");
  event->gift->kind.art = g_strdup ("rose.svg");
  event->gift->kind.tier = 2;
  event->gift->kind.price = 3;
  event->gift->count = 10;
  event->gift->value = 30;
  event->gift->combo = g_strdup ("77");
  event->gift->combo_count = 20;
  event->gift->combo_value = 60;
  event->gift->income = 15;
  return event;
}

static void
test_gift_survives_the_wire (void)
{
  g_autoptr (KmRoomEvent) event = new_gift_event ();
  g_autoptr (KmRoomEvent) copy = around (event);
  const KmGiftInfo *gift = copy->gift;

  g_assert_cmpstr (copy->id, ==, ACT);
  g_assert_cmpstr (copy->from.name, ==, "bob");
  g_assert_cmpint (copy->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpint (copy->time_ms, ==, -1);
  g_assert_cmpstr (gift->kind.id, ==, "rose");
  g_assert_cmpstr (gift->kind.names, ==, event->gift->kind.names);
  g_assert_cmpstr (gift->kind.art, ==, "rose.svg");
  g_assert_cmpuint (gift->kind.tier, ==, 2);
  g_assert_cmpint (gift->kind.price, ==, 3);
  g_assert_cmpint (gift->count, ==, 10);
  g_assert_cmpint (gift->value, ==, 30);
  g_assert_cmpstr (gift->combo, ==, "77");
  g_assert_cmpint (gift->combo_count, ==, 20);
  g_assert_cmpint (gift->combo_value, ==, 60);
  g_assert_cmpint (gift->income, ==, 15);
}

static void
test_catalogue_survives_the_wire (void)
{
  g_autoptr (KmRoomEvent) event = new_gift_event ();
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (KmGift) kind = NULL;

  event->gift->kind.tier = KM_GIFT_TIER_MAX + 1;
  km_gift_append (&event->gift->kind, out);
  object = km_json_parse (out->str, out->len, NULL);
  kind = km_gift_from_json (object);
  g_assert_cmpstr (kind->id, ==, "rose");
  g_assert_cmpint (kind->price, ==, 3);
  g_assert_cmpuint (kind->tier, ==, KM_GIFT_TIER_MAX);
}

static void
test_names_are_picked_by_language (void)
{
  static const char names[] = "{\"de\":\"Rose (de)\",\"en\":\"Rose\","
                              "\"zh_CN\":\"玫瑰\",\"xx\":7}";
  static const char *chinese[] = { "zh_CN.UTF-8", "zh_CN", "zh", "C", NULL };
  static const char *other[] = { "xx", "fr", NULL };
  g_autofree char *zh = km_names_pick (names, chinese);
  g_autofree char *en = km_names_pick (names, other);
  g_autofree char *any = km_names_pick ("{\"de\":\"Rose (de)\"}", other);

  g_assert_cmpstr (zh, ==, "玫瑰");
  g_assert_cmpstr (en, ==, "Rose");
  g_assert_cmpstr (any, ==, "Rose (de)");
  g_assert_null (km_names_pick ("{}", other));
  g_assert_null (km_names_pick ("[", other));
  g_assert_null (km_names_pick (NULL, NULL));
}

static void
test_polls_survive_the_wire (void)
{
  g_autoptr (KmRoomEvent) opened = new_event (KM_ROOM_EVENT_POLL_OPENED);
  g_autoptr (KmRoomEvent) opened_copy = NULL;
  g_autoptr (KmRoomEvent) closed = new_event (KM_ROOM_EVENT_POLL_CLOSED);
  g_autoptr (KmRoomEvent) closed_copy = NULL;

  opened->poll = new_poll ();
  opened->poll->closes_at_ms = 61000;
  opened_copy = around (opened);
  g_assert_cmpstr (opened_copy->poll->id, ==, "7");
  g_assert_cmpstr (opened_copy->poll->ask.question, ==, "Which \"one\"?");
  g_assert_cmpuint (km_poll_question_count (&opened_copy->poll->ask), ==, 3);
  g_assert_true (opened_copy->poll->ask.changeable);
  g_assert_cmpint (opened_copy->poll->closes_at_ms, ==, 61000);
  g_assert_cmpuint (opened_copy->poll->n_tallies, ==, 0);

  closed->poll = new_poll ();
  closed->poll->closed_at_ms = 5000;
  closed->poll->reason = KM_POLL_END_ENDED;
  closed_copy = around (closed);
  g_assert_cmpint (closed_copy->poll->closes_at_ms, ==, -1);
  g_assert_cmpint (closed_copy->poll->closed_at_ms, ==, 5000);
  g_assert_cmpint (closed_copy->poll->reason, ==, KM_POLL_END_ENDED);
  g_assert_cmpuint (closed_copy->poll->n_tallies, ==, 3);
  g_assert_cmpint (closed_copy->poll->tallies[1], ==, 5);
  g_assert_cmpint (closed_copy->poll->voters, ==, 6);
}

static void
test_deletions_survive_the_wire (void)
{
  g_autoptr (KmRoomEvent) deleted = new_event (KM_ROOM_EVENT_CHAT_DELETED);
  g_autoptr (KmRoomEvent) deleted_copy = NULL;
  g_autoptr (KmRoomEvent) tombstone = new_event (KM_ROOM_EVENT_CHAT_MESSAGE);
  g_autoptr (KmRoomEvent) copy = NULL;
  g_autofree char *text = NULL;

  deleted->target = g_strdup ("id");
  deleted->of = G_GINT64_CONSTANT (1) << 40;
  deleted->deletion = KM_DELETION_AUTHOR;
  deleted_copy = around (deleted);
  g_assert_cmpstr (deleted_copy->target, ==, "id");
  g_assert_cmpint (deleted_copy->of, ==, deleted->of);
  g_assert_cmpint (deleted_copy->deletion, ==, KM_DELETION_AUTHOR);

  tombstone->id = g_strdup ("id");
  tombstone->from.id = g_strdup ("7");
  tombstone->from.name = g_strdup ("alice");
  tombstone->from.shown_name = g_strdup ("Alice");
  tombstone->text = g_strdup ("words");
  tombstone->deletion = KM_DELETION_HOST;
  text = km_room_event_encode (tombstone);
  g_assert_null (strstr (text, "words"));
  copy = around (tombstone);
  g_assert_cmpint (copy->deletion, ==, KM_DELETION_HOST);
  g_assert_cmpstr (copy->text, ==, "");
  g_assert_cmpstr (copy->from.shown_name, ==, "Alice");
}

static void
test_ticks_carry_likes_and_tallies (void)
{
  g_autoptr (KmRoomEvent) tick = km_room_event_new (KM_ROOM_EVENT_TICK);
  g_autoptr (KmRoomEvent) copy = NULL;
  g_autoptr (KmRoomEvent) quiet = NULL;
  KmPollInfo *poll;

  tick->room = g_strdup ("42");
  quiet = around (tick);
  g_assert_cmpint (quiet->likes, ==, -1);
  g_assert_null (quiet->polls);

  tick->likes = G_GINT64_CONSTANT (1) << 40;
  tick->polls = new_polls ();
  copy = around (tick);
  g_assert_cmpint (copy->likes, ==, tick->likes);
  g_assert_cmpuint (copy->polls->len, ==, 1);
  poll = g_ptr_array_index (copy->polls, 0);
  g_assert_cmpstr (poll->id, ==, "7");
  g_assert_null (poll->ask.question);
  g_assert_cmpint (poll->tallies[2], ==, 2);
}

static void
test_replies_say_what_was_done (void)
{
  g_autoptr (GString) given = g_string_new (NULL);
  g_autoptr (GString) asked = g_string_new (NULL);
  g_autoptr (GString) voted = g_string_new (NULL);
  g_autoptr (KmReply) given_reply = NULL;
  g_autoptr (KmReply) asked_reply = NULL;
  g_autoptr (KmReply) voted_reply = NULL;

  km_reply_append_given (given, "r", 812, 5000, 30, 970);
  given_reply = parse_reply (given, KM_COMMAND_GIFT_SEND);
  g_assert_cmpint (given_reply->seq, ==, 812);
  g_assert_cmpint (given_reply->at_ms, ==, 5000);
  g_assert_cmpint (given_reply->value, ==, 30);
  g_assert_cmpint (given_reply->balance, ==, 970);
  g_assert_false (km_reply_check (given_reply, KM_COMMAND_POLL_OPEN, NULL));

  km_reply_append_asked (asked, "r", 813, 5001, "7");
  asked_reply = parse_reply (asked, KM_COMMAND_POLL_OPEN);
  g_assert_cmpstr (asked_reply->poll, ==, "7");
  g_assert_false (km_reply_check (asked_reply, KM_COMMAND_GIFT_SEND, NULL));

  km_reply_append_voted (voted, "r", "7", 1u << 2 | 1u << 0);
  voted_reply = parse_reply (voted, KM_COMMAND_POLL_VOTE);
  g_assert_cmpstr (voted_reply->poll, ==, "7");
  g_assert_cmphex (voted_reply->choices, ==, 5);
}

static void
test_people_survive_the_wire (void)
{
  g_autoptr (GPtrArray) people =
    g_ptr_array_new_with_free_func ((GDestroyNotify) km_person_free);
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (KmReply) reply = NULL;
  KmPerson *person;

  g_ptr_array_add (people, km_person_new ("1", "al", "Al", KM_ROLE_HOST));
  g_ptr_array_add (people, km_person_new ("2", "bo", "Bo", KM_ROLE_MEMBER));
  km_reply_append_people (out, "r", people, 3, 5);
  reply = parse_reply (out, KM_COMMAND_PEOPLE_LIST);
  g_assert_cmpuint (reply->people->len, ==, 2);
  g_assert_cmpuint (reply->guests, ==, 3);
  g_assert_cmpuint (reply->online, ==, 5);
  person = g_ptr_array_index (reply->people, 0);
  g_assert_cmpstr (person->account.shown_name, ==, "Al");
  g_assert_cmpint (person->role, ==, KM_ROLE_HOST);
}

static void
test_who_joins_hears_of_polls_and_likes (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (KmRoomInfo) room = km_room_info_new ();
  g_autoptr (GPtrArray) polls = new_polls ();
  g_autoptr (KmReply) reply = NULL;
  KmJoined joined = {
    .epoch = "e", .seq = 8, .room = room, .likes = 99, .polls = polls,
  };
  KmPollInfo *poll = g_ptr_array_index (polls, 0);

  room->id = g_strdup ("42");
  room->title = g_strdup ("A title");
  room->category = g_strdup ("talk");
  room->host.id = g_strdup ("7");
  room->host.shown_name = g_strdup ("Alice");
  poll->voted = 1u << 1;
  poll->left_ms = 12345;
  km_reply_append_joined (out, "r", &joined);

  reply = parse_reply (out, KM_COMMAND_ROOM_JOIN);
  g_assert_cmpint (reply->likes, ==, 99);
  g_assert_cmpuint (reply->polls->len, ==, 1);
  poll = g_ptr_array_index (reply->polls, 0);
  g_assert_cmphex (poll->voted, ==, 1u << 1);
  g_assert_cmpint (poll->left_ms, ==, 12345);
  g_assert_cmpint (poll->tallies[1], ==, 5);
  g_assert_cmpstr (poll->ask.options[2], ==, "苹果");
}

static void
test_summary_survives_the_wire (void)
{
  g_autoptr (KmStreamSummary) summary = km_stream_summary_new ();
  g_autoptr (KmStreamSummary) copy = NULL;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (GString) out = g_string_new (NULL);

  summary->stream = g_strdup (ACT);
  summary->title = g_strdup ("A title");
  summary->started_at_ms = 1000;
  summary->ended_at_ms = 4000;
  summary->reason = KM_STREAM_END_LOST;
  summary->duration_ms = 3000;
  summary->peak = 1;
  summary->messages = 2;
  summary->chatters = 3;
  summary->gifts = 4;
  summary->gift_coins = 5;
  summary->income = 6;
  summary->givers = 7;
  summary->likes = 8;
  summary->polls = new_polls ();
  km_stream_summary_append (summary, out);

  object = km_json_parse (out->str, out->len, NULL);
  copy = km_stream_summary_from_json (object);
  g_assert_cmpstr (copy->stream, ==, ACT);
  g_assert_cmpint (copy->started_at_ms, ==, 1000);
  g_assert_cmpint (copy->ended_at_ms, ==, 4000);
  g_assert_cmpint (copy->reason, ==, KM_STREAM_END_LOST);
  g_assert_cmpint (copy->duration_ms, ==, 3000);
  g_assert_cmpint (copy->peak, ==, 1);
  g_assert_cmpint (copy->messages, ==, 2);
  g_assert_cmpint (copy->chatters, ==, 3);
  g_assert_cmpint (copy->gifts, ==, 4);
  g_assert_cmpint (copy->gift_coins, ==, 5);
  g_assert_cmpint (copy->income, ==, 6);
  g_assert_cmpint (copy->givers, ==, 7);
  g_assert_cmpint (copy->likes, ==, 8);
  g_assert_cmpuint (copy->polls->len, ==, 1);
}

#define EVENT(t, d) "{\"t\":\"" t "\",\"s\":\"room:1\",\"seq\":1,\"d\":" d "}"
#define GIFT(rest) \
  EVENT ("gift.sent", "{\"id\":\"x\",\"from\":{\"id\":\"1\"," \
         "\"shown_name\":\"A\"},\"gift\":\"rose\",\"art\":\"a\"," \
         "\"combo\":\"1\",\"combo_count\":1,\"combo_value\":1,\"income\":0," \
         rest "}")
#define POLL(rest) \
  "{\"poll\":\"7\",\"question\":\"?\",\"opened_at\":1," rest "}"

static void
test_broken_events_are_refused (void)
{
  static const char *broken[] = {
    EVENT ("gift.sent", "{}"),
    GIFT ("\"names\":{},\"price\":1,\"count\":1,\"value\":1"),
    GIFT ("\"names\":{\"en\":\"R\"},\"price\":-1,\"count\":1,\"value\":1"),
    GIFT ("\"names\":{\"en\":\"R\"},\"price\":1,\"count\":0,\"value\":1"),
    GIFT ("\"names\":{\"en\":\"R\"},\"price\":1,\"count\":1,\"value\":\"1\""),
    EVENT ("poll.opened", "{}"),
    EVENT ("poll.opened", POLL ("\"options\":[\"a\"]")),
    EVENT ("poll.opened", POLL ("\"options\":[1,2]")),
    EVENT ("poll.closed", POLL ("\"options\":[\"a\",\"b\"]")),
    EVENT ("poll.closed",
           POLL ("\"options\":[\"a\",\"b\"],\"voters\":1,\"tallies\":[1]")),
    EVENT ("poll.closed",
           POLL ("\"options\":[\"a\",\"b\"],\"voters\":1,\"tallies\":"
                 "[1,1,1,1,1,1,1,1,1,1,1]")),
    EVENT ("poll.closed",
           POLL ("\"options\":[\"a\",\"b\"],\"voters\":1,"
                 "\"tallies\":[1,\"b\"]")),
    EVENT ("tick", "{\"online\":1,\"polls\":7}"),
    EVENT ("tick", "{\"online\":1,\"polls\":[7]}"),
    EVENT ("tick", "{\"online\":1,\"polls\":[{\"poll\":\"1\"}]}"),
  };
  g_autoptr (KmRoomEvent) fine = NULL;
  KmReply *reply = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      KmRoomEvent *event = NULL;

      g_test_message ("%s", broken[i]);
      g_assert_false (parse (broken[i], &event, &reply));
      g_assert_null (event);
    }

  /* What was changed in them is what was wrong with them. */
  g_assert_true (parse (
    GIFT ("\"names\":{\"en\":\"R\"},\"price\":1,\"count\":1,\"value\":1"),
    &fine, &reply));
}

static void
test_integers_are_written_whole (void)
{
  const gint64 values[] = {
    0, 7, -7, 10, -100, 1763700000123, G_MAXINT64, G_MININT64,
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GString) out = g_string_new ("{");
      g_autofree char *expected =
        g_strdup_printf ("{\"n\":%" G_GINT64_FORMAT, values[i]);

      km_json_append_integer (out, "n", values[i]);
      g_assert_cmpstr (out->str, ==, expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/live-events/gift-survives-the-wire",
                   test_gift_survives_the_wire);
  g_test_add_func ("/protocol/live-events/catalogue-survives-the-wire",
                   test_catalogue_survives_the_wire);
  g_test_add_func ("/protocol/live-events/names-are-picked-by-language",
                   test_names_are_picked_by_language);
  g_test_add_func ("/protocol/live-events/polls-survive-the-wire",
                   test_polls_survive_the_wire);
  g_test_add_func ("/protocol/live-events/deletions-survive-the-wire",
                   test_deletions_survive_the_wire);
  g_test_add_func ("/protocol/live-events/ticks-carry-likes-and-tallies",
                   test_ticks_carry_likes_and_tallies);
  g_test_add_func ("/protocol/live-events/replies-say-what-was-done",
                   test_replies_say_what_was_done);
  g_test_add_func ("/protocol/live-events/people-survive-the-wire",
                   test_people_survive_the_wire);
  g_test_add_func ("/protocol/live-events/who-joins-hears-of-polls-and-likes",
                   test_who_joins_hears_of_polls_and_likes);
  g_test_add_func ("/protocol/live-events/summary-survives-the-wire",
                   test_summary_survives_the_wire);
  g_test_add_func ("/protocol/live-events/broken-events-are-refused",
                   test_broken_events_are_refused);
  g_test_add_func ("/protocol/json/integers-are-written-whole",
                   test_integers_are_written_whole);
  return g_test_run ();
}
