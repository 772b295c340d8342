/* test-spine.c: from a camera to a comment, as two people live it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two real apps, each on a screen of its own, one real server, a camera and a
 * microphone that PipeWire can't tell from real ones; and once more where
 * there is no device at all, which `build-aux/dev flatpak` asks of the
 * installed program, too. Every step leaves a picture among the artefacts.
 */

#include "km-test-app.h"
#include "km-test-pipewire.h"

#include <signal.h>
#include <string.h>

#define GREETING "大家好 👋"
#define WHILE_DEAD "still here?"
#define AFTERWARDS "welcome back"

#define WORK_SECONDS 40

typedef struct
{
  KmTestApp *app;
  KmTestPixels *pixels;
} Clock;

/* Where the test picture tells the time, in its own pixels. */
#define CLOCK_X 340
#define CLOCK_Y 280
#define CLOCK_WIDTH 600
#define CLOCK_HEIGHT 160

static gboolean
shows_another_time (gpointer data)
{
  Clock *last = data;
  g_autoptr (KmTestPixels) pixels = NULL;
  KmTestPicture picture;

  if (!km_test_app_find_picture (last->app, &picture))
    return FALSE;

  pixels = km_test_screen_read (km_test_app_get_screen (last->app),
                                (int) (picture.x + CLOCK_X * picture.scale),
                                (int) (picture.y + CLOCK_Y * picture.scale),
                                (guint) (CLOCK_WIDTH * picture.scale),
                                (guint) (CLOCK_HEIGHT * picture.scale));
  if (pixels == NULL || (last->pixels != NULL &&
                         memcmp (pixels->data, last->pixels->data,
                                 pixels->stride * pixels->height) == 0))
    return FALSE;

  g_clear_pointer (&last->pixels, km_test_pixels_free);
  last->pixels = g_steal_pointer (&pixels);
  return TRUE;
}

/* The first look is at something else than nothing, the others at a picture
 * that has changed since. */
static void
assert_running_clock (KmTestApp *app)
{
  Clock last = { app, NULL };

  for (guint i = 0; i < 4; i++)
    {
      if (!km_test_wait_until (shows_another_time, &last, WORK_SECONDS))
        {
          km_test_app_save_screen (app, "no-running-clock");
          g_error ("the test picture stands still after %u looks", i);
        }
    }
  km_test_pixels_free (last.pixels);
}

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

static KmTestApp *
go_live (KmTestDesktop *desktop)
{
  KmTestApp *streamer = km_test_app_start (desktop, NULL, 1280, 800);

  km_test_app_save_screen (streamer, "lobby");
  km_test_app_open_studio (streamer);
  km_test_app_save_screen (streamer, "studio");
  km_test_app_go_live (streamer);
  km_test_app_save_screen (streamer, "live");

  return streamer;
}

static KmTestApp *
open_room (KmTestDesktop *desktop)
{
  KmTestApp *viewer = km_test_app_start (desktop, "viewer", 1280, 800);

  km_test_app_save_screen (viewer, "lobby");
  km_test_app_open_room (viewer, "*, live, *");

  return viewer;
}

static void
comment (KmTestApp *streamer,
         KmTestApp *viewer)
{
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
}

static void
end (KmTestApp *streamer,
     KmTestApp *viewer)
{
  km_test_app_end_stream (streamer);
  km_test_app_save_screen (streamer, "ended");
  km_test_app_wait (viewer, "The Stream Has Ended");
  km_test_app_save_screen (viewer, "ended");

  km_test_app_stop (viewer);
  km_test_app_stop (streamer);
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

  streamer = go_live (desktop);
  viewer = open_room (desktop);
  km_test_app_wait_moving (viewer, "Picture");
  km_test_app_save_screen (viewer, "watching");
  comment (streamer, viewer);

  lose_the_server (streamer, viewer);

  end (streamer, viewer);
  km_test_pipewire_stop (pipewire);
  km_test_desktop_stop (desktop);
}

static void
test_from_test_picture_to_comment (void)
{
  g_autofree char *artefacts = g_test_build_filename (G_TEST_BUILT,
                                                      "artefacts",
                                                      "spine-no-devices",
                                                      NULL);
  KmTestDesktop *desktop = km_test_desktop_start (artefacts);
  KmTestApp *streamer;
  KmTestApp *viewer;

  streamer = go_live (desktop);
  viewer = open_room (desktop);
  assert_running_clock (viewer);
  km_test_app_save_screen (viewer, "watching");
  comment (streamer, viewer);

  end (streamer, viewer);
  km_test_desktop_stop (desktop);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/spine/from-camera-to-comment",
                   test_from_camera_to_comment);
  g_test_add_func ("/ui/spine/from-test-picture-to-comment",
                   test_from_test_picture_to_comment);
  return g_test_run ();
}
