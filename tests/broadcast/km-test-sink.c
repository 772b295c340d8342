/* km-test-sink.c: an RTMP server that reads barcodes off what it is sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg listens, decodes and writes the corner with the barcodes as grey
 * pixels into a named pipe, which the default main context reads. It serves
 * one publisher and ends with it.
 */

#include "km-test-sink.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <sys/stat.h>
#include <unistd.h>

#include "km-barcode.h"
#include "km-test-process.h"

#define HEIGHT_PX (2 * KM_BARCODE_HEIGHT_PX)
#define FRAME_BYTES (KM_BARCODE_WIDTH_PX * HEIGHT_PX)

struct _KmTestSink
{
  char *directory;
  KmTestProcess *ffmpeg;
  int pipe;
  guint watch;
  guint8 frame[FRAME_BYTES];
  gsize filled;
  guint64 last_number;
  guint frames;
  guint read;
  guint jumps;
  GArray *delays; /* double, ms from painted to decoded */
};

/**
 * km_test_sink_find_port:
 *
 * Returns: a port of 127.0.0.1 that nobody listens on
 */
guint16
km_test_sink_find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  return port;
}

static void
read_frame (KmTestSink *self)
{
  KmBarcodeImage image = {
    .pixels = self->frame,
    .stride = KM_BARCODE_WIDTH_PX,
    .pixel_bytes = 1,
    .width_px = KM_BARCODE_WIDTH_PX,
    .height_px = HEIGHT_PX,
  };
  guint64 painted_us, number;
  double delay_ms;

  self->frames++;
  if (!km_barcode_read (&image, 0, 0, 1, &painted_us) ||
      !km_barcode_read (&image, 0, KM_BARCODE_HEIGHT_PX, 1, &number))
    return;

  if (self->read++ > 0 && number <= self->last_number)
    self->jumps++;
  self->last_number = number;
  delay_ms = (double) (g_get_monotonic_time () - (gint64) painted_us) / 1000;
  g_array_append_val (self->delays, delay_ms);
}

static gboolean
on_pipe (int          fd,
         GIOCondition condition,
         gpointer     data)
{
  KmTestSink *self = data;
  gssize n;

  while ((n = read (fd, self->frame + self->filled,
                    FRAME_BYTES - self->filled)) > 0)
    {
      self->filled += (gsize) n;
      if (self->filled == FRAME_BYTES)
        {
          read_frame (self);
          self->filled = 0;
        }
    }

  return n == 0 ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/**
 * km_test_sink_new:
 * @port: where to listen
 *
 * Listens some time after it returns.
 *
 * Returns: (transfer full): the server
 */
KmTestSink *
km_test_sink_new (guint16 port)
{
  KmTestSink *self = g_new0 (KmTestSink, 1);
  g_autofree char *path = NULL;
  g_autofree char *address = g_strdup_printf ("rtmp://127.0.0.1:%u/live/key",
                                              port);
  const char *argv[] = {
    "ffmpeg", "-nostdin", "-loglevel", "error", "-y",
    "-fflags", "nobuffer", "-flags", "low_delay", "-threads", "1",
    "-probesize", "32", "-analyzeduration", "0",
    "-listen", "1", "-i", address,
    "-map", "0:v", "-vf", "crop=256:128:0:0,format=gray", "-fps_mode",
    "passthrough", "-f", "rawvideo", "-flush_packets", "1", NULL, NULL,
  };

  self->directory = km_test_directory_new ("sink");
  self->delays = g_array_new (FALSE, FALSE, sizeof (double));
  path = g_build_filename (self->directory, "frames", NULL);
  argv[G_N_ELEMENTS (argv) - 2] = path;
  g_assert_no_errno (mkfifo (path, 0600));
  /* Held open for writing too: or it reads as ended before ffmpeg opens it. */
  self->pipe = open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  g_assert_cmpint (self->pipe, >=, 0);
  self->watch = g_unix_fd_add (self->pipe, G_IO_IN, on_pipe, self);
  self->ffmpeg = km_test_process_start (argv, NULL, NULL);

  return self;
}

/**
 * km_test_sink_kill:
 * @self: the server
 *
 * Kills it and waits for nothing: no main loop runs meanwhile.
 */
void
km_test_sink_kill (KmTestSink *self)
{
  km_test_process_signal (self->ffmpeg, SIGKILL);
}

/**
 * km_test_sink_free:
 * @self: (transfer full): the server
 *
 * Kills it.
 */
void
km_test_sink_free (KmTestSink *self)
{
  km_test_sink_kill (self);
  km_test_process_stop (self->ffmpeg);
  g_source_remove (self->watch);
  close (self->pipe);
  km_test_directory_remove (self->directory);
  g_array_unref (self->delays);
  g_free (self->directory);
  g_free (self);
}

guint
km_test_sink_get_frames (KmTestSink *self)
{
  return self->frames;
}

guint
km_test_sink_get_read (KmTestSink *self)
{
  return self->read;
}

guint
km_test_sink_get_jumps (KmTestSink *self)
{
  return self->jumps;
}

/**
 * km_test_sink_get_delays:
 *
 * Returns: (transfer none) (element-type double): ms from painted to read here
 */
GArray *
km_test_sink_get_delays (KmTestSink *self)
{
  return self->delays;
}
