/* test-qr-code.c: a text that cameras can read
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-qr-code.h"

#define QUIET 4
#define LINK \
  "kaimu://192.168.1.5:8443/room/1?fp=" \
  "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

typedef struct
{
  guint8 *pixels; /* four bytes each */
  gsize side;
} Picture;

static Picture
draw (const char *text)
{
  g_autoptr (GdkTexture) texture = km_qr_code_new_texture (text);
  Picture self = { NULL, 0 };

  g_assert_nonnull (texture);
  self.side = (gsize) gdk_texture_get_width (texture);
  g_assert_cmpint (gdk_texture_get_height (texture), ==, (int) self.side);
  self.pixels = g_malloc (self.side * self.side * 4);
  gdk_texture_download (texture, self.pixels, self.side * 4);

  return self;
}

static gboolean
is_dark (const Picture *self,
         gsize          x,
         gsize          y)
{
  guint8 value = self->pixels[(y * self->side + x) * 4 + 1];

  g_assert_true (value == 0 || value == 255);

  return value == 0;
}

/* ISO/IEC 18004, 6.3.3: seven modules dark, five light, three dark. */
static void
assert_finder (const Picture *self,
               gsize          left,
               gsize          top)
{
  for (gsize y = 0; y < 7; y++)
    for (gsize x = 0; x < 7; x++)
      {
        gsize ring = MIN (MIN (x, 6 - x), MIN (y, 6 - y));

        g_assert_cmpint (is_dark (self, left + x, top + y), ==, ring != 1);
      }
}

static void
test_form (void)
{
  Picture picture = draw (LINK);
  gsize modules = picture.side - 2 * QUIET;

  g_assert_cmpuint (modules % 4, ==, 1);
  g_assert_cmpuint (modules, >=, 21);
  for (gsize i = 0; i < picture.side; i++)
    for (gsize j = 0; j < QUIET; j++)
      {
        g_assert_false (is_dark (&picture, i, j));
        g_assert_false (is_dark (&picture, j, i));
        g_assert_false (is_dark (&picture, i, picture.side - 1 - j));
        g_assert_false (is_dark (&picture, picture.side - 1 - j, i));
      }
  assert_finder (&picture, QUIET, QUIET);
  assert_finder (&picture, QUIET + modules - 7, QUIET);
  assert_finder (&picture, QUIET, QUIET + modules - 7);
  g_free (picture.pixels);
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (4000, 'x');

  g_assert_null (km_qr_code_new_texture (text));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/qr-code/form-that-readers-find", test_form);
  g_test_add_func ("/app/qr-code/too-long-is-none", test_too_long);

  return g_test_run ();
}
