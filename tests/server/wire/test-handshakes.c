/* test-handshakes.c: who comes to a port of TLS, and what becomes of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over TCP on this machine: only there can a socket wait for a whole message.
 */

#include "km-handshakes.h"

#include <arpa/inet.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "km-test-process.h"
#include "km-test-tls.h"
#include "km-tls-stream.h"

#define SECONDS 30
#define LIMIT_MS 500
#define WAITING_MAX 512 /* km-handshakes.c's */

/* (atomic): what getpeername() says; 0: the truth. The system's is hidden by
 * ours, since one address is all that a test has. */
static guint32 stranger;

int
getpeername (int              fd,
             struct sockaddr *address,
             socklen_t       *length)
{
  guint32 host = (guint32) g_atomic_int_get (&stranger);
  struct sockaddr_in *four = (struct sockaddr_in *) (gpointer) address;
  int result = (int) syscall (SYS_getpeername, fd, address, length);

  if (result == 0 && host != 0 && address->sa_family == AF_INET)
    four->sin_addr.s_addr = htonl (host);

  return result;
}

typedef struct
{
  KmCertificate *certificate;
  KmHandshakes *handshakes;
  KmHandshakeKind kind;
  GPtrArray *done; /* GIOStream */
  GByteArray *hello;
} Fixture;

static void
keep (GIOStream *connection,
      GSocket   *socket,
      gpointer   data)
{
  Fixture *fixture = data;

  g_ptr_array_add (fixture->done, connection);
}

/* What a client says first. */
static GByteArray *
record_hello (void)
{
  GByteArray *hello = g_byte_array_new ();
  guint8 buffer[4096];
  gssize length;
  int ends[2], plain;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
  plain = km_test_tls_wrap (ends[0]);
  length = recv (ends[1], buffer, sizeof buffer, 0);
  g_assert_cmpint (length, >, 5);
  g_assert_cmpint (length, ==, 5 + (buffer[3] << 8 | buffer[4]));
  g_byte_array_append (hello, buffer, (guint) length);
  close (ends[1]);
  close (plain);

  return hello;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *key = NULL;
  g_autofree char *file =
    km_test_authority_issue (km_test_tls_authority (), "server", &key);

  fixture->certificate = km_certificate_new (file, key, &error);
  g_assert_no_error (error);
  fixture->handshakes = km_handshakes_new (fixture->certificate, LIMIT_MS);
  fixture->kind = (KmHandshakeKind) {
    .plain_answer = "speak TLS",
    .done = keep,
    .data = fixture,
  };
  fixture->done = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->hello = record_hello ();
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->handshakes, km_handshakes_free);
  km_certificate_free (fixture->certificate);
  g_ptr_array_unref (fixture->done);
  g_byte_array_unref (fixture->hello);
}

static void
make_pair (int ends[2])
{
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;
  const struct timeval patience = { .tv_sec = SECONDS };
  int listener = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, length), ==,
                   0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &length);
  ends[1] = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (connect (ends[1], (struct sockaddr *) &address, length),
                   ==, 0);
  ends[0] = accept (listener, NULL, NULL);
  setsockopt (ends[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  close (listener);
}

/* Returns the client's end of a connection that has begun. */
static int
begin (Fixture *fixture)
{
  int ends[2];

  make_pair (ends);
  km_handshakes_begin (fixture->handshakes, ends[0], &fixture->kind);

  return ends[1];
}

static gboolean
one_is_done (gpointer data)
{
  return ((Fixture *) data)->done->len == 1;
}

static gboolean
none_is_left (gpointer data)
{
  return km_handshakes_count (((Fixture *) data)->handshakes) == 0;
}

static void
expect_end (int fd)
{
  char byte;

  g_assert_cmpint (recv (fd, &byte, 1, 0), <=, 0);
  close (fd);
}

static void
test_established (Fixture       *fixture,
                  gconstpointer  data)
{
  int plain = km_test_tls_wrap (begin (fixture));
  char word[8];
  GIOStream *stream;

  g_assert_true (km_test_wait_until (one_is_done, fixture, SECONDS));
  g_assert_cmpuint (km_handshakes_count (fixture->handshakes), ==, 0);
  stream = g_ptr_array_index (fixture->done, 0);
  g_assert_true (KM_IS_TLS_STREAM (stream));
  g_assert_true (g_output_stream_write_all (
    g_io_stream_get_output_stream (stream), "welcome", 7, NULL, NULL, NULL));
  g_assert_cmpint (recv (plain, word, sizeof word, 0), ==, 7);
  close (plain);
}

/* A byte at a time, which nobody who waits for it is woken by. */
static void
test_slow_hello (Fixture       *fixture,
                 gconstpointer  data)
{
  int fd = begin (fixture);

  for (guint i = 0; i < fixture->hello->len; i++)
    {
      g_assert_cmpint (send (fd, fixture->hello->data + i, 1, 0), ==, 1);
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
  /* The server has answered: a thread has taken it. */
  while (recv (fd, &(char) { 0 }, 1, MSG_DONTWAIT | MSG_PEEK) < 0)
    g_main_context_iteration (NULL, FALSE);
  close (fd);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));
  g_assert_cmpuint (fixture->done->len, ==, 0);
}

static void
test_silence_ends (Fixture       *fixture,
                   gconstpointer  data)
{
  int silent = begin (fixture);
  int half = begin (fixture);
  int early = begin (fixture);

  send (half, fixture->hello->data, fixture->hello->len / 2, 0);
  send (early, fixture->hello->data, 100, 0);
  shutdown (early, SHUT_WR);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));
  expect_end (silent);
  expect_end (half);
  expect_end (early);
  g_assert_cmpuint (fixture->done->len, ==, 0);
}

/* More who begin well and stop than there may be under way: when their time
 * is up the next has its turn. */
static void
test_stalling_ones_make_room (Fixture       *fixture,
                              gconstpointer  data)
{
  int fds[60], plain;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = begin (fixture);
      send (fds[i], fixture->hello->data, fixture->hello->len, 0);
    }
  g_assert_cmpuint (km_handshakes_count (fixture->handshakes), ==, 60);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));

  plain = km_test_tls_wrap (begin (fixture));
  g_assert_true (km_test_wait_until (one_is_done, fixture, SECONDS));
  close (plain);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
take_strangers (Fixture *fixture,
                guint32  address,
                int     *fds,
                guint    n)
{
  g_atomic_int_set (&stranger, (gint) address);
  for (guint i = 0; i < n; i++)
    {
      fds[i] = begin (fixture);
      send (fds[i], fixture->hello->data, fixture->hello->len, 0);
    }
}

static gboolean
some_are_under_way (gpointer data)
{
  return recv (*(int *) data, &(char) { 0 }, 1, MSG_DONTWAIT | MSG_PEEK) > 0;
}

/* More of one address who begin well and stop than there are threads, and
 * nobody's time is up: another address has its turn at once. */
static void
test_one_address_keeps_nobody_out (Fixture       *fixture,
                                   gconstpointer  data)
{
  KmHandshakes *handshakes = km_handshakes_new (fixture->certificate,
                                                3600 * 1000);
  int fds[64], more, plain;

  g_clear_pointer (&fixture->handshakes, km_handshakes_free);
  fixture->handshakes = handshakes;
  take_strangers (fixture, 0xc6336407, fds, G_N_ELEMENTS (fds));
  g_assert_true (km_test_wait_until (some_are_under_way, &fds[0], SECONDS));
  g_assert_cmpuint (km_handshakes_count (handshakes), ==, 64);
  take_strangers (fixture, 0xc6336407, &more, 1);
  expect_end (more);
  g_assert_cmpuint (km_handshakes_count_ended (handshakes,
                                               KM_HANDSHAKE_OF_ADDRESS),
                    ==, 1);

  g_atomic_int_set (&stranger, (gint) 0xc6336408);
  plain = km_test_tls_wrap (begin (fixture));
  g_assert_true (km_test_wait_until (one_is_done, fixture, SECONDS));
  g_assert_cmpuint (km_handshakes_count (handshakes), ==, 64);
  close (plain);
  g_atomic_int_set (&stranger, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));
  g_assert_cmpuint (km_handshakes_count_ended (handshakes, KM_HANDSHAKE_BAD),
                    ==, 64);
}

/* As many as may wait, and one more: the oldest of those who say nothing has
 * had the most time. */
static void
test_the_silent_make_room (Fixture       *fixture,
                           gconstpointer  data)
{
  struct rlimit limit;
  int fds[WAITING_MAX], plain;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (limit.rlim_max, 4 * WAITING_MAX);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (guint i = 0; i < WAITING_MAX; i++)
    fds[i] = begin (fixture);
  g_assert_cmpuint (km_handshakes_count (fixture->handshakes), ==,
                    WAITING_MAX);
  g_assert_cmpint (recv (fds[0], &(char) { 0 }, 1, MSG_DONTWAIT), <, 0);

  plain = km_test_tls_wrap (begin (fixture));
  g_assert_cmpuint (km_handshakes_count (fixture->handshakes), ==,
                    WAITING_MAX);
  g_assert_cmpint (recv (fds[0], &(char) { 0 }, 1, MSG_DONTWAIT), ==, 0);
  g_assert_cmpint (recv (fds[1], &(char) { 0 }, 1, MSG_DONTWAIT), <, 0);
  g_assert_true (km_test_wait_until (one_is_done, fixture, SECONDS));

  close (plain);
  for (guint i = 0; i < WAITING_MAX; i++)
    close (fds[i]);
}

static void
test_plain_is_told (Fixture       *fixture,
                    gconstpointer  data)
{
  int fd = begin (fixture);
  char answer[32] = "";

  send (fd, "GET / HTTP/1.1\r\n\r\n", 18, 0);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));
  g_assert_cmpint (recv (fd, answer, sizeof answer - 1, 0), ==, 9);
  g_assert_cmpstr (answer, ==, "speak TLS");
  expect_end (fd);
}

static void
test_nonsense_ends (Fixture       *fixture,
                    gconstpointer  data)
{
  static const guint8 too_long[] = { 22, 3, 1, 0xff, 0xff, 1 };
  int fds[] = { begin (fixture), begin (fixture) };
  guint8 garbage[200] = { 22, 3, 1, 0, 195 };

  send (fds[0], too_long, sizeof too_long, 0);
  send (fds[1], garbage, sizeof garbage, 0);
  g_assert_true (km_test_wait_until (none_is_left, fixture, SECONDS));
  g_assert_cmpuint (fixture->done->len, ==, 0);
  close (fds[0]);
  close (fds[1]);
}

/* Freed in the middle of them, they come to nothing and hurt nobody. */
static void
test_freed_early (Fixture       *fixture,
                  gconstpointer  data)
{
  int silent = begin (fixture);
  int stalling = begin (fixture);

  send (stalling, fixture->hello->data, fixture->hello->len, 0);
  while (recv (stalling, &(char) { 0 }, 1, MSG_DONTWAIT | MSG_PEEK) < 0)
    g_main_context_iteration (NULL, FALSE);
  g_clear_pointer (&fixture->handshakes, km_handshakes_free);
  expect_end (silent);
  while (recv (stalling, &(char[4096]) { 0 }, 4096, MSG_DONTWAIT) != 0)
    g_main_context_iteration (NULL, FALSE);
  close (stalling);
  g_assert_cmpuint (fixture->done->len, ==, 0);
}

/* A peer that reads nothing makes nobody wait who closes. */
static void
test_closing_waits_for_nobody (Fixture       *fixture,
                               gconstpointer  data)
{
  int plain = km_test_tls_wrap (begin (fixture));
  g_autofree char *much = g_malloc0 (65536);
  g_autoptr (GError) error = NULL;
  GIOStream *stream;
  gssize written;

  g_assert_true (km_test_wait_until (one_is_done, fixture, SECONDS));
  stream = g_ptr_array_index (fixture->done, 0);
  do
    written = g_pollable_output_stream_write_nonblocking (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)), much,
      65536, NULL, &error);
  while (written > 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  g_io_stream_close (stream, NULL, NULL);
  g_assert_true (g_io_stream_is_closed (stream));
  close (plain);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) \
  g_test_add ("/server/wire/handshakes/" path, Fixture, NULL, set_up, test, \
              tear_down)
  ADD ("a-client-comes-in", test_established);
  ADD ("a-slow-hello-is-waited-for", test_slow_hello);
  ADD ("silence-ends", test_silence_ends);
  ADD ("stalling-ones-make-room", test_stalling_ones_make_room);
  ADD ("one-address-keeps-nobody-out", test_one_address_keeps_nobody_out);
  ADD ("the-silent-make-room", test_the_silent_make_room);
  ADD ("plain-words-are-answered", test_plain_is_told);
  ADD ("nonsense-ends", test_nonsense_ends);
  ADD ("freed-early-comes-to-nothing", test_freed_early);
  ADD ("closing-waits-for-nobody", test_closing_waits_for_nobody);

  return g_test_run ();
}
