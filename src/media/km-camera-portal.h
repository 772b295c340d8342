/* km-camera-portal.h: a sandboxed app's way to cameras
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean km_camera_portal_is_needed   (void);
void     km_camera_portal_open        (GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             data);
int      km_camera_portal_open_finish (GAsyncResult        *result,
                                       GError             **error);

G_END_DECLS
