/* km-test-window.c: a widget in a window, on a virtual display of the test's
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-window.h"

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static void
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static void
count_up (GdkFrameClock *clock,
          guint         *count)
{
  (*count)++;
}

/**
 * km_test_window_start_display:
 *
 * Starts a virtual display and GTK on it, in English, for a test of accessible
 * names.
 *
 * Returns: (transfer full): the display
 */
KmTestProcess *
km_test_window_start_display (void)
{
  static const char * const argv[] = {
    "Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten",
    "tcp", NULL,
  };
  KmTestProcess *display = km_test_process_start (argv, NULL, NULL);
  g_autofree char *number = km_test_process_read_line (display, 20);
  g_autofree char *name = NULL;

  g_assert_nonnull (number);
  name = g_strconcat (":", number, NULL);
  g_setenv ("DISPLAY", name, TRUE);
  g_unsetenv ("WAYLAND_DISPLAY");
  g_setenv ("GDK_BACKEND", "x11", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GTK_A11Y", "test", TRUE);
  g_setenv ("LANGUAGE", "en", TRUE);
  gtk_init ();

  return display;
}

void
km_test_window_stop_display (KmTestProcess *display)
{
  gdk_display_close (gdk_display_get_default ());
  km_test_process_stop (display);
}

/**
 * km_test_window_open:
 * @child: (transfer floating): what it shows
 * @width: px
 * @height: px
 *
 * Returns: (transfer none): the window; gtk_window_destroy() it
 */
GtkWidget *
km_test_window_open (GtkWidget *child,
                     int        width,
                     int        height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

/**
 * km_test_window_count_frames:
 * @widget: in a window
 *
 * Lets through what was asked for before.
 *
 * Returns: frames that the window paints in the quarter of a second after
 *   that, in which nobody but @widget asks for any
 */
guint
km_test_window_count_frames (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean settled = FALSE, over = FALSE;
  guint count = 0;
  gulong handler;

  g_timeout_add_once (100, set_true, &settled);
  g_assert_true (km_test_wait_until (is_true, &settled, 10));
  handler = g_signal_connect (clock, "paint", G_CALLBACK (count_up), &count);
  g_timeout_add_once (250, set_true, &over);
  g_assert_true (km_test_wait_until (is_true, &over, 10));
  g_signal_handler_disconnect (clock, handler);

  return count;
}

/**
 * km_test_window_draw:
 * @widget: in a window, drawn before
 * @name: (nullable): of a file that keeps the picture beside the test
 *
 * Returns: (transfer full): what it looks like; nothing is see-through black
 */
GdkTexture *
km_test_window_draw (GtkWidget  *widget,
                     const char *name)
{
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                        (float) gtk_widget_get_height (widget));
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GskRenderer *renderer =
    gtk_native_get_renderer (gtk_widget_get_native (widget));
  GdkTexture *texture;

  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { 0, 0, 0, 0 }, &bounds);
  gdk_paintable_snapshot (paintable, snapshot, bounds.size.width,
                          bounds.size.height);
  node = gtk_snapshot_to_node (snapshot);
  texture = gsk_renderer_render_texture (renderer, node, &bounds);

  if (name != NULL)
    {
      g_autofree char *directory =
        g_build_filename (g_getenv ("G_TEST_BUILDDIR") != NULL
                          ? g_getenv ("G_TEST_BUILDDIR") : g_get_tmp_dir (),
                          "pictures", NULL);
      g_autofree char *file = g_strconcat (name, ".png", NULL);
      g_autofree char *path = g_build_filename (directory, file, NULL);

      g_mkdir_with_parents (directory, 0755);
      g_assert_true (gdk_texture_save_to_png (texture, path));
      g_test_message ("%s", path);
    }

  return texture;
}
