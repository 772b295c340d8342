/* km-rtmp-session.c: one client of an RTMP server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes go in by km_rtmp_session_push(), what they mean comes out of
 * km_rtmp_session_next(), and what is to be sent gathers in the output. A
 * question (publish, play) stops the reading until it is answered, so a client
 * that doesn't wait for its permission is held back by TCP.
 *
 * A client has one message stream, 1, whatever it asks for: nobody uses more.
 * Before it may publish, its messages are short; memory is spent on those who
 * were let in.
 *
 * What a command means is looked up in a table; km-rtmp-reply.c has the words
 * of the answers. Clients differ in small things, each of which is told where
 * it is dealt with.
 *
 * Thread: any, one at a time.
 */

#include "km-rtmp-session.h"

#include "km-amf.h"
#include "km-rtmp-aggregate.h"
#include "km-rtmp-bytes.h"
#include "km-rtmp-handshake.h"
#include "km-rtmp-name.h"
#include "km-rtmp-reader.h"
#include "km-rtmp-reply.h"

#define WINDOW_BYTES 2500000
#define WINDOW_MIN_BYTES 4096
#define ADDRESS_MAX 2048
#define VIDEO_MAX (8 * 1024 * 1024)
#define OTHER_MAX (1024 * 1024)

/* RTMP 1.0, 7.1.7 */
enum
{
  USER_CONTROL_STREAM_BEGIN = 0,
  USER_CONTROL_STREAM_EOF = 1,
  USER_CONTROL_PING_REQUEST = 6,
  USER_CONTROL_PING_RESPONSE = 7,
};

typedef enum
{
  PHASE_HANDSHAKE,
  PHASE_HELLO,        /* connect is awaited */
  PHASE_CONNECTED,
  PHASE_ASKED,        /* to publish or to play; not answered */
  PHASE_STREAMING,
  PHASE_CLOSED,
} Phase;

struct _KmRtmpSession
{
  Phase phase;
  KmRtmpRole role;
  KmRtmpHandshake handshake;
  KmRtmpReader *reader;
  KmRtmpReply reply;
  GError *error;

  KmRtmpAddress address;
  char *name;
  char *query;

  guint64 received;
  guint64 acknowledged;
  guint32 window;

  KmRtmpAggregate aggregate;
};

typedef struct
{
  const char *name;
  KmRtmpEventKind (*handle) (KmRtmpSession       *self,
                             const KmRtmpMessage *message,
                             KmAmfReader         *arguments,
                             double               transaction);
} Command;

/**
 * km_rtmp_session_new:
 * @time_ms: the server's clock, any epoch
 *
 * Returns: (transfer full): a session with a client that just connected
 */
KmRtmpSession *
km_rtmp_session_new (guint32 time_ms)
{
  KmRtmpSession *self = g_new0 (KmRtmpSession, 1);

  km_rtmp_handshake_init (&self->handshake, time_ms);
  self->reader = km_rtmp_reader_new ();
  self->reply.output = g_byte_array_new ();
  self->reply.chunk_size = KM_RTMP_CHUNK_DEFAULT;
  self->window = WINDOW_BYTES;

  return self;
}

void
km_rtmp_session_free (KmRtmpSession *self)
{
  km_rtmp_handshake_clear (&self->handshake);
  km_rtmp_reader_free (self->reader);
  g_byte_array_unref (self->reply.output);
  g_clear_error (&self->error);
  km_rtmp_address_clear (&self->address);
  g_free (self->name);
  g_free (self->query);
  g_free (self);
}

/* RTMP 1.0, 5.4.3: some encoders stop when nobody acknowledges. */
static void
acknowledge (KmRtmpSession *self)
{
  if (self->phase < PHASE_CONNECTED ||
      self->received - self->acknowledged < self->window)
    return;

  self->acknowledged = self->received;
  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_ACKNOWLEDGEMENT,
                        (guint32) self->received);
}

/**
 * km_rtmp_session_push:
 * @self: a session
 * @data: bytes from the client
 * @length: how many
 *
 * To be followed by km_rtmp_session_next() until it returns nothing.
 */
void
km_rtmp_session_push (KmRtmpSession *self,
                      const guint8  *data,
                      gsize          length)
{
  gsize used = 0;

  self->received += length;
  if (self->phase == PHASE_CLOSED || self->error != NULL)
    return;

  if (self->phase == PHASE_HANDSHAKE)
    {
      if (km_rtmp_handshake_push (&self->handshake, data, length, &used,
                                  self->reply.output, &self->error))
        {
          km_rtmp_handshake_clear (&self->handshake);
          self->phase = PHASE_HELLO;
        }
    }
  if (self->phase != PHASE_HANDSHAKE && used < length)
    km_rtmp_reader_push (self->reader, data + used, length - used);
  acknowledge (self);
}

static gboolean
is_extension (const char *name)
{
  return g_str_equal (name, "fourCcList") ||
         g_str_equal (name, "videoFourCcInfoMap") ||
         g_str_equal (name, "audioFourCcInfoMap") ||
         g_str_equal (name, "capsEx");
}

/* A member of connect's command object (RTMP 1.0, 7.2.1.1). */
static void
read_connect_member (KmRtmpSession *self,
                     const char    *name,
                     KmAmfReader   *object,
                     GByteArray    *extensions,
                     double        *encoding)
{
  KmAmfReader value = *object;

  if (g_str_equal (name, "app") || g_str_equal (name, "tcUrl"))
    {
      g_autofree char *text = km_amf_reader_read_string (&value, ADDRESS_MAX);

      if (text != NULL && g_str_equal (name, "app"))
        km_rtmp_address_set_app (&self->address, text);
      else if (text != NULL)
        km_rtmp_address_set_url (&self->address, text);
    }
  else if (g_str_equal (name, "objectEncoding"))
    {
      km_amf_reader_read_number (&value, encoding);
    }
  else if (is_extension (name) && km_amf_reader_skip (&value))
    {
      gsize before;
      gsize after;
      const guint8 *bytes = km_amf_reader_get_rest (object, &before);

      km_amf_reader_get_rest (&value, &after);
      km_amf_write_name (extensions, name);
      g_byte_array_append (extensions, bytes, (guint) (before - after));
    }
}

static KmRtmpEventKind
handle_connect (KmRtmpSession       *self,
                const KmRtmpMessage *message,
                KmAmfReader         *arguments,
                double               transaction)
{
  g_autoptr (GByteArray) extensions = g_byte_array_new ();
  double encoding = 0;
  char *name;

  if (self->phase != PHASE_HELLO)
    return KM_RTMP_EVENT_NONE;

  if (km_amf_reader_enter (arguments))
    {
      while (km_amf_reader_next_member (arguments, &name))
        {
          g_autofree char *owned = name;

          read_connect_member (self, name, arguments, extensions, &encoding);
          if (!km_amf_reader_skip (arguments))
            break;
        }
    }

  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_WINDOW_SIZE, WINDOW_BYTES);
  km_rtmp_reply_control (&self->reply, KM_RTMP_TYPE_PEER_BANDWIDTH,
                         (const guint8[]) { 0, 0x26, 0x25, 0xa0, 2 }, 5);
  km_rtmp_reply_number (&self->reply, KM_RTMP_TYPE_SET_CHUNK_SIZE,
                        KM_RTMP_CHUNK_MAX);
  km_rtmp_reply_connected (&self->reply, transaction, encoding, extensions);
  self->phase = PHASE_CONNECTED;

  return KM_RTMP_EVENT_NONE;
}

static KmRtmpEventKind
handle_fc_publish (KmRtmpSession       *self,
                   const KmRtmpMessage *message,
                   KmAmfReader         *arguments,
                   double               transaction)
{
  km_rtmp_reply_fc_publish (&self->reply, transaction);

  return KM_RTMP_EVENT_NONE;
}

static KmRtmpEventKind
handle_create_stream (KmRtmpSession       *self,
                      const KmRtmpMessage *message,
                      KmAmfReader         *arguments,
                      double               transaction)
{
  km_rtmp_reply_result (&self->reply, transaction, KM_RTMP_SESSION_STREAM);

  return KM_RTMP_EVENT_NONE;
}

/* `publish` and `play` (RTMP 1.0, 7.2.2.6 and 7.2.2.1): null, then a name.
 * GStreamer's publish has transaction id 0. */
static gboolean
read_name (KmRtmpSession *self,
           KmAmfReader   *arguments)
{
  g_autofree char *text = NULL;

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->query, g_free);

  km_amf_reader_skip (arguments);
  text = km_amf_reader_read_string (arguments, ADDRESS_MAX);

  return text != NULL &&
         km_rtmp_address_complete (&self->address, text, &self->name,
                                   &self->query);
}

static KmRtmpEventKind
handle_publish (KmRtmpSession       *self,
                const KmRtmpMessage *message,
                KmAmfReader         *arguments,
                double               transaction)
{
  if (self->phase != PHASE_CONNECTED)
    return KM_RTMP_EVENT_NONE;

  self->role = KM_RTMP_ROLE_PUBLISHER;
  self->phase = PHASE_ASKED;
  if (read_name (self, arguments))
    return KM_RTMP_EVENT_PUBLISH;
  km_rtmp_session_close (self, "error", "NetStream.Publish.BadName",
                         "There is no stream key");

  return KM_RTMP_EVENT_NONE;
}

static KmRtmpEventKind
handle_play (KmRtmpSession       *self,
             const KmRtmpMessage *message,
             KmAmfReader         *arguments,
             double               transaction)
{
  if (self->phase != PHASE_CONNECTED)
    return KM_RTMP_EVENT_NONE;

  self->role = KM_RTMP_ROLE_PLAYER;
  self->phase = PHASE_ASKED;
  if (read_name (self, arguments))
    return KM_RTMP_EVENT_PLAY;
  km_rtmp_session_close (self, "error", "NetStream.Play.StreamNotFound",
                         "There is no name");

  return KM_RTMP_EVENT_NONE;
}

/* FCUnpublish, deleteStream and closeStream: whichever comes first, and only
 * the first. Arguments differ (GStreamer's deleteStream has a string) and
 * aren't needed. */
static KmRtmpEventKind
handle_stop (KmRtmpSession       *self,
             const KmRtmpMessage *message,
             KmAmfReader         *arguments,
             double               transaction)
{
  if (self->phase != PHASE_STREAMING)
    return KM_RTMP_EVENT_NONE;

  if (self->role == KM_RTMP_ROLE_PUBLISHER)
    km_rtmp_reply_status (&self->reply, KM_RTMP_SESSION_STREAM, "status",
                          "NetStream.Unpublish.Success", "Unpublished");
  self->phase = PHASE_CONNECTED;
  self->role = KM_RTMP_ROLE_NONE;

  return KM_RTMP_EVENT_STOPPED;
}

static const Command commands[] = {
  { "connect", handle_connect },
  { "FCPublish", handle_fc_publish },
  { "createStream", handle_create_stream },
  { "publish", handle_publish },
  { "play", handle_play },
  { "FCUnpublish", handle_stop },
  { "deleteStream", handle_stop },
  { "closeStream", handle_stop },
};

/* An unknown command (releaseStream, getStreamLength, _checkbw…) needs no
 * answer, and a first value that isn't a name no attention. */
static KmRtmpEventKind
handle_command (KmRtmpSession       *self,
                const KmRtmpMessage *message)
{
  KmAmfReader arguments;
  g_autofree char *name = NULL;
  double transaction = 0;

  km_amf_reader_init (&arguments, message->data, message->length);
  name = km_amf_reader_read_string (&arguments, 64);
  if (name == NULL)
    return KM_RTMP_EVENT_NONE;
  km_amf_reader_read_number (&arguments, &transaction);

  if (self->phase == PHASE_HELLO && !g_str_equal (name, "connect"))
    return KM_RTMP_EVENT_NONE;
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (name, commands[i].name))
        return commands[i].handle (self, message, &arguments, transaction);
    }

  return KM_RTMP_EVENT_NONE;
}

/* Data as an FLV script tag has it: `@setDataFrame` is an order to a server
 * and not part of it. */
static KmRtmpEventKind
handle_data (KmRtmpSession       *self,
             const KmRtmpMessage *message,
             KmRtmpEvent         *event)
{
  KmAmfReader data;
  KmAmfReader name_at;
  g_autofree char *name = NULL;

  km_amf_reader_init (&data, message->data, message->length);
  name_at = data;
  name = km_amf_reader_read_string (&data, 256);
  if (name != NULL && g_str_equal (name, "@setDataFrame"))
    {
      name_at = data;
      g_free (name);
      name = km_amf_reader_read_string (&data, 256);
    }
  if (name == NULL || *name == '@')
    return KM_RTMP_EVENT_NONE;

  event->media = *message;
  event->media.type = KM_RTMP_TYPE_DATA;
  event->media.data = km_amf_reader_get_rest (&name_at, &event->media.length);

  return g_str_equal (name, "onMetaData") ? KM_RTMP_EVENT_METADATA
                                          : KM_RTMP_EVENT_MEDIA;
}

static void
handle_user_control (KmRtmpSession       *self,
                     const KmRtmpMessage *message)
{
  if (message->length >= 6 &&
      km_rtmp_get_u16 (message->data) == USER_CONTROL_PING_REQUEST)
    km_rtmp_reply_user_control (&self->reply, USER_CONTROL_PING_RESPONSE,
                                km_rtmp_get_u32 (message->data + 2));
}

static KmRtmpEventKind
next_of_aggregate (KmRtmpSession *self,
                   KmRtmpEvent   *event)
{
  while (km_rtmp_aggregate_next (&self->aggregate, &event->media))
    {
      if (event->media.length > 0 &&
          (event->media.type == KM_RTMP_TYPE_AUDIO ||
           event->media.type == KM_RTMP_TYPE_VIDEO))
        return KM_RTMP_EVENT_MEDIA;
    }

  return KM_RTMP_EVENT_NONE;
}

/* AMF3 messages hold AMF0 behind a zero byte. */
static void
unwrap_amf3 (KmRtmpMessage *message)
{
  if (message->length > 0 && message->data[0] == 0)
    {
      message->data++;
      message->length--;
    }
}

static KmRtmpEventKind
handle_message (KmRtmpSession *self,
                KmRtmpMessage *message,
                KmRtmpEvent   *event)
{
  gboolean publishing = self->phase == PHASE_STREAMING &&
                        self->role == KM_RTMP_ROLE_PUBLISHER;

  switch (message->type)
    {
    case KM_RTMP_TYPE_USER_CONTROL:
      handle_user_control (self, message);
      return KM_RTMP_EVENT_NONE;

    case KM_RTMP_TYPE_WINDOW_SIZE:
      if (message->length >= 4)
        self->window = MAX (km_rtmp_get_u32 (message->data), WINDOW_MIN_BYTES);
      return KM_RTMP_EVENT_NONE;

    case KM_RTMP_TYPE_COMMAND_AMF3:
      unwrap_amf3 (message);
      return handle_command (self, message);

    case KM_RTMP_TYPE_COMMAND:
      return handle_command (self, message);

    case KM_RTMP_TYPE_DATA_AMF3:
      unwrap_amf3 (message);
      return publishing ? handle_data (self, message, event)
                        : KM_RTMP_EVENT_NONE;

    case KM_RTMP_TYPE_DATA:
      return publishing ? handle_data (self, message, event)
                        : KM_RTMP_EVENT_NONE;

    case KM_RTMP_TYPE_AUDIO:
    case KM_RTMP_TYPE_VIDEO:
      event->media = *message;
      return publishing && message->length > 0 ? KM_RTMP_EVENT_MEDIA
                                               : KM_RTMP_EVENT_NONE;

    case KM_RTMP_TYPE_AGGREGATE:
      if (!publishing)
        return KM_RTMP_EVENT_NONE;
      km_rtmp_aggregate_init (&self->aggregate, message);
      return next_of_aggregate (self, event);

    default:
      return KM_RTMP_EVENT_NONE;
    }
}

static KmRtmpEventKind
fail (KmRtmpSession *self,
      GError       **error)
{
  g_propagate_error (error, g_steal_pointer (&self->error));
  self->phase = PHASE_CLOSED;

  return KM_RTMP_EVENT_ERROR;
}

/**
 * km_rtmp_session_next:
 * @self: a session
 * @event: (out caller-allocates): what the client did
 * @error: return location for a #KmRtmpError, with %KM_RTMP_EVENT_ERROR
 *
 * Returns: the kind of @event
 */
KmRtmpEventKind
km_rtmp_session_next (KmRtmpSession *self,
                      KmRtmpEvent   *event,
                      GError       **error)
{
  *event = (KmRtmpEvent) { 0 };

  if (self->error != NULL)
    return fail (self, error);
  if (self->phase == PHASE_STREAMING)
    event->kind = next_of_aggregate (self, event);

  while (event->kind == KM_RTMP_EVENT_NONE &&
         self->phase != PHASE_HANDSHAKE &&
         self->phase != PHASE_ASKED &&
         self->phase != PHASE_CLOSED)
    {
      KmRtmpMessage message;
      KmRtmpRead read = km_rtmp_reader_next (self->reader, &message,
                                             &self->error);

      if (read == KM_RTMP_READ_ERROR)
        return fail (self, error);
      if (read == KM_RTMP_READ_MORE)
        break;
      event->kind = handle_message (self, &message, event);
    }

  event->name = self->name;
  event->query = self->query;

  return event->kind;
}

/**
 * km_rtmp_session_accept:
 * @self: a session that wants an answer
 *
 * Lets the client publish or play. A player's media follows: on message stream
 * %KM_RTMP_SESSION_STREAM, in chunks of up to %KM_RTMP_CHUNK_MAX.
 */
void
km_rtmp_session_accept (KmRtmpSession *self)
{
  g_return_if_fail (self->phase == PHASE_ASKED);

  self->phase = PHASE_STREAMING;
  km_rtmp_reply_user_control (&self->reply, USER_CONTROL_STREAM_BEGIN,
                              KM_RTMP_SESSION_STREAM);
  if (self->role == KM_RTMP_ROLE_PUBLISHER)
    {
      km_rtmp_reader_set_limits (self->reader, VIDEO_MAX, OTHER_MAX);
      km_rtmp_reply_status (&self->reply, KM_RTMP_SESSION_STREAM, "status",
                            "NetStream.Publish.Start", "Publishing");
      return;
    }

  km_rtmp_reply_status (&self->reply, KM_RTMP_SESSION_STREAM, "status",
                        "NetStream.Play.Reset", "Playing and resetting");
  km_rtmp_reply_status (&self->reply, KM_RTMP_SESSION_STREAM, "status",
                        "NetStream.Play.Start", "Playing");
}

/**
 * km_rtmp_session_close:
 * @self: a session
 * @level: `status` or `error`
 * @code: a code of `onStatus` that clients know
 * @description: why, in words for a person
 *
 * Refuses what the client asked for, or ends what it does; nothing more is
 * read. The output must reach the client before its connection is closed, or
 * it takes the end for a network error and tries for ever.
 */
void
km_rtmp_session_close (KmRtmpSession *self,
                       const char    *level,
                       const char    *code,
                       const char    *description)
{
  if (self->phase == PHASE_CLOSED)
    return;

  if (self->phase == PHASE_STREAMING && self->role == KM_RTMP_ROLE_PLAYER)
    km_rtmp_reply_user_control (&self->reply, USER_CONTROL_STREAM_EOF,
                                KM_RTMP_SESSION_STREAM);
  km_rtmp_reply_status (&self->reply, KM_RTMP_SESSION_STREAM, level, code,
                        description);
  self->phase = PHASE_CLOSED;
}

/**
 * km_rtmp_session_is_open:
 * @self: a session
 *
 * Returns: %FALSE when all that is left is to send the output and close
 */
gboolean
km_rtmp_session_is_open (KmRtmpSession *self)
{
  return self->phase != PHASE_CLOSED;
}

/**
 * km_rtmp_session_wants_answer:
 * @self: a session
 *
 * Returns: whether it reads nothing until km_rtmp_session_accept() or
 *   km_rtmp_session_close()
 */
gboolean
km_rtmp_session_wants_answer (KmRtmpSession *self)
{
  return self->phase == PHASE_ASKED;
}

/**
 * km_rtmp_session_has_met:
 * @self: a session
 *
 * Returns: whether the handshake is done
 */
gboolean
km_rtmp_session_has_met (KmRtmpSession *self)
{
  return self->phase != PHASE_HANDSHAKE;
}

/**
 * km_rtmp_session_get_role:
 * @self: a session
 *
 * Returns: what the client was accepted as
 */
KmRtmpRole
km_rtmp_session_get_role (KmRtmpSession *self)
{
  return self->phase == PHASE_STREAMING ? self->role : KM_RTMP_ROLE_NONE;
}

/**
 * km_rtmp_session_peek_output:
 * @self: a session
 *
 * Returns: (transfer none): what is to be sent; the caller takes bytes off its
 *   front as it sends them
 */
GByteArray *
km_rtmp_session_peek_output (KmRtmpSession *self)
{
  return self->reply.output;
}
