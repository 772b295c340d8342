#pragma once

#include <gtk/gtk.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_SLOW_MODE_NOTE (km_slow_mode_note_get_type ())
G_DECLARE_FINAL_TYPE (KmSlowModeNote, km_slow_mode_note, KM, SLOW_MODE_NOTE,
                      GtkWidget)

void     km_slow_mode_note_set_room  (KmSlowModeNote *self,
                                      KmRoom         *room);
gboolean km_slow_mode_note_get_waits (KmSlowModeNote *self);
void     km_slow_mode_note_announce  (KmSlowModeNote *self);

G_END_DECLS
