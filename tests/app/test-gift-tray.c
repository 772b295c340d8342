/* test-gift-tray.c: what is said before, while and after a gift is given
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>
#include <string.h>

#include "km-app-resources.h"
#include "km-gift-tray.h"
#include "km-test-room.h"
#include "km-test-window.h"

#define WIDTH_PX 360
#define HEIGHT_PX 560

#define GIFTS \
  "{\"gifts\":[{\"id\":\"rose\",\"names\":{\"en\":\"Rose\",\"zh_CN\":\"玫瑰\"}" \
  ",\"price\":1,\"art\":\"rose\",\"tier\":1},{\"id\":\"rocket\",\"names\":" \
  "{\"en\":\"Rocket\",\"zh_CN\":\"火箭\"},\"price\":500,\"art\":\"rocket\"," \
  "\"tier\":3},{\"id\":\"cake\",\"names\":{\"en\":\"Cake\",\"zh_CN\":\"蛋糕\"}" \
  ",\"price\":99,\"art\":\"cake\",\"tier\":2}],\"confirm_above\":1000," \
  "\"counts\":[1,10,66,520],\"practice\":true}"
#define NO_GIFTS "{\"gifts\":[],\"confirm_above\":1000,\"counts\":[1]}"
#define WALLET(balance, practice) \
  "{\"balance\":" balance ",\"income\":0,\"income_room_seq\":0,\"practice\":" \
  practice ",\"daily_limit\":200,\"daily_limit_next\":null,\"spent_today\":30}"

typedef struct
{
  KmTestRoom room;
  GSettings *settings;
  GtkWidget *tray;
  GtkWidget *window;
} Fixture;

static GtkWidget *
find_text (GtkWidget  *widget,
           const char *text)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_pattern_match_simple (text,
                                 gtk_label_get_text (GTK_LABEL (widget))))
    return widget;
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_text (child, text);

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

  return find_text (wanted->fixture->tray, wanted->text) != NULL;
}

static void
wait_for (Fixture    *fixture,
          const char *text)
{
  Wanted wanted = { fixture, text };

  if (!km_test_wait_until (is_shown, &wanted, 10))
    g_error ("\"%s\" isn't shown", text);
}

static GtkWidget *
find_button (Fixture    *fixture,
             const char *text)
{
  GtkWidget *label = find_text (fixture->tray, text);

  g_assert_nonnull (label);
  return gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON);
}

static void
press (Fixture    *fixture,
       const char *text)
{
  g_signal_emit_by_name (find_button (fixture, text), "clicked");
}

static void
choose (Fixture    *fixture,
        const char *name)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (find_button (fixture, name)),
                                TRUE);
}

static gboolean
can_give (Fixture *fixture)
{
  return gtk_widget_is_sensitive (find_button (fixture, "Give*"));
}

static void
draw (Fixture    *fixture,
      const char *name)
{
  km_test_window_count_frames (fixture->tray);
  g_object_unref (km_test_window_draw (fixture->tray, name));
}

static void
open_tray (Fixture *fixture)
{
  fixture->tray = km_gift_tray_new ();
  km_gift_tray_set_room (KM_GIFT_TRAY (fixture->tray), fixture->room.server,
                         fixture->room.room, fixture->settings);
  fixture->window = km_test_window_open (fixture->tray, WIDTH_PX, HEIGHT_PX);
}

static void
answer (Fixture    *fixture,
        const char *gifts,
        const char *wallet)
{
  km_test_wire_answer (fixture->room.wire, "GET gifts", 200, gifts);
  km_test_wire_answer (fixture->room.wire, "GET wallet", 200, wallet);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->settings = g_settings_new ("io.github.kaimu_live.Kaimu");
  g_settings_reset (fixture->settings, "gift");
  g_settings_reset (fixture->settings, "gift-count");
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
test_total (Fixture       *fixture,
            gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("1000", "true"));
  open_tray (fixture);
  wait_for (fixture, "Rose");
  wait_for (fixture, "1 coin");

  choose (fixture, "Cake");
  wait_for (fixture, "99 coins");
  press (fixture, "10");
  wait_for (fixture, "990 coins");
  g_assert_true (can_give (fixture));
  draw (fixture, "gift-tray");
}

static void
test_missing (Fixture       *fixture,
              gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("999", "true"));
  open_tray (fixture);
  wait_for (fixture, "999");
  choose (fixture, "Rocket");
  g_assert_null (find_text (fixture->tray, "*missing*"));

  press (fixture, "10");
  wait_for (fixture, "4001 coins are missing.");
  wait_for (fixture, "Get Practice Coins");
  g_assert_false (can_give (fixture));
  draw (fixture, "gift-tray-missing");

  km_test_wire_answer (fixture->room.wire, "POST wallet/practice", 200,
                       WALLET ("9999", "true"));
  press (fixture, "Get Practice Coins");
  wait_for (fixture, "9999");
  g_assert_null (find_text (fixture->tray, "*missing*"));
  g_assert_true (can_give (fixture));
}

static void
test_ask_the_owner (Fixture       *fixture,
                    gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("10", "false"));
  open_tray (fixture);
  wait_for (fixture, "Rocket");
  choose (fixture, "Rocket");
  wait_for (fixture, "490 coins are missing. The owner of this server can "
                     "grant you coins.");
  g_assert_null (find_text (fixture->tray, "Get Practice Coins"));
}

static void
test_daily_limit (Fixture       *fixture,
                  gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("1000", "true"));
  open_tray (fixture);
  wait_for (fixture, "Rocket");
  choose (fixture, "Rocket");
  km_test_room_reply (&fixture->room, "gift.send",
                      "{\"error\":{\"code\":\"daily_limit\",\"message\":"
                      "\"No.\"}}");
  press (fixture, "Give");
  wait_for (fixture, "More than your daily limit: 30 of 200 coins were given*");
  draw (fixture, "gift-tray-limit");

  choose (fixture, "Rose");
  g_assert_null (find_text (fixture->tray, "More than your daily*"));
}

/* The tray in a window that can ask. */
static void
open_asking_tray (Fixture *fixture)
{
  open_tray (fixture);
  wait_for (fixture, "Rocket");
  g_object_ref (fixture->tray);
  gtk_window_set_child (GTK_WINDOW (fixture->window), NULL);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  fixture->window = adw_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), WIDTH_PX,
                               HEIGHT_PX);
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->tray);
  g_object_unref (fixture->tray);
  gtk_window_present (GTK_WINDOW (fixture->window));
  wait_for (fixture, "Rocket");
}

static gboolean
is_asked (gpointer window)
{
  AdwDialog *dialog = adw_window_get_visible_dialog (window);

  return dialog != NULL && find_text (GTK_WIDGET (dialog), "Give*?") != NULL;
}

static gboolean
is_not_asked (gpointer window)
{
  return adw_window_get_visible_dialog (window) == NULL;
}

static void
answer_question (Fixture    *fixture,
                 const char *question,
                 const char *response)
{
  GtkWidget *dialog, *label;

  g_assert_true (km_test_wait_until (is_asked, fixture->window, 10));
  dialog = GTK_WIDGET (
    adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  g_assert_nonnull (find_text (dialog, question));
  label = find_text (dialog, response);
  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON),
                         "clicked");
  g_assert_true (km_test_wait_until (is_not_asked, fixture->window, 10));
}

static void
test_confirm (Fixture       *fixture,
              gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("9999", "true"));
  open_asking_tray (fixture);
  choose (fixture, "Rocket");
  press (fixture, "10");
  press (fixture, "Give");
  answer_question (fixture, "Give 5000 coins?", "Cancel");
  g_assert_cmpuint (fixture->room.sent->len, ==, 0);

  press (fixture, "Give");
  answer_question (fixture, "Give 5000 coins?", "Give");
  km_test_room_wait_sent (&fixture->room, 1);
  g_assert_true (g_str_has_suffix (fixture->room.sent->pdata[0],
                                   " {\"gift\":\"rocket\",\"count\":10,"
                                   "\"confirmed\":true}"));
}

/* What is small here may be large there. */
static void
test_server_asks (Fixture       *fixture,
                  gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("9999", "true"));
  open_asking_tray (fixture);
  choose (fixture, "Rocket");
  km_test_room_reply (&fixture->room, "gift.send",
                      "{\"error\":{\"code\":\"confirm_required\",\"message\":"
                      "\"No.\"}}");
  press (fixture, "Give");
  answer_question (fixture, "Give 500 coins?", "Give");
  km_test_room_wait_sent (&fixture->room, 2);
  g_assert_nonnull (strstr (fixture->room.sent->pdata[1],
                            "\"confirmed\":true"));
}

static void
test_receipt (Fixture       *fixture,
              gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("1000", "true"));
  open_tray (fixture);
  wait_for (fixture, "1000");
  km_test_room_reply (&fixture->room, "gift.send",
                      "{\"seq\":1,\"at\":1763700000000,\"value\":1,"
                      "\"balance\":999}");
  press (fixture, "Give");
  wait_for (fixture, "999");
  g_assert_true (g_str_has_suffix (fixture->room.sent->pdata[0],
                                   " {\"gift\":\"rose\",\"count\":1}"));
}

static void
test_remembers (Fixture       *fixture,
                gconstpointer  user_data)
{
  answer (fixture, GIFTS, WALLET ("1000", "true"));
  open_tray (fixture);
  wait_for (fixture, "Cake");
  choose (fixture, "Cake");
  press (fixture, "66");
  gtk_window_destroy (GTK_WINDOW (fixture->window));

  open_tray (fixture);
  wait_for (fixture, "6534 coins");
}

static void
test_no_answer (Fixture       *fixture,
                gconstpointer  user_data)
{
  km_test_wire_answer (fixture->room.wire, "GET gifts", 503,
                       "{\"error\":{\"code\":\"busy\",\"message\":\"Busy.\"}}");
  km_test_wire_answer (fixture->room.wire, "GET wallet", 503,
                       "{\"error\":{\"code\":\"busy\",\"message\":\"Busy.\"}}");
  open_tray (fixture);
  wait_for (fixture, "Try Again");
  draw (fixture, "gift-tray-failed");

  answer (fixture, GIFTS, WALLET ("1000", "true"));
  press (fixture, "Try Again");
  wait_for (fixture, "Rose");
}

static void
test_none (Fixture       *fixture,
           gconstpointer  user_data)
{
  answer (fixture, NO_GIFTS, WALLET ("1000", "true"));
  open_tray (fixture);
  wait_for (fixture, "This server has no gifts.");
}

static void
use_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  km_app_register_resource ();
  adw_init ();
  gtk_icon_theme_add_resource_path (
    gtk_icon_theme_get_for_display (gdk_display_get_default ()),
    "/io/github/kaimu_live/Kaimu/icons");
  gtk_css_provider_load_from_resource (provider,
                                       "/io/github/kaimu_live/Kaimu/style.css");
  gtk_style_context_add_provider_for_display (
    gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
    GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

#define ADD(path, test) \
  g_test_add ("/app/gift-tray/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int   argc,
      char *argv[])
{
  KmTestProcess *display;
  int status;

  g_test_init (&argc, &argv, NULL);
  display = km_test_window_start_display ();
  use_style ();

  ADD ("says-what-it-costs", test_total);
  ADD ("says-what-is-missing", test_missing);
  ADD ("says-who-has-coins", test_ask_the_owner);
  ADD ("says-what-the-daily-limit-leaves", test_daily_limit);
  ADD ("asks-before-a-large-gift", test_confirm);
  ADD ("asks-when-the-server-does", test_server_asks);
  ADD ("shows-the-balance-of-the-receipt", test_receipt);
  ADD ("remembers-what-was-chosen", test_remembers);
  ADD ("no-answer-can-be-asked-for-again", test_no_answer);
  ADD ("no-gifts", test_none);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
