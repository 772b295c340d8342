/* test-poll-card.c: people vote on a card and see the result
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gtk/gtk.h>
#include <math.h>

#include "km-audience-stage.h"
#include "km-poll-bar.h"
#include "km-poll-card.h"
#include "km-poll-row.h"
#include "km-test-window.h"

#define WIDTH_PX 320
#define CORNER_PX 12

typedef struct
{
  GtkWidget *card;
  GtkWidget *window;
  KmPollView poll;
  gint64 tallies[KM_POLL_OPTIONS_MAX];
  guint n_votes;
  guint mask;
  guint n_closes;
} Fixture;

static char *options[] = {
  "Blue",
  "这是一个特别特别长的选项，用来看看它在窄面板里会不会换行",
  "Green", "4", "5", "6", "7", "8", "9", "10", NULL,
};

static void
on_vote (Fixture *fixture,
         guint    mask)
{
  fixture->n_votes++;
  fixture->mask = mask;
}

static void
on_close (Fixture *fixture)
{
  fixture->n_closes++;
}

static void
show (Fixture *fixture)
{
  km_poll_card_set_poll (KM_POLL_CARD (fixture->card), &fixture->poll);
}

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  const gint64 tallies[] = { 12, 31, 5, 2 };

  memcpy (fixture->tallies, tallies, sizeof tallies);
  fixture->poll = (KmPollView) {
    .id = "1",
    .question = "Which color?",
    .options = options,
    .tallies = fixture->tallies,
    .n_options = KM_POLL_OPTIONS_MAX,
    .voters = 50,
    .changeable = TRUE,
    .can_vote = TRUE,
    .closes_us = -1,
    .own_known = TRUE,
  };
  fixture->card = km_poll_card_new ();
  gtk_widget_set_valign (fixture->card, GTK_ALIGN_START);
  g_signal_connect_swapped (fixture->card, "vote", G_CALLBACK (on_vote),
                            fixture);
  g_signal_connect_swapped (fixture->card, "close", G_CALLBACK (on_close),
                            fixture);
  fixture->window = km_test_window_open (fixture->card, WIDTH_PX, 700);
  show (fixture);
  g_assert_true (km_test_wait_until (is_mapped, fixture->card, 10));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
}

/* The @n_th widget of @type below @widget, in the order of drawing. */
static GtkWidget *
find (GtkWidget *widget,
      GType      type,
      guint     *n_th)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;

  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*n_th)-- == 0)
    return widget;
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type, n_th);

  return found;
}

static GtkWidget *
get_row (Fixture *fixture,
         guint    option)
{
  return find (fixture->card, KM_TYPE_POLL_ROW, &option);
}

static GtkWidget *
get_bar (Fixture *fixture,
         guint    option)
{
  return find (fixture->card, KM_TYPE_POLL_BAR, &option);
}

static GtkWidget *
find_with_text (GtkWidget  *widget,
                const char *text)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget)
      && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (; child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_with_text (child, text);

  return found;
}

static gboolean
shows_text (Fixture    *fixture,
            const char *text)
{
  return find_with_text (fixture->card, text) != NULL;
}

static void
click (Fixture    *fixture,
       const char *text)
{
  GtkWidget *label = find_with_text (fixture->card, text);

  g_assert_nonnull (label);
  g_signal_emit_by_name (gtk_widget_get_ancestor (label, GTK_TYPE_BUTTON),
                         "clicked");
}

static void
assert_named (GtkWidget  *widget,
              const char *name)
{
  g_autofree char *wrong = gtk_test_accessible_check_property (
    GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name);

  g_assert_cmpstr (wrong, ==, NULL);
}

static void
assert_checked (GtkWidget            *widget,
                GtkAccessibleTristate checked)
{
  g_autofree char *wrong = gtk_test_accessible_check_state (
    GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_STATE_CHECKED, checked);

  g_assert_cmpstr (wrong, ==, NULL);
}

/* The last row of pixels of a bar is a line as long as the share, in a color
 * that isn't the row's. */
static int
measure_bar (GdkTexture      *texture,
             graphene_rect_t  where)
{
  int width = gdk_texture_get_width (texture);
  int y = (int) (where.origin.y + where.size.height) - 2;
  int x = (int) where.origin.x, end = (int) (where.origin.x
                                             + where.size.width);
  g_autofree guint32 *pixels =
    g_new (guint32, (gsize) width * (gsize) gdk_texture_get_height (texture));
  const guint32 *line = pixels + y * width;
  int length = 0;

  gdk_texture_download (texture, (guchar *) pixels, (gsize) width * 4);
  /* Corners are round: in them the card is seen. */
  for (int i = x; i < end - CORNER_PX; i++)
    if (line[i] != line[end - CORNER_PX] && line[i] != line[0])
      length = i - x + 1;

  return length;
}

static void
test_bars_at_the_right_length (Fixture       *fixture,
                               gconstpointer  user_data)
{
  g_autoptr (GdkTexture) texture = NULL;

  /* They have moved there: nobody asks for frames any more. */
  km_test_window_count_frames (fixture->card);
  km_test_window_count_frames (fixture->card);
  g_assert_cmpuint (km_test_window_count_frames (fixture->card), ==, 0);
  texture = km_test_window_draw (fixture->card, "poll");

  for (guint i = 0; i < 4; i++)
    {
      GtkWidget *row = get_row (fixture, i), *bar = get_bar (fixture, i);
      graphene_rect_t of_bar, of_row;
      double share = (double) fixture->tallies[i] / 50;

      g_assert_true (gtk_widget_compute_bounds (bar, fixture->card, &of_bar));
      g_assert_true (gtk_widget_compute_bounds (row, fixture->card, &of_row));
      g_assert_true (graphene_rect_equal (&of_bar, &of_row));
      g_assert_cmpfloat_with_epsilon (km_poll_bar_get_shown (KM_POLL_BAR (bar)),
                                      share, 1e-9);
      g_assert_cmpfloat_with_epsilon (measure_bar (texture, of_bar),
                                      share * of_bar.size.width, 1.5);
    }
}

static void
test_bars_move_on_from_where_they_are (Fixture       *fixture,
                                       gconstpointer  user_data)
{
  KmPollBar *bar = KM_POLL_BAR (get_bar (fixture, 0));

  km_test_window_count_frames (fixture->card);
  km_test_window_count_frames (fixture->card);
  fixture->tallies[0] += 50;
  show (fixture);
  g_assert_true (KM_POLL_BAR (get_bar (fixture, 0)) == bar);
  g_assert_cmpfloat_with_epsilon (km_poll_bar_get_shown (bar), 0.24, 1e-9);
  g_assert_cmpuint (km_test_window_count_frames (fixture->card), >, 1);
  km_test_window_count_frames (fixture->card);
  g_assert_cmpfloat_with_epsilon (km_poll_bar_get_shown (bar), 0.62, 1e-9);

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE,
                NULL);
  fixture->tallies[0] = 12;
  show (fixture);
  g_assert_cmpfloat_with_epsilon (km_poll_bar_get_shown (bar), 0.24, 1e-9);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE,
                NULL);
}

static void
test_a_click_votes (Fixture       *fixture,
                    gconstpointer  user_data)
{
  click (fixture, "Green");
  g_assert_cmpuint (fixture->n_votes, ==, 1);
  g_assert_cmpuint (fixture->mask, ==, 1 << 2);
  assert_checked (get_row (fixture, 2), GTK_ACCESSIBLE_TRISTATE_FALSE);

  fixture->poll.own_mask = 1 << 2;
  show (fixture);
  assert_checked (get_row (fixture, 2), GTK_ACCESSIBLE_TRISTATE_TRUE);
  click (fixture, "Green");
  g_assert_cmpuint (fixture->n_votes, ==, 1);
  click (fixture, "Blue");
  g_assert_cmpuint (fixture->mask, ==, 1 << 0);

  fixture->poll.changeable = FALSE;
  show (fixture);
  click (fixture, "Blue");
  g_assert_cmpuint (fixture->n_votes, ==, 2);
}

static void
test_number_keys_vote (Fixture       *fixture,
                       gconstpointer  user_data)
{
  KmPollCard *card = KM_POLL_CARD (fixture->card);

  g_assert_true (km_poll_card_vote_number (card, 1));
  g_assert_cmpuint (fixture->mask, ==, 1 << 0);
  g_assert_true (km_poll_card_vote_number (card, 0));
  g_assert_cmpuint (fixture->mask, ==, 1 << 9);
  g_assert_cmpuint (fixture->n_votes, ==, 2);

  fixture->poll.id = "2";
  fixture->poll.n_options = 2;
  fixture->poll.options = (char *[]) { "a", "b", NULL };
  show (fixture);
  g_assert_true (km_poll_card_vote_number (card, 2));
  g_assert_false (km_poll_card_vote_number (card, 3));
  g_assert_false (km_poll_card_vote_number (card, 0));

  km_poll_card_set_poll (card, NULL);
  g_assert_false (km_poll_card_vote_number (card, 1));
  g_assert_cmpuint (fixture->n_votes, ==, 3);
}

static gboolean
has_voted (gpointer data)
{
  return ((Fixture *) data)->n_votes > 0;
}

static void
test_keyboard_alone (Fixture       *fixture,
                     gconstpointer  user_data)
{
  GtkRoot *root = GTK_ROOT (fixture->window);

  gtk_widget_child_focus (fixture->window, GTK_DIR_TAB_FORWARD);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_true (gtk_root_get_focus (root) == get_row (fixture, i));
      gtk_widget_child_focus (fixture->window, GTK_DIR_TAB_FORWARD);
    }

  /* What Space and Enter do, and tallies that change meanwhile. */
  show (fixture);
  g_assert_true (gtk_root_get_focus (root) == get_row (fixture, 4));
  g_assert_true (gtk_widget_activate (get_row (fixture, 4)));
  g_assert_true (km_test_wait_until (has_voted, fixture, 10));
  g_assert_cmpuint (fixture->mask, ==, 1 << 4);
}

static void
test_ticks_are_kept_until_voted (Fixture       *fixture,
                                 gconstpointer  user_data)
{
  fixture->poll.id = "2";
  fixture->poll.multiple = TRUE;
  show (fixture);
  km_test_window_count_frames (fixture->card);
  g_assert_false (gtk_widget_get_sensitive (gtk_widget_get_ancestor (
    find_with_text (fixture->card, "Vote"), GTK_TYPE_BUTTON)));
  click (fixture, "Blue");
  click (fixture, "Green");
  km_poll_card_vote_number (KM_POLL_CARD (fixture->card), 4);
  km_poll_card_vote_number (KM_POLL_CARD (fixture->card), 4);

  /* Others vote meanwhile. */
  fixture->tallies[1]++;
  fixture->poll.voters++;
  show (fixture);
  assert_checked (get_row (fixture, 0), GTK_ACCESSIBLE_TRISTATE_TRUE);
  assert_checked (get_row (fixture, 1), GTK_ACCESSIBLE_TRISTATE_FALSE);
  g_assert_cmpuint (fixture->n_votes, ==, 0);
  click (fixture, "Vote");
  g_assert_cmpuint (fixture->n_votes, ==, 1);
  g_assert_cmpuint (fixture->mask, ==, 1 << 0 | 1 << 2);

  fixture->poll.own_mask = fixture->mask;
  show (fixture);
  g_assert_true (shows_text (fixture, "Change Vote"));
}

static void
test_closed_shows_who_won (Fixture       *fixture,
                           gconstpointer  user_data)
{
  fixture->poll.closed = TRUE;
  fixture->poll.own_mask = 1;
  show (fixture);
  g_assert_true (shows_text (fixture, "Poll Closed"));
  g_assert_true (gtk_widget_has_css_class (get_row (fixture, 1), "winner"));
  g_assert_false (gtk_widget_has_css_class (get_row (fixture, 0), "winner"));
  assert_checked (get_row (fixture, 0), GTK_ACCESSIBLE_TRISTATE_TRUE);

  for (guint i = 0; i < 4; i++)
    {
      g_assert_false (gtk_widget_get_focusable (get_row (fixture, i)));
      g_signal_emit_by_name (get_row (fixture, i), "clicked");
    }
  g_assert_false (km_poll_card_vote_number (KM_POLL_CARD (fixture->card), 2));
  g_assert_cmpuint (fixture->n_votes, ==, 0);
}

static void
test_says_all_that_is_seen (Fixture       *fixture,
                            gconstpointer  user_data)
{
  assert_named (get_row (fixture, 0), "1. Blue, 24 %, 12 votes");
  fixture->tallies[0] = 1;
  fixture->tallies[1] = 0;
  show (fixture);
  assert_named (get_row (fixture, 0), "1. Blue, 13 %, 1 vote");
  g_assert_cmpint (gtk_accessible_get_accessible_role (
                     GTK_ACCESSIBLE (get_row (fixture, 0))),
                   ==, GTK_ACCESSIBLE_ROLE_RADIO);
  g_assert_true (shows_text (fixture, "50 people voted"));
  g_assert_true (shows_text (fixture, "The host sees who voted for what."));

  fixture->poll.id = "2";
  fixture->poll.multiple = fixture->poll.anonymous = TRUE;
  fixture->poll.voters = 1;
  show (fixture);
  g_assert_cmpint (gtk_accessible_get_accessible_role (
                     GTK_ACCESSIBLE (get_row (fixture, 0))),
                   ==, GTK_ACCESSIBLE_ROLE_CHECKBOX);
  g_assert_true (shows_text (fixture, "1 person voted"));
  g_assert_true (shows_text (fixture, "Nobody sees who voted for what."));
}

static void
test_only_the_host_closes (Fixture       *fixture,
                           gconstpointer  user_data)
{
  g_assert_false (shows_text (fixture, "Close Poll"));
  km_poll_card_set_host (KM_POLL_CARD (fixture->card), TRUE);
  g_assert_true (shows_text (fixture, "Close Poll"));
  click (fixture, "Close Poll");
  g_assert_cmpuint (fixture->n_closes, ==, 1);
  fixture->poll.closed = TRUE;
  show (fixture);
  g_assert_false (shows_text (fixture, "Close Poll"));
}

static int
measure_height (Fixture *fixture,
                int      width_px)
{
  int least, natural;

  gtk_widget_measure (fixture->card, GTK_ORIENTATION_VERTICAL, width_px, &least,
                      &natural, NULL, NULL);
  g_assert_cmpint (least, <=, 240);

  return natural;
}

static void
test_narrow_and_wide (Fixture       *fixture,
                      gconstpointer  user_data)
{
  int least, most = measure_height (fixture, 240);

  gtk_widget_measure (fixture->card, GTK_ORIENTATION_HORIZONTAL, -1, &least,
                      NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 240);

  /* A long text wraps; ten of them scroll. */
  fixture->poll.id = "2";
  fixture->poll.n_options = 3;
  fixture->poll.options = (char *[]) { options[0], options[1], options[2],
                                       NULL };
  show (fixture);
  g_assert_cmpint (measure_height (fixture, 240), >,
                   measure_height (fixture, 500));
  g_assert_cmpint (measure_height (fixture, 240), <, most);
  g_assert_cmpint (most, <=, 560);
}

static gboolean
is_over (gpointer fixture)
{
  return shows_text (fixture, "Closing…");
}

static void
test_time_goes_by (Fixture       *fixture,
                   gconstpointer  user_data)
{
  g_assert_false (shows_text (fixture, "Closing…"));
  fixture->poll.closes_us = g_get_monotonic_time () + 1200 * 1000;
  show (fixture);
  g_assert_false (shows_text (fixture, "Closing…"));
  g_assert_true (km_test_wait_until (is_over, fixture, 10));
}

static void
test_without_poll_hidden (Fixture       *fixture,
                          gconstpointer  user_data)
{
  km_poll_card_set_poll (KM_POLL_CARD (fixture->card), NULL);
  g_assert_false (gtk_widget_get_visible (fixture->card));
  g_assert_null (km_poll_card_get_poll (KM_POLL_CARD (fixture->card)));

  show (fixture);
  g_assert_true (gtk_widget_get_visible (fixture->card));
  fixture->poll.n_options = KM_POLL_OPTIONS_MAX + 1;
  show (fixture);
  g_assert_false (gtk_widget_get_visible (fixture->card));
}

static void
test_stage_makes_room (Fixture       *fixture,
                       gconstpointer  user_data)
{
  GtkWidget *stage = km_audience_stage_new ();
  GtkWidget *window = km_test_window_open (stage, 300, 120);
  KmPollCard *card = km_audience_stage_get_poll (KM_AUDIENCE_STAGE (stage));
  GtkWidget *hint = gtk_widget_get_first_child (stage);
  g_autoptr (GdkTexture) texture = NULL;
  guint first = 0;

  g_assert_true (gtk_widget_get_visible (hint));
  km_poll_card_set_poll (card, &fixture->poll);
  g_assert_true (km_test_wait_until (is_mapped, card, 10));
  km_test_window_count_frames (stage);
  km_test_window_count_frames (stage);
  g_assert_false (gtk_widget_get_visible (hint));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (card)), <,
                   gtk_widget_get_height (stage));
  g_assert_cmpint (gtk_widget_get_height (stage), <=, 240);
  g_assert_false (gtk_widget_get_focusable (
    find (GTK_WIDGET (card), KM_TYPE_POLL_ROW, &first)));
  texture = km_test_window_draw (stage, "poll-on-stage");

  km_poll_card_set_poll (card, NULL);
  g_assert_true (gtk_widget_get_visible (hint));
  gtk_window_destroy (GTK_WINDOW (window));
}

#define ADD(path, test) \
  g_test_add ("/stage/poll-card/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int   argc,
      char *argv[])
{
  KmTestProcess *display;
  int status;

  g_test_init (&argc, &argv, NULL);
  display = km_test_window_start_display ();

  ADD ("bars-at-the-right-length", test_bars_at_the_right_length);
  ADD ("bars-move-on-from-where-they-are",
       test_bars_move_on_from_where_they_are);
  ADD ("a-click-votes", test_a_click_votes);
  ADD ("number-keys-vote", test_number_keys_vote);
  ADD ("keyboard-alone", test_keyboard_alone);
  ADD ("ticks-are-kept-until-voted", test_ticks_are_kept_until_voted);
  ADD ("closed-shows-who-won", test_closed_shows_who_won);
  ADD ("says-all-that-is-seen", test_says_all_that_is_seen);
  ADD ("only-the-host-closes", test_only_the_host_closes);
  ADD ("narrow-and-wide", test_narrow_and_wide);
  ADD ("time-goes-by", test_time_goes_by);
  ADD ("without-poll-hidden", test_without_poll_hidden);
  ADD ("stage-makes-room", test_stage_makes_room);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
