/* test-timers.c: timers fire when due, in order, and not when unset
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-relay-timers.h"

#define TIMERS 1000

typedef struct
{
  KmRelayTimer timer;
  gint64 due_us;
  gboolean expected;
  gint64 *last_us;
} Tested;

static void
on_fire (gpointer data)
{
  Tested *tested = data;

  g_assert_true (tested->expected);
  g_assert_cmpint (tested->due_us, >=, *tested->last_us);
  *tested->last_us = tested->due_us;
  tested->expected = FALSE;
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree Tested *tested = g_new0 (Tested, TIMERS);
  KmRelayTimers timers;
  gint64 last_us = 0;

  km_relay_timers_init (&timers);
  g_assert_cmpint (km_relay_timers_get_next (&timers), ==, -1);
  for (guint i = 0; i < TIMERS; i++)
    {
      tested[i].timer = (KmRelayTimer) { .fire = on_fire,
                                         .data = &tested[i] };
      tested[i].last_us = &last_us;
    }

  for (guint i = 0; i < 20000; i++)
    {
      Tested *one = &tested[g_rand_int_range (random, 0, TIMERS)];

      one->expected = g_rand_boolean (random);
      one->due_us = g_rand_int_range (random, 1, 1000000);
      if (one->expected)
        km_relay_timers_set (&timers, &one->timer, one->due_us);
      else
        km_relay_timers_unset (&timers, &one->timer);
    }

  for (gint64 now_us = 0; now_us <= 1000000; now_us += 1000)
    {
      gint64 next_us;

      km_relay_timers_fire (&timers, now_us);
      next_us = km_relay_timers_get_next (&timers);
      g_assert_true (next_us == -1 || next_us > now_us);
    }
  for (guint i = 0; i < TIMERS; i++)
    g_assert_false (tested[i].expected);
  km_relay_timers_clear (&timers);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/timers/in-order-and-only-when-set", test_random);
  return g_test_run ();
}
