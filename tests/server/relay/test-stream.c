/* test-stream.c: what a stream keeps, and where its viewers stand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-flv-reader.h"
#include "km-relay-viewer.h"

#define MIB (1024 * 1024)

typedef struct
{
  KmPostOffice *post_office;
  KmQueue *events;
  KmRelayStream *stream;
  KmRelayRing *ring;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->post_office = km_post_office_new ();
  fixture->events = km_queue_new (0);
  km_post_office_subscribe (fixture->post_office, fixture->events,
                            KM_EVENT_STREAM_STARTED | KM_EVENT_STREAM_ENDED |
                            KM_EVENT_STREAM_EDGE);
  fixture->stream = km_relay_stream_new ("7", fixture->post_office);
  fixture->ring = km_relay_stream_peek_ring (fixture->stream);
  km_relay_stream_begin_publish (fixture->stream);
}

static guint
count_events (Fixture     *fixture,
              KmEventKind  kind)
{
  KmMessage *message = km_queue_take_all (fixture->events);
  guint count = 0;

  while (message != NULL)
    {
      KmDelivery *delivery = (KmDelivery *) message;

      message = message->next;
      if (delivery->event->kind == kind)
        count++;
      km_delivery_free (delivery);
    }

  return count;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_relay_stream_free (fixture->stream);
  count_events (fixture, 0);
  km_post_office_unsubscribe (fixture->post_office, fixture->events);
  km_queue_free (fixture->events);
  km_post_office_free (fixture->post_office);
}

static void
take (Fixture      *fixture,
      guint8        type,
      guint32       time_ms,
      const guint8 *data,
      gsize         length)
{
  KmFlvTag tag = { type, time_ms, data, length };

  km_relay_stream_take (fixture->stream, &tag, (gint64) time_ms * 1000);
}

static void
take_header (Fixture *fixture,
             guint8   version)
{
  const guint8 header[] = { 0x17, 0, 0, 0, 0, version };

  take (fixture, KM_FLV_TYPE_VIDEO, 0, header, sizeof header);
}

static void
take_frame (Fixture  *fixture,
            guint32   time_ms,
            gboolean  key,
            gsize     length)
{
  g_autofree guint8 *data = g_malloc0 (length);

  data[0] = key ? 0x17 : 0x27;
  data[1] = 1;
  take (fixture, KM_FLV_TYPE_VIDEO, time_ms, data, length);
}

static void
take_sound (Fixture *fixture,
            guint32  time_ms)
{
  const guint8 data[] = { 0xaf, 1, 'a' };

  take (fixture, KM_FLV_TYPE_AUDIO, time_ms, data, sizeof data);
}

static void
flush (Fixture *fixture,
       gint64   now_ms)
{
  km_relay_stream_flush (fixture->stream);
  km_relay_stream_tell_edge (fixture->stream, now_ms * 1000);
}

static void
do_nothing (gpointer data)
{
}

static gint64
get_time (Fixture *fixture,
          guint64  number)
{
  return km_relay_ring_get (fixture->ring, number)->time_ms;
}

static void
test_starts_at_key_frame (Fixture       *fixture,
                          gconstpointer  data)
{
  take_header (fixture, 1);
  take_sound (fixture, 980);
  take_frame (fixture, 990, FALSE, 100);
  g_assert_false (km_relay_stream_is_live (fixture->stream));
  take_frame (fixture, 1000, TRUE, 100);
  take_sound (fixture, 1010);
  g_assert_true (km_relay_stream_is_live (fixture->stream));
  g_assert_cmpuint (fixture->ring->head, ==, 2);
  g_assert_cmpint (get_time (fixture, 0), ==, 0);
  g_assert_cmpint (get_time (fixture, 1), ==, 10);
  g_assert_cmpuint (count_events (fixture, KM_EVENT_STREAM_STARTED), ==, 1);
}

static void
test_sound_alone (Fixture       *fixture,
                  gconstpointer  data)
{
  take_sound (fixture, 0);
  take_sound (fixture, 1999);
  g_assert_false (km_relay_stream_is_live (fixture->stream));
  take_sound (fixture, 2000);
  g_assert_true (km_relay_stream_is_live (fixture->stream));
}

/* The edge is said at most four times a second. */
static void
test_edge_spacing (Fixture       *fixture,
                   gconstpointer  data)
{
  for (guint32 i = 0; i < 100; i++)
    {
      take_frame (fixture, 1000 + i * 10, i == 0, 100);
      flush (fixture, 1000 + i * 10);
    }
  g_assert_cmpuint (count_events (fixture, KM_EVENT_STREAM_EDGE), ==, 4);
}

/* One group of pictures is kept, and with it nothing older. */
static void
test_keeps_one_group (Fixture       *fixture,
                      gconstpointer  data)
{
  for (guint32 i = 0; i < 100; i++)
    take_frame (fixture, i * 100, i % 10 == 0, 100);
  flush (fixture, 10000);
  g_assert_cmpuint (fixture->ring->head - fixture->ring->tail, ==, 10);
  g_assert_cmpint (get_time (fixture, fixture->ring->tail), ==, 9000);
}

/* A group longer than 15 s, or larger than 32 MiB, isn't kept. */
static void
test_long_group_is_let_go (Fixture       *fixture,
                           gconstpointer  data)
{
  KmRelayCursor cursor = { .wake = do_nothing };

  for (guint32 i = 0; i <= 150; i++)
    take_frame (fixture, i * 100, i == 0, 100);
  flush (fixture, 15000);
  g_assert_cmpuint (fixture->ring->head - fixture->ring->tail, ==, 151);
  take_frame (fixture, 15100, FALSE, 100);
  flush (fixture, 15100);
  g_assert_cmpuint (fixture->ring->head - fixture->ring->tail, ==, 0);

  km_relay_stream_add_cursor (fixture->stream, &cursor);
  g_assert_false (km_relay_stream_place_cursor (fixture->stream, &cursor));
  take_frame (fixture, 15200, TRUE, 100);
  g_assert_true (km_relay_stream_place_cursor (fixture->stream, &cursor));
  km_relay_stream_remove_cursor (fixture->stream, &cursor);

  for (guint32 i = 0; i < 5; i++)
    take_frame (fixture, 15300 + i, FALSE, 7 * MIB);
  flush (fixture, 15400);
  g_assert_cmpuint (fixture->ring->head - fixture->ring->tail, ==, 0);
}

/* A new header makes the group before it useless to who joins. */
static void
test_header_changes (Fixture       *fixture,
                     gconstpointer  data)
{
  KmRelayCursor cursor = { .wake = do_nothing };
  KmRelayTag *headers[KM_RELAY_HEADERS];

  take_header (fixture, 1);
  take_frame (fixture, 0, TRUE, 100);
  take_header (fixture, 1);
  g_assert_cmpuint (fixture->ring->head, ==, 1);
  take_header (fixture, 2);
  g_assert_cmpuint (fixture->ring->head, ==, 2);

  km_relay_stream_add_cursor (fixture->stream, &cursor);
  g_assert_false (km_relay_stream_place_cursor (fixture->stream, &cursor));
  take_frame (fixture, 500, TRUE, 100);
  g_assert_true (km_relay_stream_place_cursor (fixture->stream, &cursor));
  g_assert_cmpuint (cursor.next, ==, 2);
  g_assert_cmpuint (km_relay_stream_get_start (fixture->stream, headers), ==,
                    1);
  g_assert_cmpuint (km_relay_tag_get_data (headers[0])[5], ==, 2);
  g_assert_cmpint (headers[0]->time_ms, ==, 500);
  km_relay_tag_unref (headers[0]);
  km_relay_stream_remove_cursor (fixture->stream, &cursor);
}

/* GStreamer repeats its metadata: the same is not sent again, and one that is
 * too long not at all. */
static void
test_metadata_repeated (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree guint8 *large = g_malloc0 (MIB);
  KmFlvTag tag = { KM_FLV_TYPE_SCRIPT, 0, (const guint8 *) "abc", 3 };
  KmFlvTag large_tag = { KM_FLV_TYPE_SCRIPT, 0, large, MIB };

  take_frame (fixture, 0, TRUE, 100);
  for (guint i = 0; i < 14; i++)
    km_relay_stream_take_metadata (fixture->stream, &tag);
  km_relay_stream_take_metadata (fixture->stream, &large_tag);
  g_assert_cmpuint (fixture->ring->head, ==, 2);
}

/* A viewer that takes nothing: the ring holds no more than its limit, then
 * the viewer is at the next key frame. */
static void
test_slow_viewer_is_bounded (Fixture       *fixture,
                             gconstpointer  data)
{
  KmRelayCursor cursor = { .wake = do_nothing };
  guint n_cuts = 0;

  take_frame (fixture, 0, TRUE, 100000);
  km_relay_stream_add_cursor (fixture->stream, &cursor);
  g_assert_true (km_relay_stream_place_cursor (fixture->stream, &cursor));
  for (guint32 i = 1; i < 1000; i++)
    {
      take_frame (fixture, i * 20, i % 50 == 0, 100000);
      if (km_relay_stream_place_cursor (fixture->stream, &cursor))
        {
          n_cuts++;
          g_assert_cmpuint (cursor.next % 50, ==, 0);
        }
      flush (fixture, i * 20);
      g_assert_cmpuint (km_relay_ring_get_behind (fixture->ring,
                                                  fixture->ring->tail),
                        <=, 14 * MIB);
    }
  g_assert_cmpuint (n_cuts, >=, 5);
  km_relay_stream_remove_cursor (fixture->stream, &cursor);
}

/* The group that a viewer began with isn't held against it. */
static void
test_start_isnt_slow (Fixture       *fixture,
                      gconstpointer  data)
{
  KmRelayCursor cursor = { .wake = do_nothing };

  for (guint32 i = 0; i < 120; i++)
    take_frame (fixture, i * 100, i == 0, 100000);
  km_relay_stream_add_cursor (fixture->stream, &cursor);
  g_assert_true (km_relay_stream_place_cursor (fixture->stream, &cursor));
  take_frame (fixture, 12100, FALSE, 100);
  g_assert_false (km_relay_stream_place_cursor (fixture->stream, &cursor));
  g_assert_false (cursor.waiting);
  g_assert_cmpuint (cursor.next, ==, 0);
  km_relay_stream_remove_cursor (fixture->stream, &cursor);
}

static gsize
read_tags (int          fd,
           KmFlvReader *reader,
           gsize        n_frames)
{
  guint8 bytes[777];
  gssize length = recv (fd, bytes, sizeof bytes, MSG_DONTWAIT);
  KmFlvTag tag;

  if (length > 0)
    km_flv_reader_push (reader, bytes, (gsize) length);
  while (km_flv_reader_next (reader, &tag, NULL) == KM_FLV_READ_TAG)
    {
      for (gsize i = 5; i < tag.length; i++)
        g_assert_cmpuint (tag.data[i], ==, 0);
      n_frames++;
    }

  return n_frames;
}

/* However little a socket takes at once, every byte arrives once and in
 * order, and bytes of its own never within a tag. */
static void
test_partial_writes (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GByteArray) own = g_byte_array_new ();
  g_autoptr (KmFlvReader) reader = km_flv_reader_new (MIB);
  KmRelayViewer viewer;
  KmTransport transport;
  int fds[2];
  int size = 1;
  gsize n_frames = 0;
  guint n_short = 0;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds),
                   ==, 0);
  setsockopt (fds[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  transport = km_transport_new_plain (fds[0]);
  g_byte_array_set_size (own, KM_FLV_HEADER_SIZE);
  km_flv_put_header (own->data);

  for (guint32 i = 0; i < 50; i++)
    take_frame (fixture, i * 20, i == 0, 5 + i * 997);
  km_relay_viewer_init (&viewer, KM_RELAY_FORM_FLV, own);
  km_relay_viewer_watch (&viewer, fixture->stream, do_nothing, NULL);

  for (;;)
    {
      KmRelayWritten written = km_relay_viewer_write (&viewer, &transport);

      g_assert_cmpint (written, !=, KM_RELAY_WRITTEN_ERROR);
      n_frames = read_tags (fds[1], reader, n_frames);
      /* A whole tag of its own, at any moment */
      if (++n_short == 40)
        {
          KmFlvTag tag = { KM_FLV_TYPE_SCRIPT, 0, (const guint8 *) "", 0 };

          km_flv_append_tag (own, &tag);
        }
      if (n_frames == 51)
        break;
    }

  g_assert_cmpuint (n_short, >, 50);
  km_relay_viewer_clear (&viewer);
  km_transport_clear (&transport);
  close (fds[1]);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "starts-at-its-first-key-frame", test_starts_at_key_frame },
    { "sound-alone-starts-after-a-while", test_sound_alone },
    { "edge-four-times-a-second", test_edge_spacing },
    { "keeps-one-group", test_keeps_one_group },
    { "long-group-is-let-go", test_long_group_is_let_go },
    { "new-header-needs-a-new-key-frame", test_header_changes },
    { "metadata-repeated-is-sent-once", test_metadata_repeated },
    { "slow-viewer-is-bounded", test_slow_viewer_is_bounded },
    { "start-isnt-held-against-a-viewer", test_start_isnt_slow },
    { "partial-writes-lose-nothing", test_partial_writes },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/relay/stream/", tests[i].path,
                                           NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  return g_test_run ();
}
