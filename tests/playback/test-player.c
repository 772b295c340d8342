/* test-player.c: a live address is shown, and shown again after trouble
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg is the server: it gives one viewer FLV over HTTP, either made from a
 * test picture or handed on from what a KmBroadcast publishes. Frames are
 * read back from the paintable, as a window would draw them.
 */

#include <gtk/gtk.h>

#include "km-barcode.h"
#include "km-broadcast.h"
#include "km-media.h"
#include "km-player.h"
#include "km-test-pipewire.h"

#define SECONDS 30

typedef struct
{
  KmPlayer *player;
  guint16 port;
  char *address;
  KmTestProcess *server;
  KmPlayerState state;
  guint paints;
  guint read;
  guint wanted;
  guint64 last_number;
  guint jumps;
  GArray *delays; /* double, ms from painted to drawn */
} Fixture;

static KmTestPipewire *pipewire;

static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, !=, 0);
  return port;
}

static void
read_frame (Fixture        *self,
            const guint8   *pixels)
{
  KmBarcodeImage image = {
    .pixels = pixels,
    .stride = KM_BARCODE_WIDTH_PX * 4,
    .pixel_bytes = 4,
    .channel = 1,
    .width_px = KM_BARCODE_WIDTH_PX,
    .height_px = 2 * KM_BARCODE_HEIGHT_PX,
  };
  guint64 painted_us, number;
  double delay_ms;

  if (!km_barcode_read (&image, 0, 0, 1, &painted_us) ||
      !km_barcode_read (&image, 0, KM_BARCODE_HEIGHT_PX, 1, &number) ||
      number == self->last_number)
    return;

  if (self->read++ > 0 && number < self->last_number)
    self->jumps++;
  self->last_number = number;
  delay_ms = (double) (g_get_monotonic_time () - (gint64) painted_us) / 1000;
  g_array_append_val (self->delays, delay_ms);
}

static void
on_invalidated (GdkPaintable *paintable,
                gpointer      data)
{
  Fixture *self = data;
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  cairo_surface_t *surface;
  cairo_t *cr;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL || width < KM_BARCODE_WIDTH_PX)
    return;

  self->paints++;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                        KM_BARCODE_WIDTH_PX,
                                        2 * KM_BARCODE_HEIGHT_PX);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  read_frame (self, cairo_image_surface_get_data (surface));
  cairo_surface_destroy (surface);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  GdkPaintable *paintable;

  self->port = find_port ();
  self->address = g_strdup_printf ("http://127.0.0.1:%u/live/1.flv",
                                   self->port);
  self->delays = g_array_new (FALSE, FALSE, sizeof (double));
  self->player = km_player_new ();
  paintable = km_player_get_paintable (self->player);
  g_assert_nonnull (paintable);
  g_signal_connect (paintable, "invalidate-contents",
                    G_CALLBACK (on_invalidated), self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gpointer watched = self->player;

  g_signal_handlers_disconnect_by_data (km_player_get_paintable (self->player),
                                        self);
  g_object_add_weak_pointer (G_OBJECT (self->player), &watched);
  g_object_unref (self->player);
  g_assert_null (watched);
  g_clear_pointer (&self->server, km_test_process_stop);
  g_array_unref (self->delays);
  g_free (self->address);
}

/* One viewer at a time, from the moment it asks. */
static void
start_server (Fixture *self)
{
  const char *argv[] = {
    "ffmpeg", "-nostdin", "-loglevel", "fatal", "-re",
    "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30",
    "-f", "lavfi", "-i", "sine",
    "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency",
    "-g", "30", "-pix_fmt", "yuv420p", "-c:a", "aac",
    "-f", "flv", "-listen", "1", self->address, NULL,
  };

  self->server = km_test_process_start (argv, NULL, NULL);
}

static void
kill_server (Fixture *self)
{
  km_test_process_signal (self->server, SIGKILL);
  g_clear_pointer (&self->server, km_test_process_stop);
}

static gboolean
state_is (gpointer data)
{
  Fixture *self = data;

  return km_player_get_state (self->player) == self->state;
}

static void
expect_state (Fixture       *self,
              KmPlayerState  state)
{
  self->state = state;
  if (!km_test_wait_until (state_is, self, SECONDS))
    g_error ("state %d instead of %d: %s", km_player_get_state (self->player),
             state, km_player_get_error (self->player) != NULL
                      ? km_player_get_error (self->player)->message : "");
}

static gboolean
enough_paints (gpointer data)
{
  Fixture *self = data;

  return self->paints >= self->wanted;
}

static void
expect_paints (Fixture *self,
               guint    paints)
{
  self->wanted = self->paints + paints;
  if (!km_test_wait_until (enough_paints, self, SECONDS))
    g_error ("%u frames instead of %u", self->paints, self->wanted);
}

static void
test_plays (Fixture       *self,
            gconstpointer  data)
{
  gint64 position_ms;

  g_assert_cmpint (km_player_get_position_ms (self->player), ==, -1);
  start_server (self);
  km_player_play (self->player, self->address);
  g_assert_cmpint (km_player_get_state (self->player), ==,
                   KM_PLAYER_CONNECTING);
  expect_state (self, KM_PLAYER_PLAYING);
  g_assert_no_error (km_player_get_error (self->player));

  expect_paints (self, 30);
  position_ms = km_player_get_position_ms (self->player);
  g_assert_cmpint (position_ms, >=, 0);
  expect_paints (self, 30);
  g_assert_cmpint (km_player_get_position_ms (self->player), >, position_ms);

  km_player_set_volume (self->player, 0.5);
  km_player_set_muted (self->player, TRUE);
  g_assert_cmpfloat (km_player_get_volume (self->player), ==, 0.5);
  g_assert_true (km_player_get_muted (self->player));

  km_player_stop (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==, KM_PLAYER_IDLE);
  g_assert_cmpint (km_player_get_position_ms (self->player), ==, -1);
}

static gboolean
answer_not_found (GThreadedSocketService *service,
                  GSocketConnection      *connection,
                  GObject                *source_object,
                  gpointer                data)
{
  static const char answer[] =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output =
    g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char request[4096];

  g_input_stream_read (input, request, sizeof request, NULL, NULL);
  g_output_stream_write_all (output, answer, sizeof answer - 1, NULL, NULL,
                             NULL);
  return TRUE;
}

static void
test_not_live (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  g_autoptr (GError) error = NULL;

  g_signal_connect (service, "run", G_CALLBACK (answer_not_found), NULL);
  g_socket_listener_add_inet_port (G_SOCKET_LISTENER (service), self->port,
                                   NULL, &error);
  g_assert_no_error (error);

  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_OFFLINE);
  g_assert_no_error (km_player_get_error (self->player));
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));

  start_server (self);
  km_player_stream_started (self->player);
  expect_state (self, KM_PLAYER_PLAYING);
}

static void
test_server_comes_back (Fixture       *self,
                        gconstpointer  data)
{
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_ERROR_STATE);
  g_assert_error (km_player_get_error (self->player), KM_PLAYER_ERROR,
                  KM_PLAYER_ERROR_UNREACHABLE);

  start_server (self);
  expect_state (self, KM_PLAYER_PLAYING);
  g_assert_no_error (km_player_get_error (self->player));
  expect_paints (self, 5);

  kill_server (self);
  expect_state (self, KM_PLAYER_ERROR_STATE);
  start_server (self);
  expect_state (self, KM_PLAYER_PLAYING);
  expect_paints (self, 5);
}

static void
test_stream_ends (Fixture       *self,
                  gconstpointer  data)
{
  start_server (self);
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_PLAYING);

  km_player_stream_ended (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==, KM_PLAYER_OFFLINE);
  kill_server (self);

  start_server (self);
  km_player_stream_started (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==,
                   KM_PLAYER_CONNECTING);
  expect_state (self, KM_PLAYER_PLAYING);
}

static void
test_server_stalls (Fixture       *self,
                    gconstpointer  data)
{
  start_server (self);
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_PLAYING);

  km_test_process_signal (self->server, SIGSTOP);
  expect_state (self, KM_PLAYER_WAITING);
  km_test_process_signal (self->server, SIGCONT);
  expect_state (self, KM_PLAYER_PLAYING);
  expect_paints (self, 5);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
enough_was_read (gpointer data)
{
  Fixture *self = data;

  return self->read >= self->wanted;
}

static gboolean
has_camera (gpointer data)
{
  KmDevices *devices = data;

  return g_list_model_get_n_items (km_devices_get_cameras (devices)) > 0 &&
         g_list_model_get_n_items (km_devices_get_microphones (devices)) > 0;
}

static void
hand_on (Fixture    *self,
         const char *publish)
{
  const char *argv[] = {
    "ffmpeg", "-nostdin", "-loglevel", "warning", "-fflags", "nobuffer",
    "-analyzeduration", "500000", "-listen", "1",
    "-i", publish, "-c", "copy", "-flush_packets", "1",
    "-f", "flv", "-listen", "1", self->address, NULL,
  };

  self->server = km_test_process_start (argv, NULL, NULL);
}

static void
test_camera_to_picture (Fixture       *self,
                        gconstpointer  data)
{
  g_autoptr (KmTestProcess) camera =
    km_test_pipewire_add_camera (pipewire, "cam", "Camera");
  g_autoptr (KmTestProcess) microphone =
    km_test_pipewire_add_microphone (pipewire, "mic", "Mic");
  g_autoptr (KmDevices) devices = km_devices_new ();
  g_autoptr (KmBroadcast) broadcast = km_broadcast_new (NULL);
  g_autoptr (KmDevice) cam = NULL;
  g_autoptr (KmDevice) mic = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *publish =
    g_strdup_printf ("rtmp://127.0.0.1:%u/live/key", find_port ());

  km_devices_start (devices);
  g_assert_true (km_test_wait_until (has_camera, devices, SECONDS));
  cam = km_devices_find (devices, KM_DEVICE_CAMERA, "cam");
  mic = km_devices_find (devices, KM_DEVICE_MICROPHONE, "mic");
  km_broadcast_set_camera (broadcast, cam);
  km_broadcast_set_microphone (broadcast, mic);
  g_assert_nonnull (km_broadcast_get_paintable (broadcast));

  hand_on (self, publish);
  km_broadcast_go_live (broadcast, publish, &error);
  g_assert_no_error (error);
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_PLAYING);

  self->wanted = 120;
  g_assert_true (km_test_wait_until (enough_was_read, self, SECONDS));
  g_assert_cmpuint (self->jumps, ==, 0);
  g_array_remove_range (self->delays, 0, 30);
  g_array_sort (self->delays, compare_doubles);
  g_test_message ("painted to shown: p50 %.1f ms, p95 %.1f ms",
                  g_array_index (self->delays, double, self->delays->len / 2),
                  g_array_index (self->delays, double,
                                 self->delays->len * 95 / 100));
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/playback/player/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

static KmTestProcess *
start_display (void)
{
  const char *argv[] = {
    "Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten",
    "tcp", NULL,
  };
  KmTestProcess *xvfb = km_test_process_start (argv, NULL, NULL);
  g_autofree char *number = km_test_process_read_line (xvfb, SECONDS);
  g_autofree char *display = NULL;

  g_assert_nonnull (number);
  display = g_strconcat (":", number, NULL);
  g_setenv ("DISPLAY", display, TRUE);
  g_setenv ("GDK_BACKEND", "x11", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GTK_A11Y", "none", TRUE);
  g_setenv ("GDK_DEBUG", "no-portals", TRUE);
  return xvfb;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (KmTestProcess) xvfb = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  pipewire = km_test_pipewire_start (NULL, NULL);
  xvfb = start_display ();
  gtk_init ();
  km_media_init (&error);
  g_assert_no_error (error);

  add ("plays", test_plays);
  add ("not-live", test_not_live);
  add ("server-comes-back", test_server_comes_back);
  add ("stream-ends", test_stream_ends);
  add ("server-stalls", test_server_stalls);
  add ("camera-to-picture", test_camera_to_picture);

  status = g_test_run ();
  gdk_display_close (gdk_display_get_default ());
  km_test_pipewire_stop (pipewire);
  return status;
}
