/* km-rtmp-reader.c: a peer's chunks put together into messages
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chunk stream is a byte stream of chunks; each says which chunk stream
 * continues, and as much of its header as changed (RTMP 1.0, 5.3). Several
 * messages can be half read at once, one on each chunk stream, while the chunk
 * in hand is always read to its end: so `remaining` belongs to the reader and
 * the chunk size is looked up when a chunk begins, which is what makes a new
 * size between any two chunks harmless.
 *
 * A peer controls how much memory and work it causes, so each is bounded here:
 * a message's length when its header is read, the bytes of all unfinished
 * messages together, the number of chunk streams, and the chunk headers in
 * relation to what they carry. Memory is taken as bytes arrive, never for a
 * length that was only announced.
 *
 * Set Chunk Size and Abort are obeyed here and not handed on.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-reader.h"

#include "km-rtmp-bytes.h"

/* A chunk costs CHUNK_COST, each byte that it carries earns one, and CREDIT is
 * where a peer begins and the most it can save. Chunks of CHUNK_COST bytes or
 * more can go on for ever; smaller ones, which cost more to decode than to
 * send, only for a while. */
#define CHUNK_COST 4
#define CREDIT (1 << 20)

/* A body that grew beyond this is given back when its message is read. */
#define BODY_KEPT (64 * 1024)

typedef struct
{
  guint32 id;
  gboolean extended;    /* the last header had an extended timestamp */
  gboolean started;     /* a message is half read */
  guint8 type;
  guint32 stream;
  guint32 length;
  guint32 field;        /* the last timestamp or delta, 32 bits */
  guint32 delta;        /* what a type 3 chunk adds when it begins a message */
  guint32 time_ms;
  GByteArray *body;
} ChunkStream;

/* One chunk header as it stands in the stream. */
typedef struct
{
  guint format;
  guint32 id;
  guint32 field;
  guint32 length;
  guint8 type;
  guint32 stream;
  gboolean extended;
  gsize size;
} Header;

struct _KmRtmpReader
{
  GByteArray *input;
  gsize position;
  ChunkStream streams[KM_RTMP_READER_CHUNK_STREAMS];
  guint n_streams;
  ChunkStream *current;    /* whose chunk is in hand; NULL between chunks */
  ChunkStream *finished;   /* whose message the caller looks at */
  gsize remaining;
  gsize chunk_size;
  gsize held;
  gsize video_limit;
  gsize other_limit;
  gint64 credit;
};

G_DEFINE_QUARK (km-rtmp-error-quark, km_rtmp_error)

/**
 * km_rtmp_reader_new:
 *
 * Returns: (transfer full): a reader of chunks, behind the handshake, that
 *   accepts messages of 64 KiB
 */
KmRtmpReader *
km_rtmp_reader_new (void)
{
  KmRtmpReader *self = g_new0 (KmRtmpReader, 1);

  self->input = g_byte_array_new ();
  self->chunk_size = KM_RTMP_CHUNK_DEFAULT;
  self->credit = CREDIT;
  km_rtmp_reader_set_limits (self, 64 * 1024, 64 * 1024);

  return self;
}

void
km_rtmp_reader_free (KmRtmpReader *self)
{
  for (guint i = 0; i < self->n_streams; i++)
    g_byte_array_unref (self->streams[i].body);
  g_byte_array_unref (self->input);
  g_free (self);
}

/**
 * km_rtmp_reader_set_limits:
 * @self: a reader
 * @video_bytes: the longest video or aggregate message accepted from now on
 * @other_bytes: the longest message of any other type
 *
 * All unfinished messages together may hold the sum of the two.
 */
void
km_rtmp_reader_set_limits (KmRtmpReader *self,
                           gsize         video_bytes,
                           gsize         other_bytes)
{
  self->video_limit = video_bytes;
  self->other_limit = other_bytes;
}

/**
 * km_rtmp_reader_get_held:
 * @self: a reader
 *
 * Returns: the bytes of messages that are half read
 */
gsize
km_rtmp_reader_get_held (KmRtmpReader *self)
{
  return self->held;
}

/**
 * km_rtmp_reader_push:
 * @self: a reader
 * @data: bytes from the peer
 * @length: how many
 *
 * Call km_rtmp_reader_next() until it wants more before pushing again; the
 * caller bounds what it pushes at once.
 */
void
km_rtmp_reader_push (KmRtmpReader *self,
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

static ChunkStream *
find_stream (KmRtmpReader *self,
             guint32       id)
{
  for (guint i = 0; i < self->n_streams; i++)
    {
      if (self->streams[i].id == id)
        return &self->streams[i];
    }

  return NULL;
}

static ChunkStream *
add_stream (KmRtmpReader *self,
            guint32       id,
            GError      **error)
{
  ChunkStream *stream;

  if (self->n_streams == KM_RTMP_READER_CHUNK_STREAMS)
    {
      g_set_error_literal (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT,
                           "Too many chunk streams");
      return NULL;
    }

  stream = &self->streams[self->n_streams++];
  stream->id = id;
  stream->body = g_byte_array_new ();

  return stream;
}

/* RTMP 1.0, 5.3.1.3. Some old clients leave the extended timestamp out of
 * type 3 chunks, so there it is taken only when it is the one expected.
 * Returns: whether it can be told from the bytes at hand. */
static gboolean
parse_extended (Header            *header,
                const ChunkStream *stream,
                const guint8      *bytes,
                gsize              available)
{
  const guint8 *at = bytes + header->size;
  gsize left = available - header->size;
  guint8 expected[4];

  if (header->format < 3)
    {
      if (left < 4)
        return FALSE;
      header->field = km_rtmp_get_u32 (at);
      header->size += 4;
      return TRUE;
    }

  km_rtmp_put_u32 (expected, stream->field);
  if (memcmp (at, expected, MIN (left, 4)) != 0)
    return TRUE;
  if (left < 4)
    return FALSE;
  header->size += 4;

  return TRUE;
}

/* RTMP 1.0, 5.3.1.1: ids from 64 take a second byte, from 320 a third, whose
 * order is little-endian. Returns: the size, 0 when bytes are missing. */
static gsize
parse_basic_header (Header       *header,
                    const guint8 *bytes,
                    gsize         available)
{
  gsize size;

  if (available < 1)
    return 0;

  header->format = bytes[0] >> 6;
  header->id = bytes[0] & 0x3f;
  size = header->id == 0 ? 2 : header->id == 1 ? 3 : 1;
  if (available < size)
    return 0;
  if (size == 2)
    header->id = 64u + bytes[1];
  else if (size == 3)
    header->id = 64u + bytes[1] + 256u * bytes[2];

  return size;
}

/* Returns: whether the whole header is there. */
static gboolean
parse_header (KmRtmpReader *self,
              Header       *header,
              const guint8 *bytes,
              gsize         available)
{
  static const gsize sizes[] = { 11, 7, 3, 0 };
  const ChunkStream *stream;
  const guint8 *at;

  *header = (Header) { 0 };
  header->size = parse_basic_header (header, bytes, available);
  if (header->size == 0 ||
      available - header->size < sizes[header->format])
    return FALSE;

  at = bytes + header->size;
  stream = find_stream (self, header->id);
  header->size += sizes[header->format];
  if (header->format <= 2)
    {
      header->field = km_rtmp_get_u24 (at);
      header->extended = header->field == KM_RTMP_TIME_EXTENDED;
    }
  if (header->format <= 1)
    {
      header->length = km_rtmp_get_u24 (at + 3);
      header->type = at[6];
    }
  if (header->format == 0)
    header->stream = km_rtmp_get_u32_little (at + 7);
  if (header->format == 3)
    header->extended = stream != NULL && stream->extended;

  return !header->extended ||
         parse_extended (header, stream, bytes, available);
}

/* Whether a chunk may come now, on a chunk stream that may be new. */
static gboolean
check_header (KmRtmpReader      *self,
              const Header      *header,
              const ChunkStream *stream,
              GError           **error)
{
  if (stream == NULL && header->format > 1)
    {
      g_set_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL,
                   "A chunk of type %u begins chunk stream %u",
                   header->format, header->id);
      return FALSE;
    }

  if (stream != NULL && stream->started && header->format != 3)
    {
      g_set_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL,
                   "A message header within a message on chunk stream %u",
                   header->id);
      return FALSE;
    }

  self->credit -= CHUNK_COST;
  if (self->credit < 0)
    {
      g_set_error_literal (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT,
                           "Too many chunks for what they carry");
      return FALSE;
    }

  return TRUE;
}

/* RTMP 1.0, 5.3.1.2: what a header leaves out is as it was; a type 3 chunk
 * that begins a message adds the last delta, which behind a type 0 chunk is
 * that chunk's own timestamp (5.3.1.2.4). */
static gboolean
start_message (KmRtmpReader *self,
               const Header *header,
               ChunkStream  *stream,
               GError      **error)
{
  gsize limit;

  if (header->format <= 1)
    {
      stream->length = header->length;
      stream->type = header->type;
    }
  if (header->format == 0)
    stream->stream = header->stream;
  if (header->format <= 2)
    {
      stream->field = header->field;
      stream->delta = header->field;
      stream->extended = header->extended;
    }
  stream->time_ms = header->format == 0 ? header->field
                                        : stream->time_ms + stream->delta;

  limit = stream->type == KM_RTMP_TYPE_VIDEO ||
          stream->type == KM_RTMP_TYPE_AGGREGATE ? self->video_limit
                                                 : self->other_limit;
  if (stream->length > limit)
    {
      g_set_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT,
                   "A message of type %u with %u bytes is too long",
                   stream->type, stream->length);
      return FALSE;
    }
  stream->started = TRUE;

  return TRUE;
}

static KmRtmpRead
begin_chunk (KmRtmpReader *self,
             GError      **error)
{
  Header header;
  ChunkStream *stream;

  if (!parse_header (self, &header, self->input->data + self->position,
                     self->input->len - self->position))
    return KM_RTMP_READ_MORE;

  stream = find_stream (self, header.id);
  if (!check_header (self, &header, stream, error))
    return KM_RTMP_READ_ERROR;
  if (stream == NULL)
    stream = add_stream (self, header.id, error);
  if (stream == NULL)
    return KM_RTMP_READ_ERROR;
  if (!stream->started && !start_message (self, &header, stream, error))
    return KM_RTMP_READ_ERROR;

  self->position += header.size;
  self->current = stream;
  self->remaining = MIN (stream->length - stream->body->len, self->chunk_size);

  return KM_RTMP_READ_MESSAGE;
}

/* Takes what there is of the chunk in hand. */
static KmRtmpRead
continue_chunk (KmRtmpReader *self,
                GError      **error)
{
  ChunkStream *stream = self->current;
  gsize length = MIN (self->remaining, self->input->len - self->position);

  if (self->held + length > self->video_limit + self->other_limit)
    {
      g_set_error_literal (error, KM_RTMP_ERROR, KM_RTMP_ERROR_LIMIT,
                           "Too many unfinished messages");
      return KM_RTMP_READ_ERROR;
    }

  g_byte_array_append (stream->body, self->input->data + self->position,
                       (guint) length);
  self->position += length;
  self->remaining -= length;
  self->held += length;
  self->credit = MIN (self->credit + (gint64) length, CREDIT);

  if (self->remaining > 0)
    return KM_RTMP_READ_MORE;
  self->current = NULL;

  return KM_RTMP_READ_MESSAGE;
}

static void
drop_body (KmRtmpReader *self,
           ChunkStream  *stream)
{
  if (stream->started)
    self->held -= stream->body->len;
  stream->started = FALSE;

  if (stream->body->len <= BODY_KEPT)
    {
      g_byte_array_set_size (stream->body, 0);
      return;
    }
  g_byte_array_unref (stream->body);
  stream->body = g_byte_array_new ();
}

/* RTMP 1.0, 5.4.1 and 5.4.2. Returns: FALSE with an error for a size that the
 * specification forbids. */
static gboolean
obey (KmRtmpReader *self,
      ChunkStream  *stream,
      GError      **error)
{
  guint32 value;

  if (stream->body->len < 4)
    return TRUE;
  value = km_rtmp_get_u32 (stream->body->data);

  if (stream->type == KM_RTMP_TYPE_ABORT)
    {
      ChunkStream *aborted = find_stream (self, value);

      if (aborted != NULL && aborted->started)
        drop_body (self, aborted);
      return TRUE;
    }

  if (value == 0 || value > G_MAXINT32)
    {
      g_set_error (error, KM_RTMP_ERROR, KM_RTMP_ERROR_PROTOCOL,
                   "A chunk size of %u", value);
      return FALSE;
    }
  self->chunk_size = MIN (value, KM_RTMP_CHUNK_MAX);

  return TRUE;
}

static void
finish_message (KmRtmpReader  *self,
                ChunkStream   *stream,
                KmRtmpMessage *message)
{
  self->held -= stream->body->len;
  stream->started = FALSE;
  self->finished = stream;

  message->chunk_stream = stream->id;
  message->type = stream->type;
  message->stream = stream->stream;
  message->time_ms = stream->time_ms;
  message->data = stream->body->data;
  message->length = stream->body->len;
}

/**
 * km_rtmp_reader_next:
 * @self: a reader
 * @message: (out caller-allocates): the message read; its bytes are the
 *   reader's and stay until the next call on it
 * @error: return location for a #KmRtmpError
 *
 * Returns: whether a message was read
 */
KmRtmpRead
km_rtmp_reader_next (KmRtmpReader  *self,
                     KmRtmpMessage *message,
                     GError       **error)
{
  if (self->finished != NULL)
    drop_body (self, g_steal_pointer (&self->finished));

  for (;;)
    {
      ChunkStream *stream;
      KmRtmpRead read = KM_RTMP_READ_MESSAGE;

      if (self->current == NULL)
        read = begin_chunk (self, error);
      stream = self->current;
      if (read == KM_RTMP_READ_MESSAGE)
        read = continue_chunk (self, error);
      if (read != KM_RTMP_READ_MESSAGE)
        return read;

      if (stream->body->len < stream->length)
        continue;
      if (stream->type != KM_RTMP_TYPE_SET_CHUNK_SIZE &&
          stream->type != KM_RTMP_TYPE_ABORT)
        {
          finish_message (self, stream, message);
          return KM_RTMP_READ_MESSAGE;
        }
      if (!obey (self, stream, error))
        return KM_RTMP_READ_ERROR;
      if (stream->started)
        drop_body (self, stream);
    }
}
