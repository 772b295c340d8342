/* test-hub-figures.c: the hub counts what it does
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-hub.h"

#define SECONDS 20

static guint64
count (const KmCounter *counter)
{
  return km_counter_read (counter);
}

/* The hub counts after it has sent. */
static void
wait_for (const KmCounter *counter,
          guint64          n)
{
  gint64 until_us = g_get_monotonic_time () + SECONDS * G_USEC_PER_SEC;

  while (count (counter) != n && g_get_monotonic_time () < until_us)
    g_thread_yield ();
  g_assert_cmpuint (count (counter), ==, n);
}

static void
test_what_is_said_is_counted (KmTestHub     *fixture,
                              gconstpointer  data)
{
  const KmHubFigures *figures = km_hub_peek_figures (fixture->hub);
  KmTestMember alice, bob;
  gint64 seq;

  km_test_hub_connect (fixture, &alice, 1);
  km_test_hub_connect (fixture, &bob, 2);
  km_test_hub_join (&alice, NULL, 0, FALSE, 0);
  km_test_hub_join (&bob, NULL, 0, FALSE, 0);
  seq = km_test_hub_say (&alice, NULL, "hello");
  km_test_hub_expect_event (&bob, seq, "hello");

  wait_for (&figures->members, 2);
  wait_for (&figures->deliveries, 2);
  g_assert_cmpuint (count (&figures->rooms), ==, 1);
  g_assert_cmpuint (count (&figures->seats), ==, 2);
  g_assert_cmpuint (count (&figures->joined), ==, 2);
  g_assert_cmpuint (count (&figures->slow), ==, 0);
  g_assert_cmpuint (count (&figures->commands), ==, 3);
  g_assert_cmpuint (count (&figures->events[KM_ROOM_EVENT_CHAT_MESSAGE]), ==,
                    1);

  km_test_member_clear (&bob);
  wait_for (&figures->members, 1);
  g_assert_cmpuint (count (&figures->seats), ==, 1);
  g_assert_cmpuint (km_histogram_read (&figures->delivery).count, ==, 1);
  g_assert_cmpuint (km_histogram_read (&figures->flush).count, >=, 1);
  km_test_member_clear (&alice);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/edge/hub-figures/what-is-said-is-counted", KmTestHub, NULL,
              km_test_hub_set_up, test_what_is_said_is_counted,
              km_test_hub_tear_down);
  return g_test_run ();
}
