/* fuzz-flv.c: any bytes as FLV, in pieces of any size
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-flv-packet.h"
#include "km-flv-reader.h"

#define LONGEST (64 * 1024)

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* The first byte says how large the pieces are. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autoptr (KmFlvReader) reader = km_flv_reader_new (LONGEST);
  gsize step = length > 0 ? data[0] + 1u : 1;

  for (gsize at = 1; at < length; at += step)
    {
      g_autoptr (GError) error = NULL;
      KmFlvTag tag;
      KmFlvRead read;

      km_flv_reader_push (reader, data + at, MIN (step, length - at));
      while ((read = km_flv_reader_next (reader, &tag, &error)) ==
             KM_FLV_READ_TAG)
        {
          KmFlvPacket packet;

          g_assert_cmpuint (tag.length, <=, LONGEST);
          km_flv_packet_parse (&packet, tag.type, tag.data, tag.length);
          g_assert_true (packet.length <= tag.length);
          g_assert_true (packet.length == 0 ||
                         packet.data + packet.length ==
                           tag.data + tag.length);
        }
      if (read == KM_FLV_READ_ERROR)
        {
          g_assert_nonnull (error);
          break;
        }
    }

  return 0;
}
