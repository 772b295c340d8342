/* test-amf.c: values as clients write them, and as attackers do
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-amf.h"

#define reader_of(...) \
  ({ \
    static const guint8 bytes_[] = { __VA_ARGS__ }; \
    KmAmfReader reader_; \
    km_amf_reader_init (&reader_, bytes_, sizeof bytes_); \
    reader_; \
  })

static void
assert_string (KmAmfReader *reader,
               const char  *expected)
{
  g_autofree char *text = km_amf_reader_read_string (reader, 1000);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_round_trip (void)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  g_autofree char *text = g_strnfill (70000, 'x');
  g_autofree char *read_back = NULL;
  KmAmfReader reader;
  double number;
  gboolean boolean;
  char *name;

  km_amf_write_number (output, -1.5);
  km_amf_write_boolean (output, TRUE);
  km_amf_write_null (output);
  km_amf_write_string (output, text);
  km_amf_write_begin_object (output);
  km_amf_write_name (output, "大家");
  km_amf_write_string (output, "好");
  km_amf_write_end_object (output);

  km_amf_reader_init (&reader, output->data, output->len);
  g_assert_true (km_amf_reader_read_number (&reader, &number));
  g_assert_cmpfloat (number, ==, -1.5);
  g_assert_true (km_amf_reader_read_boolean (&reader, &boolean));
  g_assert_true (boolean);
  g_assert_cmpint (km_amf_reader_peek (&reader), ==, KM_AMF_NULL);
  g_assert_true (km_amf_reader_skip (&reader));
  g_assert_null (km_amf_reader_read_string (&reader, 69999));
  read_back = km_amf_reader_read_string (&reader, 70000);
  g_assert_cmpstr (read_back, ==, text);
  g_assert_true (km_amf_reader_enter (&reader));
  g_assert_true (km_amf_reader_next_member (&reader, &name));
  g_assert_cmpstr (name, ==, "大家");
  g_free (name);
  assert_string (&reader, "好");
  g_assert_false (km_amf_reader_next_member (&reader, &name));
  g_assert_cmpint (km_amf_reader_peek (&reader), ==, KM_AMF_END);
}

/* 2.10: an ECMA array's count is a hint, here 0 with one member. */
static void
test_ecma_array (void)
{
  KmAmfReader reader = reader_of (
    0x08, 0, 0, 0, 0,
    0, 1, 'w', 0x00, 0x40, 0x84, 0, 0, 0, 0, 0, 0,   /* 640 */
    0, 0, 0x09,
    0x02, 0, 1, 'z');
  double number;
  char *name;

  g_assert_true (km_amf_reader_enter (&reader));
  g_assert_true (km_amf_reader_next_member (&reader, &name));
  g_free (name);
  g_assert_true (km_amf_reader_read_number (&reader, &number));
  g_assert_cmpfloat (number, ==, 640);
  g_assert_false (km_amf_reader_next_member (&reader, &name));
  assert_string (&reader, "z");
}

/* Each kind of value is gone over as a whole. */
static void
test_skip_each_kind (void)
{
  KmAmfReader reader = reader_of (
    0x00, 0, 0, 0, 0, 0, 0, 0, 0,                        /* number */
    0x01, 1,                                             /* boolean */
    0x02, 0, 1, 'a',                                     /* string */
    0x03, 0, 1, 'k', 0x03, 0, 0, 9, 0, 0, 9,             /* object in object */
    0x05, 0x06,                                          /* null, undefined */
    0x07, 0, 1,                                          /* reference */
    0x08, 0, 0, 0, 7, 0, 1, 'k', 0x05, 0, 0, 9,          /* ECMA array */
    0x0a, 0, 0, 0, 2, 0x05, 0x0a, 0, 0, 0, 0,            /* strict arrays */
    0x0b, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,                  /* date */
    0x0c, 0, 0, 0, 1, 'b',                               /* long string */
    0x0d,                                                /* unsupported */
    0x0f, 0, 0, 0, 1, 'x',                               /* XML */
    0x10, 0, 1, 'T', 0, 1, 'k', 0x05, 0, 0, 9,           /* typed object */
    0x02, 0, 3, 'e', 'n', 'd');

  for (guint i = 0; i < 14; i++)
    g_assert_true (km_amf_reader_skip (&reader));
  assert_string (&reader, "end");
}

static void
test_unknown_ends_the_data (void)
{
  KmAmfReader reader = reader_of (0x11, 0x02, 0, 1, 'a');

  g_assert_cmpint (km_amf_reader_peek (&reader), ==, KM_AMF_END);
  g_assert_false (km_amf_reader_skip (&reader));
  g_assert_false (km_amf_reader_skip (&reader));
  g_assert_null (km_amf_reader_read_string (&reader, 10));
}

/* A count of four thousand million nulls costs no more than its bytes. */
static void
test_counts_arent_believed (void)
{
  KmAmfReader array = reader_of (0x0a, 0xff, 0xff, 0xff, 0xff, 0x05, 0x05);
  KmAmfReader text = reader_of (0x0c, 0xff, 0xff, 0xff, 0xff, 'a');
  KmAmfReader cut = reader_of (0x02, 0, 5, 'a');

  g_assert_false (km_amf_reader_skip (&array));
  g_assert_null (km_amf_reader_read_string (&text, G_MAXSIZE));
  g_assert_false (km_amf_reader_skip (&text));
  g_assert_null (km_amf_reader_read_string (&cut, 100));
}

static void
test_depth_is_bounded (void)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  KmAmfReader reader;

  for (guint i = 0; i < 100000; i++)
    {
      km_amf_write_begin_object (output);
      km_amf_write_name (output, "k");
    }
  km_amf_reader_init (&reader, output->data, output->len);
  g_assert_false (km_amf_reader_skip (&reader));
}

/* An object without an end ends with the data. */
static void
test_unended_object (void)
{
  KmAmfReader reader = reader_of (0x03, 0, 1, 'k', 0x05, 0, 1);
  char *name;

  g_assert_true (km_amf_reader_enter (&reader));
  g_assert_true (km_amf_reader_next_member (&reader, &name));
  g_free (name);
  g_assert_true (km_amf_reader_skip (&reader));
  g_assert_false (km_amf_reader_next_member (&reader, &name));
  g_assert_cmpint (km_amf_reader_peek (&reader), ==, KM_AMF_END);
}

static void
test_text_is_made_valid (void)
{
  KmAmfReader reader = reader_of (0x02, 0, 3, 'a', 0, 0xff);
  g_autofree char *text = km_amf_reader_read_string (&reader, 10);

  g_assert_cmpstr (text, ==, "a\xef\xbf\xbd\xef\xbf\xbd");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rtmp/amf/what-is-written-is-read", test_round_trip);
  g_test_add_func ("/rtmp/amf/ecma-array-like-an-object", test_ecma_array);
  g_test_add_func ("/rtmp/amf/each-kind-can-be-skipped", test_skip_each_kind);
  g_test_add_func ("/rtmp/amf/unknown-kind-ends-the-data",
                   test_unknown_ends_the_data);
  g_test_add_func ("/rtmp/amf/counts-arent-believed",
                   test_counts_arent_believed);
  g_test_add_func ("/rtmp/amf/depth-is-bounded", test_depth_is_bounded);
  g_test_add_func ("/rtmp/amf/object-without-an-end", test_unended_object);
  g_test_add_func ("/rtmp/amf/text-is-made-valid", test_text_is_made_valid);
  return g_test_run ();
}
