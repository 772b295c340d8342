#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_FLV_HEADER_SIZE:
 *
 * Bytes of a file header and the PreviousTagSize0 behind it (FLV 10.1, E.2
 * and E.3).
 */
#define KM_FLV_HEADER_SIZE 13

/**
 * KM_FLV_TAG_HEADER_SIZE:
 *
 * Bytes in front of a tag's data (FLV 10.1, E.4.1).
 */
#define KM_FLV_TAG_HEADER_SIZE 11

/**
 * KM_FLV_TAG_TRAILER_SIZE:
 *
 * Bytes of the PreviousTagSize behind a tag's data.
 */
#define KM_FLV_TAG_TRAILER_SIZE 4

/**
 * KM_FLV_DATA_MAX:
 *
 * Most bytes of a tag's data: the length has 24 bits.
 */
#define KM_FLV_DATA_MAX 0xffffff

/**
 * KmFlvType:
 *
 * Tag types (FLV 10.1, E.4.1); the same numbers as RTMP's message types.
 */
typedef enum
{
  KM_FLV_TYPE_AUDIO = 8,
  KM_FLV_TYPE_VIDEO = 9,
  KM_FLV_TYPE_SCRIPT = 18,
} KmFlvType;

/**
 * KmFlvTag:
 * @type: a #KmFlvType, or what else stood there
 * @time_ms: decoding time, 32 bits, as serial time
 * @data: its data; not owned
 * @length: how many bytes
 *
 * One tag.
 */
typedef struct
{
  guint8 type;
  guint32 time_ms;
  const guint8 *data;
  gsize length;
} KmFlvTag;

/**
 * KmFlvError:
 * @KM_FLV_ERROR_INVALID: it isn't FLV, or not FLV any more: open it again
 * @KM_FLV_ERROR_TOO_LONG: a tag is longer than the reader accepts
 */
typedef enum
{
  KM_FLV_ERROR_INVALID,
  KM_FLV_ERROR_TOO_LONG,
} KmFlvError;

#define KM_FLV_ERROR (km_flv_error_quark ())
GQuark km_flv_error_quark (void);

void   km_flv_put_header      (guint8         *bytes);
void   km_flv_put_tag_header  (guint8         *bytes,
                               const KmFlvTag *tag);
void   km_flv_put_tag_trailer (guint8         *bytes,
                               gsize           length);
void   km_flv_append_tag      (GByteArray     *output,
                               const KmFlvTag *tag);

G_END_DECLS
