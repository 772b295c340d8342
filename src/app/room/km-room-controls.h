#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_ROOM_CONTROLS (km_room_controls_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomControls, km_room_controls, KM, ROOM_CONTROLS,
                      GtkWidget)

void     km_room_controls_bind_settings  (KmRoomControls *self,
                                          GSettings      *settings);
void     km_room_controls_wake           (KmRoomControls *self);
void     km_room_controls_set_paused     (KmRoomControls *self,
                                          gboolean        paused);
void     km_room_controls_set_playing    (KmRoomControls *self,
                                          gboolean        playing);
void     km_room_controls_set_latency    (KmRoomControls *self,
                                          gint64          latency_ms);
void     km_room_controls_set_fullscreen (KmRoomControls *self,
                                          gboolean        fullscreen);
void     km_room_controls_set_silent     (KmRoomControls *self,
                                          gboolean        silent);

G_END_DECLS
