/* test-reader.c: chunks as real clients cut them, and as attackers do
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-rtmp-reader.h"
#include "km-rtmp-writer.h"

#define push(reader, ...) \
  G_STMT_START \
    { \
      static const guint8 bytes_[] = { __VA_ARGS__ }; \
      km_rtmp_reader_push (reader, bytes_, sizeof bytes_); \
    } \
  G_STMT_END

static void
assert_message (KmRtmpReader *reader,
                guint8        type,
                guint32       time_ms,
                const char   *data)
{
  g_autoptr (GError) error = NULL;
  KmRtmpMessage message;
  KmRtmpRead read = km_rtmp_reader_next (reader, &message, &error);

  g_assert_no_error (error);
  g_assert_cmpint (read, ==, KM_RTMP_READ_MESSAGE);
  g_assert_cmpuint (message.type, ==, type);
  g_assert_cmpuint (message.time_ms, ==, time_ms);
  g_assert_cmpmem (message.data, message.length, data, strlen (data));
}

static void
assert_more (KmRtmpReader *reader)
{
  g_autoptr (GError) error = NULL;
  KmRtmpMessage message;
  KmRtmpRead read = km_rtmp_reader_next (reader, &message, &error);

  g_assert_no_error (error);
  g_assert_cmpint (read, ==, KM_RTMP_READ_MORE);
}

static void
assert_fails (KmRtmpReader *reader,
              int           code)
{
  g_autoptr (GError) error = NULL;
  KmRtmpMessage message;
  KmRtmpRead read = km_rtmp_reader_next (reader, &message, &error);

  g_assert_cmpint (read, ==, KM_RTMP_READ_ERROR);
  g_assert_error (error, KM_RTMP_ERROR, code);
}

/* 5.3.1.2: type 0 sets the time, 1 and 2 add a delta, 3 adds the last one. */
static void
test_header_types (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x04, 0, 0, 100, 0, 0, 1, 8, 1, 0, 0, 0, 'a',   /* type 0 at 100 */
        0x44, 0, 0, 20, 0, 0, 2, 8, 'b', 'c',           /* type 1: + 20 */
        0x84, 0, 0, 10, 'd', 'e',                       /* type 2: + 10 */
        0xc4, 'f', 'g');                                /* type 3: + 10 */
  assert_message (reader, 8, 100, "a");
  assert_message (reader, 8, 120, "bc");
  assert_message (reader, 8, 130, "de");
  assert_message (reader, 8, 140, "fg");
  assert_more (reader);
}

/* 5.3.1.2.4: a type 3 chunk behind a type 0 chunk adds that one's timestamp */
static void
test_type_3_after_type_0 (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x04, 0, 0, 40, 0, 0, 1, 8, 1, 0, 0, 0, 'a',
        0xc4, 'b');
  assert_message (reader, 8, 40, "a");
  assert_message (reader, 8, 80, "b");
}

/* A type 3 chunk that only continues a message adds nothing to the clock. */
static void
test_continuation_keeps_time (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 2,   /* chunk size 2 */
        0x04, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a',
        0x44, 0, 0, 20, 0, 0, 5, 8, 'v', 'w', 0xc4, 'x', 'y', 0xc4, 'z',
        0xc4, 'v', 'w', 0xc4, 'x', 'y', 0xc4, 'z');
  assert_message (reader, 8, 0, "a");
  assert_message (reader, 8, 20, "vwxyz");
  assert_message (reader, 8, 40, "vwxyz");
}

/* 5.3.1.1: ids from 64 take two bytes, from 320 three, low byte first. */
static void
test_long_ids (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  KmRtmpMessage message;

  push (reader,
        0x00, 0, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a',
        0x01, 0xff, 0xff, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'b');
  g_assert_cmpint (km_rtmp_reader_next (reader, &message, NULL), ==,
                   KM_RTMP_READ_MESSAGE);
  g_assert_cmpuint (message.chunk_stream, ==, 64);
  g_assert_cmpint (km_rtmp_reader_next (reader, &message, NULL), ==,
                   KM_RTMP_READ_MESSAGE);
  g_assert_cmpuint (message.chunk_stream, ==, 64 + 0xff + 256 * 0xff);
}

/* 5.4.1: a new chunk size holds from the next chunk on, even while a message
 * is half read on another chunk stream. */
static void
test_chunk_size_in_the_middle (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 5,
        0x04, 0, 0, 0, 0, 0, 12, 9, 1, 0, 0, 0, 'a', 'b', 'c', 'd', 'e',
        0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 6,
        0xc4, 'f', 'g', 'h', 'i', 'j', 'k',
        0xc4, 'l');
  assert_message (reader, 9, 0, "abcdefghijkl");
}

/* Sizes as a whole: 0 and the top bit are forbidden, the largest is clamped. */
static void
test_chunk_size_limits (void)
{
  g_autoptr (KmRtmpReader) zero = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) top = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) largest = km_rtmp_reader_new ();

  push (zero, 0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0);
  assert_fails (zero, KM_RTMP_ERROR_PROTOCOL);
  push (top, 0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x80, 0, 0, 1);
  assert_fails (top, KM_RTMP_ERROR_PROTOCOL);
  push (largest,
        0x02, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff,
        0x04, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a');
  assert_message (largest, 8, 0, "a");
}

/* GStreamer sets 128 after publish, by a type 1 chunk on chunk stream 2. */
static void
test_chunk_size_by_type_1 (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 1,
        0x04, 0, 0, 0, 0, 0, 2, 8, 1, 0, 0, 0, 'a', 0xc4, 'b');
  assert_message (reader, 8, 0, "ab");
}

/* 5.3.1.3: type 0 holds the whole timestamp, 1 and 2 a whole delta. */
static void
test_extended_is_a_delta (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x04, 0xff, 0xff, 0xff, 0, 0, 1, 8, 1, 0, 0, 0,
        0x01, 0, 0, 0, 'a',
        0x44, 0xff, 0xff, 0xff, 0, 0, 1, 8, 0x01, 0x00, 0x00, 0x05, 'b');
  assert_message (reader, 8, 0x01000000, "a");
  assert_message (reader, 8, 0x02000005, "b");
}

/* 5.3.1.3: ffmpeg and others repeat it in type 3 chunks … */
static void
test_extended_repeated (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 2,
        0x04, 0xff, 0xff, 0xff, 0, 0, 4, 8, 1, 0, 0, 0,
        0x01, 2, 3, 4, 'a', 'b',
        0xc4, 0x01, 2, 3, 4, 'c', 'd');
  assert_message (reader, 8, 0x01020304, "abcd");
}

/* … librtmp of old doesn't. */
static void
test_extended_left_out (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 2,
        0x04, 0xff, 0xff, 0xff, 0, 0, 5, 8, 1, 0, 0, 0,
        0x01, 2, 3, 4, 'a', 'b',
        0xc4, 'c', 'd',
        0xc4, 'e');
  assert_message (reader, 8, 0x01020304, "abcde");
}

/* 5.4.2: what was half read is dropped, the header's state is kept. */
static void
test_abort (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 4,
        0x04, 0, 0, 10, 0, 0, 6, 8, 1, 0, 0, 0, 'a', 'b', 'c', 'd');
  assert_more (reader);
  g_assert_cmpuint (km_rtmp_reader_get_held (reader), ==, 4);
  push (reader, 0x42, 0, 0, 0, 0, 0, 4, 2, 0, 0, 0, 4);
  assert_more (reader);
  g_assert_cmpuint (km_rtmp_reader_get_held (reader), ==, 0);
  push (reader, 0x84, 0, 0, 5, 'u', 'v', 'w', 'x', 0xc4, 'y', 'z');
  assert_message (reader, 8, 15, "uvwxyz");
}

/* Messages on several chunk streams at once don't mix. */
static void
test_interleaved (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 2,
        0x04, 0, 0, 1, 0, 0, 4, 8, 1, 0, 0, 0, 'a', 'b',
        0x06, 0, 0, 2, 0, 0, 4, 9, 1, 0, 0, 0, 'v', 'w',
        0xc4, 'c', 'd',
        0xc6, 'x', 'y');
  assert_message (reader, 8, 1, "abcd");
  assert_message (reader, 9, 2, "vwxy");
}

/* librtmp begins a chunk stream with type 1; types 2 and 3 can't begin one. */
static void
test_first_chunk (void)
{
  g_autoptr (KmRtmpReader) one = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) two = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) three = km_rtmp_reader_new ();

  push (one, 0x45, 0, 0, 7, 0, 0, 1, 8, 'a');
  assert_message (one, 8, 7, "a");
  push (two, 0x85, 0, 0, 7, 'a');
  assert_fails (two, KM_RTMP_ERROR_PROTOCOL);
  push (three, 0xc5, 'a');
  assert_fails (three, KM_RTMP_ERROR_PROTOCOL);
}

static void
test_header_within_message (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader,
        0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 1,
        0x04, 0, 0, 0, 0, 0, 3, 8, 1, 0, 0, 0, 'a',
        0x04, 0, 0, 0, 0, 0, 9, 8, 1, 0, 0, 0, 'b');
  assert_fails (reader, KM_RTMP_ERROR_PROTOCOL);
}

/* A length is refused when it is announced, before a byte of it is kept. */
static void
test_too_long (void)
{
  g_autoptr (KmRtmpReader) before = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) sound = km_rtmp_reader_new ();
  g_autoptr (KmRtmpReader) video = km_rtmp_reader_new ();

  push (before, 0x04, 0, 0, 0, 0x01, 0x00, 0x01, 9, 1, 0, 0, 0);
  assert_fails (before, KM_RTMP_ERROR_LIMIT);

  km_rtmp_reader_set_limits (sound, 8 << 20, 1 << 20);
  push (sound, 0x04, 0, 0, 0, 0x10, 0x00, 0x01, 8, 1, 0, 0, 0);
  assert_fails (sound, KM_RTMP_ERROR_LIMIT);

  km_rtmp_reader_set_limits (video, 8 << 20, 1 << 20);
  push (video, 0x04, 0, 0, 0, 0x80, 0x00, 0x00, 9, 1, 0, 0, 0);
  assert_more (video);
  g_assert_cmpuint (km_rtmp_reader_get_held (video), ==, 0);
}

/* 32 chunk streams with almost a whole message each would be 2 MiB. */
static void
test_unfinished_together (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  g_autofree guint8 *bytes = g_malloc0 (65535);
  KmRtmpMessage message;
  KmRtmpRead read = KM_RTMP_READ_MORE;

  push (reader, 0x42, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0xff, 0xff);
  assert_more (reader);
  for (guint8 id = 3; id < 30 && read == KM_RTMP_READ_MORE; id++)
    {
      guint8 header[] = { id, 0, 0, 0, 1, 0, 0, 8, 1, 0, 0, 0 };

      g_assert_cmpuint (km_rtmp_reader_get_held (reader), <=, 128 * 1024);
      km_rtmp_reader_push (reader, header, sizeof header);
      km_rtmp_reader_push (reader, bytes, 65535);
      read = km_rtmp_reader_next (reader, &message, NULL);
    }
  g_assert_cmpint (read, ==, KM_RTMP_READ_ERROR);
}

static void
test_too_many_chunk_streams (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  for (guint8 id = 3; id < 3 + KM_RTMP_READER_CHUNK_STREAMS; id++)
    {
      guint8 chunk[] = { id, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a' };

      km_rtmp_reader_push (reader, chunk, sizeof chunk);
      assert_message (reader, 8, 0, "a");
    }
  push (reader, 0x3f, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a');
  assert_fails (reader, KM_RTMP_ERROR_LIMIT);
}

/* Chunks of one byte for ever are work without end; for a while they pass. */
static void
test_tiny_chunks (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  KmRtmpMessage message;
  g_autoptr (GError) error = NULL;
  KmRtmpRead read = KM_RTMP_READ_MESSAGE;
  guint n_messages = 0;

  push (reader, 0x04, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0, 'a');
  while ((read = km_rtmp_reader_next (reader, &message, &error)) ==
         KM_RTMP_READ_MESSAGE && n_messages < 10000000)
    {
      n_messages++;
      push (reader, 0xc4, 'a');
    }
  g_assert_cmpint (read, ==, KM_RTMP_READ_ERROR);
  g_assert_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT);
  g_assert_cmpuint (n_messages, >, 100000);
}

/* Small sound in small chunks, as real encoders send it, goes on for ever. */
static void
test_small_messages_pass (void)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();

  push (reader, 0x04, 0, 0, 0, 0, 0, 6, 8, 1, 0, 0, 0,
        'a', 'b', 'c', 'd', 'e', 'f');
  assert_message (reader, 8, 0, "abcdef");
  for (guint i = 0; i < 2000000; i++)
    {
      push (reader, 0xc4, 'a', 'b', 'c', 'd', 'e', 'f');
      assert_message (reader, 8, 0, "abcdef");
    }
}

typedef struct
{
  gsize chunk_size;
  gsize step;
} Cut;

static void
check_round_trip (const Cut *cut)
{
  static const gsize lengths[] = { 0, 1, 127, 128, 129, 4096, 5000 };
  static const guint32 times[] = { 0, 0xfffffe, 0xffffff, 0x1000000,
                                   0xffffffff, 5, 0 };
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  g_autofree guint8 *data = g_malloc (5000);
  guint8 size[4] = { (guint8) (cut->chunk_size >> 24),
                     (guint8) (cut->chunk_size >> 16),
                     (guint8) (cut->chunk_size >> 8),
                     (guint8) cut->chunk_size };
  KmRtmpMessage message = { .chunk_stream = 2, .type = 1,
                            .data = size, .length = 4 };
  guint n_messages = 0;

  for (gsize i = 0; i < 5000; i++)
    data[i] = (guint8) (i * 31);
  km_rtmp_writer_append (stream, &message, KM_RTMP_CHUNK_DEFAULT);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      message = (KmRtmpMessage) { 3 + i % 3, 9, 1, times[i], data, lengths[i] };
      km_rtmp_writer_append (stream, &message, cut->chunk_size);
    }

  for (gsize at = 0; at < stream->len; at += cut->step)
    {
      km_rtmp_reader_push (reader, stream->data + at,
                           MIN (cut->step, stream->len - at));
      while (km_rtmp_reader_next (reader, &message, NULL) ==
             KM_RTMP_READ_MESSAGE)
        {
          g_assert_cmpuint (message.time_ms, ==, times[n_messages]);
          g_assert_cmpuint (message.stream, ==, 1);
          g_assert_cmpmem (message.data, message.length, data,
                           lengths[n_messages]);
          n_messages++;
        }
    }
  g_assert_cmpuint (n_messages, ==, G_N_ELEMENTS (lengths));
  g_assert_cmpuint (km_rtmp_reader_get_held (reader), ==, 0);
}

static void
test_round_trip (void)
{
  static const gsize chunk_sizes[] = { 1, 128, 4096, KM_RTMP_CHUNK_MAX };
  static const gsize steps[] = { 1, 2, 3, 7, 128, 1000000 };

  for (guint i = 0; i < G_N_ELEMENTS (chunk_sizes); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (steps); j++)
        check_round_trip (&(Cut) { chunk_sizes[i], steps[j] });
    }
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (void);
  } tests[] = {
    { "header-types-set-and-add-time", test_header_types },
    { "type-3-after-type-0-adds-its-time", test_type_3_after_type_0 },
    { "continuation-keeps-time", test_continuation_keeps_time },
    { "long-ids", test_long_ids },
    { "chunk-size-changes-within-a-message", test_chunk_size_in_the_middle },
    { "chunk-size-limits", test_chunk_size_limits },
    { "chunk-size-by-type-1", test_chunk_size_by_type_1 },
    { "extended-timestamp-is-a-delta", test_extended_is_a_delta },
    { "extended-timestamp-repeated", test_extended_repeated },
    { "extended-timestamp-left-out", test_extended_left_out },
    { "abort-drops-the-message-only", test_abort },
    { "interleaved-messages-dont-mix", test_interleaved },
    { "first-chunk-of-each-type", test_first_chunk },
    { "header-within-a-message-refused", test_header_within_message },
    { "too-long-refused-when-announced", test_too_long },
    { "unfinished-messages-bounded-together", test_unfinished_together },
    { "chunk-streams-bounded", test_too_many_chunk_streams },
    { "tiny-chunks-for-ever-refused", test_tiny_chunks },
    { "small-messages-for-ever-pass", test_small_messages_pass },
    { "what-is-written-is-read-however-cut", test_round_trip },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/rtmp/reader/", tests[i].path,
                                           NULL);

      g_test_add_func (path, tests[i].test);
    }
  return g_test_run ();
}
