/* fuzz-http-answer.c: any bytes as an answer, in pieces of any size
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-http-answer.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* The first byte says how large the pieces are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (KmHttpAnswer) answer = km_http_answer_new ();
  g_autoptr (GByteArray) body = g_byte_array_new ();
  gsize step = length > 0 ? data[0] + 1u : 1;

  for (gsize at = 1; at < length; at += step)
    {
      g_autoptr (GError) error = NULL;

      if (!km_http_answer_push (answer, data + at, MIN (step, length - at),
                                body, &error))
        {
          g_assert_nonnull (error);
          break;
        }
      g_assert_true (!km_http_answer_is_over (answer) ||
                     km_http_answer_may_end (answer));
      g_assert_true (body->len == 0 ||
                     km_http_answer_get_status (answer) >= 200);
    }
  g_assert_cmpuint (body->len, <=, length);

  return 0;
}
