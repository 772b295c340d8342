/* test-lan.c: people on this network, from both sides
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The address is another one of this computer's loopback, as if it had been
 * chosen before: what networks a machine has is its own business.
 */

#include "km-test-app.h"

#include <glib/gstdio.h>

#define SECONDS 30
#define WIDTH 1000
#define HEIGHT 780
#define NARROW_WIDTH 360
#define NARROW_HEIGHT 720
#define SWITCH "People on This Network"
#define STREAMS_SWITCH "Streams from This Network"
#define OWNER_ONLY "Only its owner goes live on this server."

static KmTestDesktop *desktop;

static char *
get_data_dir (void)
{
  return g_build_filename (km_test_desktop_get_home (desktop), "lan", "kaimu",
                           NULL);
}

/* As if Kaimu had never run, but for one choice. */
static void
begin (void)
{
  g_autofree char *home = g_build_filename (km_test_desktop_get_home (desktop),
                                            "lan", NULL);
  g_autofree char *kept = g_build_filename (home, "config", "kaimu", NULL);
  g_autofree char *config = g_path_get_dirname (kept);
  g_autofree char *settings = g_build_filename (kept, "settings.ini", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (g_mkdir_with_parents (kept, 0700));
  g_file_set_contents (settings, "[settings]\nlan-host='127.0.0.2'\n", -1,
                       &error);
  g_assert_no_error (error);
  km_test_desktop_set_variable (desktop, "XDG_DATA_HOME", home);
  km_test_desktop_set_variable (desktop, "XDG_CONFIG_HOME", config);
}

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

/* What has no action for others is pressed as a person does it. */
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

static char *
read_link (KmTestApp *app)
{
  return km_test_ui_get_text (km_test_app_get_ui (app), ATSPI_ROLE_TEXT,
                              "Watch Address");
}

static void
close_dialog (KmTestApp *app)
{
  km_test_screen_press_key (km_test_app_get_screen (app), "Escape");
  km_test_ui_wait_gone (km_test_app_get_ui (app), ATSPI_ROLE_TEXT,
                        "Watch Address", SECONDS);
}

/* Returns: (transfer full): the link that people get. */
static char *
open_to_network (KmTestApp *app)
{
  char *link;

  press (app, "Who Can Watch");
  km_test_app_wait (app, SWITCH);
  km_test_app_save_screen (app, "closed");
  click (app, SWITCH);
  km_test_app_wait (app, "Open at 127.0.0.2:* while Kaimu runs");
  km_test_app_wait (app, "The watch address as a QR code");
  link = read_link (app);
  g_assert_true (g_str_has_prefix (link, "kaimu://127.0.0.2:"));
  g_assert_nonnull (strstr (link, "/room/1?fp="));
  km_test_app_save_screen (app, "open");
  close_dialog (app);

  return link;
}

static void
add_by_hand (KmTestApp  *app,
             const char *address)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  press (app, "Server: *");
  press (app, "Add Server…");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Address", address);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Add");
  km_test_app_wait (app, "Trust This Server?");
  km_test_app_save_screen (app, "first-use");
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Trust");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Address", SECONDS);
}

static char *
get_address (const char *link)
{
  const char *host = strstr (link, "://") + strlen ("://");

  return g_strdup_printf ("https://%.*s", (int) (strchr (host, '/') - host),
                          host);
}

static void
test_from_switch_to_warning (void)
{
  KmTestApp *host, *guest;
  g_autofree char *link = NULL;
  g_autofree char *again = NULL;
  g_autofree char *address = NULL;
  g_autofree char *data = get_data_dir ();
  g_autofree char *certificate = g_build_filename (data, "this-computer",
                                                   "certificate.pem", NULL);

  begin ();
  host = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  km_test_app_open_studio (host);
  link = open_to_network (host);
  address = get_address (link);
  km_test_app_go_live (host);
  km_test_app_wait (host, "On this network");
  km_test_app_save_screen (host, "live");

  /* A link is enough; an address is a question. */
  guest = km_test_app_start_link (desktop, "guest", link, WIDTH, HEIGHT);
  km_test_app_wait (guest, "Picture");
  km_test_app_create_account (guest, "guest", "Georg");
  km_test_app_say (guest, "from the sofa");
  km_test_app_wait_message (host, "from the sofa");
  km_test_app_save_screen (guest, "by-link");
  km_test_app_stop (guest);

  guest = km_test_app_start (desktop, "other", WIDTH, HEIGHT);
  add_by_hand (guest, address);
  km_test_app_open_room (guest, "*, live, *");
  km_test_app_save_screen (guest, "by-address");

  /* Somebody else's computer, or its owner's new certificate: who knows? */
  km_test_app_stop (host);
  g_assert_no_errno (g_unlink (certificate));
  host = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  km_test_app_wait (guest, "The Server’s Certificate Is Another");
  km_test_app_save_screen (guest, "changed");
  km_test_app_open_studio (host);
  press (host, "Who Can Watch");
  km_test_app_wait (host, "Open at 127.0.0.2:* while Kaimu runs");
  again = read_link (host);
  g_assert_cmpstr (again, !=, link);
  km_test_screen_press_key (km_test_app_get_screen (guest), "space");
  km_test_ui_press (km_test_app_get_ui (guest), ATSPI_ROLE_BUTTON,
                    "Accept New Certificate");
  km_test_ui_wait_gone (km_test_app_get_ui (guest), ATSPI_ROLE_INVALID,
                        "The Server’s Certificate Is Another", SECONDS);
  km_test_app_save_screen (guest, "accepted");

  /* Off is out. */
  click (host, SWITCH);
  km_test_app_wait (host, "They watch and talk; the stream is encrypted");
  km_test_app_wait (guest, "No Connection");
  km_test_app_save_screen (guest, "out");
  km_test_app_stop (guest);
  km_test_app_stop (host);
}

/* The second switch, of a dialog that is open. */
static void
switch_streams (KmTestApp  *host,
                const char *then)
{
  press (host, "Who Can Watch");
  km_test_app_wait (host, "Open at 127.0.0.2:* while Kaimu runs");
  click (host, STREAMS_SWITCH);
  km_test_app_wait (host, then);
  km_test_app_save_screen (host, "streams");
  close_dialog (host);
}

static void
create_account (KmTestApp  *app,
                const char *name)
{
  KmTestUi *ui = km_test_app_get_ui (app);

  km_test_app_open_sign_in (app);
  press (app, "Create Account");
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Name", name);
  km_test_ui_type (ui, ATSPI_ROLE_INVALID, "Password", KM_TEST_APP_PASSWORD);
  km_test_ui_press (ui, ATSPI_ROLE_BUTTON, "Create Account");
  km_test_ui_wait_gone (ui, ATSPI_ROLE_INVALID, "Password", SECONDS);
}

/* A guest has a room there, too, and goes live in it as at home; the test
 * picture does for a camera. */
static void
test_guest_goes_live (void)
{
  KmTestApp *host, *guest;
  g_autofree char *link = NULL;
  g_autofree char *address = NULL;

  begin ();
  host = km_test_app_start (desktop, NULL, WIDTH, HEIGHT);
  km_test_app_open_studio (host);
  link = open_to_network (host);
  address = get_address (link);

  guest = km_test_app_start (desktop, "streamer", WIDTH, HEIGHT);
  add_by_hand (guest, address);
  create_account (guest, "streamer");
  km_test_app_open_studio (guest);
  press (guest, "Go Live");
  km_test_app_wait (guest, OWNER_ONLY);
  km_test_app_save_screen (guest, "owner-only");

  switch_streams (host, "At rtmps://127.0.0.2:*");
  press (guest, "Go Live Again");
  km_test_app_wait (guest, "LIVE *");
  km_test_app_save_screen (guest, "guest-live");

  switch_streams (host, "Another program on this network may send*");
  km_test_app_wait (guest, OWNER_ONLY);
  km_test_app_save_screen (guest, "switched-off");
  km_test_app_stop (guest);
  km_test_app_stop (host);
}

static void
test_narrow_and_dark (void)
{
  static const char *const words[] = {
    "Go Live…", "Audience", "Who Can Watch", SWITCH,
  };
  KmTestApp *app;

  begin ();
  km_test_desktop_set_variable (desktop, "ADW_DEBUG_COLOR_SCHEME",
                                "prefer-dark");
  app = km_test_app_start (desktop, NULL, NARROW_WIDTH, NARROW_HEIGHT);
  for (guint i = 0; i + 1 < G_N_ELEMENTS (words); i++)
    {
      press (app, words[i]);
      km_test_app_wait (app, words[i + 1]);
      km_test_screen_fill (km_test_app_get_screen (app));
    }
  click (app, SWITCH);
  km_test_app_wait (app, "The watch address as a QR code");
  km_test_app_save_screen (app, "narrow");
  km_test_app_stop (app);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "lan", NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_func ("/ui/lan/from-switch-to-warning",
                   test_from_switch_to_warning);
  g_test_add_func ("/ui/lan/guest-goes-live", test_guest_goes_live);
  g_test_add_func ("/ui/lan/narrow-and-dark", test_narrow_and_dark);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
