/* km-flv-reader.c: tags out of a byte stream
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes go in as they come from a file or a connection, whole tags come out.
 * Memory is taken as bytes arrive and bounded by the longest tag accepted. The
 * size behind a tag isn't compared: writers get it wrong, and nothing here
 * reads backwards.
 *
 * Thread: any, one at a time.
 */

#include "km-flv-reader.h"

#include <string.h>

struct _KmFlvReader
{
  GByteArray *input;
  gsize position;
  gsize max_bytes;
  gsize skip;          /* bytes before the next tag that nobody needs */
  gboolean begun;
};

/**
 * km_flv_reader_new:
 * @max_bytes: the longest tag accepted
 *
 * Returns: (transfer full): a reader at a file's header
 */
KmFlvReader *
km_flv_reader_new (gsize max_bytes)
{
  KmFlvReader *self = g_new0 (KmFlvReader, 1);

  self->input = g_byte_array_new ();
  self->max_bytes = max_bytes;

  return self;
}

void
km_flv_reader_free (KmFlvReader *self)
{
  g_byte_array_unref (self->input);
  g_free (self);
}

/**
 * km_flv_reader_push:
 * @self: a reader
 * @data: bytes
 * @length: how many
 *
 * Call km_flv_reader_next() until it wants more before pushing again.
 */
void
km_flv_reader_push (KmFlvReader  *self,
                    const guint8 *data,
                    gsize         length)
{
  if (self->position > 0)
    {
      g_byte_array_remove_range (self->input, 0, (guint) self->position);
      self->position = 0;
    }
  g_byte_array_append (self->input, data, (guint) length);
}

static const guint8 *
peek (KmFlvReader *self,
      gsize        length)
{
  return self->input->len - self->position >= length
           ? self->input->data + self->position
           : NULL;
}

static guint32
get_u24 (const guint8 *bytes)
{
  return (guint32) bytes[0] << 16 | (guint32) bytes[1] << 8 | bytes[2];
}

/* FLV 10.1, E.2: signature, version, flags, and where the first
 * PreviousTagSize stands. */
static KmFlvRead
read_header (KmFlvReader *self,
             GError     **error)
{
  const guint8 *header = peek (self, 9);
  guint32 offset;

  if (header == NULL)
    return KM_FLV_READ_MORE;

  offset = (guint32) header[5] << 24 | get_u24 (header + 6);
  if (memcmp (header, "FLV", 3) != 0 || offset < 9 || offset > G_MAXUINT16)
    {
      g_set_error_literal (error, KM_FLV_ERROR, KM_FLV_ERROR_INVALID,
                           "This isn't FLV");
      return KM_FLV_READ_ERROR;
    }

  self->skip = offset + KM_FLV_TAG_TRAILER_SIZE;
  self->begun = TRUE;

  return KM_FLV_READ_TAG;
}

static gboolean
skip_bytes (KmFlvReader *self)
{
  gsize length = MIN (self->skip, self->input->len - self->position);

  self->position += length;
  self->skip -= length;

  return self->skip == 0;
}

/**
 * km_flv_reader_next:
 * @self: a reader
 * @tag: (out caller-allocates): the tag read; its data is the reader's and
 *   stays until the next km_flv_reader_push()
 * @error: return location for a #KmFlvError
 *
 * Returns: whether a tag was read
 */
KmFlvRead
km_flv_reader_next (KmFlvReader *self,
                    KmFlvTag    *tag,
                    GError     **error)
{
  const guint8 *header;
  gsize length;

  if (!self->begun)
    {
      KmFlvRead read = read_header (self, error);

      if (read != KM_FLV_READ_TAG)
        return read;
    }
  if (!skip_bytes (self))
    return KM_FLV_READ_MORE;

  header = peek (self, KM_FLV_TAG_HEADER_SIZE);
  if (header == NULL)
    return KM_FLV_READ_MORE;
  length = get_u24 (header + 1);
  if (length > self->max_bytes)
    {
      g_set_error (error, KM_FLV_ERROR, KM_FLV_ERROR_TOO_LONG,
                   "A tag of %" G_GSIZE_FORMAT " bytes is too long", length);
      return KM_FLV_READ_ERROR;
    }
  if (peek (self, KM_FLV_TAG_HEADER_SIZE + length) == NULL)
    return KM_FLV_READ_MORE;

  /* E.4.1: the upper bits say that a tag is encrypted (bit 5) or nothing. */
  tag->type = header[0];
  tag->time_ms = (guint32) header[7] << 24 | get_u24 (header + 4);
  tag->data = header + KM_FLV_TAG_HEADER_SIZE;
  tag->length = length;
  self->position += KM_FLV_TAG_HEADER_SIZE + length;
  self->skip = KM_FLV_TAG_TRAILER_SIZE;

  return KM_FLV_READ_TAG;
}
