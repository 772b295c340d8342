#pragma once

#include "km-load.h"
#include "km-test-process.h"

G_BEGIN_DECLS

/**
 * KmRoomPeer:
 * @KM_ROOM_FLOOR_EACH: one write for each message and member, nothing else
 * @KM_ROOM_FLOOR_LEAD: writes shared by the messages of 50 ms, nothing else
 * @KM_ROOM_FLOOR_KEPT: the same, and each message is committed before
 * @KM_ROOM_WS: npm's `ws`
 * @KM_ROOM_SOCKET_IO: npm's `socket.io`
 * @KM_ROOM_FLASK: Flask-SocketIO
 *
 * Who else tells everybody.
 */
typedef enum
{
  KM_ROOM_FLOOR_EACH,
  KM_ROOM_FLOOR_LEAD,
  KM_ROOM_FLOOR_KEPT,
  KM_ROOM_WS,
  KM_ROOM_SOCKET_IO,
  KM_ROOM_FLASK,
  KM_N_ROOM_PEERS,
} KmRoomPeer;

const char    *km_room_peer_get_name  (KmRoomPeer   peer);
KmLoadWords    km_room_peer_get_words (KmRoomPeer   peer);
KmTestProcess *km_room_peer_start     (KmRoomPeer   peer,
                                       const char  *directory,
                                       guint       *port,
                                       char       **not_here);

G_END_DECLS
