/* test-reports.c: a viewer reports a message, the host answers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two real apps and the server of this computer. The items of a row's menu are
 * shown to nobody but who looks, so they are chosen by keys.
 */

#include "km-test-app.h"

#define SECONDS 30
#define HOST_WIDTH 900
#define HOST_HEIGHT 700
#define VIEWER_WIDTH 800
#define VIEWER_HEIGHT 640
#define NASTY "cheap coins at coins.example"
#define NOTE "every day the same"

static KmTestDesktop *desktop;

typedef struct
{
  KmTestApp *host;
  KmTestApp *viewer;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->host = km_test_app_start (desktop, NULL, HOST_WIDTH, HOST_HEIGHT);
  km_test_app_open_studio (self->host);
  km_test_app_go_live (self->host);
  self->viewer = km_test_app_start (desktop, "viewer", VIEWER_WIDTH,
                                    VIEWER_HEIGHT);
  km_test_app_open_room (self->viewer, "*, live, *");
  km_test_screen_press_key (km_test_app_get_screen (self->viewer), "space");
  km_test_app_create_account (self->viewer, "viewer", "Anna");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_stop (self->viewer);
  km_test_app_stop (self->host);
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

/* By keys alone: from the entry back to the newest message. */
static void
open_menu (KmTestApp *app)
{
  KmTestScreen *screen = km_test_app_get_screen (app);

  km_test_app_wait_message (app, NASTY);
  click (app, "Message");
  km_test_screen_press_shift_key (screen, "Tab");
  km_test_screen_press_shift_key (screen, "F10");
}

/* The last of the menu's items. */
static void
choose_report (KmTestApp *app)
{
  KmTestScreen *screen = km_test_app_get_screen (app);

  open_menu (app);
  km_test_screen_press_key (screen, "Down");
  km_test_screen_press_key (screen, "Return");
  km_test_app_wait (app, "What Is Wrong with It?");
}

static void
test_report_is_answered (Fixture       *self,
                         gconstpointer  data)
{
  KmTestUi *viewer = km_test_app_get_ui (self->viewer);

  km_test_app_say (self->host, NASTY);
  choose_report (self->viewer);
  km_test_app_save_screen (self->viewer, "dialog");
  click (self->viewer, "Spam");
  km_test_ui_type (viewer, ATSPI_ROLE_INVALID, "Note (Optional)", NOTE);
  km_test_ui_press (viewer, ATSPI_ROLE_BUTTON, "Report");
  km_test_app_wait (self->viewer, "Report sent. Thank you.");
  km_test_app_save_screen (self->viewer, "sent");

  km_test_app_save_screen (self->host, "badge");
  click (self->host, "Reports");
  km_test_app_wait (self->host, "1 report · Spam");
  km_test_app_wait (self->host, "Anna: “" NOTE "”");
  km_test_app_save_screen (self->host, "reports");

  km_test_ui_press (km_test_app_get_ui (self->host), ATSPI_ROLE_BUTTON,
                    "Delete Message");
  km_test_app_wait (self->host, "No Reports");
  km_test_app_save_screen (self->host, "settled");
  click (self->host, "Chat");
  km_test_app_wait_message (self->host, "Deleted by its author");
  km_test_app_wait_message (self->viewer, "Deleted by its author");
  km_test_app_save_screen (self->viewer, "deleted");
}

#define ADD(name, function) \
  g_test_add ("/ui/reports/" name, Fixture, name, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "reports",
                                     NULL);
  desktop = km_test_desktop_start (artefacts);
  ADD ("report-is-answered", test_report_is_answered);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
