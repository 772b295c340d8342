/* km-gift-effect.c: gifts that leave their pill: flights and the centre
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each is a pure function of how much of its time has gone by: a late frame
 * skips ahead, and nothing is kept between frames. Nothing flashes: the glow
 * comes and goes once.
 *
 * Thread: main.
 */

#include "km-gift-effect.h"

#include <math.h>

/* Left of this, in a narrow picture, is what tells who gave what. */
#define PILLS_PX 200

#define CONFETTI 36
#define CONFETTI_GRAVITY 0.9f

static const GdkRGBA confetti_colors[] = {
  { 1, 0.82f, 0.25f, 1 }, { 1, 0.38f, 0.50f, 1 }, { 0.45f, 0.80f, 1, 1 },
  { 0.62f, 0.93f, 0.55f, 1 }, { 0.80f, 0.62f, 1, 1 },
};

/* From 0 to 1 as @t goes from @from to @to. */
static float
ramp (float t,
      float from,
      float to)
{
  return CLAMP ((t - from) / (to - from), 0.0f, 1.0f);
}

/* Beyond 1 and back. */
static float
spring (float t)
{
  const float over = 1.70158f;
  float rest = t - 1;

  return 1 + (over + 1) * rest * rest * rest + over * rest * rest;
}

/* The same number of 0 to 1 for the same two numbers, always. */
static float
scatter (guint i,
         guint salt)
{
  guint32 bits = (i * 2654435761u) ^ (salt * 40503u);

  bits ^= bits >> 15;
  bits *= 2246822519u;
  bits ^= bits >> 13;
  return (float) (bits & 0xffff) / 65535.0f;
}

static void
append_art (GtkSnapshot     *snapshot,
            GdkPaintable    *art,
            graphene_point_t middle,
            float            edge_px,
            float            angle)
{
  if (edge_px < 1)
    return;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &middle);
  gtk_snapshot_rotate (snapshot, angle);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (-edge_px / 2, -edge_px / 2));
  gdk_paintable_snapshot (art, snapshot, edge_px, edge_px);
  gtk_snapshot_restore (snapshot);
}

static void
append_glow (GtkSnapshot     *snapshot,
             graphene_point_t middle,
             float            radius_px,
             float            strength)
{
  const GskColorStop stops[] = {
    { 0, { 1, 0.90f, 0.55f, 0.65f * strength } },
    { 0.5f, { 1, 0.70f, 0.30f, 0.25f * strength } },
    { 1, { 1, 0.60f, 0.20f, 0 } },
  };

  gtk_snapshot_append_radial_gradient (
    snapshot,
    &GRAPHENE_RECT_INIT (middle.x - radius_px, middle.y - radius_px,
                         radius_px * 2, radius_px * 2),
    &middle, radius_px, radius_px, 0, 1, stops, G_N_ELEMENTS (stops));
}

/* Bursts from behind the gift, falls, turns and fades. */
static void
append_confetti (GtkSnapshot     *snapshot,
                 graphene_point_t middle,
                 float            reach_px,
                 float            t)
{
  float out = km_gift_ease_out (ramp (t, 0, 0.6f));

  for (guint i = 0; i < CONFETTI; i++)
    {
      float direction = scatter (i, 1) * 2 * (float) G_PI;
      float reach = reach_px * (0.55f + 0.75f * scatter (i, 2));
      float edge = 4 + 5 * scatter (i, 3);
      GdkRGBA color = confetti_colors[i % G_N_ELEMENTS (confetti_colors)];

      color.alpha = 1 - ramp (t, 0.55f, 1);
      gtk_snapshot_save (snapshot);
      gtk_snapshot_translate (
        snapshot,
        &GRAPHENE_POINT_INIT (
          middle.x + cosf (direction) * reach * out * 1.35f,
          middle.y + sinf (direction) * reach * out
          + reach_px * CONFETTI_GRAVITY * t * t));
      gtk_snapshot_rotate (snapshot, 360 * (scatter (i, 4) + t));
      gtk_snapshot_append_color (
        snapshot, &color,
        &GRAPHENE_RECT_INIT (-edge / 2, -edge / 4, edge, edge / 2));
      gtk_snapshot_restore (snapshot);
    }
}

/**
 * km_gift_ease_out:
 * @t: 0 to 1
 *
 * Returns: 0 to 1: fast at first, then slower
 */
float
km_gift_ease_out (float t)
{
  float rest = 1 - t;

  return 1 - rest * rest * rest;
}

/**
 * km_gift_flight_snapshot:
 * @snapshot: where to draw
 * @art: a gift
 * @t: how much of the flight has gone by, 0 to 1
 * @size: of the picture that it crosses
 * @from: where it starts
 *
 * A gift of tier 2 on its arc across the picture.
 */
void
km_gift_flight_snapshot (GtkSnapshot     *snapshot,
                         GdkPaintable    *art,
                         float            t,
                         graphene_size_t  size,
                         graphene_point_t from)
{
  float way = t * t * (3 - 2 * t);
  float back = 1 - way;
  float top = size.height * 0.02f, end_y = size.height * 0.45f;
  float largest = CLAMP (size.height * 0.3f, 48, 120);
  float grown = km_gift_ease_out (ramp (t, 0, 0.45f));
  graphene_point_t middle = GRAPHENE_POINT_INIT (
    back * back * from.x + 2 * back * way * size.width * 0.55f
    + way * way * size.width * 0.86f,
    back * back * from.y + 2 * back * way * top + way * way * end_y);

  gtk_snapshot_push_opacity (snapshot, 1 - ramp (t, 0.82f, 1));
  append_art (snapshot, art, middle, 40 + (largest - 40) * grown,
              14 * sinf (t * 4 * (float) G_PI));
  gtk_snapshot_pop (snapshot);
}

/**
 * km_gift_centre_snapshot:
 * @snapshot: where to draw
 * @art: a gift
 * @t: how much of its time has gone by, 0 to 1
 * @size: of the picture
 *
 * A gift of tier 3 in the centre of the stage.
 */
void
km_gift_centre_snapshot (GtkSnapshot     *snapshot,
                         GdkPaintable    *art,
                         float            t,
                         graphene_size_t  size)
{
  float edge = CLAMP (MIN (size.height * 0.52f, size.width * 0.4f), 56, 240);
  float leaving = ramp (t, 0.86f, 1);
  float scale = spring (ramp (t, 0, 0.16f)) + 0.25f * leaving * leaving;
  graphene_point_t middle = GRAPHENE_POINT_INIT (
    MIN (MAX (size.width * 0.5f, PILLS_PX + edge / 2), size.width - edge / 2),
    size.height * 0.46f + edge * 0.04f * sinf (t * 6 * (float) G_PI));

  gtk_snapshot_push_opacity (snapshot, 1 - leaving);
  append_glow (snapshot, middle, edge * 0.95f,
               ramp (t, 0, 0.15f) * (1 - leaving));
  append_confetti (snapshot, middle, edge * 0.9f, ramp (t, 0.06f, 0.7f));
  append_art (snapshot, art, middle, edge * MAX (scale, 0),
              5 * sinf (t * 4 * (float) G_PI));
  gtk_snapshot_pop (snapshot);
}
