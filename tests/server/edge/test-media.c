/* test-media.c: a stream from the outside, through a whole server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg publishes with a room's key; ffprobe and GStreamer play it by RTMP
 * and by HTTP-FLV; the room's members, the list of rooms and the log say what
 * they should. Each step waits for what the step before brought about.
 */

#include <signal.h>

#include "km-id.h"
#include "km-test-socket.h"
#include "km-test-tls.h"

#define WAIT_SECONDS 30

typedef struct
{
  KmTestServer *server;
  char *media;
  char *log; /* of the programs, not the server's */
  char *alice;
  char *room;
  char *key;
  KmTestSocket *guest; /* in the room */
} Fixture;

static KmTestProcess *
start (Fixture    *self,
       const char *command)
{
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));

  return km_test_process_start ((const char * const *) argv, NULL, self->log);
}

static void
make_media (Fixture *self)
{
  g_autofree char *command = g_strdup_printf (
    "ffmpeg -v error -nostdin"
    " -f lavfi -i testsrc2=size=320x240:rate=30"
    " -f lavfi -i sine=frequency=440:sample_rate=44100"
    " -t 3 -c:v libx264 -preset ultrafast -g 15 -bf 0"
    " -pix_fmt yuv420p -c:a aac -f flv %s", self->media);
  g_autoptr (KmTestProcess) process = start (self, command);

  g_assert_cmpint (km_test_process_wait (process, WAIT_SECONDS), ==, 0);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const char *arguments[] = { "--log-level=debug", NULL };
  g_autoptr (KmReply) joined = NULL;
  const char *directory;

  self->server = km_test_server_new (arguments);
  directory = km_test_server_get_directory (self->server);
  self->media = g_build_filename (directory, "media.flv", NULL);
  self->log = g_build_filename (directory, "programs", NULL);
  make_media (self);

  self->alice = km_test_server_sign_up (self->server, "alice");
  self->key = km_test_server_get_key (self->server, self->alice, &self->room);
  self->guest = km_test_socket_open (self->server, NULL);
  joined = km_test_socket_join (self->guest, self->room, NULL, -1);
  g_assert_no_error (joined->error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *log = NULL;

  if (g_file_get_contents (self->log, &log, NULL, NULL))
    g_test_message ("%s", log);
  km_test_socket_free (self->guest);
  km_test_server_free (self->server);
  g_free (self->media);
  g_free (self->log);
  g_free (self->alice);
  g_free (self->room);
  g_free (self->key);
}

static KmTestProcess *
publish (Fixture    *self,
         const char *key,
         const char *id)
{
  g_autofree char *streams = km_test_server_get_streams (self->server);
  g_autofree char *command = g_strdup_printf (
    "ffmpeg -v error -nostdin -re -stream_loop -1 -i %s -c copy -f flv"
    " %s/live/%s?publish=%s", self->media, streams, key, id);

  return start (self, command);
}

static char *
dup_rtmp (Fixture *self)
{
  g_autofree char *streams = km_test_server_get_streams (self->server);

  return g_strdup_printf ("%s/live/%s", streams, self->room);
}

static char *
dup_flv (Fixture *self)
{
  g_autofree char *web = km_test_server_get_web (self->server);

  return g_strdup_printf ("%s/live/%s.flv", web, self->room);
}

/* The stream of the only live room; NULL: none is live. */
static char *
dup_live_stream (Fixture *self)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "rooms?live=1", NULL, NULL);
  JsonArray *rooms;
  JsonObject *room;

  g_assert_cmpuint (answer->status, ==, 200);
  rooms = json_object_get_array_member (answer->body, "rooms");
  if (json_array_get_length (rooms) == 0)
    return NULL;

  g_assert_cmpuint (json_array_get_length (rooms), ==, 1);
  room = json_array_get_object_element (rooms, 0);
  g_assert_cmpstr (km_json_get_string (room, "id", 99), ==, self->room);
  g_assert_true (km_json_get_boolean (room, "live"));

  return g_strdup (km_json_get_string (room, "stream", 99));
}

static gboolean
is_live (gpointer data)
{
  g_autofree char *stream = dup_live_stream (data);

  return stream != NULL;
}

static gboolean
is_over (gpointer data)
{
  return !is_live (data);
}

/* The member hears it and the list of rooms says it. Returns the stream. */
static char *
wait_live (Fixture *self)
{
  g_autoptr (KmRoomEvent) started =
    km_test_socket_wait (self->guest, KM_ROOM_EVENT_STREAM_STARTED);
  g_autofree char *stream = NULL;

  g_assert_nonnull (started);
  g_assert_cmpint (started->seq, >, 0);
  g_assert_cmpstr (started->room, ==, self->room);
  g_assert_true (km_test_wait_until (is_live, self, WAIT_SECONDS));
  stream = dup_live_stream (self);
  g_assert_cmpstr (stream, ==, started->stream);

  return g_steal_pointer (&stream);
}

static void
end_stream (Fixture    *self,
            const char *stream)
{
  g_autoptr (KmTestAnswer) answer = km_test_server_call (
    self->server, "POST", "room/end", self->alice, NULL);
  g_autoptr (KmRoomEvent) ended =
    km_test_socket_wait (self->guest, KM_ROOM_EVENT_STREAM_ENDED);

  g_assert_cmpuint (answer->status, ==, 204);
  g_assert_cmpstr (ended->stream, ==, stream);
  g_assert_cmpint (ended->reason, ==, KM_STREAM_END_ENDED);
  g_assert_cmpint (ended->seq, >, 0);
  g_assert_true (km_test_wait_until (is_over, self, WAIT_SECONDS));
}

/* What ffprobe gets in a second: a line for each packet. */
static void
probe (Fixture    *self,
       const char *address)
{
  g_autofree char *command = g_strdup_printf (
    "ffprobe -v error -read_intervals %%+1 -show_entries"
    " packet=codec_type,flags -of csv=p=0 %s", address);
  g_autoptr (KmTestProcess) process = start (self, command);
  guint pictures = 0;
  guint sounds = 0;
  char *line;

  while ((line = km_test_process_read_line (process, WAIT_SECONDS)) != NULL)
    {
      g_autofree char *owned = line;

      if (g_str_has_prefix (line, "audio"))
        sounds++;
      else if (g_str_has_prefix (line, "video") && pictures++ == 0)
        g_assert_nonnull (strchr (line, 'K'));
    }

  g_test_message ("%s: %u pictures, %u sounds", address, pictures, sounds);
  g_assert_cmpuint (pictures, >=, 15);
  g_assert_cmpuint (sounds, >=, 20);
  g_assert_cmpint (km_test_process_wait (process, WAIT_SECONDS), ==, 0);
}

/* Ends well only when both sinks had their number of buffers: pictures as
 * they come out of the decoder, sounds too. */
static void
launch (Fixture    *self,
        const char *source)
{
  g_autofree char *command = g_strdup_printf (
    "gst-launch-1.0 -q %s ! flvdemux name=d"
    " d.video ! queue ! h264parse ! avdec_h264"
    " ! fakesink num-buffers=30 sync=false"
    " d.audio ! queue ! aacparse ! avdec_aac"
    " ! fakesink num-buffers=30 sync=false", source);
  g_autoptr (KmTestProcess) process = start (self, command);

  g_assert_cmpint (km_test_process_wait (process, WAIT_SECONDS), ==, 0);
}

static void
test_programs_play_it (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (KmTestProcess) publisher = publish (self, self->key, "a");
  g_autofree char *stream = wait_live (self);
  g_autofree char *rtmp = dup_rtmp (self);
  g_autofree char *flv = dup_flv (self);
  g_autofree char *rtmp_source = g_strdup_printf (
    "rtmp2src tls-validation-flags=%s location=%s",
    km_test_tls_is_asked_for () ? "no-flags" : "validate-all", rtmp);
  g_autofree char *flv_source = g_strdup_printf (
    "souphttpsrc is-live=true ssl-strict=%s location=%s",
    km_test_tls_is_asked_for () ? "false" : "true", flv);

  probe (self, rtmp);
  probe (self, flv);
  launch (self, rtmp_source);
  launch (self, flv_source);
  g_assert_true (km_test_process_is_running (publisher));
  end_stream (self, stream);
}

/* A viewer that stays: a line `track, dts, …` for each packet at once. */
static KmTestProcess *
watch (Fixture    *self,
       const char *address)
{
  g_autofree char *command = g_strdup_printf (
    "ffmpeg -v error -nostdin -copyts -i %s -map 0:v -map 0:a -c copy"
    " -flush_packets 1 -f framecrc -", address);

  return start (self, command);
}

/* Reads one packet. Returns whether there was one. */
static gboolean
read_packet (KmTestProcess *viewer,
             guint         *track,
             gint64        *dts_ms)
{
  char *line;

  while ((line = km_test_process_read_line (viewer, WAIT_SECONDS)) != NULL)
    {
      g_autofree char *owned = line;
      g_auto (GStrv) words = g_strsplit (line, ",", 3);

      if (line[0] == '#')
        continue;
      *track = (guint) g_ascii_strtoull (words[0], NULL, 10);
      *dts_ms = g_ascii_strtoll (g_strchug (words[1]), NULL, 10);
      g_assert_cmpuint (*track, <, 2);
      return TRUE;
    }

  return FALSE;
}

/* Reads to the end, in which time never goes back. Returns the last time. */
static gint64
read_to_end (KmTestProcess *viewer)
{
  gint64 last_ms[2] = { -1, -1 };
  gint64 dts_ms;
  guint track;

  while (read_packet (viewer, &track, &dts_ms))
    {
      g_assert_cmpint (dts_ms, >=, last_ms[track]);
      last_ms[track] = dts_ms;
    }
  g_assert_cmpint (last_ms[0], >=, 0);
  g_assert_cmpint (last_ms[1], >=, 0);

  return MAX (last_ms[0], last_ms[1]);
}

static guint
get_status (Fixture    *self,
            const char *address)
{
  g_autoptr (SoupSession) session =
    km_test_server_new_session (self->server);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GBytes) body =
    soup_session_send_and_read (session, message, NULL, NULL);

  g_assert_nonnull (body);
  return soup_message_get_status (message);
}

static void
test_the_end_is_the_viewers_end (Fixture       *self,
                                 gconstpointer  data)
{
  g_autoptr (KmTestProcess) publisher = publish (self, self->key, "a");
  g_autofree char *stream = wait_live (self);
  g_autofree char *rtmp = dup_rtmp (self);
  g_autofree char *flv = dup_flv (self);
  g_autoptr (KmTestProcess) by_rtmp = watch (self, rtmp);
  g_autoptr (KmTestProcess) by_flv = watch (self, flv);
  gint64 dts_ms;
  guint track;

  g_assert_true (read_packet (by_rtmp, &track, &dts_ms));
  g_assert_true (read_packet (by_flv, &track, &dts_ms));
  end_stream (self, stream);

  read_to_end (by_rtmp);
  read_to_end (by_flv);
  g_assert_cmpint (km_test_process_wait (by_rtmp, WAIT_SECONDS), ==, 0);
  g_assert_cmpint (km_test_process_wait (by_flv, WAIT_SECONDS), ==, 0);
  g_assert_cmpint (km_test_process_wait (publisher, WAIT_SECONDS), >, 0);
  g_assert_cmpuint (get_status (self, flv), ==, 404);
}

static void
test_a_room_that_is_not_live_is_not_found (Fixture       *self,
                                           gconstpointer  data)
{
  g_autofree char *rtmp = dup_rtmp (self);
  g_autofree char *flv = dup_flv (self);
  g_autofree char *web = km_test_server_get_web (self->server);
  g_autofree char *nowhere = g_strconcat (web, "/live/987654.flv", NULL);
  g_autofree char *by_key = g_strdup_printf ("%s/live/%s.flv", web,
                                             self->key);
  g_autoptr (KmTestProcess) viewer = NULL;

  g_assert_cmpuint (get_status (self, flv), ==, 404);
  g_assert_cmpuint (get_status (self, nowhere), ==, 404);
  g_assert_cmpuint (get_status (self, by_key), ==, 404);
  viewer = watch (self, rtmp);
  g_assert_cmpint (km_test_process_wait (viewer, WAIT_SECONDS), >, 0);
}

static void
assert_no_key_in_log (Fixture    *self,
                      const char *key)
{
  g_autofree char *path = g_build_filename (
    km_test_server_get_directory (self->server), "log", NULL);
  g_autofree char *log = NULL;

  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "was refused: wrong stream key"));
  g_assert_null (strstr (log, key));
}

/* The key is a good one that was rolled away a moment ago. */
static void
test_a_wrong_key_is_denied (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (KmTestSocket) host = km_test_socket_open (self->server,
                                                       self->alice);
  g_autoptr (KmTestAnswer) rolled = km_test_server_call (
    self->server, "POST", "room/key", self->alice, NULL);
  g_autoptr (KmCommand) prepare = km_command_new (KM_COMMAND_STREAM_PREPARE);
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) prepared = NULL;
  g_autoptr (KmTestProcess) publisher = NULL;
  g_autoptr (KmRoomEvent) refused = NULL;
  g_autofree char *said = NULL;

  g_assert_cmpuint (rolled->status, ==, 200);
  prepare->id = km_id_new ();
  prepare->publish = g_strdup (id);
  prepared = km_test_socket_ask (host, prepare);
  g_assert_no_error (prepared->error);

  publisher = publish (self, self->key, id);
  refused = km_test_socket_wait (host, KM_ROOM_EVENT_STREAM_REFUSED);
  g_assert_cmpstr (refused->publish, ==, id);
  g_assert_cmpint (refused->code, ==, KM_PROTOCOL_ERROR_DENIED);
  g_assert_cmpint (km_test_process_wait (publisher, WAIT_SECONDS), >, 0);
  g_assert_true (g_file_get_contents (self->log, &said, NULL, NULL));
  g_assert_nonnull (strstr (said, refused->message));

  g_assert_false (is_live (self));
  assert_no_key_in_log (self, self->key);
  assert_no_key_in_log (self, km_json_get_string (rolled->body, "key", 99));
}

/* Waits for a tick about a publisher that is there or lost. Returns how far
 * the stream is. */
static gint64
wait_publisher (Fixture  *self,
                gboolean  lost,
                gint64    beyond_ms)
{
  for (;;)
    {
      g_autoptr (KmRoomEvent) tick =
        km_test_socket_wait (self->guest, KM_ROOM_EVENT_TICK);

      g_assert_nonnull (tick);
      if (tick->live && tick->publisher_lost == lost &&
          tick->edge_ms > beyond_ms)
        return tick->edge_ms;
    }
}

static void
test_time_goes_on_when_the_publisher_returns (Fixture       *self,
                                              gconstpointer  data)
{
  g_autoptr (KmTestProcess) publisher = publish (self, self->key, "a");
  g_autofree char *stream = wait_live (self);
  g_autofree char *flv = dup_flv (self);
  g_autoptr (KmTestProcess) viewer = watch (self, flv);
  g_autofree char *after = NULL;
  gint64 edge_ms;
  gint64 dts_ms;
  guint track;

  g_assert_true (read_packet (viewer, &track, &dts_ms));
  km_test_process_signal (publisher, SIGKILL);
  g_clear_pointer (&publisher, km_test_process_stop);
  edge_ms = wait_publisher (self, TRUE, -1);

  publisher = publish (self, self->key, "b");
  wait_publisher (self, FALSE, edge_ms + 1000);
  after = dup_live_stream (self);
  g_assert_cmpstr (after, ==, stream);

  end_stream (self, stream);
  g_assert_cmpint (read_to_end (viewer), >, edge_ms + 500);
}

#define ADD(name, function) \
  g_test_add ("/edge/media/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("programs-play-what-ffmpeg-publishes", test_programs_play_it);
  ADD ("the-end-is-the-viewers-end", test_the_end_is_the_viewers_end);
  ADD ("a-room-that-is-not-live-is-not-found",
       test_a_room_that_is_not_live_is_not_found);
  ADD ("a-wrong-key-is-denied-and-in-no-log", test_a_wrong_key_is_denied);
  ADD ("time-goes-on-when-the-publisher-returns",
       test_time_goes_on_when_the_publisher_returns);
  return g_test_run ();
}
