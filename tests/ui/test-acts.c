/* test-acts.c: a stream as its host and two viewers live it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three real apps and the server of this computer. The host shows the test
 * picture and asks the room; what the bars say is read off the screen.
 */

#include "km-test-app.h"

#include <math.h>

#define SECONDS 30

#define HOST_WIDTH 900
#define HOST_HEIGHT 700
#define VIEWER_WIDTH 800
#define VIEWER_HEIGHT 640
#define QUESTION "Tea or coffee?"
#define TEA "1. Tea, *"
#define COFFEE "2. Coffee, *"

/* As of the catalogue; practice coins as of the server of this computer. */
#define ROCKET "Rocket, 500 coins"
#define BALANCE "10000"
#define BALANCE_AFTER "8500"
#define INCOME "1500 coins"

/* How far a bar may be from the share that it shows. */
#define TOLERANCE 0.02

static KmTestDesktop *desktop;

typedef struct
{
  KmTestApp *host;
  KmTestApp *first;
  KmTestApp *second;
} Fixture;

static void
press_key (KmTestApp  *app,
           const char *key)
{
  /* Digits that are pressed in the entry are written there. */
  km_test_screen_press_key (km_test_app_get_screen (app), "Escape");
  km_test_screen_press_key (km_test_app_get_screen (app), key);
}

static KmTestApp *
start_viewer (const char *profile,
              const char *shown_name)
{
  KmTestApp *app = km_test_app_start (desktop, profile, VIEWER_WIDTH,
                                      VIEWER_HEIGHT);

  km_test_app_open_room (app, "*, live, *");
  /* Three pictures that move are much to paint without a graphics card. */
  press_key (app, "space");
  km_test_app_create_account (app, profile, shown_name);
  return app;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->host = km_test_app_start (desktop, NULL, HOST_WIDTH, HOST_HEIGHT);
  km_test_app_open_studio (self->host);
  km_test_app_go_live (self->host);
  self->first = start_viewer ("first", "小明");
  self->second = start_viewer ("second", "Anna");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_stop (self->second);
  km_test_app_stop (self->first);
  km_test_app_stop (self->host);
}

static void
press (KmTestApp  *app,
       const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

static void
press_button (KmTestApp  *app,
              const char *name)
{
  km_test_ui_press (km_test_app_get_ui (app), ATSPI_ROLE_BUTTON, name);
}

static void
type (KmTestApp  *app,
      const char *entry,
      const char *text)
{
  km_test_ui_type (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, entry, text);
}

static void
wait_gone (KmTestApp  *app,
           const char *name)
{
  km_test_ui_wait_gone (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name,
                        SECONDS);
}

static guint
count (KmTestApp  *app,
       const char *name)
{
  return km_test_ui_count (km_test_app_get_ui (app), ATSPI_ROLE_INVALID, name);
}

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

/* The rows of a list that drops down take only keys. */
static void
choose_last (KmTestApp  *app,
             const char *name)
{
  click (app, name);
  km_test_screen_press_key (km_test_app_get_screen (app), "End");
  km_test_screen_press_key (km_test_app_get_screen (app), "Return");
}

static void
ask_the_room (Fixture *self)
{
  press_button (self->host, "New Poll");
  type (self->host, "Question", QUESTION);
  type (self->host, "Option 1", "Tea");
  type (self->host, "Option 2", "Coffee");
  choose_last (self->host, "Ends");
  km_test_app_wait (self->host, "When I Close It");
  km_test_app_save_screen (self->host, "new-poll");
  press_button (self->host, "Start Poll");
  wait_gone (self->host, "Start Poll");
  km_test_app_wait (self->host, TEA);
  km_test_app_wait (self->first, TEA);
  km_test_app_wait (self->second, TEA);
  km_test_app_save_screen (self->host, "poll");
  km_test_app_save_screen (self->first, "poll");
}

typedef struct
{
  KmTestApp *app;
  const char *option;
  double share;
  double found;
} Bar;

/* Where something is, GTK says without the padding of what it is in: up to
 * so much too far left and up. */
#define PADDING_PX 12

/* The bar is a stripe at the foot of its row, as long as the option's share.
 * The frame around one's own vote has its colour, but is thinner. */
#define STRIPE_PX 3

/* In the corners of a row the stripe is cut. */
#define CORNERS_PX 10

static gboolean
is_accent (const guint8 *pixel)
{
  return pixel[0] > 180 && pixel[0] > pixel[2] + 100;
}

static gboolean
is_stripe (const KmTestPixels *pixels,
           guint               x,
           guint               y)
{
  for (guint i = 0; i < STRIPE_PX; i++)
    if (!is_accent (pixels->data + (y + i) * pixels->stride + x * 4))
      return FALSE;
  return TRUE;
}

static guint
longest_stripe (const KmTestPixels *pixels)
{
  guint longest = 0;

  for (guint y = 0; y + STRIPE_PX <= pixels->height; y++)
    for (guint x = 0, length = 0; x < pixels->width; x++)
      {
        length = is_stripe (pixels, x, y) ? length + 1 : 0;
        longest = MAX (longest, length);
      }
  return longest;
}

static gboolean
has_length (gpointer data)
{
  Bar *self = data;
  g_autoptr (KmTestPixels) pixels = NULL;
  AtspiRect row;
  int lower_half;

  if (!km_test_ui_get_bounds (km_test_app_get_ui (self->app),
                              ATSPI_ROLE_INVALID, self->option, &row))
    return FALSE;
  lower_half = row.height - row.height / 2;
  pixels = km_test_screen_read (km_test_app_get_screen (self->app), row.x,
                                row.y + row.height - lower_half,
                                (guint) (row.width + PADDING_PX),
                                (guint) (lower_half + PADDING_PX));
  if (pixels == NULL)
    return FALSE;

  self->found = (double) longest_stripe (pixels) / row.width;

  return fabs (self->found - self->share) * row.width
         <= CORNERS_PX + TOLERANCE * row.width;
}

static void
assert_bar (KmTestApp  *app,
            const char *option,
            double      share)
{
  Bar bar = { app, option, share, -1 };

  if (km_test_wait_until (has_length, &bar, SECONDS))
    return;
  km_test_app_save_screen (app, "wrong-bar");
  g_error ("the bar of \"%s\" is %.3f long, not %.3f", option, bar.found,
           share);
}

static void
assert_bars (Fixture *self,
             double   tea)
{
  assert_bar (self->host, TEA, tea);
  assert_bar (self->host, COFFEE, 1 - tea);
  assert_bar (self->first, TEA, tea);
  assert_bar (self->first, COFFEE, 1 - tea);
  assert_bar (self->second, TEA, tea);
  assert_bar (self->second, COFFEE, 1 - tea);
}

static void
vote (Fixture *self)
{
  assert_bar (self->host, TEA, 0);
  assert_bar (self->first, COFFEE, 0);

  click (self->first, TEA);
  km_test_app_wait (self->host, "1. Tea, 100 %, 1 vote");
  assert_bars (self, 1);

  press_key (self->second, "2");
  km_test_app_wait (self->host, "1. Tea, 50 %, 1 vote");
  km_test_app_wait (self->host, "2. Coffee, 50 %, 1 vote");
  assert_bars (self, 0.5);
  km_test_app_save_screen (self->host, "half-and-half");
  km_test_app_save_screen (self->first, "half-and-half");

  press_key (self->second, "1");
  km_test_app_wait (self->host, "1. Tea, 100 %, 2 votes");
  km_test_app_wait (self->first, "2. Coffee, 0 %, 0 votes");
  assert_bars (self, 1);
}

static void
close_poll (Fixture *self)
{
  press_button (self->host, "Close Poll");
  km_test_app_wait (self->host, "New Poll");
  km_test_app_wait_message (self->host, "🏆 Tea · 100 %");
  km_test_app_wait_message (self->first, "🏆 Tea · 100 %");
  km_test_app_save_screen (self->host, "closed");
  km_test_app_save_screen (self->first, "closed");
  km_test_app_wait_message (self->second, "🏆 Tea · 100 %");
  g_assert_cmpuint (count (self->second, "🏆 Tea · 100 %"), ==, 1);
}

/* Looked up before anything plays on it, which is soon over. */
typedef struct
{
  KmTestApp *app;
  AtspiRect place;
} Stage;

static void
find_stage (Stage      *self,
            KmTestApp  *app,
            const char *name)
{
  self->app = app;
  km_test_app_wait (app, name);
  g_assert_true (km_test_ui_get_bounds (km_test_app_get_ui (app),
                                        ATSPI_ROLE_INVALID, name,
                                        &self->place));
}

/* How often a gift was given stands on it in a yellow that the test picture
 * doesn't have. */
#define COUNT_PIXELS 40

static gboolean
is_count (const guint8 *pixel)
{
  return pixel[2] > 240 && ABS (pixel[1] - 224) < 12 && ABS (pixel[0] - 77) < 16;
}

static gboolean
shows_gift (gpointer data)
{
  Stage *self = data;
  g_autoptr (KmTestPixels) pixels = NULL;
  guint n_found = 0;

  pixels = km_test_screen_read (km_test_app_get_screen (self->app),
                                self->place.x, self->place.y,
                                (guint) self->place.width,
                                (guint) self->place.height);
  if (pixels == NULL)
    return FALSE;

  for (guint y = 0; y < pixels->height; y++)
    for (guint x = 0; x < pixels->width; x++)
      if (is_count (pixels->data + y * pixels->stride + x * 4))
        n_found++;
  return n_found >= COUNT_PIXELS;
}

static void
give_three (Fixture *self)
{
  Stage picture;
  Stage stage;

  /* On a picture that stands still nothing flies. */
  press_button (self->first, "Back to Live");
  wait_gone (self->first, "Back to Live");
  find_stage (&picture, self->first, "Picture");
  find_stage (&stage, self->host, "Audience stage");
  press_button (self->first, "Gifts");
  km_test_app_wait (self->first, BALANCE);
  km_test_app_save_screen (self->first, "tray");
  g_assert_false (shows_gift (&picture));
  g_assert_false (shows_gift (&stage));

  press (self->first, ROCKET);
  press_button (self->first, "Give*");
  g_assert_true (km_test_wait_until (shows_gift, &picture, SECONDS));
  km_test_app_save_screen (self->first, "gift-on-the-picture");
  km_test_app_wait (self->first, "9500");
  press_button (self->first, "Give*");
  g_assert_true (km_test_wait_until (shows_gift, &stage, SECONDS));
  km_test_app_save_screen (self->host, "gift-on-the-stage");
  km_test_app_wait (self->first, "9000");
  press_button (self->first, "Give*");
  km_test_app_wait (self->first, BALANCE_AFTER);
  press_key (self->first, "Escape");
}

static void
see_income (Fixture *self)
{
  click (self->host, "Gifts");
  km_test_app_wait (self->host, INCOME);
  km_test_app_wait (self->host, "小明 sent Rocket*");
  km_test_app_save_screen (self->host, "gifts");

  click (self->host, "People");
  km_test_app_wait (self->host, "3 signed in");
  km_test_app_wait (self->host, "小明");
  g_assert_cmpuint (count (self->host, "Host"), ==, 1);
  km_test_app_save_screen (self->host, "people");
  click (self->host, "Chat");
  km_test_app_wait (self->host, "Message");
}

static void
see_summary (Fixture *self)
{
  km_test_app_end_stream (self->host);
  km_test_app_wait (self->host, "Most People at Once");
  km_test_app_wait (self->host, QUESTION);
  km_test_app_wait (self->host, "🏆 Tea · 100 %\n2 people voted");
  km_test_app_wait (self->host, "From 2 people");
  km_test_app_wait (self->host, INCOME " from 1 person");
  km_test_app_save_screen (self->host, "summary");
}

static void
test_acts (Fixture       *self,
           gconstpointer  data)
{
  km_test_app_say (self->first, "hello");
  km_test_app_say (self->second, "hi");
  km_test_app_wait_message (self->host, "hi");
  ask_the_room (self);
  vote (self);
  close_poll (self);
  give_three (self);
  see_income (self);
  see_summary (self);
}

/* A window as narrow as it goes, in the dark, with nobody there. */
static void
test_narrow (void)
{
  KmTestApp *app;

  km_test_desktop_set_variable (desktop, "ADW_DEBUG_COLOR_SCHEME",
                                "prefer-dark");
  app = km_test_app_start (desktop, NULL, 360, 700);
  km_test_app_open_studio (app);
  km_test_app_go_live (app);
  km_test_app_save_screen (app, "live");

  press (app, "Audience");
  click (app, "Gifts");
  km_test_app_wait (app, "No Gifts Yet");
  km_test_app_save_screen (app, "no-gifts");
  click (app, "People");
  km_test_app_wait (app, "1 signed in");
  km_test_app_save_screen (app, "people");
  press (app, "Audience");

  km_test_app_end_stream (app);
  km_test_app_wait (app, "Most People at Once");
  km_test_app_save_screen (app, "summary");

  km_test_app_stop (app);
  km_test_desktop_set_variable (desktop, "ADW_DEBUG_COLOR_SCHEME", "default");
}

#define ADD(name, function) \
  g_test_add ("/ui/acts/" name, Fixture, name, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_autofree char *artefacts = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  artefacts = g_test_build_filename (G_TEST_BUILT, "artefacts", "acts", NULL);
  desktop = km_test_desktop_start (artefacts);
  g_test_add_func ("/ui/acts/all-within-reach-in-a-narrow-studio",
                   test_narrow);
  ADD ("from-a-question-to-the-summary", test_acts);

  status = g_test_run ();
  km_test_desktop_stop (desktop);
  return status;
}
