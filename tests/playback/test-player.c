/* test-player.c: a live address is shown, and shown again after trouble
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg is the server: it gives one viewer FLV over HTTP.
 */

#include "km-media.h"
#include "km-player.h"
#include "km-test-viewer.h"

#define SECONDS 60

typedef struct
{
  KmPlayer *player;
  guint16 port;
  char *address;
  KmTestProcess *server;
  KmPlayerState state;
  KmTestViewer *viewer;
  guint wanted;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->port = km_test_viewer_find_port ();
  self->address = g_strdup_printf ("http://127.0.0.1:%u/live/1.flv",
                                   self->port);
  self->player = km_player_new ();
  g_assert_nonnull (km_player_get_paintable (self->player));
  self->viewer = km_test_viewer_new (km_player_get_paintable (self->player));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gpointer watched = self->player;

  km_test_viewer_free (self->viewer);
  g_object_add_weak_pointer (G_OBJECT (self->player), &watched);
  g_object_unref (self->player);
  g_assert_null (watched);
  g_clear_pointer (&self->server, km_test_process_stop);
  g_free (self->address);
}

/* One viewer at a time, from the moment it asks. */
static void
start_server (Fixture *self)
{
  const char *argv[] = {
    "ffmpeg", "-nostdin", "-loglevel", "fatal", "-re",
    "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30",
    "-f", "lavfi", "-i", "sine",
    "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency",
    "-g", "30", "-pix_fmt", "yuv420p", "-c:a", "aac",
    "-f", "flv", "-listen", "1", self->address, NULL,
  };

  self->server = km_test_process_start (argv, NULL, NULL);
}

static void
kill_server (Fixture *self)
{
  km_test_process_signal (self->server, SIGKILL);
  g_clear_pointer (&self->server, km_test_process_stop);
}

static gboolean
state_is (gpointer data)
{
  Fixture *self = data;

  return km_player_get_state (self->player) == self->state;
}

static void
expect_state (Fixture       *self,
              KmPlayerState  state)
{
  self->state = state;
  if (!km_test_wait_until (state_is, self, SECONDS))
    g_error ("state %d instead of %d: %s", km_player_get_state (self->player),
             state, km_player_get_error (self->player) != NULL
                      ? km_player_get_error (self->player)->message : "");
}

static gboolean
enough_paints (gpointer data)
{
  Fixture *self = data;

  return km_test_viewer_get_paints (self->viewer) >= self->wanted;
}

static void
expect_paints (Fixture *self,
               guint    paints)
{
  self->wanted = km_test_viewer_get_paints (self->viewer) + paints;
  if (!km_test_wait_until (enough_paints, self, SECONDS))
    g_error ("%u frames instead of %u",
             km_test_viewer_get_paints (self->viewer), self->wanted);
}

static void
test_plays (Fixture       *self,
            gconstpointer  data)
{
  gint64 position_ms;

  g_assert_cmpint (km_player_get_position_ms (self->player), ==, -1);
  start_server (self);
  km_player_play (self->player, self->address);
  g_assert_cmpint (km_player_get_state (self->player), ==,
                   KM_PLAYER_CONNECTING);
  expect_state (self, KM_PLAYER_PLAYING);
  g_assert_no_error (km_player_get_error (self->player));

  expect_paints (self, 30);
  position_ms = km_player_get_position_ms (self->player);
  g_assert_cmpint (position_ms, >=, 0);
  expect_paints (self, 30);
  g_assert_cmpint (km_player_get_position_ms (self->player), >, position_ms);

  km_player_set_volume (self->player, 0.5);
  km_player_set_muted (self->player, TRUE);
  g_assert_cmpfloat (km_player_get_volume (self->player), ==, 0.5);
  g_assert_true (km_player_get_muted (self->player));

  km_player_stop (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==, KM_PLAYER_IDLE);
  g_assert_cmpint (km_player_get_position_ms (self->player), ==, -1);
}

static gboolean
answer_not_found (GThreadedSocketService *service,
                  GSocketConnection      *connection,
                  GObject                *source_object,
                  gpointer                data)
{
  static const char answer[] =
    "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output =
    g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char request[4096];

  g_input_stream_read (input, request, sizeof request, NULL, NULL);
  g_output_stream_write_all (output, answer, sizeof answer - 1, NULL, NULL,
                             NULL);
  return TRUE;
}

static void
test_not_live (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  g_autoptr (GError) error = NULL;

  g_signal_connect (service, "run", G_CALLBACK (answer_not_found), NULL);
  g_socket_listener_add_inet_port (G_SOCKET_LISTENER (service), self->port,
                                   NULL, &error);
  g_assert_no_error (error);

  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_OFFLINE);
  g_assert_no_error (km_player_get_error (self->player));
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));

  start_server (self);
  km_player_stream_started (self->player);
  expect_state (self, KM_PLAYER_PLAYING);
}

static void
test_server_comes_back (Fixture       *self,
                        gconstpointer  data)
{
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_ERROR_STATE);
  g_assert_error (km_player_get_error (self->player), KM_PLAYER_ERROR,
                  KM_PLAYER_ERROR_UNREACHABLE);

  start_server (self);
  expect_state (self, KM_PLAYER_PLAYING);
  g_assert_no_error (km_player_get_error (self->player));
  expect_paints (self, 5);

  kill_server (self);
  expect_state (self, KM_PLAYER_ERROR_STATE);
  start_server (self);
  expect_state (self, KM_PLAYER_PLAYING);
  expect_paints (self, 5);
}

static void
test_stream_ends (Fixture       *self,
                  gconstpointer  data)
{
  start_server (self);
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_PLAYING);

  km_player_stream_ended (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==, KM_PLAYER_OFFLINE);
  kill_server (self);

  start_server (self);
  km_player_stream_started (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==,
                   KM_PLAYER_CONNECTING);
  expect_state (self, KM_PLAYER_PLAYING);
}

static gboolean
on_asked (GSocketService    *service,
          GSocketConnection *connection,
          GObject           *source,
          gpointer           data)
{
  g_ptr_array_add (data, g_object_ref (connection));
  return TRUE;
}

typedef struct
{
  GPtrArray *asked;
  guint wanted;
} Attempts;

static gboolean
asked_often_enough (gpointer data)
{
  Attempts *self = data;

  return self->asked->len >= self->wanted;
}

/* A server that takes every question and answers none. */
static void
test_start_is_not_missed (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autoptr (GPtrArray) asked = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", self->port);
  Attempts attempts = { asked, 1 };
  g_autoptr (GError) error = NULL;

  g_signal_connect (service, "incoming", G_CALLBACK (on_asked), asked);
  g_socket_listener_add_address (G_SOCKET_LISTENER (service), address,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, NULL, &error);
  g_assert_no_error (error);
  km_player_play (self->player, self->address);
  g_assert_true (km_test_wait_until (asked_often_enough, &attempts, SECONDS));

  /* Looks again by itself, and is still offline as long as nobody answers. */
  km_player_stream_ended (self->player);
  attempts.wanted = asked->len + 1;
  g_assert_true (km_test_wait_until (asked_often_enough, &attempts, SECONDS));
  g_assert_cmpint (km_player_get_state (self->player), ==, KM_PLAYER_OFFLINE);

  km_player_stream_started (self->player);
  g_assert_cmpint (km_player_get_state (self->player), ==,
                   KM_PLAYER_CONNECTING);
  attempts.wanted = asked->len + 1;
  g_assert_true (km_test_wait_until (asked_often_enough, &attempts, SECONDS));
}

static void
test_server_stalls (Fixture       *self,
                    gconstpointer  data)
{
  start_server (self);
  km_player_play (self->player, self->address);
  expect_state (self, KM_PLAYER_PLAYING);

  km_test_process_signal (self->server, SIGSTOP);
  expect_state (self, KM_PLAYER_WAITING);
  km_test_process_signal (self->server, SIGCONT);
  expect_state (self, KM_PLAYER_PLAYING);
  expect_paints (self, 5);
}

static void
add (const char *name,
     void      (*test) (Fixture       *self,
                        gconstpointer  data))
{
  g_autofree char *path = g_strconcat ("/playback/player/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (KmTestProcess) xvfb = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  xvfb = km_test_viewer_start_display ();
  km_media_init (&error);
  g_assert_no_error (error);

  add ("plays", test_plays);
  add ("not-live", test_not_live);
  add ("server-comes-back", test_server_comes_back);
  add ("stream-ends", test_stream_ends);
  add ("start-is-not-missed", test_start_is_not_missed);
  add ("server-stalls", test_server_stalls);

  status = g_test_run ();
  gdk_display_close (gdk_display_get_default ());
  return status;
}
