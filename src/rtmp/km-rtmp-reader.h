#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KM_RTMP_READER_CHUNK_STREAMS:
 *
 * How many chunk streams a peer may use.
 */
#define KM_RTMP_READER_CHUNK_STREAMS 32

/**
 * KmRtmpRead:
 * @KM_RTMP_READ_MESSAGE: a whole message was read
 * @KM_RTMP_READ_MORE: more bytes are needed
 * @KM_RTMP_READ_ERROR: the stream can't be read any further
 */
typedef enum
{
  KM_RTMP_READ_MESSAGE,
  KM_RTMP_READ_MORE,
  KM_RTMP_READ_ERROR,
} KmRtmpRead;

typedef struct _KmRtmpReader KmRtmpReader;

KmRtmpReader *km_rtmp_reader_new           (void);
void          km_rtmp_reader_free          (KmRtmpReader  *self);

void          km_rtmp_reader_set_limits    (KmRtmpReader  *self,
                                            gsize          video_bytes,
                                            gsize          other_bytes);
void          km_rtmp_reader_push          (KmRtmpReader  *self,
                                            const guint8  *data,
                                            gsize          length);
KmRtmpRead    km_rtmp_reader_next          (KmRtmpReader  *self,
                                            KmRtmpMessage *message,
                                            GError       **error);
gsize         km_rtmp_reader_get_held      (KmRtmpReader  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRtmpReader, km_rtmp_reader_free)

G_END_DECLS
