/* test-flv.c: what is written is what the format says, and is read again
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-flv-reader.h"

/* E.2: sound and picture are always announced; PreviousTagSize0 is 0. */
static void
test_header (void)
{
  guint8 header[KM_FLV_HEADER_SIZE];

  km_flv_put_header (header);
  g_assert_cmpmem (header, sizeof header,
                   "FLV\1\5\0\0\0\11\0\0\0\0", 13);
}

/* E.4.1: the upper eight bits of the time stand behind the lower 24; E.3: the
 * size behind a tag counts its header. */
static void
test_tag (void)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  KmFlvTag tag = { KM_FLV_TYPE_VIDEO, 0x12345678, (const guint8 *) "abc", 3 };
  static const guint8 expected[] = {
    9, 0, 0, 3, 0x34, 0x56, 0x78, 0x12, 0, 0, 0, 'a', 'b', 'c', 0, 0, 0, 14,
  };

  km_flv_append_tag (output, &tag);
  g_assert_cmpmem (output->data, output->len, expected, sizeof expected);
}

static GByteArray *
write_stream (const gsize *lengths,
              guint        n_lengths,
              const guint8 *data)
{
  GByteArray *output = g_byte_array_new ();

  g_byte_array_set_size (output, KM_FLV_HEADER_SIZE);
  km_flv_put_header (output->data);
  for (guint i = 0; i < n_lengths; i++)
    {
      KmFlvTag tag = { KM_FLV_TYPE_VIDEO, 0xfffffff0 + i * 10, data,
                       lengths[i] };

      km_flv_append_tag (output, &tag);
    }

  return output;
}

static void
test_round_trip (void)
{
  static const gsize lengths[] = { 0, 1, 5000, 3 };
  static const gsize steps[] = { 1, 2, 5, 4096 };
  guint8 data[5000];

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) (i * 17);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GByteArray) stream =
        write_stream (lengths, G_N_ELEMENTS (lengths), data);
      g_autoptr (KmFlvReader) reader = km_flv_reader_new (5000);
      guint n_tags = 0;
      KmFlvTag tag;

      for (gsize at = 0; at < stream->len; at += steps[i])
        {
          km_flv_reader_push (reader, stream->data + at,
                              MIN (steps[i], stream->len - at));
          while (km_flv_reader_next (reader, &tag, NULL) == KM_FLV_READ_TAG)
            {
              g_assert_cmpuint (tag.type, ==, KM_FLV_TYPE_VIDEO);
              g_assert_cmpuint (tag.time_ms, ==, 0xfffffff0 + n_tags * 10);
              g_assert_cmpmem (tag.data, tag.length, data, lengths[n_tags]);
              n_tags++;
            }
        }
      g_assert_cmpuint (n_tags, ==, G_N_ELEMENTS (lengths));
    }
}

static void
assert_fails (const guint8 *data,
              gsize         length,
              int           code)
{
  g_autoptr (KmFlvReader) reader = km_flv_reader_new (1000);
  g_autoptr (GError) error = NULL;
  KmFlvTag tag;

  km_flv_reader_push (reader, data, length);
  g_assert_cmpint (km_flv_reader_next (reader, &tag, &error), ==,
                   KM_FLV_READ_ERROR);
  g_assert_error (error, KM_FLV_ERROR, code);
}

static void
test_refused (void)
{
  assert_fails ((const guint8 *) "HTTP/1.1 200", 12, KM_FLV_ERROR_INVALID);
  assert_fails ((const guint8 *) "FLV\1\5\0\0\0\10", 9, KM_FLV_ERROR_INVALID);
  assert_fails ((const guint8 *) "FLV\1\5\0\0\0\11\0\0\0\0"
                "\11\0\3\351\0\0\0\0\0\0\0", 24, KM_FLV_ERROR_TOO_LONG);
}

/* E.2: a header may be longer than it is today. */
static void
test_longer_header (void)
{
  g_autoptr (KmFlvReader) reader = km_flv_reader_new (1000);
  KmFlvTag tag;

  km_flv_reader_push (reader, (const guint8 *)
                      "FLV\1\5\0\0\0\13xx\0\0\0\0"
                      "\10\0\0\1\0\0\7\0\0\0\0a\0\0\0\14", 31);
  g_assert_cmpint (km_flv_reader_next (reader, &tag, NULL), ==,
                   KM_FLV_READ_TAG);
  g_assert_cmpuint (tag.time_ms, ==, 7);
  g_assert_cmpmem (tag.data, tag.length, "a", 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flv/flv/header-announces-both-tracks", test_header);
  g_test_add_func ("/flv/flv/tag-as-the-format-says", test_tag);
  g_test_add_func ("/flv/flv/what-is-written-is-read-however-cut",
                   test_round_trip);
  g_test_add_func ("/flv/flv/what-isnt-flv-is-refused", test_refused);
  g_test_add_func ("/flv/flv/longer-header-is-skipped", test_longer_header);
  return g_test_run ();
}
