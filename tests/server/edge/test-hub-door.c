/* test-hub-door.c: a hub that lets sockets in itself
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "km-protocol.h"
#include "km-test-hub.h"

#define ROUNDS 300
#define NEVER_MS 1000000
#define PATIENCE_S 20

static const char *const hosts[] = { "here.example", NULL };

typedef struct
{
  KmTestHub hub;
  KmTickets *tickets;
  GSocketAddress *address;
  int passed; /* -1: nothing was */
} Fixture;

static gboolean
pass (gpointer   data,
      KmDoorKind kind,
      int        fd)
{
  int *passed = data;

  __atomic_store_n (passed, fd, __ATOMIC_RELEASE);

  return TRUE;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const KmHubPorter porter = {
    .rules = { .first_byte_ms = NEVER_MS, .head_ms = NEVER_MS },
    .tickets = self->tickets = km_tickets_new (),
    .hosts = hosts,
    .pass = pass,
    .data = &self->passed,
  };
  g_autoptr (GSocketAddress) any =
    g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  KmListener *listener = km_listener_new (any, NULL);

  g_assert_nonnull (listener);
  km_test_hub_set_up (&self->hub, data);
  self->passed = -1;
  self->address = g_inet_socket_address_new_from_string (
    "127.0.0.1", km_listener_get_port (listener));
  km_hub_set_porter (self->hub.hub, &porter);
  km_hub_open_door (self->hub.hub, KM_DOOR_HTTP, listener);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_hub_tear_down (&self->hub, data);
  km_tickets_free (self->tickets);
  g_object_unref (self->address);
}

/* Whom @session speaks for: user 1. */
static char *
issue (Fixture    *self,
       const char *session)
{
  KmTicket *ticket = g_new0 (KmTicket, 1);

  ticket->account = g_strdup ("1");
  ticket->name = g_strdup ("user1");
  ticket->shown_name = g_strdup ("user1");
  ticket->session = g_strdup (session);

  return km_tickets_issue (self->tickets, ticket,
                           g_get_monotonic_time () / 1000);
}

static void
connect_member (Fixture      *self,
                KmTestMember *member,
                const char   *words)
{
  struct sockaddr_storage native;
  const struct timeval patience = { .tv_sec = PATIENCE_S };

  *member = (KmTestMember) {
    .fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
    .input = g_byte_array_new (),
  };
  g_assert_true (g_socket_address_to_native (self->address, &native,
                                             sizeof native, NULL));
  setsockopt (member->fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
              sizeof patience);
  g_assert_cmpint (connect (member->fd, (struct sockaddr *) &native,
                            (socklen_t) g_socket_address_get_native_size (
                              self->address)),
                   ==, 0);
  g_assert_cmpint (send (member->fd, words, strlen (words), MSG_NOSIGNAL), ==,
                   strlen (words));
}

static char *
make_request (const char *ticket,
              const char *host,
              const char *more)
{
  return g_strdup_printf ("GET " KM_SOCKET_PATH "?ticket=%s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Protocol: " KM_SUBPROTOCOL "\r\n"
                          "%s\r\n", ticket, host, more);
}

/* Returns (transfer full): the head of the answer; frames may follow it. */
static char *
read_head (KmTestMember *member)
{
  g_autoptr (GString) head = g_string_new (NULL);
  char byte;

  while (!g_str_has_suffix (head->str, "\r\n\r\n"))
    {
      g_assert_cmpint (recv (member->fd, &byte, 1, 0), ==, 1);
      g_string_append_c (head, byte);
    }

  return g_string_free (g_steal_pointer (&head), FALSE);
}

static void
test_who_comes_in_is_a_member (Fixture       *self,
                               gconstpointer  data)
{
  g_autofree char *ticket = issue (self, "s");
  g_autofree char *request = make_request (ticket, "localhost", "");
  g_autofree char *head = NULL;
  KmTestMember member;

  connect_member (self, &member, request);
  head = read_head (&member);
  g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
  km_test_hub_join (&member, NULL, -1, FALSE, 0);
  g_assert_cmpint (km_test_hub_say (&member, NULL, "hello"), ==, 1);
  km_test_member_clear (&member);
}

/* The first frames came in the packet of the request. */
static void
test_frames_behind_the_request_are_heard (Fixture       *self,
                                          gconstpointer  data)
{
  g_autofree char *ticket = issue (self, "s");
  g_autofree char *request = make_request (ticket, "localhost", "");
  g_autoptr (GByteArray) frame = km_test_member_mask (
    0x81, "{\"t\":\"nothing\",\"id\":\"1\"}", 24);
  g_autofree char *head = NULL;
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (GString) all = g_string_new (request);
  KmTestMember member;

  g_string_append_len (all, (const char *) frame->data, frame->len);
  connect_member (self, &member, "");
  g_assert_cmpint (send (member.fd, all->str, all->len, MSG_NOSIGNAL), ==,
                   all->len);
  head = read_head (&member);
  reply = km_test_member_next_reply (&member);
  g_assert_cmpstr (reply->re, ==, "1");
  km_test_member_clear (&member);
}

/* Whatever comes first: the ticket is taken back, or the socket closed. */
static void
test_signing_out_finds_ticket_or_socket (Fixture       *self,
                                         gconstpointer  data)
{
  guint late = 0;

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree char *session = g_strdup_printf ("session %u", i);
      const char *const ended[] = { session, NULL };
      g_autofree char *ticket = issue (self, session);
      g_autofree char *request = make_request (ticket, "localhost", "");
      g_autofree char *head = NULL;
      KmTestMember member;
      guint code;

      connect_member (self, &member, request);
      for (guint spin = 0; spin < i * 20; spin++)
        __asm__ volatile ("");
      km_tickets_drop_sessions (self->tickets, ended);
      km_hub_drop_sessions (self->hub.hub, ended);

      head = read_head (&member);
      code = km_test_member_wait_close (&member);
      if (code == KM_CLOSE_SIGNED_OUT)
        late++;
      else
        g_assert_cmpuint (code, ==, KM_CLOSE_TICKET_REFUSED);
      km_test_member_clear (&member);
    }
  g_test_message ("%u of %u were closed as sockets", late, ROUNDS);
}

/* They are told, whatever they have sent meanwhile. */
static void
test_a_refused_ticket_is_told (Fixture       *self,
                               gconstpointer  data)
{
  static const char *const tickets[] = { "", "nonsense", "%00", "&ticket=" };

  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      g_autofree char *request = make_request (tickets[i], "localhost", "");
      g_autofree char *filler = g_strnfill (50000, 'x');
      g_autofree char *all = g_strconcat (request, filler, NULL);
      g_autofree char *head = NULL;
      KmTestMember member;

      connect_member (self, &member, all);
      head = read_head (&member);
      g_assert_true (g_str_has_prefix (head, "HTTP/1.1 101 "));
      g_assert_cmpuint (km_test_member_wait_close (&member), ==,
                        KM_CLOSE_TICKET_REFUSED);
      km_test_member_clear (&member);
    }
}

/* Its ticket is still good for a page that may. */
static void
test_other_pages_open_nothing (Fixture       *self,
                               gconstpointer  data)
{
  static const struct
  {
    const char *host;
    const char *origin;
    const char *answer;
  } rows[] = {
    { "localhost", "Origin: https://evil.example\r\n", "HTTP/1.1 403 " },
    { "localhost", "Origin: null\r\n", "HTTP/1.1 403 " },
    { "evil.example", "Origin: http://evil.example\r\n", "HTTP/1.1 403 " },
    { "evil.example", "", "HTTP/1.1 403 " },
    { "here.example", "Origin: https://here.example\r\n", "HTTP/1.1 101 " },
  };
  g_autofree char *ticket = issue (self, "s");

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *request = make_request (ticket, rows[i].host,
                                               rows[i].origin);
      g_autofree char *head = NULL;
      KmTestMember member;

      connect_member (self, &member, request);
      head = read_head (&member);
      g_assert_true (g_str_has_prefix (head, rows[i].answer));
      km_test_member_clear (&member);
    }
}

static void
test_closed_doors_let_nobody_in (Fixture       *self,
                                 gconstpointer  data)
{
  g_autofree char *ticket = issue (self, "s");
  g_autofree char *request = make_request (ticket, "localhost", "");
  g_autofree char *head = NULL;
  KmTestMember inside, waiting;
  char byte;

  connect_member (self, &inside, request);
  head = read_head (&inside);
  connect_member (self, &waiting, "GET ");
  km_hub_close_doors (self->hub.hub, 1u << KM_DOOR_HTTP);

  g_assert_cmpint (recv (waiting.fd, &byte, 1, 0), <=, 0);
  km_test_hub_join (&inside, NULL, -1, FALSE, 0);
  g_assert_cmpint (__atomic_load_n (&self->passed, __ATOMIC_ACQUIRE), ==, -1);
  km_test_member_clear (&inside);
  km_test_member_clear (&waiting);
}

#define ADD(name, function) \
  g_test_add ("/edge/hub-door/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("who-comes-in-is-a-member", test_who_comes_in_is_a_member);
  ADD ("frames-behind-the-request-are-heard",
       test_frames_behind_the_request_are_heard);
  ADD ("signing-out-finds-ticket-or-socket",
       test_signing_out_finds_ticket_or_socket);
  ADD ("a-refused-ticket-is-told", test_a_refused_ticket_is_told);
  ADD ("other-pages-open-nothing", test_other_pages_open_nothing);
  ADD ("closed-doors-let-nobody-in", test_closed_doors_let_nobody_in);

  return g_test_run ();
}
