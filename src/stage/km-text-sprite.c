/* km-text-sprite.c: a text with an outline, drawn once into a texture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layout is made in device pixels, so that what is blitted to a whole
 * device pixel later is as sharp as text in a label. The outline is the text's
 * own alpha blitted around it: a tenth of what stroking its path costs, and it
 * works for colour glyphs too. Light text gets a dark outline and dark text a
 * light one, so it can be read on any picture.
 *
 * Thread: main.
 */

#include "km-text-sprite.h"

#include "km-danmaku-text.h"

/* No GPU refuses a texture of this width. */
#define WIDTH_MAX 8192

/* Where the base line is below the middle of a lane, in em: Han characters,
 * capitals and emoji then look centred. */
#define BASE_LINE 0.36

typedef struct
{
  const KmTextSpec *spec;
  PangoLayout *layout;
  int width;
  int height;
  int outline;
  int margin;
  int left;
} Drawing;

static PangoLayout *
make_layout (const KmTextSpec *spec,
             PangoContext     *context,
             int               width_max)
{
  PangoLayout *layout = pango_layout_new (context);
  g_autoptr (PangoFontDescription) font =
    pango_font_description_copy (pango_context_get_font_description (context));
  PangoLanguage *language = km_danmaku_text_language (spec->text);
  PangoRectangle logical;

  pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_font_description_set_absolute_size (font, spec->font_px * spec->scale
                                                  * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, spec->text, -1);

  if (language != NULL)
    {
      g_autoptr (PangoAttrList) attrs = pango_attr_list_new ();

      pango_attr_list_insert (attrs, pango_attr_language_new (language));
      pango_layout_set_attributes (layout, attrs);
    }

  pango_layout_get_pixel_extents (layout, NULL, &logical);
  if (logical.width > width_max)
    {
      pango_layout_set_width (layout, width_max * PANGO_SCALE);
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
    }

  return layout;
}

/* Glyphs may reach out of their logical extents to either side. */
static void
measure (Drawing *self)
{
  PangoLayoutLine *line = pango_layout_get_line_readonly (self->layout, 0);
  PangoRectangle ink, logical;
  int left, right;

  pango_layout_line_get_pixel_extents (line, &ink, &logical);
  left = MIN (ink.x, logical.x);
  right = MAX (ink.x + ink.width, logical.x + logical.width);
  self->left = self->margin - left;
  self->width = MIN (right - left, WIDTH_MAX) + 2 * self->margin;
}

static void
show_text (Drawing *self,
           cairo_t *cr)
{
  double font = self->spec->font_px * self->spec->scale;
  int base_line = (int) (self->height / 2.0 + font * BASE_LINE + 0.5);

  cairo_move_to (cr, self->left, base_line);
  pango_cairo_show_layout_line (
    cr, pango_layout_get_line_readonly (self->layout, 0));
}

static void
set_rgb (cairo_t *cr,
         guint32  rgb)
{
  cairo_set_source_rgb (cr, (rgb >> 16 & 0xff) / 255.0,
                        (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

/* Rec. 709 weights; not linearised: it only has to tell dark from light. */
static gboolean
is_dark (guint32 rgb)
{
  return (rgb >> 16 & 0xff) * 0.2126 + (rgb >> 8 & 0xff) * 0.7152
         + (rgb & 0xff) * 0.0722 < 96;
}

static void
set_outline_source (Drawing *self,
                    cairo_t *cr)
{
  if (is_dark (self->spec->rgb))
    cairo_set_source_rgba (cr, 1, 1, 1, 0.9);
  else
    cairo_set_source_rgba (cr, 0, 0, 0, 0.85);
}

static cairo_surface_t *
copy_shifted (Drawing         *self,
              cairo_surface_t *source,
              int              across,
              int              diagonal)
{
  const int shifts[][2] = {
    { 0, 0 },
    { across, 0 }, { -across, 0 }, { 0, across }, { 0, -across },
    { diagonal, diagonal }, { -diagonal, diagonal },
    { diagonal, -diagonal }, { -diagonal, -diagonal },
  };
  cairo_surface_t *target =
    cairo_image_surface_create (CAIRO_FORMAT_A8, self->width, self->height);
  cairo_t *cr = cairo_create (target);

  for (guint i = 0; i < G_N_ELEMENTS (shifts); i++)
    if (i == 0 || shifts[i][0] != 0 || shifts[i][1] != 0)
      {
        cairo_set_source_surface (cr, source, shifts[i][0], shifts[i][1]);
        cairo_paint (cr);
      }
  cairo_destroy (cr);

  return target;
}

/* Thickens the text's alpha: first along the axes, then along the diagonals,
 * which makes an octagon in few blits. */
static void
show_outline (Drawing *self,
              cairo_t *cr)
{
  int diagonal = self->outline / 2;
  cairo_surface_t *text =
    cairo_image_surface_create (CAIRO_FORMAT_A8, self->width, self->height);
  cairo_surface_t *thick, *outline;
  cairo_t *mask = cairo_create (text);

  show_text (self, mask);
  cairo_destroy (mask);

  thick = copy_shifted (self, text, self->outline - diagonal, 0);
  outline = diagonal > 0 ? copy_shifted (self, thick, 0, diagonal)
                         : cairo_surface_reference (thick);

  set_outline_source (self, cr);
  cairo_mask_surface (cr, outline, 0, 0);
  cairo_surface_destroy (outline);
  cairo_surface_destroy (thick);
  cairo_surface_destroy (text);
}

static void
trace_frame (Drawing *self,
             cairo_t *cr,
             double   inset)
{
  double radius = self->height / 4.0;
  double x0 = inset, y0 = inset;
  double x1 = self->width - inset, y1 = self->height - inset;

  cairo_new_sub_path (cr);
  cairo_arc (cr, x1 - radius, y0 + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x1 - radius, y1 - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x0 + radius, y1 - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x0 + radius, y0 + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
show_frame (Drawing *self,
            cairo_t *cr)
{
  double line = MAX (self->spec->scale * 1.5, 1.0);

  trace_frame (self, cr, line * 1.25);
  set_outline_source (self, cr);
  cairo_set_line_width (cr, line * 2);
  cairo_stroke_preserve (cr);
  set_rgb (cr, self->spec->rgb);
  cairo_set_line_width (cr, line);
  cairo_stroke (cr);
}

static GdkTexture *
draw (Drawing *self,
      gsize   *n_bytes)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, self->width, self->height);
  cairo_t *cr = cairo_create (surface);
  g_autoptr (GBytes) bytes = NULL;
  gsize stride;

  show_outline (self, cr);
  if (self->spec->framed)
    show_frame (self, cr);
  set_rgb (cr, self->spec->rgb);
  show_text (self, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  stride = (gsize) cairo_image_surface_get_stride (surface);
  *n_bytes = stride * (gsize) self->height;
  bytes = g_bytes_new_with_free_func (
    cairo_image_surface_get_data (surface), *n_bytes,
    (GDestroyNotify) cairo_surface_destroy, surface);

  return gdk_memory_texture_new (self->width, self->height,
                                 GDK_MEMORY_DEFAULT, bytes, stride);
}

/**
 * km_text_sprite_new:
 * @spec: what to draw
 * @context: whose font family is used
 *
 * Returns: (transfer full): the text, drawn
 */
KmTextSprite *
km_text_sprite_new (const KmTextSpec *spec,
                    PangoContext     *context)
{
  KmTextSprite *self = g_new0 (KmTextSprite, 1);
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (PangoLayout) layout = make_layout (spec, context, WIDTH_MAX);
  double font = spec->font_px * spec->scale;
  Drawing drawing = {
    .spec = spec,
    .layout = layout,
    .height = (int) (spec->lane_px * spec->scale + 0.5),
    .outline = MAX ((int) (font / 16 + 0.5), 1),
  };

  drawing.margin = drawing.outline + 1;
  if (spec->framed)
    drawing.margin += (int) (font * 0.4);
  measure (&drawing);

  texture = draw (&drawing, &self->n_bytes);
  self->width_px = (int) (drawing.width / spec->scale + 0.999);
  self->font_px = spec->font_px;
  self->node = gsk_texture_node_new (
    texture, &GRAPHENE_RECT_INIT (0, 0, (float) (drawing.width / spec->scale),
                                  (float) (drawing.height / spec->scale)));

  return self;
}

void
km_text_sprite_free (KmTextSprite *self)
{
  gsk_render_node_unref (self->node);
  g_free (self->key);
  g_free (self);
}
