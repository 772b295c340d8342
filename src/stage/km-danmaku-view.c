/* km-danmaku-view.c: comments flying over a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-danmaku-view.h"

struct _KmDanmakuView
{
  GtkWidget parent_instance;

  gboolean enabled;
  gboolean paused;
  double font_scale;
  double speed;
  double area;
  double density;
};

G_DEFINE_FINAL_TYPE (KmDanmakuView, km_danmaku_view, GTK_TYPE_WIDGET)

static void
km_danmaku_view_class_init (KmDanmakuViewClass *klass)
{
}

static void
km_danmaku_view_init (KmDanmakuView *self)
{
  self->enabled = TRUE;
}

GtkWidget *
km_danmaku_view_new (void)
{
  return g_object_new (KM_TYPE_DANMAKU_VIEW, NULL);
}

void
km_danmaku_view_add (KmDanmakuView   *self,
                     const KmDanmaku *danmaku)
{
}

void
km_danmaku_view_remove (KmDanmakuView *self,
                        const char    *id)
{
}

void
km_danmaku_view_clear (KmDanmakuView *self)
{
}

void
km_danmaku_view_set_position_func (KmDanmakuView         *self,
                                   KmDanmakuPositionFunc  func,
                                   gpointer               user_data,
                                   GDestroyNotify         destroy)
{
}

guint
km_danmaku_view_get_n_visible (KmDanmakuView *self)
{
  return 0;
}

void
km_danmaku_view_set_enabled (KmDanmakuView *self,
                         gboolean value)
{
  self->enabled = value;
}

gboolean
km_danmaku_view_get_enabled (KmDanmakuView *self)
{
  return self->enabled;
}

void
km_danmaku_view_set_paused (KmDanmakuView *self,
                         gboolean value)
{
  self->paused = value;
}

gboolean
km_danmaku_view_get_paused (KmDanmakuView *self)
{
  return self->paused;
}

void
km_danmaku_view_set_font_scale (KmDanmakuView *self,
                         double value)
{
  self->font_scale = value;
}

double
km_danmaku_view_get_font_scale (KmDanmakuView *self)
{
  return self->font_scale;
}

void
km_danmaku_view_set_speed (KmDanmakuView *self,
                         double value)
{
  self->speed = value;
}

double
km_danmaku_view_get_speed (KmDanmakuView *self)
{
  return self->speed;
}

void
km_danmaku_view_set_area (KmDanmakuView *self,
                         double value)
{
  self->area = value;
}

double
km_danmaku_view_get_area (KmDanmakuView *self)
{
  return self->area;
}

void
km_danmaku_view_set_density (KmDanmakuView *self,
                         double value)
{
  self->density = value;
}

double
km_danmaku_view_get_density (KmDanmakuView *self)
{
  return self->density;
}
