#pragma once

#include <gtk/gtk.h>

#include "km-broadcast.h"
#include "km-devices.h"
#include "km-source-chooser.h"

G_BEGIN_DECLS

#define KM_TYPE_STUDIO_SOURCES (km_studio_sources_get_type ())
G_DECLARE_FINAL_TYPE (KmStudioSources, km_studio_sources, KM, STUDIO_SOURCES,
                      GtkWidget)

void             km_studio_sources_setup       (KmStudioSources *self,
                                                KmBroadcast     *broadcast,
                                                KmDevices       *devices,
                                                GSettings       *settings);
KmSourceChooser *km_studio_sources_get_chooser (KmStudioSources *self,
                                                KmDeviceKind     kind);

G_END_DECLS
