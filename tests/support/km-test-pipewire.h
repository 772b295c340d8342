/* km-test-pipewire.h: a private PipeWire with cameras and microphones
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "km-test-process.h"

G_BEGIN_DECLS

typedef struct _KmTestPipewire KmTestPipewire;

KmTestPipewire *km_test_pipewire_start          (const char     *runtime_dir,
                                                 const char     *log_dir);
void            km_test_pipewire_stop           (KmTestPipewire *self);

KmTestProcess  *km_test_pipewire_add_pulse      (KmTestPipewire *self);
KmTestProcess  *km_test_pipewire_add_portal     (KmTestPipewire *self,
                                                 const char     *answer);
KmTestProcess  *km_test_pipewire_add_camera     (KmTestPipewire *self,
                                                 const char     *name,
                                                 const char     *label);
KmTestProcess  *km_test_pipewire_add_microphone (KmTestPipewire *self,
                                                 const char     *name,
                                                 const char     *label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestPipewire, km_test_pipewire_stop)

G_END_DECLS
