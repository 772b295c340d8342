/* test-entrance.c: who comes in, who is passed on, and who is sent home
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Real connections over the loopback, and a clock that only the test moves.
 */

#include "km-entrance.h"

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define START (100 * G_USEC_PER_SEC)
#define FIRST_BYTE_MS 10000
#define HEAD_MS 5000
#define REQUEST "GET /socket?ticket=t HTTP/1.1\r\n" \
                "Host: localhost\r\n" \
                "Upgrade: websocket\r\n" \
                "Connection: Upgrade\r\n" \
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
                "Sec-WebSocket-Version: 13\r\n" \
                "Sec-WebSocket-Protocol: p\r\n" \
                "\r\n"

typedef struct
{
  KmEntrance *entrance;
  KmEntranceFigures figures;
  GSocketAddress *address;
  gint64 now_us;

  int passed; /* -1: nothing was */
  KmDoorKind passed_kind;
  gboolean busy;
  int opened; /* -1: nothing was */
  char *query;
  const char *last_words; /* for the next that would be opened */
} Fixture;

static gboolean
pass (gpointer   data,
      KmDoorKind kind,
      int        fd)
{
  Fixture *self = data;

  if (self->busy)
    return FALSE;

  g_assert_cmpint (self->passed, ==, -1);
  self->passed = fd;
  self->passed_kind = kind;

  return TRUE;
}

static GBytes *
open_socket (gpointer         data,
             int              fd,
             const KmUpgrade *upgrade)
{
  Fixture *self = data;

  g_set_str (&self->query, upgrade->query);
  if (self->last_words != NULL)
    return g_bytes_new_static (self->last_words, strlen (self->last_words));

  g_assert_cmpint (self->opened, ==, -1);
  self->opened = fd;

  return NULL;
}

static GBytes *
refuse (gpointer data,
        guint    status)
{
  char *words = g_strdup_printf ("sorry: %u", status);

  return g_bytes_new_take (words, strlen (words));
}

static void
set_up_with (Fixture             *self,
             KmDoorKind           kind,
             const KmCrowdLimits *limits)
{
  const KmEntranceHost host = {
    .path = "/socket",
    .protocol = "p",
    .pass = pass,
    .open = open_socket,
    .refuse = refuse,
    .data = self,
  };
  const KmEntranceRules rules = {
    .limits = *limits,
    .first_byte_ms = FIRST_BYTE_MS,
    .head_ms = HEAD_MS,
  };
  g_autoptr (GSocketAddress) any =
    g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  KmListener *listener = km_listener_new (any, &error);

  g_assert_no_error (error);
  *self = (Fixture) { .now_us = START, .passed = -1, .opened = -1 };
  self->address = g_inet_socket_address_new_from_string (
    "127.0.0.1", km_listener_get_port (listener));
  self->entrance = km_entrance_new (&host, &rules, &self->figures);
  km_entrance_add (self->entrance, kind, listener);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const KmCrowdLimits none = { 0 };

  set_up_with (self, KM_DOOR_HTTP, &none);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_entrance_free (self->entrance);
  g_object_unref (self->address);
  g_clear_fd (&self->passed, NULL);
  g_clear_fd (&self->opened, NULL);
  g_free (self->query);
}

static int
connect_client (Fixture *self)
{
  struct sockaddr_storage native;
  const struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
  const int on = 1;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_socket_address_to_native (self->address, &native,
                                             sizeof native, NULL));
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &native,
                            (socklen_t) g_socket_address_get_native_size (
                              self->address)),
                   ==, 0);

  return fd;
}

static void
say (int         fd,
     const char *words)
{
  g_assert_cmpint (send (fd, words, strlen (words), MSG_NOSIGNAL), ==,
                   strlen (words));
}

static gboolean
is_ready (Fixture *self,
          int      patience_ms)
{
  struct pollfd entrance = {
    .fd = km_entrance_get_fd (self->entrance),
    .events = POLLIN,
  };

  return poll (&entrance, 1, patience_ms) == 1;
}

/* Waits until there is something to do, and does it. */
static void
turn (Fixture *self)
{
  g_assert_true (is_ready (self, PATIENCE_MS));
  km_entrance_turn (self->entrance, self->now_us);
}

/* Lets time pass in which nobody says anything. */
static void
pass_time (Fixture *self,
           gint64   us)
{
  self->now_us += us;
  km_entrance_turn (self->entrance, self->now_us);
}

static void
assert_hears (int         fd,
              const char *words)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  char buffer[4096];
  gssize length;

  while ((length = recv (fd, buffer, sizeof buffer, 0)) > 0)
    g_string_append_len (heard, buffer, length);
  g_assert_cmpint (length, ==, 0);
  g_assert_cmpstr (heard->str, ==, words);
}

static guint64
refused (Fixture           *self,
         KmEntranceRefusal  why)
{
  return km_counter_read (&self->figures.refused[why]);
}

static void
assert_reads (int         fd,
              const char *words)
{
  char buffer[4096] = { 0 };

  g_assert_cmpint (recv (fd, buffer, sizeof buffer - 1, 0), ==,
                   strlen (words));
  g_assert_cmpstr (buffer, ==, words);
}

static void
test_other_requests_are_passed_on_unread (Fixture       *self,
                                          gconstpointer  data)
{
  static const char *const words[] = { "GET /healthz HTTP/1.1\r\n\r\n", "P",
                                       "GET /socket-tickets", "\x16\x03\x01" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofd int client = connect_client (self);

      say (client, words[i]);
      while (self->passed < 0)
        turn (self);
      g_assert_cmpint (self->passed_kind, ==, KM_DOOR_HTTP);
      assert_reads (self->passed, words[i]);
      g_clear_fd (&self->passed, NULL);
    }
  g_assert_cmpuint (km_counter_read (&self->figures.came[KM_DOOR_HTTP]), ==,
                    G_N_ELEMENTS (words));
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 0);
}

static void
test_streams_go_on_at_once (void)
{
  const KmCrowdLimits none = { 0 };
  Fixture self;

  set_up_with (&self, KM_DOOR_RTMP, &none);
  {
    g_autofd int client = connect_client (&self);

    turn (&self);
    g_assert_cmpint (self.passed, >=, 0);
    g_assert_cmpint (self.passed_kind, ==, KM_DOOR_RTMP);
  }
  tear_down (&self, NULL);
}

static void
test_who_is_too_busy_refuses (Fixture       *self,
                              gconstpointer  data)
{
  g_autofd int client = connect_client (self);

  self->busy = TRUE;
  turn (self);
  say (client, "P");
  turn (self);
  g_assert_cmpuint (refused (self, KM_ENTRANCE_BUSY), ==, 1);
  g_assert_false (is_ready (self, 0));
}

/* What follows the head at once is the new owner's to read. */
static void
test_a_socket_is_opened_behind_its_head (Fixture       *self,
                                         gconstpointer  data)
{
  g_autofd int client = connect_client (self);

  say (client, REQUEST "frames");
  while (self->opened < 0)
    turn (self);
  g_assert_cmpstr (self->query, ==, "ticket=t");
  assert_reads (self->opened, "frames");
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 0);
  g_assert_cmpint (km_entrance_get_due_us (self->entrance), ==, G_MAXINT64);
}

static void
test_half_a_request_wakes_once_a_byte (Fixture       *self,
                                       gconstpointer  data)
{
  g_autofd int client = connect_client (self);

  turn (self);
  for (const char *at = REQUEST; *at != '\0'; at++)
    {
      const char byte[] = { *at, '\0' };

      g_assert_cmpint (self->opened, ==, -1);
      g_assert_false (is_ready (self, 0));
      say (client, byte);
      turn (self);
    }
  g_assert_cmpint (self->opened, >=, 0);
  g_assert_false (is_ready (self, 0));
}

static void
test_the_silent_are_closed_in_time (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofd int client = connect_client (self);

  turn (self);
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 1);
  g_assert_cmpint (km_entrance_get_due_us (self->entrance), ==,
                   START + FIRST_BYTE_MS * 1000);
  pass_time (self, FIRST_BYTE_MS * 1000 - 1);
  g_assert_cmpuint (refused (self, KM_ENTRANCE_SILENT), ==, 0);

  pass_time (self, 1);
  g_assert_cmpuint (refused (self, KM_ENTRANCE_SILENT), ==, 1);
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 0);
  assert_hears (client, "");
}

/* However many bytes come meanwhile. */
static void
test_half_requests_are_told_in_time (Fixture       *self,
                                     gconstpointer  data)
{
  g_autofd int client = connect_client (self);

  turn (self);
  self->now_us += FIRST_BYTE_MS * 1000 - 1;
  for (guint i = 0; i < 5; i++)
    {
      const char byte[] = { "GET /"[i], '\0' };

      say (client, byte);
      turn (self);
      self->now_us += HEAD_MS / 5 * 1000;
    }
  g_assert_cmpuint (refused (self, KM_ENTRANCE_LATE), ==, 0);

  pass_time (self, 0);
  g_assert_cmpuint (refused (self, KM_ENTRANCE_LATE), ==, 1);
  assert_hears (client, "sorry: 408");
}

static void
test_who_leaves_halfway_is_forgotten (Fixture       *self,
                                      gconstpointer  data)
{
  for (guint i = 0; i < 2; i++)
    {
      int client = connect_client (self);

      turn (self);
      if (i > 0)
        say (client, "GET /soc");
      close (client);
      turn (self);
      if (km_counter_read (&self->figures.waiting) > 0)
        turn (self);
      g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 0);
      g_assert_false (is_ready (self, 0));
    }
}

static void
test_bad_requests_are_told (Fixture       *self,
                            gconstpointer  data)
{
  g_autofree char *filler = g_strnfill (KM_UPGRADE_HEAD_MAX, 'x');
  g_autofree char *endless = g_strconcat ("GET /socket?", filler, NULL);
  const char *const words[][2] = {
    { "GET /socket HTTP/1.1\r\nHost: a\r\n\r\n", "sorry: 400" },
    { "GET /socket HTTP/1.1\n\n", "sorry: 400" },
    { "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Version: 7\r\n\r\n",
      "sorry: 426" },
    { endless, "sorry: 431" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofd int client = connect_client (self);

      say (client, words[i][0]);
      while (refused (self, KM_ENTRANCE_BAD) <= i)
        turn (self);
      assert_hears (client, words[i][1]);
    }
}

/* It goes on sending what nobody reads; a reset would overtake the words. */
static void
test_last_words_reach_who_goes_on_talking (Fixture       *self,
                                           gconstpointer  data)
{
  g_autofd int client = connect_client (self);
  g_autofree char *talk = g_strnfill (100000, 'x');

  say (client, "GET /socket HTTP/1.1\n");
  while (refused (self, KM_ENTRANCE_BAD) == 0)
    turn (self);
  for (guint i = 0; i < 3; i++)
    {
      say (client, talk);
      turn (self);
    }
  while (is_ready (self, 0))
    km_entrance_turn (self->entrance, self->now_us);
  assert_hears (client, "sorry: 400");

  /* Until its time is over. */
  g_assert_cmpint (km_entrance_get_due_us (self->entrance), ==,
                   START + 2 * G_USEC_PER_SEC);
  pass_time (self, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (km_entrance_get_due_us (self->entrance), ==, G_MAXINT64);
}

static void
test_the_host_may_send_away (Fixture       *self,
                             gconstpointer  data)
{
  int client = connect_client (self);

  self->last_words = "goodbye";
  say (client, REQUEST "frames");
  while (refused (self, KM_ENTRANCE_SENT_AWAY) == 0)
    turn (self);
  assert_hears (client, "goodbye");

  /* Who has heard it and leaves isn't waited for. */
  close (client);
  while (km_entrance_get_due_us (self->entrance) != G_MAXINT64)
    turn (self);
}

static void
test_where_too_many_wait_the_oldest_goes (void)
{
  const KmCrowdLimits limits = { .waiting = 3 };
  int clients[4];
  Fixture self;

  set_up_with (&self, KM_DOOR_HTTP, &limits);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = connect_client (&self);
      turn (&self);
      self.now_us++;
    }
  g_assert_cmpuint (refused (&self, KM_ENTRANCE_CROWDED), ==, 1);
  g_assert_cmpuint (km_counter_read (&self.figures.waiting), ==, 3);
  assert_hears (clients[0], "");

  /* The newest has as much time as ever. */
  say (clients[3], REQUEST);
  turn (&self);
  g_assert_cmpint (self.opened, >=, 0);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    close (clients[i]);
  tear_down (&self, NULL);
}

static void
allow_descriptors (rlim_t n)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (n, limit.rlim_max);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

/* Of a thousand who come within a second, so many get in as are allowed to,
 * at once; the others are told by a close. */
static void
test_a_thousand_in_a_second (void)
{
  const KmCrowdLimits limits = { .a_second = 100 };
  g_autoptr (GArray) kept = g_array_new (FALSE, FALSE, sizeof (int));
  Fixture self;

  allow_descriptors (4096);
  set_up_with (&self, KM_DOOR_HTTP, &limits);
  for (guint i = 0; i < 1000; i++)
    {
      int client = connect_client (&self);

      turn (&self);
      if (i < 400)
        g_array_append_val (kept, client);
      else
        {
          assert_hears (client, "");
          close (client);
        }
    }
  g_assert_cmpuint (km_counter_read (&self.figures.came[KM_DOOR_HTTP]), ==,
                    1000);
  g_assert_cmpuint (refused (&self, KM_ENTRANCE_TOO_FAST), ==, 600);
  g_assert_cmpuint (km_counter_read (&self.figures.waiting), ==, 400);

  /* A second later there is room for a hundred more. */
  pass_time (&self, G_USEC_PER_SEC);
  for (guint i = 0; i <= 100; i++)
    {
      int client = connect_client (&self);

      turn (&self);
      g_array_append_val (kept, client);
    }
  g_assert_cmpuint (refused (&self, KM_ENTRANCE_TOO_FAST), ==, 601);

  for (guint i = 0; i < kept->len; i++)
    close (g_array_index (kept, int, i));
  tear_down (&self, NULL);
}

static void
test_out_of_descriptors_looks_away (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofd int client = connect_client (self);
  struct rlimit limit;
  int highest;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  highest = dup (client);
  close (highest);
  allow_descriptors ((rlim_t) highest);
  turn (self);
  g_assert_cmpuint (km_counter_read (&self->figures.came[KM_DOOR_HTTP]), ==,
                    0);
  g_assert_false (is_ready (self, 0));
  g_assert_cmpint (km_entrance_get_due_us (self->entrance), ==,
                   START + 200000);

  allow_descriptors (limit.rlim_cur);
  pass_time (self, 200000);
  g_assert_cmpuint (km_counter_read (&self->figures.came[KM_DOOR_HTTP]), ==,
                    1);
}

static void
test_closed_doors_let_nobody_in (Fixture       *self,
                                 gconstpointer  data)
{
  g_autofd int waiting = connect_client (self);
  g_autofd int late = connect_client (self);

  turn (self);
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 2);
  km_entrance_close (self->entrance, 1u << KM_DOOR_RTMP);
  g_assert_cmpuint (km_counter_read (&self->figures.waiting), ==, 2);
  km_entrance_close (self->entrance, 1u << KM_DOOR_HTTP);
  assert_hears (waiting, "");
  assert_hears (late, "");
  g_assert_false (is_ready (self, 0));
}

#define ADD(name, function) \
  g_test_add ("/wire/entrance/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("other-requests-are-passed-on-unread",
       test_other_requests_are_passed_on_unread);
  g_test_add_func ("/wire/entrance/streams-go-on-at-once",
                   test_streams_go_on_at_once);
  ADD ("who-is-too-busy-refuses", test_who_is_too_busy_refuses);
  ADD ("a-socket-is-opened-behind-its-head",
       test_a_socket_is_opened_behind_its_head);
  ADD ("half-a-request-wakes-once-a-byte",
       test_half_a_request_wakes_once_a_byte);
  ADD ("the-silent-are-closed-in-time", test_the_silent_are_closed_in_time);
  ADD ("half-requests-are-told-in-time", test_half_requests_are_told_in_time);
  ADD ("who-leaves-halfway-is-forgotten",
       test_who_leaves_halfway_is_forgotten);
  ADD ("bad-requests-are-told", test_bad_requests_are_told);
  ADD ("last-words-reach-who-goes-on-talking",
       test_last_words_reach_who_goes_on_talking);
  ADD ("the-host-may-send-away", test_the_host_may_send_away);
  g_test_add_func ("/wire/entrance/where-too-many-wait-the-oldest-goes",
                   test_where_too_many_wait_the_oldest_goes);
  g_test_add_func ("/wire/entrance/a-thousand-in-a-second",
                   test_a_thousand_in_a_second);
  ADD ("out-of-descriptors-looks-away", test_out_of_descriptors_looks_away);
  ADD ("closed-doors-let-nobody-in", test_closed_doors_let_nobody_in);

  return g_test_run ();
}
