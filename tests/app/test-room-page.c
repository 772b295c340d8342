/* test-room-page.c: what stands over the picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-room-page.h"

static const KmRoomSituation watching = {
  .room = KM_ROOM_ONLINE,
  .player = KM_PLAYER_PLAYING,
  .live = TRUE,
  .was_live = TRUE,
};

static void
test_moving_picture (void)
{
  KmRoomSituation situation = watching;

  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_PICTURE);

  /* The socket alone is lost: the picture goes on. */
  situation.room = KM_ROOM_RECONNECTING;
  situation.server_away = TRUE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_PICTURE);
}

static void
test_streamer_lost (void)
{
  KmRoomSituation situation = watching;

  situation.publisher_lost = TRUE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_WAITING);
  situation.player = KM_PLAYER_WAITING;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_WAITING);
}

static void
test_not_live (void)
{
  KmRoomSituation situation = {
    .room = KM_ROOM_ONLINE,
    .player = KM_PLAYER_OFFLINE,
  };

  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_NOT_LIVE);
  situation.was_live = TRUE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_ENDED);
  situation.player = KM_PLAYER_WAITING;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_ENDED);
}

static void
test_joining (void)
{
  KmRoomSituation situation = {
    .room = KM_ROOM_JOINING,
    .player = KM_PLAYER_CONNECTING,
  };

  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_LOADING);
  situation.server_away = TRUE;
  g_assert_cmpint (km_room_page_choose (&situation), ==,
                   KM_ROOM_PAGE_UNREACHABLE);
}

static void
test_live_without_picture (void)
{
  KmRoomSituation situation = watching;

  situation.player = KM_PLAYER_CONNECTING;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_LOADING);
  situation.player = KM_PLAYER_ERROR_STATE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_TROUBLE);
}

static void
test_paused_wins_over_player (void)
{
  KmRoomSituation situation = watching;

  situation.paused = TRUE;
  situation.player = KM_PLAYER_IDLE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_PAUSED);
}

static void
test_closed_wins_over_all (void)
{
  KmRoomSituation situation = watching;

  situation.room = KM_ROOM_CLOSED;
  situation.paused = TRUE;
  g_assert_cmpint (km_room_page_choose (&situation), ==, KM_ROOM_PAGE_CLOSED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/room-page/moving-picture", test_moving_picture);
  g_test_add_func ("/app/room-page/streamer-lost", test_streamer_lost);
  g_test_add_func ("/app/room-page/not-live", test_not_live);
  g_test_add_func ("/app/room-page/joining", test_joining);
  g_test_add_func ("/app/room-page/live-without-picture",
                   test_live_without_picture);
  g_test_add_func ("/app/room-page/paused-wins-over-player",
                   test_paused_wins_over_player);
  g_test_add_func ("/app/room-page/closed-wins-over-all",
                   test_closed_wins_over_all);
  return g_test_run ();
}
