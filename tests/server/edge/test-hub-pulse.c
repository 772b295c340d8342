/* test-hub-pulse.c: silence is noticed in time, on a clock of the test's
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-hub-pulse.h"

#define SECOND G_USEC_PER_SEC

static void
expect (KmPulse       *pulse,
        gint64         now_us,
        KmPulseAction  action,
        KmPulseEntry  *who)
{
  KmPulseEntry *entry = NULL;

  g_assert_cmpint (km_hub_pulse_take (pulse, now_us, &entry), ==, action);
  g_assert_true (entry == who);
}

static void
test_silent_is_pinged_then_dead (void)
{
  KmPulse pulse = { 0 };
  KmPulseEntry entry = { 0 };

  g_assert_cmpint (km_hub_pulse_due_us (&pulse), ==, G_MAXINT64);
  km_hub_pulse_heard (&pulse, &entry, SECOND);
  g_assert_cmpint (km_hub_pulse_due_us (&pulse), ==, 21 * SECOND);
  expect (&pulse, 21 * SECOND - 1, KM_PULSE_NONE, NULL);
  expect (&pulse, 21 * SECOND, KM_PULSE_PING, &entry);
  expect (&pulse, 21 * SECOND, KM_PULSE_NONE, NULL);
  g_assert_cmpint (km_hub_pulse_due_us (&pulse), ==, 46 * SECOND);
  expect (&pulse, 46 * SECOND - 1, KM_PULSE_NONE, NULL);
  expect (&pulse, 46 * SECOND, KM_PULSE_DEAD, &entry);
  g_assert_cmpint (km_hub_pulse_due_us (&pulse), ==, G_MAXINT64);
}

static void
test_answer_starts_anew (void)
{
  KmPulse pulse = { 0 };
  KmPulseEntry entry = { 0 };

  km_hub_pulse_heard (&pulse, &entry, 0);
  expect (&pulse, 20 * SECOND, KM_PULSE_PING, &entry);
  km_hub_pulse_heard (&pulse, &entry, 44 * SECOND);
  expect (&pulse, 46 * SECOND, KM_PULSE_NONE, NULL);
  expect (&pulse, 64 * SECOND, KM_PULSE_PING, &entry);
}

static void
test_each_by_its_own_clock (void)
{
  KmPulse pulse = { 0 };
  KmPulseEntry entries[3] = { 0 };

  for (guint i = 0; i < 3; i++)
    km_hub_pulse_heard (&pulse, &entries[i], i * SECOND);
  km_hub_pulse_heard (&pulse, &entries[0], 10 * SECOND);
  expect (&pulse, 22 * SECOND, KM_PULSE_PING, &entries[1]);
  expect (&pulse, 22 * SECOND, KM_PULSE_PING, &entries[2]);
  expect (&pulse, 22 * SECOND, KM_PULSE_NONE, NULL);
  km_hub_pulse_remove (&pulse, &entries[1]);
  expect (&pulse, 30 * SECOND, KM_PULSE_PING, &entries[0]);
  expect (&pulse, 47 * SECOND, KM_PULSE_DEAD, &entries[2]);
}

static void
test_closing_has_two_seconds (void)
{
  KmPulse pulse = { 0 };
  KmPulseEntry entry = { 0 };

  km_hub_pulse_heard (&pulse, &entry, 0);
  km_hub_pulse_closing (&pulse, &entry, 5 * SECOND);
  km_hub_pulse_heard (&pulse, &entry, 6 * SECOND);
  expect (&pulse, 7 * SECOND - 1, KM_PULSE_NONE, NULL);
  expect (&pulse, 7 * SECOND, KM_PULSE_CLOSED, &entry);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/hub-pulse/silent-is-pinged-then-dead",
                   test_silent_is_pinged_then_dead);
  g_test_add_func ("/edge/hub-pulse/answer-starts-anew",
                   test_answer_starts_anew);
  g_test_add_func ("/edge/hub-pulse/each-by-its-own-clock",
                   test_each_by_its_own_clock);
  g_test_add_func ("/edge/hub-pulse/closing-has-two-seconds",
                   test_closing_has_two_seconds);

  return g_test_run ();
}
