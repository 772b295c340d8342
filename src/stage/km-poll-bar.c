/* km-poll-bar.c: a share of its width, which moves when the share does
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawn in its own text color: a see-through ground, on which a text stays
 * readable, and a line below it that shows the length in every contrast. Where
 * people read from the right it grows from there.
 *
 * Thread: main.
 */

#include "km-poll-bar.h"

#define MOVE_US (G_USEC_PER_SEC * 2 / 5)
#define LINE_PX 3
#define GROUND_ALPHA 0.30f

struct _KmPollBar
{
  GtkWidget parent_instance;

  double from;
  double shown;
  double share;
  gint64 moved_us;
  guint tick;
};

G_DEFINE_FINAL_TYPE (KmPollBar, km_poll_bar, GTK_TYPE_WIDGET)

static void
settle (KmPollBar *self)
{
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  self->shown = self->share;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  KmPollBar *self = KM_POLL_BAR (widget);
  gint64 now_us = gdk_frame_clock_get_frame_time (clock);
  double rest;

  if (self->moved_us < 0)
    self->moved_us = now_us;
  rest = 1 - CLAMP ((double) (now_us - self->moved_us) / MOVE_US, 0, 1);
  self->shown = self->share + (self->from - self->share) * rest * rest * rest;
  gtk_widget_queue_draw (widget);
  if (rest > 0)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
may_move (KmPollBar *self)
{
  gboolean motion;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)),
                "gtk-enable-animations", &motion, NULL);
  return motion && gtk_widget_get_mapped (GTK_WIDGET (self));
}

static void
km_poll_bar_snapshot (GtkWidget   *widget,
                      GtkSnapshot *snapshot)
{
  KmPollBar *self = KM_POLL_BAR (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float length = width * (float) self->shown;
  float x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
            ? width - length : 0;
  GdkRGBA color;

  if (length <= 0)
    return;

  gtk_widget_get_color (widget, &color);
  gtk_snapshot_append_color (
    snapshot, &color,
    &GRAPHENE_RECT_INIT (x, height - LINE_PX, length, LINE_PX));
  color.alpha *= GROUND_ALPHA;
  gtk_snapshot_append_color (
    snapshot, &color, &GRAPHENE_RECT_INIT (x, 0, length, height - LINE_PX));
}

static void
km_poll_bar_unmap (GtkWidget *widget)
{
  settle (KM_POLL_BAR (widget));
  GTK_WIDGET_CLASS (km_poll_bar_parent_class)->unmap (widget);
}

static void
km_poll_bar_class_init (KmPollBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = km_poll_bar_snapshot;
  widget_class->unmap = km_poll_bar_unmap;
  gtk_widget_class_set_css_name (widget_class, "pollbar");
  gtk_widget_class_set_accessible_role (widget_class,
                                        GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
km_poll_bar_init (KmPollBar *self)
{
}

/**
 * km_poll_bar_new:
 *
 * Returns: (transfer floating): a bar without length
 */
GtkWidget *
km_poll_bar_new (void)
{
  return g_object_new (KM_TYPE_POLL_BAR, NULL);
}

/**
 * km_poll_bar_set_share:
 * @self: a bar
 * @share: of its width, 0 to 1
 *
 * Moves it there; at once while it is hidden or animations are off.
 */
void
km_poll_bar_set_share (KmPollBar *self,
                       double     share)
{
  share = CLAMP (share, 0, 1);
  if (self->share == share)
    return;

  self->share = share;
  if (!may_move (self))
    {
      settle (self);
      return;
    }

  self->from = self->shown;
  self->moved_us = -1;
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick,
                                               NULL, NULL);
}

/**
 * km_poll_bar_get_shown:
 * @self: a bar
 *
 * Returns: the share that it shows now, on its way
 */
double
km_poll_bar_get_shown (KmPollBar *self)
{
  return self->shown;
}
