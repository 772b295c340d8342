#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KM_RTMP_HEADER_MAX:
 *
 * Bytes of the longest chunk header that km_rtmp_writer_put_header() makes.
 */
#define KM_RTMP_HEADER_MAX 16

gsize km_rtmp_writer_put_header (guint8              *bytes,
                                 const KmRtmpMessage *message);
void  km_rtmp_writer_append     (GByteArray          *output,
                                 const KmRtmpMessage *message,
                                 gsize                chunk_size);

G_END_DECLS
