/* km-flv.c: FLV as it is written
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The header always announces sound and picture: what a stream holds is known
 * only when it ends, and a viewer that was told "no sound" because none had
 * come yet stays silent for ever.
 *
 * Thread: any.
 */

#include "km-flv.h"

#include <string.h>

G_DEFINE_QUARK (km-flv-error-quark, km_flv_error)

static void
put_u24 (guint8 *bytes,
         guint32 value)
{
  bytes[0] = (guint8) (value >> 16);
  bytes[1] = (guint8) (value >> 8);
  bytes[2] = (guint8) value;
}

/**
 * km_flv_put_header:
 * @bytes: (out): room for %KM_FLV_HEADER_SIZE bytes
 */
void
km_flv_put_header (guint8 *bytes)
{
  static const guint8 header[KM_FLV_HEADER_SIZE] = {
    'F', 'L', 'V', 1, 0x05, 0, 0, 0, 9, 0, 0, 0, 0,
  };

  memcpy (bytes, header, sizeof header);
}

/**
 * km_flv_put_tag_header:
 * @bytes: (out): room for %KM_FLV_TAG_HEADER_SIZE bytes
 * @tag: a tag, of at most %KM_FLV_DATA_MAX bytes
 */
void
km_flv_put_tag_header (guint8         *bytes,
                       const KmFlvTag *tag)
{
  g_assert (tag->length <= KM_FLV_DATA_MAX);

  bytes[0] = tag->type;
  put_u24 (bytes + 1, (guint32) tag->length);
  put_u24 (bytes + 4, tag->time_ms);
  bytes[7] = (guint8) (tag->time_ms >> 24);   /* TimestampExtended */
  put_u24 (bytes + 8, 0);
}

/**
 * km_flv_put_tag_trailer:
 * @bytes: (out): room for %KM_FLV_TAG_TRAILER_SIZE bytes
 * @length: bytes of the tag's data
 *
 * PreviousTagSize: the tag with its header (FLV 10.1, E.3).
 */
void
km_flv_put_tag_trailer (guint8 *bytes,
                        gsize   length)
{
  guint32 size = (guint32) (length + KM_FLV_TAG_HEADER_SIZE);

  bytes[0] = (guint8) (size >> 24);
  put_u24 (bytes + 1, size);
}

/**
 * km_flv_append_tag:
 * @output: gets the tag with header and trailer
 * @tag: a tag, of at most %KM_FLV_DATA_MAX bytes
 */
void
km_flv_append_tag (GByteArray     *output,
                   const KmFlvTag *tag)
{
  guint8 header[KM_FLV_TAG_HEADER_SIZE];
  guint8 trailer[KM_FLV_TAG_TRAILER_SIZE];

  km_flv_put_tag_header (header, tag);
  km_flv_put_tag_trailer (trailer, tag->length);
  g_byte_array_append (output, header, sizeof header);
  if (tag->length > 0)
    g_byte_array_append (output, tag->data, (guint) tag->length);
  g_byte_array_append (output, trailer, sizeof trailer);
}
