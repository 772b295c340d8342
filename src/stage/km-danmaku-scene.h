#pragma once

#include "km-danmaku-view.h"

G_BEGIN_DECLS

#define KM_DANMAKU_TEXTURE_BYTES (48 * 1024 * 1024)
#define KM_DANMAKU_NEW_TEXTURES 4

typedef struct _KmDanmakuScene KmDanmakuScene;

/**
 * KmDanmakuLook:
 * @font_scale: of the text, relative to its usual size
 * @speed: of flight, relative to the usual
 * @area: share of the height that flying comments use, from the top
 * @density: share of a lane that may be covered by text
 * @motion: %FALSE: comments stand still instead
 *
 * What people may choose.
 */
typedef struct
{
  double font_scale;
  double speed;
  double area;
  double density;
  gboolean motion;
} KmDanmakuLook;

KmDanmakuScene *
         km_danmaku_scene_new             (void);
void     km_danmaku_scene_free            (KmDanmakuScene      *self);

void     km_danmaku_scene_set_size        (KmDanmakuScene      *self,
                                           int                  width_px,
                                           int                  height_px,
                                           double               scale,
                                           const KmDanmakuLook *look);
void     km_danmaku_scene_add             (KmDanmakuScene      *self,
                                           const KmDanmaku     *danmaku,
                                           gint64               now_us);
gboolean km_danmaku_scene_remove          (KmDanmakuScene      *self,
                                           const char          *id);
void     km_danmaku_scene_clear           (KmDanmakuScene      *self);
void     km_danmaku_scene_forget_position (KmDanmakuScene      *self);
gboolean km_danmaku_scene_advance         (KmDanmakuScene      *self,
                                           PangoContext        *context,
                                           gint64               now_us,
                                           gint64               position_us);
gint64   km_danmaku_scene_get_delay_us    (KmDanmakuScene      *self);

void     km_danmaku_scene_snapshot        (KmDanmakuScene      *self,
                                           GtkSnapshot         *snapshot,
                                           graphene_point_t     origin);
const char *
         km_danmaku_scene_get_text_at     (KmDanmakuScene      *self,
                                           double               x,
                                           double               y,
                                           GdkRectangle        *where);
char    *km_danmaku_scene_describe        (KmDanmakuScene      *self,
                                           guint                n_comments);
guint    km_danmaku_scene_get_n_visible   (KmDanmakuScene      *self);
guint    km_danmaku_scene_get_n_started   (KmDanmakuScene      *self);
gsize    km_danmaku_scene_get_n_bytes     (KmDanmakuScene      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmDanmakuScene, km_danmaku_scene_free)

G_END_DECLS
