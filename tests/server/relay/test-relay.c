/* test-relay.c: what publishers and viewers may rely on
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "km-test-client.h"

#define GOP_FRAMES 10

/* Ten frames a second, a key frame each second, sound behind each. */
static void
send_second (KmTestRtmp *publisher,
             guint32     from_ms,
             gsize       frame_bytes)
{
  for (guint32 i = 0; i < GOP_FRAMES; i++)
    {
      km_test_rtmp_send_frame (publisher, from_ms + i * 100, i == 0,
                               frame_bytes);
      km_test_rtmp_send_sound (publisher, from_ms + i * 100 + 20);
    }
}

static KmTestRtmp *
go_live (KmTestRelay *relay,
         const char  *key)
{
  KmTestRtmp *publisher = km_test_rtmp_new (relay);
  g_autofree char *status = NULL;

  km_test_rtmp_publish (publisher, key);
  status = km_test_rtmp_wait_status (publisher);
  g_assert_cmpstr (status, ==, "NetStream.Publish.Start");
  km_test_rtmp_send_headers (publisher);

  return publisher;
}

static gboolean
is_key_frame (const KmFlvTag *tag)
{
  return tag->type == KM_FLV_TYPE_VIDEO && tag->length > 1 &&
         tag->data[0] == 0x17 && tag->data[1] == 1;
}

static gboolean
is_frame (const KmFlvTag *tag)
{
  return tag->length > 1 && tag->data[1] == 1 &&
         tag->type != KM_FLV_TYPE_SCRIPT;
}

/* Metadata, both sequence headers, and then a key frame: nothing else. */
static guint32
check_start (KmTestViewer *viewer)
{
  static const guint8 types[] = { KM_FLV_TYPE_SCRIPT, KM_FLV_TYPE_VIDEO,
                                  KM_FLV_TYPE_AUDIO };
  KmFlvTag tag;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_assert_true (km_test_viewer_next (viewer, &tag));
      g_assert_cmpuint (tag.type, ==, types[i]);
      g_assert_false (is_frame (&tag));
    }
  g_assert_true (km_test_viewer_next (viewer, &tag));
  g_assert_true (is_key_frame (&tag));

  return tag.time_ms;
}

static void
test_late_joiner (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) edge = NULL;
  g_autoptr (KmTestViewer) viewer = NULL;

  send_second (publisher, 5000, 300);
  send_second (publisher, 6000, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  g_assert_cmpstr (started->room, ==, "7");
  do
    {
      g_clear_pointer (&edge, km_event_unref);
      km_test_rtmp_send_sound (publisher, 6950);
      edge = km_test_relay_wait (relay, KM_EVENT_STREAM_EDGE);
      g_assert_cmpstr (edge->stream, ==, started->stream);
      g_assert_true (edge->publisher_ok);
    }
  while (edge->edge_ms < 1900);

  viewer = km_test_viewer_new (relay, "7", 0);
  g_assert_true (g_str_has_prefix (km_test_viewer_get_head (viewer),
                                   "HTTP/1.1 200 OK\r\n"));
  g_assert_nonnull (strstr (km_test_viewer_get_head (viewer),
                            "Content-Type: video/x-flv\r\n"));
  g_assert_null (strstr (km_test_viewer_get_head (viewer), "chunked"));
  g_assert_cmpuint (check_start (viewer), ==, 1000);
}

static void
test_absent_stream (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestViewer) viewer = km_test_viewer_new (relay, "7", 0);
  g_autoptr (KmTestRtmp) player = km_test_rtmp_new (relay);
  g_autofree char *status = NULL;

  g_assert_true (g_str_has_prefix (km_test_viewer_get_head (viewer),
                                   "HTTP/1.1 404 "));
  km_test_rtmp_connect (player);
  km_test_rtmp_command (player, "play", 3, "7");
  status = km_test_rtmp_wait_status (player);
  g_assert_cmpstr (status, ==, "NetStream.Play.StreamNotFound");
  g_assert_true (km_test_rtmp_wait_end (player));
}

static void
test_denied (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = km_test_rtmp_new (relay);
  g_autoptr (KmEvent) refused = NULL;
  g_autofree char *status = NULL;

  km_test_rtmp_publish (publisher, "wrong?publish=abc");
  status = km_test_rtmp_wait_status (publisher);
  g_assert_cmpstr (status, ==, "NetStream.Publish.Denied");
  g_assert_true (km_test_rtmp_wait_end (publisher));
  refused = km_test_relay_wait (relay, KM_EVENT_PUBLISH_REFUSED);
  g_assert_cmpstr (refused->publish, ==, "abc");
  g_assert_cmpstr (refused->code, ==, "denied");
}

/* That says nothing about the key. */
static void
test_busy (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = km_test_rtmp_new (relay);
  g_autoptr (KmEvent) refused = NULL;
  g_autofree char *status = NULL;

  km_test_rtmp_publish (publisher, "busy?publish=abc");
  status = km_test_rtmp_wait_status (publisher);
  g_assert_cmpstr (status, ==, "NetStream.Publish.Rejected");
  g_assert_true (km_test_rtmp_wait_end (publisher));
  refused = km_test_relay_wait (relay, KM_EVENT_PUBLISH_REFUSED);
  g_assert_cmpstr (refused->code, ==, "busy");
}

/* Reads frames up to @last_ms of stream time or later and checks that time
 * never goes back on either track. */
static guint32
check_rising (KmTestViewer *viewer,
              guint32      *track_ms,
              guint         key_frames)
{
  KmFlvTag tag = { 0 };

  while (key_frames > 0)
    {
      guint track;

      g_assert_true (km_test_viewer_next (viewer, &tag));
      if (!is_frame (&tag))
        continue;
      track = tag.type == KM_FLV_TYPE_VIDEO ? 0 : 1;
      g_assert_cmpuint (tag.time_ms, >=, track_ms[track]);
      track_ms[track] = tag.time_ms;
      if (is_key_frame (&tag))
        key_frames--;
    }

  return tag.time_ms;
}

static void
test_time_rises_over_reconnect (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) lost = NULL;
  g_autoptr (KmEvent) ended = NULL;
  g_autoptr (KmTestViewer) viewer = NULL;
  guint32 track_ms[2] = { 0 };
  guint32 before_ms;

  send_second (publisher, 900000, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  send_second (publisher, 901000, 300);
  before_ms = check_rising (viewer, track_ms, 2);
  g_assert_cmpuint (before_ms, ==, 1000);

  /* Gone without a word; back with a clock that begins at zero. */
  g_clear_pointer (&publisher, km_test_rtmp_free);
  do
    {
      g_clear_pointer (&lost, km_event_unref);
      lost = km_test_relay_wait (relay, KM_EVENT_STREAM_EDGE |
                                        KM_EVENT_STREAM_ENDED);
      g_assert_cmpint (lost->kind, ==, KM_EVENT_STREAM_EDGE);
    }
  while (lost->publisher_ok);

  publisher = go_live (relay, "key-7");
  send_second (publisher, 0, 300);
  send_second (publisher, 1000, 300);
  g_assert_cmpuint (check_rising (viewer, track_ms, 2), >, before_ms + 1000);

  km_relay_end_stream (km_test_relay_get_relay (relay), "7");
  ended = km_test_relay_wait (relay, KM_EVENT_STREAM_ENDED |
                                     KM_EVENT_STREAM_STARTED);
  g_assert_cmpint (ended->kind, ==, KM_EVENT_STREAM_ENDED);
  g_assert_cmpstr (ended->stream, ==, started->stream);
  g_assert_cmpstr (ended->text, ==, "ended");
  g_assert_cmpint (ended->duration_ms, >, 2000);
}

static void
test_takeover (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) older = go_live (relay, "key-7?publish=first");
  g_autoptr (KmTestRtmp) newer = NULL;
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) refused = NULL;
  g_autoptr (KmTestViewer) viewer = NULL;
  g_autofree char *status = NULL;
  guint32 track_ms[2] = { 0 };

  send_second (older, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  check_rising (viewer, track_ms, 1);

  newer = go_live (relay, "key-7?publish=second");
  status = km_test_rtmp_wait_status (older);
  g_assert_cmpstr (status, ==, "NetStream.Publish.BadName");
  g_assert_true (km_test_rtmp_wait_end (older));
  refused = km_test_relay_wait (relay, KM_EVENT_PUBLISH_REFUSED);
  g_assert_cmpstr (refused->publish, ==, "first");
  g_assert_cmpstr (refused->code, ==, "taken_over");

  /* The viewer stays and sees the newer one. */
  send_second (newer, 0, 300);
  send_second (newer, 1000, 300);
  check_rising (viewer, track_ms, 2);
}

/* A program that lost its connection is back before the relay has noticed. */
static void
test_own_ghost_is_not_told (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) ghost = go_live (relay, "key-7?publish=mine");
  g_autoptr (KmTestRtmp) publisher = NULL;
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) ended = NULL;

  send_second (ghost, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  publisher = go_live (relay, "key-7?publish=mine");
  g_assert_true (km_test_rtmp_wait_end (ghost));

  km_relay_end_stream (km_test_relay_get_relay (relay), "7");
  ended = km_test_relay_wait (relay, KM_EVENT_STREAM_ENDED
                                     | KM_EVENT_PUBLISH_REFUSED);
  g_assert_cmpint (ended->kind, ==, KM_EVENT_STREAM_ENDED);
}

static void
test_end_reaches_everybody (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestRtmp) player = NULL;
  g_autoptr (KmTestViewer) viewer = NULL;
  g_autoptr (KmEvent) started = NULL;
  g_autofree char *playing = NULL;
  g_autofree char *status = NULL;
  g_autofree char *unpublished = NULL;
  KmFlvTag tag;

  send_second (publisher, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  player = km_test_rtmp_new (relay);
  km_test_rtmp_connect (player);
  km_test_rtmp_command (player, "play", 3, "7");
  g_free (km_test_rtmp_wait_status (player));
  playing = km_test_rtmp_wait_status (player);
  g_assert_cmpstr (playing, ==, "NetStream.Play.Start");
  check_start (viewer);

  km_relay_end_stream (km_test_relay_get_relay (relay), "7");
  status = km_test_rtmp_wait_status (player);
  g_assert_cmpstr (status, ==, "NetStream.Play.UnpublishNotify");
  g_assert_true (km_test_rtmp_wait_end (player));
  unpublished = km_test_rtmp_wait_status (publisher);
  g_assert_cmpstr (unpublished, ==, "NetStream.Unpublish.Success");
  while (km_test_viewer_next (viewer, &tag))
    g_assert_cmpuint (tag.type, !=, 0);
}

static void
test_sound_alone (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = km_test_rtmp_new (relay);
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmTestViewer) viewer = NULL;
  KmFlvTag tag;

  km_test_rtmp_publish (publisher, "key-7");
  for (guint32 ms = 0; ms <= 3000; ms += 20)
    km_test_rtmp_send_sound (publisher, ms);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);

  viewer = km_test_viewer_new (relay, "7", 0);
  for (guint32 ms = 3020; ms <= 4000; ms += 20)
    km_test_rtmp_send_sound (publisher, ms);
  g_assert_true (km_test_viewer_next (viewer, &tag));
  g_assert_cmpuint (tag.type, ==, KM_FLV_TYPE_AUDIO);
}

/* A viewer that reads nothing while 30 s of 2 Mb/s pass, then goes on: it
 * finds a cut, a key frame behind it, and the end of what was sent. Its tags
 * are whole ones all the way, however the socket cut them. */
static void
test_slow_viewer (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestViewer) slow = NULL;
  g_autoptr (KmTestViewer) quick = NULL;
  g_autoptr (KmEvent) started = NULL;
  guint32 track_ms[2] = { 0 };
  guint32 last_ms = 0;
  guint cuts = 0;
  KmFlvTag tag;

  send_second (publisher, 0, 25000);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  slow = km_test_viewer_new (relay, "7", 4096);
  quick = km_test_viewer_new (relay, "7", 0);
  for (guint32 i = 1; i < 30; i++)
    {
      send_second (publisher, i * 1000, 25000);
      check_rising (quick, track_ms, 1);
    }

  do
    {
      g_assert_true (km_test_viewer_next (slow, &tag));
      if (!is_frame (&tag) || tag.type != KM_FLV_TYPE_VIDEO)
        continue;
      g_assert_cmpuint (tag.length, ==, 25000);
      if (tag.time_ms > last_ms + 100)
        {
          g_assert_true (is_key_frame (&tag));
          cuts++;
        }
      last_ms = tag.time_ms;
    }
  while (last_ms < 29900);

  g_assert_cmpuint (cuts, >, 0);
}

static void
test_lost_for_good (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (50);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestViewer) viewer = NULL;
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) ended = NULL;
  g_autoptr (KmEvent) again = NULL;
  KmFlvTag tag;

  send_second (publisher, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  check_start (viewer);
  g_clear_pointer (&publisher, km_test_rtmp_free);

  ended = km_test_relay_wait (relay, KM_EVENT_STREAM_ENDED);
  g_assert_cmpstr (ended->stream, ==, started->stream);
  g_assert_cmpstr (ended->text, ==, "lost");
  while (km_test_viewer_next (viewer, &tag))
    continue;

  /* Who comes after that begins another stream. */
  publisher = go_live (relay, "key-7");
  send_second (publisher, 0, 300);
  again = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  g_assert_cmpstr (again->stream, !=, started->stream);
}

/* Nobody holds a connection by saying nothing: before the handshake, before
 * publish, or as a publisher. */
static void
test_silence_is_let_go (void)
{
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestRtmp) undecided = km_test_rtmp_new (relay);
  g_autoptr (KmTestRtmp) silent = km_test_rtmp_new_silent (relay);
  g_autoptr (KmEvent) edge = NULL;

  send_second (publisher, 0, 300);
  km_test_rtmp_connect (undecided);

  g_assert_true (km_test_rtmp_wait_end (silent));
  g_assert_true (km_test_rtmp_wait_end (undecided));
  g_assert_true (km_test_rtmp_wait_end (publisher));
  do
    {
      g_clear_pointer (&edge, km_event_unref);
      edge = km_test_relay_wait (relay, KM_EVENT_STREAM_EDGE);
    }
  while (edge->publisher_ok);
}

/* Whatever one connection sends, the others' stream and viewers go on. */
static void
test_malformed (void)
{
  static const guint8 rubbish[] = { 0xff, 0x02, 0x00, 0xff, 'x', 0x03, 0x7f };
  static const guint8 types[] = { 1, 3, 8, 9, 17, 18, 20, 255 };
  g_autoptr (KmTestRelay) relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestViewer) viewer = NULL;
  g_autoptr (KmEvent) started = NULL;
  KmFlvTag tag;

  send_second (publisher, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  check_start (viewer);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (KmTestRtmp) client = km_test_rtmp_new (relay);

      km_test_rtmp_connect (client);
      km_test_rtmp_send (client, types[i], 0, rubbish, sizeof rubbish);
    }

  send_second (publisher, 1000, 300);
  do
    g_assert_true (km_test_viewer_next (viewer, &tag));
  while (!is_key_frame (&tag) || tag.time_ms < 1000);
}

/* A relay that goes away says so about each of its streams. */
static void
test_shutdown (void)
{
  KmTestRelay *relay = km_test_relay_new (0);
  g_autoptr (KmTestRtmp) publisher = go_live (relay, "key-7");
  g_autoptr (KmTestViewer) viewer = NULL;
  g_autoptr (KmEvent) started = NULL;
  g_autoptr (KmEvent) ended = NULL;
  KmFlvTag tag;

  send_second (publisher, 0, 300);
  started = km_test_relay_wait (relay, KM_EVENT_STREAM_STARTED);
  viewer = km_test_viewer_new (relay, "7", 0);
  check_start (viewer);

  km_test_relay_stop (relay);
  ended = km_test_relay_wait (relay, KM_EVENT_STREAM_ENDED);
  g_assert_cmpstr (ended->text, ==, "shutdown");
  while (km_test_viewer_next (viewer, &tag))
    continue;
  km_test_relay_free (relay);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/relay/late-joiner-gets-headers-then-a-key-frame",
                   test_late_joiner);
  g_test_add_func ("/relay/relay/absent-stream-is-not-found",
                   test_absent_stream);
  g_test_add_func ("/relay/relay/wrong-key-is-denied-and-told",
                   test_denied);
  g_test_add_func ("/relay/relay/busy-is-not-denied", test_busy);
  g_test_add_func ("/relay/relay/time-rises-over-a-reconnect",
                   test_time_rises_over_reconnect);
  g_test_add_func ("/relay/relay/newer-publisher-takes-over",
                   test_takeover);
  g_test_add_func ("/relay/relay/own-ghost-is-not-told",
                   test_own_ghost_is_not_told);
  g_test_add_func ("/relay/relay/end-reaches-everybody",
                   test_end_reaches_everybody);
  g_test_add_func ("/relay/relay/sound-alone-is-a-stream",
                   test_sound_alone);
  g_test_add_func ("/relay/relay/slow-viewer-goes-on-at-a-key-frame",
                   test_slow_viewer);
  g_test_add_func ("/relay/relay/lost-publisher-ends-the-stream-after-a-while",
                   test_lost_for_good);
  g_test_add_func ("/relay/relay/silence-is-let-go",
                   test_silence_is_let_go);
  g_test_add_func ("/relay/relay/malformed-messages-harm-nobody",
                   test_malformed);
  g_test_add_func ("/relay/relay/shutdown-ends-each-stream",
                   test_shutdown);
  return g_test_run ();
}
