/* fuzz-rtmp-reader.c: any bytes as chunks, in pieces of any size
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-rtmp-reader.h"

#define VIDEO_MAX (128 * 1024)
#define OTHER_MAX (16 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* The first byte says how large the pieces are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  gsize step = length > 0 ? data[0] + 1u : 1;

  km_rtmp_reader_set_limits (reader, VIDEO_MAX, OTHER_MAX);
  for (gsize at = 1; at < length; at += step)
    {
      g_autoptr (GError) error = NULL;
      KmRtmpMessage message;
      KmRtmpRead read;
      guint8 last = 0;

      km_rtmp_reader_push (reader, data + at, MIN (step, length - at));
      while ((read = km_rtmp_reader_next (reader, &message, &error)) ==
             KM_RTMP_READ_MESSAGE)
        {
          g_assert_cmpuint (message.length, <=, VIDEO_MAX);
          for (gsize i = 0; i < message.length; i++)
            last ^= message.data[i];
        }
      g_assert_cmpuint (km_rtmp_reader_get_held (reader), <=,
                        VIDEO_MAX + OTHER_MAX);
      if (read == KM_RTMP_READ_ERROR)
        {
          g_assert_nonnull (error);
          break;
        }
    }

  return 0;
}
