#pragma once

#include <gio/gio.h>

#include "km-danmaku-view.h"
#include "km-room-message.h"

G_BEGIN_DECLS

void km_flying_bind_settings (KmDanmakuView *view,
                              GSettings     *settings);
void km_flying_add_message   (KmDanmakuView *view,
                              KmRoomMessage *message);

G_END_DECLS
