#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KmRtmpReply:
 * @output: gets the bytes
 * @chunk_size: the chunk size that the peer was last told
 *
 * Where a session's answers go.
 */
typedef struct
{
  GByteArray *output;
  gsize chunk_size;
} KmRtmpReply;

void km_rtmp_reply_control      (KmRtmpReply  *self,
                                 KmRtmpType    type,
                                 const guint8 *data,
                                 gsize         length);
void km_rtmp_reply_number       (KmRtmpReply  *self,
                                 KmRtmpType    type,
                                 guint32       number);
void km_rtmp_reply_user_control (KmRtmpReply  *self,
                                 guint16       event,
                                 guint32       value);
void km_rtmp_reply_command      (KmRtmpReply  *self,
                                 guint32       stream,
                                 GByteArray   *body);
void km_rtmp_reply_connected    (KmRtmpReply  *self,
                                 double        transaction,
                                 double        object_encoding,
                                 GByteArray   *extensions);
void km_rtmp_reply_result       (KmRtmpReply  *self,
                                 double        transaction,
                                 double        result);
void km_rtmp_reply_fc_publish   (KmRtmpReply  *self,
                                 double        transaction);
void km_rtmp_reply_status       (KmRtmpReply  *self,
                                 guint32       stream,
                                 const char   *level,
                                 const char   *code,
                                 const char   *description);

G_END_DECLS
