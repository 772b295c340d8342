#pragma once

#include <gtk/gtk.h>

#include "km-devices.h"

G_BEGIN_DECLS

#define KM_TYPE_SOURCE_CHOOSER (km_source_chooser_get_type ())
G_DECLARE_FINAL_TYPE (KmSourceChooser, km_source_chooser, KM, SOURCE_CHOOSER,
                      GtkWidget)

void      km_source_chooser_setup       (KmSourceChooser *self,
                                         KmDevices       *devices,
                                         KmDeviceKind     kind,
                                         GSettings       *settings);
KmDevice *km_source_chooser_get_device  (KmSourceChooser *self);
gboolean  km_source_chooser_get_missing (KmSourceChooser *self);
void      km_source_chooser_open        (KmSourceChooser *self);

G_END_DECLS
