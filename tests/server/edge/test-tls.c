/* test-tls.c: a whole server within TLS: what plain ports don't have
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * That calls, sockets and streams are as without TLS is for the other tests
 * to say, which run a second time within it.
 */

#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-test-member.h"
#include "km-test-socket.h"
#include "km-test-tls.h"

#define SECONDS 30

typedef struct
{
  KmTestServer *server;
  char *alice;
  char *room;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *key = NULL;

  self->server = km_test_server_new (NULL);
  self->alice = km_test_server_sign_up (self->server, "alice");
  key = km_test_server_get_key (self->server, self->alice, &self->room);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  g_free (self->alice);
  g_free (self->room);
}

/* A connected socket, before any TLS. */
static int
connect_web (Fixture *self)
{
  g_autofree char *web = km_test_server_get_web (self->server);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_to_host (client, web + strlen ("https://"), 0,
                                     NULL, &error);
  const struct timeval patience = { .tv_sec = SECONDS };
  int fd;

  g_assert_no_error (error);
  fd = dup (g_socket_get_fd (g_socket_connection_get_socket (connection)));
  g_unix_set_fd_nonblocking (fd, FALSE, NULL);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

  return fd;
}

static void
test_plain_words_are_answered (Fixture       *self,
                               gconstpointer  data)
{
  static const char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  int fd = connect_web (self);
  char answer[512] = "";
  gsize length = 0;
  gssize now;

  g_assert_cmpint (send (fd, request, strlen (request), 0), ==,
                   strlen (request));
  while ((now = recv (fd, answer + length, sizeof answer - 1 - length, 0)) > 0)
    length += (gsize) now;
  g_assert_cmpint (now, ==, 0);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 400 "));
  g_assert_nonnull (strstr (answer, "\r\n\r\nThis port speaks TLS"));
  close (fd);
}

static void
read_head (int fd)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      g_assert_cmpint (recv (fd, &byte, 1, 0), ==, 1);
      g_string_append_c (head, byte);
    }
  g_assert_true (g_str_has_prefix (head->str, "HTTP/1.1 101 "));
}

static void
append_commands (GByteArray *bytes,
                 char        first)
{
  for (char i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf (
        "{\"t\":\"dance\",\"id\":\"%c\",\"d\":{}}", first + i);
      g_autoptr (GByteArray) frame =
        km_test_member_mask (0x81, text, strlen (text));

      g_byte_array_append (bytes, frame->data, frame->len);
    }
}

static void
expect_replies (KmTestMember *member,
                char          first)
{
  for (char i = 0; i < 5; i++)
    {
      g_autoptr (KmReply) reply = km_test_member_next_reply (member);
      const char id[] = { (char) (first + i), '\0' };

      g_assert_cmpstr (reply->re, ==, id);
    }
}

/* All of it in one record: the request and five frames, and then five more.
 * The socket says once that there is something. */
static void
test_one_record_of_frames (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *ticket = km_test_server_get_ticket (self->server,
                                                       self->alice);
  g_autofree char *head = g_strdup_printf (
    "GET " KM_SOCKET_PATH "?ticket=%s HTTP/1.1\r\n"
    "Host: localhost\r\n"
    "Upgrade: websocket\r\n"
    "Connection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: " KM_SUBPROTOCOL "\r\n\r\n", ticket);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  KmTestMember member = {
    .fd = km_test_tls_wrap (connect_web (self)),
    .input = g_byte_array_new (),
  };

  g_byte_array_append (bytes, (const guint8 *) head, (guint) strlen (head));
  append_commands (bytes, 'a');
  km_test_member_send_bytes (&member, bytes);
  read_head (member.fd);
  expect_replies (&member, 'a');

  g_byte_array_set_size (bytes, 0);
  append_commands (bytes, 'k');
  km_test_member_send_bytes (&member, bytes);
  expect_replies (&member, 'k');
  km_test_member_clear (&member);
}

static gboolean
accept_any (GTlsConnection       *connection,
            GTlsCertificate      *certificate,
            GTlsCertificateFlags  errors,
            gpointer              user_data)
{
  return TRUE;
}

/* What a newcomer is shown, in PEM. */
static char *
dup_certificate (Fixture *self)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (connect_web (self), NULL);
  g_autoptr (GSocketConnection) base =
    g_socket_connection_factory_create_connection (socket);
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) tls =
    g_tls_client_connection_new (G_IO_STREAM (base), NULL, &error);
  char *pem;

  g_assert_no_error (error);
  g_signal_connect (tls, "accept-certificate", G_CALLBACK (accept_any), NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, &error);
  g_assert_no_error (error);
  g_object_get (g_tls_connection_get_peer_certificate (G_TLS_CONNECTION (tls)),
                "certificate-pem", &pem, NULL);

  return pem;
}

typedef struct
{
  Fixture *fixture;
  const char *text;
} Search;

static gboolean
is_shown_another (gpointer data)
{
  Search *search = data;
  g_autofree char *now = dup_certificate (search->fixture);

  return !g_str_equal (now, search->text);
}

static gboolean
log_says (gpointer data)
{
  Search *search = data;
  g_autofree char *path = g_build_filename (
    km_test_server_get_directory (search->fixture->server), "log", NULL);
  g_autofree char *log = NULL;

  return g_file_get_contents (path, &log, NULL, NULL) &&
         strstr (log, search->text) != NULL;
}

static void
reload (Fixture *self)
{
  km_test_process_signal (km_test_server_get_process (self->server), SIGHUP);
}

/* Newcomers see the new one; who is inside stays. Files that don't belong
 * together change nothing. */
static void
test_reload (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (KmTestSocket) socket = km_test_socket_open (self->server,
                                                         self->alice);
  g_autoptr (KmReply) joined = km_test_socket_join (socket, self->room, NULL,
                                                    -1);
  g_autofree char *first = dup_certificate (self);
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *key = NULL;
  g_autofree char *other = NULL;
  g_autofree char *text = NULL;
  g_autoptr (KmReply) said = NULL;
  Search search = { self, first };

  g_free (km_test_authority_issue (km_test_tls_authority (), "server", &key));
  reload (self);
  g_assert_true (km_test_wait_until (is_shown_another, &search, SECONDS));
  second = dup_certificate (self);

  g_free (km_test_authority_issue (km_test_tls_authority (), "other", &other));
  g_assert_true (g_file_get_contents (other, &text, NULL, NULL));
  g_assert_true (g_file_set_contents (key, text, -1, NULL));
  reload (self);
  search.text = "the old certificate goes on: the key in";
  g_assert_true (km_test_wait_until (log_says, &search, SECONDS));
  third = dup_certificate (self);
  g_assert_cmpstr (third, ==, second);

  said = km_test_socket_say (socket, self->room, NULL, "still here");
  g_assert_true (km_reply_check (said, KM_COMMAND_CHAT_SEND, NULL));
}

/* Many who begin and don't go on. */
static void
test_half_hellos (Fixture       *self,
                  gconstpointer  data)
{
  static const guint8 half[] = { 22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3 };
  int fds[200];
  g_autoptr (KmTestAnswer) answer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = connect_web (self);
      g_assert_cmpint (send (fds[i], half, i % (sizeof half + 1), 0), ==,
                       i % (sizeof half + 1));
    }

  answer = km_test_server_call (self->server, "GET", "server", NULL, NULL);
  g_assert_cmpuint (answer->status, ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
}

static void
test_ports_are_told (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "server", NULL, NULL);
  g_autofree char *streams = km_test_server_get_streams (self->server);
  g_autofree char *told = NULL;
  gint64 port;

  g_assert_true (km_json_get_integer (answer->body, "rtmps_port", 1, 65535,
                                      &port));
  told = g_strdup_printf ("rtmps://127.0.0.1:%" G_GINT64_FORMAT, port);
  g_assert_cmpstr (told, ==, streams);
}

int
main (int   argc,
      char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *, gconstpointer);
  } tests[] = {
    { "plain-words-are-answered", test_plain_words_are_answered },
    { "one-record-of-frames-is-read-to-its-end", test_one_record_of_frames },
    { "new-certificate-drops-nobody", test_reload },
    { "half-hellos-keep-nobody-out", test_half_hellos },
    { "ports-are-told", test_ports_are_told },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/server/edge/tls/", tests[i].path,
                                           NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }

  return g_test_run ();
}
