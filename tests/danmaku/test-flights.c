/* test-flights.c: no comment ever touches another, and none is lost silently
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything runs on a clock made of numbers. What touches what is judged
 * here from positions alone, without the rule that the engine places by.
 */

#include "km-flights.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 60)

typedef struct
{
  int width_px;
  gint64 added_us;
  gint64 time_us;
  guint number;
} Comment;

typedef struct
{
  KmFlights *flights;
  KmFlightsGeometry geometry;
  guint n_prepared;
  guint n_free;
  guint budget;
} Sky;

static guint n_alive;

static int
prepare (gpointer data,
         gpointer user_data)
{
  const Comment *comment = data;
  Sky *sky = user_data;

  if (sky->budget == 0)
    return -1;
  sky->budget--;
  sky->n_prepared++;
  return comment->width_px;
}

static void
retire (gpointer data,
        gpointer user_data)
{
  Sky *sky = user_data;

  g_assert_cmpuint (sky->n_prepared, >, 0);
  sky->n_prepared--;
}

static void
forget (gpointer data)
{
  n_alive--;
  g_free (data);
}

static const KmFlightsHost host = { prepare, retire, forget };

static void
sky_set_up (Sky *sky,
            int  width_px,
            guint n_lanes)
{
  *sky = (Sky) {
    .geometry = {
      .width_px = width_px,
      .n_lanes = n_lanes,
      .n_scroll_lanes = n_lanes,
      .gap_px = 16,
      .duration_us = 8 * SECOND,
      .still_us = 4 * SECOND,
      .density = 1.0,
      .motion = TRUE,
    },
    .budget = G_MAXUINT,
  };
  n_alive = 0;
  sky->flights = km_flights_new (&host, sky);
  km_flights_set_geometry (sky->flights, &sky->geometry, 1.0);
}

static void
sky_tear_down (Sky *sky)
{
  km_flights_free (sky->flights);
  g_assert_cmpuint (sky->n_prepared, ==, 0);
  g_assert_cmpuint (n_alive, ==, 0);
}

static void
sky_add (Sky           *sky,
         guint          number,
         int            width_px,
         KmDanmakuMode  mode,
         gint64         time_us,
         gint64         now_us)
{
  Comment *comment = g_new0 (Comment, 1);

  comment->number = number;
  comment->width_px = width_px;
  comment->time_us = time_us;
  comment->added_us = now_us;
  n_alive++;
  km_flights_add (sky->flights, comment, mode, time_us, FALSE, now_us);
}

static guint
count_flying (Sky *sky)
{
  guint n;

  km_flights_get_flying (sky->flights, &n);
  return n;
}

static const KmFlight *
find_flying (Sky   *sky,
             guint  number)
{
  guint n;
  const KmFlight *flying = km_flights_get_flying (sky->flights, &n);

  for (guint i = 0; i < n; i++)
    if (((const Comment *) flying[i].data)->number == number)
      return &flying[i];

  return NULL;
}

/* Every pair of a lane, at this instant. */
static void
assert_nothing_touches (Sky    *sky,
                        gint64  now_us)
{
  guint n;
  const KmFlight *flying = km_flights_get_flying (sky->flights, &n);

  for (guint i = 0; i < n; i++)
    for (guint j = i + 1; j < n; j++)
      {
        double left, right;

        if (flying[i].lane != flying[j].lane)
          continue;
        left = km_flights_x (sky->flights, &flying[i], now_us);
        right = km_flights_x (sky->flights, &flying[j], now_us);
        g_assert_true (left + flying[i].text_px <= right
                       || right + flying[j].text_px <= left);
      }
}

/* How near two even movements come while both are on the picture: their
 * distance changes evenly too, so its ends decide. */
static void
assert_flights_apart (Sky            *sky,
                      const KmFlight *first,
                      const KmFlight *second)
{
  gint64 from_us = MAX (first->start_us, second->start_us);
  gint64 to_us = MIN (first->start_us, second->start_us)
                 + sky->geometry.duration_us;
  gint64 instants[] = { from_us, to_us };

  if (first->lane != second->lane || from_us >= to_us)
    return;

  if (first->start_us > second->start_us)
    {
      const KmFlight *swap = first;

      first = second;
      second = swap;
    }

  for (guint i = 0; i < G_N_ELEMENTS (instants); i++)
    g_assert_cmpfloat (km_flights_x (sky->flights, first, instants[i])
                       + first->text_px, <=,
                       km_flights_x (sky->flights, second, instants[i]));
}

static int
random_width (GRand *rand)
{
  double spread = g_rand_double (rand);

  return 30 + (int) (spread * spread * spread * 1370);
}

static void
test_hundred_thousand_never_touch (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20251121);
  g_autoptr (GArray) placed = g_array_new (FALSE, FALSE, sizeof (KmFlight));
  gint64 now_us = 0, newest_us = -1;
  guint n_added = 0;
  Sky sky;

  sky_set_up (&sky, 1280, 20);

  while (n_added < 100000)
    {
      const KmFlight *flying;
      guint n;

      for (guint i = g_rand_int_range (rand, 0, 2); i > 0; i--)
        sky_add (&sky, n_added++, random_width (rand), KM_DANMAKU_SCROLL, -1,
                 now_us);
      km_flights_advance (sky.flights, now_us, -1);

      flying = km_flights_get_flying (sky.flights, &n);
      for (guint i = 0; i < n; i++)
        if (flying[i].start_us > newest_us)
          g_array_append_val (placed, flying[i]);
      newest_us = now_us;
      now_us += FRAME_US;
    }

  g_test_message ("%u added, %u placed, %u dropped", n_added, placed->len,
                  km_flights_get_n_dropped (sky.flights));
  g_assert_cmpuint (placed->len, >, n_added / 3);
  g_assert_cmpuint (placed->len + km_flights_get_n_dropped (sky.flights)
                    + km_flights_get_n_waiting (sky.flights), ==, n_added);

  for (guint i = 0; i < placed->len; i++)
    {
      const KmFlight *first = &g_array_index (placed, KmFlight, i);

      for (guint j = i + 1; j < placed->len; j++)
        {
          const KmFlight *second = &g_array_index (placed, KmFlight, j);

          if (second->start_us >= first->start_us + 8 * SECOND)
            break;
          assert_flights_apart (&sky, first, second);
        }
    }

  sky_tear_down (&sky);
}

static void
test_long_waits_for_short_ahead (void)
{
  Sky sky;

  /* The longer is faster: it may not start when the tail is merely in. */
  sky_set_up (&sky, 1000, 1);
  sky_add (&sky, 0, 50, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  sky_add (&sky, 1, 1000, KM_DANMAKU_SCROLL, -1, SECOND);
  km_flights_advance (sky.flights, SECOND, -1);
  g_assert_null (find_flying (&sky, 1));
  sky_add (&sky, 2, 50, KM_DANMAKU_SCROLL, -1, SECOND);
  km_flights_advance (sky.flights, SECOND, -1);
  g_assert_nonnull (find_flying (&sky, 2));
  sky_tear_down (&sky);
}

static void
test_oldest_waiting_first (void)
{
  Sky sky;
  guint n;
  const KmFlight *flying;

  sky_set_up (&sky, 1000, 1);
  for (guint i = 0; i < 10; i++)
    sky_add (&sky, i, 100, KM_DANMAKU_SCROLL, -1, 0);
  for (gint64 now_us = 0; now_us < 2 * SECOND; now_us += FRAME_US)
    km_flights_advance (sky.flights, now_us, -1);

  flying = km_flights_get_flying (sky.flights, &n);
  g_assert_cmpuint (n, >=, 2);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (((Comment *) flying[i].data)->number, ==, i);
  sky_tear_down (&sky);
}

static void
test_own_goes_first (void)
{
  Sky sky;
  Comment *own = g_new0 (Comment, 1);

  sky_set_up (&sky, 1000, 1);
  sky_add (&sky, 0, 100, KM_DANMAKU_SCROLL, -1, 0);
  sky_add (&sky, 1, 100, KM_DANMAKU_SCROLL, -1, 0);
  *own = (Comment) { .number = 2, .width_px = 100 };
  n_alive++;
  km_flights_advance (sky.flights, 0, 1000);
  km_flights_add (sky.flights, own, KM_DANMAKU_SCROLL, 9 * SECOND, TRUE, 0);
  km_flights_advance (sky.flights, SECOND * 3 / 2, 1000);
  g_assert_nonnull (find_flying (&sky, 2));
  g_assert_null (find_flying (&sky, 1));
  sky_tear_down (&sky);
}

static void
test_waiting_expires_after_two_seconds (void)
{
  Sky sky;

  sky_set_up (&sky, 100, 1);
  sky_add (&sky, 0, 2000, KM_DANMAKU_SCROLL, -1, 0);
  sky_add (&sky, 1, 2000, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  km_flights_advance (sky.flights, KM_FLIGHTS_PATIENCE_US, -1);
  g_assert_cmpuint (km_flights_get_n_waiting (sky.flights), ==, 1);
  km_flights_advance (sky.flights, KM_FLIGHTS_PATIENCE_US + 1, -1);
  g_assert_cmpuint (km_flights_get_n_waiting (sky.flights), ==, 0);
  g_assert_cmpuint (km_flights_get_n_dropped (sky.flights), ==, 1);
  g_assert_false (km_flights_needs_frames (sky.flights) && n_alive != 1);
  sky_tear_down (&sky);
}

static void
test_without_frames_nothing_piles_up (void)
{
  Sky sky;

  sky_set_up (&sky, 1280, 20);
  for (guint i = 0; i < 5000; i++)
    sky_add (&sky, i, 100, KM_DANMAKU_SCROLL, i % 2 ? (gint64) i : -1, 0);
  g_assert_cmpuint (km_flights_get_n_waiting (sky.flights), ==,
                    KM_FLIGHTS_WAITING_MAX);
  g_assert_cmpuint (n_alive, <=, 64 + 1024);
  g_assert_cmpuint (sky.n_prepared, ==, 0);

  /* What came just before the next frame is new, however long ago the last
   * frame was. */
  sky_add (&sky, 9000, 100, KM_DANMAKU_SCROLL, -1, 3600 * SECOND);
  km_flights_advance (sky.flights, 3600 * SECOND + FRAME_US, -1);
  g_assert_cmpuint (count_flying (&sky), ==, 1);
  g_assert_nonnull (find_flying (&sky, 9000));
  sky_tear_down (&sky);
}

static void
test_position_is_pure (void)
{
  Sky one, two;

  sky_set_up (&one, 1280, 4);
  sky_add (&one, 0, 320, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (one.flights, 0, -1);
  for (gint64 now_us = 0; now_us <= 4 * SECOND; now_us += 12345)
    km_flights_advance (one.flights, now_us, -1);
  g_assert_cmpfloat (km_flights_x (one.flights, find_flying (&one, 0),
                                   4 * SECOND), ==, 1280 - 1600 / 2);
  sky_tear_down (&one);

  sky_set_up (&two, 1280, 4);
  sky_add (&two, 0, 320, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (two.flights, 0, -1);
  km_flights_advance (two.flights, 4 * SECOND, -1);
  g_assert_cmpfloat (km_flights_x (two.flights, find_flying (&two, 0),
                                   4 * SECOND), ==, 1280 - 1600 / 2);
  km_flights_advance (two.flights, 8 * SECOND - 1, -1);
  g_assert_cmpuint (count_flying (&two), ==, 1);
  km_flights_advance (two.flights, 8 * SECOND, -1);
  g_assert_cmpuint (count_flying (&two), ==, 0);
  sky_tear_down (&two);
}

static void
test_pause_stops_everything (void)
{
  Sky sky;
  double before;

  sky_set_up (&sky, 1000, 1);
  sky_add (&sky, 0, 2000, KM_DANMAKU_SCROLL, -1, 0);
  sky_add (&sky, 1, 2000, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  km_flights_advance (sky.flights, SECOND, -1);
  before = km_flights_x (sky.flights, find_flying (&sky, 0), SECOND);

  for (guint i = 0; i < 1000; i++)
    km_flights_advance (sky.flights, SECOND, -1);
  km_flights_advance (sky.flights, SECOND / 2, -1);
  g_assert_cmpfloat (km_flights_x (sky.flights, find_flying (&sky, 0), SECOND),
                     ==, before);
  g_assert_cmpuint (km_flights_get_n_waiting (sky.flights), ==, 1);
  sky_tear_down (&sky);
}

static void
test_held_until_picture_gets_there (void)
{
  Sky sky;

  sky_set_up (&sky, 1000, 4);
  km_flights_advance (sky.flights, 0, 10 * SECOND);
  sky_add (&sky, 0, 100, KM_DANMAKU_SCROLL, 70 * SECOND, 0);
  sky_add (&sky, 1, 100, KM_DANMAKU_SCROLL, 12 * SECOND, 0);
  sky_add (&sky, 2, 100, KM_DANMAKU_SCROLL, 3 * SECOND, 0);
  km_flights_advance (sky.flights, FRAME_US, 10 * SECOND);
  g_assert_cmpuint (count_flying (&sky), ==, 1);
  g_assert_nonnull (find_flying (&sky, 2));
  g_assert_cmpint (km_flights_next_due_us (sky.flights), ==, 12 * SECOND);

  /* The picture stalls: what flies goes on, what is held stays. */
  km_flights_advance (sky.flights, 60 * SECOND, 10 * SECOND);
  g_assert_cmpuint (count_flying (&sky), ==, 0);
  g_assert_false (km_flights_needs_frames (sky.flights));

  km_flights_advance (sky.flights, 62 * SECOND, 12 * SECOND - 1);
  g_assert_cmpuint (count_flying (&sky), ==, 0);
  km_flights_advance (sky.flights, 62 * SECOND + 1, 12 * SECOND);
  g_assert_nonnull (find_flying (&sky, 1));
  g_assert_cmpint (find_flying (&sky, 1)->start_us, ==, 62 * SECOND + 1);

  km_flights_advance (sky.flights, 120 * SECOND, 70 * SECOND);
  g_assert_nonnull (find_flying (&sky, 0));
  sky_tear_down (&sky);
}

static void
test_without_a_picture_nothing_is_held (void)
{
  Sky sky;

  sky_set_up (&sky, 1000, 4);
  sky_add (&sky, 0, 100, KM_DANMAKU_SCROLL, 70 * SECOND, 0);
  km_flights_advance (sky.flights, 0, -1);
  g_assert_nonnull (find_flying (&sky, 0));

  km_flights_advance (sky.flights, FRAME_US, 0);
  sky_add (&sky, 1, 100, KM_DANMAKU_SCROLL, 70 * SECOND, FRAME_US);
  km_flights_advance (sky.flights, 2 * FRAME_US, FRAME_US);
  g_assert_null (find_flying (&sky, 1));
  km_flights_advance (sky.flights, 3 * FRAME_US, -1);
  g_assert_nonnull (find_flying (&sky, 1));
  sky_tear_down (&sky);
}

static void
test_seek_rebuilds_mid_flight (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  Sky sky;
  gint64 now_us = 0, sought_us;

  sky_set_up (&sky, 1280, 20);
  for (guint i = 0; i < 300; i++)
    sky_add (&sky, i, random_width (rand), KM_DANMAKU_SCROLL,
             i * SECOND / 4, 0);
  sky_add (&sky, 999, 100, KM_DANMAKU_SCROLL, -1, 0);
  for (; now_us < 60 * SECOND; now_us += FRAME_US)
    km_flights_advance (sky.flights, now_us, now_us);

  /* Back into the middle: only four textures a frame, all in their places. */
  sought_us = now_us;
  km_flights_seek (sky.flights, sought_us, 30 * SECOND);
  for (guint frame = 0; frame < 10; frame++, now_us += FRAME_US)
    {
      sky.budget = 4;
      km_flights_advance (sky.flights, now_us,
                          30 * SECOND + frame * FRAME_US);
      assert_nothing_touches (&sky, now_us);
    }

  for (guint i = 0; i < 300; i++)
    {
      const KmFlight *flight = find_flying (&sky, i);

      if (i * SECOND / 4 <= 22 * SECOND || i * SECOND / 4 > 31 * SECOND)
        g_assert_null (flight);
      else if (i * SECOND / 4 > 23 * SECOND && i * SECOND / 4 <= 30 * SECOND)
        {
          g_assert_nonnull (flight);
          g_assert_cmpint (flight->start_us, ==,
                           sought_us - (30 * SECOND - i * SECOND / 4));
        }
    }
  g_assert_cmpint (km_flights_next_due_us (sky.flights), >, 30 * SECOND);
  sky_tear_down (&sky);
}

static void
test_resize_keeps_order_and_distance (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  gint64 now_us = 0;
  guint number = 0;
  Sky sky;

  sky_set_up (&sky, 1280, 20);
  for (guint round = 0; round < 400; round++)
    {
      int width_px = g_rand_int_range (rand, 200, 2600);
      double scale = width_px / (double) sky.geometry.width_px;
      guint n_before, n_after;

      for (guint i = 0; i < 40; i++, now_us += FRAME_US)
        {
          if (i % 4 == 0)
            {
              sky_add (&sky, number, random_width (rand),
                       (KmDanmakuMode) (number % 9 == 0 ? number % 4 % 3 : 0),
                       -1, now_us);
              number++;
            }
          km_flights_advance (sky.flights, now_us, -1);
        }

      n_before = count_flying (&sky) + km_flights_get_n_waiting (sky.flights)
                 + km_flights_get_n_dropped (sky.flights);
      sky.geometry.width_px = width_px;
      sky.geometry.n_lanes = (guint) g_rand_int_range (rand, 4, 21);
      sky.geometry.n_scroll_lanes = sky.geometry.n_lanes * 3 / 4;
      sky.geometry.duration_us = g_rand_int_range (rand, 4, 12) * SECOND;
      km_flights_set_geometry (sky.flights, &sky.geometry, scale);
      n_after = count_flying (&sky) + km_flights_get_n_waiting (sky.flights)
                + km_flights_get_n_dropped (sky.flights);
      g_assert_cmpuint (n_before, ==, n_after);

      for (gint64 ahead_us = 0; ahead_us < 12 * SECOND; ahead_us += SECOND / 3)
        {
          guint n;
          const KmFlight *flying = km_flights_get_flying (sky.flights, &n);

          for (guint i = 0; i < n; i++)
            for (guint j = i + 1; j < n; j++)
              if (flying[i].moves && flying[j].moves)
                assert_flights_apart (&sky, &flying[i], &flying[j]);
        }
      assert_nothing_touches (&sky, now_us);
    }
  sky_tear_down (&sky);
}

static void
test_widening_moves_nobody_back (void)
{
  Sky sky;
  double before;

  sky_set_up (&sky, 640, 8);
  for (guint i = 0; i < 8; i++)
    sky_add (&sky, i, 100, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  km_flights_advance (sky.flights, 2 * SECOND, -1);
  before = km_flights_x (sky.flights, find_flying (&sky, 3), 2 * SECOND);

  sky.geometry.width_px = 1280;
  km_flights_set_geometry (sky.flights, &sky.geometry, 2.0);
  g_assert_cmpuint (count_flying (&sky), ==, 8);
  g_assert_cmpuint (find_flying (&sky, 3)->lane, ==, 3);
  g_assert_cmpfloat (km_flights_x (sky.flights, find_flying (&sky, 3),
                                   2 * SECOND), ==, before * 2);
  sky_tear_down (&sky);
}

static void
test_standing_share_the_lanes (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  gint64 now_us = 0;
  guint n_stood = 0;
  Sky sky;

  sky_set_up (&sky, 1280, 16);
  sky.geometry.n_scroll_lanes = 12;
  km_flights_set_geometry (sky.flights, &sky.geometry, 1.0);
  for (guint i = 0; i < 6000; i++, now_us += FRAME_US)
    {
      guint n;
      const KmFlight *flying;

      if (i % 3 == 0)
        sky_add (&sky, i, random_width (rand),
                 (KmDanmakuMode) (i % 60 == 0 ? 1 + i / 60 % 2 : 0), -1,
                 now_us);
      km_flights_advance (sky.flights, now_us, -1);
      assert_nothing_touches (&sky, now_us);

      flying = km_flights_get_flying (sky.flights, &n);
      for (guint j = 0; j < n; j++)
        {
          if (flying[j].moves)
            g_assert_cmpuint (flying[j].lane, <, 12);
          else if (flying[j].start_us == now_us)
            n_stood++;
        }
    }
  g_assert_cmpuint (n_stood, >, 50);
  sky_tear_down (&sky);
}

static void
test_top_and_bottom_from_their_edges (void)
{
  Sky sky;

  sky_set_up (&sky, 1000, 8);
  sky_add (&sky, 0, 100, KM_DANMAKU_TOP, -1, 0);
  sky_add (&sky, 1, 200, KM_DANMAKU_TOP, -1, 0);
  sky_add (&sky, 2, 300, KM_DANMAKU_BOTTOM, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  g_assert_cmpuint (find_flying (&sky, 0)->lane, ==, 0);
  g_assert_cmpuint (find_flying (&sky, 1)->lane, ==, 1);
  g_assert_cmpuint (find_flying (&sky, 2)->lane, ==, 7);
  g_assert_cmpfloat (km_flights_x (sky.flights, find_flying (&sky, 2), SECOND),
                     ==, 350);
  g_assert_false (km_flights_needs_frames (sky.flights));
  g_assert_cmpint (km_flights_next_end_us (sky.flights), ==, 4 * SECOND);

  sky.geometry.n_lanes = 12;
  km_flights_set_geometry (sky.flights, &sky.geometry, 1.0);
  g_assert_cmpuint (find_flying (&sky, 1)->lane, ==, 1);
  g_assert_cmpuint (find_flying (&sky, 2)->lane, ==, 11);
  sky.geometry.n_lanes = 3;
  km_flights_set_geometry (sky.flights, &sky.geometry, 1.0);
  g_assert_cmpuint (find_flying (&sky, 1)->lane, ==, 1);
  g_assert_cmpuint (find_flying (&sky, 2)->lane, ==, 2);
  sky_tear_down (&sky);
}

static void
test_without_motion_all_stand (void)
{
  Sky sky;

  sky_set_up (&sky, 1000, 3);
  sky.geometry.motion = FALSE;
  km_flights_set_geometry (sky.flights, &sky.geometry, 1.0);
  for (guint i = 0; i < 4; i++)
    sky_add (&sky, i, 100, KM_DANMAKU_SCROLL, -1, 0);
  km_flights_advance (sky.flights, 0, -1);
  g_assert_cmpuint (count_flying (&sky), ==, 3);
  g_assert_cmpuint (find_flying (&sky, 2)->lane, ==, 2);
  g_assert_false (find_flying (&sky, 2)->moves);
  sky_tear_down (&sky);
}

static void
test_density_thins_a_lane (void)
{
  guint placed[2] = { 0 };

  for (guint half = 0; half < 2; half++)
    {
      Sky sky;
      gint64 now_us = 0;

      sky_set_up (&sky, 1000, 1);
      sky.geometry.density = half ? 0.5 : 1.0;
      km_flights_set_geometry (sky.flights, &sky.geometry, 1.0);
      for (guint i = 0; i < 3000; i++, now_us += FRAME_US)
        {
          guint n;
          const KmFlight *flying;

          sky_add (&sky, i, 100, KM_DANMAKU_SCROLL, -1, now_us);
          km_flights_advance (sky.flights, now_us, -1);
          flying = km_flights_get_flying (sky.flights, &n);
          if (n > 0 && flying[n - 1].start_us == now_us)
            placed[half]++;
        }
      sky_tear_down (&sky);
    }

  g_assert_cmpuint (placed[0], >, 45);
  g_assert_cmpuint (placed[1] * 2, <=, placed[0] + 2);
  g_assert_cmpuint (placed[1] * 2 + 4, >=, placed[0]);
}

static gboolean
has_number (gconstpointer data,
            gconstpointer number)
{
  return ((const Comment *) data)->number == GPOINTER_TO_UINT (number);
}

static void
test_removed_wherever_it_is (void)
{
  Sky sky;

  sky_set_up (&sky, 1000, 1);
  km_flights_advance (sky.flights, 0, SECOND);
  sky_add (&sky, 1, 100, KM_DANMAKU_SCROLL, -1, 0);
  sky_add (&sky, 2, 100, KM_DANMAKU_SCROLL, -1, 0);
  sky_add (&sky, 3, 100, KM_DANMAKU_SCROLL, 9 * SECOND, 0);
  km_flights_advance (sky.flights, 0, SECOND);
  for (guint i = 1; i <= 3; i++)
    g_assert_true (km_flights_remove (sky.flights, has_number,
                                      GUINT_TO_POINTER (i)));
  g_assert_false (km_flights_remove (sky.flights, has_number,
                                     GUINT_TO_POINTER (1)));
  g_assert_cmpuint (n_alive, ==, 0);
  sky_tear_down (&sky);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/danmaku/flights/hundred-thousand-never-touch",
                   test_hundred_thousand_never_touch);
  g_test_add_func ("/danmaku/flights/long-waits-for-short-ahead",
                   test_long_waits_for_short_ahead);
  g_test_add_func ("/danmaku/flights/oldest-waiting-first",
                   test_oldest_waiting_first);
  g_test_add_func ("/danmaku/flights/own-goes-first", test_own_goes_first);
  g_test_add_func ("/danmaku/flights/waiting-expires-after-two-seconds",
                   test_waiting_expires_after_two_seconds);
  g_test_add_func ("/danmaku/flights/without-frames-nothing-piles-up",
                   test_without_frames_nothing_piles_up);
  g_test_add_func ("/danmaku/flights/position-is-pure", test_position_is_pure);
  g_test_add_func ("/danmaku/flights/pause-stops-everything",
                   test_pause_stops_everything);
  g_test_add_func ("/danmaku/flights/held-until-picture-gets-there",
                   test_held_until_picture_gets_there);
  g_test_add_func ("/danmaku/flights/without-a-picture-nothing-is-held",
                   test_without_a_picture_nothing_is_held);
  g_test_add_func ("/danmaku/flights/seek-rebuilds-mid-flight",
                   test_seek_rebuilds_mid_flight);
  g_test_add_func ("/danmaku/flights/resize-keeps-order-and-distance",
                   test_resize_keeps_order_and_distance);
  g_test_add_func ("/danmaku/flights/widening-moves-nobody-back",
                   test_widening_moves_nobody_back);
  g_test_add_func ("/danmaku/flights/standing-share-the-lanes",
                   test_standing_share_the_lanes);
  g_test_add_func ("/danmaku/flights/top-and-bottom-from-their-edges",
                   test_top_and_bottom_from_their_edges);
  g_test_add_func ("/danmaku/flights/without-motion-all-stand",
                   test_without_motion_all_stand);
  g_test_add_func ("/danmaku/flights/density-thins-a-lane",
                   test_density_thins_a_lane);
  g_test_add_func ("/danmaku/flights/removed-wherever-it-is",
                   test_removed_wherever_it_is);
  return g_test_run ();
}
