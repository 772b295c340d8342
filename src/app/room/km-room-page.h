#pragma once

#include "km-player.h"
#include "km-room.h"

G_BEGIN_DECLS

/**
 * KmRoomPage:
 * @KM_ROOM_PAGE_PICTURE: nothing but the picture
 * @KM_ROOM_PAGE_LOADING: nothing is known or seen yet
 * @KM_ROOM_PAGE_WAITING: the last picture stands; it goes on by itself
 * @KM_ROOM_PAGE_PAUSED: the person paused
 * @KM_ROOM_PAGE_NOT_LIVE: the host isn't live, and wasn't while one watched
 * @KM_ROOM_PAGE_ENDED: the stream ended while one watched
 * @KM_ROOM_PAGE_UNREACHABLE: the server doesn't answer
 * @KM_ROOM_PAGE_CLOSED: there is no such room, or one may not watch it
 * @KM_ROOM_PAGE_TROUBLE: the picture can't be shown
 *
 * What stands over the picture.
 */
typedef enum
{
  KM_ROOM_PAGE_PICTURE,
  KM_ROOM_PAGE_LOADING,
  KM_ROOM_PAGE_WAITING,
  KM_ROOM_PAGE_PAUSED,
  KM_ROOM_PAGE_NOT_LIVE,
  KM_ROOM_PAGE_ENDED,
  KM_ROOM_PAGE_UNREACHABLE,
  KM_ROOM_PAGE_CLOSED,
  KM_ROOM_PAGE_TROUBLE,
} KmRoomPage;

/**
 * KmRoomSituation:
 * @room: state of the room's connection
 * @player: state of the player
 * @live: the server says the room is live
 * @was_live: it was live while the window was open
 * @publisher_lost: the server waits for the streamer to come back
 * @paused: the person paused
 * @server_away: the server doesn't answer
 *
 * All that decides what stands over the picture.
 */
typedef struct
{
  KmRoomState room;
  KmPlayerState player;
  gboolean live;
  gboolean was_live;
  gboolean publisher_lost;
  gboolean paused;
  gboolean server_away;
} KmRoomSituation;

KmRoomPage km_room_page_choose (const KmRoomSituation *situation);

G_END_DECLS
