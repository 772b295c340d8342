/* test-clock.c: stream time never goes back, whatever publishers do
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-relay-clock.h"

#define AUDIO 0
#define VIDEO 1

/* Maps at a virtual time in ms. */
static gint64
map (KmRelayClock *clock,
     guint         track,
     guint32       time_ms,
     gint64        now_ms)
{
  return km_relay_clock_map (clock, track, time_ms, now_ms * 1000);
}

static void
test_begins_at_zero (void)
{
  KmRelayClock clock;

  km_relay_clock_init (&clock);
  g_assert_cmpint (map (&clock, VIDEO, 900000, 5000), ==, 0);
  g_assert_cmpint (map (&clock, AUDIO, 899990, 5000), ==, 0);
  g_assert_cmpint (map (&clock, VIDEO, 900033, 5033), ==, 33);
  g_assert_cmpint (map (&clock, AUDIO, 900013, 5033), ==, 13);
  g_assert_cmpint (clock.edge_ms, ==, 33);
}

/* 49.7 days: 32 bits begin again. */
static void
test_wraps (void)
{
  KmRelayClock clock;

  km_relay_clock_init (&clock);
  g_assert_cmpint (map (&clock, VIDEO, 0xffffff00, 0), ==, 0);
  g_assert_cmpint (map (&clock, AUDIO, 0xfffffff0, 0), ==, 0xf0);
  g_assert_cmpint (map (&clock, VIDEO, 0x10, 0), ==, 0x110);
  g_assert_cmpint (map (&clock, AUDIO, 0xfffffff8, 0), ==, 0xf8);
}

/* Stream time goes on by itself past 32 bits. */
static void
test_goes_on_for_months (void)
{
  KmRelayClock clock;
  guint32 time_ms = 0;
  gint64 mapped_ms = 0;

  km_relay_clock_init (&clock);
  for (gint64 i = 0; i < 5000000; i++, time_ms += 2500)
    {
      mapped_ms = map (&clock, VIDEO, time_ms, i * 2500);
      g_assert_cmpint (mapped_ms, ==, i * 2500);
    }
  g_assert_cmpint (mapped_ms, >, G_MAXUINT32);
}

/* A publisher comes back with another clock: as much passes as really did. */
static void
test_reconnect (void)
{
  KmRelayClock clock;

  km_relay_clock_init (&clock);
  map (&clock, VIDEO, 0, 0);
  g_assert_cmpint (map (&clock, VIDEO, 1000, 1000), ==, 1000);
  km_relay_clock_resume (&clock);
  g_assert_cmpint (map (&clock, VIDEO, 70000, 21000), ==, 21000);
  g_assert_cmpint (map (&clock, AUDIO, 69990, 21000), ==, 21000);
  g_assert_cmpint (map (&clock, VIDEO, 70033, 21033), ==, 21033);

  /* At once: it still rises. */
  km_relay_clock_resume (&clock);
  g_assert_cmpint (map (&clock, VIDEO, 0, 21033), ==, 21034);
}

static void
test_steps_back_are_clamped (void)
{
  KmRelayClock clock;

  km_relay_clock_init (&clock);
  map (&clock, VIDEO, 0, 0);
  g_assert_cmpint (map (&clock, VIDEO, 100, 100), ==, 100);
  g_assert_cmpint (map (&clock, VIDEO, 60, 110), ==, 100);
  g_assert_cmpint (map (&clock, VIDEO, 133, 133), ==, 133);
}

/* A jump of more than 3 s, either way, takes the time that passed; both
 * tracks keep their distance. */
static void
test_jumps_are_taken_out (void)
{
  KmRelayClock clock;

  km_relay_clock_init (&clock);
  map (&clock, VIDEO, 0, 0);
  map (&clock, AUDIO, 20, 20);
  g_assert_cmpint (map (&clock, VIDEO, 500000, 40), ==, 40);
  g_assert_cmpint (map (&clock, AUDIO, 500020, 60), ==, 60);
  g_assert_cmpint (map (&clock, VIDEO, 100, 80), ==, 80);
  g_assert_cmpint (map (&clock, AUDIO, 120, 100), ==, 100);

  /* A real pause of five seconds is five seconds. */
  g_assert_cmpint (map (&clock, VIDEO, 5120, 5100), ==, 5100);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/clock/begins-at-zero", test_begins_at_zero);
  g_test_add_func ("/relay/clock/32-bits-wrap", test_wraps);
  g_test_add_func ("/relay/clock/goes-on-for-months",
                   test_goes_on_for_months);
  g_test_add_func ("/relay/clock/reconnect-goes-on", test_reconnect);
  g_test_add_func ("/relay/clock/steps-back-are-clamped",
                   test_steps_back_are_clamped);
  g_test_add_func ("/relay/clock/jumps-are-taken-out",
                   test_jumps_are_taken_out);
  return g_test_run ();
}
