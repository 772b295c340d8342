/* test-gifts.c: gifts and hearts over a picture, and what gifts look like
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>

#include "km-gift-art.h"
#include "km-gift-layer.h"
#include "km-gift-queue.h"
#include "km-hearts.h"
#include "km-test-window.h"

#define ART_BYTES_MAX (8 * 1024)

static char *
find_gifts (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "..", "data", "gifts", name, NULL);
}

static GdkTexture *
render (GdkPaintable *paintable,
        int           edge_px)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) edge_px,
                                               (float) edge_px);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  g_autoptr (GskRenderNode) node = NULL;
  GdkTexture *texture;

  gtk_snapshot_append_color (snapshot, &(GdkRGBA) { 0, 0, 0, 0 }, &bounds);
  gdk_paintable_snapshot (paintable, snapshot, edge_px, edge_px);
  node = gtk_snapshot_to_node (snapshot);
  g_assert_true (gsk_renderer_realize_for_display (
    renderer, gdk_display_get_default (), NULL));
  texture = gsk_renderer_render_texture (renderer, node, &bounds);
  gsk_renderer_unrealize (renderer);

  return texture;
}

static guint32 *
get_pixels (GdkTexture *texture,
            gsize      *n_pixels)
{
  gsize width = (gsize) gdk_texture_get_width (texture);
  guint32 *pixels;

  *n_pixels = width * (gsize) gdk_texture_get_height (texture);
  pixels = g_new (guint32, *n_pixels);
  gdk_texture_download (texture, (guchar *) pixels, width * sizeof (guint32));

  return pixels;
}

/* How much of a picture isn't see-through, 0 to 1. */
static double
get_cover (GdkTexture *texture)
{
  gsize n_pixels, n_drawn = 0;
  g_autofree guint32 *pixels = get_pixels (texture, &n_pixels);

  for (gsize i = 0; i < n_pixels; i++)
    n_drawn += pixels[i] != 0;

  return (double) n_drawn / (double) n_pixels;
}

static gboolean
look_the_same (GdkPaintable *a,
               GdkPaintable *b)
{
  g_autoptr (GdkTexture) texture_a = render (a, 64);
  g_autoptr (GdkTexture) texture_b = render (b, 64);
  gsize n_a, n_b;
  g_autofree guint32 *pixels_a = get_pixels (texture_a, &n_a);
  g_autofree guint32 *pixels_b = get_pixels (texture_b, &n_b);

  return n_a == n_b && memcmp (pixels_a, pixels_b, n_a * sizeof *pixels_a) == 0;
}

static void
check_gift (GKeyFile   *catalogue,
            const char *id)
{
  g_autofree char *name = g_key_file_get_string (catalogue, id, "Name", NULL);
  g_autofree char *chinese =
    g_key_file_get_string (catalogue, id, "Name[zh_CN]", NULL);
  g_autofree char *art = g_key_file_get_string (catalogue, id, "Art", NULL);
  g_autofree char *file = g_strconcat (art, ".svg", NULL);
  g_autofree char *path = find_gifts (file);
  gint64 price = g_key_file_get_int64 (catalogue, id, "Price", NULL);
  int tier = g_key_file_get_integer (catalogue, id, "Tier", NULL);
  g_autofree char *svg = NULL;
  gsize length;

  g_assert_nonnull (name);
  g_assert_nonnull (chinese);
  g_assert_cmpint (price, >=, 1);
  g_assert_cmpint (price, <=, 1000000);
  g_assert_cmpint (tier, >=, 1);
  g_assert_cmpint (tier, <=, 3);
  g_assert_true (km_gift_art_is_bundled (art));

  g_assert_true (g_file_get_contents (path, &svg, &length, NULL));
  g_assert_cmpuint (length, <=, ART_BYTES_MAX);
  g_assert_null (strstr (svg, "<text"));
  g_assert_null (strstr (svg, "href"));
  g_assert_nonnull (strstr (svg, "viewBox=\"0 0 128 128\""));
}

static void
test_every_gift_has_a_picture (void)
{
  const int sizes[] = { 24, 48, 160 };
  g_autofree char *path = find_gifts ("catalogue.ini");
  g_autoptr (GKeyFile) catalogue = g_key_file_new ();
  g_auto (GStrv) ids = NULL;
  gsize n_gifts;

  g_assert_true (g_key_file_load_from_file (
    catalogue, path, G_KEY_FILE_KEEP_TRANSLATIONS, NULL));
  ids = g_key_file_get_groups (catalogue, &n_gifts);
  g_assert_cmpuint (n_gifts, >=, 8);

  for (gsize i = 0; i < n_gifts; i++)
    {
      g_autofree char *art =
        g_key_file_get_string (catalogue, ids[i], "Art", NULL);
      g_autoptr (GdkPaintable) paintable = km_gift_art_load (art, 48, 1);

      check_gift (catalogue, ids[i]);
      g_assert_cmpint (gdk_paintable_get_intrinsic_width (paintable), ==, 48);
      for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
        {
          g_autoptr (GdkTexture) texture = render (paintable, sizes[j]);

          g_assert_cmpfloat (get_cover (texture), >, 0.25);
          g_assert_cmpfloat (get_cover (texture), <, 1);
        }
    }
}

static void
test_a_servers_picture_is_shown (void)
{
  g_autofree char *path = find_gifts ("rocket.svg");
  g_autofree char *svg = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GdkPaintable) sent = NULL;
  g_autoptr (GdkPaintable) bundled = km_gift_art_load ("rocket", 48, 1);
  g_autoptr (GdkPaintable) present = km_gift_art_load (NULL, 48, 1);
  gsize length;

  g_assert_true (g_file_get_contents (path, &svg, &length, NULL));
  bytes = g_bytes_new (svg, length);
  sent = km_gift_art_new_for_bytes (bytes, 48, 1);
  g_assert_true (look_the_same (sent, bundled));
  g_assert_false (look_the_same (sent, present));
}

static void
assert_is_present (const char *svg,
                   gssize      length)
{
  g_autoptr (GBytes) bytes =
    g_bytes_new (svg, length < 0 ? strlen (svg) : (gsize) length);
  g_autoptr (GdkPaintable) paintable = km_gift_art_new_for_bytes (bytes, 48, 1);
  g_autoptr (GdkPaintable) present = km_gift_art_load (NULL, 48, 1);

  g_assert_true (look_the_same (paintable, present));
}

static void
test_what_is_broken_is_a_present (void)
{
  g_autofree char *large = g_strnfill (KM_GIFT_ART_BYTES_MAX, ' ');
  g_autofree char *too_large =
    g_strconcat ("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>"
                 "<rect width='9' height='9'/>", large, "</svg>", NULL);

  assert_is_present ("", 0);
  assert_is_present ("\xff\xd8\xff\xe0", 4);
  assert_is_present ("<svg", -1);
  assert_is_present ("<svg xmlns='http://www.w3.org/2000/svg'><rect", -1);
  assert_is_present ("<html/>", -1);
  assert_is_present ("<svg\0", 5);
  assert_is_present (too_large, -1);
  assert_is_present ("<svg xmlns='http://www.w3.org/2000/svg' width='9' "
                     "height='9'><filter id='f'/><rect width='9' height='9'/>"
                     "</svg>", -1);
  assert_is_present ("<s:svg xmlns:s='http://www.w3.org/2000/svg' width='9' "
                     "height='9'><s:use href='#a'/></s:svg>", -1);
  assert_is_present ("<svg xmlns='http://www.w3.org/2000/svg'>"
                     "<image href='file:///etc/passwd'/></svg>", -1);
}

static void
test_names_are_no_paths (void)
{
  g_assert_true (km_gift_art_is_bundled ("rocket"));
  g_assert_false (km_gift_art_is_bundled ("Rocket"));
  g_assert_false (km_gift_art_is_bundled ("../gifts/rocket"));
  g_assert_false (km_gift_art_is_bundled ("rocket.svg"));
  g_assert_false (km_gift_art_is_bundled ("no-such-gift"));
  g_assert_false (km_gift_art_is_bundled (""));
  g_assert_false (km_gift_art_is_bundled (NULL));
}

static void
give (GtkWidget  *layer,
      const char *combo,
      guint       tier,
      gint64      combo_count)
{
  g_autoptr (GdkPaintable) art = km_gift_art_load ("bear", 48, 1);
  const KmGiftShow show = {
    .combo = combo,
    .giver = "Alice",
    .gift_name = "Teddy Bear",
    .art = art,
    .tier = tier,
    .count = 1,
    .combo_count = combo_count,
    .value = 66,
  };

  km_gift_layer_add (KM_GIFT_LAYER (layer), &show);
}

static gboolean
shows_nothing (gpointer layer)
{
  return km_gift_layer_get_n_visible (layer) == 0;
}

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static void
test_frames_only_while_gifts_are_shown (void)
{
  GtkWidget *layer = km_gift_layer_new ();
  GtkWidget *window = km_test_window_open (layer, 640, 360);
  gint64 began_us;

  g_assert_true (km_test_wait_until (is_mapped, layer, 10));
  g_assert_cmpuint (km_test_window_count_frames (layer), ==, 0);
  began_us = g_get_monotonic_time ();
  give (layer, "a", 3, 1);
  g_assert_cmpuint (km_gift_layer_get_n_visible (KM_GIFT_LAYER (layer)), ==, 1);
  g_assert_cmpuint (km_test_window_count_frames (layer), >, 1);
  g_assert_true (km_test_wait_until (shows_nothing, layer, 20));
  g_assert_cmpint (g_get_monotonic_time () - began_us, >=, KM_GIFT_CENTRE_US);
  g_assert_cmpuint (km_test_window_count_frames (layer), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_hidden_gifts_ask_for_nothing (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *layer = km_gift_layer_new ();
  GtkWidget *window = km_test_window_open (overlay, 640, 360);

  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), layer);
  g_assert_true (km_test_wait_until (is_mapped, layer, 10));
  give (layer, "a", 2, 1);
  g_assert_cmpuint (km_test_window_count_frames (overlay), >, 1);
  gtk_widget_set_visible (layer, FALSE);
  g_assert_cmpuint (km_test_window_count_frames (overlay), ==, 0);
  give (layer, "b", 2, 1);
  g_assert_cmpuint (km_test_window_count_frames (overlay), ==, 0);
  gtk_widget_set_visible (layer, TRUE);
  g_assert_cmpuint (km_test_window_count_frames (overlay), >, 1);

  km_gift_layer_clear (KM_GIFT_LAYER (layer));
  g_assert_true (shows_nothing (layer));
  g_assert_cmpuint (km_test_window_count_frames (overlay), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_gifts_without_animations_stand_still (void)
{
  GtkWidget *layer = km_gift_layer_new ();
  GtkWidget *window = km_test_window_open (layer, 640, 360);
  GtkSettings *settings = gtk_settings_get_default ();
  g_autoptr (GdkTexture) texture = NULL;

  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  g_assert_true (km_test_wait_until (is_mapped, layer, 10));
  give (layer, "a", 3, 5);
  g_assert_cmpuint (km_test_window_count_frames (layer), ==, 0);
  g_assert_cmpuint (km_gift_layer_get_n_visible (KM_GIFT_LAYER (layer)), ==, 1);

  /* A pill is a fraction of what the centre of the stage would be. */
  texture = km_test_window_draw (layer, "gift-without-animations");
  g_assert_cmpfloat (get_cover (texture), >, 0.01);
  g_assert_cmpfloat (get_cover (texture), <, 0.06);
  g_assert_true (km_test_wait_until (shows_nothing, layer, 20));
  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_clicks_fall_through (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *below = gtk_picture_new ();
  GtkWidget *layer = km_gift_layer_new ();
  GtkWidget *hearts = km_hearts_new ();
  GtkWidget *window = km_test_window_open (overlay, 640, 360);

  gtk_overlay_set_child (GTK_OVERLAY (overlay), below);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), layer);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), hearts);
  g_assert_true (km_test_wait_until (is_mapped, layer, 10));
  give (layer, "a", 3, 1);
  km_hearts_add (KM_HEARTS (hearts), 10);
  km_test_window_count_frames (overlay);

  for (int y = 10; y < 360; y += 20)
    for (int x = 10; x < 640; x += 30)
      g_assert_true (gtk_widget_pick (overlay, x, y, GTK_PICK_DEFAULT)
                     == below);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
hearts_are_over (gpointer hearts)
{
  return km_hearts_get_n_visible (hearts) == 0;
}

static void
test_frames_only_while_hearts_rise (void)
{
  GtkWidget *hearts = km_hearts_new ();
  GtkWidget *window = km_test_window_open (hearts, 320, 360);
  g_autoptr (GdkTexture) texture = NULL;

  g_assert_true (km_test_wait_until (is_mapped, hearts, 10));
  km_hearts_add (KM_HEARTS (hearts), 0);
  g_assert_cmpuint (km_test_window_count_frames (hearts), ==, 0);
  km_hearts_add (KM_HEARTS (hearts), 5);
  g_assert_cmpuint (km_test_window_count_frames (hearts), >, 1);
  texture = km_test_window_draw (hearts, "hearts");
  g_assert_cmpfloat (get_cover (texture), >, 0);
  g_assert_true (km_test_wait_until (hearts_are_over, hearts, 20));
  g_assert_cmpuint (km_test_window_count_frames (hearts), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_hearts_without_animations_dont_rise (void)
{
  GtkWidget *hearts = km_hearts_new ();
  GtkWidget *window = km_test_window_open (hearts, 320, 360);
  GtkSettings *settings = gtk_settings_get_default ();

  g_assert_true (km_test_wait_until (is_mapped, hearts, 10));
  km_hearts_add (KM_HEARTS (hearts), 5);
  g_assert_cmpuint (km_hearts_get_n_visible (KM_HEARTS (hearts)), ==, 5);
  g_object_set (settings, "gtk-enable-animations", FALSE, NULL);
  g_assert_cmpuint (km_hearts_get_n_visible (KM_HEARTS (hearts)), ==, 0);
  km_hearts_add (KM_HEARTS (hearts), 5);
  g_assert_cmpuint (km_test_window_count_frames (hearts), ==, 0);
  g_object_set (settings, "gtk-enable-animations", TRUE, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  KmTestProcess *display;
  int status;

  g_test_init (&argc, &argv, NULL);
  display = km_test_window_start_display ();

  g_test_add_func ("/stage/gift-art/every-gift-has-a-picture",
                   test_every_gift_has_a_picture);
  g_test_add_func ("/stage/gift-art/a-servers-picture-is-shown",
                   test_a_servers_picture_is_shown);
  g_test_add_func ("/stage/gift-art/what-is-broken-is-a-present",
                   test_what_is_broken_is_a_present);
  g_test_add_func ("/stage/gift-art/names-are-no-paths",
                   test_names_are_no_paths);
  g_test_add_func ("/stage/gifts/frames-only-while-shown",
                   test_frames_only_while_gifts_are_shown);
  g_test_add_func ("/stage/gifts/hidden-ask-for-nothing",
                   test_hidden_gifts_ask_for_nothing);
  g_test_add_func ("/stage/gifts/without-animations-stand-still",
                   test_gifts_without_animations_stand_still);
  g_test_add_func ("/stage/gifts/clicks-fall-through",
                   test_clicks_fall_through);
  g_test_add_func ("/stage/hearts/frames-only-while-they-rise",
                   test_frames_only_while_hearts_rise);
  g_test_add_func ("/stage/hearts/without-animations-dont-rise",
                   test_hearts_without_animations_dont_rise);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
