/* km-rtmp-publisher.c: one publisher, as any server may want it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other side of km-rtmp-session.c: bytes from a server go in by
 * km_rtmp_publisher_push(), and what is to be sent gathers in the output. It
 * asks by itself until it may publish; its state tells how far it is.
 *
 * It says what ffmpeg and OBS say, in their order, because that is what
 * servers were tried with: connect; then, once the application is open, the
 * chunk size, releaseStream, FCPublish and createStream at once; then publish.
 * The chunk size is announced no earlier, since ffmpeg's own server takes
 * nothing but connect for a first message. 4096 bytes is what OBS uses.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-publisher.h"

#include <string.h>

#include "km-amf.h"
#include "km-rtmp-bytes.h"
#include "km-rtmp-handshake.h"
#include "km-rtmp-reader.h"
#include "km-rtmp-reply.h"
#include "km-rtmp-status.h"
#include "km-rtmp-writer.h"

#define CHUNK_BYTES 4096
#define WINDOW_BYTES 2500000
#define WINDOW_MIN_BYTES 4096

/* As ffmpeg has them; 2 and 3 are for control messages and commands. */
#define CHUNK_STREAM_AUDIO 4
#define CHUNK_STREAM_VIDEO 6

/* RTMP 1.0, 7.1.7 */
#define USER_CONTROL_PING_REQUEST 6
#define USER_CONTROL_PING_RESPONSE 7

/* Transaction ids; the server's answers have the same. */
enum
{
  TRANSACTION_CONNECT = 1,
  TRANSACTION_RELEASE,
  TRANSACTION_FC_PUBLISH,
  TRANSACTION_CREATE,
  TRANSACTION_PUBLISH,
  TRANSACTION_FC_UNPUBLISH,
  TRANSACTION_DELETE,
};

struct _KmRtmpPublisher
{
  KmRtmpPublisherState state;
  KmRtmpHandshake handshake;
  KmRtmpReader *reader;
  KmRtmpReply reply;
  GError *error;

  char *app;
  char *url;
  char *name;
  char *key; /* what no error repeats */
  guint32 stream;

  guint64 received;
  guint64 acknowledged;
  guint32 window;       /* how often we acknowledge */
  guint32 told_window;  /* how often we said the server should */
};

/**
 * km_rtmp_publisher_new:
 * @target: where to
 * @time_ms: the clock, any epoch
 *
 * Returns: (transfer full): a publisher whose output has its first words
 */
KmRtmpPublisher *
km_rtmp_publisher_new (const KmRtmpTarget *target,
                       guint32             time_ms)
{
  KmRtmpPublisher *self = g_new0 (KmRtmpPublisher, 1);
  gsize key_length = strcspn (target->name, "?");

  self->reader = km_rtmp_reader_new ();
  self->reply.output = g_byte_array_new ();
  self->reply.chunk_size = KM_RTMP_CHUNK_DEFAULT;
  self->window = WINDOW_BYTES;
  self->app = g_strdup (target->app);
  self->url = g_strdup (target->url);
  self->name = g_strdup (target->name);
  self->key = key_length > 0 ? g_strndup (target->name, key_length)
                             : g_strdup (target->name);
  km_rtmp_handshake_begin (&self->handshake, time_ms, self->reply.output);

  return self;
}

void
km_rtmp_publisher_free (KmRtmpPublisher *self)
{
  km_rtmp_handshake_clear (&self->handshake);
  km_rtmp_reader_free (self->reader);
  g_byte_array_unref (self->reply.output);
  g_clear_error (&self->error);
  g_free (self->app);
  g_free (self->url);
  g_free (self->name);
  g_free (self->key);
  g_free (self);
}

static GByteArray *
begin_command (const char *name,
               double      transaction)
{
  GByteArray *body = g_byte_array_new ();

  km_amf_write_string (body, name);
  km_amf_write_number (body, transaction);

  return body;
}

static void
write_member (GByteArray *body,
              const char *name,
              const char *value)
{
  km_amf_write_name (body, name);
  km_amf_write_string (body, value);
}

/* RTMP 1.0, 7.2.1.1. A type "nonprivate" is what servers know encoders by. */
static void
say_connect (KmRtmpPublisher *self)
{
  g_autoptr (GByteArray) body = begin_command ("connect", TRANSACTION_CONNECT);

  km_amf_write_begin_object (body);
  write_member (body, "app", self->app);
  write_member (body, "type", "nonprivate");
  write_member (body, "flashVer", "FMLE/3.0 (compatible; Kaimu)");
  write_member (body, "tcUrl", self->url);
  km_amf_write_end_object (body);
  km_rtmp_reply_command (&self->reply, 0, body);
}

/* releaseStream, FCPublish and FCUnpublish: null and a name. Who doesn't know
 * them needs no answer of ours; who does may need them. */
static void
say_with_name (KmRtmpPublisher *self,
               const char      *command,
               double           transaction)
{
  g_autoptr (GByteArray) body = begin_command (command, transaction);

  km_amf_write_null (body);
  km_amf_write_string (body, self->name);
  km_rtmp_reply_command (&self->reply, 0, body);
}

static void
ask_for_stream (KmRtmpPublisher *self)
{
  g_autoptr (GByteArray) body = begin_command ("createStream",
                                               TRANSACTION_CREATE);

  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_SET_CHUNK_SIZE,
                        CHUNK_BYTES);
  say_with_name (self, "releaseStream", TRANSACTION_RELEASE);
  say_with_name (self, "FCPublish", TRANSACTION_FC_PUBLISH);
  km_amf_write_null (body);
  km_rtmp_reply_command (&self->reply, 0, body);
}

/* RTMP 1.0, 7.2.2.6 */
static void
ask_to_publish (KmRtmpPublisher *self)
{
  g_autoptr (GByteArray) body = begin_command ("publish", TRANSACTION_PUBLISH);

  km_amf_write_null (body);
  km_amf_write_string (body, self->name);
  km_amf_write_string (body, "live");
  km_rtmp_reply_command (&self->reply, self->stream, body);
}

/* Keeps the first reason. */
static void
fail (KmRtmpPublisher *self,
      GError          *error)
{
  if (self->error != NULL)
    {
      g_error_free (error);
      return;
    }

  self->error = error;
  self->state = KM_RTMP_PUBLISHER_FAILED;
}

static void
fail_with_status (KmRtmpPublisher    *self,
                  const KmRtmpStatus *status)
{
  fail (self,
        km_rtmp_status_to_error (status,
                                 self->state == KM_RTMP_PUBLISHER_PUBLISHING,
                                 self->key));
}

/* `_result`: of connect, or of createStream with the stream's number; those of
 * other commands are courtesy. */
static void
handle_result (KmRtmpPublisher *self,
               KmAmfReader     *arguments,
               double           transaction)
{
  double stream = 0;

  if (self->state == KM_RTMP_PUBLISHER_CONNECTING &&
      transaction == TRANSACTION_CONNECT)
    {
      self->state = KM_RTMP_PUBLISHER_ASKING;
      ask_for_stream (self);
    }
  else if (self->state == KM_RTMP_PUBLISHER_ASKING && self->stream == 0 &&
           transaction == TRANSACTION_CREATE)
    {
      km_amf_reader_skip (arguments);
      if (!km_amf_reader_read_number (arguments, &stream) ||
          !(stream >= 1 && stream <= G_MAXUINT32))
        {
          fail (self, g_error_new_literal (KM_RTMP_ERROR,
                                           KM_RTMP_ERROR_PROTOCOL,
                                           "a stream without a number"));
          return;
        }
      self->stream = (guint32) stream;
      ask_to_publish (self);
    }
}

/* Some servers have an error for releaseStream and FCPublish when there was
 * nothing to release: only what is needed counts. */
static void
handle_error (KmRtmpPublisher *self,
              KmAmfReader     *arguments,
              double           transaction)
{
  g_auto (KmRtmpStatus) status = { NULL, NULL, NULL };

  if (transaction != TRANSACTION_CONNECT && transaction != TRANSACTION_CREATE &&
      transaction != TRANSACTION_PUBLISH)
    return;

  km_rtmp_status_read (&status, arguments);
  fail_with_status (self, &status);
}

/* The end of a stream is told as a mere status, too. */
static gboolean
is_end (const KmRtmpStatus *status)
{
  return km_rtmp_status_is (status, "NetStream.Unpublish.Success") ||
         km_rtmp_status_is (status, "NetConnection.Connect.Closed");
}

static void
handle_status (KmRtmpPublisher *self,
               KmAmfReader     *arguments,
               double           transaction)
{
  g_auto (KmRtmpStatus) status = { NULL, NULL, NULL };

  km_rtmp_status_read (&status, arguments);
  if (self->state == KM_RTMP_PUBLISHER_LEAVING)
    {
      if (is_end (&status))
        self->state = KM_RTMP_PUBLISHER_LEFT;
    }
  else if (km_rtmp_status_is_error (&status) || is_end (&status))
    {
      fail_with_status (self, &status);
    }
  else if (self->state == KM_RTMP_PUBLISHER_ASKING && self->stream != 0 &&
           km_rtmp_status_is (&status, "NetStream.Publish.Start"))
    {
      self->state = KM_RTMP_PUBLISHER_PUBLISHING;
    }
}

/* Flash's server says it before it closes. */
static void
handle_close (KmRtmpPublisher *self,
              KmAmfReader     *arguments,
              double           transaction)
{
  if (self->state == KM_RTMP_PUBLISHER_LEAVING)
    self->state = KM_RTMP_PUBLISHER_LEFT;
  else
    fail (self, g_error_new_literal (KM_RTMP_ERROR, KM_RTMP_ERROR_ENDED, ""));
}

static void
handle_command (KmRtmpPublisher     *self,
                const KmRtmpMessage *message)
{
  static const struct
  {
    const char *name;
    void (*handle) (KmRtmpPublisher *self,
                    KmAmfReader     *arguments,
                    double           transaction);
  } commands[] = {
    { "_result", handle_result },
    { "_error", handle_error },
    { "onStatus", handle_status },
    { "close", handle_close },
  };
  KmAmfReader arguments;
  g_autofree char *name = NULL;
  double transaction = 0;

  km_amf_reader_init (&arguments, message->data, message->length);
  name = km_amf_reader_read_string (&arguments, 64);
  km_amf_reader_read_number (&arguments, &transaction);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_strcmp0 (name, commands[i].name) == 0)
        commands[i].handle (self, &arguments, transaction);
    }
}

/* RTMP 1.0, 5.4.5: the answer to a bandwidth is the window, when that is new
 * to the server. */
static void
handle_bandwidth (KmRtmpPublisher *self,
                  guint32          bandwidth)
{
  if (bandwidth == self->told_window)
    return;

  self->told_window = bandwidth;
  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_WINDOW_SIZE, bandwidth);
}

static void
handle_message (KmRtmpPublisher *self,
                KmRtmpMessage   *message)
{
  switch (message->type)
    {
    case KM_RTMP_TYPE_USER_CONTROL:
      if (message->length >= 6 &&
          km_rtmp_get_u16 (message->data) == USER_CONTROL_PING_REQUEST)
        km_rtmp_reply_user_control (&self->reply, USER_CONTROL_PING_RESPONSE,
                                    km_rtmp_get_u32 (message->data + 2));
      break;

    case KM_RTMP_TYPE_WINDOW_SIZE:
      if (message->length >= 4)
        self->window = MAX (km_rtmp_get_u32 (message->data), WINDOW_MIN_BYTES);
      break;

    case KM_RTMP_TYPE_PEER_BANDWIDTH:
      if (message->length >= 4)
        handle_bandwidth (self, km_rtmp_get_u32 (message->data));
      break;

    case KM_RTMP_TYPE_COMMAND_AMF3:
      /* AMF0 behind a zero byte */
      if (message->length > 0 && message->data[0] == 0)
        {
          message->data++;
          message->length--;
        }
      handle_command (self, message);
      break;

    case KM_RTMP_TYPE_COMMAND:
      handle_command (self, message);
      break;

    default:
      break;
    }
}

/* RTMP 1.0, 5.4.3 */
static void
acknowledge (KmRtmpPublisher *self)
{
  if (self->received - self->acknowledged < self->window)
    return;

  self->acknowledged = self->received;
  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_ACKNOWLEDGEMENT,
                        (guint32) self->received);
}

static void
read_messages (KmRtmpPublisher *self)
{
  KmRtmpMessage message;

  while (self->state != KM_RTMP_PUBLISHER_FAILED)
    {
      GError *error = NULL;
      KmRtmpRead read = km_rtmp_reader_next (self->reader, &message, &error);

      if (read == KM_RTMP_READ_ERROR)
        fail (self, error);
      if (read != KM_RTMP_READ_MESSAGE)
        return;
      handle_message (self, &message);
    }
}

/**
 * km_rtmp_publisher_push:
 * @self: a publisher
 * @data: bytes from the server
 * @length: how many
 * @error: return location for a #KmRtmpError
 *
 * Returns: %FALSE, once, when the server refused or nobody understands it: the
 *   connection is to be closed
 */
gboolean
km_rtmp_publisher_push (KmRtmpPublisher  *self,
                        const guint8     *data,
                        gsize             length,
                        GError          **error)
{
  gsize used = 0;

  if (self->state == KM_RTMP_PUBLISHER_FAILED)
    return TRUE;

  self->received += length;
  if (self->state == KM_RTMP_PUBLISHER_GREETING)
    {
      GError *cause = NULL;

      if (km_rtmp_handshake_push (&self->handshake, data, length, &used,
                                  self->reply.output, &cause))
        {
          km_rtmp_handshake_clear (&self->handshake);
          self->state = KM_RTMP_PUBLISHER_CONNECTING;
          say_connect (self);
        }
      if (cause != NULL)
        fail (self, cause);
    }
  if (self->state != KM_RTMP_PUBLISHER_GREETING &&
      self->state != KM_RTMP_PUBLISHER_FAILED)
    {
      if (used < length)
        km_rtmp_reader_push (self->reader, data + used, length - used);
      read_messages (self);
      acknowledge (self);
    }

  if (self->state != KM_RTMP_PUBLISHER_FAILED)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->error));
  return FALSE;
}

/**
 * km_rtmp_publisher_send:
 * @self: a publisher that may publish
 * @type: audio, video or data
 * @time_ms: when it is decoded, 32-bit serial time
 * @data: as an FLV tag has it
 * @length: how many bytes, at most 0xffffff
 */
void
km_rtmp_publisher_send (KmRtmpPublisher *self,
                        KmRtmpType       type,
                        guint32          time_ms,
                        const guint8    *data,
                        gsize            length)
{
  KmRtmpMessage message = {
    .chunk_stream = type == KM_RTMP_TYPE_VIDEO ? CHUNK_STREAM_VIDEO
                                               : CHUNK_STREAM_AUDIO,
    .type = (guint8) type,
    .stream = self->stream,
    .time_ms = time_ms,
    .data = data,
    .length = length,
  };

  g_return_if_fail (self->state == KM_RTMP_PUBLISHER_PUBLISHING);

  km_rtmp_writer_append (self->reply.output, &message, self->reply.chunk_size);
}

/**
 * km_rtmp_publisher_leave:
 * @self: a publisher that may publish
 *
 * Says goodbye behind what was sent. The connection may be closed when the
 * server has it: %KM_RTMP_PUBLISHER_LEFT, its end of the connection, or enough
 * of waiting, since not all servers say so.
 */
void
km_rtmp_publisher_leave (KmRtmpPublisher *self)
{
  g_autoptr (GByteArray) body = begin_command ("deleteStream",
                                               TRANSACTION_DELETE);

  g_return_if_fail (self->state == KM_RTMP_PUBLISHER_PUBLISHING);

  say_with_name (self, "FCUnpublish", TRANSACTION_FC_UNPUBLISH);
  km_amf_write_null (body);
  km_amf_write_number (body, self->stream);
  km_rtmp_reply_command (&self->reply, 0, body);
  self->state = KM_RTMP_PUBLISHER_LEAVING;
}

/**
 * km_rtmp_publisher_get_state:
 * @self: a publisher
 *
 * Returns: how far it is
 */
KmRtmpPublisherState
km_rtmp_publisher_get_state (KmRtmpPublisher *self)
{
  return self->state;
}

/**
 * km_rtmp_publisher_peek_output:
 * @self: a publisher
 *
 * Returns: (transfer none): what is to be sent; the caller takes bytes off its
 *   front as it sends them
 */
GByteArray *
km_rtmp_publisher_peek_output (KmRtmpPublisher *self)
{
  return self->reply.output;
}
