/* km-test-sink.h: an RTMP server that reads barcodes off what it is sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmTestSink KmTestSink;

guint16      km_test_sink_find_port   (void);

KmTestSink  *km_test_sink_new         (guint16      port);
void         km_test_sink_kill        (KmTestSink  *self);
void         km_test_sink_free        (KmTestSink  *self);

guint        km_test_sink_get_frames  (KmTestSink  *self);
guint        km_test_sink_get_read    (KmTestSink  *self);
guint        km_test_sink_get_jumps   (KmTestSink  *self);
GArray      *km_test_sink_get_delays  (KmTestSink  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestSink, km_test_sink_free)

G_END_DECLS
