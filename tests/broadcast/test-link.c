/* test-link.c: a connection to servers of all manners
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is sent is made up: numbered frames whose times have nothing to do with
 * when they are sent, so that a slow network is a question of order, not of
 * patience.
 */

#include <string.h>

#include "km-broadcast.h"
#include "km-flv-body.h"
#include "km-test-ingest.h"
#include "km-test-process.h"
#include "km-uplink-link.h"

#define SECONDS 30
#define FRAME_US 33333
#define FRAME_BYTES 10000
#define GROUP 60
#define STOPS 100

typedef struct
{
  KmTestIngest *ingest;
  KmUplinkLink *link;

  /* what was sent */
  guint32 number;
  guint since_key;

  /* what is heard of it */
  guint live, left, failed;
  GError *error;

  /* what the server took */
  guint metadata, headers, keys, deltas, sounds;
  guint gaps;
  gint64 last_number;
  guint32 first_ms;
  guint32 last_ms;
} Fixture;

static void
on_picture (Fixture             *self,
            const KmRtmpMessage *media,
            const KmFlvPacket   *packet)
{
  guint32 number;

  g_assert_cmpuint (packet->length, ==, FRAME_BYTES);
  memcpy (&number, packet->data, sizeof number);
  if (self->last_number < 0)
    self->first_ms = media->time_ms;

  /* Whatever is left out, a decoder can go on: with a key frame. */
  if (number != self->last_number + 1)
    {
      g_assert_true (packet->key);
      self->gaps += self->last_number >= 0;
    }
  self->last_number = number;
  self->last_ms = media->time_ms;
  if (packet->key)
    self->keys++;
  else
    self->deltas++;
}

static void
on_media (const KmRtmpEvent *event,
          gpointer           data)
{
  Fixture *self = data;
  KmFlvPacket packet;

  if (event->kind == KM_RTMP_EVENT_METADATA)
    {
      self->metadata++;
      return;
    }

  km_flv_packet_parse (&packet, event->media.type, event->media.data,
                       event->media.length);
  if (packet.kind == KM_FLV_PACKET_HEADER)
    self->headers++;
  else if (event->media.type == KM_FLV_TYPE_VIDEO)
    on_picture (self, &event->media, &packet);
  else
    self->sounds++;
}

static void
on_news (KmUplinkLink *link,
         KmUplinkNews  news,
         const GError *error,
         const char   *refused,
         gpointer      data)
{
  Fixture *self = data;

  self->live += news == KM_UPLINK_NEWS_LIVE;
  self->left += news == KM_UPLINK_NEWS_LEFT;
  self->failed += news == KM_UPLINK_NEWS_FAILED;
  if (error != NULL)
    self->error = g_error_copy (error);
}

static void
start_link (Fixture    *self,
            const char *address)
{
  const KmUplinkPlan plan = {
    .address = address,
    .metadata = { .width_px = 640, .height_px = 360, .video_bps = 2400000,
                  .audio_bps = 128000 },
  };

  self->last_number = -1;
  self->link = km_uplink_link_start (&plan, on_news, self);
}

static void
start (Fixture      *self,
       KmTestManner  manner)
{
  self->ingest = km_test_ingest_new (manner, on_media, self);
  start_link (self, km_test_ingest_get_address (self->ingest));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->link, km_uplink_link_stop);
  g_clear_pointer (&self->ingest, km_test_ingest_free);
  g_clear_error (&self->error);
}

static void
send_tag (Fixture         *self,
          KmUplinkTagKind  kind,
          KmFlvType        type,
          gsize            length)
{
  KmUplinkTag *tag = km_uplink_tag_new (kind, type,
                                        (gint64) self->number * FRAME_US);
  KmFlvPacketKind packet = kind == KM_UPLINK_TAG_HEADER
                             ? KM_FLV_PACKET_HEADER : KM_FLV_PACKET_FRAME;
  gsize start = type == KM_FLV_TYPE_VIDEO ? KM_FLV_AVC_SIZE : KM_FLV_AAC_SIZE;

  g_byte_array_set_size (tag->data, (guint) (start + length));
  memset (tag->data->data, 0, tag->data->len);
  if (type == KM_FLV_TYPE_VIDEO)
    km_flv_put_avc (tag->data->data, packet, kind == KM_UPLINK_TAG_KEY, 0);
  else
    km_flv_put_aac (tag->data->data, packet);
  if (length >= sizeof self->number)
    memcpy (tag->data->data + start, &self->number, sizeof self->number);
  km_uplink_link_send (self->link, tag);
}

static void
send_headers (Fixture *self)
{
  send_tag (self, KM_UPLINK_TAG_HEADER, KM_FLV_TYPE_VIDEO, 2);
  send_tag (self, KM_UPLINK_TAG_HEADER, KM_FLV_TYPE_AUDIO, 2);
}

/* As an encoder does: a picture and its sound, with a key frame every two
 * seconds and when it is asked for one. */
static void
send_moment (Fixture *self)
{
  gboolean asked = km_uplink_link_wants_key (self->link);
  gboolean key = asked || self->since_key == 0;

  self->since_key = key ? 1 : (self->since_key + 1) % GROUP;
  send_tag (self, key ? KM_UPLINK_TAG_KEY : KM_UPLINK_TAG_DELTA,
            KM_FLV_TYPE_VIDEO, FRAME_BYTES);
  send_tag (self, KM_UPLINK_TAG_SOUND, KM_FLV_TYPE_AUDIO, 100);
  self->number++;
}

static gboolean
is_live (gpointer data)
{
  Fixture *self = data;

  return self->live > 0;
}

static gboolean
has_left (gpointer data)
{
  Fixture *self = data;

  return self->left > 0;
}

static gboolean
has_failed (gpointer data)
{
  Fixture *self = data;

  return self->failed > 0;
}

static gboolean
all_arrived (gpointer data)
{
  Fixture *self = data;

  return self->last_number == (gint64) self->number - 1;
}

static gboolean
some_dropped (gpointer data)
{
  Fixture *self = data;
  KmUplinkCounts counts;

  km_uplink_link_get_counts (self->link, &counts);
  return counts.dropped > 0;
}

static void
go_live (Fixture *self)
{
  start (self, KM_TEST_MANNER_TAKES);
  send_headers (self);
  g_assert_true (km_test_wait_until (is_live, self, SECONDS));
}

static void
expect_failure (Fixture          *self,
                KmBroadcastError  code)
{
  g_assert_true (km_test_wait_until (has_failed, self, SECONDS));
  g_assert_error (self->error, KM_BROADCAST_ERROR, (int) code);
  g_assert_cmpuint (self->failed, ==, 1);
  g_assert_cmpuint (self->left, ==, 0);
}

static void
test_whole_stream (Fixture       *self,
                   gconstpointer  data)
{
  KmUplinkCounts counts;

  go_live (self);
  for (guint i = 0; i < 20; i++)
    {
      send_moment (self);
      g_assert_true (km_test_wait_until (all_arrived, self, SECONDS));
    }
  km_uplink_link_finish (self->link);
  g_assert_true (km_test_wait_until (has_left, self, SECONDS));
  g_assert_cmpuint (km_test_ingest_get_goodbyes (self->ingest), ==, 1);

  g_assert_cmpuint (self->metadata, ==, 1);
  g_assert_cmpuint (self->headers, ==, 2);
  g_assert_cmpuint (self->keys, ==, 1);
  g_assert_cmpuint (self->deltas, ==, 19);
  g_assert_cmpuint (self->sounds, ==, 20);
  g_assert_cmpuint (self->first_ms, ==, 0);
  g_assert_cmpuint (self->last_ms, ==, 19 * FRAME_US / 1000);
  km_uplink_link_get_counts (self->link, &counts);
  g_assert_cmpuint (counts.frames, ==, 20);
  g_assert_cmpuint (counts.dropped, ==, 0);
  g_assert_cmpuint (counts.bytes, >, 20 * FRAME_BYTES);
  g_assert_cmpuint (self->failed, ==, 0);
}

/* Nothing that is live waits for a server to make up its mind. */
static void
test_begins_when_live (Fixture       *self,
                       gconstpointer  data)
{
  start (self, KM_TEST_MANNER_TAKES);
  send_headers (self);
  for (guint i = 0; i < 100; i++)
    send_moment (self);
  g_assert_true (km_test_wait_until (is_live, self, SECONDS));
  g_assert_cmpuint (self->keys + self->deltas, ==, 0);
  send_moment (self);
  g_assert_true (km_test_wait_until (all_arrived, self, SECONDS));
  g_assert_cmpuint (self->headers, ==, 2);
  g_assert_cmpuint (self->keys, ==, 1);
  g_assert_cmpuint (self->first_ms, ==, 0);
}

static gboolean
send_until_arrived (gpointer data)
{
  Fixture *self = data;

  send_moment (self);
  return self->gaps > 0 && self->deltas > 0;
}

static void
test_slow_network (Fixture       *self,
                   gconstpointer  data)
{
  KmUplinkCounts counts;
  guint sounds;

  go_live (self);
  send_moment (self);
  g_assert_true (km_test_wait_until (all_arrived, self, SECONDS));
  km_test_ingest_pause (self->ingest);
  for (guint i = 0; i < 90; i++)
    send_moment (self);
  g_assert_true (km_test_wait_until (some_dropped, self, SECONDS));
  g_assert_cmpuint (self->failed, ==, 0);

  km_test_ingest_go_on (self->ingest);
  g_assert_true (km_test_wait_until (send_until_arrived, self, SECONDS));
  g_assert_cmpuint (self->gaps, ==, 1);
  km_uplink_link_get_counts (self->link, &counts);
  g_assert_cmpuint (counts.dropped, >, 30);
  g_assert_cmpuint (counts.dropped, <, self->number);

  /* Behind the goodbye all is known: of the sound nothing is missing. */
  sounds = self->number;
  km_uplink_link_finish (self->link);
  g_assert_true (km_test_wait_until (has_left, self, SECONDS));
  km_uplink_link_get_counts (self->link, &counts);
  g_assert_cmpuint (self->sounds, ==, sounds);
  g_assert_cmpuint (self->keys + self->deltas, ==, counts.frames);
  g_assert_cmpuint (counts.frames + counts.dropped, ==, self->number);
}

/* Its thread ends while the one that stopped it may still be waking it. */
static void
test_stopped_again_and_again (Fixture       *self,
                              gconstpointer  data)
{
  for (guint i = 0; i < STOPS; i++)
    {
      go_live (self);
      send_moment (self);
      if (i % 2 == 0)
        km_uplink_link_finish (self->link);
      g_usleep ((gulong) g_test_rand_int_range (0, 500));
      tear_down (self, NULL);
      *self = (Fixture) { 0 };
    }
}

static void
test_stalled (Fixture       *self,
              gconstpointer  data)
{
  go_live (self);
  send_moment (self);
  g_assert_true (km_test_wait_until (all_arrived, self, SECONDS));
  km_test_ingest_pause (self->ingest);
  for (guint i = 0; i < 300; i++)
    send_moment (self);
  expect_failure (self, KM_BROADCAST_ERROR_STALLED);
}

static void
test_taken_over (Fixture       *self,
                 gconstpointer  data)
{
  go_live (self);
  send_moment (self);
  g_assert_true (km_test_wait_until (all_arrived, self, SECONDS));
  km_test_ingest_take_over (self->ingest);
  expect_failure (self, KM_BROADCAST_ERROR_TAKEN_OVER);
}

static void
test_denied (Fixture       *self,
             gconstpointer  data)
{
  start (self, KM_TEST_MANNER_DENIES);
  expect_failure (self, KM_BROADCAST_ERROR_DENIED);
}

static void
test_closed (Fixture       *self,
             gconstpointer  data)
{
  start (self, KM_TEST_MANNER_CLOSES);
  expect_failure (self, KM_BROADCAST_ERROR_REFUSED);
}

static void
test_not_rtmp (Fixture       *self,
               gconstpointer  data)
{
  start (self, KM_TEST_MANNER_BABBLES);
  expect_failure (self, KM_BROADCAST_ERROR_UNREACHABLE);
}

static void
test_nobody (Fixture       *self,
             gconstpointer  data)
{
  KmTestIngest *gone = km_test_ingest_new (KM_TEST_MANNER_TAKES, on_media,
                                           self);
  g_autofree char *address = g_strdup (km_test_ingest_get_address (gone));

  km_test_ingest_free (gone);
  start_link (self, address);
  expect_failure (self, KM_BROADCAST_ERROR_UNREACHABLE);
}

static void
test_no_such_name (Fixture       *self,
                   gconstpointer  data)
{
  start_link (self, "rtmp://kaimu.invalid/live/KEY");
  expect_failure (self, KM_BROADCAST_ERROR_UNREACHABLE);
}

/* At any moment, and nothing is heard of it any more. */
static void
test_stopped (Fixture       *self,
              gconstpointer  data)
{
  start (self, KM_TEST_MANNER_TAKES);
  g_clear_pointer (&self->link, km_uplink_link_stop);
  start_link (self, km_test_ingest_get_address (self->ingest));
  send_headers (self);
  g_assert_true (km_test_wait_until (is_live, self, SECONDS));
  for (guint i = 0; i < 50; i++)
    send_moment (self);
  g_clear_pointer (&self->link, km_uplink_link_stop);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (self->live, ==, 1);
  g_assert_cmpuint (self->failed + self->left, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function) \
  g_test_add ("/broadcast/link/" name, Fixture, NULL, set_up, function, \
              tear_down)
  ADD ("whole-stream-and-goodbye", test_whole_stream);
  ADD ("begins-when-it-is-live", test_begins_when_live);
  ADD ("slow-network-gets-whole-groups", test_slow_network);
  ADD ("stalled", test_stalled);
  ADD ("taken-over", test_taken_over);
  ADD ("denied", test_denied);
  ADD ("closed-instead-of-taken", test_closed);
  ADD ("not-rtmp", test_not_rtmp);
  ADD ("nobody-listens", test_nobody);
  ADD ("no-such-name", test_no_such_name);
  ADD ("stopped-at-any-moment", test_stopped);
  ADD ("stopped-again-and-again", test_stopped_again_and_again);
#undef ADD

  return g_test_run ();
}
