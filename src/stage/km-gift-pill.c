/* km-gift-pill.c: "Alice sent Coffee ×3", beside a picture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ground of a pill is dark enough for its white text over any picture; its
 * color tells the tier. Texts are laid out once, the count when it changes.
 *
 * Thread: main.
 */

#include "km-gift-pill.h"

#include <glib/gi18n.h>

#include "km-gift-art.h"

#define PADDING_PX 14
#define GAP_PX 6
#define ART_PX 44
#define TEXT_MIN_PX 64
#define TEXT_MAX_PX 190
#define NAME_FONT_PX 13
#define GIFT_FONT_PX 11
#define COUNT_FONT_PX 24

struct _KmGiftPill
{
  char *giver;
  char *sent;
  GdkPaintable *art;

  PangoLayout *giver_layout;
  PangoLayout *sent_layout;
  PangoLayout *count_layout;
  gint64 counted;
};

/* Left to right, of each tier. */
static const GskColorStop grounds[][2] = {
  { { 0, { 0.10f, 0.09f, 0.16f, 0.82f } },
    { 1, { 0.30f, 0.22f, 0.46f, 0.72f } } },
  { { 0, { 0.23f, 0.07f, 0.34f, 0.88f } },
    { 1, { 0.72f, 0.16f, 0.46f, 0.82f } } },
  { { 0, { 0.42f, 0.05f, 0.10f, 0.92f } },
    { 1, { 0.86f, 0.42f, 0.05f, 0.88f } } },
};

static const GdkRGBA white = { 1, 1, 1, 1 };
static const GdkRGBA soft = { 1, 1, 1, 0.82f };
static const GdkRGBA yellow = { 1, 0.88f, 0.30f, 1 };
static const GdkRGBA shadow = { 0, 0, 0, 0.75f };

static PangoLayout *
make_layout (PangoContext *context,
             const char   *text,
             int           font_px,
             PangoWeight   weight)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font =
    pango_font_description_copy (pango_context_get_font_description (context));

  pango_font_description_set_absolute_size (font, font_px * PANGO_SCALE);
  pango_font_description_set_weight (font, weight);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

static void
lay_out (KmGiftPill   *self,
         PangoContext *context,
         gint64        count)
{
  if (self->giver_layout == NULL)
    {
      self->giver_layout = make_layout (context, self->giver, NAME_FONT_PX,
                                        PANGO_WEIGHT_BOLD);
      self->sent_layout = make_layout (context, self->sent, GIFT_FONT_PX,
                                       PANGO_WEIGHT_NORMAL);
    }
  if (self->count_layout == NULL || self->counted != count)
    {
      g_autofree char *text = g_strdup_printf ("×%'" G_GINT64_FORMAT, count);

      g_clear_object (&self->count_layout);
      self->count_layout = make_layout (context, text, COUNT_FONT_PX,
                                        PANGO_WEIGHT_ULTRABOLD);
      self->counted = count;
    }
}

/* Of both lines, in @width_px at most. */
static float
fit_text (KmGiftPill *self,
          float       width_px)
{
  PangoLayout *lines[] = { self->giver_layout, self->sent_layout };
  int most = 0;

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      int width;

      pango_layout_set_width (lines[i], -1);
      pango_layout_get_pixel_size (lines[i], &width, NULL);
      pango_layout_set_width (lines[i], (int) (width_px * PANGO_SCALE));
      most = MAX (most, width);
    }

  return MIN ((float) most, width_px);
}

static void
append_text (GtkSnapshot   *snapshot,
             PangoLayout   *layout,
             float          x,
             float          y,
             const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
append_ground (GtkSnapshot       *snapshot,
               const KmGiftEntry *entry,
               float              width_px)
{
  const GskColorStop *stops =
    grounds[CLAMP (entry->tier, 1, G_N_ELEMENTS (grounds)) - 1];
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, width_px,
                                               KM_GIFT_PILL_PX);
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, KM_GIFT_PILL_PX / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_linear_gradient (
    snapshot, &bounds, &GRAPHENE_POINT_INIT (0, 0),
    &GRAPHENE_POINT_INIT (width_px, 0), stops, 2);
  gtk_snapshot_pop (snapshot);

  if (entry->own)
    gtk_snapshot_append_border (
      snapshot, &outline, (float[4]) { 1.5f, 1.5f, 1.5f, 1.5f },
      (GdkRGBA[4]) { yellow, yellow, yellow, yellow });
}

/* Beside the pill and without a ground: a shadow makes it readable. */
static void
append_count (KmGiftPill  *self,
              GtkSnapshot *snapshot,
              float        x,
              float        pop)
{
  const float shifts[][2] = { { -1, -1 }, { 1, -1 }, { -1, 1 }, { 1.5f, 2 } };
  int width, height;

  pango_layout_get_pixel_size (self->count_layout, &width, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (x, KM_GIFT_PILL_PX / 2.0f));
  gtk_snapshot_scale (snapshot, pop, pop);
  for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
    append_text (snapshot, self->count_layout, shifts[i][0],
                 (float) -height / 2 + shifts[i][1], &shadow);
  append_text (snapshot, self->count_layout, 0, (float) -height / 2, &yellow);
  gtk_snapshot_restore (snapshot);
}

/**
 * km_gift_pill_new:
 * @show: a gift
 *
 * Returns: (transfer full): what is drawn for it
 */
KmGiftPill *
km_gift_pill_new (const KmGiftShow *show)
{
  KmGiftPill *self = g_new0 (KmGiftPill, 1);

  self->giver = g_strdup (show->giver);
  /* Translators: the line below who gave it; %s is a gift */
  self->sent = g_strdup_printf (_("sent %s"), show->gift_name);
  self->art = show->art != NULL ? g_object_ref (show->art)
                                : km_gift_art_load (NULL, ART_PX, 1);

  return self;
}

void
km_gift_pill_free (KmGiftPill *self)
{
  g_clear_object (&self->giver_layout);
  g_clear_object (&self->sent_layout);
  g_clear_object (&self->count_layout);
  g_clear_object (&self->art);
  g_free (self->giver);
  g_free (self->sent);
  g_free (self);
}

GdkPaintable *
km_gift_pill_get_art (KmGiftPill *self)
{
  return self->art;
}

/**
 * km_gift_pill_snapshot:
 * @self: a pill
 * @snapshot: its left upper corner is at 0, 0; %KM_GIFT_PILL_PX high
 * @context: whose font family is used
 * @entry: what of it changes
 * @width_px: that it may take
 * @pop: size of the count, relative to the usual
 *
 * Draws it.
 */
void
km_gift_pill_snapshot (KmGiftPill        *self,
                       GtkSnapshot       *snapshot,
                       PangoContext      *context,
                       const KmGiftEntry *entry,
                       float              width_px,
                       float              pop)
{
  int count_width;
  float text_px, art_x;

  lay_out (self, context, entry->combo_count);
  pango_layout_get_pixel_size (self->count_layout, &count_width, NULL);
  text_px = width_px - PADDING_PX - ART_PX - 3 * GAP_PX - (float) count_width;
  text_px = fit_text (self, CLAMP (text_px, TEXT_MIN_PX, TEXT_MAX_PX));
  art_x = PADDING_PX + text_px + GAP_PX;

  append_ground (snapshot, entry, art_x + ART_PX);
  append_text (snapshot, self->giver_layout, PADDING_PX, 3, &white);
  append_text (snapshot, self->sent_layout, PADDING_PX, 20, &soft);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
    snapshot, &GRAPHENE_POINT_INIT (art_x - 2, (KM_GIFT_PILL_PX - ART_PX) / 2));
  gdk_paintable_snapshot (self->art, snapshot, ART_PX, ART_PX);
  gtk_snapshot_restore (snapshot);
  append_count (self, snapshot, art_x + ART_PX + GAP_PX, pop);
}
