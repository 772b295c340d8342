#pragma once

#include "km-rtmp.h"

G_BEGIN_DECLS

/**
 * KM_RTMP_SESSION_STREAM:
 *
 * The one message stream of a session.
 */
#define KM_RTMP_SESSION_STREAM 1

/**
 * KmRtmpEventKind:
 * @KM_RTMP_EVENT_NONE: more bytes are needed, or the answer to a question
 * @KM_RTMP_EVENT_PUBLISH: may the client publish? name, query
 * @KM_RTMP_EVENT_PLAY: may the client play? name, query
 * @KM_RTMP_EVENT_MEDIA: a part of what is published: media
 * @KM_RTMP_EVENT_METADATA: media is `onMetaData`, as in an FLV script tag
 * @KM_RTMP_EVENT_STOPPED: the client ended what it published or played
 * @KM_RTMP_EVENT_ERROR: nothing more can be read
 *
 * What a client did.
 */
typedef enum
{
  KM_RTMP_EVENT_NONE,
  KM_RTMP_EVENT_PUBLISH,
  KM_RTMP_EVENT_PLAY,
  KM_RTMP_EVENT_MEDIA,
  KM_RTMP_EVENT_METADATA,
  KM_RTMP_EVENT_STOPPED,
  KM_RTMP_EVENT_ERROR,
} KmRtmpEventKind;

/**
 * KmRtmpEvent:
 * @kind: what happened
 * @name: (nullable): a stream key or a room
 * @query: (nullable): what stood behind the `?` of the name or the address
 * @media: an audio, video or data message
 *
 * All of it is the session's and stays until the next call on it.
 */
typedef struct
{
  KmRtmpEventKind kind;
  const char *name;
  const char *query;
  KmRtmpMessage media;
} KmRtmpEvent;

/**
 * KmRtmpRole:
 *
 * What a client is, once it was accepted.
 */
typedef enum
{
  KM_RTMP_ROLE_NONE,
  KM_RTMP_ROLE_PUBLISHER,
  KM_RTMP_ROLE_PLAYER,
} KmRtmpRole;

typedef struct _KmRtmpSession KmRtmpSession;

KmRtmpSession  *km_rtmp_session_new           (guint32        time_ms);
void            km_rtmp_session_free          (KmRtmpSession *self);

void            km_rtmp_session_push          (KmRtmpSession *self,
                                               const guint8  *data,
                                               gsize          length);
KmRtmpEventKind km_rtmp_session_next          (KmRtmpSession *self,
                                               KmRtmpEvent   *event,
                                               GError       **error);

void            km_rtmp_session_accept        (KmRtmpSession *self);
void            km_rtmp_session_close         (KmRtmpSession *self,
                                               const char    *level,
                                               const char    *code,
                                               const char    *description);

gboolean        km_rtmp_session_has_met       (KmRtmpSession *self);
gboolean        km_rtmp_session_is_open       (KmRtmpSession *self);
gboolean        km_rtmp_session_wants_answer  (KmRtmpSession *self);
KmRtmpRole      km_rtmp_session_get_role      (KmRtmpSession *self);
GByteArray     *km_rtmp_session_peek_output   (KmRtmpSession *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRtmpSession, km_rtmp_session_free)

G_END_DECLS
