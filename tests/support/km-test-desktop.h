#pragma once

#include <gio/gio.h>

#include "km-test-process.h"

G_BEGIN_DECLS

typedef struct _KmTestDesktop KmTestDesktop;
typedef struct _KmTestScreen  KmTestScreen;

/**
 * KmTestPixels:
 * @data: BGRx rows, 4 bytes a pixel
 * @width: pixels a row
 * @height: rows
 * @stride: bytes a row
 *
 * What a screen shows at one moment.
 */
typedef struct
{
  guint8 *data;
  guint width;
  guint height;
  gsize stride;
} KmTestPixels;

KmTestDesktop *km_test_desktop_start           (const char         *artefacts);
void           km_test_desktop_stop            (KmTestDesktop      *self);
const char    *km_test_desktop_get_runtime_dir (KmTestDesktop      *self);
const char    *km_test_desktop_get_home        (KmTestDesktop      *self);
const char    *km_test_desktop_get_artefacts   (KmTestDesktop      *self);
void           km_test_desktop_set_variable    (KmTestDesktop      *self,
                                                const char         *name,
                                                const char         *value);

KmTestScreen  *km_test_desktop_add_screen      (KmTestDesktop      *self,
                                                guint               width,
                                                guint               height);
KmTestProcess *km_test_screen_start            (KmTestScreen       *self,
                                                const char * const *argv,
                                                const char         *log_name);
gboolean       km_test_screen_has_process      (KmTestScreen       *self,
                                                GPid                pid);
KmTestPixels  *km_test_screen_read             (KmTestScreen       *self,
                                                int                 x,
                                                int                 y,
                                                guint               width,
                                                guint               height);
gboolean       km_test_screen_wait_painted     (KmTestScreen       *self,
                                                guint               ms);
char          *km_test_screen_save             (KmTestScreen       *self,
                                                const char         *name);
void           km_test_screen_press_key        (KmTestScreen       *self,
                                                const char         *key);
void           km_test_screen_press_shift_key  (KmTestScreen       *self,
                                                const char         *key);
void           km_test_screen_click            (KmTestScreen       *self,
                                                int                 x,
                                                int                 y);
void           km_test_screen_move_pointer     (KmTestScreen       *self,
                                                int                 x,
                                                int                 y);
void           km_test_screen_fill             (KmTestScreen       *self);

void           km_test_pixels_free             (KmTestPixels       *pixels);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestDesktop, km_test_desktop_stop)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestPixels, km_test_pixels_free)

G_END_DECLS
