/* test-post-office.c: what happened reaches whoever asked for it, in order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-post-office.h"

#define EVENTS 1000

static KmDelivery *
take_one (KmQueue *queue)
{
  KmMessage *message = km_queue_take_all (queue);

  g_assert_nonnull (message);
  g_assert_null (message->next);

  return (KmDelivery *) message;
}

static guint
discard_all (KmQueue *queue)
{
  KmMessage *message = km_queue_take_all (queue);
  guint n = 0;

  for (; message != NULL; n++)
    {
      KmDelivery *delivery = (KmDelivery *) message;

      message = message->next;
      km_delivery_free (delivery);
    }

  return n;
}

static void
test_only_what_was_asked_for (void)
{
  g_autoptr (KmPostOffice) office = km_post_office_new ();
  g_autoptr (KmQueue) streams = km_queue_new (0);
  g_autoptr (KmQueue) all = km_queue_new (0);
  KmDelivery *one, *other;

  km_post_office_subscribe (office, streams, KM_EVENT_STREAM_STARTED);
  km_post_office_subscribe (office, all,
                            KM_EVENT_STREAM_STARTED | KM_EVENT_ROOM_ONLINE);
  km_post_office_send (office, km_event_new_stream_started ("1", "s", 7));
  one = take_one (streams);
  other = take_one (all);
  g_assert_true (one->event == other->event);
  g_assert_cmpstr (one->event->room, ==, "1");
  g_assert_cmpstr (one->event->stream, ==, "s");
  g_assert_cmpint (one->event->at_ms, ==, 7);
  km_delivery_free (one);
  km_delivery_free (other);

  km_post_office_send (office, km_event_new_room_online ("1", 3));
  km_post_office_send (office, km_event_new_room_changed ("1"));
  g_assert_null (km_queue_take_all (streams));
  one = take_one (all);
  g_assert_cmpuint (one->event->online, ==, 3);
  km_delivery_free (one);

  km_post_office_unsubscribe (office, all);
  km_post_office_send (office, km_event_new_room_online ("1", 4));
  g_assert_null (km_queue_take_all (all));
}

/* A full queue loses figures that come again, and nothing else. */
static void
test_full_queue_keeps_what_matters (void)
{
  g_autoptr (KmPostOffice) office = km_post_office_new ();
  g_autoptr (KmQueue) queue = km_queue_new (2);

  km_post_office_subscribe (office, queue,
                            KM_EVENT_STREAM_EDGE | KM_EVENT_STREAM_ENDED);
  for (guint i = 0; i < 5; i++)
    km_post_office_send (office, km_event_new_stream_edge ("1", "s", i, TRUE));
  for (guint i = 0; i < 5; i++)
    km_post_office_send (office,
                         km_event_new_stream_ended ("1", "s", "ended", 1, 1));
  g_assert_cmpuint (discard_all (queue), ==, 2 + 5);
}

static gpointer
send_many (gpointer data)
{
  for (guint i = 0; i < EVENTS; i++)
    km_post_office_send (data, km_event_new_room_online ("1", i));

  return NULL;
}

static void
test_in_order_over_threads (void)
{
  g_autoptr (KmPostOffice) office = km_post_office_new ();
  g_autoptr (KmQueue) queue = km_queue_new (0);
  GThread *thread;
  guint next = 0;

  km_post_office_subscribe (office, queue, KM_EVENT_ROOM_ONLINE);
  thread = g_thread_new ("sender", send_many, office);
  while (next < EVENTS && km_queue_wait (queue, -1))
    {
      KmMessage *message = km_queue_take_all (queue);

      while (message != NULL)
        {
          KmDelivery *delivery = (KmDelivery *) message;

          message = message->next;
          g_assert_cmpuint (delivery->event->online, ==, next++);
          km_delivery_free (delivery);
        }
    }
  g_thread_join (thread);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/events/post-office/only-what-was-asked-for",
                   test_only_what_was_asked_for);
  g_test_add_func ("/events/post-office/full-queue-keeps-what-matters",
                   test_full_queue_keeps_what_matters);
  g_test_add_func ("/events/post-office/in-order-over-threads",
                   test_in_order_over_threads);

  return g_test_run ();
}
