#pragma once

#include "km-poll-info.h"
#include "km-room-poll.h"

G_BEGIN_DECLS

KmRoomPoll *km_room_poll_new     (const KmPollInfo *info);
void        km_room_poll_joined  (KmRoomPoll       *self,
                                  const KmPollInfo *info);
void        km_room_poll_tallied (KmRoomPoll       *self,
                                  const KmPollInfo *info);
void        km_room_poll_close   (KmRoomPoll       *self,
                                  const KmPollInfo *info);
void        km_room_poll_pend    (KmRoomPoll       *self,
                                  guint             choices);
void        km_room_poll_settle  (KmRoomPoll       *self,
                                  guint             choices);
void        km_room_poll_roll_back
                                 (KmRoomPoll       *self,
                                  guint             choices);

G_END_DECLS
