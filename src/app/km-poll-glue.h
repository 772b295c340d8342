#pragma once

#include "km-poll-card.h"
#include "km-room.h"

G_BEGIN_DECLS

KmPollView *km_poll_glue_describe (KmRoomPoll *poll,
                                   KmRole      role);
void        km_poll_glue_bind     (KmPollCard *card,
                                   KmRoom     *room);

G_END_DECLS
