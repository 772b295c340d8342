/* km-rtmp-reply.c: what a server says to its clients
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The answers that real clients wait for, in the form that all of them take.
 * The first four functions say what either side does.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-reply.h"

#include "km-amf.h"
#include "km-rtmp-bytes.h"
#include "km-rtmp-writer.h"

/* RTMP 1.0, 5.4: control messages go on chunk stream 2. */
#define CHUNK_STREAM_CONTROL 2
#define CHUNK_STREAM_COMMAND 3

/**
 * km_rtmp_reply_control:
 * @self: where answers go
 * @type: a control message's type
 * @data: its bytes
 * @length: how many
 */
void
km_rtmp_reply_control (KmRtmpReply  *self,
                       KmRtmpType    type,
                       const guint8 *data,
                       gsize         length)
{
  KmRtmpMessage message = {
    .chunk_stream = CHUNK_STREAM_CONTROL,
    .type = (guint8) type,
    .data = data,
    .length = length,
  };

  km_rtmp_writer_append (self->output, &message, self->chunk_size);
}

/**
 * km_rtmp_reply_number:
 * @self: where answers go
 * @type: the type of a control message that is one number
 * @number: the number
 *
 * A new chunk size is heeded from the next message on.
 */
void
km_rtmp_reply_number (KmRtmpReply *self,
                      KmRtmpType   type,
                      guint32      number)
{
  guint8 bytes[4];

  km_rtmp_put_u32 (bytes, number);
  km_rtmp_reply_control (self, type, bytes, sizeof bytes);
  if (type == KM_RTMP_TYPE_SET_CHUNK_SIZE)
    self->chunk_size = number;
}

/**
 * km_rtmp_reply_user_control:
 * @self: where answers go
 * @event: an event type (RTMP 1.0, 7.1.7)
 * @value: its four bytes
 */
void
km_rtmp_reply_user_control (KmRtmpReply *self,
                            guint16      event,
                            guint32      value)
{
  guint8 bytes[6] = { (guint8) (event >> 8), (guint8) event };

  km_rtmp_put_u32 (bytes + 2, value);
  km_rtmp_reply_control (self, KM_RTMP_TYPE_USER_CONTROL, bytes, sizeof bytes);
}

/**
 * km_rtmp_reply_command:
 * @self: where answers go
 * @stream: the message stream that it is about
 * @body: the command in AMF0
 */
void
km_rtmp_reply_command (KmRtmpReply *self,
                       guint32      stream,
                       GByteArray  *body)
{
  KmRtmpMessage message = {
    .chunk_stream = CHUNK_STREAM_COMMAND,
    .type = KM_RTMP_TYPE_COMMAND,
    .stream = stream,
    .data = body->data,
    .length = body->len,
  };

  km_rtmp_writer_append (self->output, &message, self->chunk_size);
}

static void
write_member (GByteArray *body,
              const char *name,
              const char *value)
{
  km_amf_write_name (body, name);
  km_amf_write_string (body, value);
}

/**
 * km_rtmp_reply_connected:
 * @self: where answers go
 * @transaction: the command's transaction id
 * @object_encoding: what the client asked for
 * @extensions: members of the enhanced RTMP that the client announced, as they
 *   stood in its command
 *
 * `_result` to `connect` (RTMP 1.0, 7.2.1.1).
 */
void
km_rtmp_reply_connected (KmRtmpReply *self,
                         double       transaction,
                         double       object_encoding,
                         GByteArray  *extensions)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, "_result");
  km_amf_write_number (body, transaction);

  km_amf_write_begin_object (body);
  write_member (body, "fmsVer", "FMS/3,0,1,123");
  km_amf_write_name (body, "capabilities");
  km_amf_write_number (body, 31);
  km_amf_write_end_object (body);

  km_amf_write_begin_object (body);
  write_member (body, "level", "status");
  write_member (body, "code", "NetConnection.Connect.Success");
  write_member (body, "description", "Connection succeeded");
  km_amf_write_name (body, "objectEncoding");
  km_amf_write_number (body, object_encoding);
  if (extensions->len > 0)
    g_byte_array_append (body, extensions->data, extensions->len);
  km_amf_write_end_object (body);

  km_rtmp_reply_command (self, 0, body);
}

/**
 * km_rtmp_reply_result:
 * @self: where answers go
 * @transaction: the command's transaction id
 * @result: the number asked for
 *
 * `_result` to `createStream` (RTMP 1.0, 7.2.1.3).
 */
void
km_rtmp_reply_result (KmRtmpReply *self,
                      double       transaction,
                      double       result)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, "_result");
  km_amf_write_number (body, transaction);
  km_amf_write_null (body);
  km_amf_write_number (body, result);

  km_rtmp_reply_command (self, 0, body);
}

/**
 * km_rtmp_reply_fc_publish:
 * @self: where answers go
 * @transaction: the command's transaction id
 *
 * `onFCPublish`, without which some encoders don't go on.
 */
void
km_rtmp_reply_fc_publish (KmRtmpReply *self,
                          double       transaction)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, "onFCPublish");
  km_amf_write_number (body, transaction);
  km_amf_write_null (body);
  km_amf_write_begin_object (body);
  write_member (body, "level", "status");
  write_member (body, "code", "NetStream.Publish.Start");
  write_member (body, "description", "Go on with publish");
  km_amf_write_end_object (body);

  km_rtmp_reply_command (self, 0, body);
}

/**
 * km_rtmp_reply_status:
 * @self: where answers go
 * @stream: the message stream that it is about
 * @level: `status` or `error`
 * @code: a code that clients know
 * @description: words for a person
 *
 * `onStatus` (RTMP 1.0, 7.2.2).
 */
void
km_rtmp_reply_status (KmRtmpReply *self,
                      guint32      stream,
                      const char  *level,
                      const char  *code,
                      const char  *description)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, "onStatus");
  km_amf_write_number (body, 0);
  km_amf_write_null (body);
  km_amf_write_begin_object (body);
  write_member (body, "level", level);
  write_member (body, "code", code);
  write_member (body, "description", description);
  km_amf_write_end_object (body);

  km_rtmp_reply_command (self, stream, body);
}
