/* km-test-viewer.h: what a paintable shows, frame by frame
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "km-test-process.h"

G_BEGIN_DECLS

typedef struct _KmTestViewer KmTestViewer;

KmTestProcess *km_test_viewer_start_display (void);

KmTestViewer  *km_test_viewer_new           (GdkPaintable *paintable);
void           km_test_viewer_free          (KmTestViewer *self);

guint          km_test_viewer_get_paints    (KmTestViewer *self);
guint          km_test_viewer_get_read      (KmTestViewer *self);
guint          km_test_viewer_get_jumps     (KmTestViewer *self);
void           km_test_viewer_forget_delays (KmTestViewer *self);
double         km_test_viewer_get_delay_ms  (KmTestViewer *self,
                                             guint         percentile);
guint16        km_test_viewer_find_port     (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestViewer, km_test_viewer_free)

G_END_DECLS
