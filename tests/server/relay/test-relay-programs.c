/* test-relay-programs.c: real publishers and players meet through the relay
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "km-test-client.h"
#include "km-test-process.h"

#define STREAM_SECONDS "4"

typedef struct
{
  char *directory;
  char *media;
  char *log;
  KmTestRelay *relay;
} Fixture;

static void
run (Fixture    *fixture,
     const char *command)
{
  g_auto (GStrv) argv = NULL;
  g_autoptr (KmTestProcess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, &error));
  process = km_test_process_start ((const char * const *) argv, NULL,
                                   fixture->log);
  g_assert_cmpint (km_test_process_wait (process, 60), ==, 0);
}

static KmTestProcess *
start (Fixture    *fixture,
       const char *command)
{
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));

  return km_test_process_start ((const char * const *) argv, NULL,
                                fixture->log);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autofree char *command = NULL;

  fixture->directory = km_test_directory_new ("relay");
  fixture->media = g_build_filename (fixture->directory, "media.flv", NULL);
  fixture->log = g_build_filename (fixture->directory, "log", NULL);
  command = g_strdup_printf (
    "ffmpeg -v error -nostdin"
    " -f lavfi -i testsrc2=size=320x240:rate=30"
    " -f lavfi -i sine=frequency=440:sample_rate=44100"
    " -t " STREAM_SECONDS " -c:v libx264 -preset ultrafast -g 15 -bf 0"
    " -pix_fmt yuv420p -c:a aac -f flv %s", fixture->media);
  run (fixture, command);
  fixture->relay = km_test_relay_new (0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *log = NULL;

  km_test_relay_free (fixture->relay);
  if (g_file_get_contents (fixture->log, &log, NULL, NULL))
    g_test_message ("%s", log);
  km_test_directory_remove (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->media);
  g_free (fixture->log);
}

/* What ffprobe sees in two seconds: a line for each packet. */
static void
check_playback (Fixture    *fixture,
                const char *address)
{
  g_autofree char *command = g_strdup_printf (
    "ffprobe -v error -read_intervals %%+1 -show_entries"
    " packet=codec_type,dts,flags -of csv=p=0 %s", address);
  g_autoptr (KmTestProcess) probe = start (fixture, command);
  guint pictures = 0;
  guint sounds = 0;
  char *line;

  while ((line = km_test_process_read_line (probe, 30)) != NULL)
    {
      g_autofree char *owned = line;

      if (g_str_has_prefix (line, "audio"))
        sounds++;
      if (!g_str_has_prefix (line, "video"))
        continue;
      if (pictures++ == 0)
        g_assert_nonnull (strchr (line, 'K'));
    }

  g_test_message ("%s: %u pictures, %u sounds", address, pictures, sounds);
  g_assert_cmpuint (pictures, >=, 15);
  g_assert_cmpuint (sounds, >=, 20);
  g_assert_cmpint (km_test_process_wait (probe, 30), ==, 0);
}

static void
publish_and_play (Fixture    *fixture,
                  const char *publisher)
{
  g_autoptr (KmTestProcess) process = start (fixture, publisher);
  g_autoptr (KmEvent) started =
    km_test_relay_wait (fixture->relay, KM_EVENT_STREAM_STARTED);
  g_autofree char *rtmp = km_test_relay_dup_rtmp (fixture->relay, "42");
  g_autofree char *flv = km_test_relay_dup_flv (fixture->relay, "42");

  g_assert_cmpstr (started->room, ==, "42");
  check_playback (fixture, rtmp);
  check_playback (fixture, flv);
}

static char *
dup_ffmpeg (Fixture *fixture)
{
  g_autofree char *address =
    km_test_relay_dup_rtmp (fixture->relay, "key-42?publish=abc");

  return g_strdup_printf (
    "ffmpeg -v error -nostdin -re -stream_loop -1 -i %s -c copy -f flv %s",
    fixture->media, address);
}

static char *
dup_gstreamer (Fixture *fixture)
{
  g_autofree char *address =
    km_test_relay_dup_rtmp (fixture->relay, "key-42?publish=abc");

  return g_strdup_printf (
    "gst-launch-1.0 -q videotestsrc is-live=true"
    " ! video/x-raw,width=320,height=240,framerate=30/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15"
    " ! h264parse ! flvmux name=m streamable=true ! rtmp2sink location=%s"
    " audiotestsrc is-live=true ! audioconvert ! avenc_aac ! aacparse ! m.",
    address);
}

static void
test_ffmpeg (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *command = dup_ffmpeg (fixture);

  publish_and_play (fixture, command);
}

static void
test_gstreamer (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *command = dup_gstreamer (fixture);

  publish_and_play (fixture, command);
}

/* Reads @keys key frames; time never goes back. */
static void
read_pictures (KmTestViewer *viewer,
               guint         keys,
               guint32      *last_ms)
{
  KmFlvTag tag;

  while (keys > 0)
    {
      g_assert_true (km_test_viewer_next (viewer, &tag));
      if (tag.type != KM_FLV_TYPE_VIDEO)
        continue;
      g_assert_cmpuint (tag.time_ms, >=, *last_ms);
      *last_ms = tag.time_ms;
      if (tag.data[0] == 0x17 && tag.data[1] == 1)
        keys--;
    }
}

/* A viewer stays while one program leaves and another, with other pictures
 * and another clock, comes. */
static void
test_another_program_goes_on (Fixture       *fixture,
                              gconstpointer  data)
{
  g_autofree char *ffmpeg = dup_ffmpeg (fixture);
  g_autofree char *gstreamer = dup_gstreamer (fixture);
  g_autoptr (KmTestProcess) process = start (fixture, ffmpeg);
  g_autoptr (KmEvent) started =
    km_test_relay_wait (fixture->relay, KM_EVENT_STREAM_STARTED);
  g_autoptr (KmTestViewer) viewer =
    km_test_viewer_new (fixture->relay, "42", 0);
  g_autoptr (KmEvent) ended = NULL;
  guint32 last_ms = 0;
  guint32 before_ms;

  read_pictures (viewer, 3, &last_ms);
  g_clear_pointer (&process, km_test_process_stop);
  before_ms = last_ms;
  process = start (fixture, gstreamer);
  read_pictures (viewer, 4, &last_ms);
  g_assert_cmpuint (last_ms, >, before_ms);

  km_relay_end_stream (km_test_relay_get_relay (fixture->relay), "42");
  ended = km_test_relay_wait (fixture->relay, KM_EVENT_STREAM_STARTED |
                                              KM_EVENT_STREAM_ENDED);
  g_assert_cmpstr (ended->stream, ==, started->stream);
}

static void
test_gstreamer_plays (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autofree char *rtmp = km_test_relay_dup_rtmp (fixture->relay, "42");
  g_autofree char *publish = dup_ffmpeg (fixture);
  g_autofree char *play = g_strdup_printf (
    "gst-launch-1.0 -q rtmp2src location=%s ! flvdemux name=d"
    " d.video ! queue ! h264parse ! avdec_h264 ! fakesink num-buffers=20"
    " sync=false d.audio ! queue ! fakesink num-buffers=20 sync=false",
    rtmp);
  g_autoptr (KmTestProcess) publisher = start (fixture, publish);
  g_autoptr (KmEvent) started =
    km_test_relay_wait (fixture->relay, KM_EVENT_STREAM_STARTED);
  g_autoptr (KmTestProcess) player = start (fixture, play);

  g_assert_cmpint (km_test_process_wait (player, 30), ==, 0);
}

/* ffmpeg says why it was refused, so the refusal arrived in order. */
static void
test_ffmpeg_denied (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autofree char *address =
    km_test_relay_dup_rtmp (fixture->relay, "wrong?publish=abc");
  g_autofree char *command = g_strdup_printf (
    "ffmpeg -v error -nostdin -re -i %s -c copy -f flv %s",
    fixture->media, address);
  g_autoptr (KmTestProcess) publisher = start (fixture, command);
  g_autoptr (KmEvent) refused =
    km_test_relay_wait (fixture->relay, KM_EVENT_PUBLISH_REFUSED);
  g_autofree char *log = NULL;

  g_assert_cmpstr (refused->publish, ==, "abc");
  g_assert_cmpstr (refused->code, ==, "denied");
  g_assert_cmpint (km_test_process_wait (publisher, 30), >, 0);
  g_assert_true (g_file_get_contents (fixture->log, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "No such key"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/relay/programs/ffmpeg-publishes", Fixture, NULL,
              set_up, test_ffmpeg, tear_down);
  g_test_add ("/relay/programs/gstreamer-publishes", Fixture, NULL,
              set_up, test_gstreamer, tear_down);
  g_test_add ("/relay/programs/gstreamer-plays", Fixture, NULL,
              set_up, test_gstreamer_plays, tear_down);
  g_test_add ("/relay/programs/another-program-goes-on", Fixture, NULL,
              set_up, test_another_program_goes_on, tear_down);
  g_test_add ("/relay/programs/ffmpeg-is-told-why-it-is-denied", Fixture, NULL,
              set_up, test_ffmpeg_denied, tear_down);
  return g_test_run ();
}
