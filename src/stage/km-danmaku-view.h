#pragma once

#include <gtk/gtk.h>

#include "km-danmaku-mode.h"

G_BEGIN_DECLS

/**
 * KmDanmaku:
 * @id: (nullable): the id of the chat message, for km_danmaku_view_remove()
 * @text: UTF-8; line breaks become spaces, what is longer than 60 grapheme
 *   clusters ends with "…"; never read as markup
 * @mode: how it crosses the picture
 * @color: of its letters; alpha is ignored
 * @time_ms: stream time its sender saw, or -1
 * @own: written by the person who watches here: framed, and first in the queue
 *
 * A comment, as its chat message says it. Only read during the call.
 */
typedef struct
{
  const char *id;
  const char *text;
  KmDanmakuMode mode;
  GdkRGBA color;
  gint64 time_ms;
  gboolean own;
} KmDanmaku;

/**
 * KmDanmakuPositionFunc:
 * @user_data: as given
 *
 * Returns: stream time of the picture shown now, in ms; -1 while there is none
 */
typedef gint64 (*KmDanmakuPositionFunc) (gpointer user_data);

#define KM_TYPE_DANMAKU_VIEW (km_danmaku_view_get_type ())
G_DECLARE_FINAL_TYPE (KmDanmakuView, km_danmaku_view, KM, DANMAKU_VIEW,
                      GtkWidget)

GtkWidget *km_danmaku_view_new               (void);

void       km_danmaku_view_add               (KmDanmakuView         *self,
                                              const KmDanmaku       *danmaku);
void       km_danmaku_view_remove            (KmDanmakuView         *self,
                                              const char            *id);
void       km_danmaku_view_clear             (KmDanmakuView         *self);
void       km_danmaku_view_set_position_func (KmDanmakuView         *self,
                                              KmDanmakuPositionFunc  func,
                                              gpointer               user_data,
                                              GDestroyNotify         destroy);

void       km_danmaku_view_set_enabled       (KmDanmakuView         *self,
                                              gboolean               enabled);
gboolean   km_danmaku_view_get_enabled       (KmDanmakuView         *self);
void       km_danmaku_view_set_paused        (KmDanmakuView         *self,
                                              gboolean               paused);
gboolean   km_danmaku_view_get_paused        (KmDanmakuView         *self);
void       km_danmaku_view_set_font_scale    (KmDanmakuView         *self,
                                              double                 scale);
double     km_danmaku_view_get_font_scale    (KmDanmakuView         *self);
void       km_danmaku_view_set_speed         (KmDanmakuView         *self,
                                              double                 speed);
double     km_danmaku_view_get_speed         (KmDanmakuView         *self);
void       km_danmaku_view_set_area          (KmDanmakuView         *self,
                                              double                 area);
double     km_danmaku_view_get_area          (KmDanmakuView         *self);
void       km_danmaku_view_set_density       (KmDanmakuView         *self,
                                              double                 density);
double     km_danmaku_view_get_density       (KmDanmakuView         *self);
guint      km_danmaku_view_get_n_visible     (KmDanmakuView         *self);

G_END_DECLS
