/* test-acts.c: a host's tools, the audience beside the preview, the summary
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The real app and the server of this computer; the test picture is enough.
 */

#include "km-test-app.h"

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

static void
click (KmTestApp  *app,
       const char *name)
{
  AtspiRect bounds;

  km_test_app_wait (app, name);
  g_assert_true (km_test_ui_get_bounds (km_test_app_get_ui (app),
                                        ATSPI_ROLE_INVALID, name, &bounds));
  km_test_screen_click (km_test_app_get_screen (app),
                        bounds.x + bounds.width / 2,
                        bounds.y + bounds.height / 2);
}

/* A window as narrow as it goes, in the dark, with nobody there. */
static void
test_narrow (void)
{
  g_autofree char *artefacts = g_test_build_filename (G_TEST_BUILT,
                                                      "artefacts", "acts",
                                                      NULL);
  KmTestDesktop *desktop = km_test_desktop_start (artefacts);
  KmTestApp *app;

  km_test_desktop_set_variable (desktop, "ADW_DEBUG_COLOR_SCHEME",
                                "prefer-dark");
  app = km_test_app_start (desktop, NULL, 360, 700);
  km_test_app_open_studio (app);
  km_test_app_go_live (app);
  km_test_app_save_screen (app, "live");

  press (app, "Audience");
  click (app, "Gifts");
  km_test_app_wait (app, "No Gifts Yet");
  km_test_app_save_screen (app, "no-gifts");
  click (app, "People");
  km_test_app_wait (app, "1 signed in");
  km_test_app_save_screen (app, "people");
  press (app, "Audience");

  km_test_app_end_stream (app);
  km_test_app_wait (app, "Most People at Once");
  km_test_app_save_screen (app, "summary");

  km_test_app_stop (app);
  km_test_desktop_stop (desktop);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/acts/all-within-reach-in-a-narrow-studio",
                   test_narrow);
  return g_test_run ();
}
