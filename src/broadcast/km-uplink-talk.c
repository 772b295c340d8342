/* km-uplink-talk.c: what is said over a connection to a server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the pure machines and a socket that never blocks: what the server
 * says goes into the KmRtmpPublisher; what that wants to say, and behind it
 * what waits in the KmUplinkQueue, goes out as fast as the kernel takes it. No
 * more than one tag is turned into bytes ahead of time, so that nearly all
 * that waits can still be dropped.
 *
 * That a peer takes nothing any more shows in the bytes that it acknowledges:
 * the kernel's own buffer would hide it for seconds.
 *
 * After an error, or when all is said, nothing happens any more.
 *
 * Thread: the one whose default main context it was made in.
 */

#include "km-uplink-talk.h"

#include "km-uplink-queue.h"
#include "km-uplink-socket.h"
#include "km-watchdog.h"

/* Small pieces: a socket whose not-sent bytes are bounded takes no more. */
#define PIECE_BYTES (16 * 1024)
#define LOOK_MS 250
#define STALL_US (5 * G_TIME_SPAN_SECOND)
/* A server that asks without end and takes no answers is none. */
#define ANSWERS_MAX (64 * 1024)

struct _KmUplinkTalk
{
  KmUplinkWire *wire;
  KmRtmpPublisher *publisher;
  KmRtmpPublisherState state; /* as it was told */
  KmUplinkQueue queue;
  KmRtmpMetadata metadata;
  KmUplinkTally *tally;
  KmUplinkTalkFunc func;
  gpointer data;

  gboolean over;
  gsize attempt;  /* bytes of a write that has to be repeated */
  gsize answers;  /* bytes that the server made us say since the last write */
  GSource *reading;
  GSource *writing;
  GSource *look;
  KmWatchdog watchdog;
};

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
end (KmUplinkTalk *self)
{
  self->over = TRUE;
  drop_source (&self->reading);
  drop_source (&self->writing);
  drop_source (&self->look);
}

static void
fail (KmUplinkTalk *self,
      const GError *error)
{
  if (self->over)
    return;

  end (self);
  self->func (self->data, self->state, error);
}

static void
fail_literal (KmUplinkTalk *self,
              GIOErrorEnum  code)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, (int) code, "");

  fail (self, error);
}

static GByteArray *
get_output (KmUplinkTalk *self)
{
  return km_rtmp_publisher_peek_output (self->publisher);
}

static void
send_metadata (KmUplinkTalk *self)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_rtmp_metadata_append (&self->metadata, body);
  km_rtmp_publisher_send (self->publisher, KM_RTMP_TYPE_DATA, 0, body->data,
                          body->len);
}

/* Tells what the publisher's state has become. */
static void
look_at_state (KmUplinkTalk *self)
{
  KmRtmpPublisherState state = km_rtmp_publisher_get_state (self->publisher);

  if (state == self->state || state == KM_RTMP_PUBLISHER_FAILED)
    return;

  self->state = state;
  if (state == KM_RTMP_PUBLISHER_PUBLISHING)
    {
      send_metadata (self);
      /* Whoever hears of it asks for a key frame. */
      km_uplink_queue_asked (&self->queue, g_get_monotonic_time ());
    }
  if (state == KM_RTMP_PUBLISHER_LEFT)
    end (self);
  self->func (self->data, state, NULL);
}

static void
take_input (KmUplinkTalk *self,
            const guint8 *bytes,
            gsize         length)
{
  g_autoptr (GError) error = NULL;
  gsize before = get_output (self)->len;

  if (!km_rtmp_publisher_push (self->publisher, bytes, length, &error))
    {
      fail (self, error);
      return;
    }

  self->answers += get_output (self)->len - before;
  look_at_state (self);
  if (self->answers > ANSWERS_MAX)
    fail_literal (self, G_IO_ERROR_CONNECTION_CLOSED);
}

/* The server has closed its side: after a goodbye that is its answer. */
static void
take_end (KmUplinkTalk *self)
{
  if (self->state != KM_RTMP_PUBLISHER_LEAVING)
    {
      fail_literal (self, G_IO_ERROR_CONNECTION_CLOSED);
      return;
    }

  self->state = KM_RTMP_PUBLISHER_LEFT;
  end (self);
  self->func (self->data, self->state, NULL);
}

static void
read_more (KmUplinkTalk *self)
{
  GPollableInputStream *input = G_POLLABLE_INPUT_STREAM (
    g_io_stream_get_input_stream (self->wire->stream));

  while (!self->over)
    {
      guint8 bytes[4096];
      g_autoptr (GError) error = NULL;
      gssize length = g_pollable_input_stream_read_nonblocking (
        input, bytes, sizeof bytes, NULL, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return;
      if (length < 0)
        fail (self, error);
      else if (length == 0)
        take_end (self);
      else
        take_input (self, bytes, (gsize) length);
    }
}

/* Behind the goodbye there is nothing: the server sees our side closed, which
 * all of them understand. */
static void
close_our_side (KmUplinkTalk *self)
{
  if (self->state == KM_RTMP_PUBLISHER_LEAVING)
    g_socket_shutdown (self->wire->socket, FALSE, TRUE, NULL);
}

/* Turns what waits longest into bytes. */
static gboolean
take_tag (KmUplinkTalk *self)
{
  g_autoptr (KmUplinkTag) tag = NULL;

  if (self->state != KM_RTMP_PUBLISHER_PUBLISHING)
    return FALSE;
  tag = km_uplink_queue_take (&self->queue);
  if (tag == NULL)
    return FALSE;

  if (tag->kind == KM_UPLINK_TAG_END)
    {
      km_rtmp_publisher_leave (self->publisher);
      look_at_state (self);
      return TRUE;
    }

  km_rtmp_publisher_send (self->publisher, (KmRtmpType) tag->type,
                          km_uplink_queue_get_time_ms (&self->queue, tag),
                          tag->data->data, tag->data->len);
  if (tag->kind == KM_UPLINK_TAG_KEY || tag->kind == KM_UPLINK_TAG_DELTA)
    km_counter_add (&self->tally->frames, 1);
  return TRUE;
}

/* Who refuses says so and closes; the words may still be there to be read. */
static void
fail_writing (KmUplinkTalk *self,
              const GError *error)
{
  read_more (self);
  fail (self, error);
}

/* TLS wants a write that would have blocked repeated with the same bytes. */
static gssize
write_piece (KmUplinkTalk          *self,
             GPollableOutputStream *output,
             GError               **error)
{
  GByteArray *bytes = get_output (self);

  if (self->attempt == 0)
    self->attempt = MIN (bytes->len, PIECE_BYTES);

  return g_pollable_output_stream_write_nonblocking (
    output, bytes->data, self->attempt, NULL, error);
}

/* As much as the kernel takes now. */
static gboolean
write_more (GObject *stream,
            gpointer data)
{
  KmUplinkTalk *self = data;
  GPollableOutputStream *output = G_POLLABLE_OUTPUT_STREAM (
    g_io_stream_get_output_stream (self->wire->stream));
  GByteArray *bytes = get_output (self);

  drop_source (&self->writing);
  while (!self->over && (bytes->len > 0 || take_tag (self)))
    {
      g_autoptr (GError) error = NULL;
      gssize length = write_piece (self, output, &error);

      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        {
          self->writing = g_pollable_output_stream_create_source (output,
                                                                  NULL);
          g_source_set_callback (self->writing, G_SOURCE_FUNC (write_more),
                                 self, NULL);
          g_source_attach (self->writing,
                           g_main_context_get_thread_default ());
          return G_SOURCE_REMOVE;
        }
      if (length < 0)
        {
          fail_writing (self, error);
          return G_SOURCE_REMOVE;
        }

      self->attempt = 0;
      self->answers = 0;
      g_byte_array_remove_range (bytes, 0, (guint) length);
      km_counter_add (&self->tally->bytes, (guint64) length);
    }

  if (!self->over)
    close_our_side (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (GObject *stream,
             gpointer data)
{
  KmUplinkTalk *self = data;

  read_more (self);
  if (!self->over && self->writing == NULL)
    write_more (NULL, self);

  return self->over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

/* Nothing to take is no reason to take nothing. */
static gboolean
on_look (gpointer data)
{
  KmUplinkTalk *self = data;
  gint64 now_us = g_get_monotonic_time ();
  KmUplinkProgress progress;

  km_uplink_socket_measure (self->wire->socket, &progress);
  km_counter_set (&self->tally->round_trip_us,
                  (guint64) progress.round_trip_us);
  if (self->state < KM_RTMP_PUBLISHER_PUBLISHING ||
      (progress.waiting_bytes == 0 && get_output (self)->len == 0))
    km_watchdog_start (&self->watchdog, progress.taken_bytes, now_us);
  else if (km_watchdog_check (&self->watchdog, progress.taken_bytes, now_us))
    fail_literal (self, G_IO_ERROR_TIMED_OUT);

  return self->over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

static GSource *
attach (GSource     *source,
        GSourceFunc  callback,
        gpointer     data)
{
  g_source_set_callback (source, callback, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());

  return source;
}

/**
 * km_uplink_talk_new:
 * @wire: (transfer full): a connection
 * @target: what it leads to
 * @metadata: what is said about the stream
 * @tally: (transfer none): what to count in; outlives the talk
 * @func: called by and by, never before this returns
 * @data: for @func
 *
 * Returns: (transfer full): a talk that asks whether it may publish
 */
KmUplinkTalk *
km_uplink_talk_new (KmUplinkWire         *wire,
                    const KmRtmpTarget   *target,
                    const KmRtmpMetadata *metadata,
                    KmUplinkTally        *tally,
                    KmUplinkTalkFunc      func,
                    gpointer              data)
{
  KmUplinkTalk *self = g_new0 (KmUplinkTalk, 1);

  self->wire = wire;
  self->publisher = km_rtmp_publisher_new (
    target, (guint32) (g_get_monotonic_time () / 1000));
  km_uplink_queue_init (&self->queue);
  self->metadata = *metadata;
  self->tally = tally;
  self->func = func;
  self->data = data;
  self->watchdog.limit_us = STALL_US;

  self->reading = attach (
    g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (wire->stream)),
      NULL),
    G_SOURCE_FUNC (on_readable), self);
  self->writing = attach (
    g_pollable_output_stream_create_source (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (wire->stream)),
      NULL),
    G_SOURCE_FUNC (write_more), self);
  self->look = attach (g_timeout_source_new (LOOK_MS), on_look, self);

  return self;
}

/**
 * km_uplink_talk_free:
 * @self: (transfer full): a talk; not from within its function
 *
 * Cuts the connection.
 */
void
km_uplink_talk_free (KmUplinkTalk *self)
{
  end (self);
  km_uplink_wire_close (self->wire);
  km_rtmp_publisher_free (self->publisher);
  km_uplink_queue_clear (&self->queue);
  g_free (self);
}

/* How long the connection takes for what it has. */
static gint64
get_ahead_us (KmUplinkTalk *self)
{
  guint64 bps = (guint64) self->metadata.video_bps + self->metadata.audio_bps;
  KmUplinkProgress progress;

  km_uplink_socket_measure (self->wire->socket, &progress);
  return (gint64) ((progress.waiting_bytes + get_output (self)->len) * 8 *
                   G_USEC_PER_SEC / MAX (bps, 1));
}

/**
 * km_uplink_talk_send:
 * @self: a talk
 * @tag: (transfer full): what came last
 *
 * Sends it as soon as the network takes it, if it is worth it. Before the
 * server lets us publish only headers are kept: what is live begins then.
 *
 * Returns: whether the encoder is to be asked for a key frame
 */
gboolean
km_uplink_talk_send (KmUplinkTalk *self,
                     KmUplinkTag  *tag)
{
  gboolean wants_key;

  if (self->over || (self->state < KM_RTMP_PUBLISHER_PUBLISHING &&
                     tag->kind != KM_UPLINK_TAG_HEADER &&
                     tag->kind != KM_UPLINK_TAG_END))
    {
      km_uplink_tag_free (tag);
      return FALSE;
    }

  wants_key = km_uplink_queue_add (&self->queue, tag, get_ahead_us (self),
                                   g_get_monotonic_time ());
  km_counter_set (&self->tally->dropped,
                  km_uplink_queue_get_dropped (&self->queue));
  if (self->writing == NULL)
    write_more (NULL, self);

  return wants_key;
}
