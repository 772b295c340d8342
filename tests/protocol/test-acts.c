/* test-acts.c: gifts, likes and polls asked for, and what strangers try
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-command.h"
#include "km-id.h"

#define ID "0123456789abcdefghjkmnpqrs"

static KmCommand *
parse (const char  *text,
       GError     **error)
{
  g_autofree char *id = NULL;

  return km_command_parse (text, strlen (text), &id, error);
}

static KmCommand *
around (const KmCommand *command)
{
  g_autofree char *text = km_command_encode (command);
  g_autoptr (GError) error = NULL;
  KmCommand *copy = parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpint (copy->kind, ==, command->kind);
  g_assert_cmpstr (copy->id, ==, command->id);
  g_assert_cmpstr (copy->room, ==, command->room);
  return copy;
}

static KmCommand *
new_command (KmCommandKind kind)
{
  KmCommand *command = km_command_new (kind);

  command->id = g_strdup (ID);
  command->room = g_strdup ("42");
  return command;
}

static void
test_gift_survives_the_wire (void)
{
  g_autoptr (KmCommand) gift = new_command (KM_COMMAND_GIFT_SEND);
  g_autoptr (KmCommand) copy = NULL;
  g_autoptr (KmCommand) like = new_command (KM_COMMAND_LIKE_SEND);
  g_autoptr (KmCommand) like_copy = NULL;
  g_autoptr (KmCommand) people = new_command (KM_COMMAND_PEOPLE_LIST);
  g_autoptr (KmCommand) people_copy = around (people);

  gift->gift = g_strdup ("rose");
  gift->count = KM_GIFT_COUNT_MAX;
  gift->confirmed = TRUE;
  gift->time_ms = 1234;
  copy = around (gift);
  g_assert_cmpstr (copy->gift, ==, "rose");
  g_assert_cmpint (copy->count, ==, KM_GIFT_COUNT_MAX);
  g_assert_true (copy->confirmed);
  g_assert_cmpint (copy->time_ms, ==, 1234);

  like->count = KM_LIKES_MAX;
  like_copy = around (like);
  g_assert_cmpint (like_copy->count, ==, KM_LIKES_MAX);
}

static void
test_polls_survive_the_wire (void)
{
  static const char *options[] = { "苹果 🍎", "\"Pear\"", "", NULL };
  const KmPollQuestion ask = {
    .question = (char *) "Which?", .options = (char **) options,
    .multiple = TRUE, .anonymous = TRUE,
  };
  g_autoptr (KmCommand) open = new_command (KM_COMMAND_POLL_OPEN);
  g_autoptr (KmCommand) open_copy = NULL;
  g_autoptr (KmCommand) vote = new_command (KM_COMMAND_POLL_VOTE);
  g_autoptr (KmCommand) vote_copy = NULL;
  g_autoptr (KmCommand) close = new_command (KM_COMMAND_POLL_CLOSE);
  g_autoptr (KmCommand) close_copy = NULL;

  open->ask = km_poll_question_copy (&ask);
  open->duration_ms = KM_POLL_DURATION_MS_MAX;
  open_copy = around (open);
  g_assert_cmpstr (open_copy->ask->question, ==, "Which?");
  g_assert_cmpuint (km_poll_question_count (open_copy->ask), ==, 3);
  g_assert_cmpstr (open_copy->ask->options[0], ==, "苹果 🍎");
  g_assert_true (open_copy->ask->multiple);
  g_assert_false (open_copy->ask->changeable);
  g_assert_true (open_copy->ask->anonymous);
  g_assert_cmpint (open_copy->duration_ms, ==, KM_POLL_DURATION_MS_MAX);

  vote->poll = g_strdup ("7");
  vote->choices = 1u << 0 | 1u << 3 | 1u << 9;
  vote_copy = around (vote);
  g_assert_cmpstr (vote_copy->poll, ==, "7");
  g_assert_cmphex (vote_copy->choices, ==, vote->choices);

  close->poll = g_strdup ("7");
  close_copy = around (close);
  g_assert_cmpstr (close_copy->poll, ==, "7");
}

static void
test_deletion_survives_the_wire (void)
{
  g_autoptr (KmCommand) command = new_command (KM_COMMAND_CHAT_DELETE);
  g_autoptr (KmCommand) copy = NULL;

  command->message = g_strdup ("srqpnmkjhgfedcba9876543210");
  command->from = g_strdup ("9223372036854775807");
  copy = around (command);
  g_assert_cmpstr (copy->message, ==, "srqpnmkjhgfedcba9876543210");
  g_assert_cmpstr (copy->from, ==, "9223372036854775807");
}

typedef struct
{
  const char *text;
  KmProtocolError code;
} Hostile;

#define FRAME(t, d) \
  "{\"t\":\"" t "\",\"id\":\"" ID "\",\"room\":\"42\",\"d\":" d "}"
#define GIFT(d) FRAME ("gift.send", d)
#define OPEN(d) FRAME ("poll.open", "{\"question\":\"?\"," d "}")
#define VOTE(d) FRAME ("poll.vote", "{\"poll\":\"7\"," d "}")
#define BAD KM_PROTOCOL_ERROR_BAD_REQUEST
#define COUNT KM_PROTOCOL_ERROR_BAD_COUNT
#define OPTION KM_PROTOCOL_ERROR_NO_SUCH_OPTION
#define POLL KM_PROTOCOL_ERROR_NO_SUCH_POLL
#define DELETE(d) FRAME ("chat.delete", d)
#define MESSAGE KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE

static const Hostile hostile[] = {
  { GIFT ("{}"), BAD },
  { GIFT ("{\"gift\":\"rose\"}"), BAD },
  { GIFT ("{\"gift\":7,\"count\":1}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":0}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":-1}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":10000}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":4294967297}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":9223372036854775807}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":-9223372036854775808}"), COUNT },
  { GIFT ("{\"gift\":\"rose\",\"count\":1.5}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":1e3}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":\"1\"}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":[1]}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":true}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":1,\"confirmed\":\"no\"}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":1,\"confirmed\":1}"), BAD },
  { GIFT ("{\"gift\":\"rose\",\"count\":1,\"time_ms\":-1}"), BAD },
  { "{\"t\":\"gift.send\",\"id\":\"1\",\"room\":\"42\","
    "\"d\":{\"gift\":\"rose\",\"count\":1}}", BAD },
  { "{\"t\":\"gift.send\",\"id\":\"" ID "\","
    "\"d\":{\"gift\":\"rose\",\"count\":1}}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { FRAME ("like.send", "{}"), BAD },
  { FRAME ("like.send", "{\"count\":0}"), COUNT },
  { FRAME ("like.send", "{\"count\":21}"), COUNT },
  { FRAME ("like.send", "{\"count\":-5}"), COUNT },
  { FRAME ("poll.open", "{\"options\":[\"a\",\"b\"]}"), BAD },
  { FRAME ("poll.open", "{\"question\":7,\"options\":[\"a\",\"b\"]}"), BAD },
  { OPEN ("\"options\":null"), BAD },
  { OPEN ("\"options\":\"ab\""), BAD },
  { OPEN ("\"options\":[]"), BAD },
  { OPEN ("\"options\":[\"a\"]"), BAD },
  { OPEN ("\"options\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\","
          "\"9\",\"10\",\"11\"]"), BAD },
  { OPEN ("\"options\":[\"a\",7]"), BAD },
  { OPEN ("\"options\":[\"a\",null]"), BAD },
  { OPEN ("\"options\":[\"a\",[\"b\"]]"), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"duration_ms\":9999"), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"duration_ms\":86400001"), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"duration_ms\":-1"), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"duration_ms\":\"60000\""), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"anonymous\":\"yes\""), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"multiple\":1"), BAD },
  { OPEN ("\"options\":[\"a\",\"b\"],\"changeable\":[]"), BAD },
  { FRAME ("poll.vote", "{\"options\":[0]}"), POLL },
  { FRAME ("poll.vote", "{\"poll\":7,\"options\":[0]}"), POLL },
  { FRAME ("poll.vote", "{\"poll\":\"-7\",\"options\":[0]}"), POLL },
  { FRAME ("poll.vote", "{\"poll\":\"07\",\"options\":[0]}"), POLL },
  { FRAME ("poll.close", "{}"), POLL },
  { FRAME ("poll.close", "{\"poll\":\"9223372036854775808\"}"), POLL },
  { VOTE ("\"options\":[]"), BAD },
  { VOTE ("\"options\":0"), BAD },
  { VOTE ("\"option\":0"), BAD },
  { VOTE ("\"options\":[0,0]"), BAD },
  { VOTE ("\"options\":[1,2,1]"), BAD },
  { VOTE ("\"options\":[\"0\"]"), BAD },
  { VOTE ("\"options\":[0.5]"), BAD },
  { VOTE ("\"options\":[null]"), BAD },
  { VOTE ("\"options\":[-1]"), OPTION },
  { VOTE ("\"options\":[10]"), OPTION },
  { VOTE ("\"options\":[32]"), OPTION },
  { VOTE ("\"options\":[4294967296]"), OPTION },
  { DELETE ("{}"), MESSAGE },
  { DELETE ("{\"message\":\"" ID "\"}"), MESSAGE },
  { DELETE ("{\"from\":\"7\"}"), MESSAGE },
  { DELETE ("{\"message\":\"" ID "\",\"from\":7}"), MESSAGE },
  { DELETE ("{\"message\":\"" ID "\",\"from\":\"-7\"}"), MESSAGE },
  { DELETE ("{\"message\":\"" ID "x\",\"from\":\"7\"}"), MESSAGE },
  { DELETE ("{\"message\":\"1\",\"from\":\"7\"}"), MESSAGE },
  { "{\"t\":\"chat.delete\",\"id\":\"1\",\"room\":\"42\",\"d\":"
    "{\"message\":\"" ID "\",\"from\":\"7\"}}", BAD },
};

static void
test_hostile_ones_get_their_error (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autofree char *shown = g_strescape (hostile[i].text, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", shown);
      g_assert_null (parse (hostile[i].text, &error));
      g_assert_error (error, KM_PROTOCOL_ERROR, (int) hostile[i].code);
      g_assert_cmpstr (error->message, !=, "");
    }
}

static void
test_a_price_is_not_heard (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) cheap = parse (
    GIFT ("{\"gift\":\"castle\",\"count\":2,\"price\":1,\"value\":2}"),
    &error);
  g_autoptr (KmCommand) honest = parse (
    GIFT ("{\"gift\":\"castle\",\"count\":2}"), NULL);
  g_autoptr (GBytes) cheap_digest = NULL;
  g_autoptr (GBytes) honest_digest = km_command_digest (honest);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  cheap_digest = km_command_digest (cheap);
  text = km_command_encode (cheap);
  g_assert_true (g_bytes_equal (cheap_digest, honest_digest));
  g_assert_null (strstr (text, "price"));
}

static void
test_long_texts_are_said_to_be_too_long (void)
{
  g_autofree char *exact = g_strnfill (KM_POLL_QUESTION_BYTES_MAX, 'a');
  g_autofree char *option = g_strnfill (KM_POLL_OPTION_BYTES_MAX, 'b');
  g_autofree char *fits = g_strdup_printf (
    FRAME ("poll.open", "{\"question\":\"%s\",\"options\":[\"%s\",\"c\"]}"),
    exact, option);
  g_autofree char *long_question = g_strdup_printf (
    FRAME ("poll.open", "{\"question\":\"%sa\",\"options\":[\"a\",\"c\"]}"),
    exact);
  g_autofree char *long_option = g_strdup_printf (
    FRAME ("poll.open", "{\"question\":\"?\",\"options\":[\"a\",\"%sb\"]}"),
    option);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) command = parse (fits, &error);

  g_assert_no_error (error);
  g_assert_null (parse (long_question, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_LONG);
  g_clear_error (&error);
  g_assert_null (parse (long_option, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_LONG);
}

static void
test_digest_tells_contents_apart (void)
{
  const char *contents[] = {
    GIFT ("{\"gift\":\"rose\",\"count\":1}"),
    GIFT ("{\"gift\":\"rose\",\"count\":2}"),
    GIFT ("{\"gift\":\"tulip\",\"count\":1}"),
    VOTE ("\"options\":[0]"),
    VOTE ("\"options\":[1]"),
    VOTE ("\"options\":[0,1]"),
    FRAME ("poll.close", "{\"poll\":\"7\"}"),
    FRAME ("poll.close", "{\"poll\":\"8\"}"),
    OPEN ("\"options\":[\"a\",\"b\"]"),
    OPEN ("\"options\":[\"b\",\"a\"]"),
    OPEN ("\"options\":[\"a\",\"b\"],\"multiple\":true"),
    OPEN ("\"options\":[\"a\",\"b\"],\"duration_ms\":10000"),
  };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (
    g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_autoptr (KmCommand) turned = parse (VOTE ("\"options\":[1,0]"), NULL);
  g_autoptr (GBytes) same = km_command_digest (turned);

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (KmCommand) command = parse (contents[i], NULL);

      g_assert_nonnull (command);
      g_assert_true (g_hash_table_add (seen, km_command_digest (command)));
    }
  g_assert_true (g_hash_table_contains (seen, same));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/acts/gift-survives-the-wire",
                   test_gift_survives_the_wire);
  g_test_add_func ("/protocol/acts/polls-survive-the-wire",
                   test_polls_survive_the_wire);
  g_test_add_func ("/protocol/acts/deletion-survives-the-wire",
                   test_deletion_survives_the_wire);
  g_test_add_func ("/protocol/acts/hostile-ones-get-their-error",
                   test_hostile_ones_get_their_error);
  g_test_add_func ("/protocol/acts/a-price-is-not-heard",
                   test_a_price_is_not_heard);
  g_test_add_func ("/protocol/acts/long-texts-are-said-to-be-too-long",
                   test_long_texts_are_said_to_be_too_long);
  g_test_add_func ("/protocol/acts/digest-tells-contents-apart",
                   test_digest_tells_contents_apart);
  return g_test_run ();
}
