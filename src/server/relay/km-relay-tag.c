/* km-relay-tag.c: one tag, shared by all who get it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tag is copied once, when it comes from the publisher, into one block that
 * is never changed: FLV viewers get the block as it is, RTMP viewers a header
 * that was made once and the data out of the middle. Their chunk size is the
 * largest there is, so the data needs no cutting.
 *
 * Thread: any; the count is atomic so that several relay threads can share it.
 */

#include "km-relay-tag.h"

#include <string.h>

#include "km-rtmp-session.h"

static guint32
get_chunk_stream (guint8 type)
{
  switch (type)
    {
    case KM_FLV_TYPE_AUDIO:
      return 4;
    case KM_FLV_TYPE_VIDEO:
      return 6;
    default:
      return 5;
    }
}

/**
 * km_relay_tag_new:
 * @type: a #KmFlvType
 * @time_ms: stream time; its low 32 bits are what viewers get
 * @data: the tag's data; copied
 * @length: how many bytes, at most %KM_FLV_DATA_MAX
 *
 * Returns: (transfer full): a tag
 */
KmRelayTag *
km_relay_tag_new (guint8        type,
                  gint64        time_ms,
                  const guint8 *data,
                  gsize         length)
{
  KmFlvTag flv = { type, (guint32) time_ms, data, length };
  KmRtmpMessage message = {
    .chunk_stream = get_chunk_stream (type),
    .type = type,
    .stream = KM_RTMP_SESSION_STREAM,
    .time_ms = (guint32) time_ms,
    .length = length,
  };
  KmRelayTag *self = g_malloc (sizeof *self + KM_FLV_TAG_HEADER_SIZE +
                               length + KM_FLV_TAG_TRAILER_SIZE);

  self->type = type;
  self->time_ms = time_ms;
  self->length = length;
  g_atomic_ref_count_init (&self->references);
  self->rtmp_size = km_rtmp_writer_put_header (self->rtmp_header, &message);
  km_flv_put_tag_header (self->flv, &flv);
  if (length > 0)
    memcpy (self->flv + KM_FLV_TAG_HEADER_SIZE, data, length);
  km_flv_put_tag_trailer (self->flv + KM_FLV_TAG_HEADER_SIZE + length, length);

  return self;
}

KmRelayTag *
km_relay_tag_ref (KmRelayTag *self)
{
  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
km_relay_tag_unref (KmRelayTag *self)
{
  if (g_atomic_ref_count_dec (&self->references))
    g_free (self);
}

/**
 * km_relay_tag_get_data:
 * @self: a tag
 *
 * Returns: (transfer none): the tag's data, `length` bytes
 */
const guint8 *
km_relay_tag_get_data (const KmRelayTag *self)
{
  return self->flv + KM_FLV_TAG_HEADER_SIZE;
}

/**
 * km_relay_tag_get_size:
 * @self: a tag
 * @form: a form
 *
 * Returns: how many bytes a viewer gets
 */
gsize
km_relay_tag_get_size (const KmRelayTag *self,
                       KmRelayForm       form)
{
  return form == KM_RELAY_FORM_RTMP
           ? self->rtmp_size + self->length
           : KM_FLV_TAG_HEADER_SIZE + self->length + KM_FLV_TAG_TRAILER_SIZE;
}

/**
 * km_relay_tag_get_pieces:
 * @self: a tag
 * @form: a form
 * @offset: how many bytes the viewer has already, fewer than its size
 * @pieces: (out): room for %KM_RELAY_TAG_PIECES
 *
 * Returns: how many pieces the rest consists of
 */
guint
km_relay_tag_get_pieces (const KmRelayTag *self,
                         KmRelayForm       form,
                         gsize             offset,
                         struct iovec     *pieces)
{
  guint n_pieces = 0;

  if (form == KM_RELAY_FORM_FLV)
    {
      pieces[0].iov_base = (void *) (self->flv + offset);
      pieces[0].iov_len = km_relay_tag_get_size (self, form) - offset;
      return 1;
    }

  if (offset < self->rtmp_size)
    {
      pieces[n_pieces].iov_base = (void *) (self->rtmp_header + offset);
      pieces[n_pieces].iov_len = self->rtmp_size - offset;
      n_pieces++;
      offset = self->rtmp_size;
    }
  if (offset < self->rtmp_size + self->length)
    {
      gsize at = offset - self->rtmp_size;

      pieces[n_pieces].iov_base = (void *) (km_relay_tag_get_data (self) + at);
      pieces[n_pieces].iov_len = self->length - at;
      n_pieces++;
    }

  return n_pieces;
}
