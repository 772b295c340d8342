/* km-barcode.h: a 64-bit number that survives being filmed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * 64 blocks of 16×16 pixels, 16 in a row, lowest bit first, white is one.
 * The test camera paints CLOCK_MONOTONIC in µs at (0, 0) and the number of the
 * frame at (0, KM_BARCODE_HEIGHT_PX).
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_BARCODE_BLOCK_PX 16
#define KM_BARCODE_WIDTH_PX (16 * KM_BARCODE_BLOCK_PX)
#define KM_BARCODE_HEIGHT_PX (4 * KM_BARCODE_BLOCK_PX)

/**
 * KmBarcodeImage:
 * @pixels: first byte of the picture
 * @stride: bytes from one row to the next
 * @pixel_bytes: bytes from one pixel to the next: 1 luma, 3 RGB, 4 RGBA
 * @channel: which byte of a pixel to look at; green serves for RGB
 * @width_px: of the picture
 * @height_px: of the picture
 */
typedef struct
{
  const guint8 *pixels;
  gsize stride;
  guint pixel_bytes;
  guint channel;
  guint width_px;
  guint height_px;
} KmBarcodeImage;

void     km_barcode_write (guint8               *luma,
                           gsize                 stride,
                           guint64               value);
gboolean km_barcode_read  (const KmBarcodeImage *image,
                           double                x_px,
                           double                y_px,
                           double                scale,
                           guint64              *value);

G_END_DECLS
