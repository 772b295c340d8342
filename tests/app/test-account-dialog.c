/* test-account-dialog.c: where one is signed in, and what can be done about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "km-account-dialog.h"
#include "km-app-resources.h"
#include "km-session-row.h"
#include "km-test-room.h"
#include "km-test-window.h"

#define WIDTH_PX 560
#define HEIGHT_PX 720
#define SECONDS 30
#define HOUR_MS (G_GINT64_CONSTANT (60) * 60 * 1000)

#define THIS \
  "{\"id\":\"a\",\"device\":\"ada-laptop\",\"made_at\":1763700000000," \
  "\"used_at\":1763700000000,\"current\":true}"
#define PHONE \
  "{\"id\":\"b\",\"device\":\"安娜的手机 <b>\",\"made_at\":1763600000000," \
  "\"used_at\":1763600000000,\"current\":false}"
#define UNKNOWN \
  "{\"id\":\"c\",\"device\":null,\"made_at\":1763500000000," \
  "\"used_at\":1763500000000,\"current\":false}"
#define LIST(sessions) "{\"sessions\":[" sessions "]}"

typedef struct
{
  KmTestRoom room;
  GtkWidget *window;
} Fixture;

static GtkWidget *
find (GtkWidget  *widget,
      GType       type,
      const char *text)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;
  g_autofree char *own = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    {
      if (GTK_IS_LABEL (widget))
        own = g_strdup (gtk_label_get_text (GTK_LABEL (widget)));
      else
        g_object_get (widget, GTK_IS_BUTTON (widget) ? "label" : "title", &own,
                      NULL);
      if (own != NULL && g_pattern_match_simple (text, own))
        return widget;
    }
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type, text);

  return found;
}

typedef struct
{
  GtkWidget *window;
  GType type;
  const char *text;
} Wanted;

static gboolean
is_shown (gpointer data)
{
  Wanted *wanted = data;

  return find (wanted->window, wanted->type, wanted->text) != NULL;
}

static GtkWidget *
wait_widget (Fixture    *fixture,
             GType       type,
             const char *text)
{
  Wanted wanted = { fixture->window, type, text };

  if (!km_test_wait_until (is_shown, &wanted, SECONDS))
    g_error ("\"%s\" isn't shown", text);

  return find (fixture->window, type, text);
}

static void
wait_for (Fixture    *fixture,
          const char *text)
{
  wait_widget (fixture, GTK_TYPE_LABEL, text);
}

static gboolean
is_gone (gpointer data)
{
  return !is_shown (data);
}

static void
wait_gone (Fixture    *fixture,
           const char *text)
{
  Wanted wanted = { fixture->window, GTK_TYPE_LABEL, text };

  g_assert_true (km_test_wait_until (is_gone, &wanted, SECONDS));
}

static void
press (Fixture    *fixture,
       const char *label)
{
  g_signal_emit_by_name (wait_widget (fixture, GTK_TYPE_BUTTON, label),
                         "clicked");
}

static void
activate (Fixture    *fixture,
          const char *title)
{
  gtk_widget_activate (wait_widget (fixture, ADW_TYPE_PREFERENCES_ROW, title));
}

static void
type (Fixture    *fixture,
      const char *title,
      const char *text)
{
  gtk_editable_set_text (
    GTK_EDITABLE (wait_widget (fixture, ADW_TYPE_ENTRY_ROW, title)), text);
}

static void
draw (Fixture    *fixture,
      const char *name)
{
  km_test_window_count_frames (fixture->window);
  g_object_unref (km_test_window_draw (
    gtk_widget_get_first_child (fixture->window), name));
}

static gboolean
was_called (gpointer data)
{
  Wanted *wanted = data;
  Fixture *fixture = (Fixture *) wanted->window;

  return km_test_wire_count (fixture->room.wire, wanted->text) > 0;
}

static void
wait_call (Fixture    *fixture,
           const char *call)
{
  Wanted wanted = { (gpointer) fixture, G_TYPE_NONE, call };

  g_assert_true (km_test_wait_until (was_called, &wanted, SECONDS));
}

static void
list (Fixture    *fixture,
      const char *sessions)
{
  km_test_wire_answer (fixture->room.wire, "GET sessions", 200, sessions);
}

static void
open_dialog (Fixture *fixture)
{
  AdwDialog *dialog = km_account_dialog_new (fixture->room.server);

  adw_dialog_present (dialog, fixture->window);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH_PX,
                               HEIGHT_PX);
  adw_window_set_content (ADW_WINDOW (fixture->window),
                          gtk_box_new (GTK_ORIENTATION_VERTICAL, 0));
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  km_test_room_tear_down (&fixture->room, NULL);
}

static void
test_each_is_told_and_can_be_ended (Fixture       *fixture,
                                    gconstpointer  data)
{
  list (fixture, LIST (PHONE "," THIS "," UNKNOWN));
  km_test_wire_answer (fixture->room.wire, "DELETE sessions/b", 204, NULL);
  open_dialog (fixture);
  wait_for (fixture, "ada-laptop");
  wait_for (fixture, "This device\nSigned in on *");
  wait_for (fixture, "安娜的手机 <b>");
  wait_for (fixture, "Unknown Device");
  draw (fixture, "account-dialog");

  list (fixture, LIST (THIS "," UNKNOWN));
  press (fixture, "Sign Out");
  wait_for (fixture, "That device is signed out");
  g_assert_cmpuint (km_test_wire_count (fixture->room.wire,
                                        "DELETE sessions/b"), ==, 1);
  wait_gone (fixture, "安娜*");
}

/* It was ended meanwhile: the list says how it is now. */
static void
test_what_is_over_is_said (Fixture       *fixture,
                           gconstpointer  data)
{
  list (fixture, LIST (THIS "," UNKNOWN));
  km_test_wire_answer (fixture->room.wire, "DELETE sessions/c", 404,
                       "{\"error\":{\"code\":\"not_found\",\"message\":"
                       "\"This device isn't signed in any more.\"}}");
  open_dialog (fixture);
  wait_for (fixture, "Unknown Device");
  list (fixture, LIST (THIS));
  press (fixture, "Sign Out");
  wait_for (fixture, "This device isn't signed in any more.");
  wait_for (fixture, "You are signed in on this device only.");
  g_assert_null (find (fixture->window, ADW_TYPE_BUTTON_ROW, "Sign Out*"));
  draw (fixture, "account-dialog-alone");
}

static void
test_all_others_are_asked_about (Fixture       *fixture,
                                 gconstpointer  data)
{
  list (fixture, LIST (THIS "," PHONE));
  km_test_wire_answer (fixture->room.wire, "DELETE sessions", 204, NULL);
  open_dialog (fixture);
  activate (fixture, "Sign Out Everywhere Else…");
  wait_for (fixture, "Sign Out Elsewhere?");
  draw (fixture, "account-dialog-others");
  g_assert_cmpuint (km_test_wire_count (fixture->room.wire,
                                        "DELETE sessions"), ==, 0);
  list (fixture, LIST (THIS));
  press (fixture, "_Sign Out");
  wait_call (fixture, "DELETE sessions");
  wait_for (fixture, "You are signed in on this device only.");
}

static void
test_no_answer_can_be_asked_for_again (Fixture       *fixture,
                                       gconstpointer  data)
{
  km_test_wire_answer (fixture->room.wire, "GET sessions", 503, NULL);
  open_dialog (fixture);
  wait_for (fixture, "The server is down at the moment.");
  draw (fixture, "account-dialog-offline");
  list (fixture, LIST (THIS));
  press (fixture, "Try Again");
  wait_for (fixture, "ada-laptop");
}

static void
change_password (Fixture    *fixture,
                 const char *new,
                 const char *again)
{
  type (fixture, "Present Password", "the old one");
  type (fixture, "New Password", new);
  type (fixture, "New Password Once More", again);
  g_signal_emit_by_name (wait_widget (fixture, ADW_TYPE_ENTRY_ROW,
                                      "New Password Once More"),
                         "entry-activated");
}

static void
test_a_password_is_changed (Fixture       *fixture,
                            gconstpointer  data)
{
  KmTestWire *wire = fixture->room.wire;

  list (fixture, LIST (THIS "," PHONE));
  open_dialog (fixture);
  press (fixture, "Change Password…");
  change_password (fixture, "a new one", "a new on");
  wait_for (fixture, "The new password was typed in two different ways.*");
  draw (fixture, "account-dialog-password");
  g_assert_cmpuint (km_test_wire_count (wire, "POST account/password"), ==, 0);

  km_test_wire_answer (wire, "POST account/password", 401,
                       "{\"error\":{\"code\":\"wrong_credentials\","
                       "\"message\":\"The present password is another "
                       "one.\"}}");
  change_password (fixture, "a new one", "a new one");
  wait_for (fixture, "The present password is another one.");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (wait_widget (
                     fixture, ADW_TYPE_ENTRY_ROW, "New Password"))), ==,
                   "a new one");

  km_test_wire_answer (wire, "POST account/password", 204, NULL);
  list (fixture, LIST (THIS));
  change_password (fixture, "a new one", "a new one");
  wait_for (fixture, "Password changed");
  wait_for (fixture, "You are signed in on this device only.");
}

static gboolean
is_closed (gpointer data)
{
  Fixture *fixture = data;

  return adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)) == NULL;
}

static void
test_signed_out_elsewhere_closes_it (Fixture       *fixture,
                                     gconstpointer  data)
{
  list (fixture, LIST (THIS "," PHONE));
  open_dialog (fixture);
  wait_for (fixture, "ada-laptop");
  km_test_wire_answer (fixture->room.wire, "DELETE sessions/b", 401,
                       "{\"error\":{\"code\":\"sign_in_required\","
                       "\"message\":\"Sign in first.\"}}");
  press (fixture, "Sign Out");
  g_assert_true (km_test_wait_until (is_closed, fixture, SECONDS));
  g_assert_false (km_server_get_signed_in (fixture->room.server));
}

static void
test_use_in_words (void)
{
  static const struct
  {
    gint64 idle_ms;
    const char *words;
  } rows[] = {
    { -5, "Active recently" },
    { 2 * HOUR_MS - 1, "Active recently" },
    { 2 * HOUR_MS, "Active 2 hours ago" },
    { 24 * HOUR_MS - 1, "Active 23 hours ago" },
    { 24 * HOUR_MS, "Active 1 day ago" },
    { 30 * 24 * HOUR_MS, "Active 30 days ago" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = km_session_row_describe (rows[i].idle_ms);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

#define ADD(path, test) \
  g_test_add ("/app/account-dialog/" path, Fixture, NULL, set_up, test, \
              tear_down)

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

  ADD ("each-is-told-and-can-be-ended", test_each_is_told_and_can_be_ended);
  ADD ("what-is-over-is-said", test_what_is_over_is_said);
  ADD ("all-others-are-asked-about", test_all_others_are_asked_about);
  ADD ("no-answer-can-be-asked-for-again",
       test_no_answer_can_be_asked_for_again);
  ADD ("a-password-is-changed", test_a_password_is_changed);
  ADD ("signed-out-elsewhere-closes-it",
       test_signed_out_elsewhere_closes_it);
  g_test_add_func ("/app/account-dialog/use-in-words", test_use_in_words);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
