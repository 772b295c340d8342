/* test-watchdog.c: a watchdog barks once time is up
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-watchdog.h"

#define SECOND G_TIME_SPAN_SECOND

static void
test_watchdog (void)
{
  KmWatchdog watchdog = { .limit_us = 5 * SECOND };

  g_assert_false (km_watchdog_check (&watchdog, 0, 100 * SECOND));

  km_watchdog_start (&watchdog, 7, 1 * SECOND);
  g_assert_false (km_watchdog_check (&watchdog, 7, 6 * SECOND));
  g_assert_true (km_watchdog_check (&watchdog, 7, 6 * SECOND + 1));
  g_assert_false (km_watchdog_check (&watchdog, 8, 8 * SECOND));
  g_assert_true (km_watchdog_check (&watchdog, 8, 14 * SECOND));

  km_watchdog_stop (&watchdog);
  g_assert_false (km_watchdog_check (&watchdog, 8, 100 * SECOND));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/media/watchdog/barks-when-time-is-up", test_watchdog);

  return g_test_run ();
}
