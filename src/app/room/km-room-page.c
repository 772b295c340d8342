/* km-room-page.c: what stands over the picture, of all that is known
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room's socket and the picture's connection fail and come back
 * separately. A moving picture wins over everything but a room that is closed;
 * what the server says about the room wins over what the player thinks, since
 * a player only sees that bytes stopped.
 *
 * Thread: any.
 */

#include "km-room-page.h"

static KmRoomPage
choose_without_stream (const KmRoomSituation *situation)
{
  return situation->was_live ? KM_ROOM_PAGE_ENDED : KM_ROOM_PAGE_NOT_LIVE;
}

/**
 * km_room_page_choose:
 * @situation: what is known
 *
 * Returns: what to show over the picture
 */
KmRoomPage
km_room_page_choose (const KmRoomSituation *situation)
{
  gboolean joined = situation->room == KM_ROOM_ONLINE;

  if (situation->room == KM_ROOM_CLOSED)
    return KM_ROOM_PAGE_CLOSED;
  if (situation->paused)
    return KM_ROOM_PAGE_PAUSED;

  switch (situation->player)
    {
    case KM_PLAYER_PLAYING:
      return situation->publisher_lost ? KM_ROOM_PAGE_WAITING
                                       : KM_ROOM_PAGE_PICTURE;
    case KM_PLAYER_WAITING:
      return joined && !situation->live ? choose_without_stream (situation)
                                        : KM_ROOM_PAGE_WAITING;
    case KM_PLAYER_ERROR_STATE:
      if (joined && !situation->live)
        return choose_without_stream (situation);
      return situation->server_away ? KM_ROOM_PAGE_UNREACHABLE
                                    : KM_ROOM_PAGE_TROUBLE;
    case KM_PLAYER_OFFLINE:
    case KM_PLAYER_CONNECTING:
    case KM_PLAYER_IDLE:
    default:
      if (joined && !situation->live)
        return choose_without_stream (situation);
      return situation->server_away ? KM_ROOM_PAGE_UNREACHABLE
                                    : KM_ROOM_PAGE_LOADING;
    }
}
