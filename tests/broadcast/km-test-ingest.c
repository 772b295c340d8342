/* km-test-ingest.c: a server that takes a stream, or does what servers do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In this process, on the default main context, so that a test can hold it at
 * any moment. Its receive buffer is small: what it doesn't read soon waits at
 * the sender. It serves one publisher at a time.
 */

#include "km-test-ingest.h"

#include <sys/socket.h>

#define RECEIVE_BUFFER_BYTES (16 * 1024)

struct _KmTestIngest
{
  KmTestManner manner;
  KmTestMediaFunc func;
  gpointer data;
  GSocket *listener;
  GSource *accepting;
  char *address;
  KmRtmpSession *session;
  GSocket *socket;
  GSource *reading;
  guint goodbyes;
};

static void
drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
hang_up (KmTestIngest *self)
{
  drop_source (&self->reading);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_clear_pointer (&self->session, km_rtmp_session_free);
}

/* Answers are short, and their reader waits for them. */
static void
answer (KmTestIngest *self)
{
  GByteArray *output = km_rtmp_session_peek_output (self->session);

  g_socket_set_blocking (self->socket, TRUE);
  while (output->len > 0)
    {
      gssize length = g_socket_send (self->socket, (const char *) output->data,
                                     output->len, NULL, NULL);

      if (length <= 0)
        break;
      g_byte_array_remove_range (output, 0, (guint) length);
    }
  g_byte_array_set_size (output, 0);
  g_socket_set_blocking (self->socket, FALSE);
}

static void
be_asked (KmTestIngest *self)
{
  if (self->manner == KM_TEST_MANNER_TAKES)
    km_rtmp_session_accept (self->session);
  else if (self->manner == KM_TEST_MANNER_DENIES)
    km_rtmp_session_close (self->session, "error", "NetStream.Publish.Denied",
                           "No such key");
}

/* Returns: whether the publisher is still there. */
static gboolean
take_events (KmTestIngest *self)
{
  KmRtmpEvent event;
  KmRtmpEventKind kind;
  g_autoptr (GError) error = NULL;

  while ((kind = km_rtmp_session_next (self->session, &event, &error)) !=
         KM_RTMP_EVENT_NONE)
    {
      g_assert_no_error (error);
      if (kind == KM_RTMP_EVENT_PUBLISH)
        be_asked (self);
      if (kind == KM_RTMP_EVENT_STOPPED)
        self->goodbyes++;
      if (kind == KM_RTMP_EVENT_MEDIA || kind == KM_RTMP_EVENT_METADATA)
        self->func (&event, self->data);
      if (kind == KM_RTMP_EVENT_PUBLISH &&
          self->manner == KM_TEST_MANNER_CLOSES)
        return FALSE;
    }

  answer (self);
  return km_rtmp_session_is_open (self->session);
}

static gboolean
on_readable (GSocket      *socket,
             GIOCondition  condition,
             gpointer      data)
{
  KmTestIngest *self = data;
  guint8 bytes[4096];
  gssize length = g_socket_receive (socket, (char *) bytes, sizeof bytes, NULL,
                                    NULL);

  if (length > 0)
    km_rtmp_session_push (self->session, bytes, (gsize) length);
  if (length > 0 && take_events (self))
    return G_SOURCE_CONTINUE;

  hang_up (self);
  return G_SOURCE_REMOVE;
}

/**
 * km_test_ingest_go_on:
 * @self: a server
 *
 * Reads again.
 */
void
km_test_ingest_go_on (KmTestIngest *self)
{
  self->reading = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->reading, G_SOURCE_FUNC (on_readable), self,
                         NULL);
  g_source_attach (self->reading, NULL);
}

/**
 * km_test_ingest_pause:
 * @self: a server with a publisher
 *
 * Reads nothing any more.
 */
void
km_test_ingest_pause (KmTestIngest *self)
{
  drop_source (&self->reading);
}

/**
 * km_test_ingest_take_over:
 * @self: a server with a publisher
 *
 * Tells it what it would be told if another began to publish.
 */
void
km_test_ingest_take_over (KmTestIngest *self)
{
  km_rtmp_session_close (self->session, "error", "NetStream.Publish.BadName",
                         "Somebody else began");
  answer (self);
  hang_up (self);
}

static gboolean
on_connection (GSocket      *listener,
               GIOCondition  condition,
               gpointer      data)
{
  KmTestIngest *self = data;
  g_autoptr (GError) error = NULL;

  hang_up (self);
  self->socket = g_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->socket, FALSE);
  self->session = km_rtmp_session_new (0);
  km_test_ingest_go_on (self);
  if (self->manner == KM_TEST_MANNER_BABBLES)
    g_socket_send (self->socket, "220 smtp.example.org\r\n", 22, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

/**
 * km_test_ingest_new:
 * @manner: what it does
 * @func: called with what it takes
 * @data: for @func
 *
 * Returns: (transfer full): the server, listening
 */
KmTestIngest *
km_test_ingest_new (KmTestManner     manner,
                    KmTestMediaFunc  func,
                    gpointer         data)
{
  KmTestIngest *self = g_new0 (KmTestIngest, 1);
  g_autoptr (GInetAddress) here =
    g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (here, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->manner = manner;
  self->func = func;
  self->data = data;
  self->listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_option (self->listener, SOL_SOCKET, SO_RCVBUF,
                       RECEIVE_BUFFER_BYTES, &error);
  g_assert_no_error (error);
  g_socket_bind (self->listener, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (self->listener, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (self->listener, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf (
    "rtmp://127.0.0.1:%u/live/KEY",
    g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));

  self->accepting = g_socket_create_source (self->listener, G_IO_IN, NULL);
  g_source_set_callback (self->accepting, G_SOURCE_FUNC (on_connection), self,
                         NULL);
  g_source_attach (self->accepting, NULL);

  return self;
}

/**
 * km_test_ingest_free:
 * @self: (transfer full): a server
 *
 * Nobody listens any more where it did.
 */
void
km_test_ingest_free (KmTestIngest *self)
{
  hang_up (self);
  drop_source (&self->accepting);
  g_socket_close (self->listener, NULL);
  g_object_unref (self->listener);
  g_free (self->address);
  g_free (self);
}

const char *
km_test_ingest_get_address (KmTestIngest *self)
{
  return self->address;
}

/**
 * km_test_ingest_get_goodbyes:
 * @self: a server
 *
 * Returns: how many publishers have said goodbye
 */
guint
km_test_ingest_get_goodbyes (KmTestIngest *self)
{
  return self->goodbyes;
}
