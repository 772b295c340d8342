#pragma once

#include <gtk/gtk.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ROOM_BALLOT (km_room_ballot_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomBallot, km_room_ballot, KM, ROOM_BALLOT, GtkWidget)

GtkWidget *km_room_ballot_new         (KmServer     *server,
                                       KmRoom       *room);
gboolean   km_room_ballot_vote_number (KmRoomBallot *self,
                                       guint         number);

G_END_DECLS
