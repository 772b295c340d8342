/* km-bench-show.c: a streamer who is live and a viewer, for benches
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The same apps, camera and server as in the ui tests.
 */

#include "km-bench-show.h"

/**
 * km_bench_show_open:
 * @show: filled in
 *
 * Starts a desktop with camera and microphone, and goes live from them.
 */
void
km_bench_show_open (KmBenchShow *show)
{
  show->directory = km_test_directory_new ("bench");
  show->desktop = km_test_desktop_start (show->directory);
  show->pipewire = km_test_pipewire_start (
      km_test_desktop_get_runtime_dir (show->desktop), show->directory);
  km_test_pipewire_add_camera (show->pipewire, "kaimu-test-camera",
                               "Test Camera");
  km_test_pipewire_add_microphone (show->pipewire, "kaimu-test-microphone",
                                   "Test Microphone");
  show->streamer = km_test_app_start (show->desktop, NULL, 1280, 800);
  show->viewer = NULL;
  km_test_app_open_studio (show->streamer);
  km_test_app_go_live (show->streamer);
}

/**
 * km_bench_show_watch:
 * @show: a show
 *
 * Opens the room in a second app, as a guest.
 */
void
km_bench_show_watch (KmBenchShow *show)
{
  show->viewer = km_test_app_start (show->desktop, "viewer", 1280, 800);
  km_test_app_open_room (show->viewer, "*, live, *");
}

/**
 * km_bench_show_close:
 * @show: a show
 */
void
km_bench_show_close (KmBenchShow *show)
{
  g_clear_pointer (&show->viewer, km_test_app_stop);
  g_clear_pointer (&show->streamer, km_test_app_stop);
  g_clear_pointer (&show->pipewire, km_test_pipewire_stop);
  g_clear_pointer (&show->desktop, km_test_desktop_stop);
  km_test_directory_remove (show->directory);
  g_clear_pointer (&show->directory, g_free);
}
