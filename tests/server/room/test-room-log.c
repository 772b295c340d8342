/* test-room-log.c: the newest events, without gaps, and no more than allowed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-room-log.h"

static void
append (KmRoomLog *log,
        gint64     seq,
        gsize      bytes,
        gint64     now_us)
{
  g_autoptr (GBytes) frame = g_bytes_new_take (g_malloc0 (bytes), bytes);

  km_room_log_append (log, seq, KM_ROOM_EVENT_CHAT_MESSAGE, frame, now_us);
}

static void
test_starts_behind_the_store (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 41);
  g_assert_cmpint (km_room_log_get_head (&log), ==, 41);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 42);
  g_assert_null (km_room_log_peek (&log, 41));
  g_assert_cmpint (km_room_log_bytes_behind (&log, 1), ==, 0);

  append (&log, 42, 10, 0);
  g_assert_cmpint (km_room_log_get_head (&log), ==, 42);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 42);
  g_assert_cmpint (km_room_log_peek (&log, 42)->seq, ==, 42);
  g_assert_null (km_room_log_peek (&log, 43));
  km_room_log_clear (&log);
}

static void
replace (KmRoomLog *log,
         gint64     seq,
         gsize      bytes)
{
  g_autoptr (GBytes) frame = g_bytes_new_take (g_malloc0 (bytes), bytes);

  km_room_log_replace (log, seq, frame);
}

static void
test_replaced_in_its_place (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 0);
  for (gint64 seq = 1; seq <= 100; seq++)
    append (&log, seq, 100, 0);
  replace (&log, 50, 30);
  replace (&log, 60, 200);
  replace (&log, 0, 1);
  replace (&log, 101, 1);

  g_assert_cmpuint (g_bytes_get_size (km_room_log_peek (&log, 50)->frame), ==,
                    30);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 1), ==, 10030);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 50), ==, 5130);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 51), ==, 5100);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 61), ==, 4000);
  append (&log, 101, 100, 0);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 1), ==, 10130);
  km_room_log_clear (&log);
}

static void
test_keeps_ten_thousand (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 0);
  for (gint64 seq = 1; seq <= 25000; seq++)
    {
      append (&log, seq, 1, 0);
      g_assert_cmpint (km_room_log_get_tail (&log), ==, MAX (1, seq - 9999));
    }
  for (gint64 seq = 15001; seq <= 25000; seq++)
    g_assert_cmpint (km_room_log_peek (&log, seq)->seq, ==, seq);
  g_assert_null (km_room_log_peek (&log, 15000));
  km_room_log_clear (&log);
}

static void
test_keeps_ten_minutes (void)
{
  const gint64 minute = 60 * G_USEC_PER_SEC;
  KmRoomLog log;

  km_room_log_init (&log, 0);
  append (&log, 1, 1, 0);
  append (&log, 2, 1, 4 * minute);
  km_room_log_trim (&log, 10 * minute);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 1);
  km_room_log_trim (&log, 10 * minute + 1);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 2);
  km_room_log_trim (&log, 15 * minute);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 3);
  g_assert_cmpint (km_room_log_get_head (&log), ==, 2);
  km_room_log_clear (&log);
}

static void
test_memory_is_bounded (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 0);
  for (gint64 seq = 1; seq <= 40; seq++)
    append (&log, seq, 1024 * 1024, 0);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 25);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 1), ==, 16 * 1024 * 1024);
  km_room_log_clear (&log);
}

static void
test_counts_what_is_missing (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 0);
  for (gint64 seq = 1; seq <= 10; seq++)
    append (&log, seq, (gsize) seq, 0);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 11), ==, 0);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 10), ==, 10);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 9), ==, 19);
  g_assert_cmpint (km_room_log_bytes_behind (&log, 1), ==, 55);
  km_room_log_clear (&log);
}

static void
test_gap_starts_anew (void)
{
  KmRoomLog log;

  km_room_log_init (&log, 0);
  append (&log, 1, 1, 0);
  append (&log, 2, 1, 0);
  append (&log, 5, 1, 0);
  g_assert_cmpint (km_room_log_get_tail (&log), ==, 5);
  g_assert_cmpint (km_room_log_get_head (&log), ==, 5);
  g_assert_null (km_room_log_peek (&log, 2));
  km_room_log_clear (&log);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/room/room-log/starts-behind-the-store",
                   test_starts_behind_the_store);
  g_test_add_func ("/room/room-log/replaced-in-its-place",
                   test_replaced_in_its_place);
  g_test_add_func ("/room/room-log/keeps-ten-thousand",
                   test_keeps_ten_thousand);
  g_test_add_func ("/room/room-log/keeps-ten-minutes",
                   test_keeps_ten_minutes);
  g_test_add_func ("/room/room-log/memory-is-bounded",
                   test_memory_is_bounded);
  g_test_add_func ("/room/room-log/counts-what-is-missing",
                   test_counts_what_is_missing);
  g_test_add_func ("/room/room-log/gap-starts-anew", test_gap_starts_anew);

  return g_test_run ();
}
