/* test-command.c: commands survive the wire, strangers' ones are refused
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
  g_assert_nonnull (copy);
  g_assert_cmpint (copy->kind, ==, command->kind);
  g_assert_cmpstr (copy->id, ==, command->id);
  g_assert_cmpstr (copy->room, ==, command->room);
  return copy;
}

static void
test_chat_survives_the_wire (void)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_SEND);
  g_autoptr (KmCommand) copy = NULL;

  command->id = km_id_new ();
  command->room = g_strdup ("42");
  command->text = g_strdup ("大家好 👋 \"\\ \x01 </script> \xe2\x80\xa8");
  command->mode = KM_CHAT_MODE_TOP;
  command->color = 0x00ff7f;
  command->time_ms = G_GINT64_CONSTANT (1) << 60;

  copy = around (command);
  g_assert_cmpstr (copy->text, ==, command->text);
  g_assert_cmpint (copy->mode, ==, KM_CHAT_MODE_TOP);
  g_assert_cmphex (copy->color, ==, 0x00ff7f);
  g_assert_cmpint (copy->time_ms, ==, command->time_ms);
}

static void
test_others_survive_the_wire (void)
{
  g_autoptr (KmCommand) join = km_command_new (KM_COMMAND_ROOM_JOIN);
  g_autoptr (KmCommand) first = NULL;
  g_autoptr (KmCommand) again = NULL;
  g_autoptr (KmCommand) prepare = km_command_new (KM_COMMAND_STREAM_PREPARE);
  g_autoptr (KmCommand) prepared = NULL;

  join->id = g_strdup ("7");
  join->room = g_strdup ("9223372036854775807");
  first = around (join);
  g_assert_null (first->epoch);
  g_assert_cmpint (first->seq, ==, -1);

  join->epoch = g_strdup (ID);
  join->seq = 812;
  again = around (join);
  g_assert_cmpstr (again->epoch, ==, ID);
  g_assert_cmpint (again->seq, ==, 812);

  prepare->id = g_strdup ("8");
  prepare->publish = g_strdup (ID);
  prepared = around (prepare);
  g_assert_cmpstr (prepared->publish, ==, ID);
}

static void
test_absent_fields_have_defaults (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) command = parse (
    "{\"t\":\"chat.send\",\"id\":\"" ID "\",\"room\":\"42\","
    "\"d\":{\"text\":\"hi\",\"color\":null,\"new\":{\"a\":[1]}},\"x\":1}",
    &error);

  g_assert_no_error (error);
  g_assert_cmpint (command->mode, ==, KM_CHAT_MODE_SCROLL);
  g_assert_cmphex (command->color, ==, KM_CHAT_COLOR_DEFAULT);
  g_assert_cmpint (command->time_ms, ==, -1);
}

typedef struct
{
  const char *text;
  KmProtocolError code;
} Hostile;

#define CHAT(d) "{\"t\":\"chat.send\",\"id\":\"" ID "\",\"room\":\"42\",\"d\":" d "}"
#define BAD KM_PROTOCOL_ERROR_BAD_REQUEST

static const Hostile hostile[] = {
  { "", BAD },
  { "[]", BAD },
  { "null", BAD },
  { "7", BAD },
  { "\"chat.send\"", BAD },
  { "{", BAD },
  { "{}", BAD },
  { "{} {}", BAD },
  { "/**/{\"t\":\"room.leave\",\"id\":\"1\",\"room\":\"1\"}", BAD },
  { "{'t':'room.leave','id':'1','room':'1'}", BAD },
  { "{\"id\":7,\"t\":\"room.leave\",\"room\":\"1\"}", BAD },
  { "{\"id\":\"\",\"t\":\"room.leave\",\"room\":\"1\"}", BAD },
  { "{\"id\":\"a b\",\"t\":\"room.leave\",\"room\":\"1\"}", BAD },
  { "{\"id\":\"\xc3\xa9\",\"t\":\"room.leave\",\"room\":\"1\"}", BAD },
  { "{\"id\":\"1\"}", KM_PROTOCOL_ERROR_UNKNOWN_COMMAND },
  { "{\"id\":\"1\",\"t\":[]}", KM_PROTOCOL_ERROR_UNKNOWN_COMMAND },
  { "{\"id\":\"1\",\"t\":\"room.explode\"}",
    KM_PROTOCOL_ERROR_UNKNOWN_COMMAND },
  { "{\"id\":\"1\",\"t\":\"room.join\"}", KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"room.join\",\"room\":42}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"room.join\",\"room\":\"042\"}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"room.join\",\"room\":\"-1\"}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"room.join\",\"room\":\"9223372036854775808\"}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"room.join\",\"room\":\"1; DROP TABLE room\"}",
    KM_PROTOCOL_ERROR_NO_SUCH_ROOM },
  { "{\"id\":\"1\",\"t\":\"chat.send\",\"room\":\"1\",\"d\":{\"text\":\"a\"}}",
    BAD },
  { CHAT ("{}"), BAD },
  { CHAT ("[]"), BAD },
  { CHAT ("{\"text\":7}"), BAD },
  { CHAT ("{\"text\":null}"), BAD },
  { CHAT ("{\"text\":\"a\\u0000b\"}"), BAD },
  { CHAT ("{\"text\":\"\\ud800\"}"), BAD },
  { CHAT ("{\"text\":\"\xff\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"mode\":\"sideways\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"mode\":1}"), BAD },
  { CHAT ("{\"text\":\"a\",\"color\":\"red\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"color\":\"#12345\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"color\":\"#+12345\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"color\":\"#ggffff\"}"), BAD },
  { CHAT ("{\"text\":\"a\",\"color\":16777215}"), BAD },
  { CHAT ("{\"text\":\"a\",\"time_ms\":-1}"), BAD },
  { CHAT ("{\"text\":\"a\",\"time_ms\":1.5}"), BAD },
  { CHAT ("{\"text\":\"a\",\"time_ms\":1e999}"), BAD },
  { CHAT ("{\"text\":\"a\",\"time_ms\":\"1\"}"), BAD },
  { "{\"t\":\"stream.prepare\",\"id\":\"1\",\"d\":{\"publish\":\"short\"}}",
    BAD },
  { "{\"t\":\"stream.prepare\",\"id\":\"1\"}", BAD },
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
test_a_zero_byte_ends_nothing (void)
{
  static const char text[] =
    "{\"t\":\"room.leave\",\"id\":\"1\",\"room\":\"1\"}\0{";
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (km_command_parse (text, sizeof text - 1, &id, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, (int) BAD);
}

static void
test_depth_is_bounded (void)
{
  g_autoptr (GString) text = g_string_new ("{\"d\":");
  g_autoptr (GString) strings = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) leave = NULL;

  for (guint i = 0; i < 15000; i++)
    g_string_append_c (text, '[');
  g_assert_null (parse (text->str, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, (int) BAD);
  g_clear_error (&error);

  /* Brackets in a string are no depth. */
  g_string_append (strings, "{\"t\":\"room.leave\",\"id\":\"1\","
                   "\"room\":\"1\",\"x\":\"\\\"");
  for (guint i = 0; i < 1000; i++)
    g_string_append_c (strings, '[');
  g_string_append (strings, "\"}");
  leave = parse (strings->str, &error);
  g_assert_no_error (error);
  g_assert_nonnull (leave);
}

static void
test_long_text_is_said_to_be_too_long (void)
{
  g_autofree char *exact = g_strnfill (KM_CHAT_BYTES_MAX, 'a');
  g_autofree char *more = g_strnfill (KM_CHAT_BYTES_MAX + 1, 'a');
  g_autofree char *fits = g_strdup_printf (CHAT ("{\"text\":\"%s\"}"), exact);
  g_autofree char *too_long = g_strdup_printf (CHAT ("{\"text\":\"%s\"}"),
                                               more);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) command = parse (fits, &error);

  g_assert_no_error (error);
  g_assert_null (parse (too_long, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_TOO_LONG);
}

static void
test_id_is_known_when_the_rest_is_wrong (void)
{
  static const char text[] = "{\"t\":\"dance\",\"id\":\"x-1\"}";
  g_autofree char *id = NULL;

  g_assert_null (km_command_parse (text, strlen (text), &id, NULL));
  g_assert_cmpstr (id, ==, "x-1");
}

static void
test_digest_tells_contents_apart (void)
{
  const char *contents[] = {
    CHAT ("{\"text\":\"a\"}"),
    CHAT ("{\"text\":\"b\"}"),
    CHAT ("{\"text\":\"a\",\"mode\":\"top\"}"),
    CHAT ("{\"text\":\"a\",\"color\":\"#000000\"}"),
    CHAT ("{\"text\":\"a\",\"time_ms\":0}"),
    "{\"t\":\"chat.send\",\"id\":\"" ID "\",\"room\":\"43\","
    "\"d\":{\"text\":\"a\"}}",
  };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (
    g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  g_autoptr (KmCommand) spelled_out = parse (
    "{\"d\":{\"mode\":\"scroll\",\"color\":\"#FFFFFF\",\"text\":\"\\u0061\"},"
    "\"room\":\"42\",\"id\":\"zzzzzzzzzzzzzzzzzzzzzzzzzz\","
    "\"t\":\"chat.send\"}", NULL);
  g_autoptr (GBytes) same = km_command_digest (spelled_out);

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (KmCommand) command = parse (contents[i], NULL);

      g_assert_true (g_hash_table_add (seen, km_command_digest (command)));
    }
  g_assert_true (g_hash_table_contains (seen, same));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/protocol/command/chat-survives-the-wire",
                   test_chat_survives_the_wire);
  g_test_add_func ("/protocol/command/others-survive-the-wire",
                   test_others_survive_the_wire);
  g_test_add_func ("/protocol/command/absent-fields-have-defaults",
                   test_absent_fields_have_defaults);
  g_test_add_func ("/protocol/command/hostile-ones-get-their-error",
                   test_hostile_ones_get_their_error);
  g_test_add_func ("/protocol/command/a-zero-byte-ends-nothing",
                   test_a_zero_byte_ends_nothing);
  g_test_add_func ("/protocol/command/depth-is-bounded",
                   test_depth_is_bounded);
  g_test_add_func ("/protocol/command/long-text-is-said-to-be-too-long",
                   test_long_text_is_said_to_be_too_long);
  g_test_add_func ("/protocol/command/id-is-known-when-the-rest-is-wrong",
                   test_id_is_known_when_the_rest_is_wrong);
  g_test_add_func ("/protocol/command/digest-tells-contents-apart",
                   test_digest_tells_contents_apart);
  return g_test_run ();
}
