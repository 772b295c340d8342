#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define KM_TYPE_LEVEL_METER (km_level_meter_get_type ())
G_DECLARE_FINAL_TYPE (KmLevelMeter, km_level_meter, KM, LEVEL_METER, GtkWidget)

void km_level_meter_hear (KmLevelMeter *self,
                          double        level_db);

G_END_DECLS
