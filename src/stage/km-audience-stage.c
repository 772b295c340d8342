/* km-audience-stage.c: where a host sees what the audience sees
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-audience-stage.h"

struct _KmAudienceStage
{
  GtkWidget parent_instance;

  KmDanmakuView *danmaku_view;
};

G_DEFINE_FINAL_TYPE (KmAudienceStage, km_audience_stage, GTK_TYPE_WIDGET)

static void
km_audience_stage_dispose (GObject *object)
{
  KmAudienceStage *self = KM_AUDIENCE_STAGE (object);

  if (self->danmaku_view != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->danmaku_view));
  self->danmaku_view = NULL;

  G_OBJECT_CLASS (km_audience_stage_parent_class)->dispose (object);
}

static void
km_audience_stage_class_init (KmAudienceStageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = km_audience_stage_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
km_audience_stage_init (KmAudienceStage *self)
{
  self->danmaku_view = KM_DANMAKU_VIEW (km_danmaku_view_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->danmaku_view), GTK_WIDGET (self));
}

GtkWidget *
km_audience_stage_new (void)
{
  return g_object_new (KM_TYPE_AUDIENCE_STAGE, NULL);
}

KmDanmakuView *
km_audience_stage_get_danmaku_view (KmAudienceStage *self)
{
  return self->danmaku_view;
}
