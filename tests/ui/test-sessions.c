/* test-sessions.c: somebody sees where they are signed in, and ends it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real server, one app, and a second device that is only a token.
 */

#include "km-test-app.h"
#include "km-test-server.h"

#define SECONDS 30
#define NEW_PASSWORD "staple battery horse"
#define SIGN_IN(password) \
  "{\"name\":\"anna\",\"password\":\"" password "\",\"device\":\"phone\"}"

static char *
sign_in_phone (KmTestServer *server,
               const char   *body)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (server, "POST", "sessions", NULL, body);

  g_assert_cmpuint (answer->status, ==, 200);

  return g_strdup (km_json_get_string (answer->body, "token", 999));
}

static void
assert_call (KmTestServer *server,
             const char   *method,
             const char   *path,
             const char   *token,
             guint         status)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (server, method, path,
                                                         token, NULL);

  g_assert_cmpuint (answer->status, ==, status);
}

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

static void
change_password (KmTestApp *app)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  press (app, "Change Password…");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Present Password",
                   KM_TEST_APP_PASSWORD);
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "New Password", NEW_PASSWORD);
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "New Password Once More",
                   NEW_PASSWORD);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Change Password");
  km_test_app_wait (app, "Password changed");
}

/* The app ends the phone's sign-in; the phone, with the new password, the
 * app's. */
static void
test_from_either_side (gconstpointer data)
{
  KmTestDesktop *desktop = (KmTestDesktop *) data;
  KmTestServer *server = km_test_server_new (NULL);
  g_autofree char *first = km_test_server_sign_up (server, "anna");
  g_autofree char *phone = sign_in_phone (server,
                                          SIGN_IN (KM_TEST_APP_PASSWORD));
  g_autofree char *again = NULL;
  KmTestApp *app = km_test_app_start (desktop, "anna", 900, 760);
  KmTestUi *ui = km_test_app_get_ui (app);

  km_test_app_add_server (app, km_test_server_get_http (server));
  km_test_app_sign_in (app, "anna");
  press (app, "Account");
  press (app, "Account…");
  km_test_app_wait (app, "This device*");
  km_test_app_wait (app, "Unknown Device");
  km_test_app_save_screen (app, "sessions");
  press (app, "Sign Out on phone");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "phone", SECONDS);
  assert_call (server, "GET", "account", phone, 401);
  assert_call (server, "GET", "account", first, 200);

  change_password (app);
  km_test_app_wait (app, "You are signed in on this device only.");
  km_test_app_save_screen (app, "password-changed");
  assert_call (server, "GET", "account", first, 401);

  again = sign_in_phone (server, SIGN_IN (NEW_PASSWORD));
  assert_call (server, "DELETE", "sessions", again, 204);
  km_test_app_wait (app, "Your sign-in on this device has ended.");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Shown Name", SECONDS);
  km_test_app_save_screen (app, "signed-out-elsewhere");
  km_test_app_stop (app);
  km_test_server_free (server);
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (KmTestDesktop) desktop = NULL;
  g_autofree char *artefacts = NULL;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "sessions",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_data_func ("/ui/sessions/from-either-side", desktop,
                        test_from_either_side);
  return g_test_run ();
}
