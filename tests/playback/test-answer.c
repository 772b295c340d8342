/* test-answer.c: an answer is read in pieces, and never in two ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-http-answer.h"

#include <string.h>

#include "km-media.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"

typedef struct
{
  const char *name;
  const char *text;
  guint status;
  const char *body; /* NULL: refused */
  gboolean over;
  gboolean may_end;
} Case;

static const Case cases[] = {
  { "endless", OK "\r\nabc", 200, "abc", FALSE, TRUE },
  { "counted", OK "content-length: 3\r\n\r\nabcd", 200, "abc", TRUE, TRUE },
  { "counted-empty", OK "Content-Length: 0\r\n\r\nabc", 200, "", TRUE, TRUE },
  { "cut-off", OK "Content-Length: 4\r\n\r\nabc", 200, "abc", FALSE, FALSE },
  { "length-said-twice",
    OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 200, "a", TRUE,
    TRUE },
  { "chunks",
    CHUNKED "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nMore: x\r\n\r\nz",
    200, "abc0123456789", TRUE, TRUE },
  { "chunk-cut-off", CHUNKED "3\r\nab", 200, "ab", FALSE, FALSE },
  { "between-chunks", CHUNKED "3\r\nabc\r\n", 200, "abc", FALSE, FALSE },
  { "not-found", "HTTP/1.0 404\n\n", 404, "", FALSE, TRUE },
  { "early-hints", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" OK "\r\na", 200,
    "a", FALSE, TRUE },
  { "no-head-yet", OK "Date: x\r\n", 0, "", FALSE, FALSE },
  { "not-http", "SSH-2.0-OpenSSH\r\n" },
  { "other-version", "HTTP/2 200\r\n\r\n" },
  { "status-of-two-digits", "HTTP/1.1 20 OK\r\n\r\n" },
  { "status-of-four-digits", "HTTP/1.1 2000 OK\r\n\r\n" },
  { "other-protocol", "HTTP/1.1 101 Switching\r\n\r\n" },
  { "folded-line", OK "A: b\r\n c: d\r\n\r\n" },
  { "space-before-colon", OK "Content-Length : 3\r\n\r\nabc" },
  { "no-colon", OK "abc\r\n\r\n" },
  { "no-name", OK ": abc\r\n\r\n" },
  { "two-lengths", OK "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc" },
  { "negative-length", OK "Content-Length: -3\r\n\r\nabc" },
  { "endless-length", OK "Content-Length: 99999999999999999999\r\n\r\nabc" },
  { "length-beside-chunks",
    OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc" },
  { "other-coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\nabc" },
  { "chunk-without-size", CHUNKED "\r\nabc" },
  { "chunk-of-minus-one", CHUNKED "-1\r\nabc" },
  { "chunk-in-c", CHUNKED "0x3\r\nabc\r\n" },
  { "chunk-too-large", CHUNKED "ffffffffffffffff\r\nabc" },
  { "chunk-longer-than-it-says", CHUNKED "2\r\nabc\r\n" },
};

static void
check (const Case *wanted,
       gsize       piece)
{
  g_autoptr (KmHttpAnswer) answer = km_http_answer_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gsize length = strlen (wanted->text);

  for (gsize at = 0; at < length && error == NULL; at += piece)
    km_http_answer_push (answer, (const guint8 *) wanted->text + at,
                         MIN (piece, length - at), body, &error);

  if (wanted->body == NULL)
    {
      g_assert_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FORMAT);
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (km_http_answer_get_status (answer), ==, wanted->status);
  g_assert_cmpmem (body->data, body->len, wanted->body,
                   strlen (wanted->body));
  g_assert_cmpint (km_http_answer_is_over (answer), ==, wanted->over);
  g_assert_cmpint (km_http_answer_may_end (answer), ==, wanted->may_end);
}

static void
test_case (gconstpointer data)
{
  for (gsize piece = 1; piece < 200; piece++)
    check (data, piece);
}

/* What comes must not be kept without limit, wherever a line stands. */
static void
test_endless_line (gconstpointer data)
{
  g_autoptr (KmHttpAnswer) answer = km_http_answer_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  const char *start = data;
  guint pushed = 0;

  g_assert_true (km_http_answer_push (answer, (const guint8 *) start,
                                      strlen (start), body, &error));
  while (km_http_answer_push (answer, (const guint8 *) "a: a\r\n", 6, body,
                              &error))
    g_assert_cmpuint (pushed += 6, <=, KM_HTTP_ANSWER_HEAD_MAX_BYTES);
  g_assert_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FORMAT);
}

static void
test_zero_in_a_line (void)
{
  static const guint8 text[] = OK "Content-Length: 3\0""4\r\n\r\n";
  g_autoptr (KmHttpAnswer) answer = km_http_answer_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (km_http_answer_push (answer, text, sizeof text - 1, body,
                                       &error));
  g_assert_error (error, KM_MEDIA_ERROR, KM_MEDIA_ERROR_FORMAT);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
        g_strconcat ("/playback/answer/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_data_func ("/playback/answer/head-without-end", OK,
                        test_endless_line);
  g_test_add_data_func ("/playback/answer/trailers-without-end",
                        CHUNKED "0\r\n", test_endless_line);
  g_test_add_func ("/playback/answer/zero-in-a-line", test_zero_in_a_line);

  return g_test_run ();
}
