/* km-relay-stream.c: what one room shows, from its first key frame to its end
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream outlives its publisher's connections: whoever publishes next goes
 * on with the same id and rising stream time. Each publish begins with a key
 * frame; sound before it is dropped, unless no picture comes at all.
 *
 * The ring keeps what the slowest viewer still needs, and the group of
 * pictures since the last key frame, with which a new viewer begins. Both are
 * bounded: a group by GOP_BYTES and GOP_MS (longer ones aren't kept: who joins
 * waits for the next key frame), a viewer's distance by QUEUE_BYTES and
 * QUEUE_MS, behind which it is moved to a key frame. What a viewer was given
 * to begin with is not held against it until it has caught up.
 *
 * Sequence headers and metadata stand beside the ring, since every viewer
 * needs them first. When one changes, the group before it is of no use to a
 * new viewer any more.
 *
 * Thread: the relay thread to which its room belongs.
 */

#include "km-relay-stream.h"

#include <string.h>

#include "km-flv-packet.h"
#include "km-id.h"

#define GOP_BYTES (32 * 1024 * 1024)
#define GOP_MS 15000
#define QUEUE_BYTES (4 * 1024 * 1024)
#define QUEUE_MS 5000
#define HEADER_BYTES (64 * 1024)
#define SOUND_ALONE_MS 2000
#define EDGE_SPACING_US (G_USEC_PER_SEC / 4)

enum
{
  TRACK_AUDIO,
  TRACK_VIDEO,
  TRACK_DATA,
};

enum
{
  HEADER_METADATA,
  HEADER_VIDEO,
  HEADER_VIDEO_EXTRA,
  HEADER_AUDIO,
  HEADER_AUDIO_EXTRA,
};

struct _KmRelayStream
{
  char *room;
  char *id;                     /* NULL until it is live */
  KmPostOffice *post_office;

  KmRelayClock clock;
  KmRelayRing ring;
  KmRelayTag *headers[KM_RELAY_HEADERS];
  KmRelayTag *start[KM_RELAY_HEADERS];   /* the same, at start_ms */
  gint64 start_ms;
  GPtrArray *cursors;

  guint64 gop;                  /* number of the key frame */
  gboolean has_gop;

  gboolean publishing;
  gboolean open;                /* this publish had its first key frame */
  gboolean seen_picture;
  gboolean seen_sound;
  guint32 first_sound_ms;

  gint64 edge_sent_ms;
  gint64 edge_sent_us;
};

/**
 * km_relay_stream_new:
 * @room: a room's id
 * @post_office: gets the stream's events; must outlive it
 *
 * Returns: (transfer full): a stream that isn't live yet
 */
KmRelayStream *
km_relay_stream_new (const char   *room,
                     KmPostOffice *post_office)
{
  KmRelayStream *self = g_new0 (KmRelayStream, 1);

  self->room = g_strdup (room);
  self->post_office = post_office;
  km_relay_clock_init (&self->clock);
  km_relay_ring_init (&self->ring);
  self->cursors = g_ptr_array_new ();

  return self;
}

static void
clear_tags (KmRelayTag **tags)
{
  for (guint i = 0; i < KM_RELAY_HEADERS; i++)
    g_clear_pointer (&tags[i], km_relay_tag_unref);
}

/**
 * km_relay_stream_free:
 * @self: (transfer full): a stream that nobody watches any more
 */
void
km_relay_stream_free (KmRelayStream *self)
{
  g_assert (self->cursors->len == 0);

  clear_tags (self->start);
  clear_tags (self->headers);
  km_relay_ring_clear (&self->ring);
  g_ptr_array_unref (self->cursors);
  g_free (self->room);
  g_free (self->id);
  g_free (self);
}

const char *
km_relay_stream_get_room (KmRelayStream *self)
{
  return self->room;
}

/**
 * km_relay_stream_is_live:
 * @self: a stream
 *
 * Returns: whether it had its first key frame and can be watched, even while
 *   its publisher is lost
 */
gboolean
km_relay_stream_is_live (KmRelayStream *self)
{
  return self->id != NULL;
}

/**
 * km_relay_stream_peek_ring:
 * @self: a stream
 *
 * Returns: (transfer none): its tags
 */
KmRelayRing *
km_relay_stream_peek_ring (KmRelayStream *self)
{
  return &self->ring;
}

static void
send_edge (KmRelayStream *self,
           gint64         now_us)
{
  self->edge_sent_ms = self->clock.edge_ms;
  self->edge_sent_us = now_us;
  km_post_office_send (self->post_office,
                       km_event_new_stream_edge (self->room, self->id,
                                                 self->clock.edge_ms,
                                                 self->publishing));
}

/**
 * km_relay_stream_begin_publish:
 * @self: a stream
 *
 * What is taken from now on is of another connection, perhaps with other
 * tracks, and needs nothing from the one before.
 */
void
km_relay_stream_begin_publish (KmRelayStream *self)
{
  self->publishing = TRUE;
  self->open = FALSE;
  self->seen_picture = FALSE;
  self->seen_sound = FALSE;
  self->has_gop = FALSE;
  clear_tags (self->headers);
  km_relay_clock_resume (&self->clock);
  if (km_relay_stream_is_live (self))
    send_edge (self, self->edge_sent_us);
}

/**
 * km_relay_stream_lose_publish:
 * @self: a stream
 *
 * Its publisher went away; the stream itself goes on until it is ended.
 */
void
km_relay_stream_lose_publish (KmRelayStream *self)
{
  self->publishing = FALSE;
  self->open = FALSE;
  if (km_relay_stream_is_live (self))
    send_edge (self, self->edge_sent_us);
}

static void
begin (KmRelayStream *self)
{
  self->open = TRUE;
  if (km_relay_stream_is_live (self))
    return;

  self->id = km_id_new ();
  km_post_office_send (
    self->post_office,
    km_event_new_stream_started (self->room, self->id,
                                 g_get_real_time () / 1000));
}

/* Whether frames go through now; the first key frame opens. A picture that
 * isn't a key frame before the first that is has nothing to stand on. */
static gboolean
admit (KmRelayStream     *self,
       const KmFlvTag    *tag,
       const KmFlvPacket *packet)
{
  gboolean picture = tag->type == KM_FLV_TYPE_VIDEO;

  if (picture && packet->key)
    self->seen_picture = TRUE;
  if (self->open)
    return !picture || self->seen_picture;
  if (picture)
    return packet->key;

  if (!self->seen_sound)
    self->first_sound_ms = tag->time_ms;
  self->seen_sound = TRUE;

  return self->headers[HEADER_VIDEO] == NULL &&
         (gint32) (tag->time_ms - self->first_sound_ms) >= SOUND_ALONE_MS;
}

/* A long group is let go as a whole: half of one can't be decoded. */
static void
bound_gop (KmRelayStream *self)
{
  if (!self->has_gop)
    return;
  if (km_relay_ring_get_behind (&self->ring, self->gop) > GOP_BYTES ||
      self->clock.edge_ms -
        km_relay_ring_get (&self->ring, self->gop)->time_ms > GOP_MS)
    self->has_gop = FALSE;
}

static void
take_frame (KmRelayStream     *self,
            const KmFlvTag    *tag,
            const KmFlvPacket *packet,
            gint64             now_us)
{
  gboolean picture = tag->type == KM_FLV_TYPE_VIDEO;
  gint64 time_ms;

  if (!admit (self, tag, packet))
    return;
  if (!self->open)
    begin (self);

  time_ms = km_relay_clock_map (&self->clock,
                                picture ? TRACK_VIDEO : TRACK_AUDIO,
                                tag->time_ms, now_us);

  /* Sound alone can begin anywhere. */
  if (packet->key && (picture || !self->seen_picture))
    {
      self->gop = self->ring.head;
      self->has_gop = TRUE;
    }
  km_relay_ring_append (&self->ring,
                        km_relay_tag_new (tag->type, time_ms, tag->data,
                                          tag->length));
  bound_gop (self);
}

/* Keeps a header; who watches already gets it in its place among the tags.
 * Returns: whether it is another than before. */
static gboolean
keep_header (KmRelayStream  *self,
             guint           slot,
             const KmFlvTag *tag)
{
  KmRelayTag *old = self->headers[slot];

  if (tag->length > HEADER_BYTES)
    return FALSE;
  if (old != NULL && old->length == tag->length &&
      memcmp (km_relay_tag_get_data (old), tag->data, tag->length) == 0)
    return FALSE;

  g_clear_pointer (&self->headers[slot], km_relay_tag_unref);
  self->headers[slot] = km_relay_tag_new (tag->type, self->clock.edge_ms,
                                          tag->data, tag->length);
  if (km_relay_stream_is_live (self))
    km_relay_ring_append (&self->ring,
                          km_relay_tag_ref (self->headers[slot]));
  clear_tags (self->start);

  return old != NULL;
}

static guint
find_slot (const KmFlvTag    *tag,
           const KmFlvPacket *packet)
{
  gboolean extra = packet->kind == KM_FLV_PACKET_METADATA;

  if (tag->type == KM_FLV_TYPE_VIDEO)
    return extra ? HEADER_VIDEO_EXTRA : HEADER_VIDEO;

  return extra ? HEADER_AUDIO_EXTRA : HEADER_AUDIO;
}

/**
 * km_relay_stream_take:
 * @self: a stream
 * @tag: sound, picture or data with the publisher's time
 * @now_us: monotonic time
 *
 * Takes what the publisher sent. Viewers get it with the next flush.
 */
void
km_relay_stream_take (KmRelayStream  *self,
                      const KmFlvTag *tag,
                      gint64          now_us)
{
  KmFlvPacket packet;

  if (tag->type == KM_FLV_TYPE_SCRIPT)
    {
      if (self->open)
        km_relay_ring_append (&self->ring,
                              km_relay_tag_new (tag->type,
                                                self->clock.edge_ms,
                                                tag->data, tag->length));
      return;
    }

  km_flv_packet_parse (&packet, tag->type, tag->data, tag->length);
  switch (packet.kind)
    {
    case KM_FLV_PACKET_HEADER:
    case KM_FLV_PACKET_METADATA:
      if (keep_header (self, find_slot (tag, &packet), tag))
        self->has_gop = FALSE;
      break;
    case KM_FLV_PACKET_FRAME:
      take_frame (self, tag, &packet, now_us);
      break;
    case KM_FLV_PACKET_OTHER:
    default:
      break;
    }
}

/**
 * km_relay_stream_take_metadata:
 * @self: a stream
 * @tag: `onMetaData`
 *
 * Some publishers repeat it often; only a new one goes on.
 */
void
km_relay_stream_take_metadata (KmRelayStream  *self,
                               const KmFlvTag *tag)
{
  keep_header (self, HEADER_METADATA, tag);
}

/* What nobody needs any more: behind all viewers and the last group. */
static void
trim (KmRelayStream *self)
{
  guint64 tail = self->has_gop ? self->gop : self->ring.head;

  for (guint i = 0; i < self->cursors->len; i++)
    {
      KmRelayCursor *cursor = g_ptr_array_index (self->cursors, i);

      if (!cursor->waiting)
        tail = MIN (tail, cursor->next);
    }
  km_relay_ring_trim (&self->ring, tail);
}

/**
 * km_relay_stream_flush:
 * @self: a stream
 *
 * Wakes the viewers and forgets what nobody needs.
 */
void
km_relay_stream_flush (KmRelayStream *self)
{
  /* From the end: a viewer that goes away is replaced by one that was woken. */
  for (guint i = self->cursors->len; i > 0; i--)
    {
      KmRelayCursor *cursor = g_ptr_array_index (self->cursors, i - 1);

      cursor->wake (cursor->data);
    }
  trim (self);
}

/**
 * km_relay_stream_tell_edge:
 * @self: a stream
 * @now_us: monotonic time
 *
 * Says where the edge is, if it moved and hasn't been said a moment ago.
 *
 * Returns: when there will be more to say; 0: nothing is left unsaid
 */
gint64
km_relay_stream_tell_edge (KmRelayStream *self,
                           gint64         now_us)
{
  gint64 due_us = self->edge_sent_us + EDGE_SPACING_US;

  if (!km_relay_stream_is_live (self)
      || self->clock.edge_ms == self->edge_sent_ms)
    return 0;
  if (now_us < due_us)
    return due_us;

  send_edge (self, now_us);
  return 0;
}

/**
 * km_relay_stream_end:
 * @self: a stream
 * @reason: `ended`, `lost` or `shutdown`
 *
 * Says that it ended, if it ever was live.
 */
void
km_relay_stream_end (KmRelayStream *self,
                     const char    *reason)
{
  if (!km_relay_stream_is_live (self))
    return;

  km_post_office_send (
    self->post_office,
    km_event_new_stream_ended (self->room, self->id, reason,
                               g_get_real_time () / 1000,
                               self->clock.edge_ms));
}

static gboolean
can_start_at_gop (KmRelayStream *self,
                  KmRelayCursor *cursor)
{
  return self->has_gop && self->gop >= cursor->wait_from;
}

static void
start_at_gop (KmRelayStream *self,
              KmRelayCursor *cursor)
{
  cursor->waiting = FALSE;
  cursor->next = self->gop;
  cursor->burst_end = self->ring.head;
  cursor->burst_bytes = km_relay_ring_get_behind (&self->ring, self->gop);
  cursor->burst_ms = self->clock.edge_ms -
                     km_relay_ring_get (&self->ring, self->gop)->time_ms;
}

static gboolean
is_too_slow (KmRelayStream *self,
             KmRelayCursor *cursor)
{
  guint64 queued_bytes;
  gint64 queued_ms;

  if (cursor->next >= cursor->burst_end)
    {
      cursor->burst_bytes = 0;
      cursor->burst_ms = 0;
    }
  if (cursor->next == self->ring.head)
    return FALSE;

  queued_bytes = km_relay_ring_get_behind (&self->ring, cursor->next);
  queued_ms = self->clock.edge_ms -
              km_relay_ring_get (&self->ring, cursor->next)->time_ms;

  return queued_bytes > QUEUE_BYTES + cursor->burst_bytes ||
         queued_ms > QUEUE_MS + cursor->burst_ms;
}

/**
 * km_relay_stream_add_cursor:
 * @self: a stream
 * @cursor: where a new viewer stands: all zero but for @wake and @data
 */
void
km_relay_stream_add_cursor (KmRelayStream *self,
                            KmRelayCursor *cursor)
{
  cursor->waiting = TRUE;
  cursor->wait_from = 0;
  cursor->place = self->cursors->len;
  g_ptr_array_add (self->cursors, cursor);
}

/**
 * km_relay_stream_remove_cursor:
 * @self: a stream
 * @cursor: a cursor that was added
 */
void
km_relay_stream_remove_cursor (KmRelayStream *self,
                               KmRelayCursor *cursor)
{
  guint place = cursor->place;

  g_ptr_array_remove_index_fast (self->cursors, place);
  if (place < self->cursors->len)
    {
      KmRelayCursor *moved = g_ptr_array_index (self->cursors, place);

      moved->place = place;
    }
  cursor->waiting = TRUE;
}

/**
 * km_relay_stream_place_cursor:
 * @self: a stream
 * @cursor: a viewer's cursor
 *
 * Moves a viewer that waits, or is too slow, to a key frame, or lets it wait
 * for the next one. To be called before a viewer's next tag is looked up.
 *
 * Returns: whether the viewer begins anew, with km_relay_stream_get_start()
 */
gboolean
km_relay_stream_place_cursor (KmRelayStream *self,
                              KmRelayCursor *cursor)
{
  if (!cursor->waiting)
    {
      if (!is_too_slow (self, cursor))
        return FALSE;
      cursor->wait_from = cursor->next + 1;
      cursor->waiting = TRUE;
    }

  if (!can_start_at_gop (self, cursor))
    return FALSE;
  start_at_gop (self, cursor);

  return TRUE;
}

/**
 * km_relay_stream_get_start:
 * @self: a stream with a viewer that begins
 * @headers: (out) (transfer full): room for %KM_RELAY_HEADERS tags
 *
 * The headers have the time of the key frame behind them, so that a viewer's
 * time begins there, and are made once for all who begin with it.
 *
 * Returns: how many tags go before the key frame
 */
guint
km_relay_stream_get_start (KmRelayStream *self,
                           KmRelayTag   **headers)
{
  gint64 start_ms = km_relay_ring_get (&self->ring, self->gop)->time_ms;
  guint n_headers = 0;

  if (start_ms != self->start_ms)
    clear_tags (self->start);
  self->start_ms = start_ms;

  for (guint i = 0; i < KM_RELAY_HEADERS; i++)
    {
      KmRelayTag *header = self->headers[i];

      if (header == NULL)
        continue;
      if (self->start[i] == NULL)
        self->start[i] = km_relay_tag_new (header->type, start_ms,
                                           km_relay_tag_get_data (header),
                                           header->length);
      headers[n_headers++] = km_relay_tag_ref (self->start[i]);
    }

  return n_headers;
}
