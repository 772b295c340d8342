#pragma once

#include "km-relay-inbox.h"
#include "km-relay-loop.h"
#include "km-relay-stream.h"

G_BEGIN_DECLS

typedef struct _KmRelayThread KmRelayThread;
typedef struct _KmRelayPeer   KmRelayPeer;

KmRelayThread *km_relay_thread_new            (const KmRelayHost  *host,
                                               KmPostOffice       *post_office,
                                               GError            **error);
void           km_relay_thread_free           (KmRelayThread      *self);
void           km_relay_thread_send           (KmRelayThread      *self,
                                               KmRelayOrder       *order);

/* For peers, on the thread itself */
KmRelayLoop   *km_relay_thread_get_loop       (KmRelayThread      *self);
void           km_relay_thread_ask            (KmRelayThread      *self,
                                               KmRelayPeer        *peer,
                                               KmRelayRequestKind  kind,
                                               const char         *name,
                                               const char         *query);
void           km_relay_thread_mark           (KmRelayThread      *self,
                                               KmRelayStream      *stream);
void           km_relay_thread_lose_publisher (KmRelayThread      *self,
                                               KmRelayStream      *stream);
void           km_relay_thread_remove_peer    (KmRelayThread      *self,
                                               KmRelayPeer        *peer);

G_END_DECLS
