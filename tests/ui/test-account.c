/* test-account.c: what a person is told who can't sign in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server with an account on it, and somebody in front of the dialog: the
 * reason stands there once, and what was typed is still there to be mended.
 * A program can be on one accessibility bus only, so all tests share a desktop.
 */

#include "km-test-app.h"
#include "km-test-server.h"

#define SECONDS 30

static KmTestDesktop *desktop;

typedef struct
{
  KmTestServer *server;
  KmTestApp *app;
  KmTestUi *ui;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->server = km_test_server_new (NULL);
  g_free (km_test_server_sign_up (self->server, "anna"));

  self->app = km_test_app_start (desktop, data, 900, 760);
  self->ui = km_test_app_get_ui (self->app);
  km_test_app_add_server (self->app, km_test_server_get_http (self->server));
  km_test_app_open_sign_in (self->app);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_stop (self->app);
  g_clear_pointer (&self->server, km_test_server_free);
}

static void
type (Fixture    *self,
      const char *entry,
      const char *text)
{
  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, entry, text);
}

static void
assert_typed (Fixture    *self,
              const char *entry,
              const char *text)
{
  g_autofree char *found = km_test_ui_get_text (self->ui, ATSPI_ROLE_TEXT,
                                                entry);

  g_assert_cmpstr (found, ==, text);
}

/* A password is dots, to a screen reader too. */
static void
assert_password_typed (Fixture *self,
                       long     n_characters)
{
  g_autofree char *found = km_test_ui_get_text (self->ui, ATSPI_ROLE_TEXT,
                                                "Password");

  g_assert_cmpint (g_utf8_strlen (found, -1), ==, n_characters);
}

/* The lobby behind the dialog may say it too. */
static void
assert_told (Fixture    *self,
             const char *words)
{
  g_object_unref (km_test_ui_wait (self->ui, ATSPI_ROLE_ALERT, words, SECONDS));
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_ALERT, words),
                    ==, 1);
}

static void
test_wrong_password (Fixture       *self,
                     gconstpointer  data)
{
  const char *words = "The name or the password is wrong.";

  type (self, "Name", "anna");
  type (self, "Password", "not this one");
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Sign In");
  assert_told (self, words);
  km_test_app_save_screen (self->app, "wrong-password");
  assert_typed (self, "Name", "anna");
  assert_password_typed (self, (long) strlen ("not this one"));

  type (self, "Password", KM_TEST_PASSWORD);
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, words, SECONDS);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Sign In");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "Password", SECONDS);
}

static void
test_taken_name (Fixture       *self,
                 gconstpointer  data)
{
  const char *words = "This name is taken. Choose another one.";

  km_test_ui_press (self->ui, ATSPI_ROLE_INVALID, "Create Account");
  type (self, "Name", "Anna");
  type (self, "Shown Name (Optional)", "Anna 安娜");
  type (self, "Password", KM_TEST_PASSWORD);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Create Account");
  assert_told (self, words);
  km_test_app_save_screen (self->app, "taken-name");
  assert_typed (self, "Name", "Anna");
  assert_typed (self, "Shown Name (Optional)", "Anna 安娜");
  assert_password_typed (self, (long) strlen (KM_TEST_PASSWORD));

  type (self, "Name", "anna-2");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, words, SECONDS);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Create Account");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_INVALID, "Password", SECONDS);
}

static void
test_server_is_gone (Fixture       *self,
                     gconstpointer  data)
{
  type (self, "Name", "anna");
  type (self, "Password", KM_TEST_PASSWORD);
  km_test_server_kill (self->server);
  km_test_ui_press (self->ui, ATSPI_ROLE_BUTTON, "Sign In");
  assert_told (self, "Nothing answers at this address. The server may be "
                     "down.");
  km_test_app_save_screen (self->app, "server-is-gone");
  assert_typed (self, "Name", "anna");
  assert_password_typed (self, (long) strlen (KM_TEST_PASSWORD));
}

#define ADD(name, function) \
  g_test_add ("/ui/account/" name, Fixture, name, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "account",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  ADD ("wrong-password", test_wrong_password);
  ADD ("taken-name", test_taken_name);
  ADD ("server-is-gone", test_server_is_gone);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
