/* fuzz-rtmp-reader.c: any bytes as chunks, in pieces of any size
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-rtmp-reader.h"

#define VIDEO_MAX (128 * 1024)
#define OTHER_MAX (16 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* What was read, as one number. */
static guint64
read_in_steps (const guint8 *data,
               gsize         length,
               gsize         step)
{
  g_autoptr (KmRtmpReader) reader = km_rtmp_reader_new ();
  guint64 sum = 0;

  km_rtmp_reader_set_limits (reader, VIDEO_MAX, OTHER_MAX);
  for (gsize at = 0; at < length; at += step)
    {
      g_autoptr (GError) error = NULL;
      KmRtmpMessage message;
      KmRtmpRead read;

      km_rtmp_reader_push (reader, data + at, MIN (step, length - at));
      while ((read = km_rtmp_reader_next (reader, &message, &error)) ==
             KM_RTMP_READ_MESSAGE)
        {
          g_assert_cmpuint (message.length, <=, VIDEO_MAX);
          sum = sum * 31 + message.type + message.time_ms;
          for (gsize i = 0; i < message.length; i++)
            sum = sum * 31 + message.data[i];
        }
      g_assert_cmpuint (km_rtmp_reader_get_held (reader), <=,
                        VIDEO_MAX + OTHER_MAX);
      if (read == KM_RTMP_READ_ERROR)
        {
          g_assert_nonnull (error);
          break;
        }
    }

  return sum;
}

/* The first byte says how large the pieces are; whatever they are, the same
 * comes out. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  if (length < 2)
    return 0;

  g_assert_cmpuint (read_in_steps (data + 1, length - 1, data[0] + 1u), ==,
                    read_in_steps (data + 1, length - 1, length));

  return 0;
}
