/* fuzz-rtmp-publisher.c: any bytes as a whole server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-rtmp-handshake.h"
#include "km-rtmp-publisher.h"

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

static void
publish_something (KmRtmpPublisher *publisher)
{
  guint8 frame[300] = { 0x27, 1 };

  if (km_rtmp_publisher_get_state (publisher) != KM_RTMP_PUBLISHER_PUBLISHING)
    return;
  km_rtmp_publisher_send (publisher, KM_RTMP_TYPE_VIDEO, 0, frame,
                          sizeof frame);
}

/* The handshake is done before, but for inputs whose first byte is 0xff; the
 * first byte says how large the pieces are, and whether the publisher leaves
 * in the middle. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (KmRtmpTarget) target =
    km_rtmp_target_parse ("rtmp://host/live/KEY");
  g_autoptr (KmRtmpPublisher) publisher = km_rtmp_publisher_new (target, 0);
  GByteArray *output = km_rtmp_publisher_peek_output (publisher);
  guint8 hello[1 + 2 * KM_RTMP_HANDSHAKE_SIZE] = { 3 };
  gsize step = length > 0 ? data[0] + 1u : 1;

  if (step != 256)
    g_assert_true (km_rtmp_publisher_push (publisher, hello, sizeof hello,
                                           NULL));
  for (gsize at = 1; at < length; at += step)
    {
      g_autoptr (GError) error = NULL;

      if (!km_rtmp_publisher_push (publisher, data + at,
                                   MIN (step, length - at), &error))
        {
          g_assert_nonnull (error);
          g_assert_true (g_utf8_validate (error->message, -1, NULL));
          g_assert_null (g_strrstr (error->message, "KEY"));
          g_assert_cmpint (km_rtmp_publisher_get_state (publisher), ==,
                           KM_RTMP_PUBLISHER_FAILED);
          break;
        }
      publish_something (publisher);
      if (step % 5 == 0 && at > length / 2 &&
          km_rtmp_publisher_get_state (publisher) ==
            KM_RTMP_PUBLISHER_PUBLISHING)
        km_rtmp_publisher_leave (publisher);
      /* A server's byte is worth no more than a few of ours. */
      g_assert_cmpuint (output->len, <, 16 * 1024);
      g_byte_array_set_size (output, 0);
    }

  return 0;
}
