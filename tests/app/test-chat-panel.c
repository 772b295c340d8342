/* test-chat-panel.c: rows for what is given and for polls that ended
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "km-app-resources.h"
#include "km-chat-panel.h"
#include "km-chat-row.h"
#include "km-slow-mode-note.h"
#include "km-test-room.h"
#include "km-test-window.h"

#define ROCKET(id, seq_count, value) \
  "{\"id\":\"" id "\",\"from\":{\"id\":\"9\",\"name\":\"x\",\"shown_name\":" \
  "\"小明\",\"role\":\"member\"},\"gift\":\"rocket\",\"names\":{\"en\":" \
  "\"Rocket\"},\"art\":\"rocket\",\"tier\":3,\"price\":500,\"count\":1," \
  "\"value\":500,\"combo\":\"c\",\"combo_count\":" seq_count \
  ",\"combo_value\":" value ",\"income\":1,\"time_ms\":null}"
#define POLL(tallies, voters) \
  "{\"poll\":\"7\",\"question\":\"Which color?\",\"options\":[\"Blue\"," \
  "\"Green\"],\"multiple\":false,\"changeable\":true,\"anonymous\":true," \
  "\"opened_at\":1763700000000,\"closes_at\":null,\"closed_at\":" \
  "1763700009000,\"reason\":\"host\",\"tallies\":" tallies ",\"voters\":" \
  voters "}"

typedef struct
{
  KmTestRoom room;
  GSettings *settings;
  GtkWidget *panel;
  GtkWidget *window;
} Fixture;

static guint
count_text (GtkWidget  *widget,
            const char *text)
{
  guint n_found = 0;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    n_found++;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n_found += count_text (child, text);

  return n_found;
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

  return count_text (wanted->fixture->panel, wanted->text) > 0;
}

static void
wait_for (Fixture    *fixture,
          const char *text)
{
  Wanted wanted = { fixture, text };

  if (!km_test_wait_until (is_shown, &wanted, 10))
    g_error ("\"%s\" isn't shown", text);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->settings = g_settings_new ("io.github.kaimu_live.Kaimu");
  fixture->panel = g_object_new (KM_TYPE_CHAT_PANEL, NULL);
  km_chat_panel_set_room (KM_CHAT_PANEL (fixture->panel), fixture->room.server,
                          fixture->room.room, fixture->settings);
  fixture->window = km_test_window_open (fixture->panel, 320, 480);
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
test_combo (Fixture       *fixture,
            gconstpointer  user_data)
{
  km_test_room_event (&fixture->room, "gift.sent", 1, ROCKET ("a", "1", "500"));
  wait_for (fixture, "×1");
  wait_for (fixture, "sent Rocket");
  wait_for (fixture, "500 coins");

  km_test_room_event (&fixture->room, "gift.sent", 2,
                      ROCKET ("b", "2", "1000"));
  wait_for (fixture, "×2");
  wait_for (fixture, "1000 coins");
  g_assert_cmpuint (count_text (fixture->panel, "sent Rocket"), ==, 1);
  km_test_window_count_frames (fixture->panel);
  g_object_unref (km_test_window_draw (fixture->panel, "chat-gift"));
}

static void
test_result (Fixture       *fixture,
             gconstpointer  user_data)
{
  km_test_room_event (&fixture->room, "poll.closed", 1, POLL ("[3,1]", "4"));
  wait_for (fixture, "Which color?");
  wait_for (fixture, "🏆 Blue · 75 %");
  wait_for (fixture, "4 people voted");
}

static void
test_tie (Fixture       *fixture,
          gconstpointer  user_data)
{
  km_test_room_event (&fixture->room, "poll.closed", 1, POLL ("[2,2]", "4"));
  wait_for (fixture, "🏆 Blue · 50 %\n🏆 Green · 50 %");
}

static void
test_nobody (Fixture       *fixture,
             gconstpointer  user_data)
{
  km_test_room_event (&fixture->room, "poll.closed", 1, POLL ("[0,0]", "0"));
  wait_for (fixture, "Nobody voted");
}

/* A row is given to one message after the other. */
static void
test_mixed (Fixture       *fixture,
            gconstpointer  user_data)
{
  km_test_room_event (&fixture->room, "gift.sent", 1, ROCKET ("a", "1", "500"));
  km_test_room_say (&fixture->room, 2);
  km_test_room_event (&fixture->room, "poll.closed", 3, POLL ("[3,1]", "4"));
  wait_for (fixture, "sent Rocket");
  wait_for (fixture, "Which color?");
  g_assert_cmpuint (count_text (fixture->panel, "sent Rocket"), ==, 1);
  g_assert_cmpuint (count_text (fixture->panel, "Poll Result"), ==, 1);
}

static GtkWidget *
find_type (GtkWidget *widget,
           GType      type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_type (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* What the menu of the row that has the focus offers; "": it has none. */
static char *
list_offers (Fixture *fixture)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (fixture->window));
  GString *offers = g_string_new (NULL);
  GtkWidget *popover;
  GMenuModel *model;

  g_assert_nonnull (focus);
  gtk_widget_activate_action (focus, "list.menu", NULL);
  popover = find_type (focus, GTK_TYPE_POPOVER_MENU);
  if (popover == NULL || !gtk_widget_get_visible (popover))
    return g_string_free_and_steal (offers);

  model = gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (popover));
  for (int i = 0; i < g_menu_model_get_n_items (model); i++)
    {
      g_autofree char *action = NULL;

      g_menu_model_get_item_attribute (model, i, G_MENU_ATTRIBUTE_ACTION, "s",
                                       &action);
      g_string_append_printf (offers, "[%s]", action);
    }
  gtk_popover_popdown (GTK_POPOVER (popover));

  return g_string_free_and_steal (offers);
}

#define SAY(from, rest) \
  "{\"id\":\"0123456789abcdefghjkmnpqrs\",\"from\":{\"id\":\"" from \
  "\",\"name\":\"x\",\"shown_name\":\"小明\",\"role\":\"member\"}," rest "}"

static void
test_delete (Fixture       *fixture,
             gconstpointer  user_data)
{
  GtkWidget *list = find_type (fixture->panel, GTK_TYPE_LIST_VIEW);
  g_autofree char *own = NULL;
  g_autofree char *deleted = NULL;
  g_autofree char *others = NULL;

  km_test_room_event (&fixture->room, "chat.message", 1,
                      SAY ("7", "\"text\":\"regret\""));
  wait_for (fixture, "regret");
  km_test_window_count_frames (fixture->panel);
  /* From the entry back to the list, by keys. */
  g_assert_true (gtk_widget_grab_focus (find_type (fixture->panel,
                                                   GTK_TYPE_TEXT)));
  g_assert_true (gtk_widget_child_focus (fixture->window,
                                         GTK_DIR_TAB_BACKWARD));
  g_assert_true (gtk_widget_is_ancestor (
    gtk_root_get_focus (GTK_ROOT (fixture->window)), list));
  own = list_offers (fixture);
  g_assert_cmpstr (own, ==, "[row.copy][row.delete]");

  gtk_widget_activate_action (find_type (list, KM_TYPE_CHAT_ROW),
                              "row.delete", NULL);
  km_test_room_wait_sent (&fixture->room, 1);
  g_assert_true (g_str_has_prefix (fixture->room.sent->pdata[0],
                                   "chat.delete "));
  km_test_room_event (&fixture->room, "chat.deleted", 2,
                      "{\"id\":\"0123456789abcdefghjkmnpqrs\",\"of\":1,"
                      "\"by\":\"host\"}");
  wait_for (fixture, "Deleted by the host");
  g_assert_cmpuint (count_text (fixture->panel, "regret"), ==, 0);
  g_assert_true (gtk_widget_grab_focus (list));
  deleted = list_offers (fixture);
  g_assert_cmpstr (deleted, ==, "");
  km_test_window_count_frames (fixture->panel);
  g_object_unref (km_test_window_draw (fixture->panel, "chat-deleted"));

  km_test_room_event (&fixture->room, "chat.message", 3,
                      SAY ("9", "\"text\":\"another's\""));
  wait_for (fixture, "another's");
  gtk_list_view_scroll_to (GTK_LIST_VIEW (list), 1, GTK_LIST_SCROLL_FOCUS,
                           NULL);
  others = list_offers (fixture);
  g_assert_cmpstr (others, ==, "[row.copy][row.report]");
}

static void
set_slow (Fixture *fixture,
          gint64   seq,
          guint    seconds)
{
  g_autofree char *d = g_strdup_printf (
    "{\"title\":\"Title\",\"category\":\"talk\",\"slow_s\":%u}", seconds);

  km_test_room_event (&fixture->room, "room.changed", seq, d);
}

static gboolean
is_counting (gpointer data)
{
  GtkWidget *note = find_type (((Fixture *) data)->panel,
                               KM_TYPE_SLOW_MODE_NOTE);
  GtkLabel *label = GTK_LABEL (find_type (note, GTK_TYPE_LABEL));

  return g_str_has_prefix (gtk_label_get_text (label),
                           "Slow mode: next message in ");
}

/* What is written meanwhile stays where it is. */
static void
test_slow_mode (Fixture       *fixture,
                gconstpointer  user_data)
{
  GtkEditable *entry = GTK_EDITABLE (find_type (fixture->panel,
                                                GTK_TYPE_ENTRY));

  set_slow (fixture, 1, 300);
  wait_for (fixture, "Slow mode: 5 minutes between messages");
  gtk_editable_set_text (entry, "first");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
  g_assert_true (km_test_wait_until (is_counting, fixture, 10));

  gtk_editable_set_text (entry, "second");
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "second");
  km_test_window_count_frames (fixture->panel);
  g_object_unref (km_test_window_draw (fixture->panel, "chat-slow-mode"));

  km_test_room_reply (&fixture->room, "chat.send",
                      "{\"seq\":3,\"at\":1763700000000}");
  set_slow (fixture, 2, 0);
  km_test_room_say (&fixture->room, 3);
  wait_for (fixture, "3");
  g_assert_false (gtk_widget_get_visible (find_type (fixture->panel,
                                                     KM_TYPE_SLOW_MODE_NOTE)));
  g_signal_emit_by_name (entry, "activate");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "");
}

static void
say_at_length (Fixture *fixture,
               guint    seq)
{
  g_autoptr (GString) words = g_string_new ("");
  g_autofree char *event = NULL;

  for (guint i = 0; i < 1 + seq * 7 % 30; i++)
    g_string_append_printf (words, "word%u ", i);
  event = g_strdup_printf (SAY ("9", "\"text\":\"%s%u\""), words->str, seq);
  km_test_room_event (&fixture->room, "chat.message", seq, event);
}

static gboolean
is_at_end (gpointer data)
{
  Fixture *fixture = data;
  GtkWidget *scroller = find_type (fixture->panel, GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *pill = find_type (fixture->panel, GTK_TYPE_REVEALER);
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));

  return gtk_adjustment_get_value (adjustment)
             + gtk_adjustment_get_page_size (adjustment)
           >= gtk_adjustment_get_upper (adjustment) - 1
         && !gtk_revealer_get_reveal_child (GTK_REVEALER (pill));
}

/* Whoever comes into a room where much was said sees what is said now. */
static void
test_begins_at_the_end (Fixture       *fixture,
                        gconstpointer  user_data)
{
  for (guint seq = 1; seq <= 40; seq++)
    say_at_length (fixture, seq);
  wait_for (fixture, "word0 word1 word2 word3 word4 word5 word6 word7 word8 "
                     "word9 word10 40");
  gtk_window_destroy (GTK_WINDOW (fixture->window));

  fixture->panel = g_object_new (KM_TYPE_CHAT_PANEL, NULL);
  km_chat_panel_set_room (KM_CHAT_PANEL (fixture->panel),
                          fixture->room.server, fixture->room.room,
                          fixture->settings);
  fixture->window = km_test_window_open (fixture->panel, 320, 480);
  km_test_window_count_frames (fixture->panel);
  g_assert_true (km_test_wait_until (is_at_end, fixture, 10));

  /* The entry takes more room, and much is said meanwhile. */
  set_slow (fixture, 41, 300);
  for (guint seq = 42; seq <= 60; seq++)
    {
      say_at_length (fixture, seq);
      km_test_window_count_frames (fixture->panel);
      g_assert_true (km_test_wait_until (is_at_end, fixture, 10));
    }
}

#define ADD(path, test) \
  g_test_add ("/app/chat-panel/" path, Fixture, NULL, set_up, test, tear_down)

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

  ADD ("a-combo-is-one-row-that-grows", test_combo);
  ADD ("a-poll-ends-with-its-winner", test_result);
  ADD ("a-tie-has-two-winners", test_tie);
  ADD ("nobody-voted", test_nobody);
  ADD ("each-row-shows-its-own", test_mixed);
  ADD ("a-message-can-be-taken-back", test_delete);
  ADD ("slow-mode-counts-down", test_slow_mode);
  ADD ("begins-and-stays-at-the-end", test_begins_at_the_end);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
