/* km-bus.h: what a pipeline complains about, in words to act on
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

GError  *km_bus_error_new     (GstMessage *message);
gboolean km_bus_message_is_in (GstMessage *message,
                               GstElement *bin);

G_END_DECLS
