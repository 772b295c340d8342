/* test-devices.c: no camera, no microphone, no encoder
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Studio on a machine where something is missing, comes later, or goes away
 * in the middle of the stream. It stays live and says what is being sent.
 */

#include "km-test-app.h"
#include "km-test-pipewire.h"

#include <glib/gstdio.h>
#include <gst/gst.h>

#define SECONDS 40
#define NO_CAMERA "*No camera was found. The test picture stands in.*"
#define CAMERA_GONE "*The camera “Test Camera” gives no picture any more.*"
#define MICROPHONE_GONE "*The microphone “Test Microphone” gives no sound*"
#define NO_MICROPHONE "*No microphone was found. Silence stands in.*"

static KmTestDesktop *desktop;

static void
wait_gone (KmTestApp  *app,
           const char *name)
{
  km_test_ui_wait_gone (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name,
                        SECONDS);
}

static void
assert_still_live (KmTestApp *app)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  km_test_app_wait (app, "LIVE *");
  g_object_unref (km_test_ui_wait (ui, ATSPI_ROLE_BUTTON, "End", SECONDS));
  g_assert_cmpuint (km_test_ui_count (ui, ATSPI_ROLE_INVALID, "RECONNECTING *"),
                    ==, 0);
}

static void
test_plugged_in_and_out (void)
{
  KmTestPipewire *pipewire = km_test_pipewire_start (
    km_test_desktop_get_runtime_dir (desktop),
    km_test_desktop_get_artefacts (desktop));
  KmTestApp *app = km_test_app_start (desktop, NULL, 1280, 800);
  KmTestProcess *camera;
  KmTestProcess *microphone;

  km_test_app_open_studio (app);
  km_test_app_wait (app, "Test Picture");
  km_test_app_wait (app, "Silence");
  km_test_app_wait (app, NO_CAMERA);
  km_test_app_wait (app, NO_MICROPHONE);
  km_test_app_save_screen (app, "nothing");
  km_test_app_go_live (app);
  km_test_app_save_screen (app, "live-with-nothing");

  camera = km_test_pipewire_add_camera (pipewire, "kaimu-test-camera",
                                        "Test Camera");
  microphone = km_test_pipewire_add_microphone (
    pipewire, "kaimu-test-microphone", "Test Microphone");
  km_test_app_wait (app, "Test Camera");
  km_test_app_wait (app, "Test Microphone");
  wait_gone (app, NO_CAMERA);
  wait_gone (app, NO_MICROPHONE);
  assert_still_live (app);
  km_test_app_save_screen (app, "plugged-in");

  km_test_process_stop (camera);
  km_test_app_wait (app, CAMERA_GONE);
  assert_still_live (app);
  km_test_app_save_screen (app, "camera-unplugged");
  camera = km_test_pipewire_add_camera (pipewire, "kaimu-test-camera",
                                        "Test Camera");
  wait_gone (app, CAMERA_GONE);

  km_test_process_stop (microphone);
  km_test_app_wait (app, MICROPHONE_GONE);
  assert_still_live (app);
  km_test_app_save_screen (app, "microphone-unplugged");
  microphone = km_test_pipewire_add_microphone (
    pipewire, "kaimu-test-microphone", "Test Microphone");
  wait_gone (app, MICROPHONE_GONE);
  assert_still_live (app);
  km_test_app_save_screen (app, "both-back");

  km_test_app_end_stream (app);
  km_test_app_stop (app);
  km_test_process_stop (camera);
  km_test_process_stop (microphone);
  km_test_pipewire_stop (pipewire);
}

/* With another one plugged in, which might show what nobody meant to. */
static void
test_another_is_asked_for (void)
{
  KmTestPipewire *pipewire = km_test_pipewire_start (
    km_test_desktop_get_runtime_dir (desktop),
    km_test_desktop_get_artefacts (desktop));
  KmTestProcess *camera = km_test_pipewire_add_camera (
    pipewire, "kaimu-test-camera", "Test Camera");
  KmTestApp *app = km_test_app_start (desktop, NULL, 1280, 800);
  KmTestScreen *screen = km_test_app_get_screen (app);
  KmTestProcess *other;

  km_test_app_open_studio (app);
  km_test_app_wait (app, "Test Camera");
  km_test_app_wait_moving (app, "Preview");
  other = km_test_pipewire_add_camera (pipewire, "kaimu-other-camera",
                                       "Other Camera");

  km_test_process_stop (camera);
  km_test_app_wait (app, CAMERA_GONE);
  km_test_app_wait (app, "Test Camera (Unplugged)");
  g_assert_false (km_test_app_shows_camera (app, "Preview"));
  km_test_app_save_screen (app, "unplugged-beside-another");

  camera = km_test_pipewire_add_camera (pipewire, "kaimu-test-camera",
                                        "Test Camera");
  wait_gone (app, CAMERA_GONE);
  km_test_app_wait (app, "Test Camera");
  km_test_app_wait_moving (app, "Preview");

  km_test_process_stop (camera);
  km_test_app_wait (app, CAMERA_GONE);
  g_assert_false (km_test_app_shows_camera (app, "Preview"));
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_BUTTON,
                    "Choose Another Camera");
  km_test_ui_wait (km_test_app_get_ui (app), ATSPI_ROLE_LIST_ITEM,
                   "Other Camera", SECONDS);
  km_test_app_save_screen (app, "choosing-another");
  km_test_screen_press_key (screen, "Down");
  km_test_screen_press_key (screen, "Return");
  wait_gone (app, CAMERA_GONE);
  km_test_app_wait_moving (app, "Preview");
  km_test_app_save_screen (app, "another-was-chosen");
  g_assert_cmpuint (km_test_ui_count (km_test_app_get_ui (app),
                                      ATSPI_ROLE_INVALID,
                                      "Test Camera (Unplugged)"), ==, 0);

  km_test_app_stop (app);
  km_test_process_stop (other);
  km_test_pipewire_stop (pipewire);
}

static gboolean
encodes_video (GstPlugin *plugin)
{
  static const char *const names[] = { "x264", "openh264", "va", "nvcodec",
                                       NULL };

  return g_strv_contains (names, gst_plugin_get_name (plugin));
}

/* As if the packages with the encoders had never been installed. */
static void
install_all_but_encoders (void)
{
  g_autofree char *directory = g_build_filename (
    km_test_desktop_get_home (desktop), "plugins", NULL);
  GList *plugins = gst_registry_get_plugin_list (gst_registry_get ());

  g_assert_no_errno (g_mkdir (directory, 0700));
  for (GList *l = plugins; l != NULL; l = l->next)
    {
      const char *file = gst_plugin_get_filename (l->data);
      g_autofree char *name = NULL;
      g_autofree char *link = NULL;

      if (file == NULL || encodes_video (l->data))
        continue;
      name = g_path_get_basename (file);
      link = g_build_filename (directory, name, NULL);
      g_assert_no_errno (symlink (file, link));
    }
  gst_plugin_list_free (plugins);
  km_test_desktop_set_variable (desktop, "GST_PLUGIN_SYSTEM_PATH_1_0",
                                directory);
}

static void
test_no_encoder (void)
{
  const char *words = "Nothing on this computer encodes H.264 video.*";
  KmTestApp *app;
  KmTestUi *ui;

  gst_init (NULL, NULL);
  install_all_but_encoders ();
  app = km_test_app_start (desktop, NULL, 1280, 800);
  ui = km_test_app_get_ui (app);

  km_test_app_open_studio (app);
  km_test_app_wait (app, "Message");
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Go Live");
  km_test_app_wait (app, words);
  km_test_app_save_screen (app, "no-encoder");
  g_assert_cmpuint (km_test_ui_count (ui, ATSPI_ROLE_LABEL, words), ==, 1);
  g_assert_cmpuint (km_test_ui_count (ui, ATSPI_ROLE_INVALID, "LIVE *"), ==, 0);

  km_test_app_say (app, "still here");
  km_test_app_wait_message (app, "still here");

  km_test_app_stop (app);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "devices",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_func ("/ui/devices/plugged-in-and-out", test_plugged_in_and_out);
  g_test_add_func ("/ui/devices/another-camera-is-asked-for",
                   test_another_is_asked_for);
  g_test_add_func ("/ui/devices/no-encoder-is-told", test_no_encoder);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
