/* km-barcode.c: a 64-bit number that survives being filmed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading looks at the middle of each block only, where neither scaling nor an
 * encoder's blocks bleed over, and refuses grey: a frame of something else
 * is not a number.
 */

#include "km-barcode.h"

#include <string.h>

#define DARK 96
#define BRIGHT 144

/**
 * km_barcode_write:
 * @luma: the block's first byte; 1 byte a pixel
 * @stride: bytes from one row to the next
 * @value: what to paint
 */
void
km_barcode_write (guint8  *luma,
                  gsize    stride,
                  guint64  value)
{
  for (guint bit = 0; bit < 64; bit++)
    {
      guint8 *block = luma + bit / 16 * KM_BARCODE_BLOCK_PX * stride +
                      bit % 16 * KM_BARCODE_BLOCK_PX;

      for (guint row = 0; row < KM_BARCODE_BLOCK_PX; row++)
        memset (block + row * stride, (value >> bit & 1) != 0 ? 235 : 16,
                KM_BARCODE_BLOCK_PX);
    }
}

/* Mean of the 3×3 pixels around a point; -1 when it lies outside. */
static int
look_at (const KmBarcodeImage *image,
         double                x_px,
         double                y_px)
{
  int x = (int) x_px, y = (int) y_px, sum = 0;

  if (x < 1 || y < 1 ||
      x + 1 >= (int) image->width_px || y + 1 >= (int) image->height_px)
    return -1;

  for (int row = y - 1; row <= y + 1; row++)
    for (int column = x - 1; column <= x + 1; column++)
      sum += image->pixels[(gsize) row * image->stride +
                           (gsize) column * image->pixel_bytes +
                           image->channel];

  return sum / 9;
}

/**
 * km_barcode_read:
 * @image: the picture
 * @x_px: where the painted frame's (0, 0) lies in @image
 * @y_px: the same, plus what is painted above the wanted number
 * @scale: how many pixels of @image one of the frame is
 * @value: (out): the number
 *
 * Returns: %FALSE when there is no number to be read
 */
gboolean
km_barcode_read (const KmBarcodeImage *image,
                 double                x_px,
                 double                y_px,
                 double                scale,
                 guint64              *value)
{
  double block = KM_BARCODE_BLOCK_PX * scale;
  guint64 read = 0;

  for (guint bit = 0; bit < 64; bit++)
    {
      int mean = look_at (image, x_px + (bit % 16 + 0.5) * block,
                          y_px + (bit / 16 + 0.5) * block);

      if (mean < 0 || (mean > DARK && mean < BRIGHT))
        return FALSE;
      if (mean >= BRIGHT)
        read |= G_GUINT64_CONSTANT (1) << bit;
    }

  *value = read;
  return TRUE;
}
