#pragma once

#include "km-rtmp.h"
#include "km-rtmp-target.h"

G_BEGIN_DECLS

/**
 * KmRtmpPublisherState:
 * @KM_RTMP_PUBLISHER_GREETING: shakes hands
 * @KM_RTMP_PUBLISHER_CONNECTING: waits to be let into the application
 * @KM_RTMP_PUBLISHER_ASKING: waits for a stream, and for leave to publish
 * @KM_RTMP_PUBLISHER_PUBLISHING: may send media
 * @KM_RTMP_PUBLISHER_LEAVING: said goodbye; what comes now is of no matter
 * @KM_RTMP_PUBLISHER_LEFT: the server has taken the goodbye
 * @KM_RTMP_PUBLISHER_FAILED: nothing more comes out of it
 */
typedef enum
{
  KM_RTMP_PUBLISHER_GREETING,
  KM_RTMP_PUBLISHER_CONNECTING,
  KM_RTMP_PUBLISHER_ASKING,
  KM_RTMP_PUBLISHER_PUBLISHING,
  KM_RTMP_PUBLISHER_LEAVING,
  KM_RTMP_PUBLISHER_LEFT,
  KM_RTMP_PUBLISHER_FAILED,
} KmRtmpPublisherState;

typedef struct _KmRtmpPublisher KmRtmpPublisher;

KmRtmpPublisher      *km_rtmp_publisher_new         (const KmRtmpTarget  *target,
                                                     guint32              time_ms);
void                  km_rtmp_publisher_free        (KmRtmpPublisher     *self);

gboolean              km_rtmp_publisher_push        (KmRtmpPublisher     *self,
                                                     const guint8        *data,
                                                     gsize                length,
                                                     GError             **error);
void                  km_rtmp_publisher_send        (KmRtmpPublisher     *self,
                                                     KmRtmpType           type,
                                                     guint32              time_ms,
                                                     const guint8        *data,
                                                     gsize                length);
void                  km_rtmp_publisher_leave       (KmRtmpPublisher     *self);

KmRtmpPublisherState  km_rtmp_publisher_get_state   (KmRtmpPublisher     *self);
GByteArray           *km_rtmp_publisher_peek_output (KmRtmpPublisher     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRtmpPublisher, km_rtmp_publisher_free)

G_END_DECLS
