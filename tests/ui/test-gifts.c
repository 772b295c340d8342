/* test-gifts.c: somebody gives in a room, and sees what it costs
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A streamer with the test picture and a viewer with practice coins, at the
 * server of this computer.
 */

#include "km-test-app.h"

#define SECONDS 30

/* As of the catalogue. */
#define ROCKET "Rocket, 500 coins"

typedef struct
{
  KmTestDesktop *desktop;
  KmTestApp *streamer;
  KmTestApp *viewer;
  KmTestUi *ui;
  AtspiRect picture;
} Fixture;

/* While nothing moves: a machine has enough to do with a picture. */
static void
sign_up (Fixture *self)
{
  km_test_app_open_sign_in (self->viewer);
  km_test_ui_press (self->ui, ATSPI_ROLE_INVALID, "Create Account");
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Name", "viewer");
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Shown Name (Optional)",
                   "小明");
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Password",
                   KM_TEST_APP_PASSWORD);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Create Account");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "Password", SECONDS);
}

static void
set_up (Fixture *self)
{
  g_autofree char *artefacts = g_test_build_filename (G_TEST_BUILT,
                                                      "artefacts", "gifts",
                                                      NULL);

  self->desktop = km_test_desktop_start (artefacts);
  self->streamer = km_test_app_start (self->desktop, NULL, 800, 600);
  self->viewer = km_test_app_start (self->desktop, "viewer", 1000, 720);
  self->ui = km_test_app_get_ui (self->viewer);
  sign_up (self);
  km_test_app_open_studio (self->streamer);
  km_test_app_go_live (self->streamer);
  km_test_app_open_room (self->viewer, "*, live, *");
}

static void
tear_down (Fixture *self)
{
  km_test_app_stop (self->viewer);
  km_test_app_stop (self->streamer);
  km_test_desktop_stop (self->desktop);
}

static void
press (Fixture    *self,
       const char *name)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_INVALID, name);
}

static void
wait_for (Fixture    *self,
          const char *name)
{
  km_test_app_wait (self->viewer, name);
}

static void
open_tray (Fixture *self)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Gifts");
  wait_for (self, ROCKET);
}

static void
give (Fixture *self)
{
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Give*");
}

/* The ground of a large gift's name is dark red; the test picture's left edge,
 * where it begins, is grey. */
static guint
count_red (Fixture *self)
{
  g_autoptr (KmTestPixels) pixels = NULL;
  guint n_red = 0;

  pixels = km_test_screen_read (km_test_app_get_screen (self->viewer),
                                self->picture.x, self->picture.y,
                                (guint) self->picture.width / 8,
                                (guint) self->picture.height);
  g_assert_nonnull (pixels);
  for (guint y = 0; y < pixels->height; y++)
    for (guint x = 0; x < pixels->width; x++)
      {
        const guint8 *pixel = pixels->data + y * pixels->stride + x * 4;

        n_red += pixel[2] > 90 && pixel[1] < pixel[2] / 2
                 && pixel[0] < pixel[2] / 2;
      }
  return n_red;
}

static gboolean
plays (gpointer data)
{
  return count_red (data) > 500;
}

static void
give_three (Fixture *self)
{
  press (self, ROCKET);
  wait_for (self, "500 coins");
  g_assert_true (km_test_ui_get_bounds (self->ui, ATSPI_ROLE_INVALID,
                                        "Picture", &self->picture));
  g_assert_cmpuint (count_red (self), ==, 0);
  give (self);
  g_assert_true (km_test_wait_until (plays, self, SECONDS));
  km_test_app_save_screen (self->viewer, "a-rocket");
  wait_for (self, "9500");
  wait_for (self, "sent Rocket");
  give (self);
  wait_for (self, "9000");
  give (self);
  wait_for (self, "8500");
  km_test_app_save_screen (self->viewer, "three-rockets");
}

static void
see_wallet (Fixture *self)
{
  press (self, "Wallet");
  wait_for (self, "8500 coins");
  wait_for (self, "Rocket ×1 to *");
  wait_for (self, "Practice coins");
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_LABEL,
                                      "Rocket ×1 to *"), ==, 3);
  km_test_app_save_screen (self->viewer, "wallet");
  km_test_screen_press_key (km_test_app_get_screen (self->viewer), "Escape");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "8500 coins", SECONDS);
}

static void
test_three_rockets (void)
{
  Fixture self;

  set_up (&self);
  open_tray (&self);
  wait_for (&self, "10000");
  km_test_app_save_screen (self.viewer, "tray");
  give_three (&self);
  see_wallet (&self);
  tear_down (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/gifts/cost-what-they-say",
                   test_three_rockets);
  return g_test_run ();
}
