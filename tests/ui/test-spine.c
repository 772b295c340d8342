/* test-spine.c: from a camera to a comment, as two people live it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two real apps, each on a screen of its own, one real server, a camera and a
 * microphone that PipeWire can't tell from real ones. Every step leaves a
 * picture among the artefacts.
 */

#include "km-test-app.h"
#include "km-test-pipewire.h"

#include <signal.h>

#define GREETING "大家好 👋"
#define WHILE_DEAD "still here?"
#define AFTERWARDS "welcome back"

static void
assert_message_once (KmTestApp  *app,
                     const char *text)
{
  km_test_app_wait_message (app, text);
  g_assert_cmpuint (km_test_ui_count (km_test_app_get_ui (app),
                                      ATSPI_ROLE_LABEL, text), ==, 1);
}

static void
lose_the_server (KmTestApp *streamer,
                 KmTestApp *viewer)
{
  kill (km_test_app_find_server (streamer), SIGKILL);
  km_test_app_say (viewer, WHILE_DEAD);
  km_test_app_save_screen (viewer, "server-killed");
  km_test_app_save_screen (streamer, "server-killed");

  assert_message_once (viewer, WHILE_DEAD);
  assert_message_once (streamer, WHILE_DEAD);
  assert_message_once (viewer, GREETING);
  assert_message_once (streamer, GREETING);
  km_test_app_wait_moving (viewer, "Picture");

  km_test_app_say (streamer, AFTERWARDS);
  assert_message_once (viewer, AFTERWARDS);
  km_test_app_save_screen (viewer, "server-is-back");
  km_test_app_save_screen (streamer, "server-is-back");
}

static void
test_from_camera_to_comment (void)
{
  g_autofree char *artefacts = g_test_build_filename (G_TEST_BUILT,
                                                      "artefacts", "spine",
                                                      NULL);
  KmTestDesktop *desktop = km_test_desktop_start (artefacts);
  KmTestPipewire *pipewire;
  KmTestApp *streamer;
  KmTestApp *viewer;

  pipewire = km_test_pipewire_start (km_test_desktop_get_runtime_dir (desktop),
                                     artefacts);
  km_test_pipewire_add_camera (pipewire, "kaimu-test-camera", "Test Camera");
  km_test_pipewire_add_microphone (pipewire, "kaimu-test-microphone",
                                   "Test Microphone");

  streamer = km_test_app_start (desktop, NULL, 1280, 800);
  km_test_app_save_screen (streamer, "lobby");
  km_test_app_open_studio (streamer);
  km_test_app_save_screen (streamer, "studio");
  km_test_app_go_live (streamer);
  km_test_app_save_screen (streamer, "live");

  viewer = km_test_app_start (desktop, "viewer", 1280, 800);
  km_test_app_save_screen (viewer, "lobby");
  km_test_app_open_room (viewer, "*, live, *");
  km_test_app_wait_moving (viewer, "Picture");
  km_test_app_save_screen (viewer, "watching");
  km_test_app_create_account (viewer, "viewer", "小明");

  km_test_app_look_at (viewer, "Picture");
  km_test_app_look_at (streamer, "Audience stage");
  km_test_app_say (viewer, GREETING);
  km_test_app_wait_flying (viewer, GREETING);
  km_test_app_save_screen (viewer, "comment");
  km_test_app_wait_flying (streamer, GREETING);
  km_test_app_save_screen (streamer, "comment");
  assert_message_once (viewer, GREETING);
  assert_message_once (streamer, GREETING);

  lose_the_server (streamer, viewer);

  km_test_app_end_stream (streamer);
  km_test_app_save_screen (streamer, "ended");
  km_test_app_wait (viewer, "The Stream Has Ended");
  km_test_app_save_screen (viewer, "ended");

  km_test_app_stop (viewer);
  km_test_app_stop (streamer);
  km_test_pipewire_stop (pipewire);
  km_test_desktop_stop (desktop);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/spine/from-camera-to-comment",
                   test_from_camera_to_comment);
  return g_test_run ();
}
