#pragma once

#include "km-reply.h"
#include "km-room-event.h"

G_BEGIN_DECLS

gboolean km_frame_parse (const char   *text,
                         gsize         length,
                         KmRoomEvent **event,
                         KmReply     **reply,
                         GError      **error);

G_END_DECLS
