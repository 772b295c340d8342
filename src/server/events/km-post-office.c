/* km-post-office.c: what happened goes to the threads that want to know
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hub, the relay and the main loop don't know each other: each says what
 * happened here and has a queue for what it subscribed to. One sender's
 * events arrive in the order in which they were sent.
 *
 * A subscriber's queue may be bounded. Then a full one loses the figures that
 * the next event of the kind brings anyway (edge, online), and nothing else.
 *
 * Thread: any. The lock is held while queues are pushed to, which waits for
 * nobody, and never while anything else is called.
 */

#include "km-post-office.h"

#define KINDS_THAT_REPEAT (KM_EVENT_STREAM_EDGE | KM_EVENT_ROOM_ONLINE)

typedef struct
{
  KmQueue *queue;
  KmEventKind kinds;
} Subscription;

struct _KmPostOffice
{
  GMutex mutex;
  GArray *subscriptions;
};

KmPostOffice *
km_post_office_new (void)
{
  KmPostOffice *self = g_new0 (KmPostOffice, 1);

  g_mutex_init (&self->mutex);
  self->subscriptions = g_array_new (FALSE, FALSE, sizeof (Subscription));

  return self;
}

/**
 * km_post_office_free:
 * @self: (transfer full): a post office that nobody uses any more
 */
void
km_post_office_free (KmPostOffice *self)
{
  g_array_unref (self->subscriptions);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * km_post_office_subscribe:
 * @self: a post office
 * @queue: gets a #KmDelivery for each event; must live until unsubscribed
 * @kinds: which kinds
 */
void
km_post_office_subscribe (KmPostOffice *self,
                          KmQueue      *queue,
                          KmEventKind   kinds)
{
  Subscription subscription = { queue, kinds };

  g_mutex_lock (&self->mutex);
  g_array_append_val (self->subscriptions, subscription);
  g_mutex_unlock (&self->mutex);
}

/**
 * km_post_office_unsubscribe:
 * @self: a post office
 * @queue: a queue that was subscribed
 *
 * Nothing is pushed to @queue after this returns. What is in it is still the
 * subscriber's to take.
 */
void
km_post_office_unsubscribe (KmPostOffice *self,
                            KmQueue      *queue)
{
  g_mutex_lock (&self->mutex);
  for (guint i = self->subscriptions->len; i > 0; i--)
    {
      Subscription *subscription =
        &g_array_index (self->subscriptions, Subscription, i - 1);

      if (subscription->queue == queue)
        g_array_remove_index (self->subscriptions, i - 1);
    }
  g_mutex_unlock (&self->mutex);
}

/**
 * km_post_office_send:
 * @self: a post office
 * @event: (transfer full): what happened
 */
void
km_post_office_send (KmPostOffice *self,
                     KmEvent      *event)
{
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < self->subscriptions->len; i++)
    {
      Subscription *subscription =
        &g_array_index (self->subscriptions, Subscription, i);
      KmDelivery *delivery;

      if ((subscription->kinds & event->kind) == 0)
        continue;

      delivery = g_new0 (KmDelivery, 1);
      delivery->event = km_event_ref (event);
      if (!(event->kind & KINDS_THAT_REPEAT))
        km_queue_push_all (subscription->queue, &delivery->message);
      else if (!km_queue_push (subscription->queue, &delivery->message))
        km_delivery_free (delivery);
    }
  g_mutex_unlock (&self->mutex);

  km_event_unref (event);
}
