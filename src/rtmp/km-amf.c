/* km-amf.c: AMF0, the values of RTMP commands and metadata
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reader walks over the bytes and builds nothing, so there is no tree to
 * bound: depth is the only thing that a peer could spend, and it is limited. A
 * string is copied only when it is asked for and no longer than the caller
 * wants. Counts are hints that nobody believes (an ECMA array's is often 0).
 *
 * What isn't understood ends the data, without an error: clients put odd
 * values behind those that matter.
 *
 * Thread: any.
 */

#include "km-amf.h"

#include <string.h>

#include "km-rtmp-bytes.h"

/* AMF 0 specification, 2.1 */
enum
{
  MARKER_NUMBER = 0x00,
  MARKER_BOOLEAN = 0x01,
  MARKER_STRING = 0x02,
  MARKER_OBJECT = 0x03,
  MARKER_NULL = 0x05,
  MARKER_UNDEFINED = 0x06,
  MARKER_REFERENCE = 0x07,
  MARKER_ECMA_ARRAY = 0x08,
  MARKER_OBJECT_END = 0x09,
  MARKER_STRICT_ARRAY = 0x0a,
  MARKER_DATE = 0x0b,
  MARKER_LONG_STRING = 0x0c,
  MARKER_UNSUPPORTED = 0x0d,
  MARKER_XML = 0x0f,
  MARKER_TYPED_OBJECT = 0x10,
};

/* For skip_into(): as many values as there are, each with a name. */
#define MEMBERS (-1)

/**
 * km_amf_reader_init:
 * @self: (out caller-allocates): a reader
 * @data: AMF0 values; must outlive @self
 * @length: how many bytes
 */
void
km_amf_reader_init (KmAmfReader  *self,
                    const guint8 *data,
                    gsize         length)
{
  *self = (KmAmfReader) { data, length, 0 };
}

static gboolean
has (KmAmfReader *self,
     gsize        length)
{
  return self->length - self->position >= length;
}

static const guint8 *
at (KmAmfReader *self)
{
  return self->data + self->position;
}

/**
 * km_amf_reader_peek:
 * @self: a reader
 *
 * Returns: what stands next
 */
KmAmfKind
km_amf_reader_peek (KmAmfReader *self)
{
  if (!has (self, 1))
    return KM_AMF_END;

  switch (*at (self))
    {
    case MARKER_NUMBER:
      return KM_AMF_NUMBER;
    case MARKER_BOOLEAN:
      return KM_AMF_BOOLEAN;
    case MARKER_STRING:
    case MARKER_LONG_STRING:
      return KM_AMF_STRING;
    case MARKER_OBJECT:
    case MARKER_ECMA_ARRAY:
    case MARKER_TYPED_OBJECT:
      return KM_AMF_OBJECT;
    case MARKER_NULL:
    case MARKER_UNDEFINED:
      return KM_AMF_NULL;
    case MARKER_REFERENCE:
    case MARKER_STRICT_ARRAY:
    case MARKER_DATE:
    case MARKER_UNSUPPORTED:
    case MARKER_XML:
      return KM_AMF_OTHER;
    default:
      return KM_AMF_END;
    }
}

/**
 * km_amf_reader_read_number:
 * @self: a reader
 * @number: (out): the number
 *
 * Returns: whether a number stood next; if not, nothing was read
 */
gboolean
km_amf_reader_read_number (KmAmfReader *self,
                           double      *number)
{
  guint64 bits;

  if (km_amf_reader_peek (self) != KM_AMF_NUMBER || !has (self, 9))
    return FALSE;

  bits = (guint64) km_rtmp_get_u32 (at (self) + 1) << 32 |
         km_rtmp_get_u32 (at (self) + 5);
  memcpy (number, &bits, sizeof bits);
  self->position += 9;

  return TRUE;
}

/**
 * km_amf_reader_read_boolean:
 * @self: a reader
 * @boolean: (out): the value
 *
 * Returns: whether a boolean stood next; if not, nothing was read
 */
gboolean
km_amf_reader_read_boolean (KmAmfReader *self,
                            gboolean    *boolean)
{
  if (km_amf_reader_peek (self) != KM_AMF_BOOLEAN || !has (self, 2))
    return FALSE;

  *boolean = at (self)[1] != 0;
  self->position += 2;

  return TRUE;
}

/* Takes a length of @size bytes and as many bytes as it says. */
static gboolean
take_text (KmAmfReader   *self,
           gsize          size,
           const guint8 **text,
           gsize         *length)
{
  if (!has (self, size))
    return FALSE;
  *length = size == 2 ? km_rtmp_get_u16 (at (self))
                      : km_rtmp_get_u32 (at (self));
  if (!has (self, size + *length))
    return FALSE;

  *text = at (self) + size;
  self->position += size + *length;

  return TRUE;
}

/**
 * km_amf_reader_read_string:
 * @self: a reader
 * @max_bytes: the longest string wanted
 *
 * What isn't UTF-8 in it, a zero byte too, is replaced by U+FFFD.
 *
 * Returns: (transfer full) (nullable): the string that stood next; %NULL, with
 *   nothing read, when there was none or it is longer than @max_bytes
 */
char *
km_amf_reader_read_string (KmAmfReader *self,
                           gsize        max_bytes)
{
  KmAmfReader ahead = *self;
  const guint8 *text;
  gsize length;
  gsize size;

  if (km_amf_reader_peek (self) != KM_AMF_STRING)
    return NULL;

  size = *at (&ahead) == MARKER_STRING ? 2 : 4;
  ahead.position++;
  if (!take_text (&ahead, size, &text, &length) || length > max_bytes)
    return NULL;
  *self = ahead;

  return g_utf8_make_valid ((const char *) text, (gssize) length);
}

static gboolean
skip_bytes (KmAmfReader *self,
            gsize        length)
{
  if (!has (self, length))
    return FALSE;
  self->position += length;

  return TRUE;
}

/* Goes over a value, or only into it when it holds others: then @left says
 * how many, or MEMBERS for members up to an object's end. */
static gboolean
skip_into (KmAmfReader *self,
           gint64      *left)
{
  const guint8 *text;
  gsize length;

  *left = 0;
  if (!has (self, 1))
    return FALSE;

  switch (self->data[self->position++])
    {
    case MARKER_NUMBER:
      return skip_bytes (self, 8);
    case MARKER_BOOLEAN:
      return skip_bytes (self, 1);
    case MARKER_REFERENCE:
      return skip_bytes (self, 2);
    case MARKER_DATE:
      return skip_bytes (self, 10);
    case MARKER_STRING:
      return take_text (self, 2, &text, &length);
    case MARKER_LONG_STRING:
    case MARKER_XML:
      return take_text (self, 4, &text, &length);
    case MARKER_NULL:
    case MARKER_UNDEFINED:
    case MARKER_UNSUPPORTED:
      return TRUE;
    case MARKER_OBJECT:
      *left = MEMBERS;
      return TRUE;
    case MARKER_TYPED_OBJECT:
      *left = MEMBERS;
      return take_text (self, 2, &text, &length);
    case MARKER_ECMA_ARRAY:
      *left = MEMBERS;
      return skip_bytes (self, 4);
    case MARKER_STRICT_ARRAY:
      if (!has (self, 4))
        return FALSE;
      *left = km_rtmp_get_u32 (at (self));
      return skip_bytes (self, 4);
    default:
      return FALSE;
    }
}

/* Whether another value stands in what holds @left of them; goes over its name
 * (AMF 0 specification, 2.5), or over the object's end. */
static gboolean
begin_inner (KmAmfReader *self,
             gint64      *left,
             gboolean    *broken)
{
  const guint8 *name;
  gsize length;

  if (*left != MEMBERS)
    return (*left)-- > 0;

  if (!take_text (self, 2, &name, &length))
    {
      *broken = TRUE;
      return FALSE;
    }
  if (length > 0 || !has (self, 1) || *at (self) != MARKER_OBJECT_END)
    return TRUE;
  self->position++;

  return FALSE;
}

static gboolean
skip_value (KmAmfReader *self)
{
  gint64 left[KM_AMF_DEPTH_MAX];
  guint depth = 0;
  gboolean broken = FALSE;

  do
    {
      gint64 inner;

      if (depth > 0 && !begin_inner (self, &left[depth - 1], &broken))
        {
          depth--;
          continue;
        }
      if (!skip_into (self, &inner))
        return FALSE;
      if (inner == 0)
        continue;
      if (depth == KM_AMF_DEPTH_MAX)
        return FALSE;
      left[depth++] = inner;
    }
  while (depth > 0 && !broken);

  return !broken;
}

/**
 * km_amf_reader_skip:
 * @self: a reader
 *
 * Goes to the value behind the one that stands next. What can't be skipped
 * ends the data.
 *
 * Returns: whether there was one
 */
gboolean
km_amf_reader_skip (KmAmfReader *self)
{
  if (skip_value (self))
    return TRUE;
  self->position = self->length;

  return FALSE;
}

/**
 * km_amf_reader_enter:
 * @self: a reader
 *
 * Goes into an object, a typed object or an ECMA array. Then
 * km_amf_reader_next_member() goes from member to member.
 *
 * Returns: whether one stood next; if not, nothing was read
 */
gboolean
km_amf_reader_enter (KmAmfReader *self)
{
  KmAmfReader ahead = *self;
  const guint8 *text;
  gsize length;
  guint8 marker;

  if (km_amf_reader_peek (self) != KM_AMF_OBJECT)
    return FALSE;

  marker = ahead.data[ahead.position++];
  if (marker == MARKER_ECMA_ARRAY && !skip_bytes (&ahead, 4))
    return FALSE;
  if (marker == MARKER_TYPED_OBJECT &&
      !take_text (&ahead, 2, &text, &length))
    return FALSE;
  *self = ahead;

  return TRUE;
}

/**
 * km_amf_reader_next_member:
 * @self: a reader within an object, at a member or at the object's end
 * @name: (out) (transfer full): the member's name
 *
 * The member's value must be read or skipped before the next call.
 *
 * Returns: whether there is a member; if not, the reader stands behind the
 *   object
 */
gboolean
km_amf_reader_next_member (KmAmfReader  *self,
                           char        **name)
{
  const guint8 *text;
  gsize length;

  if (!take_text (self, 2, &text, &length))
    {
      self->position = self->length;
      return FALSE;
    }
  if (length == 0 && has (self, 1) && *at (self) == MARKER_OBJECT_END)
    {
      self->position++;
      return FALSE;
    }
  *name = g_utf8_make_valid ((const char *) text, (gssize) length);

  return TRUE;
}

/**
 * km_amf_reader_get_rest:
 * @self: a reader
 * @length: (out): how many bytes
 *
 * Returns: (transfer none): the bytes not yet read
 */
const guint8 *
km_amf_reader_get_rest (KmAmfReader *self,
                        gsize       *length)
{
  *length = self->length - self->position;

  return at (self);
}

static void
write_byte (GByteArray *output,
            guint8      byte)
{
  g_byte_array_append (output, &byte, 1);
}

void
km_amf_write_number (GByteArray *output,
                     double      number)
{
  guint8 bytes[9] = { MARKER_NUMBER };
  guint64 bits;

  memcpy (&bits, &number, sizeof bits);
  km_rtmp_put_u32 (bytes + 1, (guint32) (bits >> 32));
  km_rtmp_put_u32 (bytes + 5, (guint32) bits);
  g_byte_array_append (output, bytes, sizeof bytes);
}

void
km_amf_write_boolean (GByteArray *output,
                      gboolean    boolean)
{
  write_byte (output, MARKER_BOOLEAN);
  write_byte (output, boolean ? 1 : 0);
}

/**
 * km_amf_write_string:
 * @output: gets the value
 * @text: UTF-8; a long string when it has more than 65535 bytes
 */
void
km_amf_write_string (GByteArray *output,
                     const char *text)
{
  gsize length = strlen (text);
  guint8 size[4];

  write_byte (output, length > G_MAXUINT16 ? MARKER_LONG_STRING
                                           : MARKER_STRING);
  km_rtmp_put_u32 (size, (guint32) length);
  if (length > G_MAXUINT16)
    g_byte_array_append (output, size, 4);
  else
    g_byte_array_append (output, size + 2, 2);
  g_byte_array_append (output, (const guint8 *) text, (guint) length);
}

void
km_amf_write_null (GByteArray *output)
{
  write_byte (output, MARKER_NULL);
}

void
km_amf_write_begin_object (GByteArray *output)
{
  write_byte (output, MARKER_OBJECT);
}

/**
 * km_amf_write_begin_array:
 * @output: gets an ECMA array, to be ended as an object is
 * @count: how many members follow
 */
void
km_amf_write_begin_array (GByteArray *output,
                          guint32     count)
{
  guint8 bytes[5] = { MARKER_ECMA_ARRAY };

  km_rtmp_put_u32 (bytes + 1, count);
  g_byte_array_append (output, bytes, sizeof bytes);
}

/**
 * km_amf_write_name:
 * @output: an object in work
 * @name: the next member's name, at most 65535 bytes; its value follows
 */
void
km_amf_write_name (GByteArray *output,
                   const char *name)
{
  gsize length = strlen (name);

  g_assert (length <= G_MAXUINT16);

  write_byte (output, (guint8) (length >> 8));
  write_byte (output, (guint8) length);
  g_byte_array_append (output, (const guint8 *) name, (guint) length);
}

void
km_amf_write_end_object (GByteArray *output)
{
  static const guint8 end[] = { 0, 0, MARKER_OBJECT_END };

  g_byte_array_append (output, end, sizeof end);
}
