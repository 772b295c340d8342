/* km-gift-layer.c: gifts over a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The queue knows what is shown when; here it is drawn. Pills stand at the
 * left, what flies or takes the stage is above them. With animations off there
 * are pills alone and they stand still.
 *
 * Frames are asked for only while something is shown and the layer is mapped;
 * with animations off a timeout wakes it when something comes or goes. Hidden,
 * it asks for nothing: the queue catches up when there is something new.
 *
 * Clicks go to what is below. To assistive technology it isn't there: the
 * panels have a row for every gift.
 *
 * Thread: main.
 */

#include "km-gift-layer.h"

#include "km-gift-effect.h"
#include "km-gift-pill.h"
#include "km-gift-queue.h"

#define MARGIN_PX 10
#define GAP_PX 10
#define FLIGHT_FROM_PX 120
#define POP_US (G_USEC_PER_SEC * 3 / 10)

/* Where a picture is as high as this, pills have their full size. */
#define FULL_SIZE_PX 240
#define SCALE_MIN 0.68f

struct _KmGiftLayer
{
  GtkWidget parent_instance;

  KmGiftQueue *queue;
  gint64 now_us;
  gboolean motion;
  guint tick;
  guint waker;
  guint n_visible;
};

enum
{
  PROP_0,
  PROP_N_VISIBLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (KmGiftLayer, km_gift_layer, GTK_TYPE_WIDGET)

/* The frame clock may be a little behind what was read between frames. */
static gint64
read_clock (KmGiftLayer *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self));
  gint64 now_us = clock != NULL ? gdk_frame_clock_get_frame_time (clock)
                                : g_get_monotonic_time ();

  self->now_us = MAX (self->now_us, now_us);
  return self->now_us;
}

static void
stop (KmGiftLayer *self)
{
  g_clear_handle_id (&self->waker, g_source_remove);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
}

static void
count_visible (KmGiftLayer *self)
{
  guint n_visible = km_gift_queue_get_n_shown (self->queue);

  if (n_visible == self->n_visible)
    return;

  self->n_visible = n_visible;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_VISIBLE]);
}

static gboolean
advance (KmGiftLayer *self)
{
  gboolean shows = km_gift_queue_advance (self->queue, read_clock (self));

  count_visible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return shows;
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  KmGiftLayer *self = KM_GIFT_LAYER (widget);

  if (advance (self))
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
sleep_until_change (KmGiftLayer  *self,
                    GSourceFunc   func)
{
  gint64 wait_us = km_gift_queue_get_change_us (self->queue)
                   - read_clock (self);

  self->waker = g_timeout_add ((guint) (MAX (wait_us, 0) / 1000 + 1), func,
                               self);
}

static gboolean
on_wake (gpointer user_data)
{
  KmGiftLayer *self = user_data;

  self->waker = 0;
  if (advance (self))
    sleep_until_change (self, on_wake);

  return G_SOURCE_REMOVE;
}

static void
run (KmGiftLayer *self)
{
  g_clear_handle_id (&self->waker, g_source_remove);
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || !advance (self))
    return;

  if (!self->motion)
    sleep_until_change (self, on_wake);
  else if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick,
                                               NULL, NULL);
}

static void
on_animations_changed (KmGiftLayer *self)
{
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)),
                "gtk-enable-animations", &self->motion, NULL);
  stop (self);
  run (self);
}

static float
get_part (gint64 since_us,
          gint64 now_us,
          gint64 length_us)
{
  return CLAMP ((float) (now_us - since_us) / (float) length_us, 0.0f, 1.0f);
}

static float
get_opacity (KmGiftLayer       *self,
             const KmGiftEntry *entry)
{
  if (entry->leaves_us < 0 || !self->motion)
    return 1;

  return 1 - get_part (entry->leaves_us, self->now_us, KM_GIFT_OUT_US);
}

static float
get_pop (KmGiftLayer       *self,
         const KmGiftEntry *entry)
{
  float rest = 1 - get_part (entry->grown_us, self->now_us, POP_US);

  return self->motion ? 1 + 0.6f * rest * rest : 1;
}

static float
get_scale (float height_px)
{
  return CLAMP (height_px / FULL_SIZE_PX, SCALE_MIN, 1.0f);
}

/* The lowest pill is the first; a low picture is filled by three. */
static float
get_pill_y (float height_px,
            guint slot)
{
  float step = (KM_GIFT_PILL_PX + GAP_PX) * get_scale (height_px);
  float room = height_px - KM_GIFT_SLOTS * step;
  float bottom = height_px - MAX (room * 0.3f, 0);

  return bottom - step * (float) (slot + 1) + GAP_PX / 2.0f;
}

static void
snapshot_effect (KmGiftLayer       *self,
                 GtkSnapshot       *snapshot,
                 const KmGiftEntry *entry,
                 graphene_size_t    size)
{
  gint64 length_us = km_gift_effect_us (entry->tier);
  GdkPaintable *art = km_gift_pill_get_art (entry->data);
  float t;

  if (!self->motion || entry->effect_us < 0
      || self->now_us >= entry->effect_us + length_us)
    return;

  t = get_part (entry->effect_us, self->now_us, length_us);
  if (entry->tier >= 3)
    km_gift_centre_snapshot (snapshot, art, t, size);
  else
    km_gift_flight_snapshot (
      snapshot, art, t, size,
      GRAPHENE_POINT_INIT (FLIGHT_FROM_PX,
                           get_pill_y (size.height, entry->slot)));
}

static void
snapshot_pill (KmGiftLayer       *self,
               GtkSnapshot       *snapshot,
               const KmGiftEntry *entry,
               graphene_size_t    size)
{
  float scale = get_scale (size.height);
  float in = get_part (entry->shown_us, self->now_us, KM_GIFT_IN_US);
  float x = MARGIN_PX;

  if (self->motion)
    x -= (1 - km_gift_ease_out (in)) * size.width * 0.6f;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot, &GRAPHENE_POINT_INIT (x, get_pill_y (size.height, entry->slot)));
  gtk_snapshot_scale (snapshot, scale, scale);
  km_gift_pill_snapshot (
    entry->data, snapshot, gtk_widget_get_pango_context (GTK_WIDGET (self)),
    entry, (size.width - 2 * MARGIN_PX) / scale, get_pop (self, entry));
  gtk_snapshot_restore (snapshot);
}

/* Pills are above what flies: who gave what can always be read. */
static void
km_gift_layer_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  KmGiftLayer *self = KM_GIFT_LAYER (widget);
  graphene_size_t size =
    GRAPHENE_SIZE_INIT ((float) gtk_widget_get_width (widget),
                        (float) gtk_widget_get_height (widget));

  for (guint i = 0; i < 2 * KM_GIFT_SLOTS; i++)
    {
      const KmGiftEntry *entry =
        km_gift_queue_get_shown (self->queue, i % KM_GIFT_SLOTS);

      if (entry == NULL)
        continue;
      gtk_snapshot_push_opacity (snapshot, get_opacity (self, entry));
      if (i < KM_GIFT_SLOTS)
        snapshot_effect (self, snapshot, entry, size);
      else
        snapshot_pill (self, snapshot, entry, size);
      gtk_snapshot_pop (snapshot);
    }
}

static void
km_gift_layer_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (km_gift_layer_parent_class)->map (widget);
  on_animations_changed (KM_GIFT_LAYER (widget));
}

static void
km_gift_layer_unmap (GtkWidget *widget)
{
  stop (KM_GIFT_LAYER (widget));
  GTK_WIDGET_CLASS (km_gift_layer_parent_class)->unmap (widget);
}

static void
km_gift_layer_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  KmGiftLayer *self = KM_GIFT_LAYER (object);

  if (prop_id == PROP_N_VISIBLE)
    g_value_set_uint (value, self->n_visible);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
km_gift_layer_finalize (GObject *object)
{
  KmGiftLayer *self = KM_GIFT_LAYER (object);

  g_clear_handle_id (&self->waker, g_source_remove);
  km_gift_queue_free (self->queue);

  G_OBJECT_CLASS (km_gift_layer_parent_class)->finalize (object);
}

static void
km_gift_layer_class_init (KmGiftLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = km_gift_layer_get_property;
  object_class->finalize = km_gift_layer_finalize;
  widget_class->snapshot = km_gift_layer_snapshot;
  widget_class->map = km_gift_layer_map;
  widget_class->unmap = km_gift_layer_unmap;

  properties[PROP_N_VISIBLE] =
    g_param_spec_uint ("n-visible", NULL, NULL, 0, KM_GIFT_SLOTS, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                       | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_css_name (widget_class, "gifts");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
km_gift_layer_init (KmGiftLayer *self)
{
  self->motion = TRUE;
  self->queue = km_gift_queue_new ((GDestroyNotify) km_gift_pill_free);

  g_signal_connect_object (gtk_settings_get_default (),
                           "notify::gtk-enable-animations",
                           G_CALLBACK (on_animations_changed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_can_focus (GTK_WIDGET (self), FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * km_gift_layer_new:
 *
 * Put it over the picture, in a #GtkOverlay; its size is the picture's.
 *
 * Returns: (transfer floating): a layer without gifts
 */
GtkWidget *
km_gift_layer_new (void)
{
  return g_object_new (KM_TYPE_GIFT_LAYER, NULL);
}

/**
 * km_gift_layer_add:
 * @self: a layer
 * @show: a gift that was given now
 *
 * Shows it, lets its combo grow, or queues it behind those that are shown. Of
 * a gift that finds the queue full nothing is seen, unless it's one's own.
 */
void
km_gift_layer_add (KmGiftLayer      *self,
                   const KmGiftShow *show)
{
  const KmGiftEntry gift = {
    .combo = (char *) show->combo,
    .tier = show->tier,
    .own = show->own,
    .combo_count = MAX (show->combo_count, show->count),
    .value = show->value,
    .data = km_gift_pill_new (show),
  };

  km_gift_queue_add (self->queue, &gift, read_clock (self));
  count_visible (self);
  run (self);
}

/**
 * km_gift_layer_clear:
 * @self: a layer
 *
 * Forgets every gift; for another room.
 */
void
km_gift_layer_clear (KmGiftLayer *self)
{
  km_gift_queue_clear (self->queue);
  stop (self);
  count_visible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * km_gift_layer_get_n_visible:
 * @self: a layer
 *
 * Returns: how many gifts are on the picture now; notified as "n-visible"
 */
guint
km_gift_layer_get_n_visible (KmGiftLayer *self)
{
  return self->n_visible;
}
