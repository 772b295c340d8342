/* km-hearts.c: likes as hearts that rise over a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * They rise in a column at the right, where no gift stands. Each color is
 * drawn once into a texture. Frames are asked for only while hearts rise and
 * the widget is mapped; with animations off none do, the count beside the
 * button tells the same.
 *
 * Clicks go to what is below; to assistive technology it isn't there.
 *
 * Thread: main.
 */

#include "km-hearts.h"

#include "km-heart-swarm.h"

#define COLUMN_PX 110
#define HEART_PX 28
#define TEXTURE_PX 96
#define HEIGHT_SHARE 0.72f
#define HEIGHT_MAX_PX 420

struct _KmHearts
{
  GtkWidget parent_instance;

  KmHeartSwarm *swarm;
  GdkTexture *textures[KM_HEART_KINDS];
  gint64 now_us;
  guint tick;
};

/* Above and below. */
static const double colors[KM_HEART_KINDS][2][3] = {
  { { 1.00, 0.55, 0.66 }, { 0.90, 0.11, 0.31 } },
  { { 1.00, 0.66, 0.86 }, { 0.91, 0.25, 0.60 } },
  { { 0.84, 0.66, 1.00 }, { 0.55, 0.27, 0.86 } },
  { { 1.00, 0.78, 0.50 }, { 0.96, 0.42, 0.15 } },
  { { 0.60, 0.86, 1.00 }, { 0.16, 0.50, 0.90 } },
};

G_DEFINE_FINAL_TYPE (KmHearts, km_hearts, GTK_TYPE_WIDGET)

static gint64
read_clock (KmHearts *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  gint64 now_us = clock != NULL ? gdk_frame_clock_get_frame_time (clock)
                                : g_get_monotonic_time ();

  self->now_us = MAX (self->now_us, now_us);
  return self->now_us;
}

/* In a square of edge 1. */
static void
trace_heart (cairo_t *cr)
{
  cairo_move_to (cr, 0.5, 0.92);
  cairo_curve_to (cr, 0.30, 0.78, 0.06, 0.60, 0.06, 0.36);
  cairo_curve_to (cr, 0.06, 0.20, 0.18, 0.09, 0.30, 0.09);
  cairo_curve_to (cr, 0.39, 0.09, 0.46, 0.14, 0.5, 0.22);
  cairo_curve_to (cr, 0.54, 0.14, 0.61, 0.09, 0.70, 0.09);
  cairo_curve_to (cr, 0.82, 0.09, 0.94, 0.20, 0.94, 0.36);
  cairo_curve_to (cr, 0.94, 0.60, 0.70, 0.78, 0.5, 0.92);
  cairo_close_path (cr);
}

static void
paint_heart (cairo_t      *cr,
             const double (*color)[3])
{
  cairo_pattern_t *fill = cairo_pattern_create_linear (0, 0, 0, 1);

  cairo_pattern_add_color_stop_rgb (fill, 0, color[0][0], color[0][1],
                                    color[0][2]);
  cairo_pattern_add_color_stop_rgb (fill, 1, color[1][0], color[1][1],
                                    color[1][2]);
  trace_heart (cr);
  cairo_set_source (cr, fill);
  cairo_fill_preserve (cr);
  cairo_pattern_destroy (fill);

  cairo_set_source_rgba (cr, 1, 1, 1, 0.85);
  cairo_set_line_width (cr, 0.05);
  cairo_stroke (cr);

  cairo_translate (cr, 0.30, 0.30);
  cairo_rotate (cr, -G_PI / 5);
  cairo_scale (cr, 0.12, 0.07);
  cairo_arc (cr, 0, 0, 1, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.7);
  cairo_fill (cr);
}

static GdkTexture *
make_texture (guint kind)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, TEXTURE_PX, TEXTURE_PX);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GBytes) bytes = NULL;
  gsize stride;

  cairo_scale (cr, TEXTURE_PX, TEXTURE_PX);
  paint_heart (cr, colors[kind]);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  stride = (gsize) cairo_image_surface_get_stride (surface);
  bytes = g_bytes_new_with_free_func (
    cairo_image_surface_get_data (surface), stride * TEXTURE_PX,
    (GDestroyNotify) cairo_surface_destroy, surface);
  return gdk_memory_texture_new (TEXTURE_PX, TEXTURE_PX, GDK_MEMORY_DEFAULT,
                                 bytes, stride);
}

static GdkTexture *
get_texture (KmHearts *self,
             guint     kind)
{
  if (self->textures[kind] == NULL)
    self->textures[kind] = make_texture (kind);

  return self->textures[kind];
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  KmHearts *self = KM_HEARTS (widget);

  gtk_widget_queue_draw (widget);
  if (km_heart_swarm_advance (self->swarm, read_clock (self)))
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
stop (KmHearts *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static gboolean
may_move (KmHearts *self)
{
  gboolean motion;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)),
                "gtk-enable-animations", &motion, NULL);
  return motion && gtk_widget_get_mapped (GTK_WIDGET (self));
}

static void
on_animations_changed (KmHearts *self)
{
  if (!may_move (self))
    km_hearts_clear (self);
}

static void
snapshot_heart (KmHearts      *self,
                GtkSnapshot   *snapshot,
                const KmHeart *heart,
                float          height_px)
{
  const float edge = HEART_PX;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_push_opacity (snapshot, heart->opacity);
  gtk_snapshot_translate (
    snapshot, &GRAPHENE_POINT_INIT (heart->x * COLUMN_PX,
                                    heart->y * height_px - edge / 2));
  gtk_snapshot_rotate (snapshot, heart->angle);
  gtk_snapshot_scale (snapshot, heart->scale, heart->scale);
  gtk_snapshot_append_scaled_texture (
    snapshot, get_texture (self, heart->kind), GSK_SCALING_FILTER_TRILINEAR,
    &GRAPHENE_RECT_INIT (-edge / 2, -edge / 2, edge, edge));
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_restore (snapshot);
}

static void
km_hearts_snapshot (GtkWidget   *widget,
                    GtkSnapshot *snapshot)
{
  KmHearts *self = KM_HEARTS (widget);
  float width_px = (float) gtk_widget_get_width (widget);
  float height_px = (float) gtk_widget_get_height (widget);
  float column_px = MIN (height_px * HEIGHT_SHARE, HEIGHT_MAX_PX);
  KmHeart hearts[KM_HEARTS_MAX];
  guint n_hearts = km_heart_swarm_get (self->swarm, self->now_us, hearts);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (width_px - COLUMN_PX,
                                                height_px - column_px));
  for (guint i = 0; i < n_hearts; i++)
    snapshot_heart (self, snapshot, &hearts[i], column_px);
  gtk_snapshot_restore (snapshot);
}

static void
km_hearts_unmap (GtkWidget *widget)
{
  km_hearts_clear (KM_HEARTS (widget));
  GTK_WIDGET_CLASS (km_hearts_parent_class)->unmap (widget);
}

static void
km_hearts_finalize (GObject *object)
{
  KmHearts *self = KM_HEARTS (object);

  for (guint i = 0; i < KM_HEART_KINDS; i++)
    g_clear_object (&self->textures[i]);
  km_heart_swarm_free (self->swarm);

  G_OBJECT_CLASS (km_hearts_parent_class)->finalize (object);
}

static void
km_hearts_class_init (KmHeartsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = km_hearts_finalize;
  widget_class->snapshot = km_hearts_snapshot;
  widget_class->unmap = km_hearts_unmap;
  gtk_widget_class_set_css_name (widget_class, "hearts");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
km_hearts_init (KmHearts *self)
{
  self->swarm = km_heart_swarm_new (g_random_int ());

  g_signal_connect_object (gtk_settings_get_default (),
                           "notify::gtk-enable-animations",
                           G_CALLBACK (on_animations_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * km_hearts_new:
 *
 * Put it over the picture, in a #GtkOverlay; its size is the picture's.
 *
 * Returns: (transfer floating): a widget without hearts
 */
GtkWidget *
km_hearts_new (void)
{
  return g_object_new (KM_TYPE_HEARTS, NULL);
}

/**
 * km_hearts_add:
 * @self: a widget
 * @n_likes: how many came
 *
 * Lets hearts rise, at most %KM_HEARTS_MAX at a time. None do while the
 * widget is hidden or animations are off.
 */
void
km_hearts_add (KmHearts *self,
               guint     n_likes)
{
  if (!may_move (self))
    return;

  km_heart_swarm_add (self->swarm, n_likes, read_clock (self));
  if (self->tick == 0 && km_heart_swarm_count (self->swarm) > 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick,
                                               NULL, NULL);
}

/**
 * km_hearts_clear:
 * @self: a widget
 *
 * Takes all hearts away; for another room.
 */
void
km_hearts_clear (KmHearts *self)
{
  stop (self);
  km_heart_swarm_clear (self->swarm);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * km_hearts_get_n_visible:
 * @self: a widget
 *
 * Returns: how many rise or will
 */
guint
km_hearts_get_n_visible (KmHearts *self)
{
  return km_heart_swarm_count (self->swarm);
}
