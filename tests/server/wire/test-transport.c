/* test-transport.c: bytes through a socket, plain and within TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over a pair of sockets that no network is between: each case does one thing
 * after another, and nothing depends on when.
 */

#include "km-transport.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-test-certificate.h"

#define RECORD_BYTES 16384

/* One end is what is tested, the other its peer. */
typedef struct
{
  KmTestAuthority *authority;
  KmTransport transport;
  int peer_fd;
  GIOStream *peer; /* (nullable): a TLS client */
} Fixture;

static void
set_up_plain (Fixture       *fixture,
              gconstpointer  data)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  fixture->transport = km_transport_new_plain (fds[0]);
  fixture->peer_fd = fds[1];
}

static gboolean
accept_any (GTlsConnection       *connection,
            GTlsCertificate      *certificate,
            GTlsCertificateFlags  errors,
            gpointer              user_data)
{
  return TRUE;
}

static GSocketConnection *
make_connection (int fd)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, &error);

  g_assert_no_error (error);
  return g_socket_connection_factory_create_connection (socket);
}

static gpointer
shake_hands (gpointer data)
{
  g_autoptr (GError) error = NULL;

  g_tls_connection_handshake (data, NULL, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
set_up_tls (Fixture       *fixture,
            gconstpointer  data)
{
  g_autofree char *key = NULL;
  g_autofree char *file = NULL;
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) near = NULL;
  g_autoptr (GSocketConnection) far = NULL;
  GIOStream *server;
  GThread *thread;
  int fds[2];

  fixture->authority = km_test_authority_new ();
  file = km_test_authority_issue (fixture->authority, "server", &key);
  certificate = g_tls_certificate_new_from_files (file, key, &error);
  g_assert_no_error (error);

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  near = make_connection (fds[0]);
  far = make_connection (fds[1]);
  server = g_tls_server_connection_new (G_IO_STREAM (near), certificate,
                                        &error);
  g_assert_no_error (error);
  fixture->peer = g_tls_client_connection_new (G_IO_STREAM (far), NULL,
                                               &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->peer, "accept-certificate",
                    G_CALLBACK (accept_any), NULL);

  thread = g_thread_new ("peer", shake_hands, fixture->peer);
  shake_hands (server);
  g_thread_join (thread);

  fixture->peer_fd = fds[1];
  fixture->transport =
    km_transport_new_tls (server, g_socket_connection_get_socket (near));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_transport_clear (&fixture->transport);
  if (fixture->peer != NULL)
    g_object_unref (fixture->peer);
  else
    close (fixture->peer_fd);
  g_clear_pointer (&fixture->authority, km_test_authority_free);
}

static void
peer_send (Fixture    *fixture,
           const void *data,
           gsize       length)
{
  g_autoptr (GError) error = NULL;

  if (fixture->peer == NULL)
    {
      g_assert_cmpint (send (fixture->peer_fd, data, length, 0), ==, length);
      return;
    }

  g_output_stream_write_all (g_io_stream_get_output_stream (fixture->peer),
                             data, length, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* What the peer gets with one read; -1: nothing is there. */
static gssize
peer_receive (Fixture *fixture,
              void    *buffer,
              gsize    size)
{
  g_autoptr (GError) error = NULL;
  gssize length;

  if (fixture->peer == NULL)
    return recv (fixture->peer_fd, buffer, size, MSG_DONTWAIT);

  length = g_pollable_input_stream_read_nonblocking (
    G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (fixture->peer)),
    buffer, size, NULL, &error);
  if (length < 0)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  return length;
}

static gboolean
is_ready (Fixture *fixture,
          short    event)
{
  struct pollfd entry = { km_transport_get_fd (&fixture->transport), event, 0 };

  return poll (&entry, 1, 0) == 1 && (entry.revents & event) != 0;
}

static void
test_there_and_back (Fixture       *fixture,
                     gconstpointer  data)
{
  const struct iovec pieces[] = { { (void *) "an", 2 }, { NULL, 0 },
                                  { (void *) "swer", 4 } };
  char buffer[64];

  /* A client's last handshake message may be followed by nothing. */
  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==,
                   KM_TRANSPORT_WOULD_BLOCK);
  g_assert_false (km_transport_may_hold_input (&fixture->transport));

  peer_send (fixture, "question", 8);
  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==, 8);
  g_assert_cmpmem (buffer, 8, "question", 8);

  g_assert_cmpint (km_transport_writev (&fixture->transport, pieces, 3), ==,
                   6);
  g_assert_cmpint (km_transport_write (&fixture->transport, "!", 1), ==, 1);
  g_assert_false (km_transport_holds_output (&fixture->transport));
  g_assert_cmpint (peer_receive (fixture, buffer, 6), ==, 6);
  g_assert_cmpmem (buffer, 6, "answer", 6);
  g_assert_cmpint (peer_receive (fixture, buffer, 64), ==, 1);
}

/* The peer hears that nothing more comes, can be heard itself, and then
 * ends. */
static void
test_half_end (Fixture       *fixture,
               gconstpointer  data)
{
  char buffer[64];

  km_transport_shutdown (&fixture->transport);
  g_assert_cmpint (peer_receive (fixture, buffer, 64), ==, 0);

  peer_send (fixture, "bye", 3);
  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==, 3);
  if (fixture->peer != NULL)
    g_io_stream_close (fixture->peer, NULL, NULL);
  else
    shutdown (fixture->peer_fd, SHUT_WR);
  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==, 0);
  g_assert_false (km_transport_may_hold_input (&fixture->transport));
}

static void
test_broken (Fixture       *fixture,
             gconstpointer  data)
{
  gssize written;

  /* Without a goodbye. */
  shutdown (fixture->peer_fd, SHUT_RDWR);
  do
    written = km_transport_write (&fixture->transport, "x", 1);
  while (written == 1);
  g_assert_cmpint (written, ==, KM_TRANSPORT_FAILED);
}

static void
test_stolen (Fixture       *fixture,
             gconstpointer  data)
{
  g_auto (KmTransport) other = km_transport_steal (&fixture->transport);
  char buffer[8];

  g_assert_cmpint (km_transport_get_fd (&fixture->transport), ==, -1);
  km_transport_clear (&fixture->transport);
  g_assert_cmpint (km_transport_write (&other, "x", 1), ==, 1);
  g_assert_cmpint (peer_receive (fixture, buffer, 8), ==, 1);
}

/* Five frames in one record: the socket is empty after the first bytes, and
 * who waited for it to be readable would never see the others. */
static void
test_one_record (Fixture       *fixture,
                 gconstpointer  data)
{
  char frames[5 * 64], buffer[64];
  guint n_read = 0;

  for (guint i = 0; i < 5; i++)
    memset (frames + i * 64, 'a' + (int) i, 64);
  g_assert_true (km_transport_may_hold_input (&fixture->transport));
  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==,
                   KM_TRANSPORT_WOULD_BLOCK);
  peer_send (fixture, frames, sizeof frames);

  g_assert_true (is_ready (fixture, POLLIN));
  do
    {
      g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64),
                       ==, 64);
      g_assert_cmpmem (buffer, 64, frames + n_read++ * 64, 64);
      g_assert_false (is_ready (fixture, POLLIN));
      g_assert_true (km_transport_may_hold_input (&fixture->transport));
    }
  while (n_read < 5);

  g_assert_cmpint (km_transport_read (&fixture->transport, buffer, 64), ==,
                   KM_TRANSPORT_WOULD_BLOCK);
  g_assert_false (km_transport_may_hold_input (&fixture->transport));
}

/* Pieces of a vector don't become a record each. */
static void
test_pieces_join (Fixture       *fixture,
                  gconstpointer  data)
{
  struct iovec pieces[100];
  guint8 bytes[100 * 300];
  g_autofree guint8 *buffer = g_malloc (sizeof bytes);

  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (i * 7 / 5);
  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    pieces[i] = (struct iovec) { bytes + i * 300, 300 };

  g_assert_cmpint (km_transport_writev (&fixture->transport, pieces, 100), ==,
                   sizeof bytes);
  /* A read gets one record at most. */
  g_assert_cmpint (peer_receive (fixture, buffer, sizeof bytes), ==,
                   RECORD_BYTES);
  g_assert_cmpmem (buffer, RECORD_BYTES, bytes, RECORD_BYTES);
  g_assert_cmpint (peer_receive (fixture, buffer, sizeof bytes), ==,
                   sizeof bytes - RECORD_BYTES);
}

static void
shrink_buffer (Fixture *fixture)
{
  const int bytes = 4096;

  setsockopt (km_transport_get_fd (&fixture->transport), SOL_SOCKET, SO_SNDBUF,
              &bytes, sizeof bytes);
}

static guint8
byte_at (gsize place)
{
  return (guint8) (place ^ place >> 8 ^ place >> 16);
}

static gsize
check_received (Fixture *fixture,
                gsize    place,
                gsize    size)
{
  guint8 buffer[1000];
  gssize length = peer_receive (fixture, buffer, MIN (size, sizeof buffer));

  for (gssize i = 0; i < length; i++)
    g_assert_cmpuint (buffer[i], ==, byte_at (place + (gsize) i));

  return place + (gsize) MAX (length, 0);
}

/* A peer that reads now and then, and an owner who has more than it takes. */
static void
test_stalling (Fixture       *fixture,
               gconstpointer  data)
{
  const gsize total = 2 * 1024 * 1024;
  gsize sent = 0, received = 0;
  guint n_blocked = 0, n_turns = 0;

  shrink_buffer (fixture);
  while (received < total)
    {
      guint8 batch[40000];
      gsize length = MIN (total - sent, 1 + n_turns * 977 % sizeof batch);
      gssize taken;

      for (gsize i = 0; i < length; i++)
        batch[i] = byte_at (sent + i);
      taken = km_transport_write (&fixture->transport, batch, length);
      g_assert_cmpint (taken, >=, 0);
      sent += (gsize) taken;
      if ((gsize) taken < length ||
          km_transport_holds_output (&fixture->transport))
        n_blocked++;

      for (guint i = 0; i < n_turns % 40; i++)
        received = check_received (fixture, received, 1 + n_turns * 13 % 900);
      n_turns++;
    }

  g_assert_cmpuint (sent, ==, total);
  g_assert_cmpuint (n_blocked, >, 100);
  g_assert_false (km_transport_holds_output (&fixture->transport));
}

/* Writes until the socket takes no more. Returns how many bytes were taken. */
static gsize
fill (Fixture *fixture)
{
  gsize sent = 0;
  guint8 batch[10000];
  gssize taken;

  shrink_buffer (fixture);
  do
    {
      for (gsize i = 0; i < sizeof batch; i++)
        batch[i] = byte_at (sent + i);
      taken = km_transport_write (&fixture->transport, batch, sizeof batch);
      g_assert_cmpint (taken, >=, 0);
      sent += (gsize) taken;
    }
  while (taken > 0);

  return sent;
}

/* What was taken arrives, whatever the owner writes next: nothing takes the
 * place of a record that the socket has begun. */
static void
test_changes_its_mind (Fixture       *fixture,
                       gconstpointer  data)
{
  gsize sent = fill (fixture), received = 0;
  gssize taken;
  char rest[8];

  g_assert_true (km_transport_holds_output (&fixture->transport));
  do
    {
      received = check_received (fixture, received, 1000);
      taken = km_transport_write (&fixture->transport, "instead", 7);
      g_assert_cmpint (taken, >=, 0);
    }
  while (taken == 0);

  while (received < sent)
    received = check_received (fixture, received, MIN (1000, sent - received));
  g_assert_cmpint (peer_receive (fixture, rest, 8), ==, 7);
  g_assert_cmpmem (rest, 7, "instead", 7);
}

/* Nothing to add, and yet something to write. */
static void
test_flush (Fixture       *fixture,
            gconstpointer  data)
{
  gsize sent = fill (fixture), received = 0;

  while (km_transport_holds_output (&fixture->transport))
    {
      g_assert_cmpint (km_transport_write (&fixture->transport, NULL, 0), ==,
                       0);
      received = check_received (fixture, received, 1000);
    }

  while (received < sent)
    received = check_received (fixture, received, 1000);
  g_assert_cmpuint (received, ==, sent);
}

/* Closing waits for nobody. */
static void
test_stalled_is_closed (Fixture       *fixture,
                        gconstpointer  data)
{
  fill (fixture);
  km_transport_shutdown (&fixture->transport);
  km_transport_clear (&fixture->transport);
  g_assert_cmpint (km_transport_get_fd (&fixture->transport), ==, -1);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
    gboolean tls_only;
  } tests[] = {
    { "there-and-back", test_there_and_back },
    { "half-an-end", test_half_end },
    { "broken-is-told", test_broken },
    { "stolen-is-gone", test_stolen },
    { "stalling-peer-misses-nothing", test_stalling },
    { "stalled-is-closed-at-once", test_stalled_is_closed },
    { "one-record-is-read-to-its-end", test_one_record, TRUE },
    { "pieces-are-joined", test_pieces_join, TRUE },
    { "begun-record-keeps-its-place", test_changes_its_mind, TRUE },
    { "held-record-is-flushed", test_flush, TRUE },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *plain = g_strconcat ("/server/wire/transport/plain/",
                                            tests[i].path, NULL);
      g_autofree char *tls = g_strconcat ("/server/wire/transport/tls/",
                                          tests[i].path, NULL);

      if (!tests[i].tls_only)
        g_test_add (plain, Fixture, NULL, set_up_plain, tests[i].test,
                    tear_down);
      g_test_add (tls, Fixture, NULL, set_up_tls, tests[i].test, tear_down);
    }

  return g_test_run ();
}
