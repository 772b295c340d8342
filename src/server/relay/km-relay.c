/* km-relay.c: streams from publishers to viewers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The relay as the rest of the server sees it: sockets go in, events come out
 * of the post office. Everything happens on a relay thread; these functions
 * only send it orders. With more threads than one, a room would belong to one
 * of them.
 *
 * Thread: any.
 */

#include "km-relay.h"

#include "km-relay-thread.h"

struct _KmRelay
{
  KmRelayThread *thread;
};

/**
 * km_relay_new:
 * @host: who decides about keys and rooms; copied
 * @post_office: gets the streams' events; must outlive the relay
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): a running relay
 */
KmRelay *
km_relay_new (const KmRelayHost *host,
              KmPostOffice      *post_office,
              GError           **error)
{
  g_autofree KmRelay *self = g_new0 (KmRelay, 1);

  self->thread = km_relay_thread_new (host, post_office, error);

  return self->thread != NULL ? g_steal_pointer (&self) : NULL;
}

/**
 * km_relay_free:
 * @self: (transfer full): a relay
 *
 * Ends every stream (reason `shutdown`) and closes every socket.
 */
void
km_relay_free (KmRelay *self)
{
  km_relay_thread_free (self->thread);
  g_free (self);
}

/**
 * km_relay_adopt_rtmp:
 * @self: a relay
 * @transport: (transfer full): a connected socket
 * @leftover: (nullable): what was read from it already
 *
 * Serves an RTMP client: a publisher or a player. Thread: any.
 */
void
km_relay_adopt_rtmp (KmRelay     *self,
                     KmTransport  transport,
                     GBytes      *leftover)
{
  KmRelayOrder *order = km_relay_order_new (KM_RELAY_ORDER_ADOPT_RTMP);

  order->transport = transport;
  order->leftover = leftover != NULL ? g_bytes_ref (leftover) : NULL;
  km_relay_thread_send (self->thread, order);
}

/**
 * km_relay_adopt_flv:
 * @self: a relay
 * @transport: (transfer full): a connected socket whose request was read and
 *   allowed
 * @room: the room asked for
 * @leftover: (nullable): what was read behind the request; nothing there
 *   changes the answer
 *
 * Answers a `GET` with the room's stream as HTTP-FLV, or 404 when it isn't
 * live. Thread: any.
 */
void
km_relay_adopt_flv (KmRelay    *self,
                    KmTransport transport,
                    const char *room,
                    GBytes     *leftover)
{
  KmRelayOrder *order = km_relay_order_new (KM_RELAY_ORDER_ADOPT_FLV);

  order->transport = transport;
  order->room = g_strdup (room);
  order->leftover = leftover != NULL ? g_bytes_ref (leftover) : NULL;
  km_relay_thread_send (self->thread, order);
}

/**
 * km_relay_end_stream:
 * @self: a relay
 * @room: a room
 *
 * Ends the room's stream now (reason `ended`); nothing when it isn't live.
 * Thread: any.
 */
void
km_relay_end_stream (KmRelay    *self,
                     const char *room)
{
  KmRelayOrder *order = km_relay_order_new (KM_RELAY_ORDER_END_STREAM);

  order->room = g_strdup (room);
  km_relay_thread_send (self->thread, order);
}
