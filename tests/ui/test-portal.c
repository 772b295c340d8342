/* test-portal.c: camera and microphone in a sandbox
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Studio that sees no PipeWire: cameras come by the descriptor that the
 * desktop's portal hands over, microphones through PulseAudio's socket. A
 * person may allow the camera, refuse it, or not answer at all.
 */

#include "km-test-app.h"
#include "km-test-pipewire.h"

#include <signal.h>

#define SECONDS 40
#define CAMERA "kaimu-test-camera", "Test Camera"
#define MICROPHONE "kaimu-test-microphone", "Test Microphone"
#define MICROPHONE_GONE "*The microphone “Test Microphone” gives no sound*"
#define LOUDNESS "−20 dB"
#define REFUSED "Kaimu may not use the camera.*"
#define ASKING "The system asks you whether Kaimu may use the camera.*"

static KmTestDesktop *desktop;
static KmTestPipewire *pipewire;
static KmTestProcess *microphone;

typedef struct
{
  KmTestProcess *portal;
  KmTestApp *app;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  answer)
{
  self->portal = km_test_pipewire_add_portal (pipewire, answer);
  self->app = km_test_app_start_in_sandbox (desktop, 1280, 800);
}

static void
tear_down (Fixture       *self,
           gconstpointer  answer)
{
  km_test_app_stop (self->app);
  km_test_process_stop (self->portal);
}

static void
assert_told (Fixture    *self,
             const char *word)
{
  g_autofree char *line = km_test_process_read_line (self->portal, SECONDS);

  g_assert_cmpstr (line, ==, word);
}

/* PulseAudio would go on with another one without a word. */
static void
lose_microphone (Fixture *self)
{
  g_autoptr (KmTestProcess) other =
    km_test_pipewire_add_microphone (pipewire, "kaimu-other", "Other");

  km_test_process_stop (microphone);
  km_test_app_wait (self->app, MICROPHONE_GONE);
  km_test_ui_wait_gone (km_test_app_get_ui (self->app), ATSPI_ROLE_LABEL,
                        LOUDNESS, SECONDS);
  km_test_app_save_screen (self->app, "microphone-unplugged");

  microphone = km_test_pipewire_add_microphone (pipewire, MICROPHONE);
  km_test_ui_wait_gone (km_test_app_get_ui (self->app), ATSPI_ROLE_INVALID,
                        MICROPHONE_GONE, SECONDS);
  km_test_app_wait (self->app, LOUDNESS);
}

static void
test_granted (Fixture       *self,
              gconstpointer  answer)
{
  km_test_app_open_studio (self->app);
  assert_told (self, "asked");
  km_test_app_wait (self->app, "Test Camera");
  km_test_app_wait_moving (self->app, "Preview");
  km_test_app_wait (self->app, "Test Microphone");
  km_test_app_wait (self->app, LOUDNESS);
  km_test_app_save_screen (self->app, "preview");

  km_test_app_go_live (self->app);
  km_test_app_wait_moving (self->app, "Preview");
  km_test_app_wait (self->app, LOUDNESS);
  km_test_app_save_screen (self->app, "live");
  lose_microphone (self);
  km_test_app_end_stream (self->app);
}

static void
test_denied (Fixture       *self,
             gconstpointer  answer)
{
  KmTestUi *ui = km_test_app_get_ui (self->app);

  km_test_app_open_studio (self->app);
  assert_told (self, "asked");
  km_test_app_wait (self->app, REFUSED);
  km_test_app_wait (self->app, "Test Picture");
  km_test_app_wait (self->app, LOUDNESS);
  km_test_app_save_screen (self->app, "refused");

  km_test_app_go_live (self->app);
  g_assert_cmpuint (km_test_ui_count (ui, ATSPI_ROLE_INVALID, "Test Camera"),
                    ==, 0);
  g_assert_false (km_test_app_shows_camera (self->app, "Preview"));
  km_test_app_save_screen (self->app, "live-with-the-test-picture");

  /* Still refused; then the person allows it in the system's settings. */
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Try Again");
  assert_told (self, "asked");
  km_test_app_wait (self->app, REFUSED);
  km_test_process_signal (self->portal, SIGUSR1);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Try Again");
  assert_told (self, "asked");
  km_test_app_wait (self->app, "Test Camera");
  km_test_app_wait_moving (self->app, "Preview");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, REFUSED, SECONDS);
  km_test_app_save_screen (self->app, "allowed-later");
}

static void
test_silent (Fixture       *self,
             gconstpointer  answer)
{
  KmTestUi *ui = km_test_app_get_ui (self->app);

  km_test_app_open_studio (self->app);
  assert_told (self, "asked");
  km_test_app_wait (self->app, ASKING);
  km_test_app_wait (self->app, LOUDNESS);
  km_test_app_save_screen (self->app, "not-answered");
  km_test_app_go_live (self->app);
  km_test_app_save_screen (self->app, "live-without-an-answer");

  km_test_process_signal (self->portal, SIGUSR1);
  km_test_app_wait (self->app, "Test Camera");
  km_test_app_wait_moving (self->app, "Preview");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, ASKING, SECONDS);
  km_test_app_save_screen (self->app, "answered-while-live");
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  KmTestProcess *pulse;
  KmTestProcess *camera;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "portal", NULL);
  desktop = km_test_desktop_start (artefacts);
  pipewire = km_test_pipewire_start (km_test_desktop_get_runtime_dir (desktop),
                                     artefacts);
  pulse = km_test_pipewire_add_pulse (pipewire);
  camera = km_test_pipewire_add_camera (pipewire, CAMERA);
  microphone = km_test_pipewire_add_microphone (pipewire, MICROPHONE);

  g_test_add ("/ui/portal/granted-shows-and-hears", Fixture, "granted", set_up,
              test_granted, tear_down);
  g_test_add ("/ui/portal/denied-goes-live-and-may-be-allowed", Fixture, "denied",
              set_up, test_denied, tear_down);
  g_test_add ("/ui/portal/no-answer-holds-up-nothing", Fixture, "silent",
              set_up, test_silent, tear_down);
  status = g_test_run ();

  km_test_process_stop (microphone);
  km_test_process_stop (camera);
  km_test_process_stop (pulse);
  km_test_pipewire_stop (pipewire);
  km_test_desktop_stop (desktop);
  return status;
}
