/* test-signed-in.c: who signed in once stays so, and knows where it is kept
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The test's desktop has no secret service, so the token goes to a file.
 */

#include "km-test-app.h"

#define WORK_SECONDS 30

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

static void
wait_for (KmTestApp  *app,
          const char *name)
{
  g_object_unref (km_test_ui_wait (km_test_app_get_ui (app),
                                   ATSPI_ROLE_INVALID, name, WORK_SECONDS));
}

static void
create_account (KmTestApp *app)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  press (app, "Account");
  press (app, "Sign In");
  press (app, "Create Account");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Name", "alice");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Password", KM_TEST_APP_PASSWORD);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Create Account");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Password", WORK_SECONDS);
}

static void
test_without_a_keyring_a_private_file (void)
{
  g_autofree char *artefacts = g_test_build_filename (G_TEST_BUILT,
                                                      "artefacts", "signed-in",
                                                      NULL);
  KmTestDesktop *desktop = km_test_desktop_start (artefacts);
  KmTestApp *app = km_test_app_start (desktop, "alice", 1000, 700);

  create_account (app);
  press (app, "Account");
  wait_for (app, "@alice on this computer");
  wait_for (app, "No keyring is open here*");
  km_test_app_save_screen (app, "account");
  km_test_app_stop (app);

  app = km_test_app_start (desktop, "alice", 1000, 700);
  press (app, "Account");
  wait_for (app, "@alice on this computer");
  km_test_app_save_screen (app, "still-signed-in");
  km_test_app_stop (app);

  km_test_desktop_stop (desktop);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/signed-in/without-a-keyring-a-private-file",
                   test_without_a_keyring_a_private_file);
  return g_test_run ();
}
