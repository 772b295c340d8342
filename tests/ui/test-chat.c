/* test-chat.c: a message that the server doesn't take
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Somebody alone in their Studio writes what is too long, what nobody could
 * read, and faster than is allowed. No word is lost, and none comes twice.
 */

#include "km-test-app.h"

#define SECONDS 30
#define N_FAST 8
#define MOST_CHARACTERS 200
#define FIVE_MINUTES 7

static KmTestDesktop *desktop;

typedef struct
{
  KmTestApp *app;
  KmTestUi *ui;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->app = km_test_app_start (desktop, NULL, 1280, 800);
  self->ui = km_test_app_get_ui (self->app);
  km_test_app_open_studio (self->app);
  km_test_app_wait (self->app, "Message");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_stop (self->app);
}

static gboolean
can_send (Fixture *self)
{
  g_autoptr (AtspiAccessible) send = km_test_ui_wait (
    self->ui, ATSPI_ROLE_BUTTON, "Send", SECONDS);
  g_autoptr (AtspiStateSet) states = atspi_accessible_get_state_set (send);

  return atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE);
}

static void
assert_typed (Fixture    *self,
              const char *text)
{
  g_autofree char *found = km_test_ui_get_text (self->ui, ATSPI_ROLE_TEXT,
                                                "Message");

  g_assert_cmpstr (found, ==, text);
}

static void
assert_said_once (Fixture    *self,
                  const char *text)
{
  km_test_app_wait_message (self->app, text);
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_LABEL, text),
                    ==, 1);
}

static void
test_too_long (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *longest = g_strnfill (MOST_CHARACTERS, 'a');
  g_autofree char *too_long = g_strconcat (longest, "bcd", NULL);

  km_test_ui_type (self->ui, ATSPI_ROLE_INVALID, "Message", too_long);
  km_test_app_wait (self->app, "-3");
  km_test_app_save_screen (self->app, "too-long");
  g_assert_false (can_send (self));
  assert_typed (self, too_long);

  km_test_app_say (self->app, longest);
  assert_said_once (self, longest);
}

static void
test_unreadable (Fixture       *self,
                 gconstpointer  data)
{
  GString *text = g_string_new ("e");

  for (guint i = 0; i < 40; i++)
    g_string_append (text, "\xcc\x81");

  km_test_app_say (self->app, text->str);
  km_test_app_wait (self->app,
                    "The text has characters that can't be shown.");
  km_test_app_save_screen (self->app, "refused");
  assert_typed (self, text->str);
  g_assert_cmpuint (km_test_ui_count (self->ui, ATSPI_ROLE_LABEL, text->str),
                    ==, 0);

  km_test_app_say (self->app, "é");
  assert_said_once (self, "é");
  g_string_free (text, TRUE);
}

/* They wait for their turn. */
static void
test_too_fast (Fixture       *self,
               gconstpointer  data)
{
  int last_y = -1;

  for (guint i = 0; i < N_FAST; i++)
    {
      g_autofree char *text = g_strdup_printf ("fast %u", i);

      km_test_app_say (self->app, text);
    }
  km_test_app_save_screen (self->app, "too-fast");
  km_test_ui_wait_gone (self->ui, ATSPI_ROLE_LABEL, "Sending…", SECONDS);

  for (guint i = 0; i < N_FAST; i++)
    {
      g_autofree char *text = g_strdup_printf ("fast %u", i);
      AtspiRect bounds;

      assert_said_once (self, text);
      g_assert_true (km_test_ui_get_bounds (self->ui, ATSPI_ROLE_LABEL, text,
                                            &bounds));
      g_assert_cmpint (bounds.y, >, last_y);
      last_y = bounds.y;
    }
  km_test_app_save_screen (self->app, "all-said");
}

/* What drops down takes only keys. */
static void
choose (KmTestApp  *app,
        const char *button,
        guint       row)
{
  AtspiRect bounds;

  km_test_app_wait (app, button);
  g_assert_true (km_test_ui_get_bounds (km_test_app_get_ui (app),
                                        ATSPI_ROLE_TOGGLE_BUTTON, button,
                                        &bounds));
  km_test_screen_click (km_test_app_get_screen (app),
                        bounds.x + bounds.width / 2,
                        bounds.y + bounds.height / 2);
  for (guint i = 0; i < row; i++)
    km_test_screen_press_key (km_test_app_get_screen (app), "Down");
  km_test_screen_press_key (km_test_app_get_screen (app), "Return");
}

/* The host sets it, and isn't held by it. */
static void
test_slow_mode (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (KmTestApp) viewer = NULL;

  km_test_app_go_live (self->app);
  viewer = km_test_app_start (desktop, "viewer", 360, 640);
  km_test_app_open_room (viewer, "*, live, *");
  km_test_app_create_account (viewer, "viewer", "小明");

  choose (self->app, "Slow Mode", FIVE_MINUTES);
  km_test_app_wait (self->app, "Slow Mode: 5 minutes");
  km_test_app_wait (viewer, "Slow mode: 5 minutes between messages");
  km_test_app_say (self->app, "one");
  km_test_app_say (self->app, "two");
  km_test_app_wait_message (viewer, "two");

  km_test_app_say (viewer, "once");
  km_test_app_wait_message (self->app, "once");
  km_test_app_wait (viewer, "Slow mode: next message in *");
  km_test_ui_type (km_test_app_get_ui (viewer), ATSPI_ROLE_INVALID, "Message",
                   "at once");
  km_test_app_save_screen (viewer, "slow-mode-held");
  km_test_app_save_screen (self->app, "slow-mode-on");

  choose (self->app, "Slow Mode: 5 minutes", 0);
  km_test_ui_wait_gone (km_test_app_get_ui (viewer), ATSPI_ROLE_LABEL,
                        "Slow mode: *", SECONDS);
  km_test_app_say (viewer, "freed");
  km_test_app_wait_message (self->app, "freed");
}

#define ADD(name, function) \
  g_test_add ("/ui/chat/" name, Fixture, name, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "chat", NULL);
  desktop = km_test_desktop_start (artefacts);
  ADD ("too-long-stays-in-the-entry", test_too_long);
  ADD ("refused-comes-back-to-the-entry", test_unreadable);
  ADD ("too-fast-waits-its-turn", test_too_fast);
  ADD ("slow-mode-holds-a-viewer", test_slow_mode);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
