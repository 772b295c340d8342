#pragma once

#include <gio/gio.h>

#include "km-danmaku-view.h"
#include "km-room.h"

G_BEGIN_DECLS

void km_flying_bind_settings (KmDanmakuView *view,
                              GSettings     *settings);
void km_flying_bind_room     (KmDanmakuView *view,
                              KmRoom        *room);

G_END_DECLS
