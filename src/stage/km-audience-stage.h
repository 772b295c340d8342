#pragma once

#include <gtk/gtk.h>

#include "km-danmaku-view.h"
#include "km-gift-layer.h"
#include "km-hearts.h"
#include "km-poll-card.h"

G_BEGIN_DECLS

#define KM_TYPE_AUDIENCE_STAGE (km_audience_stage_get_type ())
G_DECLARE_FINAL_TYPE (KmAudienceStage, km_audience_stage, KM, AUDIENCE_STAGE,
                      GtkWidget)

GtkWidget     *km_audience_stage_new              (void);
KmDanmakuView *km_audience_stage_get_danmaku_view (KmAudienceStage *self);
KmGiftLayer   *km_audience_stage_get_gifts        (KmAudienceStage *self);
KmHearts      *km_audience_stage_get_hearts       (KmAudienceStage *self);
KmPollCard    *km_audience_stage_get_poll         (KmAudienceStage *self);

G_END_DECLS
