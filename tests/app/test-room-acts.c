/* test-room-acts.c: hearts and gifts, where they can be given and where not
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "km-app-resources.h"
#include "km-room-acts.h"
#include "km-test-room.h"
#include "km-test-window.h"

typedef struct
{
  KmTestRoom room;
  GSettings *settings;
  GtkWidget *acts;
  GtkWidget *sheet;
  GtkWidget *window;
} Fixture;

static GtkWidget *
find_text (GtkWidget  *widget,
           const char *text)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text (child, text);

  return found;
}

typedef struct
{
  GtkWidget *widget;
  const char *text;
} Wanted;

static gboolean
is_shown (gpointer data)
{
  Wanted *wanted = data;

  return find_text (wanted->widget, wanted->text) != NULL;
}

static GtkWidget *
wait_for (GtkWidget  *widget,
          const char *text)
{
  Wanted wanted = { widget, text };

  if (!km_test_wait_until (is_shown, &wanted, 10))
    g_error ("\"%s\" isn't shown", text);
  return find_text (widget, text);
}

static void
open_window (Fixture *fixture)
{
  fixture->acts = km_room_acts_new (fixture->room.server, fixture->room.room,
                                    fixture->settings, NULL, NULL);
  fixture->sheet = adw_bottom_sheet_new ();
  adw_bottom_sheet_set_content (ADW_BOTTOM_SHEET (fixture->sheet),
                                fixture->acts);
  fixture->window = km_test_window_open (fixture->sheet, 360, 600);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->settings = g_settings_new ("io.github.kaimu_live.Kaimu");
  km_test_wire_answer (fixture->room.wire, "GET gifts", 200,
                       "{\"gifts\":[{\"id\":\"rose\",\"names\":{\"en\":"
                       "\"Rose\"},\"price\":1,\"art\":\"rose\",\"tier\":1}],"
                       "\"confirm_above\":1000,\"counts\":[1,10]}");
  km_test_wire_answer (fixture->room.wire, "GET wallet", 200,
                       "{\"balance\":1280,\"income\":0}");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_clear_object (&fixture->settings);
  km_test_room_tear_down (&fixture->room, NULL);
}

static void
assert_off (Fixture    *fixture,
            const char *why)
{
  GtkWidget *label = wait_for (fixture->acts, "Gifts");
  GtkWidget *button = gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);

  g_assert_false (gtk_widget_is_sensitive (button));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, why);
  km_room_acts_like (KM_ROOM_ACTS (fixture->acts));
  km_room_acts_open_gifts (KM_ROOM_ACTS (fixture->acts));
  g_assert_cmpint (km_room_get_likes (fixture->room.room), ==, 0);
  g_assert_null (find_text (fixture->acts, "Rose"));
}

static void
test_like (Fixture       *fixture,
           gconstpointer  user_data)
{
  open_window (fixture);
  wait_for (fixture->acts, "0");
  km_room_acts_like (KM_ROOM_ACTS (fixture->acts));
  km_room_acts_like (KM_ROOM_ACTS (fixture->acts));
  wait_for (fixture->acts, "2");
}

static void
test_balance (Fixture       *fixture,
              gconstpointer  user_data)
{
  open_window (fixture);
  wait_for (fixture->acts, "1.2k");
}

static void
test_own_room (Fixture       *fixture,
               gconstpointer  user_data)
{
  fixture->room.role = "host";
  km_test_room_restart (&fixture->room);
  open_window (fixture);
  assert_off (fixture, "This is your own room");
}

static void
test_not_live (Fixture       *fixture,
               gconstpointer  user_data)
{
  fixture->room.live = FALSE;
  km_test_room_restart (&fixture->room);
  open_window (fixture);
  assert_off (fixture, "The room isn’t live");
}

/* The same, whose choice is kept, wherever it stands. */
static void
test_tray (Fixture       *fixture,
           gconstpointer  user_data)
{
  KmRoomActs *acts;
  GtkWidget *rose;

  open_window (fixture);
  acts = KM_ROOM_ACTS (fixture->acts);
  wait_for (fixture->acts, "1.2k");
  km_room_acts_open_gifts (acts);
  rose = wait_for (fixture->acts, "Rose");

  km_room_acts_set_sheet (acts, ADW_BOTTOM_SHEET (fixture->sheet));
  g_assert_null (find_text (fixture->acts, "Rose"));
  km_room_acts_open_gifts (acts);
  g_assert_true (wait_for (fixture->sheet, "Rose") == rose);
  g_assert_true (
    adw_bottom_sheet_get_open (ADW_BOTTOM_SHEET (fixture->sheet)));

  km_room_acts_set_sheet (acts, NULL);
  km_room_acts_open_gifts (acts);
  g_assert_true (wait_for (fixture->acts, "Rose") == rose);
}

#define ADD(path, test) \
  g_test_add ("/app/room-acts/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int   argc,
      char *argv[])
{
  KmTestProcess *display;
  int status;

  g_test_init (&argc, &argv, NULL);
  display = km_test_window_start_display ();
  km_app_register_resource ();
  adw_init ();

  ADD ("likes-count-at-once", test_like);
  ADD ("the-balance-is-seen", test_balance);
  ADD ("not-in-ones-own-room", test_own_room);
  ADD ("not-where-nobody-is-live", test_not_live);
  ADD ("one-tray-in-a-popover-and-a-sheet", test_tray);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
