#pragma once

#include "km-relay.h"

G_BEGIN_DECLS

/**
 * KmRelayOrderKind:
 *
 * What a relay thread is told.
 */
typedef enum
{
  KM_RELAY_ORDER_ADOPT_RTMP,
  KM_RELAY_ORDER_ADOPT_FLV,
  KM_RELAY_ORDER_END_STREAM,
  KM_RELAY_ORDER_ANSWER,
  KM_RELAY_ORDER_STOP,
} KmRelayOrderKind;

/**
 * KmRelayOrder:
 * @kind: which of the others are set
 * @transport: a socket, or %KM_TRANSPORT_NONE
 * @room: (nullable): a room
 * @leftover: (nullable): bytes read from @transport already
 * @request: (nullable): a request with its answer
 */
typedef struct
{
  KmMessage message;
  KmRelayOrderKind kind;
  KmTransport transport;
  char *room;
  GBytes *leftover;
  KmRelayRequest *request;
} KmRelayOrder;

typedef struct _KmRelayInbox KmRelayInbox;

KmRelayInbox *km_relay_inbox_new      (void);
KmRelayInbox *km_relay_inbox_ref      (KmRelayInbox     *self);
void          km_relay_inbox_unref    (KmRelayInbox     *self);
void          km_relay_inbox_send     (KmRelayInbox     *self,
                                       KmRelayOrder     *order);
KmRelayOrder *km_relay_inbox_take_all (KmRelayInbox     *self);
int           km_relay_inbox_get_fd   (KmRelayInbox     *self);

KmRelayOrder *km_relay_order_new      (KmRelayOrderKind  kind);
void          km_relay_order_free     (KmRelayOrder     *self);

KmRelayRequest *km_relay_request_new  (KmRelayInbox     *inbox,
                                       guint64           peer_handle);
void            km_relay_request_free (KmRelayRequest   *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRelayInbox, km_relay_inbox_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRelayOrder, km_relay_order_free)

G_END_DECLS
