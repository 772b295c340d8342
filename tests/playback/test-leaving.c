/* test-leaving.c: viewers who leave while the server thinks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A room is left, or entered once more, at any moment of a connection: before
 * it is there, before the answer begins, within the answer, after it.
 * Nothing must be used after it was freed, which the tests' environment makes
 * visible.
 */

#include "km-media.h"
#include "km-player.h"
#include "km-test-viewer.h"

#define ROUNDS 300
#define THINKING_US 4000

typedef struct
{
  GSocketService *service;
  char *address;
  KmPlayer *player;
  int requests; /* atomic */
  int answers;  /* atomic: to those who waited */
} Fixture;

/* Answers later, unless the viewer leaves before. */
static gboolean
on_viewer (GThreadedSocketService *service,
           GSocketConnection      *connection,
           GObject                *source_object,
           gpointer                data)
{
  static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"
    "Connection: close\r\n\r\nFLV\1\5\0\0\0\11\0\0\0";
  Fixture *self = data;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output =
    g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char request[4096];

  if (g_input_stream_read (input, request, sizeof request, NULL, NULL) <= 0)
    return TRUE;

  g_atomic_int_inc (&self->requests);
  g_main_context_wakeup (NULL);
  if (g_socket_condition_timed_wait (
        g_socket_connection_get_socket (connection), G_IO_IN,
        g_random_int_range (0, THINKING_US), NULL, NULL))
    return TRUE;

  if (g_output_stream_write_all (output, answer, sizeof answer, NULL, NULL,
                                 NULL))
    g_atomic_int_inc (&self->answers);
  g_input_stream_read (input, request, sizeof request, NULL, NULL);
  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  guint16 port;

  self->service = g_threaded_socket_service_new (16);
  g_signal_connect (self->service, "run", G_CALLBACK (on_viewer), self);
  port = g_socket_listener_add_any_inet_port (
    G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("http://127.0.0.1:%u/live/1.flv", port);
  self->player = km_player_new ();
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_object_unref (self->player);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_free (self->address);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Chooses the moment, and isn't waited for. */
static void
run_for (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_time, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_server_thinks (Fixture       *self,
                    gconstpointer  data)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      int requests = g_atomic_int_get (&self->requests);

      km_player_play (self->player, self->address);
      /* Mostly while the server thinks; sometimes before it was asked. */
      while (i % 4 != 0 && g_atomic_int_get (&self->requests) == requests)
        g_main_context_iteration (NULL, TRUE);
      run_for ((guint) g_random_int_range (0, THINKING_US / 1000));
      if (g_random_boolean ())
        km_player_stop (self->player);
    }
  km_player_stop (self->player);

  /* Some left before, some after the answer began. */
  g_assert_cmpint (g_atomic_int_get (&self->answers), >, 0);
  g_assert_cmpint (g_atomic_int_get (&self->requests), >,
                   g_atomic_int_get (&self->answers));
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

  g_test_add ("/playback/leaving/server-thinks", Fixture, NULL, set_up,
              test_server_thinks, tear_down);

  status = g_test_run ();
  gdk_display_close (gdk_display_get_default ());
  return status;
}
