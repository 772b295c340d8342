/* km-test-pipewire.h: a private PipeWire with cameras and microphones
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmTestPipewire KmTestPipewire;

KmTestPipewire *km_test_pipewire_new            (void);
void            km_test_pipewire_free           (KmTestPipewire *self);

const char     *km_test_pipewire_get_directory  (KmTestPipewire *self);
GSubprocess    *km_test_pipewire_add_camera     (KmTestPipewire *self,
                                                 const char     *name,
                                                 const char     *label);
GSubprocess    *km_test_pipewire_add_microphone (KmTestPipewire *self,
                                                 const char     *name,
                                                 const char     *label);
void            km_test_pipewire_unplug         (KmTestPipewire *self,
                                                 GSubprocess    *device);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestPipewire, km_test_pipewire_free)

G_END_DECLS
