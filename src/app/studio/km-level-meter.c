/* km-level-meter.c: how loud the microphone is
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Segments from −60 to 0 dB below full scale, yellow from −20, red from −9,
 * with a mark at the highest level of the last while. It draws only while
 * something moves: told of a sound it starts to follow the frame clock, and
 * stops when the bar has fallen.
 *
 * Thread: main.
 */

#include "km-level-meter.h"

#include "km-ballistics.h"
#include "km-format.h"

#define HEIGHT_PX     10
#define WIDTH_PX      120
#define SEGMENT_PX    4
#define GAP_PX        1
#define SPOKEN_STEP   3.0

struct _KmLevelMeter
{
  GtkWidget parent_instance;

  KmBallistics ballistics;
  guint tick;
  double spoken_db;
};

G_DEFINE_FINAL_TYPE (KmLevelMeter, km_level_meter, GTK_TYPE_WIDGET)

static GdkRGBA
get_color (double   level_db,
           gboolean lit)
{
  GdkRGBA color = { 0.18f, 0.76f, 0.49f, 1 };

  if (level_db >= KM_BALLISTICS_RED_DB)
    color = (GdkRGBA) { 0.88f, 0.11f, 0.14f, 1 };
  else if (level_db >= KM_BALLISTICS_YELLOW_DB)
    color = (GdkRGBA) { 0.96f, 0.83f, 0.18f, 1 };
  color.alpha = lit ? 1.0f : 0.22f;
  return color;
}

static void
km_level_meter_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  KmLevelMeter *self = KM_LEVEL_METER (widget);
  int width_px = gtk_widget_get_width (widget);
  int height_px = gtk_widget_get_height (widget);
  int n_segments = MAX (1, width_px / (SEGMENT_PX + GAP_PX));
  double shown = km_ballistics_fraction (self->ballistics.shown_db);
  int peak = (int) (km_ballistics_fraction (self->ballistics.peak_db)
                    * n_segments) - 1;
  gboolean backwards = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  for (int i = 0; i < n_segments; i++)
    {
      double fraction = (double) i / n_segments;
      double level_db = KM_BALLISTICS_FLOOR_DB * (1 - fraction);
      GdkRGBA color = get_color (level_db, fraction < shown || i == peak);
      int place = backwards ? n_segments - 1 - i : i;
      graphene_rect_t rect = GRAPHENE_RECT_INIT (
        (float) (place * (SEGMENT_PX + GAP_PX)), 0, SEGMENT_PX,
        (float) height_px);

      gtk_snapshot_append_color (snapshot, &color, &rect);
    }
}

static void
km_level_meter_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = horizontal ? WIDTH_PX / 2 : HEIGHT_PX;
  *natural = horizontal ? WIDTH_PX : HEIGHT_PX;
}

/* A screen reader asks; it isn't told of every flicker. */
static void
tell_value (KmLevelMeter *self)
{
  g_autofree char *text = NULL;

  if (ABS (self->ballistics.shown_db - self->spoken_db) < SPOKEN_STEP)
    return;

  self->spoken_db = self->ballistics.shown_db;
  text = km_format_decibels (self->spoken_db);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  self->spoken_db,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  KmLevelMeter *self = KM_LEVEL_METER (widget);
  gboolean moving = km_ballistics_fall (&self->ballistics,
                                        gdk_frame_clock_get_frame_time (clock));

  tell_value (self);
  gtk_widget_queue_draw (widget);
  if (moving)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
km_level_meter_unmap (GtkWidget *widget)
{
  KmLevelMeter *self = KM_LEVEL_METER (widget);

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (widget, self->tick);
  self->tick = 0;

  GTK_WIDGET_CLASS (km_level_meter_parent_class)->unmap (widget);
}

static void
km_level_meter_class_init (KmLevelMeterClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = km_level_meter_snapshot;
  widget_class->measure = km_level_meter_measure;
  widget_class->unmap = km_level_meter_unmap;
  gtk_widget_class_set_css_name (widget_class, "levelmeter");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_METER);
}

static void
km_level_meter_init (KmLevelMeter *self)
{
  km_ballistics_init (&self->ballistics, g_get_monotonic_time ());
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MIN,
                                  KM_BALLISTICS_FLOOR_DB,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  KM_BALLISTICS_FLOOR_DB, -1);
}

/**
 * km_level_meter_hear:
 * @level_db: how loud it is now, in dB below full scale
 */
void
km_level_meter_hear (KmLevelMeter *self,
                     double        level_db)
{
  km_ballistics_hear (&self->ballistics, level_db, g_get_monotonic_time ());
  if (self->tick == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick,
                                               NULL, NULL);
}
