/* km-player-pipeline.h: one connection of a player, from address to screen
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

typedef struct _KmPlayerPipeline KmPlayerPipeline;

/**
 * KmPlayerEvent:
 * @KM_PLAYER_EVENT_FRAME: the first frame is about to be shown
 * @KM_PLAYER_EVENT_END: the server ended the stream or the connection
 * @KM_PLAYER_EVENT_NO_SOUND: there is no device to play sound with; the
 *   picture needs a pipeline without one
 * @KM_PLAYER_EVENT_ERROR: see the error
 */
typedef enum
{
  KM_PLAYER_EVENT_FRAME,
  KM_PLAYER_EVENT_END,
  KM_PLAYER_EVENT_NO_SOUND,
  KM_PLAYER_EVENT_ERROR,
} KmPlayerEvent;

/* On the main context. The handler may free the pipeline. */
typedef void (*KmPlayerHandler) (KmPlayerEvent  event,
                                 const GError  *error,
                                 gpointer       data);

KmPlayerPipeline *km_player_pipeline_new          (const char        *address,
                                                   const char        *pin,
                                                   GstElement        *video_sink,
                                                   gboolean           with_sound,
                                                   KmPlayerHandler    handler,
                                                   gpointer           data,
                                                   GError           **error);
void              km_player_pipeline_free         (KmPlayerPipeline  *self);

void              km_player_pipeline_set_volume   (KmPlayerPipeline  *self,
                                                   double             volume,
                                                   gboolean           muted);
gint64            km_player_pipeline_get_position (KmPlayerPipeline  *self);
gboolean          km_player_pipeline_get_silent   (KmPlayerPipeline  *self);
guint64           km_player_pipeline_get_arrived  (KmPlayerPipeline  *self);

G_END_DECLS
