/* km-test-rfc6455.c: what clients may say by RFC 6455, and what they may not
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One table for all ways on which frames come in: the codec alone, a hub on a
 * bare pair of sockets, and a whole server, plain and through TLS. Messages
 * that are heard get a reply each, since they ask for what no server knows.
 *
 * Thread: main of the test.
 */

#include "km-test-rfc6455.h"

#include <string.h>

#define ASK "{\"t\":\"nothing\",\"id\":\"1\"}"
#define LIMIT 16384
#define CLOSE_NORMAL 1000

#define TEXT 0x81
#define CLOSE 0x88
#define PING 0x89
#define PONG 0x8a

static const KmTestTalk talks[] = {
  { "nothing", { { 0 } } },

  /* Section 5.2: lengths. */
  { "length in 7 bits", { { TEXT, .text = ASK, .length = 125 } }, 1 },
  { "length in 16 bits", { { TEXT, .text = ASK, .length = 126 } }, 1 },
  { "the longest that is taken", { { TEXT, .text = ASK, .length = LIMIT } },
    1 },
  { "one byte longer", { { TEXT, .text = ASK, .length = LIMIT + 1 } }, 0,
    NULL, 1009 },
  { "length in 64 bits", { { TEXT, 8, .claims = 65536 } }, 0, NULL, 1009 },
  { "length of 63 bits", { { TEXT, 8, .claims = G_MAXINT64 } }, 0, NULL,
    1009 },
  { "top bit of the length",
    { { TEXT, 8, .claims = (guint64) G_MAXINT64 + 1 } }, 0, NULL, 1002 },
  { "all bits of the length", { { TEXT, 8, .claims = G_MAXUINT64 } }, 0, NULL,
    1002 },
  { "7 bits in 16", { { TEXT, 2, .text = ASK, .length = 125 } }, 0, NULL,
    1002 },
  { "0 in 16 bits", { { PING, 2 } }, 0, NULL, 1002 },
  { "7 bits in 64", { { TEXT, 8, .text = ASK, .length = 125 } }, 0, NULL,
    1002 },
  { "16 bits in 64", { { TEXT, 8, .claims = 65535 } }, 0, NULL, 1002 },
  { "several in one", { { TEXT, .text = ASK }, { TEXT, .text = ASK },
                        { TEXT, .text = ASK } }, 3 },

  /* Section 5.1: masks. */
  { "unmasked text", { { TEXT, .unmasked = TRUE, .text = ASK } }, 0, NULL,
    1002 },
  { "unmasked ping", { { PING, .unmasked = TRUE } }, 0, NULL, 1002 },
  { "unmasked close",
    { { CLOSE, .unmasked = TRUE, .text = "\x03\xe8" } }, 0, NULL, 1002 },

  /* Section 5.2: reserved bits and opcodes. */
  { "first reserved bit", { { 0xc1, .text = ASK } }, 0, NULL, 1002 },
  { "second reserved bit", { { 0xa1, .text = ASK } }, 0, NULL, 1002 },
  { "third reserved bit", { { 0x91, .text = ASK } }, 0, NULL, 1002 },
  { "reserved bit of a ping", { { 0xc9 } }, 0, NULL, 1002 },
  { "opcode 3", { { 0x83 } }, 0, NULL, 1002 },
  { "opcode 4", { { 0x84 } }, 0, NULL, 1002 },
  { "opcode 5", { { 0x85 } }, 0, NULL, 1002 },
  { "opcode 6", { { 0x86 } }, 0, NULL, 1002 },
  { "opcode 7", { { 0x87 } }, 0, NULL, 1002 },
  { "opcode 11", { { 0x8b } }, 0, NULL, 1002 },
  { "opcode 12", { { 0x8c } }, 0, NULL, 1002 },
  { "opcode 13", { { 0x8d } }, 0, NULL, 1002 },
  { "opcode 14", { { 0x8e } }, 0, NULL, 1002 },
  { "opcode 15", { { 0x8f } }, 0, NULL, 1002 },

  /* Section 5.4: fragments. */
  { "two fragments", { { 0x01, .text = "{\"t\":\"noth" },
                       { 0x80, .text = "ing\",\"id\":\"1\"}" } }, 1 },
  { "empty fragments",
    { { 0x01 }, { 0x00, .text = "" }, { 0x00, .text = ASK },
      { 0x00, .text = "" }, { 0x80 } }, 1 },
  { "fragments with a ping between",
    { { 0x01, .text = "{\"t\":\"noth" }, { PING, .text = "between" },
      { 0x80, .text = "ing\",\"id\":\"1\"}" } }, 1, "between" },
  { "fragments with a pong between",
    { { 0x01, .text = "{\"t\":\"noth" }, { PONG, .text = "between" },
      { 0x80, .text = "ing\",\"id\":\"1\"}" } }, 1 },
  { "fragments with a close between",
    { { 0x01, .text = "{\"t\":\"noth" }, { CLOSE, .text = "\x03\xe9" },
      { 0x80, .text = "ing\",\"id\":\"1\"}" } }, 0, NULL, 1001 },
  { "fragments that are too long together",
    { { 0x01, .text = ASK, .length = LIMIT }, { 0x80, .text = " " } }, 0, NULL,
    1009 },
  { "a continuation of nothing", { { 0x80, .text = ASK } }, 0, NULL, 1002 },
  { "a continuation of nothing that goes on", { { 0x00, .text = ASK } }, 0,
    NULL, 1002 },
  { "a continuation behind the end",
    { { TEXT, .text = ASK }, { 0x80, .text = ASK } }, 1, NULL, 1002 },
  { "a message within a message",
    { { 0x01, .text = "{" }, { TEXT, .text = ASK } }, 0, NULL, 1002 },
  { "the beginning of a message within a message",
    { { 0x01, .text = "{" }, { 0x01, .text = ASK } }, 0, NULL, 1002 },
  { "half a message and no end", { { 0x01, .text = "{" } } },

  /* Section 5.5: control frames. */
  { "an empty ping", { { PING } }, 0, "" },
  { "a ping", { { PING, .text = "hello" } }, 0, "hello" },
  { "a ping that isn't text", { { PING, .text = "\xff\xfe" } }, 0,
    "\xff\xfe" },
  { "the longest pong", { { PONG, .text = "hello", .length = 125 } } },
  { "a pong that is too long", { { PONG, .text = "", .length = 126 } }, 0,
    NULL, 1002 },
  { "a ping that is too long", { { PING, .text = "", .length = 126 } }, 0,
    NULL, 1002 },
  { "a close that is too long",
    { { CLOSE, .text = "\x03\xe8", .length = 126 } }, 0, NULL, 1002 },
  { "a ping in fragments", { { 0x09, .text = "a" } }, 0, NULL, 1002 },
  { "a pong in fragments", { { 0x0a, .text = "a" } }, 0, NULL, 1002 },
  { "a close in fragments", { { 0x08, .text = "\x03\xe8" } }, 0, NULL, 1002 },

  /* Section 8.1: UTF-8. */
  { "text beyond ASCII",
    { { TEXT, .text = "{\"t\":\"大家好 👋\",\"id\":\"1\"}" } }, 1 },
  { "a character in two fragments",
    { { 0x01, .text = "{\"id\":\"1\",\"t\":\"\xe5\xa4" },
      { 0x80, .text = "\xa7\"}" } }, 1 },
  { "a byte that is never used", { { TEXT, .text = "\xff" } }, 0, NULL,
    1007 },
  { "a character written too long", { { TEXT, .text = "\xc0\xaf" } }, 0, NULL,
    1007 },
  { "half of a surrogate pair", { { TEXT, .text = "\xed\xa0\x80" } }, 0, NULL,
    1007 },
  { "beyond the last character", { { TEXT, .text = "\xf4\x90\x80\x80" } }, 0,
    NULL, 1007 },
  { "half a character", { { TEXT, .text = "a\xe5\xa4" } }, 0, NULL, 1007 },
  { "half a character at the end of fragments",
    { { 0x01, .text = "a" }, { 0x80, .text = "\xe5\xa4" } }, 0, NULL, 1007 },
  { "a bad byte in the first fragment",
    { { 0x01, .text = "\xff" }, { 0x80, .text = ASK } }, 0, NULL, 1007 },
  { "a bad byte after a good message",
    { { TEXT, .text = ASK }, { TEXT, .text = "\xff" } }, 1, NULL, 1007 },

  /* Sections 5.5.1 and 7.4: close frames. */
  { "a close without a code", { { CLOSE } }, 0, NULL, 1005 },
  { "half a code", { { CLOSE, .text = "\x03" } }, 0, NULL, 1002 },
  { "code 1000", { { CLOSE, .text = "\x03\xe8" } }, 0, NULL, 1000 },
  { "code 1003 with a reason", { { CLOSE, .text = "\x03\xeb" "bye" } }, 0,
    NULL, 1003 },
  { "code 1011", { { CLOSE, .text = "\x03\xf3" } }, 0, NULL, 1011 },
  { "code 1014", { { CLOSE, .text = "\x03\xf6" } }, 0, NULL, 1014 },
  { "code 3000", { { CLOSE, .text = "\x0b\xb8" } }, 0, NULL, 3000 },
  { "code 4999", { { CLOSE, .text = "\x13\x87" } }, 0, NULL, 4999 },
  { "the longest reason",
    { { CLOSE, .text = "\x03\xe8", .length = 125 } }, 0, NULL, 1000 },
  { "code 257", { { CLOSE, .text = "\x01\x01" } }, 0, NULL, 1002 },
  { "code 999", { { CLOSE, .text = "\x03\xe7" } }, 0, NULL, 1002 },
  { "code 1004", { { CLOSE, .text = "\x03\xec" } }, 0, NULL, 1002 },
  { "code 1005", { { CLOSE, .text = "\x03\xed" } }, 0, NULL, 1002 },
  { "code 1006", { { CLOSE, .text = "\x03\xee" } }, 0, NULL, 1002 },
  { "code 1015", { { CLOSE, .text = "\x03\xf7" } }, 0, NULL, 1002 },
  { "code 1016", { { CLOSE, .text = "\x03\xf8" } }, 0, NULL, 1002 },
  { "code 2999", { { CLOSE, .text = "\x0b\xb7" } }, 0, NULL, 1002 },
  { "code 5000", { { CLOSE, .text = "\x13\x88" } }, 0, NULL, 1002 },
  { "code 65535", { { CLOSE, .text = "\xff\xff" } }, 0, NULL, 1002 },
  { "a reason that isn't text", { { CLOSE, .text = "\x03\xe8\xff" } }, 0,
    NULL, 1007 },
  { "half a character in a reason",
    { { CLOSE, .text = "\x03\xe8" "a\xe5\xa4" } }, 0, NULL, 1007 },
  { "a message behind the close",
    { { CLOSE, .text = "\x03\xe8" }, { TEXT, .text = ASK } }, 0, NULL, 1000 },
  { "a ping behind the close",
    { { CLOSE, .text = "\x03\xe8" }, { PING, .text = "late" } }, 0, NULL,
    1000 },
  { "another close behind the close",
    { { CLOSE, .text = "\x03\xe8" }, { CLOSE, .text = "\x03\xe9" } }, 0, NULL,
    1000 },
  { "a bad frame behind the close",
    { { CLOSE, .text = "\x03\xe8" }, { 0xff } }, 0, NULL, 1000 },
  { "a good frame behind a bad one",
    { { 0x83 }, { TEXT, .text = ASK }, { PING } }, 0, NULL, 1002 },
};

/**
 * km_test_talk_get:
 * @i: which
 *
 * Returns: (nullable): a case; %NULL: there are no more
 */
const KmTestTalk *
km_test_talk_get (guint i)
{
  return i < G_N_ELEMENTS (talks) ? &talks[i] : NULL;
}

static gsize
get_length (const KmTestFrame *frame)
{
  if (frame->claims != 0)
    return 0;

  return frame->length != 0 || frame->text == NULL ? frame->length
                                                   : strlen (frame->text);
}

static void
append_head (GByteArray        *out,
             const KmTestFrame *frame)
{
  guint64 length = frame->claims != 0 ? frame->claims : get_length (frame);
  guint form = frame->form != 0 || length < 126 ? frame->form
               : length <= G_MAXUINT16 ? 2 : 8;
  guint8 head[10] = { frame->first };

  head[1] = (guint8) ((frame->unmasked ? 0 : 0x80)
                      | (form == 8 ? 127 : form == 2 ? 126 : length));
  for (guint i = 0; i < form; i++)
    head[2 + i] = (guint8) (length >> (8 * (form - 1 - i)));
  g_byte_array_append (out, head, 2 + form);
}

static void
append_frame (GByteArray        *out,
              const KmTestFrame *frame)
{
  static const guint8 key[4] = { 0x37, 0xfa, 0x21, 0x3d };
  static const guint8 none[4] = { 0 };
  const guint8 *mask = frame->unmasked ? none : key;
  gsize text = frame->text != NULL ? strlen (frame->text) : 0;
  gsize length = get_length (frame);

  append_head (out, frame);
  if (!frame->unmasked)
    g_byte_array_append (out, mask, sizeof key);
  for (gsize i = 0; i < length; i++)
    {
      char plain = i < text ? frame->text[i] : ' ';
      guint8 byte = (guint8) plain ^ mask[i & 3];

      g_byte_array_append (out, &byte, 1);
    }
}

/**
 * km_test_talk_write:
 * @self: a case
 *
 * Returns: (transfer full): all that the client says, to its own close
 */
GByteArray *
km_test_talk_write (const KmTestTalk *self)
{
  static const KmTestFrame goodbye = { CLOSE, .text = "\x03\xe8" };
  GByteArray *out = g_byte_array_new ();

  for (guint i = 0; i < KM_TEST_FRAMES_MAX; i++)
    {
      if (self->frames[i].first != 0 || self->frames[i].text != NULL)
        append_frame (out, &self->frames[i]);
    }
  if (self->close_code == 0)
    append_frame (out, &goodbye);

  return out;
}

/* What the server has said. */
typedef struct
{
  guint texts;
  char *pong;
  gsize pong_length;
  guint close_code; /* 0: it hasn't closed */
} Heard;

/* FALSE: the server has ended, where a frame would begin. */
static gboolean
read_all (GInputStream *input,
          guint8       *data,
          gsize         length)
{
  g_autoptr (GError) error = NULL;
  gsize n;

  g_input_stream_read_all (input, data, length, &n, NULL, &error);
  g_assert_no_error (error);
  if (n == 0 && length > 0)
    return FALSE;
  g_assert_cmpuint (n, ==, length);

  return TRUE;
}

/* A server's frames are whole and not masked. */
static gboolean
read_frame (GInputStream *input,
            guint8       *opcode,
            GBytes      **payload)
{
  guint8 head[4];
  gsize length;
  g_autofree guint8 *data = NULL;

  if (!read_all (input, head, 2))
    return FALSE;
  g_assert_cmphex (head[0] & 0xf0, ==, 0x80);
  g_assert_cmpuint (head[1], <=, 126);
  length = head[1];
  if (length == 126)
    {
      g_assert_true (read_all (input, head + 2, 2));
      length = (gsize) head[2] << 8 | head[3];
    }

  data = g_malloc (length + 1);
  g_assert_true (length == 0 || read_all (input, data, length));
  *opcode = head[0] & 0x0f;
  *payload = g_bytes_new_take (g_steal_pointer (&data), length);

  return TRUE;
}

static void
take_frame (Heard  *heard,
            guint8  opcode,
            GBytes *payload)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (payload, &length);

  /* Nothing follows a close. */
  g_assert_cmpuint (heard->close_code, ==, 0);
  switch (opcode)
    {
    case TEXT & 0x0f:
      heard->texts++;
      break;
    case PONG & 0x0f:
      g_assert_null (heard->pong);
      heard->pong = g_strndup ((const char *) data, length);
      heard->pong_length = length;
      break;
    case CLOSE & 0x0f:
      heard->close_code = length >= 2 ? (guint) data[0] << 8 | data[1] : 1005;
      break;
    case PING & 0x0f:
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
say (GIOStream        *stream,
     const GByteArray *bytes,
     gsize             piece)
{
  GOutputStream *output = g_io_stream_get_output_stream (stream);
  g_autoptr (GError) error = NULL;

  if (piece == 0)
    piece = bytes->len;
  for (gsize at = 0; at < bytes->len; at += piece)
    {
      g_output_stream_write_all (output, bytes->data + at,
                                 MIN (piece, bytes->len - at), NULL, NULL,
                                 &error);
      g_assert_no_error (error);
    }
}

/**
 * km_test_talk_check:
 * @self: a case
 * @stream: a socket that has just been opened
 * @piece: in how many bytes at once it is written; 0: all
 *
 * Says what the client says and checks what the server answers, and that it
 * then ends without a reset.
 */
void
km_test_talk_check (const KmTestTalk *self,
                    GIOStream        *stream,
                    gsize             piece)
{
  g_autoptr (GByteArray) bytes = km_test_talk_write (self);
  GInputStream *input = g_io_stream_get_input_stream (stream);
  Heard heard = { 0 };
  guint8 opcode;
  GBytes *taken;

  g_test_message ("%s", self->name);
  say (stream, bytes, piece);
  while (read_frame (input, &opcode, &taken))
    {
      g_autoptr (GBytes) payload = taken;

      take_frame (&heard, opcode, payload);
    }

  g_assert_cmpuint (heard.texts, ==, self->texts);
  g_assert_cmpuint (heard.close_code, ==,
                    self->close_code != 0 ? self->close_code : CLOSE_NORMAL);
  if (self->pong != NULL)
    g_assert_cmpmem (heard.pong, heard.pong_length, self->pong,
                     strlen (self->pong));
  else
    g_assert_null (heard.pong);
  g_free (heard.pong);
}

/**
 * km_test_talk_shake_hands:
 * @stream: a connection to a server of HTTP
 * @host: the server's address
 * @ticket: what it takes for a socket
 *
 * Makes it a socket.
 */
void
km_test_talk_shake_hands (GIOStream  *stream,
                          const char *host,
                          const char *ticket)
{
  g_autofree char *request = g_strdup_printf (
    "GET /api/v1/socket?ticket=%s HTTP/1.1\r\n"
    "Host: %s\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: kaimu.v1\r\n"
    "\r\n", ticket, host);
  g_autoptr (GString) head = g_string_new (NULL);
  guint8 byte;

  g_assert_true (g_output_stream_write_all (
    g_io_stream_get_output_stream (stream), request, strlen (request), NULL,
    NULL, NULL));
  /* No more than the head: what follows is frames. */
  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      g_assert_true (read_all (g_io_stream_get_input_stream (stream), &byte,
                               1));
      g_string_append_c (head, (char) byte);
    }
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1.1 101 "));
  g_assert_nonnull (strstr (head->str, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
}
