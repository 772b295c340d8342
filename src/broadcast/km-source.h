/* km-source.h: the head of a pipeline that always gives something
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

#include "km-broadcast.h"
#include "km-device.h"

G_BEGIN_DECLS

typedef struct _KmSource KmSource;

/**
 * KmSourceChanged:
 * @source: whose km_source_get_error() changed
 * @data: as given to km_source_new()
 */
typedef void (*KmSourceChanged) (KmSource *source,
                                 gpointer  data);

KmSource     *km_source_new            (KmDeviceKind              kind,
                                        const KmBroadcastQuality *quality,
                                        GstElement               *pipeline,
                                        GstElement               *target,
                                        KmSourceChanged           changed,
                                        gpointer                  data);
void          km_source_free           (KmSource                 *self);

void          km_source_set_device     (KmSource                 *self,
                                        KmDevice                 *device);
void          km_source_device_is_back (KmSource                 *self,
                                        KmDevice                 *device);
const GError *km_source_get_error      (KmSource                 *self);
gboolean      km_source_handle_error   (KmSource                 *self,
                                        GstMessage               *message);
void          km_source_check          (KmSource                 *self,
                                        gint64                    now_us);

G_END_DECLS
