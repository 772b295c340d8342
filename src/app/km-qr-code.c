/* km-qr-code.c: a text that cameras can read
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Black on white in every style, with the quiet zone of four modules around it
 * that the standard (ISO/IEC 18004) asks for: many readers find no code that
 * is light on dark, or none without a border. A module is a whole number of
 * the screen's own pixels, whatever the scale, so its edges are sharp.
 *
 * Thread: main.
 */

#include "km-qr-code.h"

#include <math.h>
#include <qrencode.h>

#define QUIET_MODULES 4
/* Four pixels a module of a link with a fingerprint. */
#define SIDE_PX 228

struct _KmQrCode
{
  GtkWidget parent_instance;

  GdkTexture *texture; /* a pixel a module; NULL: nothing to show */
};

G_DEFINE_FINAL_TYPE (KmQrCode, km_qr_code, GTK_TYPE_WIDGET)

static void
km_qr_code_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  *minimum = SIDE_PX;
  *natural = SIDE_PX;
}

static double
get_scale (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native)
                                       : NULL;

  return surface != NULL ? gdk_surface_get_scale (surface) : 1;
}

static void
km_qr_code_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  KmQrCode *self = KM_QR_CODE (widget);
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  const double scale = get_scale (widget);
  int modules;
  double side;

  if (self->texture == NULL)
    return;

  modules = gdk_texture_get_width (self->texture);
  side = modules * MAX (1, floor (MIN (width, height) * scale / modules))
         / scale;
  gtk_snapshot_append_scaled_texture (
    snapshot, self->texture, GSK_SCALING_FILTER_NEAREST,
    &GRAPHENE_RECT_INIT ((float) (round ((width - side) / 2 * scale) / scale),
                         (float) (round ((height - side) / 2 * scale) / scale),
                         (float) side, (float) side));
}

static void
km_qr_code_dispose (GObject *object)
{
  g_clear_object (&KM_QR_CODE (object)->texture);

  G_OBJECT_CLASS (km_qr_code_parent_class)->dispose (object);
}

static void
km_qr_code_class_init (KmQrCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = km_qr_code_dispose;
  widget_class->measure = km_qr_code_measure;
  widget_class->snapshot = km_qr_code_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
km_qr_code_init (KmQrCode *self)
{
}

/**
 * km_qr_code_set_text:
 * @text: (nullable): what it says; %NULL: nothing
 */
void
km_qr_code_set_text (KmQrCode   *self,
                     const char *text)
{
  g_return_if_fail (KM_IS_QR_CODE (self));

  g_clear_object (&self->texture);
  if (text != NULL)
    self->texture = km_qr_code_new_texture (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * km_qr_code_new_texture:
 * @text: what it says
 *
 * Returns: (transfer full) (nullable): the code with its quiet zone, a pixel a
 *   module; %NULL: the text is too long for any
 */
GdkTexture *
km_qr_code_new_texture (const char *text)
{
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  g_autoptr (GBytes) bytes = NULL;
  gsize side;
  guint8 *pixels;

  if (code == NULL)
    return NULL;

  side = (gsize) code->width + 2 * QUIET_MODULES;
  pixels = g_malloc (side * side);
  memset (pixels, 0xff, side * side);
  for (gsize y = 0; y < (gsize) code->width; y++)
    for (gsize x = 0; x < (gsize) code->width; x++)
      if ((code->data[y * (gsize) code->width + x] & 1) != 0)
        pixels[(y + QUIET_MODULES) * side + x + QUIET_MODULES] = 0;
  QRcode_free (code);

  bytes = g_bytes_new_take (pixels, side * side);

  return gdk_memory_texture_new ((int) side, (int) side, GDK_MEMORY_G8, bytes,
                                 side);
}
