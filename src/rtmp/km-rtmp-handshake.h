#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KM_RTMP_HANDSHAKE_SIZE:
 *
 * Bytes of C1, S1, C2 and S2 (RTMP 1.0, 5.2.3 and 5.2.4).
 */
#define KM_RTMP_HANDSHAKE_SIZE 1536

/**
 * KmRtmpHandshake:
 *
 * One side of a handshake. Made by km_rtmp_handshake_init() for a server, by
 * km_rtmp_handshake_begin() for a client.
 */
typedef struct
{
  /*< private >*/
  GByteArray *input;
  guint32 time_ms;
  gboolean greeted;
  gboolean answered;
} KmRtmpHandshake;

void     km_rtmp_handshake_init  (KmRtmpHandshake *self,
                                  guint32          time_ms);
void     km_rtmp_handshake_begin (KmRtmpHandshake *self,
                                  guint32          time_ms,
                                  GByteArray      *output);
void     km_rtmp_handshake_clear (KmRtmpHandshake *self);
gboolean km_rtmp_handshake_push  (KmRtmpHandshake *self,
                                  const guint8    *data,
                                  gsize            length,
                                  gsize           *used,
                                  GByteArray      *output,
                                  GError         **error);

G_END_DECLS
