/* km-relay-inbox.c: what other threads tell a relay thread
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counted, because an answer may come when the relay is gone: the last one
 * that knows the inbox frees it with what nobody read.
 *
 * Thread: any; one takes.
 */

#include "km-relay-inbox.h"

#include <glib/gstdio.h>

struct _KmRelayInbox
{
  gatomicrefcount references;
  KmQueue *queue;
};

KmRelayInbox *
km_relay_inbox_new (void)
{
  KmRelayInbox *self = g_new0 (KmRelayInbox, 1);

  g_atomic_ref_count_init (&self->references);
  self->queue = km_queue_new (0);

  return self;
}

KmRelayInbox *
km_relay_inbox_ref (KmRelayInbox *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

static void
drop_all (KmRelayInbox *self)
{
  KmRelayOrder *order = km_relay_inbox_take_all (self);

  while (order != NULL)
    {
      KmRelayOrder *next = (KmRelayOrder *) order->message.next;

      km_relay_order_free (order);
      order = next;
    }
}

void
km_relay_inbox_unref (KmRelayInbox *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  drop_all (self);
  km_queue_free (self->queue);
  g_free (self);
}

/**
 * km_relay_inbox_send:
 * @self: an inbox
 * @order: (transfer full): for the relay thread
 */
void
km_relay_inbox_send (KmRelayInbox *self,
                     KmRelayOrder *order)
{
  km_queue_push_all (self->queue, &order->message);
}

/**
 * km_relay_inbox_take_all:
 * @self: an inbox
 *
 * Returns: (transfer full) (nullable): a chain of orders, oldest first
 */
KmRelayOrder *
km_relay_inbox_take_all (KmRelayInbox *self)
{
  return (KmRelayOrder *) km_queue_take_all (self->queue);
}

/**
 * km_relay_inbox_get_fd:
 * @self: an inbox
 *
 * Returns: a descriptor that is readable while orders wait; the inbox's own
 */
int
km_relay_inbox_get_fd (KmRelayInbox *self)
{
  return km_queue_get_fd (self->queue);
}

KmRelayOrder *
km_relay_order_new (KmRelayOrderKind kind)
{
  KmRelayOrder *self = g_new0 (KmRelayOrder, 1);

  self->kind = kind;
  self->transport = KM_TRANSPORT_NONE;

  return self;
}

/**
 * km_relay_order_free:
 * @self: (transfer full): an order; a socket that is still in it is closed
 */
void
km_relay_order_free (KmRelayOrder *self)
{
  km_transport_clear (&self->transport);
  g_clear_pointer (&self->leftover, g_bytes_unref);
  g_clear_pointer (&self->request, km_relay_request_free);
  g_free (self->room);
  g_free (self);
}

/**
 * km_relay_request_new:
 * @inbox: where the answer goes
 * @peer_handle: whose request it is
 *
 * Returns: (transfer full): a request to fill in
 */
KmRelayRequest *
km_relay_request_new (KmRelayInbox *inbox,
                      guint64       peer_handle)
{
  KmRelayRequest *self = g_new0 (KmRelayRequest, 1);

  self->inbox = km_relay_inbox_ref (inbox);
  self->peer_handle = peer_handle;

  return self;
}

/**
 * km_relay_request_free:
 * @self: (transfer full): a request, answered or not
 */
void
km_relay_request_free (KmRelayRequest *self)
{
  g_clear_pointer (&self->inbox, km_relay_inbox_unref);
  g_free (self->name);
  g_free (self->query);
  g_free (self->peer);
  g_free (self->room);
  g_free (self->code);
  g_free (self->text);
  g_free (self);
}

/**
 * km_relay_answer:
 * @request: (transfer full): a request
 * @room: (nullable): the room it may publish to or play; %NULL: refused
 * @code: (nullable): why it is refused, a code of `stream.refused`
 * @message: (nullable): why, in words for a person
 *
 * Thread: any.
 */
void
km_relay_answer (KmRelayRequest *request,
                 const char     *room,
                 const char     *code,
                 const char     *message)
{
  g_autoptr (KmRelayInbox) inbox = g_steal_pointer (&request->inbox);
  KmRelayOrder *order = km_relay_order_new (KM_RELAY_ORDER_ANSWER);

  request->room = g_strdup (room);
  request->code = g_strdup (code);
  request->text = g_strdup (message);
  order->request = request;
  km_relay_inbox_send (inbox, order);
}
