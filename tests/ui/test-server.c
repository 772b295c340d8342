/* test-server.c: servers that are gone, can't start, or lose their app
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-app.h"
#include "km-test-server.h"

#include <glib/gstdio.h>

#define SECONDS 30
#define WIDTH 1000
#define HEIGHT 760

static KmTestDesktop *desktop;

/* Each test begins as if Kaimu had never run. */
static char *
set_data_home (const char *name)
{
  char *path = g_build_filename (km_test_desktop_get_home (desktop), name,
                                 NULL);

  km_test_desktop_set_variable (desktop, "XDG_DATA_HOME", path);
  return path;
}

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

static void
assert_one_action (KmTestApp  *app,
                   const char *name)
{
  g_assert_cmpuint (km_test_ui_count (km_test_app_get_ui (app),
                                      ATSPI_ROLE_BUTTON, name), ==, 1);
}

/* What the app calls the server in front. */
static char *
get_server_name (KmTestApp *app)
{
  g_autoptr (AtspiAccessible) button = km_test_ui_wait (
    km_test_app_get_ui (app), ATSPI_ROLE_INVALID, "Server: *", SECONDS);
  g_autofree char *name = atspi_accessible_get_name (button, NULL);

  return g_strdup (name + strlen ("Server: "));
}

static void
test_added_server_is_gone (void)
{
  g_autofree char *home = set_data_home ("added-one");
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  const char *address = km_test_server_get_http (server);
  const char *words = "Nothing answers at this address. The server may be "
                      "down.";
  KmTestApp *app = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  KmTestUi *ui = km_test_app_get_ui (app);
  g_autofree char *typed = NULL;

  km_test_server_kill (server);
  press (app, "Server: *");
  press (app, "Add Server…");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Address", address);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Add");
  g_object_unref (km_test_ui_wait (ui, ATSPI_ROLE_ALERT, words, SECONDS));
  km_test_app_save_screen (app, "not-added");
  typed = km_test_ui_get_text (ui, ATSPI_ROLE_TEXT, "Address");
  g_assert_cmpstr (typed, ==, address);

  km_test_server_start (server);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Add");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Address", SECONDS);
  km_test_app_wait (app, "Nobody Is Live");
  km_test_app_stop (app);
}

/* The server that was chosen last is gone when Kaimu is opened again. */
static void
test_saved_server_is_gone (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  g_autofree char *address = g_strdup (km_test_server_get_http (server));
  g_autofree char *home = set_data_home ("saved-one");
  const char *title = "Can’t Reach *";
  g_autofree char *name = NULL;
  KmTestApp *app = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);

  km_test_app_add_server (app, address);
  km_test_app_wait (app, "Nobody Is Live");
  km_test_server_kill (server);
  km_test_app_wait (app, title);
  km_test_app_save_screen (app, "while-open");
  km_test_app_stop (app);

  app = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  km_test_app_wait (app, title);
  km_test_app_wait (app, "Nothing answers at this address. The server may be "
                         "down.");
  assert_one_action (app, "Try Again");
  km_test_app_save_screen (app, "from-the-start");

  name = get_server_name (app);
  press (app, "Server: *");
  km_test_app_wait (app, "Add Server…");
  g_assert_cmpuint (km_test_ui_count (km_test_app_get_ui (app),
                                      ATSPI_ROLE_BUTTON, "This Computer"),
                    ==, 1);
  km_test_app_save_screen (app, "servers");
  press (app, "This Computer");
  km_test_app_wait (app, "Nobody Is Live");
  km_test_app_save_screen (app, "this-computer-works");
  press (app, "Server: This Computer");
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_BUTTON, name);
  km_test_app_wait (app, title);

  /* By itself: whether "Try Again" can still be pressed is a race. */
  km_test_server_start (server);
  km_test_app_wait (app, "Nobody Is Live");
  km_test_app_save_screen (app, "back");

  km_test_app_stop (app);
}

static void
test_broken_data (void)
{
  g_autofree char *home = set_data_home ("broken-data");
  g_autofree char *data = g_build_filename (home, "kaimu", "this-computer",
                                            NULL);
  g_autofree char *database = g_build_filename (data, "kaimu.db", NULL);
  g_autofree char *words = g_strdup_printf (
    "The data in %s can't be used: *. Put a copy of it back, or move it away "
    "to begin anew.", data);
  g_autofree char *rubbish = g_strnfill (8192, 'x');
  g_autoptr (GError) error = NULL;
  KmTestApp *app;

  g_assert_no_errno (g_mkdir_with_parents (data, 0700));
  g_file_set_contents (database, rubbish, -1, &error);
  g_assert_no_error (error);

  app = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  km_test_app_wait (app, "This Computer’s Server Isn’t Running");
  km_test_app_wait (app, words);
  assert_one_action (app, "Try Again");
  km_test_app_save_screen (app, "broken");

  /* Nothing that could still be saved by somebody else was touched. */
  {
    g_autofree char *still = NULL;

    g_assert_true (g_file_get_contents (database, &still, NULL, NULL));
    g_assert_cmpstr (still, ==, rubbish);
  }

  g_assert_no_errno (g_unlink (database));
  press (app, "Try Again");
  km_test_app_wait (app, "Nobody Is Live");
  km_test_app_save_screen (app, "mended");

  km_test_app_stop (app);
}

/* What has ended but was not yet reaped has no program any more. */
static gboolean
server_is_gone (gpointer data)
{
  g_autofree char *link = g_strdup_printf ("/proc/%d/exe",
                                           GPOINTER_TO_INT (data));
  g_autofree char *program = g_file_read_link (link, NULL);

  return program == NULL;
}

/* Between two servers there is no address. */
static gboolean
has_new_server (gpointer data)
{
  KmTestApp *app = ((gpointer *) data)[0];
  GPid old = GPOINTER_TO_INT (((gpointer *) data)[1]);
  g_autofree char *path = g_build_filename (
    km_test_desktop_get_runtime_dir (desktop), "kaimu", "this-computer.json",
    NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS)
         && km_test_app_find_server (app) != old;
}

static void
assert_said_once (KmTestApp  *app,
                  const char *text)
{
  km_test_app_wait_message (app, text);
  g_assert_cmpuint (km_test_ui_count (km_test_app_get_ui (app),
                                      ATSPI_ROLE_LABEL, text), ==, 1);
}

/* Two profiles share the first one's server; it ends with the first. */
static void
test_killed_app (void)
{
  g_autofree char *home = set_data_home ("killed-app");
  KmTestApp *first = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  KmTestApp *second;
  gpointer wanted[2];
  GPid server;

  km_test_app_open_studio (first);
  km_test_app_go_live (first);
  second = km_test_app_start (desktop, "second", WIDTH, HEIGHT);
  km_test_app_open_room (second, "*, live, *");
  km_test_app_create_account (second, "second", "小明");
  km_test_app_say (second, "before");
  assert_said_once (second, "before");
  assert_said_once (first, "before");

  server = km_test_app_find_server (first);
  km_test_app_kill (first);
  g_assert_true (km_test_wait_until (server_is_gone, GINT_TO_POINTER (server),
                                     SECONDS));
  km_test_app_say (second, "in between");
  km_test_app_save_screen (second, "first-is-killed");

  wanted[0] = second;
  wanted[1] = GINT_TO_POINTER (server);
  g_assert_true (km_test_wait_until (has_new_server, wanted, SECONDS));
  km_test_ui_wait_gone (km_test_app_get_ui (second), ATSPI_ROLE_INVALID,
                        "Sending…", SECONDS);
  assert_said_once (second, "before");
  assert_said_once (second, "in between");
  km_test_app_say (second, "afterwards");
  assert_said_once (second, "afterwards");
  km_test_app_save_screen (second, "its-own-server");

  server = km_test_app_find_server (second);
  km_test_app_kill (second);
  g_assert_true (km_test_wait_until (server_is_gone, GINT_TO_POINTER (server),
                                     SECONDS));
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "server", NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_func ("/ui/server/added-one-is-gone", test_added_server_is_gone);
  g_test_add_func ("/ui/server/saved-one-is-gone", test_saved_server_is_gone);
  g_test_add_func ("/ui/server/broken-data-is-told", test_broken_data);
  g_test_add_func ("/ui/server/killed-app-leaves-none-and-the-next-takes-over",
                   test_killed_app);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
