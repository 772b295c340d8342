/* km-rtmp-writer.c: messages cut into chunks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each message begins with a type 0 chunk, so that every message stands alone:
 * a viewer can begin with any of them, and one that loses some needs nothing
 * from them. The extended timestamp is repeated in type 3 chunks, as most
 * readers expect (RTMP 1.0, 5.3.1.3).
 *
 * Thread: any.
 */

#include "km-rtmp-writer.h"

#include "km-rtmp-bytes.h"

/**
 * km_rtmp_writer_put_header:
 * @bytes: (out): room for %KM_RTMP_HEADER_MAX bytes
 * @message: a message with a chunk stream below 64
 *
 * Writes the header of the message's first chunk (RTMP 1.0, 5.3.1.2.1). With a
 * chunk size of at least the message's length, its bytes follow and nothing
 * else.
 *
 * Returns: the header's size
 */
gsize
km_rtmp_writer_put_header (guint8              *bytes,
                           const KmRtmpMessage *message)
{
  gboolean extended = message->time_ms >= KM_RTMP_TIME_EXTENDED;

  g_assert (message->chunk_stream >= 2 && message->chunk_stream < 64);

  bytes[0] = (guint8) message->chunk_stream;
  km_rtmp_put_u24 (bytes + 1,
                   extended ? KM_RTMP_TIME_EXTENDED : message->time_ms);
  km_rtmp_put_u24 (bytes + 4, (guint32) message->length);
  bytes[7] = message->type;
  km_rtmp_put_u32_little (bytes + 8, message->stream);
  if (!extended)
    return 12;
  km_rtmp_put_u32 (bytes + 12, message->time_ms);

  return 16;
}

/**
 * km_rtmp_writer_append:
 * @output: gets the chunks
 * @message: a message with a chunk stream below 64
 * @chunk_size: the size last announced to the peer
 */
void
km_rtmp_writer_append (GByteArray          *output,
                       const KmRtmpMessage *message,
                       gsize                chunk_size)
{
  guint8 header[KM_RTMP_HEADER_MAX];
  gsize size = km_rtmp_writer_put_header (header, message);
  gsize offset = MIN (message->length, chunk_size);

  g_byte_array_append (output, header, (guint) size);
  if (offset > 0)
    g_byte_array_append (output, message->data, (guint) offset);

  /* Behind the first, only the basic header, and bytes 12 to 15 of the first
   * header when they are there. */
  header[0] |= 3 << 6;
  while (offset < message->length)
    {
      gsize length = MIN (message->length - offset, chunk_size);

      g_byte_array_append (output, header, 1);
      g_byte_array_append (output, header + 12, (guint) (size - 12));
      g_byte_array_append (output, message->data + offset, (guint) length);
      offset += length;
    }
}
