/* test-websocket.c: every rule of RFC 6455 that a client can break
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each case is fed whole, byte by byte, and cut in two at every place; what
 * comes out must not depend on it.
 */

#include "km-test-rfc6455.h"
#include "km-websocket.h"

#include <string.h>

#define LIMIT 16384

/* A masked frame whose length is written in @form bytes (0, 2 or 8). */
static void
append_frame (GByteArray *out,
              guint8      first,
              guint       form,
              const void *data,
              gsize       length)
{
  static const guint8 mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
  guint8 second = (guint8) (0x80 | (form == 8 ? 127 : form == 2 ? 126
                                                               : length));

  g_byte_array_append (out, &first, 1);
  g_byte_array_append (out, &second, 1);
  for (guint i = form; i > 0; i--)
    {
      guint8 byte = (guint8) ((guint64) length >> (8 * (i - 1)));

      g_byte_array_append (out, &byte, 1);
    }
  g_byte_array_append (out, mask, 4);
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = ((const guint8 *) data)[i] ^ mask[i & 3];

      g_byte_array_append (out, &byte, 1);
    }
}

static guint
form_for (gsize length)
{
  return length < 126 ? 0 : length <= 65535 ? 2 : 8;
}

static void
append (GByteArray *out,
        guint8      first,
        const char *text)
{
  append_frame (out, first, form_for (strlen (text)), text, strlen (text));
}

/* What came out, as one line a message. */
static void
feed (KmWebsocket  *websocket,
      const guint8 *bytes,
      gsize         length,
      GString      *out)
{
  /* A copy of the exact size, so that the sanitizer sees a read beyond. */
  g_autofree guint8 *copy = g_memdup2 (bytes, length);
  guint8 *data = copy;

  for (;;)
    {
      KmWebsocketMessage message;

      switch (km_websocket_next (websocket, &data, &length, LIMIT, &message))
        {
        case KM_WEBSOCKET_NEED_MORE:
          g_assert_cmpuint (length, ==, 0);
          return;
        case KM_WEBSOCKET_MESSAGE:
          g_string_append_printf (out, "%x:%u:", message.opcode,
                                  message.close_code);
          if (message.length <= 100)
            g_string_append_len (out, message.data, (gssize) message.length);
          else
            g_string_append_printf (out, "%zu", message.length);
          g_string_append_c (out, '\n');
          break;
        case KM_WEBSOCKET_FAILED:
        default:
          g_string_append_printf (out, "failed:%u\n", message.close_code);
          break;
        }
    }
}

static void
check_cut (const GByteArray *bytes,
           gsize             at,
           const char       *expected)
{
  KmWebsocket websocket = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);

  feed (&websocket, bytes->data, at, out);
  feed (&websocket, bytes->data + at, bytes->len - at, out);
  km_websocket_clear (&websocket);
  g_assert_cmpstr (out->str, ==, expected);
}

static void
check (const GByteArray *bytes,
       const char       *expected)
{
  KmWebsocket websocket = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);

  for (gsize i = 0; i < bytes->len; i++)
    feed (&websocket, bytes->data + i, 1, out);
  km_websocket_clear (&websocket);
  g_assert_cmpstr (out->str, ==, expected);

  for (gsize at = 0; at <= MIN (bytes->len, 300); at++)
    check_cut (bytes, at, expected);
}

static void
test_messages (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x81, "Hello");
  append (bytes, 0x81, "");
  append (bytes, 0x82, "\x01\x02");
  append (bytes, 0x81, "大家好 👋");
  append (bytes, 0x89, "ping");
  append (bytes, 0x8a, "");
  check (bytes, "1:0:Hello\n1:0:\n2:0:\x01\x02\n1:0:大家好 👋\n9:0:ping\na:0:\n");
}

/* The masked "Hello" of section 5.7, byte for byte. */
static void
test_example_of_the_rfc (void)
{
  static const guint8 hello[] = {
    0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, hello, sizeof hello);
  check (bytes, "1:0:Hello\n");
}

static void
test_lengths (void)
{
  static const gsize lengths[] = { 125, 126, 127, 4096, LIMIT };
  g_autofree char *text = g_strnfill (LIMIT + 1, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      g_autofree char *expected =
        g_strdup_printf ("1:0:%zu\n", lengths[i]);

      append_frame (bytes, 0x81, form_for (lengths[i]), text, lengths[i]);
      check (bytes, expected);
    }
}

static void
test_fragments (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, "a");
  append (bytes, 0x89, "between");
  append (bytes, 0x00, "");
  append (bytes, 0x00, "b");
  append (bytes, 0x80, "c");
  append (bytes, 0x01, "");
  append (bytes, 0x80, "");
  append (bytes, 0x02, "d");
  append (bytes, 0x80, "e");
  check (bytes, "9:0:between\n1:0:abc\n1:0:\n2:0:de\n");
}

static void
test_character_over_two_fragments (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, "\xe5\xa4");
  append (bytes, 0x80, "\xa7");
  check (bytes, "1:0:大\n");
}

static void
test_violations (void)
{
  static const struct
  {
    guint8 first;
    guint form;
    gsize length;
  } frames[] = {
    { 0xc1, 0, 1 },   { 0xa1, 0, 1 },   { 0x91, 0, 1 },   /* reserved bits */
    { 0x83, 0, 1 },   { 0x87, 0, 1 },                     /* no such opcode */
    { 0x8b, 0, 1 },   { 0x8f, 0, 1 },
    { 0x80, 0, 1 },   { 0x00, 0, 1 },                     /* no beginning */
    { 0x09, 0, 1 },   { 0x08, 0, 2 },                     /* control in parts */
    { 0x89, 2, 126 }, { 0x88, 2, 126 }, { 0x8a, 8, 126 }, /* control too long */
    { 0x81, 2, 125 }, { 0x81, 8, 125 }, { 0x81, 8, 65535 }, /* not shortest */
  };
  g_autofree char *text = g_strnfill (65536, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      append_frame (bytes, frames[i].first, frames[i].form, text,
                    MIN (frames[i].length, 200));
      if (frames[i].length == 65535)
        {
          bytes->data[8] = 0xff;
          bytes->data[9] = 0xff;
        }
      append (bytes, 0x81, "not read any more");
      check (bytes, "failed:1002\n");
    }
}

static void
test_unmasked (void)
{
  static const guint8 hello[] = { 0x81, 0x05, 'H', 'e', 'l', 'l', 'o' };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, hello, sizeof hello);
  check (bytes, "failed:1002\n");
}

static void
test_interleaved_messages (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append (bytes, 0x01, "a");
  append (bytes, 0x81, "b");
  check (bytes, "failed:1002\n");
}

static void
test_top_bit_of_the_length (void)
{
  static const guint8 head[] = {
    0x81, 0xff, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  g_byte_array_append (bytes, head, sizeof head);
  check (bytes, "failed:1002\n");
}

static void
test_too_big (void)
{
  static const guint8 huge[] = {
    0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
  };
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) parts = g_byte_array_new ();
  g_autoptr (GByteArray) announced = g_byte_array_new ();
  g_autofree char *text = g_strnfill (LIMIT + 1, 'x');

  append_frame (bytes, 0x81, 2, text, LIMIT + 1);
  check (bytes, "failed:1009\n");

  append_frame (parts, 0x01, 2, text, LIMIT);
  append_frame (parts, 0x80, 0, text, 1);
  check (parts, "failed:1009\n");

  /* Refused by its head: nothing is waited for or allocated. */
  g_byte_array_append (announced, huge, sizeof huge);
  check (announced, "failed:1009\n");
}

static void
test_bad_text (void)
{
  static const char *const texts[] = {
    "\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "a\xe5\xa4",
  };
  g_autoptr (GByteArray) zero = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      append (bytes, 0x81, texts[i]);
      append (bytes, 0x81, "not read any more");
      check (bytes, "failed:1007\n");
    }

  /* U+0000 is text. */
  append_frame (zero, 0x81, 0, "\0a\0", 3);
  append_frame (zero, 0x81, 0, "\0\xff", 2);
  {
    KmWebsocket websocket = { 0 };
    g_autoptr (GString) out = g_string_new (NULL);

    feed (&websocket, zero->data, zero->len, out);
    km_websocket_clear (&websocket);
    g_assert_cmpmem (out->str, out->len, "1:0:\0a\0\nfailed:1007\n",
                     strlen ("1:0:...\nfailed:1007\n"));
  }
}

static void
test_close (void)
{
  static const struct
  {
    const char *payload;
    gsize length;
    const char *expected;
  } closes[] = {
    { "", 0, "8:1005:\n" },
    { "\x03\xe8", 2, "8:1000:\n" },
    { "\x03\xe9" "bye", 5, "8:1001:bye\n" },
    { "\x0f\xa8", 2, "8:4008:\n" },
    { "\x0b\xb8", 2, "8:3000:\n" },
    { "\x03", 1, "failed:1002\n" },
    { "\x00\x00", 2, "failed:1002\n" },
    { "\x03\xe7", 2, "failed:1002\n" }, /* 999 */
    { "\x03\xec", 2, "failed:1002\n" }, /* 1004 */
    { "\x03\xed", 2, "failed:1002\n" }, /* 1005 */
    { "\x03\xee", 2, "failed:1002\n" }, /* 1006 */
    { "\x03\xf7", 2, "failed:1002\n" }, /* 1015 */
    { "\x07\xd0", 2, "failed:1002\n" }, /* 2000 */
    { "\x13\x88", 2, "failed:1002\n" }, /* 5000 */
    { "\x03\xe8\xff", 3, "failed:1007\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (closes); i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      append_frame (bytes, 0x88, 0, closes[i].payload, closes[i].length);
      append (bytes, 0x81, "not read any more");
      check (bytes, closes[i].expected);
    }
}

/* What the codec makes of what a client says. */
static void
check_talk (const KmTestTalk *talk,
            gsize             piece)
{
  g_autoptr (GByteArray) bytes = km_test_talk_write (talk);
  g_autoptr (GString) out = g_string_new (NULL);
  g_auto (GStrv) lines = NULL;
  KmWebsocket websocket = { 0 };
  guint close_code = 0;
  guint texts = 0;
  guint pings = 0;

  g_test_message ("%s", talk->name);
  for (gsize at = 0; at < bytes->len; at += piece)
    feed (&websocket, bytes->data + at, MIN (piece, bytes->len - at), out);
  km_websocket_clear (&websocket);

  lines = g_strsplit (out->str, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      texts += g_str_has_prefix (lines[i], "1:");
      pings += g_str_has_prefix (lines[i], "9:");
      if (g_str_has_prefix (lines[i], "8:"))
        close_code = (guint) g_ascii_strtoull (lines[i] + 2, NULL, 10);
      if (g_str_has_prefix (lines[i], "failed:"))
        close_code = (guint) g_ascii_strtoull (lines[i] + 7, NULL, 10);
    }
  g_assert_cmpuint (texts, ==, talk->texts);
  g_assert_cmpuint (pings, ==, talk->pong != NULL);
  g_assert_cmpuint (close_code, ==,
                    talk->close_code != 0 ? talk->close_code : 1000);
}

static void
test_the_table (void)
{
  const KmTestTalk *talk;

  for (guint i = 0; (talk = km_test_talk_get (i)) != NULL; i++)
    {
      check_talk (talk, 1);
      check_talk (talk, 7);
      check_talk (talk, G_MAXINT);
    }
}

static void
test_writes (void)
{
  static const struct
  {
    gsize length;
    gsize head_length;
    guint8 head[10];
  } rows[] = {
    { 0, 2, { 0x81, 0 } },
    { 125, 2, { 0x81, 125 } },
    { 126, 4, { 0x81, 126, 0, 126 } },
    { 65535, 4, { 0x81, 126, 0xff, 0xff } },
    { 65536, 10, { 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0 } },
  };
  static const guint8 close_frame[] = { 0x88, 4, 0x0f, 0xa8, 'n', 'o' };
  static const guint8 empty_close[] = { 0x88, 0 };
  g_autoptr (GByteArray) out = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 head[KM_WEBSOCKET_HEAD_MAX];

      g_assert_cmpuint (km_websocket_write_head (head, KM_WEBSOCKET_TEXT,
                                                 rows[i].length),
                        ==, rows[i].head_length);
      g_assert_cmpmem (head, rows[i].head_length, rows[i].head,
                       rows[i].head_length);
    }

  km_websocket_append_close (out, 4008, "no");
  g_assert_cmpmem (out->data, out->len, close_frame, sizeof close_frame);
  g_byte_array_set_size (out, 0);
  km_websocket_append_close (out, 1005, NULL);
  g_assert_cmpmem (out->data, out->len, empty_close, sizeof empty_close);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/websocket/messages", test_messages);
  g_test_add_func ("/wire/websocket/example-of-the-rfc",
                   test_example_of_the_rfc);
  g_test_add_func ("/wire/websocket/lengths", test_lengths);
  g_test_add_func ("/wire/websocket/fragments", test_fragments);
  g_test_add_func ("/wire/websocket/character-over-two-fragments",
                   test_character_over_two_fragments);
  g_test_add_func ("/wire/websocket/violations-are-1002", test_violations);
  g_test_add_func ("/wire/websocket/unmasked-is-1002", test_unmasked);
  g_test_add_func ("/wire/websocket/interleaved-messages-are-1002",
                   test_interleaved_messages);
  g_test_add_func ("/wire/websocket/top-bit-of-the-length-is-1002",
                   test_top_bit_of_the_length);
  g_test_add_func ("/wire/websocket/too-big-is-1009", test_too_big);
  g_test_add_func ("/wire/websocket/bad-text-is-1007", test_bad_text);
  g_test_add_func ("/wire/websocket/close", test_close);
  g_test_add_func ("/wire/websocket/the-table", test_the_table);
  g_test_add_func ("/wire/websocket/writes", test_writes);

  return g_test_run ();
}
