/* test-danmaku.c: what people see of comments, looked at pixel by pixel
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scenes are drawn at chosen instants of a clock made of numbers; the pictures
 * are kept beside the test. What only a window can show (frames, picking,
 * names) runs in one, on a virtual display of the test's own.
 */

#include <gtk/gtk.h>

#include "km-audience-stage.h"
#include "km-danmaku-popover.h"
#include "km-danmaku-scene.h"
#include "km-test-window.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define FRAME_US (SECOND / 60)

typedef struct
{
  int width;
  int height;
  double scale;
  const char *name;
} Screen;

typedef struct
{
  guint8 *data;
  int width;
  int height;
} Picture;

static const GdkRGBA white = { 1, 1, 1, 1 };
static const KmDanmakuLook usual = { 1.0, 1.0, 0.75, 1.0, TRUE };

static const char * const texts[] = {
  "大家好 👋",
  "第一次看到这么清楚的画面",
  "The quick brown fox jumps",
  "待ってました、音楽いいですね",
  "ㅋㅋㅋㅋ 대박",
  "מה שלומכם חברים?",
  "مرحبا بالجميع 🎉",
  "😂😂👍🏽👨‍👩‍👧‍👦🇨🇳",
  "<b>not bold</b> & so on",
  "Ünïcödé gjpqy ÀÉ",
};

static PangoContext *context;

static PangoContext *
make_context (void)
{
  GtkWidget *label = g_object_ref_sink (gtk_label_new (NULL));
  PangoContext *made = gtk_widget_create_pango_context (label);

  g_object_unref (label);
  return made;
}

static void
add (KmDanmakuScene *scene,
     const char     *text,
     KmDanmakuMode   mode,
     GdkRGBA         color,
     gboolean        own,
     gint64          now_us)
{
  const KmDanmaku danmaku = {
    .id = text,
    .text = text,
    .mode = mode,
    .color = color,
    .time_ms = -1,
    .own = own,
  };

  km_danmaku_scene_add (scene, &danmaku, now_us);
}

/* Draws on what stands for the brightest and the darkest picture, or on
 * nothing. */
static Picture
render (KmDanmakuScene *scene,
        const Screen   *screen,
        const GdkRGBA  *ground,
        const char     *name)
{
  graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (0, 0, (float) (screen->width * screen->scale),
                        (float) (screen->height * screen->scale));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderer) renderer = gsk_cairo_renderer_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  Picture picture = {
    .width = (int) bounds.size.width,
    .height = (int) bounds.size.height,
  };

  gtk_snapshot_append_color (snapshot, ground, &bounds);
  gtk_snapshot_scale (snapshot, (float) screen->scale, (float) screen->scale);
  km_danmaku_scene_snapshot (scene, snapshot, GRAPHENE_POINT_INIT (0, 0));
  node = gtk_snapshot_to_node (snapshot);

  g_assert_true (gsk_renderer_realize_for_display (
    renderer, gdk_display_get_default (), NULL));
  texture = gsk_renderer_render_texture (renderer, node, &bounds);
  gsk_renderer_unrealize (renderer);

  if (name != NULL)
    {
      g_autofree char *file = g_strdup_printf ("%s-%s.png", screen->name, name);
      g_autofree char *directory =
        g_build_filename (g_getenv ("G_TEST_BUILDDIR") != NULL
                          ? g_getenv ("G_TEST_BUILDDIR") : g_get_tmp_dir (),
                          "pictures", NULL);
      g_autofree char *path = g_build_filename (directory, file, NULL);

      g_mkdir_with_parents (directory, 0755);
      g_assert_true (gdk_texture_save_to_png (texture, path));
      g_test_message ("%s", path);
    }

  picture.data = g_malloc ((gsize) picture.width * (gsize) picture.height * 4);
  gdk_texture_download (texture, picture.data, (gsize) picture.width * 4);
  return picture;
}

/* How many pixels of these rows aren't the one of the last corner, where
 * nothing is drawn. */
static guint
count_drawn (const Picture *picture,
             int            from_row,
             int            to_row)
{
  const guint32 *pixels = (const guint32 *) (gpointer) picture->data;
  guint32 ground = pixels[picture->width * picture->height - 1];
  guint count = 0;

  for (int i = from_row * picture->width; i < to_row * picture->width; i++)
    if (pixels[i] != ground)
      count++;

  return count;
}

static void
test_readable_on_any_picture (void)
{
  static const Screen screens[] = {
    { 1280, 720, 1.0, "video" },
    { 360, 202, 1.0, "narrow" },
    { 640, 360, 2.0, "hidpi" },
    { 852, 480, 1.5, "fractional" },
  };
  static const GdkRGBA grounds[] = {
    { 0.05f, 0.05f, 0.08f, 1 }, { 1, 1, 1, 1 }, { 0.5f, 0.5f, 0.5f, 1 },
  };
  static const char * const names[] = { "dark", "light", "grey" };
  static const GdkRGBA colors[] = {
    { 1, 1, 1, 1 }, { 1, 0.85f, 0.1f, 1 }, { 0.1f, 0.1f, 0.5f, 1 },
    { 1, 0.3f, 0.3f, 1 }, { 0.2f, 0.9f, 0.4f, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (screens); i++)
    for (guint j = 0; j < G_N_ELEMENTS (grounds); j++)
      {
        g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
        gint64 now_us = 0;
        GdkRectangle where;
        Picture picture;

        km_danmaku_scene_set_size (scene, screens[i].width, screens[i].height,
                                   screens[i].scale, &usual);
        for (guint k = 0; k < G_N_ELEMENTS (texts); k++)
          add (scene, texts[k], KM_DANMAKU_SCROLL,
               colors[k % G_N_ELEMENTS (colors)], k == 1, 0);
        add (scene, "站在下面", KM_DANMAKU_BOTTOM, white, FALSE, 0);
        add (scene, "站在上面 standing", KM_DANMAKU_TOP, white, FALSE, 0);
        for (; now_us < 3 * SECOND; now_us += FRAME_US)
          km_danmaku_scene_advance (scene, context, now_us, -1);

        picture = render (scene, &screens[i], &grounds[j], names[j]);
        for (int y = 0; y < screens[i].height; y += 4)
          for (int x = 0; x < screens[i].width; x += 40)
            if (km_danmaku_scene_get_text_at (scene, x, y, &where) != NULL
                && where.x >= 0)
              g_assert_cmpuint (
                count_drawn (&picture, (int) (where.y * screens[i].scale),
                             (int) ((where.y + where.height)
                                    * screens[i].scale)), >, 40);
        g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), >=, 5);
        g_free (picture.data);
      }
}

static void
test_own_is_framed (void)
{
  static const Screen screen = { 400, 100, 1.0, "own" };
  guint drawn[2];

  for (guint own = 0; own < 2; own++)
    {
      g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
      Picture picture;

      km_danmaku_scene_set_size (scene, 400, 100, 1.0, &usual);
      add (scene, "hello", KM_DANMAKU_TOP, white, own == 1, 0);
      km_danmaku_scene_advance (scene, context, 0, -1);
      picture = render (scene, &screen, &(GdkRGBA) { 0, 0, 0.3f, 1 },
                        own ? "framed" : "plain");
      drawn[own] = count_drawn (&picture, 0, 100);
      g_free (picture.data);
    }

  g_assert_cmpuint (drawn[0], >, 100);
  g_assert_cmpuint (drawn[1], >, drawn[0] + 150);
}

static void
test_lanes_stay_free (void)
{
  static const Screen screen = { 640, 360, 1.0, "free" };
  g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
  GdkRectangle where = { 0 };
  Picture picture;

  /* Marks above and below don't reach into a neighbour's lane. */
  km_danmaku_scene_set_size (scene, 640, 360, 1.0, &usual);
  add (scene, "a", KM_DANMAKU_TOP, white, FALSE, 0);
  add (scene, "Z\u0317\u0317\u0317\u0317\u0301\u0301\u0301\u0301",
       KM_DANMAKU_TOP, white, FALSE, 0);
  km_danmaku_scene_advance (scene, context, 0, -1);
  km_danmaku_scene_remove (scene, "a");
  g_assert_nonnull (km_danmaku_scene_get_text_at (scene, 320, 26, &where));
  picture = render (scene, &screen, &(GdkRGBA) { 0, 0, 0, 1 }, NULL);
  g_assert_cmpuint (count_drawn (&picture, 0, where.y), ==, 0);
  g_assert_cmpuint (count_drawn (&picture, where.y, where.y + where.height),
                    >, 20);
  g_assert_cmpuint (count_drawn (&picture, where.y + where.height, 360), ==, 0);
  g_free (picture.data);
}

static void
test_four_new_a_frame_within_budget (void)
{
  g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
  guint n_started = 0;
  gsize most = 0;

  km_danmaku_scene_set_size (scene, 1920, 1080, 2.0, &usual);
  for (guint i = 0; i < 900; i++)
    {
      gint64 now_us = i * 6 * FRAME_US;

      for (guint j = 0; j < 6; j++)
        {
          g_autofree char *text =
            g_strdup_printf ("%u %u 第一次看到这么清楚的画面", i, j);

          add (scene, text, KM_DANMAKU_SCROLL, white, FALSE, now_us);
        }
      km_danmaku_scene_advance (scene, context, now_us, -1);
      g_assert_cmpuint (km_danmaku_scene_get_n_started (scene), <=,
                        n_started + KM_DANMAKU_NEW_TEXTURES);
      n_started = km_danmaku_scene_get_n_started (scene);
      most = MAX (most, km_danmaku_scene_get_n_bytes (scene));
      g_assert_cmpuint (most, <=, KM_DANMAKU_TEXTURE_BYTES);
    }

  g_assert_cmpuint (n_started, >, 300);
  g_assert_cmpuint (most, >, KM_DANMAKU_TEXTURE_BYTES / 2);
}

static void
test_repeated_text_drawn_once (void)
{
  g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
  gsize one;

  km_danmaku_scene_set_size (scene, 1280, 720, 1.0, &usual);
  add (scene, "666", KM_DANMAKU_SCROLL, white, FALSE, 0);
  km_danmaku_scene_advance (scene, context, 0, -1);
  one = km_danmaku_scene_get_n_bytes (scene);
  for (guint i = 0; i < 10; i++)
    add (scene, "666", KM_DANMAKU_SCROLL, white, FALSE, 0);
  km_danmaku_scene_advance (scene, context, 0, -1);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 11);
  g_assert_cmpuint (km_danmaku_scene_get_n_bytes (scene), ==, one);
}

static void
test_without_motion_nothing_moves (void)
{
  static const Screen screen = { 640, 360, 1.0, "still" };
  const KmDanmakuLook still = { 1.0, 1.0, 0.75, 1.0, FALSE };
  g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
  Picture early, late;

  km_danmaku_scene_set_size (scene, 640, 360, 1.0, &still);
  add (scene, texts[0], KM_DANMAKU_SCROLL, white, FALSE, 0);
  g_assert_false (km_danmaku_scene_advance (scene, context, 0, -1));
  early = render (scene, &screen, &(GdkRGBA) { 0, 0, 0, 1 }, "early");
  g_assert_false (km_danmaku_scene_advance (scene, context, 3 * SECOND, -1));
  late = render (scene, &screen, &(GdkRGBA) { 0, 0, 0, 1 }, NULL);
  g_assert_cmpmem (early.data, 640 * 360 * 4, late.data, 640 * 360 * 4);
  g_assert_cmpint (km_danmaku_scene_get_delay_us (scene), ==, 2 * SECOND);
  km_danmaku_scene_advance (scene, context, 5 * SECOND, -1);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 0);
  g_assert_cmpint (km_danmaku_scene_get_delay_us (scene), ==, -1);
  g_free (early.data);
  g_free (late.data);
}

static void
test_a_jump_rebuilds (void)
{
  g_autoptr (KmDanmakuScene) scene = km_danmaku_scene_new ();
  KmDanmaku danmaku = {
    "1", "大家好", KM_DANMAKU_SCROLL, white, 61000, FALSE,
  };
  GdkRectangle where = { 0 };

  km_danmaku_scene_set_size (scene, 1280, 720, 1.0, &usual);
  km_danmaku_scene_advance (scene, context, 0, 10 * SECOND);
  km_danmaku_scene_add (scene, &danmaku, 0);
  danmaku.time_ms = G_MAXINT64;
  km_danmaku_scene_add (scene, &danmaku, 0);
  g_assert_false (km_danmaku_scene_advance (scene, context, SECOND,
                                            11 * SECOND));
  g_assert_cmpint (km_danmaku_scene_get_delay_us (scene), ==, SECOND / 4);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 0);

  /* Four seconds behind its time it is half on its way. */
  km_danmaku_scene_advance (scene, context, 2 * SECOND, 65 * SECOND);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 1);
  g_assert_nonnull (km_danmaku_scene_get_text_at (scene, 640, 10, &where));
  g_assert_cmpint (ABS (where.x + where.width / 2 - 640), <=, 2);

  km_danmaku_scene_advance (scene, context, 3 * SECOND, 20 * SECOND);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 0);
  km_danmaku_scene_advance (scene, context, 50 * SECOND, 61 * SECOND);
  g_assert_cmpuint (km_danmaku_scene_get_n_visible (scene), ==, 1);
}

static gboolean
shows (gpointer view)
{
  return km_danmaku_view_get_n_visible (view) > 0;
}

static gboolean
shows_nothing (gpointer view)
{
  return km_danmaku_view_get_n_visible (view) == 0;
}

static void
fly (KmDanmakuView *view,
     const char    *text,
     KmDanmakuMode  mode)
{
  const KmDanmaku danmaku = {
    .id = text, .text = text, .mode = mode, .color = white, .time_ms = -1,
  };

  km_danmaku_view_add (view, &danmaku);
}

static void
test_frames_only_while_something_flies (void)
{
  GtkWidget *view = km_danmaku_view_new ();
  GtkWidget *window = km_test_window_open (view, 640, 360);

  km_danmaku_view_set_speed (KM_DANMAKU_VIEW (view), 4.0);
  g_assert_cmpuint (km_test_window_count_frames (view), ==, 0);

  fly (KM_DANMAKU_VIEW (view), "大家好 👋", KM_DANMAKU_SCROLL);
  g_assert_true (km_test_wait_until (shows, view, 10));
  g_assert_cmpuint (km_test_window_count_frames (view), >, 1);

  km_danmaku_view_set_paused (KM_DANMAKU_VIEW (view), TRUE);
  g_assert_cmpuint (km_test_window_count_frames (view), ==, 0);
  g_assert_true (shows (view));
  km_danmaku_view_set_paused (KM_DANMAKU_VIEW (view), FALSE);

  g_assert_true (km_test_wait_until (shows_nothing, view, 10));
  g_assert_cmpuint (km_test_window_count_frames (view), ==, 0);

  /* One that stands needs two: when it comes and when it goes. */
  fly (KM_DANMAKU_VIEW (view), "站", KM_DANMAKU_TOP);
  g_assert_true (km_test_wait_until (shows, view, 10));
  g_assert_cmpuint (km_test_window_count_frames (view), ==, 0);
  g_assert_true (km_test_wait_until (shows_nothing, view, 10));

  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_disabled_draws_nothing (void)
{
  GtkWidget *view = km_danmaku_view_new ();
  GtkWidget *window = km_test_window_open (view, 640, 360);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (view);
  g_autoptr (GtkSnapshot) before = gtk_snapshot_new ();
  g_autoptr (GtkSnapshot) after = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  fly (KM_DANMAKU_VIEW (view), "大家好", KM_DANMAKU_TOP);
  g_assert_true (km_test_wait_until (shows, view, 10));
  km_test_window_count_frames (view);
  gdk_paintable_snapshot (paintable, before, 640, 360);
  node = gtk_snapshot_to_node (before);
  g_assert_nonnull (node);
  g_clear_pointer (&node, gsk_render_node_unref);

  km_danmaku_view_set_enabled (KM_DANMAKU_VIEW (view), FALSE);
  g_assert_cmpuint (km_danmaku_view_get_n_visible (KM_DANMAKU_VIEW (view)),
                    ==, 0);
  fly (KM_DANMAKU_VIEW (view), "nobody sees this", KM_DANMAKU_TOP);
  g_assert_cmpuint (km_test_window_count_frames (view), ==, 0);
  gdk_paintable_snapshot (paintable, after, 640, 360);
  node = gtk_snapshot_to_node (after);
  g_assert_null (node);

  g_clear_object (&paintable);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_clicks_fall_through_between (void)
{
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *below = gtk_picture_new ();
  GtkWidget *view = km_danmaku_view_new ();
  GtkWidget *window = km_test_window_open (overlay, 640, 360);

  gtk_overlay_set_child (GTK_OVERLAY (overlay), below);
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), view);
  fly (KM_DANMAKU_VIEW (view), "大家好 👋 hello", KM_DANMAKU_TOP);
  g_assert_true (km_test_wait_until (shows, view, 10));

  g_assert_true (gtk_widget_pick (overlay, 320, 10, GTK_PICK_DEFAULT) == view);
  g_assert_true (gtk_widget_pick (overlay, 320, 200, GTK_PICK_DEFAULT)
                 == below);
  g_assert_true (gtk_widget_pick (overlay, 20, 10, GTK_PICK_DEFAULT) == below);
  gtk_window_destroy (GTK_WINDOW (window));
}

static GtkWidget *
find_button (GtkWidget *widget)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = GTK_IS_BUTTON (widget) ? widget : NULL;

  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child);

  return found;
}

static void
on_clipboard_read (GObject      *clipboard,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result,
                                          NULL);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static gboolean
has_no_child (gpointer widget)
{
  return gtk_widget_get_first_child (widget) == NULL;
}

static void
test_clicked_text_is_copied (void)
{
  GtkWidget *view = km_danmaku_view_new ();
  GtkWidget *window = km_test_window_open (view, 640, 360);
  g_autofree char *copied = NULL;

  km_test_window_count_frames (view);
  km_danmaku_popover_show (view, &(GdkRectangle) { 320, 0, 1, 24 },
                           "<b>大家好 👋");
  g_signal_emit_by_name (find_button (view), "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (view), NULL,
                                 on_clipboard_read, &copied);
  g_assert_true (km_test_wait_until (is_set, &copied, 10));
  g_assert_cmpstr (copied, ==, "<b>大家好 👋");
  g_assert_true (km_test_wait_until (has_no_child, view, 10));

  /* One that is open goes with its view. */
  km_danmaku_popover_show (view, &(GdkRectangle) { 320, 0, 1, 24 }, "again");
  gtk_window_destroy (GTK_WINDOW (window));
}

static gint64
position_ms (gpointer user_data)
{
  return *(gint64 *) user_data;
}

static void
test_waits_for_the_picture (void)
{
  GtkWidget *view = km_danmaku_view_new ();
  GtkWidget *window = km_test_window_open (view, 640, 360);
  KmDanmaku danmaku = { "1", "later", KM_DANMAKU_SCROLL, white, 5300, FALSE };
  gint64 position = 5000;

  km_danmaku_view_set_position_func (KM_DANMAKU_VIEW (view), position_ms,
                                     &position, NULL);
  km_test_window_count_frames (view);
  km_danmaku_view_add (KM_DANMAKU_VIEW (view), &danmaku);
  km_test_window_count_frames (view);
  g_assert_true (shows_nothing (view));
  position = 5300;
  g_assert_true (km_test_wait_until (shows, view, 10));
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_named (gpointer data)
{
  gpointer *expected = data;
  g_autofree char *wrong = gtk_test_accessible_check_property (
    expected[0], GTK_ACCESSIBLE_PROPERTY_LABEL, expected[1]);

  return wrong == NULL;
}

static void
test_stage_says_what_it_shows (void)
{
  GtkWidget *stage = km_audience_stage_new ();
  GtkWidget *window = km_test_window_open (stage, 300, 60);
  KmDanmakuView *view =
    km_audience_stage_get_danmaku_view (KM_AUDIENCE_STAGE (stage));
  GtkWidget *hint = gtk_widget_get_first_child (stage);
  gpointer one[] = { view, "大家好 👋" };
  gpointer two[] = { view, "hi\n大家好 👋" };
  gpointer none[] = { view, "Comments on the picture" };

  g_assert_true (is_named (none));
  g_assert_true (gtk_widget_get_visible (hint));
  fly (view, "大家好 👋", KM_DANMAKU_TOP);
  g_assert_true (km_test_wait_until (is_named, one, 10));
  g_assert_false (gtk_widget_get_visible (hint));
  g_assert_cmpint (gtk_widget_get_height (stage), >=, 120);
  fly (view, "hi", KM_DANMAKU_TOP);
  g_assert_true (km_test_wait_until (is_named, two, 10));
  km_danmaku_view_clear (view);
  g_assert_true (km_test_wait_until (is_named, none, 10));
  g_assert_true (gtk_widget_get_visible (hint));
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
  context = make_context ();

  g_test_add_func ("/stage/danmaku/readable-on-any-picture",
                   test_readable_on_any_picture);
  g_test_add_func ("/stage/danmaku/own-is-framed", test_own_is_framed);
  g_test_add_func ("/stage/danmaku/lanes-stay-free", test_lanes_stay_free);
  g_test_add_func ("/stage/danmaku/four-new-a-frame-within-budget",
                   test_four_new_a_frame_within_budget);
  g_test_add_func ("/stage/danmaku/repeated-text-drawn-once",
                   test_repeated_text_drawn_once);
  g_test_add_func ("/stage/danmaku/without-motion-nothing-moves",
                   test_without_motion_nothing_moves);
  g_test_add_func ("/stage/danmaku/a-jump-rebuilds", test_a_jump_rebuilds);
  g_test_add_func ("/stage/danmaku/frames-only-while-something-flies",
                   test_frames_only_while_something_flies);
  g_test_add_func ("/stage/danmaku/disabled-draws-nothing",
                   test_disabled_draws_nothing);
  g_test_add_func ("/stage/danmaku/clicks-fall-through-between",
                   test_clicks_fall_through_between);
  g_test_add_func ("/stage/danmaku/clicked-text-is-copied",
                   test_clicked_text_is_copied);
  g_test_add_func ("/stage/danmaku/waits-for-the-picture",
                   test_waits_for_the_picture);
  g_test_add_func ("/stage/danmaku/stage-says-what-it-shows",
                   test_stage_says_what_it_shows);
  status = g_test_run ();

  g_object_unref (context);
  km_test_window_stop_display (display);
  return status;
}
