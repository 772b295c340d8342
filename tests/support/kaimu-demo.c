/* kaimu-demo.c: Kaimu's main job, done where there is no display
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `build-aux/dev run` does on a server: goes live with the test picture
 * on a virtual screen, watches from a second window, comments, and says where
 * the pictures of it are. It uses the app as the ui tests do.
 *
 * Usage: kaimu-demo DIRECTORY
 */

#include "km-test-app.h"

#include <locale.h>

static void
say (const char *words)
{
  g_print ("%s\n", words);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *address = NULL;
  KmTestDesktop *desktop;
  KmTestApp *streamer;
  KmTestApp *viewer;

  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      g_printerr ("Usage: kaimu-demo DIRECTORY\n");
      return 2;
    }

  desktop = km_test_desktop_start (argv[1]);

  say ("Opening Kaimu on a virtual screen …");
  streamer = km_test_app_start (desktop, NULL, 1280, 800);
  km_test_app_save_screen (streamer, "lobby");

  say ("Going live with the test picture …");
  km_test_app_open_studio (streamer);
  km_test_app_go_live (streamer);
  address = km_test_app_get_address (streamer);

  say ("Watching from a second window …");
  viewer = km_test_app_start (desktop, "viewer", 1280, 800);
  km_test_app_save_screen (viewer, "lobby");
  km_test_app_open_room (viewer, "*, live, *");
  km_test_app_create_account (viewer, "viewer", "小明");

  say ("Sending a comment …");
  km_test_app_look_at (viewer, "Picture");
  km_test_app_say (viewer, "大家好 👋");
  km_test_app_wait_flying (viewer, "大家好 👋");
  km_test_app_save_screen (viewer, "watching");
  km_test_app_save_screen (streamer, "live");
  km_test_app_wait_message (viewer, "大家好 👋");
  km_test_app_wait_message (streamer, "大家好 👋");

  g_print ("It works. While it ran, the stream was at %s\n"
           "Pictures of the windows are in %s\n", address, argv[1]);

  km_test_app_stop (viewer);
  km_test_app_end_stream (streamer);
  km_test_app_stop (streamer);
  km_test_desktop_stop (desktop);
  return 0;
}
