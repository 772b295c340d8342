/* km-test-tls.c: a test as it is, but within TLS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A test that reads and writes descriptors does so within TLS, too, when two
 * threads stand between it and the server and carry the bytes across. They
 * hold a few KiB: a test that reads nothing still fills the server's socket.
 *
 * With the environment variable KM_TEST_TLS whole programs of tests run so.
 *
 * Thread: any; the authority is made once.
 */

#include "km-test-tls.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE_BYTES 4096
#define END_SECONDS 10

typedef struct
{
  gatomicrefcount references;
  GIOStream *tls;
  GSocket *socket; /* of @tls */
  int fd; /* the plain side */
} Bridge;

static GMutex mutex;
static GCond all_gone;
static guint n_bridges;

/**
 * km_test_tls_is_asked_for:
 *
 * Returns: whether this run of a test is the one within TLS
 */
gboolean
km_test_tls_is_asked_for (void)
{
  return g_getenv ("KM_TEST_TLS") != NULL;
}

/* The libraries are taken down after this: none of our threads may be in
 * them. */
static void
wait_for_bridges (void)
{
  gint64 until_us = g_get_monotonic_time () + END_SECONDS * G_USEC_PER_SEC;

  g_mutex_lock (&mutex);
  while (n_bridges > 0 && g_cond_wait_until (&all_gone, &mutex, until_us))
    continue;
  g_mutex_unlock (&mutex);
}

static void
clean_up (void)
{
  wait_for_bridges ();
  km_test_authority_free (km_test_tls_authority ());
}

/**
 * km_test_tls_authority:
 *
 * Returns: (transfer none): who made all certificates of this process
 */
KmTestAuthority *
km_test_tls_authority (void)
{
  static gsize authority;

  if (g_once_init_enter (&authority))
    {
      KmTestAuthority *made = km_test_authority_new ();

      atexit (clean_up);
      g_once_init_leave (&authority, GPOINTER_TO_SIZE (made));
    }

  return GSIZE_TO_POINTER (authority);
}

/**
 * km_test_tls_trust:
 *
 * In a run within TLS, all of this process believes the authority from now on.
 */
void
km_test_tls_trust (void)
{
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  if (!km_test_tls_is_asked_for ())
    return;

  database = g_tls_file_database_new (
    km_test_authority_get_file (km_test_tls_authority ()), &error);
  g_assert_no_error (error);
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
}

static void
bridge_unref (Bridge *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_io_stream_close (self->tls, NULL, NULL);
  g_object_unref (self->tls);
  g_object_unref (self->socket);
  close (self->fd);
  g_free (self);

  g_mutex_lock (&mutex);
  n_bridges--;
  g_cond_signal (&all_gone);
  g_mutex_unlock (&mutex);
}

/* GIO doesn't say goodbye while another thread reads, so none is said: the
 * end of the connection is seen as well. */
static gpointer
carry_out (gpointer data)
{
  Bridge *self = data;
  GOutputStream *output = g_io_stream_get_output_stream (self->tls);
  guint8 piece[PIECE_BYTES];
  gssize length;

  while ((length = recv (self->fd, piece, sizeof piece, 0)) > 0)
    if (!g_output_stream_write_all (output, piece, (gsize) length, NULL, NULL,
                                    NULL))
      break;
  g_socket_shutdown (self->socket, FALSE, TRUE, NULL);

  bridge_unref (self);
  return NULL;
}

static gpointer
carry_in (gpointer data)
{
  Bridge *self = data;
  GInputStream *input = g_io_stream_get_input_stream (self->tls);
  guint8 piece[PIECE_BYTES];
  gssize length;

  if (!g_tls_connection_handshake (G_TLS_CONNECTION (self->tls), NULL, NULL))
    shutdown (self->fd, SHUT_RDWR);
  g_thread_unref (g_thread_new ("tls-out", carry_out, self));

  while ((length = g_input_stream_read (input, piece, sizeof piece, NULL,
                                        NULL)) > 0)
    for (gssize sent = 0, now = 0; sent < length && now >= 0; sent += now)
      now = send (self->fd, piece + sent, (gsize) (length - sent),
                  MSG_NOSIGNAL);
  shutdown (self->fd, length < 0 ? SHUT_RDWR : SHUT_WR);

  bridge_unref (self);
  return NULL;
}

static gboolean
accept_any (GTlsConnection       *connection,
            GTlsCertificate      *certificate,
            GTlsCertificateFlags  errors,
            gpointer              user_data)
{
  return TRUE;
}

/* One for all; that it is made by a program takes its time. */
static GTlsCertificate *
server_certificate (void)
{
  static gsize certificate;

  if (g_once_init_enter (&certificate))
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *key = NULL;
      g_autofree char *file =
        km_test_authority_issue (km_test_tls_authority (), "bridge", &key);
      GTlsCertificate *made = g_tls_certificate_new_from_files (file, key,
                                                                &error);

      g_assert_no_error (error);
      g_once_init_leave (&certificate, GPOINTER_TO_SIZE (made));
    }

  return GSIZE_TO_POINTER (certificate);
}

static GIOStream *
make_base (int       fd,
           GSocket **socket)
{
  g_autoptr (GError) error = NULL;

  *socket = g_socket_new_from_fd (fd, &error);
  g_assert_no_error (error);
  return G_IO_STREAM (g_socket_connection_factory_create_connection (*socket));
}

/**
 * km_test_tls_wrap:
 * @fd: (transfer full): a connected socket of a client
 *
 * Returns: (transfer full): a socket that speaks in plain words, and goes
 *   through TLS on @fd
 */
int
km_test_tls_wrap (int fd)
{
  const int bytes = PIECE_BYTES;
  struct timeval patience;
  socklen_t size = sizeof patience;
  Bridge *self = g_new0 (Bridge, 1);
  g_autoptr (GIOStream) base = make_base (fd, &self->socket);
  g_autoptr (GError) error = NULL;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
                   ==, 0);
  setsockopt (ends[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  getsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, &size);
  setsockopt (ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, size);
  self->fd = ends[1];
  self->tls = g_tls_client_connection_new (base, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (self->tls, "accept-certificate", G_CALLBACK (accept_any),
                    NULL);
  /* One that is cleaned up at the end. */
  km_test_tls_authority ();
  g_mutex_lock (&mutex);
  n_bridges++;
  g_mutex_unlock (&mutex);
  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  g_thread_unref (g_thread_new ("tls-in", carry_in, self));

  return ends[0];
}

/**
 * km_test_tls_accept:
 * @fd: (transfer full): a connected socket of a server, whose peer shakes
 *   hands on another thread
 * @socket: (out) (transfer full): its socket
 *
 * Returns: (transfer full): a #GTlsServerConnection after its handshake
 */
GIOStream *
km_test_tls_accept (int       fd,
                    GSocket **socket)
{
  g_autoptr (GIOStream) base = make_base (fd, socket);
  g_autoptr (GError) error = NULL;
  GIOStream *tls = g_tls_server_connection_new (base, server_certificate (),
                                                &error);

  g_assert_no_error (error);
  g_tls_connection_set_require_close_notify (G_TLS_CONNECTION (tls), FALSE);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);

  return tls;
}
