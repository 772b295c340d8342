#pragma once

#include "km-relay-thread.h"

G_BEGIN_DECLS

KmRelayPeer *km_relay_peer_new_rtmp        (KmRelayThread *thread,
                                            guint64        handle,
                                            KmTransport    transport);
KmRelayPeer *km_relay_peer_new_flv         (KmRelayThread *thread,
                                            guint64        handle,
                                            KmTransport    transport);
void         km_relay_peer_free            (KmRelayPeer   *self);

guint64      km_relay_peer_get_handle      (KmRelayPeer   *self);
const char  *km_relay_peer_get_address     (KmRelayPeer   *self);
gboolean     km_relay_peer_is_watching     (KmRelayPeer   *self,
                                            KmRelayStream *stream);
gboolean     km_relay_peer_wants_answer    (KmRelayPeer   *self);

void         km_relay_peer_start           (KmRelayPeer   *self,
                                            GBytes        *leftover);
void         km_relay_peer_start_flv       (KmRelayPeer   *self,
                                            KmRelayStream *stream);
void         km_relay_peer_let_publish     (KmRelayPeer   *self,
                                            KmRelayStream *stream);
void         km_relay_peer_let_play        (KmRelayPeer   *self,
                                            KmRelayStream *stream);
void         km_relay_peer_end             (KmRelayPeer   *self,
                                            const char    *level,
                                            const char    *code,
                                            const char    *description);

G_END_DECLS
