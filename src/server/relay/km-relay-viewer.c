/* km-relay-viewer.c: a stream on its way into one socket
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that a connection is sent goes through here, in this order: the
 * rest of a tag that was cut off, bytes of the connection's own (a response
 * head, RTMP messages), the headers of a new start, and the tags of the ring.
 * Only a tag that was cut off is held; else a viewer is a number. So it can be
 * moved to a key frame at any time, and bytes of its own never land within a
 * tag.
 *
 * One write takes as much as it can: a short one means that the socket is
 * full, and the caller waits for it to become writable.
 *
 * Thread: the relay thread of its stream.
 */

#include "km-relay-viewer.h"

#define PIECES_MAX 128

/**
 * km_relay_viewer_init:
 * @self: (out caller-allocates): a viewer without a stream
 * @form: how it gets tags
 * @own: (transfer none): bytes of the connection's own; taken off its front as
 *   they are written
 */
void
km_relay_viewer_init (KmRelayViewer *self,
                      KmRelayForm    form,
                      GByteArray    *own)
{
  *self = (KmRelayViewer) { .form = form, .own = own };
}

static void
drop_headers (KmRelayViewer *self)
{
  while (self->next_header < self->n_headers)
    km_relay_tag_unref (self->headers[self->next_header++]);
  self->next_header = 0;
  self->n_headers = 0;
}

void
km_relay_viewer_clear (KmRelayViewer *self)
{
  km_relay_viewer_leave (self);
  g_clear_pointer (&self->partial, km_relay_tag_unref);
}

/**
 * km_relay_viewer_watch:
 * @self: a viewer without a stream
 * @stream: what it watches until it leaves or the stream is freed
 * @wake: called when there may be something to write
 * @data: for @wake
 */
void
km_relay_viewer_watch (KmRelayViewer *self,
                       KmRelayStream *stream,
                       void         (*wake) (gpointer data),
                       gpointer       data)
{
  self->stream = stream;
  self->cursor = (KmRelayCursor) { .wake = wake, .data = data };
  km_relay_stream_add_cursor (stream, &self->cursor);
}

/**
 * km_relay_viewer_leave:
 * @self: a viewer
 *
 * What is left to write is the rest of a tag and bytes of its own.
 */
void
km_relay_viewer_leave (KmRelayViewer *self)
{
  drop_headers (self);
  if (self->stream != NULL)
    km_relay_stream_remove_cursor (self->stream, &self->cursor);
  self->stream = NULL;
}

/**
 * km_relay_viewer_place:
 * @self: a viewer
 *
 * Moves it to a key frame when it waits for one or is too slow. For a viewer
 * that can't write now; km_relay_viewer_write() does it itself.
 */
void
km_relay_viewer_place (KmRelayViewer *self)
{
  if (self->stream == NULL ||
      !km_relay_stream_place_cursor (self->stream, &self->cursor))
    return;

  drop_headers (self);
  self->n_headers = km_relay_stream_get_start (self->stream, self->headers);
}

/* Returns: (transfer none) (nullable): the tag @index places behind the next */
static KmRelayTag *
peek_tag (KmRelayViewer *self,
          guint          index)
{
  guint n_headers = self->n_headers - self->next_header;
  KmRelayRing *ring;

  if (index < n_headers)
    return self->headers[self->next_header + index];
  if (self->stream == NULL || self->cursor.waiting)
    return NULL;

  ring = km_relay_stream_peek_ring (self->stream);
  if (self->cursor.next + index - n_headers >= ring->head)
    return NULL;

  return km_relay_ring_get (ring, self->cursor.next + index - n_headers);
}

/* The tag peeked at with index 0 is on its way. Returns: (transfer full) */
static KmRelayTag *
take_tag (KmRelayViewer *self)
{
  if (self->next_header < self->n_headers)
    return self->headers[self->next_header++];

  return km_relay_tag_ref (
    km_relay_ring_get (km_relay_stream_peek_ring (self->stream),
                       self->cursor.next++));
}

static guint
gather (KmRelayViewer *self,
        struct iovec  *pieces,
        gsize         *length)
{
  KmRelayTag *tag;
  guint n = 0;

  if (self->partial != NULL)
    n += km_relay_tag_get_pieces (self->partial, self->form,
                                  self->partial_offset, pieces);
  if (self->own->len > 0)
    pieces[n++] = (struct iovec) { self->own->data, self->own->len };
  for (guint i = 0; n + KM_RELAY_TAG_PIECES <= PIECES_MAX &&
                    (tag = peek_tag (self, i)) != NULL; i++)
    n += km_relay_tag_get_pieces (tag, self->form, 0, pieces + n);

  *length = 0;
  for (guint i = 0; i < n; i++)
    *length += pieces[i].iov_len;

  return n;
}

/* Goes @length bytes on, in the order in which gather() lists them. */
static void
advance (KmRelayViewer *self,
         gsize          length)
{
  while (length > 0)
    {
      gsize taken;

      if (self->partial == NULL && self->own->len > 0)
        {
          taken = MIN (length, self->own->len);
          g_byte_array_remove_range (self->own, 0, (guint) taken);
          length -= taken;
          continue;
        }

      if (self->partial == NULL)
        {
          self->partial = take_tag (self);
          self->partial_offset = 0;
        }
      taken = MIN (length, km_relay_tag_get_size (self->partial, self->form) -
                             self->partial_offset);
      self->partial_offset += taken;
      length -= taken;
      if (self->partial_offset ==
          km_relay_tag_get_size (self->partial, self->form))
        g_clear_pointer (&self->partial, km_relay_tag_unref);
    }
}

/**
 * km_relay_viewer_write:
 * @self: a viewer
 * @transport: its connection
 *
 * Writes as much as the socket takes.
 *
 * Returns: whether to come back when the socket is writable
 */
KmRelayWritten
km_relay_viewer_write (KmRelayViewer *self,
                       KmTransport   *transport)
{
  for (;;)
    {
      struct iovec pieces[PIECES_MAX];
      guint n_pieces;
      gsize length;
      gssize written;

      km_relay_viewer_place (self);
      n_pieces = gather (self, pieces, &length);
      if (n_pieces == 0 && !km_transport_holds_output (transport))
        return KM_RELAY_WRITTEN_ALL;

      written = km_transport_writev (transport, pieces, n_pieces);
      if (written < 0)
        return KM_RELAY_WRITTEN_ERROR;
      advance (self, (gsize) written);
      if ((gsize) written < length || km_transport_holds_output (transport))
        return KM_RELAY_WRITTEN_SOME;
    }
}
