/* test-publish.c: a key that was replaced, a key that somebody else has
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The streamer's account is on a server, where the key can be changed or used
 * by another program behind the Studio's back.
 */

#include "km-test-app.h"
#include "km-test-pipewire.h"
#include "km-test-server.h"

#define SECONDS 40
#define DENIED \
  "The server doesn’t accept the stream key. It may have been renewed*"
#define TAKEN_OVER \
  "Another program went live with your stream key and took over.*"

static KmTestDesktop *desktop;

typedef struct
{
  KmTestServer *server;
  KmTestApp *app;
  KmTestUi *ui;
  char *token;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->server = km_test_server_new (NULL);
  self->token = km_test_server_sign_up (self->server, "anna");

  self->app = km_test_app_start (desktop, data, 1280, 800);
  self->ui = km_test_app_get_ui (self->app);
  km_test_app_add_server (self->app, km_test_server_get_http (self->server));
  km_test_app_sign_in (self->app, "anna");
  km_test_app_open_studio (self->app);
  km_test_app_wait (self->app, "Test Camera");
  km_test_app_wait (self->app, "Message");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_stop (self->app);
  km_test_server_free (self->server);
  g_free (self->token);
}

static void
roll_key (Fixture *self)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (
    self->server, "POST", "room/key", self->token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);
}

static void
assert_stopped (Fixture    *self,
                const char *words)
{
  km_test_app_wait (self->app, words);
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "LIVE *", SECONDS);
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_LABEL, words),
                    ==, 1);
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_INVALID,
                                      "RECONNECTING *"), ==, 0);
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_BUTTON,
                                      "Go Live Again"), ==, 1);
}

static void
go_live_again (Fixture *self)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Go Live Again");
  km_test_app_wait (self->app, "LIVE *");
}

static void
test_replaced_key (Fixture       *self,
                   gconstpointer  data)
{
  /* Before going live nobody needs to know: the new key is fetched. */
  roll_key (self);
  km_test_app_go_live (self->app);

  /* A stream that runs goes on, until it has to come anew. */
  roll_key (self);
  km_test_server_kill (self->server);
  km_test_app_wait (self->app, "RECONNECTING *");
  km_test_app_save_screen (self->app, "server-killed");
  km_test_server_start (self->server);
  assert_stopped (self, DENIED);
  km_test_app_save_screen (self->app, "replaced-key");
  km_test_app_say (self->app, "one moment");
  km_test_app_wait_message (self->app, "one moment");

  go_live_again (self);
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_LABEL, DENIED, SECONDS);
  km_test_app_save_screen (self->app, "live-again");
}

typedef struct
{
  KmTestApp *app;
  guint64 frame;
} Frame;

static gboolean
shows_camera (gpointer data)
{
  Frame *last = data;
  KmTestPicture picture;
  guint64 frame;

  if (!km_test_app_find_picture (last->app, &picture)
      || !km_test_app_read_barcode (last->app, &picture, 1, &frame)
      || frame <= last->frame)
    return FALSE;

  last->frame = frame;
  return TRUE;
}

static void
assert_camera_moves (KmTestApp *viewer)
{
  Frame last = { viewer, 0 };

  for (guint i = 0; i < 5; i++)
    g_assert_true (km_test_wait_until (shows_camera, &last, SECONDS));
}

/* The other program sends nothing but red. */
static gboolean
shows_red (gpointer data)
{
  KmTestApp *viewer = data;
  g_autoptr (KmTestPixels) pixels = NULL;
  KmTestPicture picture;
  const guint8 *pixel;

  if (!km_test_app_find_picture (viewer, &picture))
    return FALSE;
  pixels = km_test_screen_read (km_test_app_get_screen (viewer),
                                (int) (picture.x + 640 * picture.scale),
                                (int) (picture.y + 200 * picture.scale), 1, 1);
  if (pixels == NULL)
    return FALSE;
  pixel = pixels->data;
  return pixel[2] > 180 && pixel[1] < 80 && pixel[0] < 80;
}

static KmTestProcess *
start_other_program (Fixture    *self,
                     const char *key,
                     const char *log)
{
  g_autofree char *address = g_strdup_printf (
    "rtmp://%s/live/%s", km_test_server_get_rtmp (self->server), key);
  const char *argv[] = {
    "ffmpeg", "-v", "error", "-nostdin",
    "-re", "-f", "lavfi", "-i", "color=c=red:s=640x360:r=15",
    "-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "15",
    "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv", address, NULL
  };

  return km_test_process_start (argv, NULL, log);
}

static void
test_second_publisher (Fixture       *self,
                       gconstpointer  data)
{
  g_autofree char *key = km_test_server_get_key (self->server, self->token,
                                                 NULL);
  g_autofree char *log = g_build_filename (
    km_test_desktop_get_artefacts (desktop), "ffmpeg.log", NULL);
  KmTestProcess *other;
  KmTestApp *viewer;

  km_test_app_go_live (self->app);
  viewer = km_test_app_start (desktop, "viewer", 1280, 800);
  km_test_app_add_server (viewer, km_test_server_get_http (self->server));
  km_test_app_open_room (viewer, "*, live, *");
  assert_camera_moves (viewer);

  other = start_other_program (self, key, log);
  assert_stopped (self, TAKEN_OVER);
  km_test_app_save_screen (self->app, "taken-over");
  g_assert_true (km_test_wait_until (shows_red, viewer, SECONDS));
  km_test_app_save_screen (viewer, "sees-the-other");
  assert_stopped (self, TAKEN_OVER);

  go_live_again (self);
  assert_camera_moves (viewer);
  km_test_app_save_screen (viewer, "sees-the-studio-again");
  km_test_app_save_screen (self->app, "taken-back");
  g_assert_cmpint (km_test_process_wait (other, SECONDS), !=, 0);

  km_test_process_stop (other);
  km_test_app_stop (viewer);
}

#define ADD(name, function) \
  g_test_add ("/ui/publish/" name, Fixture, name, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  KmTestPipewire *pipewire;
  KmTestProcess *camera;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "publish",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  pipewire = km_test_pipewire_start (km_test_desktop_get_runtime_dir (desktop),
                                     artefacts);
  camera = km_test_pipewire_add_camera (pipewire, "kaimu-test-camera",
                                        "Test Camera");
  ADD ("replaced-key-is-denied", test_replaced_key);
  ADD ("second-publisher-takes-over", test_second_publisher);

  status = g_test_run ();
  km_test_process_stop (camera);
  km_test_pipewire_stop (pipewire);
  km_test_desktop_stop (desktop);
  return status;
}
