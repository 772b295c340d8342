#pragma once

#include <gtk/gtk.h>

#include "km-device.h"

G_BEGIN_DECLS

#define KM_TYPE_SOURCE_CHOOSER (km_source_chooser_get_type ())
G_DECLARE_FINAL_TYPE (KmSourceChooser, km_source_chooser, KM, SOURCE_CHOOSER,
                      GtkWidget)

void      km_source_chooser_setup      (KmSourceChooser *self,
                                        GListModel      *devices,
                                        GSettings       *settings,
                                        const char      *key,
                                        const char      *title,
                                        const char      *none_title);
KmDevice *km_source_chooser_get_device (KmSourceChooser *self);

G_END_DECLS
