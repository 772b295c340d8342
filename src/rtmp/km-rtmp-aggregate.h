#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KmRtmpAggregate:
 *
 * Goes over the messages in an aggregate message. All zero: there is none.
 */
typedef struct
{
  /*< private >*/
  KmRtmpMessage rest;
  guint32 offset_ms;
  gboolean begun;
} KmRtmpAggregate;

void     km_rtmp_aggregate_init (KmRtmpAggregate     *self,
                                 const KmRtmpMessage *message);
gboolean km_rtmp_aggregate_next (KmRtmpAggregate     *self,
                                 KmRtmpMessage       *message);

G_END_DECLS
