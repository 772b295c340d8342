/* km-websocket.c: the server's side of RFC 6455, without a socket
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes in, messages out. A frame that arrives whole is unmasked where it
 * lies and handed out without a copy; what arrives in parts or fragments is
 * gathered, never more than the limit, and freed when it was handed out, so
 * that an idle connection costs nothing beside this struct. No extension is
 * ever agreed on, so the reserved bits are refused.
 *
 * After a failure or a close frame everything else is read and dropped
 * (section 5.5.1: the peer must not send more, section 7.1.7: fail).
 *
 * Thread: one (a plain struct).
 */

#include "km-websocket.h"

#include <string.h>

#define CONTROL_PAYLOAD_MAX 125
#define CLOSE_NO_STATUS 1005
#define CLOSE_PROTOCOL_ERROR 1002
#define CLOSE_BAD_TEXT 1007
#define CLOSE_TOO_BIG 1009

void
km_websocket_clear (KmWebsocket *self)
{
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->control, g_byte_array_unref);
  g_clear_pointer (&self->delivered, g_byte_array_unref);
}

static KmWebsocketResult
fail (KmWebsocket        *self,
      KmWebsocketMessage *message,
      guint               code)
{
  *message = (KmWebsocketMessage) { .close_code = code };
  self->ended = TRUE;
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->control, g_byte_array_unref);

  return KM_WEBSOCKET_FAILED;
}

static gboolean
is_control (guint8 opcode)
{
  return (opcode & 0x8) != 0;
}

/* Bytes of the frame's head, as far as those that are here tell
 * (section 5.2). */
static gsize
head_needs (const KmWebsocket *self)
{
  guint8 short_length;

  if (self->head_length < 2)
    return 2;

  short_length = self->head[1] & 0x7f;

  return 2 + (short_length == 127 ? 8 : short_length == 126 ? 2 : 0) + 4;
}

/* The first two bytes are enough to refuse most of what is wrong, before
 * anything that follows is waited for. Returns a close code or 0. */
static guint
check_first_bytes (const KmWebsocket *self)
{
  guint8 opcode = self->head[0] & 0x0f;
  gboolean fin = (self->head[0] & 0x80) != 0;

  /* Section 5.2: "MUST be 0 unless an extension is negotiated". */
  if ((self->head[0] & 0x70) != 0)
    return CLOSE_PROTOCOL_ERROR;

  /* Section 5.1: a server must close on a frame that is not masked. */
  if ((self->head[1] & 0x80) == 0)
    return CLOSE_PROTOCOL_ERROR;

  switch (opcode)
    {
    case KM_WEBSOCKET_CONTINUATION:
      /* Section 5.4: there must be something to continue … */
      return self->message_opcode != 0 ? 0 : CLOSE_PROTOCOL_ERROR;
    case KM_WEBSOCKET_TEXT:
    case KM_WEBSOCKET_BINARY:
      /* … and messages are not interleaved. */
      return self->message_opcode == 0 ? 0 : CLOSE_PROTOCOL_ERROR;
    case KM_WEBSOCKET_CLOSE:
    case KM_WEBSOCKET_PING:
    case KM_WEBSOCKET_PONG:
      /* Section 5.5: at most 125 bytes and not fragmented. */
      return fin && (self->head[1] & 0x7f) <= CONTROL_PAYLOAD_MAX
             ? 0 : CLOSE_PROTOCOL_ERROR;
    default:
      return CLOSE_PROTOCOL_ERROR;
    }
}

/* Section 5.2, "Payload length": big endian, the shortest form, and the top
 * bit of the longest one is 0. Returns a close code or 0. */
static guint
read_head (KmWebsocket *self,
           gsize        limit)
{
  guint8 short_length = self->head[1] & 0x7f;
  gsize extended = short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
  guint64 length = extended == 0 ? short_length : 0;
  gsize before = 0;

  for (gsize i = 0; i < extended; i++)
    length = length << 8 | self->head[2 + i];
  if ((extended == 2 && length < 126)
      || (extended == 8 && (length <= G_MAXUINT16 || length >> 63 != 0)))
    return CLOSE_PROTOCOL_ERROR;

  self->opcode = self->head[0] & 0x0f;
  self->fin = (self->head[0] & 0x80) != 0;
  if (!is_control (self->opcode) && self->message != NULL)
    before = self->message->len;
  if (!is_control (self->opcode) && length > limit - before)
    return CLOSE_TOO_BIG;

  memcpy (self->mask, self->head + 2 + extended, sizeof self->mask);
  self->payload_length = (guint32) length;
  self->payload_read = 0;
  self->head_length = 0;
  self->in_payload = TRUE;

  return 0;
}

/* Section 5.3: octet i of the payload is masked with octet i mod 4. */
static void
unmask (KmWebsocket *self,
        guint8      *data,
        gsize        length)
{
  for (gsize i = 0; i < length; i++)
    data[i] ^= self->mask[(self->payload_read + i) & 3];
  self->payload_read += (guint32) length;
}

/* g_utf8_validate_len() refuses U+0000, which is valid UTF-8; that no text of
 * ours holds it is for the JSON parser to say. */
static gboolean
is_utf8 (const guint8 *data,
         gsize         length)
{
  const char *at = (const char *) data;
  const char *end = at + length;

  while (at < end)
    {
      if (g_utf8_validate_len (at, (gsize) (end - at), &at))
        return TRUE;
      if (*at != '\0')
        return FALSE;
      at++;
    }

  return TRUE;
}

/* Section 7.4: which codes may stand in a close frame; 1012 to 1014 were
 * registered later. */
static gboolean
close_code_may_be_sent (guint code)
{
  return (code >= 1000 && code <= 1014
          && code != 1004 && code != 1005 && code != 1006)
         || (code >= 3000 && code <= 4999);
}

static KmWebsocketResult
deliver_close (KmWebsocket        *self,
               const guint8       *data,
               gsize               length,
               KmWebsocketMessage *message)
{
  guint code = CLOSE_NO_STATUS;

  if (length == 1)
    return fail (self, message, CLOSE_PROTOCOL_ERROR);
  if (length >= 2)
    {
      code = (guint) data[0] << 8 | data[1];
      if (!close_code_may_be_sent (code))
        return fail (self, message, CLOSE_PROTOCOL_ERROR);
      data += 2;
      length -= 2;
      if (!is_utf8 (data, length))
        return fail (self, message, CLOSE_BAD_TEXT);
    }

  self->ended = TRUE;
  *message = (KmWebsocketMessage) {
    .opcode = KM_WEBSOCKET_CLOSE,
    .data = (const char *) data,
    .length = length,
    .close_code = code,
  };

  return KM_WEBSOCKET_MESSAGE;
}

static KmWebsocketResult
deliver (KmWebsocket        *self,
         guint8              opcode,
         const guint8       *data,
         gsize               length,
         KmWebsocketMessage *message)
{
  if (opcode == KM_WEBSOCKET_CLOSE)
    return deliver_close (self, data, length, message);

  /* Section 8.1. */
  if (opcode == KM_WEBSOCKET_TEXT && !is_utf8 (data, length))
    return fail (self, message, CLOSE_BAD_TEXT);

  *message = (KmWebsocketMessage) {
    .opcode = opcode,
    .data = (const char *) data,
    .length = length,
  };

  return KM_WEBSOCKET_MESSAGE;
}

/* A frame's payload is complete in @gathered. */
static KmWebsocketResult
finish_gathered (KmWebsocket        *self,
                 KmWebsocketMessage *message)
{
  GByteArray **gathered =
    is_control (self->opcode) ? &self->control : &self->message;
  guint8 opcode = self->opcode;

  if (!is_control (opcode))
    {
      if (opcode == KM_WEBSOCKET_CONTINUATION)
        opcode = self->message_opcode;
      self->message_opcode = self->fin ? 0 : opcode;
      if (!self->fin)
        return KM_WEBSOCKET_NEED_MORE;
    }

  self->delivered = g_steal_pointer (gathered);
  if (self->delivered == NULL)
    self->delivered = g_byte_array_new ();

  return deliver (self, opcode, self->delivered->data, self->delivered->len,
                  message);
}

static KmWebsocketResult
read_payload (KmWebsocket        *self,
              guint8            **data,
              gsize              *length,
              KmWebsocketMessage *message)
{
  gsize here = MIN (*length, self->payload_length - self->payload_read);
  gboolean whole = self->payload_read == 0 && here == self->payload_length;
  gboolean alone = is_control (self->opcode)
                   || (self->fin && self->opcode != KM_WEBSOCKET_CONTINUATION);
  guint8 *payload = *data;

  unmask (self, payload, here);
  *data += here;
  *length -= here;

  if (whole && alone)
    {
      self->in_payload = FALSE;
      return deliver (self, self->opcode, payload, here, message);
    }

  if (here > 0)
    {
      GByteArray **gathered =
        is_control (self->opcode) ? &self->control : &self->message;

      if (*gathered == NULL)
        *gathered = g_byte_array_new ();
      g_byte_array_append (*gathered, payload, (guint) here);
    }
  if (self->payload_read < self->payload_length)
    return KM_WEBSOCKET_NEED_MORE;

  self->in_payload = FALSE;

  return finish_gathered (self, message);
}

/**
 * km_websocket_next:
 * @self: the reading side
 * @data: (inout): what was read from the socket; unmasked in place; moved
 *   behind what was used up
 * @length: (inout): how much of it is left
 * @limit: bytes that one message may have, at most %G_MAXUINT32
 * @message: (out): the message, or the close code of a failure
 *
 * Call until it says %KM_WEBSOCKET_NEED_MORE; nothing of @data is left then.
 *
 * Returns: what was found
 */
KmWebsocketResult
km_websocket_next (KmWebsocket         *self,
                   guint8             **data,
                   gsize               *length,
                   gsize                limit,
                   KmWebsocketMessage  *message)
{
  g_clear_pointer (&self->delivered, g_byte_array_unref);

  while (!self->ended && (*length > 0 || self->in_payload))
    {
      KmWebsocketResult result;
      guint code = 0;

      if (self->in_payload)
        {
          result = read_payload (self, data, length, message);
          if (result != KM_WEBSOCKET_NEED_MORE || self->in_payload)
            return result;
          continue;
        }

      self->head[self->head_length++] = **data;
      (*data)++;
      (*length)--;
      if (self->head_length == 2)
        code = check_first_bytes (self);
      if (code == 0 && self->head_length >= 2
          && self->head_length == head_needs (self))
        code = read_head (self, limit);
      if (code != 0)
        return fail (self, message, code);
    }

  if (self->ended)
    {
      *data += *length;
      *length = 0;
    }

  return KM_WEBSOCKET_NEED_MORE;
}

/**
 * km_websocket_write_head:
 * @head: room for %KM_WEBSOCKET_HEAD_MAX bytes
 * @opcode: of a frame that isn't fragmented
 * @length: bytes of its payload
 *
 * Returns: how many bytes the head has; a server's frames are not masked
 */
gsize
km_websocket_write_head (guint8            *head,
                         KmWebsocketOpcode  opcode,
                         gsize              length)
{
  head[0] = (guint8) (0x80 | opcode);
  if (length < 126)
    {
      head[1] = (guint8) length;
      return 2;
    }
  if (length <= G_MAXUINT16)
    {
      head[1] = 126;
      head[2] = (guint8) (length >> 8);
      head[3] = (guint8) length;
      return 4;
    }

  head[1] = 127;
  for (gsize i = 0; i < 8; i++)
    head[2 + i] = (guint8) ((guint64) length >> (56 - 8 * i));

  return 10;
}

/**
 * km_websocket_measure:
 * @frame: a whole frame, as km_websocket_append_frame() made it
 *
 * Returns: its bytes, with its head
 */
gsize
km_websocket_measure (const guint8 *frame)
{
  gsize length = frame[1];
  guint head = length < 126 ? 2 : length == 126 ? 4 : KM_WEBSOCKET_HEAD_MAX;

  if (head == 2)
    return head + length;

  length = 0;
  for (guint i = 2; i < head; i++)
    length = length << 8 | frame[i];

  return head + length;
}

/**
 * km_websocket_append_frame:
 * @out: where to
 * @opcode: which kind
 * @data: (nullable): the payload; of a control frame at most 125 bytes
 * @length: its bytes
 */
void
km_websocket_append_frame (GByteArray        *out,
                           KmWebsocketOpcode  opcode,
                           const void        *data,
                           gsize              length)
{
  guint8 head[KM_WEBSOCKET_HEAD_MAX];
  gsize head_length = km_websocket_write_head (head, opcode, length);

  g_byte_array_append (out, head, (guint) head_length);
  if (length > 0)
    g_byte_array_append (out, data, (guint) length);
}

/**
 * km_websocket_append_close:
 * @out: where to
 * @code: why; 1005 for a close frame without a code
 * @reason: (nullable): in words, at most 123 bytes of UTF-8
 */
void
km_websocket_append_close (GByteArray *out,
                           guint       code,
                           const char *reason)
{
  guint8 payload[CONTROL_PAYLOAD_MAX];
  gsize length = 0;

  if (code != CLOSE_NO_STATUS)
    {
      gsize reason_length = reason != NULL ? strlen (reason) : 0;

      g_assert (reason_length <= sizeof payload - 2);
      payload[0] = (guint8) (code >> 8);
      payload[1] = (guint8) code;
      if (reason_length > 0)
        memcpy (payload + 2, reason, reason_length);
      length = 2 + reason_length;
    }

  km_websocket_append_frame (out, KM_WEBSOCKET_CLOSE, payload, length);
}
