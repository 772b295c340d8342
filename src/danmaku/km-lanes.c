/* km-lanes.c: when a lane takes a comment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every flying comment covers the picture's width and its own in the same
 * time, so longer ones are faster. One that follows touches the one before it
 * neither when it starts (that one's tail is in) nor when that one leaves (its
 * own head isn't yet at the left edge); both move evenly, so at no time in
 * between either. Those two instants of a lane's last comment are all there is
 * to know: the ones before it are further left.
 *
 * Rounding is always towards later, so the rule stays exact in integers.
 *
 * Thread: any, one at a time.
 */

#include "km-lanes.h"

/* How long a comment that is text_px wide needs for distance_px. */
static gint64
travel_us (const KmLanes *self,
           int            text_px,
           gint64         distance_px)
{
  return distance_px * self->duration_us / (self->width_px + text_px);
}

/**
 * km_lanes_reset:
 * @self: lanes
 *
 * Makes every lane empty since ever.
 */
void
km_lanes_reset (KmLanes *self)
{
  for (guint i = 0; i < KM_LANES_MAX; i++)
    self->lanes[i] = (KmLane) { G_MININT64, G_MININT64 };
}

/**
 * km_lanes_earliest:
 * @self: lanes
 * @lane: one of them
 * @text_px: width of the comment that asks; below 0 for one that stands still
 *
 * Returns: from which instant on the comment may start there, touching nobody
 */
gint64
km_lanes_earliest (const KmLanes *self,
                   guint          lane,
                   int            text_px)
{
  const KmLane *last = &self->lanes[lane];
  gint64 run_us;

  if (text_px < 0 || last->gone_us == G_MININT64)
    return last->gone_us;

  run_us = travel_us (self, text_px, MAX (self->width_px - self->gap_px, 0));
  return MAX (last->clear_us, last->gone_us - run_us);
}

/**
 * km_lanes_take:
 * @self: lanes
 * @lane: one of them
 * @text_px: width of the comment that enters
 * @start_us: when; not before km_lanes_earliest()
 */
void
km_lanes_take (KmLanes *self,
               guint    lane,
               int      text_px,
               gint64   start_us)
{
  gint64 covered_px = (gint64) ((text_px + self->gap_px) / self->density) + 1;

  self->lanes[lane].clear_us =
    start_us + travel_us (self, text_px, covered_px) + 1;
  self->lanes[lane].gone_us = start_us + self->duration_us;
}

/**
 * km_lanes_take_still:
 * @self: lanes
 * @lane: one of them, empty
 * @end_us: when the comment that stands there goes
 */
void
km_lanes_take_still (KmLanes *self,
                     guint    lane,
                     gint64   end_us)
{
  self->lanes[lane] = (KmLane) { end_us, end_us };
}

/**
 * km_lanes_x:
 * @self: lanes
 * @text_px: width of a flying comment
 * @age_us: since it started
 *
 * Returns: where its left edge is
 */
double
km_lanes_x (const KmLanes *self,
            int            text_px,
            gint64         age_us)
{
  return self->width_px - (double) (self->width_px + text_px)
                          * (double) age_us / (double) self->duration_us;
}
