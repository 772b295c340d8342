#pragma once

#include <atspi/atspi.h>

#include "km-test-desktop.h"

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAccessible, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiComponent, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiStateSet, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AtspiText, g_object_unref)

typedef struct _KmTestUi KmTestUi;

KmTestUi        *km_test_ui_attach     (KmTestScreen  *screen,
                                        KmTestProcess *process,
                                        const char    *label);
void             km_test_ui_free       (KmTestUi      *self);

AtspiAccessible *km_test_ui_find       (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name);
AtspiAccessible *km_test_ui_find_below (AtspiAccessible *parent,
                                        AtspiRole      role,
                                        const char    *name);
guint            km_test_ui_count      (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name);
AtspiAccessible *km_test_ui_wait       (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name,
                                        guint          seconds);
void             km_test_ui_wait_gone  (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name,
                                        guint          seconds);
void             km_test_ui_press      (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name);
void             km_test_ui_type       (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name,
                                        const char    *text);
char            *km_test_ui_get_text   (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name);
gboolean         km_test_ui_get_bounds (KmTestUi      *self,
                                        AtspiRole      role,
                                        const char    *name,
                                        AtspiRect     *bounds);
char            *km_test_ui_describe   (KmTestUi      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestUi, km_test_ui_free)

G_END_DECLS
