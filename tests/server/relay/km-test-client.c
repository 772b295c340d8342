/* km-test-client.c: a relay on loopback, and clients that a test drives
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listeners are what the server has in `edge`, as small as can be: accept,
 * shake hands in a run within TLS, read a request's head, hand the socket over.
 * All waiting is for something to
 * arrive, with a limit after which the test fails.
 */

#include "km-test-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-amf.h"
#include "km-rtmp-handshake.h"
#include "km-rtmp-reader.h"
#include "km-rtmp-writer.h"
#include "km-test-tls.h"

#define WAIT_MS 60000

struct _KmTestRelay
{
  KmPostOffice *post_office;
  KmQueue *events;
  GQueue *waiting;      /* KmDelivery taken from events and not asked for */
  KmRelay *relay;
  GThread *thread;
  int stop;
  int rtmp;
  int http;
};

struct _KmTestRtmp
{
  int fd;
  KmRtmpReader *reader;
};

struct _KmTestViewer
{
  int fd;
  GString *head;
  KmFlvReader *reader;
};

static int
listen_on_loopback (void)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address),
                   ==, 0);
  g_assert_cmpint (listen (fd, 64), ==, 0);

  return fd;
}

static guint16
get_port (int fd)
{
  struct sockaddr_in address;
  socklen_t length = sizeof address;

  getsockname (fd, (struct sockaddr *) &address, &length);

  return ntohs (address.sin_port);
}

static int
connect_to_port (guint port,
                 int   receive_bytes)
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons ((guint16) port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (receive_bytes > 0)
    setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes,
                sizeof receive_bytes);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address),
                   ==, 0);

  return fd;
}

static int
connect_to (int listener,
            int receive_bytes)
{
  int fd = connect_to_port (get_port (listener), receive_bytes);

  return km_test_tls_is_asked_for () ? km_test_tls_wrap (fd) : fd;
}

/* Reads what there is, after waiting for it. Returns: 0 at the end. */
static gssize
read_some (int     fd,
           guint8 *bytes,
           gsize   length)
{
  struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
  gssize n;

  g_assert_cmpint (poll (&poll_fd, 1, WAIT_MS), ==, 1);
  n = read (fd, bytes, length);

  return MAX (n, 0);
}

static void
write_all (int           fd,
           const guint8 *bytes,
           gsize         length)
{
  while (length > 0)
    {
      gssize n = send (fd, bytes, length, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      /* The relay may close at any time; a test sees that when it reads. */
      if (n < 0)
        return;
      bytes += n;
      length -= (gsize) n;
    }
}

static void
authorise (gpointer        data,
           KmRelayRequest *request)
{
  gboolean publish = request->kind == KM_RELAY_REQUEST_PUBLISH;

  if (!publish)
    km_relay_answer (request, request->name, NULL, NULL);
  else if (g_str_has_prefix (request->name, "key-"))
    km_relay_answer (request, request->name + strlen ("key-"), NULL, NULL);
  else if (g_str_equal (request->name, "busy"))
    km_relay_answer (request, NULL, "busy", "Come again");
  else
    km_relay_answer (request, NULL, "denied", "No such key");
}

static KmTransport
let_in (int listener)
{
  int fd = accept4 (listener, NULL, NULL, SOCK_CLOEXEC);
  g_autoptr (GSocket) socket = NULL;
  GIOStream *stream;

  if (!km_test_tls_is_asked_for ())
    return km_transport_new_plain (fd);

  stream = km_test_tls_accept (fd, &socket);
  return km_transport_new_tls (stream, socket);
}

static gboolean
read_byte (KmTransport *transport,
           guint8      *byte)
{
  struct pollfd poll_fd = { .fd = km_transport_get_fd (transport),
                            .events = POLLIN };
  gssize n;

  while ((n = km_transport_read (transport, byte, 1)) ==
         KM_TRANSPORT_WOULD_BLOCK)
    g_assert_cmpint (poll (&poll_fd, 1, WAIT_MS), ==, 1);

  return n == 1;
}

static void
serve_http (KmTestRelay *self,
            KmTransport  transport)
{
  g_autoptr (GString) head = g_string_new (NULL);
  g_autofree char *room = NULL;
  const char *end;
  guint8 byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n") &&
         read_byte (&transport, &byte))
    g_string_append_c (head, (char) byte);

  g_assert_true (g_str_has_prefix (head->str, "GET /live/"));
  end = strstr (head->str, ".flv");
  g_assert_nonnull (end);
  room = g_strndup (head->str + strlen ("GET /live/"),
                    (gsize) (end - head->str) - strlen ("GET /live/"));
  km_relay_adopt_flv (self->relay, transport, room, NULL);
}

static gpointer
accept_all (gpointer data)
{
  KmTestRelay *self = data;
  struct pollfd fds[] = { { .fd = self->stop, .events = POLLIN },
                          { .fd = self->rtmp, .events = POLLIN },
                          { .fd = self->http, .events = POLLIN } };

  while (poll (fds, 3, -1) > 0 && fds[0].revents == 0)
    {
      if (fds[1].revents != 0)
        km_relay_adopt_rtmp (self->relay, let_in (self->rtmp), NULL);
      if (fds[2].revents != 0)
        serve_http (self, let_in (self->http));
    }

  return NULL;
}

KmTestRelay *
km_test_relay_new (gint64 grace_ms)
{
  KmTestRelay *self = g_new0 (KmTestRelay, 1);
  KmRelayHost host = { authorise, self, grace_ms };
  g_autoptr (GError) error = NULL;

  self->post_office = km_post_office_new ();
  self->events = km_queue_new (0);
  self->waiting = g_queue_new ();
  km_post_office_subscribe (self->post_office, self->events,
                            KM_EVENT_STREAM_STARTED | KM_EVENT_STREAM_ENDED |
                            KM_EVENT_STREAM_EDGE | KM_EVENT_PUBLISH_REFUSED);
  self->relay = km_relay_new (&host, self->post_office, &error);
  g_assert_no_error (error);
  self->rtmp = listen_on_loopback ();
  self->http = listen_on_loopback ();
  self->stop = eventfd (0, EFD_CLOEXEC);
  self->thread = g_thread_new ("listener", accept_all, self);

  return self;
}

static void
collect (KmTestRelay *self)
{
  KmMessage *message = km_queue_take_all (self->events);

  while (message != NULL)
    {
      KmMessage *next = message->next;

      g_queue_push_tail (self->waiting, message);
      message = next;
    }
}

/* Ends the listeners and the relay; its events stay. */
void
km_test_relay_stop (KmTestRelay *self)
{
  if (self->relay == NULL)
    return;

  g_assert_cmpint (eventfd_write (self->stop, 1), ==, 0);
  g_thread_join (self->thread);
  g_clear_pointer (&self->relay, km_relay_free);
}

void
km_test_relay_free (KmTestRelay *self)
{
  km_test_relay_stop (self);

  collect (self);
  g_queue_free_full (self->waiting, (GDestroyNotify) km_delivery_free);
  km_post_office_unsubscribe (self->post_office, self->events);
  km_queue_free (self->events);
  km_post_office_free (self->post_office);
  close (self->rtmp);
  close (self->http);
  close (self->stop);
  g_free (self);
}

KmRelay *
km_test_relay_get_relay (KmTestRelay *self)
{
  return self->relay;
}

char *
km_test_relay_dup_rtmp (KmTestRelay *self,
                        const char  *name)
{
  return g_strdup_printf ("rtmp://127.0.0.1:%u/live/%s",
                          get_port (self->rtmp), name);
}

char *
km_test_relay_dup_flv (KmTestRelay *self,
                       const char  *room)
{
  return g_strdup_printf ("http://127.0.0.1:%u/live/%s.flv",
                          get_port (self->http), room);
}

/* Waits for the next event of @kinds; others before it are dropped. */
KmEvent *
km_test_relay_wait (KmTestRelay *self,
                    KmEventKind  kinds)
{
  for (;;)
    {
      KmDelivery *delivery;

      collect (self);
      delivery = g_queue_pop_head (self->waiting);
      if (delivery == NULL)
        {
          g_assert_true (km_queue_wait (self->events, WAIT_MS * 1000));
          continue;
        }
      if (delivery->event->kind & kinds)
        {
          KmEvent *event = km_event_ref (delivery->event);

          km_delivery_free (delivery);
          return event;
        }
      km_delivery_free (delivery);
    }
}

/* Connected, and that's all. */
static KmTestRtmp *
rtmp_new (int fd)
{
  KmTestRtmp *self = g_new0 (KmTestRtmp, 1);

  self->fd = fd;
  self->reader = km_rtmp_reader_new ();
  km_rtmp_reader_set_limits (self->reader, 16 << 20, 16 << 20);

  return self;
}

KmTestRtmp *
km_test_rtmp_new_silent (KmTestRelay *relay)
{
  return rtmp_new (connect_to (relay->rtmp, 0));
}

static KmTestRtmp *
shake_hands (KmTestRtmp *self)
{
  guint8 hello[1 + KM_RTMP_HANDSHAKE_SIZE] = { 3 };
  guint8 reply[1 + 2 * KM_RTMP_HANDSHAKE_SIZE];
  gsize received = 0;

  write_all (self->fd, hello, sizeof hello);
  while (received < sizeof reply)
    {
      gssize n = read_some (self->fd, reply + received,
                            sizeof reply - received);

      g_assert_cmpint (n, >, 0);
      received += (gsize) n;
    }
  write_all (self->fd, reply + 1, KM_RTMP_HANDSHAKE_SIZE);

  return self;
}

KmTestRtmp *
km_test_rtmp_new (KmTestRelay *relay)
{
  return shake_hands (km_test_rtmp_new_silent (relay));
}

/* Of a server that isn't the test's own relay. */
KmTestRtmp *
km_test_rtmp_new_at (guint port)
{
  return shake_hands (rtmp_new (connect_to_port (port, 0)));
}

void
km_test_rtmp_free (KmTestRtmp *self)
{
  g_clear_fd (&self->fd, NULL);
  km_rtmp_reader_free (self->reader);
  g_free (self);
}

void
km_test_rtmp_send (KmTestRtmp   *self,
                   guint8        type,
                   guint32       time_ms,
                   const guint8 *data,
                   gsize         length)
{
  g_autoptr (GByteArray) output = g_byte_array_new ();
  KmRtmpMessage message = {
    .chunk_stream = type == KM_RTMP_TYPE_COMMAND ? 3 : 4,
    .type = type,
    .stream = type == KM_RTMP_TYPE_COMMAND ? 0 : 1,
    .time_ms = time_ms,
    .data = data,
    .length = length,
  };

  km_rtmp_writer_append (output, &message, KM_RTMP_CHUNK_DEFAULT);
  write_all (self->fd, output->data, output->len);
}

void
km_test_rtmp_command (KmTestRtmp *self,
                      const char *name,
                      double      transaction,
                      const char *argument)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, name);
  km_amf_write_number (body, transaction);
  km_amf_write_null (body);
  if (argument != NULL)
    km_amf_write_string (body, argument);
  km_test_rtmp_send (self, KM_RTMP_TYPE_COMMAND, 0, body->data, body->len);
}

void
km_test_rtmp_connect (KmTestRtmp *self)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();

  km_amf_write_string (body, "connect");
  km_amf_write_number (body, 1);
  km_amf_write_begin_object (body);
  km_amf_write_name (body, "app");
  km_amf_write_string (body, "live");
  km_amf_write_end_object (body);
  km_test_rtmp_send (self, KM_RTMP_TYPE_COMMAND, 0, body->data, body->len);
  km_test_rtmp_command (self, "createStream", 2, NULL);
}

void
km_test_rtmp_publish (KmTestRtmp *self,
                      const char *key)
{
  km_test_rtmp_connect (self);
  km_test_rtmp_command (self, "publish", 3, key);
}

/* AVC with nothing in it but numbers: nobody decodes it here. */
void
km_test_rtmp_send_headers (KmTestRtmp *self)
{
  static const guint8 video[] = { 0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x1f };
  static const guint8 audio[] = { 0xaf, 0, 0x11, 0x90 };
  g_autoptr (GByteArray) metadata = g_byte_array_new ();

  km_amf_write_string (metadata, "@setDataFrame");
  km_amf_write_string (metadata, "onMetaData");
  km_amf_write_begin_object (metadata);
  km_amf_write_name (metadata, "width");
  km_amf_write_number (metadata, 640);
  km_amf_write_end_object (metadata);

  km_test_rtmp_send (self, KM_RTMP_TYPE_DATA, 0, metadata->data,
                     metadata->len);
  km_test_rtmp_send (self, KM_RTMP_TYPE_VIDEO, 0, video, sizeof video);
  km_test_rtmp_send (self, KM_RTMP_TYPE_AUDIO, 0, audio, sizeof audio);
}

void
km_test_rtmp_send_frame (KmTestRtmp *self,
                         guint32     time_ms,
                         gboolean    key,
                         gsize       length)
{
  g_autofree guint8 *data = g_malloc0 (length);

  g_assert_cmpuint (length, >=, 5);
  data[0] = key ? 0x17 : 0x27;
  data[1] = 1;
  for (gsize i = 5; i < length; i++)
    data[i] = (guint8) (i * 7 + time_ms);
  km_test_rtmp_send (self, KM_RTMP_TYPE_VIDEO, time_ms, data, length);
}

void
km_test_rtmp_send_sound (KmTestRtmp *self,
                         guint32     time_ms)
{
  static const guint8 data[] = { 0xaf, 1, 0x21, 0x10 };

  km_test_rtmp_send (self, KM_RTMP_TYPE_AUDIO, time_ms, data, sizeof data);
}

/* Waits for a whole message. Returns: FALSE at the connection's end. */
static gboolean
next_message (KmTestRtmp    *self,
              KmRtmpMessage *message)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[4096];
  gssize length;
  KmRtmpRead read;

  while ((read = km_rtmp_reader_next (self->reader, message, &error)) ==
         KM_RTMP_READ_MORE)
    {
      length = read_some (self->fd, bytes, sizeof bytes);
      if (length == 0)
        return FALSE;
      km_rtmp_reader_push (self->reader, bytes, (gsize) length);
    }
  g_assert_no_error (error);

  return read == KM_RTMP_READ_MESSAGE;
}

static char *
read_code (KmAmfReader *info)
{
  char *name;

  while (km_amf_reader_next_member (info, &name))
    {
      g_autofree char *owned = name;

      if (g_str_equal (name, "code"))
        return km_amf_reader_read_string (info, 256);
      km_amf_reader_skip (info);
    }

  return NULL;
}

/* Returns: the code of the next onStatus; NULL at the connection's end */
char *
km_test_rtmp_wait_status (KmTestRtmp *self)
{
  KmRtmpMessage message;

  while (next_message (self, &message))
    {
      KmAmfReader reader;
      g_autofree char *name = NULL;

      if (message.type != KM_RTMP_TYPE_COMMAND)
        continue;
      km_amf_reader_init (&reader, message.data, message.length);
      name = km_amf_reader_read_string (&reader, 64);
      if (g_strcmp0 (name, "onStatus") != 0)
        continue;
      km_amf_reader_skip (&reader);
      km_amf_reader_skip (&reader);
      if (km_amf_reader_enter (&reader))
        return read_code (&reader);
    }

  return NULL;
}

/* Returns: whether the relay closes the connection in order */
gboolean
km_test_rtmp_wait_end (KmTestRtmp *self)
{
  KmRtmpMessage message;

  while (next_message (self, &message))
    continue;

  return TRUE;
}

KmTestViewer *
km_test_viewer_new (KmTestRelay *relay,
                    const char  *room,
                    int          receive_bytes)
{
  KmTestViewer *self = g_new0 (KmTestViewer, 1);
  g_autofree char *request =
    g_strdup_printf ("GET /live/%s.flv HTTP/1.1\r\nHost: x\r\n\r\n", room);
  guint8 byte;

  self->fd = connect_to (relay->http, receive_bytes);
  self->head = g_string_new (NULL);
  self->reader = km_flv_reader_new (KM_FLV_DATA_MAX);
  write_all (self->fd, (const guint8 *) request, strlen (request));
  while (!g_str_has_suffix (self->head->str, "\r\n\r\n") &&
         read_some (self->fd, &byte, 1) == 1)
    g_string_append_c (self->head, (char) byte);

  return self;
}

void
km_test_viewer_free (KmTestViewer *self)
{
  g_clear_fd (&self->fd, NULL);
  g_string_free (self->head, TRUE);
  km_flv_reader_free (self->reader);
  g_free (self);
}

const char *
km_test_viewer_get_head (KmTestViewer *self)
{
  return self->head->str;
}

/* Waits for the next tag. Returns: FALSE at the stream's end. */
gboolean
km_test_viewer_next (KmTestViewer *self,
                     KmFlvTag     *tag)
{
  g_autoptr (GError) error = NULL;
  guint8 bytes[65536];
  gssize length;
  KmFlvRead read;

  while ((read = km_flv_reader_next (self->reader, tag, &error)) ==
         KM_FLV_READ_MORE)
    {
      length = read_some (self->fd, bytes, sizeof bytes);
      if (length == 0)
        return FALSE;
      km_flv_reader_push (self->reader, bytes, (gsize) length);
    }
  g_assert_no_error (error);

  return read == KM_FLV_READ_TAG;
}
