#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmDanmakuMode:
 * @KM_DANMAKU_SCROLL: flies from the right edge to the left
 * @KM_DANMAKU_TOP: stands still, as near to the top as there is room
 * @KM_DANMAKU_BOTTOM: stands still, as near to the bottom as there is room
 *
 * How a comment crosses the picture.
 */
typedef enum
{
  KM_DANMAKU_SCROLL,
  KM_DANMAKU_TOP,
  KM_DANMAKU_BOTTOM,
} KmDanmakuMode;

G_END_DECLS
