/* test-chain.c: from a camera through a real server to a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A camera and a microphone of a private PipeWire, KmBroadcast, kaimu-server
 * and KmPlayer; frames are known by their barcodes.
 */

#include "km-broadcast.h"
#include "km-media.h"
#include "km-player.h"
#include "km-test-pipewire.h"
#include "km-test-server.h"
#include "km-test-tls.h"
#include "km-test-viewer.h"

#define SECONDS 60

typedef struct
{
  KmTestProcess *camera;
  KmTestProcess *microphone;
  KmTestServer *server;
  KmDevices *devices;
  KmBroadcast *broadcast;
  KmUplink *uplink;
  KmPlayer *player;
  KmTestViewer *viewer;
  char *token;
  char *publish;
  char *play;
  guint wanted;
  KmPlayer *second;
  KmPlayerState player_state;
  KmUplinkState uplink_state;
} Fixture;

static KmTestPipewire *pipewire;

static gboolean
devices_are_there (gpointer data)
{
  KmDevices *devices = data;

  return g_list_model_get_n_items (km_devices_get_cameras (devices)) == 1 &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) == 1;
}

static gboolean
devices_are_gone (gpointer data)
{
  KmDevices *devices = data;

  return g_list_model_get_n_items (km_devices_get_cameras (devices)) == 0 &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) == 0;
}

static void
start_server (Fixture *self)
{
  g_autofree char *http =
    g_strdup_printf ("--http=127.0.0.1:%u", km_test_viewer_find_port ());
  g_autofree char *rtmp =
    g_strdup_printf ("--rtmp=127.0.0.1:%u", km_test_viewer_find_port ());
  const char *arguments[] = { http, rtmp, "--registration=open", NULL };
  g_autofree char *room = NULL;
  g_autofree char *key = NULL;
  g_autofree char *streams = NULL;
  g_autofree char *web = NULL;

  self->server = km_test_server_new (arguments);
  self->token = km_test_server_sign_up (self->server, "host");
  key = km_test_server_get_key (self->server, self->token, &room);
  streams = km_test_server_get_streams (self->server);
  web = km_test_server_get_web (self->server);
  self->publish = g_strdup_printf ("%s/live/%s?publish=abc", streams, key);
  self->play = g_strdup_printf ("%s/live/%s.flv", web, room);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (KmDevice) camera = NULL;
  g_autoptr (KmDevice) microphone = NULL;

  start_server (self);
  self->camera = km_test_pipewire_add_camera (pipewire, "cam", "Camera");
  self->microphone = km_test_pipewire_add_microphone (pipewire, "mic", "Mic");
  self->devices = km_devices_get_default ();
  km_devices_start (self->devices);
  g_assert_true (km_test_wait_until (devices_are_there, self->devices,
                                     SECONDS));

  self->broadcast = km_broadcast_new (NULL);
  self->uplink = km_broadcast_get_uplink (self->broadcast);
  camera = km_devices_find (self->devices, KM_DEVICE_CAMERA, "cam");
  microphone = km_devices_find (self->devices, KM_DEVICE_MICROPHONE, "mic");
  km_broadcast_set_camera (self->broadcast, camera);
  km_broadcast_set_microphone (self->broadcast, microphone);
  g_assert_nonnull (km_broadcast_get_paintable (self->broadcast));

  self->player = km_player_new ();
  self->viewer = km_test_viewer_new (km_player_get_paintable (self->player));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_viewer_free (self->viewer);
  g_object_unref (self->player);
  g_object_unref (self->broadcast);
  g_clear_pointer (&self->camera, km_test_process_stop);
  g_clear_pointer (&self->microphone, km_test_process_stop);
  g_assert_true (km_test_wait_until (devices_are_gone, self->devices,
                                     SECONDS));
  km_test_server_free (self->server);
  g_free (self->token);
  g_free (self->publish);
  g_free (self->play);
}

static gboolean
is_as_expected (gpointer data)
{
  Fixture *self = data;

  return km_player_get_state (self->player) == self->player_state &&
         km_uplink_get_state (self->uplink) == self->uplink_state;
}

static void
expect (Fixture       *self,
        KmUplinkState  uplink_state,
        KmPlayerState  player_state)
{
  self->uplink_state = uplink_state;
  self->player_state = player_state;
  if (!km_test_wait_until (is_as_expected, self, SECONDS))
    g_error ("uplink %d instead of %d, player %d instead of %d",
             km_uplink_get_state (self->uplink), uplink_state,
             km_player_get_state (self->player), player_state);
}

static gboolean
uplink_is_live (gpointer data)
{
  Fixture *self = data;

  return km_uplink_get_state (self->uplink) == KM_UPLINK_LIVE;
}

static gboolean
enough_was_read (gpointer data)
{
  Fixture *self = data;

  return km_test_viewer_get_read (self->viewer) >= self->wanted;
}

static void
expect_frames (Fixture *self,
               guint    frames)
{
  self->wanted = km_test_viewer_get_read (self->viewer) + frames;
  if (!km_test_wait_until (enough_was_read, self, SECONDS))
    g_error ("%u frames instead of %u",
             km_test_viewer_get_read (self->viewer), self->wanted);
}

static void
go_live (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  km_broadcast_go_live (self->broadcast, self->publish, &error);
  g_assert_no_error (error);
}

static void
test_camera_to_picture (Fixture       *self,
                        gconstpointer  data)
{
  gint64 position_ms;

  km_player_play (self->player, self->play);
  expect (self, KM_UPLINK_IDLE, KM_PLAYER_OFFLINE);

  /* Its own next try may come before the word that there is a stream. */
  go_live (self);
  g_assert_true (km_test_wait_until (uplink_is_live, self, SECONDS));
  km_player_stream_started (self->player);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);

  expect_frames (self, 30);
  position_ms = km_player_get_position_ms (self->player);
  km_test_viewer_forget_delays (self->viewer);
  expect_frames (self, 90);
  g_assert_cmpuint (km_test_viewer_get_jumps (self->viewer), ==, 0);
  g_assert_cmpint (km_player_get_position_ms (self->player), >, position_ms);
  g_test_message ("painted to shown: p50 %.1f ms, p95 %.1f ms",
                  km_test_viewer_get_delay_ms (self->viewer, 50),
                  km_test_viewer_get_delay_ms (self->viewer, 95));
}

static void
test_server_killed (Fixture       *self,
                    gconstpointer  data)
{
  go_live (self);
  km_player_play (self->player, self->play);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);
  expect_frames (self, 10);

  km_test_server_kill (self->server);
  expect (self, KM_UPLINK_RECONNECTING, KM_PLAYER_ERROR_STATE);
  km_test_server_start (self->server);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);
  expect_frames (self, 10);
}

/* Each has to find its own line through what arrived. */
static gboolean
are_together (gpointer data)
{
  Fixture *self = data;

  return ABS (km_player_get_position_ms (self->player) -
              km_player_get_position_ms (self->second)) < 500;
}

static void
test_second_viewer_joins (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (KmPlayer) second = km_player_new ();
  KmTestViewer *first = self->viewer;
  g_autoptr (KmTestViewer) viewer =
    km_test_viewer_new (km_player_get_paintable (second));

  go_live (self);
  km_player_play (self->player, self->play);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);
  /* In the middle between two key frames: what it gets first is old. */
  expect_frames (self, 45);

  km_player_play (second, self->play);
  self->viewer = viewer;
  expect_frames (self, 30);
  km_test_viewer_forget_delays (viewer);
  km_test_viewer_forget_delays (first);
  expect_frames (self, 60);
  self->viewer = first;

  g_test_message ("painted to shown: p50 %.1f ms and, joined later, %.1f ms",
                  km_test_viewer_get_delay_ms (first, 50),
                  km_test_viewer_get_delay_ms (viewer, 50));
  self->second = second;
  g_assert_true (km_test_wait_until (are_together, self, SECONDS));
}

static void
test_publisher_leaves (Fixture       *self,
                       gconstpointer  data)
{
  go_live (self);
  km_player_play (self->player, self->play);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);
  expect_frames (self, 10);

  km_broadcast_stop (self->broadcast);
  expect (self, KM_UPLINK_IDLE, KM_PLAYER_WAITING);
  go_live (self);
  expect (self, KM_UPLINK_LIVE, KM_PLAYER_PLAYING);
  expect_frames (self, 10);
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/playback/chain/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (KmTestProcess) xvfb = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  km_test_tls_trust ();
  pipewire = km_test_pipewire_start (NULL, NULL);
  xvfb = km_test_viewer_start_display ();
  km_media_init (&error);
  g_assert_no_error (error);

  add ("camera-to-picture", test_camera_to_picture);
  add ("server-killed", test_server_killed);
  add ("second-viewer-joins", test_second_viewer_joins);
  add ("publisher-leaves", test_publisher_leaves);

  status = g_test_run ();
  gdk_display_close (gdk_display_get_default ());
  km_test_pipewire_stop (pipewire);
  return status;
}
