/* test-flying.c: what is said flies, until it is deleted
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <adwaita.h>

#include "km-flying.h"
#include "km-test-room.h"
#include "km-test-window.h"

typedef struct
{
  KmTestRoom room;
  GtkWidget *view;
  GtkWidget *window;
} Fixture;

typedef struct
{
  KmDanmakuView *view;
  guint n;
} Wanted;

static gboolean
flies (gpointer data)
{
  Wanted *wanted = data;

  return km_danmaku_view_get_n_visible (wanted->view) == wanted->n;
}

static void
wait_flying (Fixture *fixture,
             guint    n)
{
  Wanted wanted = { KM_DANMAKU_VIEW (fixture->view), n };

  g_assert_true (km_test_wait_until (flies, &wanted, 10));
}

static void
set_up (Fixture       *fixture,
        gconstpointer  user_data)
{
  km_test_room_set_up (&fixture->room, NULL);
  fixture->view = km_danmaku_view_new ();
  fixture->window = km_test_window_open (fixture->view, 640, 360);
  km_flying_bind_room (KM_DANMAKU_VIEW (fixture->view), fixture->room.room);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  km_test_room_tear_down (&fixture->room, NULL);
}

static void
test_deleted (Fixture       *fixture,
              gconstpointer  user_data)
{
  km_test_room_say (&fixture->room, 1);
  km_test_room_say (&fixture->room, 2);
  wait_flying (fixture, 2);
  km_test_room_event (&fixture->room, "chat.deleted", 3,
                      "{\"id\":\"c1\",\"of\":1,\"by\":\"host\"}");
  wait_flying (fixture, 1);
  km_test_room_event (&fixture->room, "chat.deleted", 4,
                      "{\"id\":\"c2\",\"of\":2,\"by\":\"author\"}");
  wait_flying (fixture, 0);
}

int
main (int   argc,
      char *argv[])
{
  KmTestProcess *display;
  int status;

  g_test_init (&argc, &argv, NULL);
  display = km_test_window_start_display ();
  adw_init ();

  g_test_add ("/app/flying/deleted-is-gone", Fixture, NULL, set_up,
              test_deleted, tear_down);
  status = g_test_run ();

  km_test_window_stop_display (display);
  return status;
}
