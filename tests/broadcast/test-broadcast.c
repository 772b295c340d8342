/* test-broadcast.c: what a camera sees is sent, whatever goes wrong meanwhile
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A camera and a microphone of a private PipeWire, and ffmpeg as the server.
 */

#include <gst/gst.h>
#include <signal.h>

#include "km-broadcast.h"
#include "km-media.h"
#include "km-test-pipewire.h"
#include "km-test-sink.h"

#define SECONDS 60
#define BUSY_US (500 * 1000) /* many frames of sound */

typedef struct
{
  KmTestProcess *camera;
  KmTestProcess *microphone;
  KmDevices *devices;
  KmBroadcast *broadcast;
  KmUplink *uplink;
  KmTestSink *sink;
  guint16 port;
  char *address;
  guint wanted;
  KmUplinkState state;
} Fixture;

static KmTestPipewire *pipewire;

static gboolean
devices_are_there (gpointer data)
{
  Fixture *self = data;
  KmDevices *devices = self->devices;

  return g_list_model_get_n_items (km_devices_get_cameras (devices)) == 1 &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) == 1;
}

static gboolean
devices_are_gone (gpointer data)
{
  Fixture *self = data;
  KmDevices *devices = self->devices;

  return g_list_model_get_n_items (km_devices_get_cameras (devices)) == 0 &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) == 0;
}

static void
plug_camera (Fixture *self)
{
  self->camera = km_test_pipewire_add_camera (pipewire, "cam", "Camera");
}

static void
plug_microphone (Fixture *self)
{
  self->microphone = km_test_pipewire_add_microphone (pipewire, "mic", "Mic");
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (KmDevice) camera = NULL;
  g_autoptr (KmDevice) microphone = NULL;

  plug_camera (self);
  plug_microphone (self);
  self->devices = km_devices_get_default ();
  km_devices_start (self->devices);
  g_assert_true (km_test_wait_until (devices_are_there, self, SECONDS));

  self->broadcast = km_broadcast_new (NULL);
  self->uplink = km_broadcast_get_uplink (self->broadcast);
  km_broadcast_watch_devices (self->broadcast, self->devices);
  camera = km_devices_find (self->devices, KM_DEVICE_CAMERA, "cam");
  microphone = km_devices_find (self->devices, KM_DEVICE_MICROPHONE, "mic");
  km_broadcast_set_camera (self->broadcast, camera);
  km_broadcast_set_microphone (self->broadcast, microphone);

  self->port = km_test_sink_find_port ();
  self->address = g_strdup_printf ("rtmp://127.0.0.1:%u/live/key",
                                   self->port);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gpointer watched = self->broadcast;

  g_object_add_weak_pointer (G_OBJECT (self->broadcast), &watched);
  g_object_unref (self->broadcast);
  g_assert_null (watched);
  g_clear_pointer (&self->sink, km_test_sink_free);
  g_clear_pointer (&self->camera, km_test_process_stop);
  g_clear_pointer (&self->microphone, km_test_process_stop);
  g_assert_true (km_test_wait_until (devices_are_gone, self, SECONDS));
  g_free (self->address);
}

static gboolean
state_is (gpointer data)
{
  Fixture *self = data;

  return km_uplink_get_state (self->uplink) == self->state;
}

static void
expect_state (Fixture       *self,
              KmUplinkState  state)
{
  self->state = state;
  if (!km_test_wait_until (state_is, self, SECONDS))
    g_error ("state %d instead of %d: %s", km_uplink_get_state (self->uplink),
             state, km_uplink_get_error (self->uplink) != NULL
                      ? km_uplink_get_error (self->uplink)->message : "");
}

static void
go_live (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->sink = km_test_sink_new (self->port);
  km_broadcast_go_live (self->broadcast, self->address, &error);
  g_assert_no_error (error);
}

static gboolean
enough_was_read (gpointer data)
{
  Fixture *self = data;

  return km_test_sink_get_read (self->sink) >= self->wanted;
}

static gboolean
enough_frames (gpointer data)
{
  Fixture *self = data;

  return km_test_sink_get_frames (self->sink) >= self->wanted;
}

/* So many frames of the camera from now on. */
static void
expect_camera (Fixture *self,
               guint    frames)
{
  self->wanted = km_test_sink_get_read (self->sink) + frames;
  if (!km_test_wait_until (enough_was_read, self, SECONDS))
    g_error ("%u frames with a barcode instead of %u",
             km_test_sink_get_read (self->sink), self->wanted);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
test_camera_arrives (Fixture       *self,
                     gconstpointer  data)
{
  KmUplinkStatistics statistics;
  GArray *delays;

  go_live (self);
  expect_state (self, KM_UPLINK_LIVE);
  g_assert_no_error (km_uplink_get_error (self->uplink));
  expect_camera (self, 90);
  g_assert_cmpuint (km_test_sink_get_jumps (self->sink), ==, 0);
  g_assert_no_error (km_broadcast_get_camera_error (self->broadcast));
  g_assert_no_error (km_broadcast_get_microphone_error (self->broadcast));

  km_uplink_get_statistics (self->uplink, &statistics);
  g_assert_cmpuint (statistics.sent_bytes, >, 10000);
  g_assert_cmpuint (statistics.dropped_frames, ==, 0);
  g_assert_cmpfloat (statistics.frames_per_second, >, 1);
  g_assert_cmpint (statistics.live_since_us, >, 0);

  delays = km_test_sink_get_delays (self->sink);
  g_array_sort (delays, compare_doubles);
  g_test_message ("painted to decoded: p50 %.1f ms, p95 %.1f ms",
                  g_array_index (delays, double, delays->len / 2),
                  g_array_index (delays, double, delays->len * 95 / 100));

  km_broadcast_end (self->broadcast);
  expect_state (self, KM_UPLINK_IDLE);
  g_assert_true (km_broadcast_get_running (self->broadcast));
}

static gboolean
camera_has_error (gpointer data)
{
  Fixture *self = data;

  return km_broadcast_get_camera_error (self->broadcast) != NULL;
}

static gboolean
camera_is_well (gpointer data)
{
  return !camera_has_error (data);
}

static void
test_camera_unplugged (Fixture       *self,
                       gconstpointer  data)
{
  go_live (self);
  expect_camera (self, 10);

  g_clear_pointer (&self->camera, km_test_process_stop);
  g_assert_true (km_test_wait_until (camera_has_error, self, SECONDS));
  g_assert_error (km_broadcast_get_camera_error (self->broadcast),
                  KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_NO_CAMERA);
  self->wanted = km_test_sink_get_frames (self->sink) + 30;
  g_assert_true (km_test_wait_until (enough_frames, self, SECONDS));
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==, KM_UPLINK_LIVE);

  plug_camera (self);
  g_assert_true (km_test_wait_until (camera_is_well, self, SECONDS));
  expect_camera (self, 10);
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==, KM_UPLINK_LIVE);
}

static void
give_camera_up (Fixture    *self,
                guint       position,
                guint       removed,
                guint       added,
                GListModel *cameras)
{
  if (g_list_model_get_n_items (cameras) == 0)
    km_broadcast_set_camera (self->broadcast, NULL);
}

/* As the Studio does; the camera's last words come when it is replaced. */
static void
test_camera_given_up (Fixture       *self,
                      gconstpointer  data)
{
  GListModel *cameras = km_devices_get_cameras (self->devices);
  gulong handler = g_signal_connect_swapped (cameras, "items-changed",
                                             G_CALLBACK (give_camera_up),
                                             self);

  go_live (self);
  expect_camera (self, 10);

  g_clear_pointer (&self->camera, km_test_process_stop);
  self->wanted = km_test_sink_get_frames (self->sink) + 90;
  g_assert_true (km_test_wait_until (enough_frames, self, SECONDS));
  g_assert_cmpuint (g_list_model_get_n_items (cameras), ==, 0);
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==, KM_UPLINK_LIVE);
  g_assert_no_error (km_broadcast_get_camera_error (self->broadcast));
  g_signal_handler_disconnect (cameras, handler);
}

static void
test_camera_hangs (Fixture       *self,
                   gconstpointer  data)
{
  go_live (self);
  expect_camera (self, 10);

  km_test_process_signal (self->camera, SIGSTOP);
  g_assert_true (km_test_wait_until (camera_has_error, self, SECONDS));
  self->wanted = km_test_sink_get_frames (self->sink) + 30;
  g_assert_true (km_test_wait_until (enough_frames, self, SECONDS));

  /* It wasn't unplugged: nobody says that it is back. */
  km_test_process_signal (self->camera, SIGCONT);
  expect_camera (self, 10);
  g_assert_true (km_test_wait_until (camera_is_well, self, SECONDS));
}

static gboolean
tone_is_heard (gpointer data)
{
  Fixture *self = data;

  return ABS (km_broadcast_get_rms_db (self->broadcast) + 23) < 0.5 &&
         ABS (km_broadcast_get_peak_db (self->broadcast) + 20) < 0.5;
}

static gboolean
silence_is_heard (gpointer data)
{
  Fixture *self = data;

  return km_broadcast_get_peak_db (self->broadcast) <= -100;
}

static void
test_level (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_broadcast_start (self->broadcast, &error);
  g_assert_no_error (error);
  g_assert_true (km_test_wait_until (tone_is_heard, self, SECONDS));

  km_test_process_signal (self->microphone, SIGUSR1);
  g_assert_true (km_test_wait_until (silence_is_heard, self, SECONDS));
  km_test_process_signal (self->microphone, SIGUSR1);
  g_assert_true (km_test_wait_until (tone_is_heard, self, SECONDS));

  km_broadcast_set_muted (self->broadcast, TRUE);
  g_assert_true (km_test_wait_until (silence_is_heard, self, SECONDS));
}

static gboolean
microphone_has_error (gpointer data)
{
  Fixture *self = data;

  return km_broadcast_get_microphone_error (self->broadcast) != NULL;
}

static gboolean
microphone_is_well (gpointer data)
{
  return !microphone_has_error (data);
}

static void
test_microphone_unplugged (Fixture       *self,
                           gconstpointer  data)
{
  go_live (self);
  expect_camera (self, 10);
  g_assert_true (km_test_wait_until (tone_is_heard, self, SECONDS));

  g_clear_pointer (&self->microphone, km_test_process_stop);
  g_assert_true (km_test_wait_until (microphone_has_error, self, SECONDS));
  g_assert_error (km_broadcast_get_microphone_error (self->broadcast),
                  KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_NO_MICROPHONE);
  g_assert_true (km_test_wait_until (silence_is_heard, self, SECONDS));
  expect_camera (self, 30);

  plug_microphone (self);
  g_assert_true (km_test_wait_until (tone_is_heard, self, SECONDS));
  g_assert_true (km_test_wait_until (microphone_is_well, self, SECONDS));
  expect_camera (self, 10);
}

static void
test_server_killed_and_back (Fixture       *self,
                             gconstpointer  data)
{
  KmUplinkStatistics statistics;

  go_live (self);
  expect_camera (self, 10);

  g_clear_pointer (&self->sink, km_test_sink_free);
  expect_state (self, KM_UPLINK_RECONNECTING);
  g_assert_error (km_uplink_get_error (self->uplink), KM_BROADCAST_ERROR,
                  KM_BROADCAST_ERROR_LOST);

  self->sink = km_test_sink_new (self->port);
  expect_state (self, KM_UPLINK_LIVE);
  g_assert_no_error (km_uplink_get_error (self->uplink));
  expect_camera (self, 10);
  km_uplink_get_statistics (self->uplink, &statistics);
  g_assert_cmpuint (statistics.reconnects, >=, 1);
}

/* What sends finds out before the main loop does, and goes on until that takes
 * it away. */
static void
test_server_lost_while_the_app_is_busy (Fixture       *self,
                                        gconstpointer  data)
{
  go_live (self);
  expect_camera (self, 10);

  km_test_sink_kill (self->sink);
  g_usleep (BUSY_US);
  g_clear_pointer (&self->sink, km_test_sink_free);
  expect_state (self, KM_UPLINK_RECONNECTING);

  self->sink = km_test_sink_new (self->port);
  expect_state (self, KM_UPLINK_LIVE);
  expect_camera (self, 10);
  g_assert_true (km_test_wait_until (tone_is_heard, self, SECONDS));
  g_assert_no_error (km_broadcast_get_microphone_error (self->broadcast));
}

static void
test_refused_stays_down (Fixture       *self,
                         gconstpointer  data)
{
  go_live (self);
  expect_state (self, KM_UPLINK_LIVE);

  km_uplink_refuse (self->uplink, "taken_over", NULL);
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==, KM_UPLINK_FAILED);
  g_assert_error (km_uplink_get_error (self->uplink), KM_BROADCAST_ERROR,
                  KM_BROADCAST_ERROR_TAKEN_OVER);
  /* Late words about a connection that is no more change nothing. */
  km_uplink_refuse (self->uplink, "denied", NULL);
  g_assert_error (km_uplink_get_error (self->uplink), KM_BROADCAST_ERROR,
                  KM_BROADCAST_ERROR_TAKEN_OVER);
}

static gboolean
is_unreachable (gpointer data)
{
  Fixture *self = data;

  return g_error_matches (km_uplink_get_error (self->uplink),
                          KM_BROADCAST_ERROR,
                          KM_BROADCAST_ERROR_UNREACHABLE);
}

static void
test_nobody_there (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (km_broadcast_go_live (self->broadcast, "http://x/", &error));
  g_assert_error (error, KM_BROADCAST_ERROR, KM_BROADCAST_ERROR_BAD_ADDRESS);
  g_clear_error (&error);

  km_broadcast_go_live (self->broadcast, self->address, &error);
  g_assert_no_error (error);
  g_assert_true (km_test_wait_until (is_unreachable, self, SECONDS));
  g_assert_cmpint (km_uplink_get_state (self->uplink), ==,
                   KM_UPLINK_CONNECTING);
}

static gboolean
has_no_answer (gpointer data)
{
  Fixture *self = data;

  return g_error_matches (km_uplink_get_error (self->uplink),
                          KM_BROADCAST_ERROR,
                          KM_BROADCAST_ERROR_NO_ANSWER);
}

static void
test_silent_peer (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;

  /* The kernel accepts; nobody ever reads. */
  g_assert_true (g_socket_listener_add_inet_port (listener, self->port, NULL,
                                                  &error));
  km_broadcast_go_live (self->broadcast, self->address, &error);
  g_assert_no_error (error);
  g_assert_true (km_test_wait_until (has_no_answer, self, SECONDS));
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/broadcast/broadcast/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  pipewire = km_test_pipewire_start (NULL, NULL);
  km_media_init (&error);
  g_assert_no_error (error);

  add ("camera-arrives", test_camera_arrives);
  add ("camera-unplugged", test_camera_unplugged);
  add ("camera-given-up", test_camera_given_up);
  add ("camera-hangs", test_camera_hangs);
  add ("level", test_level);
  add ("microphone-unplugged", test_microphone_unplugged);
  add ("server-killed-and-back", test_server_killed_and_back);
  add ("server-lost-while-the-app-is-busy",
       test_server_lost_while_the_app_is_busy);
  add ("refused-stays-down", test_refused_stays_down);
  add ("nobody-there", test_nobody_there);
  add ("silent-peer", test_silent_peer);

  status = g_test_run ();
  km_test_pipewire_stop (pipewire);
  return status;
}
