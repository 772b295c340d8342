#pragma once

#include "km-flv-reader.h"
#include "km-relay.h"

G_BEGIN_DECLS

typedef struct _KmTestRelay  KmTestRelay;
typedef struct _KmTestRtmp   KmTestRtmp;
typedef struct _KmTestViewer KmTestViewer;

/* A relay behind two listeners: keys are "key-ROOM", rooms anything */
KmTestRelay  *km_test_relay_new          (gint64         grace_ms);
void          km_test_relay_free         (KmTestRelay   *self);
void          km_test_relay_stop         (KmTestRelay   *self);
KmRelay      *km_test_relay_get_relay    (KmTestRelay   *self);
char         *km_test_relay_dup_rtmp     (KmTestRelay   *self,
                                          const char    *name);
char         *km_test_relay_dup_flv      (KmTestRelay   *self,
                                          const char    *room);
KmEvent      *km_test_relay_wait         (KmTestRelay   *self,
                                          KmEventKind    kinds);

/* An RTMP client that does what it is told */
KmTestRtmp   *km_test_rtmp_new           (KmTestRelay   *relay);
KmTestRtmp   *km_test_rtmp_new_at        (guint          port);
KmTestRtmp   *km_test_rtmp_new_silent    (KmTestRelay   *relay);
void          km_test_rtmp_free          (KmTestRtmp    *self);
void          km_test_rtmp_command       (KmTestRtmp    *self,
                                          const char    *name,
                                          double         transaction,
                                          const char    *argument);
void          km_test_rtmp_connect       (KmTestRtmp    *self);
void          km_test_rtmp_publish       (KmTestRtmp    *self,
                                          const char    *key);
void          km_test_rtmp_send          (KmTestRtmp    *self,
                                          guint8         type,
                                          guint32        time_ms,
                                          const guint8  *data,
                                          gsize          length);
void          km_test_rtmp_send_headers  (KmTestRtmp    *self);
void          km_test_rtmp_send_frame    (KmTestRtmp    *self,
                                          guint32        time_ms,
                                          gboolean       key,
                                          gsize          length);
void          km_test_rtmp_send_sound    (KmTestRtmp    *self,
                                          guint32        time_ms);
char         *km_test_rtmp_wait_status   (KmTestRtmp    *self);
gboolean      km_test_rtmp_wait_end      (KmTestRtmp    *self);

/* An HTTP-FLV viewer that reads when it is told */
KmTestViewer *km_test_viewer_new         (KmTestRelay   *relay,
                                          const char    *room,
                                          int            receive_bytes);
void          km_test_viewer_free        (KmTestViewer  *self);
const char   *km_test_viewer_get_head    (KmTestViewer  *self);
gboolean      km_test_viewer_next        (KmTestViewer  *self,
                                          KmFlvTag      *tag);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestRelay, km_test_relay_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestRtmp, km_test_rtmp_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestViewer, km_test_viewer_free)

G_END_DECLS
