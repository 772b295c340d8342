#pragma once

#include "km-protocol.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_ROOM_POLL (km_room_poll_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomPoll, km_room_poll, KM, ROOM_POLL, GObject)

const char *km_room_poll_get_id         (KmRoomPoll *self);
const char *km_room_poll_get_question   (KmRoomPoll *self);
guint       km_room_poll_get_n_options  (KmRoomPoll *self);
const char *km_room_poll_get_option     (KmRoomPoll *self,
                                         guint       index);
gint64      km_room_poll_get_tally      (KmRoomPoll *self,
                                         guint       index);
gint64      km_room_poll_get_voters     (KmRoomPoll *self);
guint       km_room_poll_get_voted      (KmRoomPoll *self);
gboolean    km_room_poll_get_multiple   (KmRoomPoll *self);
gboolean    km_room_poll_get_changeable (KmRoomPoll *self);
gboolean    km_room_poll_get_anonymous  (KmRoomPoll *self);
gint64      km_room_poll_get_opened_at  (KmRoomPoll *self);
gint64      km_room_poll_get_closes_us  (KmRoomPoll *self);
gboolean    km_room_poll_get_closed     (KmRoomPoll *self);
gint64      km_room_poll_get_closed_at  (KmRoomPoll *self);
KmPollEnd   km_room_poll_get_reason     (KmRoomPoll *self);
gboolean    km_room_poll_can_vote       (KmRoomPoll *self);

G_END_DECLS
