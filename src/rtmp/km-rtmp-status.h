#pragma once

#include "km-amf.h"
#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KmRtmpStatus:
 * @level: (nullable): `status`, `warning` or `error`
 * @code: (nullable): such as `NetStream.Publish.Start`
 * @description: (nullable): the server's words for a person, cut when long
 *
 * The information object of `onStatus`, `_result` and `_error` (RTMP 1.0,
 * 7.2.2).
 */
typedef struct
{
  char *level;
  char *code;
  char *description;
} KmRtmpStatus;

void     km_rtmp_status_read     (KmRtmpStatus       *self,
                                  KmAmfReader        *arguments);
void     km_rtmp_status_clear    (KmRtmpStatus       *self);
gboolean km_rtmp_status_is       (const KmRtmpStatus *self,
                                  const char         *code);
gboolean km_rtmp_status_is_error (const KmRtmpStatus *self);
GError  *km_rtmp_status_to_error (const KmRtmpStatus *self,
                                  gboolean            publishing,
                                  const char         *secret);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KmRtmpStatus, km_rtmp_status_clear)

G_END_DECLS
