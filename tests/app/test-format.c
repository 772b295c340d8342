/* test-format.c: numbers and times as people read them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-format.h"

#include <locale.h>

#define assert_takes(expression, expected) \
  G_STMT_START \
  { \
    g_autofree char *text_ = (expression); \
    g_assert_cmpstr (text_, ==, expected); \
  } \
  G_STMT_END

static void
test_duration (void)
{
  assert_takes (km_format_duration (0), "00:00:00");
  assert_takes (km_format_duration (999), "00:00:00");
  assert_takes (km_format_duration (763 * 1000), "00:12:43");
  assert_takes (km_format_duration (3600 * 1000), "01:00:00");
  assert_takes (km_format_duration (G_GINT64_CONSTANT (360000) * 1000),
                "100:00:00");
}

static void
test_negative_duration (void)
{
  assert_takes (km_format_duration (-1), "00:00:00");
  assert_takes (km_format_duration (G_MININT64), "00:00:00");
}

static void
test_count (void)
{
  assert_takes (km_format_count (0), "0");
  assert_takes (km_format_count (999), "999");
  assert_takes (km_format_count (1000), "1.0k");
  assert_takes (km_format_count (1200), "1.2k");
  assert_takes (km_format_count (12345), "12k");
  assert_takes (km_format_count (3400000), "3.4M");
}

static void
test_count_never_rounds_up (void)
{
  assert_takes (km_format_count (1999), "1.9k");
  assert_takes (km_format_count (9999), "9.9k");
  assert_takes (km_format_count (999999), "999k");
}

static void
test_coins (void)
{
  assert_takes (km_format_coins (0), "0 coins");
  assert_takes (km_format_coins (1), "1 coin");
  assert_takes (km_format_coins (2), "2 coins");
  assert_takes (km_format_coins (999), "999 coins");
}

static void
test_change (void)
{
  assert_takes (km_format_change (50), "+50");
  assert_takes (km_format_change (0), "0");
  assert_takes (km_format_change (-120), "−120");
  assert_takes (km_format_change (G_MININT64), "−9223372036854775808");
}

static void
test_times (void)
{
  assert_takes (km_format_times (1), "×1");
  assert_takes (km_format_times (520), "×520");
}

static void
test_date (void)
{
  assert_takes (km_format_date (G_MAXINT64), "");
  assert_takes (km_format_date (0), "Jan 1, 1970, 00:00");
}

static void
test_bitrate (void)
{
  assert_takes (km_format_bitrate (0), "0 kb/s");
  assert_takes (km_format_bitrate (812000), "812 kb/s");
  assert_takes (km_format_bitrate (2500000), "2.5 Mb/s");
}

static void
test_latency (void)
{
  assert_takes (km_format_latency (900), "0.9 s");
  assert_takes (km_format_latency (-5), "0.0 s");
}

static void
test_decibels (void)
{
  assert_takes (km_format_decibels (-12.3), "−12 dB");
  assert_takes (km_format_decibels (-0.2), "0 dB");
}

static void
test_clusters (void)
{
  g_assert_cmpuint (km_format_clusters (""), ==, 0);
  g_assert_cmpuint (km_format_clusters ("hello"), ==, 5);
  g_assert_cmpuint (km_format_clusters ("大家好"), ==, 3);
  g_assert_cmpuint (km_format_clusters ("e\xcc\x81"), ==, 1);
  g_assert_cmpuint (km_format_clusters ("👩‍👩‍👧"), ==, 1);
}

static void
test_name_is_cut (void)
{
  assert_takes (km_format_short_name ("Alice", 24), "Alice");
  assert_takes (km_format_short_name ("abcdef", 3), "abc…");
  assert_takes (km_format_short_name ("大家好", 2), "大家…");
}

static void
test_name_hides_nothing (void)
{
  assert_takes (km_format_short_name ("a\u202eb\u200bc\n", 24), "abc");
  assert_takes (km_format_short_name ("a\xff", 24), "a\xef\xbf\xbd");
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/format/duration", test_duration);
  g_test_add_func ("/app/format/negative-duration", test_negative_duration);
  g_test_add_func ("/app/format/count", test_count);
  g_test_add_func ("/app/format/count-never-rounds-up",
                   test_count_never_rounds_up);
  g_test_add_func ("/app/format/coins", test_coins);
  g_test_add_func ("/app/format/what-came-and-went", test_change);
  g_test_add_func ("/app/format/times", test_times);
  g_test_add_func ("/app/format/date", test_date);
  g_test_add_func ("/app/format/bitrate", test_bitrate);
  g_test_add_func ("/app/format/latency", test_latency);
  g_test_add_func ("/app/format/decibels", test_decibels);
  g_test_add_func ("/app/format/clusters", test_clusters);
  g_test_add_func ("/app/format/name-is-cut", test_name_is_cut);
  g_test_add_func ("/app/format/name-hides-nothing", test_name_hides_nothing);
  return g_test_run ();
}
