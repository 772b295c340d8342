/* test-signed-in.c: who signed in once stays so, and knows where it is kept
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The test's desktop has no secret service, so the token goes to a file; or it
 * has one of our own.
 */

#include "km-test-app.h"
#include "km-test-keyring.h"

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
create_account (KmTestApp  *app,
                const char *name)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  press (app, "Account");
  press (app, "Sign In");
  press (app, "Create Account");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Name", name);
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Password", KM_TEST_APP_PASSWORD);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Create Account");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Password", WORK_SECONDS);
}

static void
test_without_a_keyring_a_private_file (gconstpointer data)
{
  KmTestDesktop *desktop = (KmTestDesktop *) data;
  KmTestApp *app = km_test_app_start (desktop, "alice", 1000, 700);

  create_account (app, "alice");
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
}

/* The menu as it is now: what would be below "@alice" is there at once. */
static gboolean
menu_says (KmTestApp  *app,
           const char *text)
{
  AtspiRect bounds;

  return km_test_ui_get_bounds (km_test_app_get_ui (app), ATSPI_ROLE_INVALID,
                                text, &bounds);
}

static void
test_locked_keyring_is_told (gconstpointer data)
{
  KmTestDesktop *desktop = (KmTestDesktop *) data;
  g_autofree char *entries = g_build_filename (
    km_test_desktop_get_home (desktop), "keyring.ini", NULL);
  KmTestProcess *keyring = km_test_keyring_start (entries, "open", NULL, NULL);
  KmTestApp *app = km_test_app_start (desktop, "bob", 1000, 700);

  create_account (app, "bob");
  press (app, "Account");
  wait_for (app, "@bob on this computer");
  g_assert_false (menu_says (app, "No keyring is open here*"));
  km_test_app_save_screen (app, "in-the-keyring");
  km_test_app_stop (app);

  km_test_process_stop (keyring);
  keyring = km_test_keyring_start (entries, "dismissed", NULL, NULL);
  app = km_test_app_start (desktop, "bob", 1000, 700);
  press (app, "Account");
  wait_for (app, "The keyring stayed locked.*");
  km_test_app_save_screen (app, "locked");
  km_test_app_stop (app);

  km_test_process_stop (keyring);
  keyring = km_test_keyring_start (entries, "unlocks", NULL, NULL);
  app = km_test_app_start (desktop, "bob", 1000, 700);
  press (app, "Account");
  wait_for (app, "@bob on this computer");
  km_test_app_stop (app);

  km_test_process_stop (keyring);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (KmTestDesktop) desktop = NULL;
  g_autofree char *artefacts = NULL;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "signed-in",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_data_func ("/ui/signed-in/without-a-keyring-a-private-file",
                        desktop, test_without_a_keyring_a_private_file);
  g_test_add_data_func ("/ui/signed-in/locked-keyring-is-told", desktop,
                        test_locked_keyring_is_told);
  return g_test_run ();
}
