/* km-source-notice.h: what stands in for camera and microphone, and why
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "km-broadcast.h"
#include "km-devices.h"
#include "km-studio-sources.h"

G_BEGIN_DECLS

#define KM_TYPE_SOURCE_NOTICE (km_source_notice_get_type ())
G_DECLARE_FINAL_TYPE (KmSourceNotice, km_source_notice, KM, SOURCE_NOTICE,
                      GtkWidget)

void km_source_notice_setup (KmSourceNotice  *self,
                             KmBroadcast     *broadcast,
                             KmDevices       *devices,
                             KmStudioSources *sources);

G_END_DECLS
