/* test-reports.c: what is reported, as who reports and who answers see it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "km-app-resources.h"
#include "km-report-dialog.h"
#include "km-report-list.h"
#include "km-test-room.h"
#include "km-test-window.h"

#define WIDTH_PX 360
#define HEIGHT_PX 560

#define FILED(of, text, note, reports) \
  "{\"of\":" of ",\"id\":\"m" of "\",\"by\":{\"id\":\"8\",\"name\":\"anna\"," \
  "\"shown_name\":\"Anna\"},\"from\":{\"id\":\"9\",\"name\":\"bob\"," \
  "\"shown_name\":\"小明\"},\"text\":\"" text "\"," \
  "\"said_at\":1763700000000,\"reason\":\"spam\",\"note\":" note "," \
  "\"reports\":{" reports "}}"

typedef struct
{
  KmTestRoom room;
  GtkWidget *child;
  GtkWidget *window;
} Fixture;

static GtkWidget *
find_text (GtkWidget  *widget,
           GType       type,
           const char *text)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return gtk_widget_get_ancestor (widget, type);
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text (child, type, text);

  return found;
}

typedef struct
{
  Fixture *fixture;
  const char *text;
} Wanted;

static gboolean
is_shown (gpointer data)
{
  Wanted *wanted = data;

  return find_text (wanted->fixture->window, GTK_TYPE_LABEL, wanted->text)
         != NULL;
}

static void
wait_for (Fixture    *fixture,
          const char *text)
{
  Wanted wanted = { fixture, text };

  if (!km_test_wait_until (is_shown, &wanted, 10))
    g_error ("\"%s\" isn't shown", text);
}

static gboolean
is_not_shown (gpointer data)
{
  return !is_shown (data);
}

static void
wait_gone (Fixture    *fixture,
           const char *text)
{
  Wanted wanted = { fixture, text };

  if (!km_test_wait_until (is_not_shown, &wanted, 10))
    g_error ("\"%s\" is still shown", text);
}

static void
click (Fixture    *fixture,
       const char *label)
{
  GtkWidget *button = find_text (fixture->window, GTK_TYPE_BUTTON, label);

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->child = adw_toast_overlay_new ();
}

static void
open_window (Fixture *fixture)
{
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->child);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH_PX,
                               HEIGHT_PX);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  km_test_room_tear_down (&fixture->room, NULL);
}

static void
draw (Fixture    *fixture,
      const char *name)
{
  km_test_window_count_frames (fixture->window);
  g_object_unref (km_test_window_draw (fixture->window, name));
}

/* Somebody's report, or an answer to one. */
static void
tell (Fixture    *fixture,
      const char *kind,
      int         seq,
      const char *d)
{
  km_test_wire_send (fixture->room.wire,
                     "{\"t\":\"%s\",\"s\":\"staff:42\",\"seq\":%d,"
                     "\"at\":1763700000000,\"d\":%s}", kind, seq, d);
}

static void
show_list (Fixture *fixture)
{
  KmTestRoom *room = &fixture->room;
  GtkWidget *list = g_object_new (KM_TYPE_REPORT_LIST, NULL);

  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (fixture->child), list);
  open_window (fixture);
  km_report_list_set_room (KM_REPORT_LIST (list), room->room);
  wait_for (fixture, "No Reports");
  room->role = "host";
  room->resumed = TRUE;
  km_test_room_reply (room, "staff.open",
                      "{\"epoch\":\"e\",\"seq\":2,\"resumed\":false,"
                      "\"open\":4,\"follow\":2}");
  km_room_open_staff (room->room);
  km_test_room_cut (room);
  km_test_room_wait_sent (room, 1);
  tell (fixture, "report.filed", 1,
        FILED ("1", "便宜的金币！ coins.example", "null", "\"spam\":1"));
  tell (fixture, "report.filed", 2,
        FILED ("2", "nobody wants you here", "\"every day the same\"",
               "\"hate\":2,\"harassment\":1"));
}

static void
test_listed_until_settled (Fixture       *fixture,
                           gconstpointer  user_data)
{
  show_list (fixture);
  wait_for (fixture, "3 reports · Harassment, Hate ×2");
  wait_for (fixture, "1 report · Spam");
  wait_for (fixture, "Anna: “every day the same”");
  wait_for (fixture, "2 older ones follow when these are done");
  draw (fixture, "reports");

  tell (fixture, "report.filed", 3,
        FILED ("1", "便宜的金币！ coins.example", "null", "\"spam\":2"));
  wait_for (fixture, "2 reports · Spam ×2");
  tell (fixture, "report.settled", 4,
        "{\"of\":2,\"id\":\"m2\",\"by\":{\"id\":\"9\",\"name\":\"bob\","
        "\"shown_name\":\"小明\"},\"how\":\"deleted\"}");
  wait_gone (fixture, "nobody wants you here");
}

static void
test_answered_from_the_row (Fixture       *fixture,
                            gconstpointer  user_data)
{
  show_list (fixture);
  wait_for (fixture, "1 report · Spam");
  /* The newest at the top. */
  click (fixture, "Dismiss");
  km_test_room_wait_sent (&fixture->room, 2);
  g_assert_true (g_str_has_prefix (fixture->room.sent->pdata[1],
                                   "report.dismiss "));
  g_assert_nonnull (strstr (fixture->room.sent->pdata[1], "\"m2\""));
  g_assert_false (gtk_widget_is_sensitive (
    find_text (fixture->window, GTK_TYPE_BUTTON, "Delete Message")));
}

static void
choose (Fixture    *fixture,
        const char *reason)
{
  adw_action_row_activate (ADW_ACTION_ROW (
    find_text (fixture->window, ADW_TYPE_ACTION_ROW, reason)));
}

static void
show_dialog (Fixture *fixture)
{
  g_autoptr (KmRoomMessage) message = NULL;

  km_test_room_say (&fixture->room, 1);
  km_test_room_assert_rows (&fixture->room, "[1]");
  message = g_list_model_get_item (km_room_get_messages (fixture->room.room),
                                   0);
  open_window (fixture);
  km_report_dialog_present (fixture->room.room, message, fixture->child);
  wait_for (fixture, "What Is Wrong with It?");
  wait_for (fixture, "Bob");
}

static void
test_refusal_keeps_the_note (Fixture       *fixture,
                             gconstpointer  user_data)
{
  GtkWidget *report;

  show_dialog (fixture);
  report = find_text (fixture->window, GTK_TYPE_BUTTON, "Report");
  g_assert_false (gtk_widget_is_sensitive (report));
  choose (fixture, "Harassment");
  g_assert_true (gtk_widget_is_sensitive (report));
  draw (fixture, "report-dialog");

  km_test_room_reply (&fixture->room, "chat.report",
                      "{\"error\":{\"code\":\"bad_text\",\"message\":\"Not <so>.\"}}");
  click (fixture, "Report");
  g_assert_false (gtk_widget_is_sensitive (report));
  wait_for (fixture, "Not <so>.");
  g_assert_true (gtk_widget_is_sensitive (report));

  km_test_room_reply (&fixture->room, "chat.report", "{}");
  click (fixture, "Report");
  wait_for (fixture, "Report sent. Thank you.");
  wait_gone (fixture, "What Is Wrong with It?");
}

static void
test_done_before_is_said_kindly (Fixture       *fixture,
                                 gconstpointer  user_data)
{
  show_dialog (fixture);
  choose (fixture, "Spam");
  km_test_room_reply (&fixture->room, "chat.report",
                      "{\"error\":{\"code\":\"already_reported\","
                      "\"message\":\"You have reported this message already."
                      "\"}}");
  click (fixture, "Report");
  wait_for (fixture, "You have reported this message already.");
  wait_gone (fixture, "What Is Wrong with It?");
}

static void
test_not_kept_waiting (Fixture       *fixture,
                       gconstpointer  user_data)
{
  show_dialog (fixture);
  choose (fixture, "Spam");
  click (fixture, "Report");
  km_test_room_wait_sent (&fixture->room, 1);
  fixture->room.resumed = TRUE;
  fixture->room.head = 1;
  km_test_room_reply (&fixture->room, "chat.report", "{}");
  km_test_wire_drop (fixture->room.wire);
  wait_for (fixture, "The report is sent when the connection is back");
  wait_gone (fixture, "What Is Wrong with It?");
  km_test_room_wait_sent (&fixture->room, 2);
  g_assert_cmpstr (fixture->room.sent->pdata[1], ==,
                   fixture->room.sent->pdata[0]);
}

#define ADD(path, test) \
  g_test_add ("/app/reports/" path, Fixture, NULL, set_up, test, tear_down)

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

  ADD ("listed-until-settled", test_listed_until_settled);
  ADD ("answered-from-the-row", test_answered_from_the_row);
  ADD ("refusal-keeps-the-note", test_refusal_keeps_the_note);
  ADD ("done-before-is-said-kindly", test_done_before_is_said_kindly);
  ADD ("not-kept-waiting-without-a-connection", test_not_kept_waiting);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
