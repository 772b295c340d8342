#pragma once

#include "km-test-server.h"

G_BEGIN_DECLS

/**
 * KmRoomServer:
 * @server: the program as it is built
 * @port: where it serves
 * @n_members: accounts that exist
 * @tokens: a session of each
 * @n_rooms: the first accounts have one each; their ids are 1 and on
 *
 * A real server with people who have signed up.
 */
typedef struct
{
  KmTestServer *server;
  guint port;
  guint n_members;
  char **tokens;
  guint n_rooms;
} KmRoomServer;

KmRoomServer *km_room_server_new         (guint         n_members,
                                          guint         n_rooms);
void          km_room_server_free        (KmRoomServer *self);
GPid          km_room_server_get_pid     (KmRoomServer *self);
char        **km_room_server_get_tickets (KmRoomServer *self,
                                          guint         first,
                                          guint         n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRoomServer, km_room_server_free)

G_END_DECLS
