/* km-test-viewer.c: what a paintable shows, frame by frame
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws the corner with the camera's barcodes whenever the paintable has new
 * contents, as a window would.
 */

#include "km-test-viewer.h"

#include <gio/gio.h>

#include "km-barcode.h"

#define START_SECONDS 60
#define HEIGHT_PX (2 * KM_BARCODE_HEIGHT_PX)

struct _KmTestViewer
{
  GdkPaintable *paintable;
  guint paints;
  guint read;
  guint jumps;
  guint64 last_number;
  GArray *delays; /* double, ms from painted to drawn */
};

/**
 * km_test_viewer_start_display:
 *
 * Makes GTK use a display of the test's own.
 *
 * Returns: (transfer full): the display
 */
KmTestProcess *
km_test_viewer_start_display (void)
{
  static const char *const argv[] = {
    "Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten",
    "tcp", NULL,
  };
  KmTestProcess *xvfb = km_test_process_start (argv, NULL, NULL);
  g_autofree char *number = km_test_process_read_line (xvfb, START_SECONDS);
  g_autofree char *display = NULL;

  g_assert_nonnull (number);
  display = g_strconcat (":", number, NULL);
  g_setenv ("DISPLAY", display, TRUE);
  g_setenv ("GDK_BACKEND", "x11", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GTK_A11Y", "none", TRUE);
  g_setenv ("GDK_DEBUG", "no-portals", TRUE);
  gtk_init ();
  return xvfb;
}

static void
read_frame (KmTestViewer *self,
            const guint8 *pixels)
{
  KmBarcodeImage image = {
    .pixels = pixels,
    .stride = KM_BARCODE_WIDTH_PX * 4,
    .pixel_bytes = 4,
    .channel = 1,
    .width_px = KM_BARCODE_WIDTH_PX,
    .height_px = HEIGHT_PX,
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
  KmTestViewer *self = data;
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);
  cairo_surface_t *surface;
  cairo_t *cr;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL || width < KM_BARCODE_WIDTH_PX || height < HEIGHT_PX)
    return;

  self->paints++;
  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                        KM_BARCODE_WIDTH_PX, HEIGHT_PX);
  cr = cairo_create (surface);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  read_frame (self, cairo_image_surface_get_data (surface));
  cairo_surface_destroy (surface);
}

/**
 * km_test_viewer_new:
 * @paintable: (transfer none): what to look at
 *
 * Returns: (transfer full): looks until it is freed
 */
KmTestViewer *
km_test_viewer_new (GdkPaintable *paintable)
{
  KmTestViewer *self = g_new0 (KmTestViewer, 1);

  self->paintable = g_object_ref (paintable);
  self->delays = g_array_new (FALSE, FALSE, sizeof (double));
  g_signal_connect (paintable, "invalidate-contents",
                    G_CALLBACK (on_invalidated), self);
  return self;
}

void
km_test_viewer_free (KmTestViewer *self)
{
  g_signal_handlers_disconnect_by_data (self->paintable, self);
  g_object_unref (self->paintable);
  g_array_unref (self->delays);
  g_free (self);
}

guint
km_test_viewer_get_paints (KmTestViewer *self)
{
  return self->paints;
}

/**
 * km_test_viewer_get_read:
 *
 * Returns: how many different frames of the camera were seen
 */
guint
km_test_viewer_get_read (KmTestViewer *self)
{
  return self->read;
}

/**
 * km_test_viewer_get_jumps:
 *
 * Returns: how many of them came after a later one
 */
guint
km_test_viewer_get_jumps (KmTestViewer *self)
{
  return self->jumps;
}

void
km_test_viewer_forget_delays (KmTestViewer *self)
{
  g_array_set_size (self->delays, 0);
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/**
 * km_test_viewer_get_delay_ms:
 * @percentile: 50 is the median
 *
 * Returns: the delay from painted by the camera to drawn here
 */
double
km_test_viewer_get_delay_ms (KmTestViewer *self,
                             guint         percentile)
{
  g_assert_cmpuint (self->delays->len, >, 0);
  g_array_sort (self->delays, compare_doubles);

  return g_array_index (self->delays, double,
                        self->delays->len * percentile / 100);
}

/**
 * km_test_viewer_find_port:
 *
 * Returns: a port of 127.0.0.1 that nobody listens on
 */
guint16
km_test_viewer_find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_assert_cmpuint (port, !=, 0);
  return port;
}
