#pragma once

#include "km-test-ui.h"

G_BEGIN_DECLS

typedef struct _KmTestApp KmTestApp;

/**
 * KmTestPicture:
 * @x: left edge of the picture on the screen
 * @y: upper edge
 * @scale: pixels of the screen for one of the picture
 *
 * Where an app shows the test camera's 1280×720 picture.
 */
typedef struct
{
  double x;
  double y;
  double scale;
} KmTestPicture;

#define KM_TEST_APP_PASSWORD "correct horse battery"

KmTestApp     *km_test_app_start           (KmTestDesktop *desktop,
                                            const char    *profile,
                                            guint          width,
                                            guint          height);
KmTestApp     *km_test_app_start_link      (KmTestDesktop *desktop,
                                            const char    *profile,
                                            const char    *link,
                                            guint          width,
                                            guint          height);
KmTestApp     *km_test_app_start_in_sandbox (KmTestDesktop *desktop,
                                            guint          width,
                                            guint          height);
void           km_test_app_stop            (KmTestApp     *self);
void           km_test_app_kill            (KmTestApp     *self);
KmTestUi      *km_test_app_get_ui          (KmTestApp     *self);
KmTestScreen  *km_test_app_get_screen      (KmTestApp     *self);
KmTestProcess *km_test_app_get_process     (KmTestApp     *self);
void           km_test_app_save_screen     (KmTestApp     *self,
                                            const char    *name);

GPid           km_test_app_find_server     (KmTestApp     *self);

void           km_test_app_create_account  (KmTestApp     *self,
                                            const char    *name,
                                            const char    *shown_name);
void           km_test_app_add_server      (KmTestApp     *self,
                                            const char    *address);
void           km_test_app_open_sign_in    (KmTestApp     *self);
void           km_test_app_sign_in         (KmTestApp     *self,
                                            const char    *name);
void           km_test_app_open_studio     (KmTestApp     *self);
void           km_test_app_go_live         (KmTestApp     *self);
void           km_test_app_end_stream      (KmTestApp     *self);
char          *km_test_app_get_address     (KmTestApp     *self);
void           km_test_app_open_room       (KmTestApp     *self,
                                            const char    *card);
void           km_test_app_say             (KmTestApp     *self,
                                            const char    *text);
void           km_test_app_wait            (KmTestApp     *self,
                                            const char    *name);
void           km_test_app_wait_message    (KmTestApp     *self,
                                            const char    *text);
void           km_test_app_look_at         (KmTestApp     *self,
                                            const char    *place);
void           km_test_app_wait_flying     (KmTestApp     *self,
                                            const char    *text);
gboolean       km_test_app_find_picture    (KmTestApp     *self,
                                            KmTestPicture *picture);
gboolean       km_test_app_read_barcode    (KmTestApp           *self,
                                            const KmTestPicture *picture,
                                            guint                line,
                                            guint64             *value);
void           km_test_app_wait_moving     (KmTestApp     *self,
                                            const char    *place);
gboolean       km_test_app_shows_camera    (KmTestApp     *self,
                                            const char    *place);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmTestApp, km_test_app_stop)

G_END_DECLS
