/* test-socket.c: rooms of a real server over real sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-id.h"
#include "km-test-socket.h"

typedef struct
{
  KmTestServer *server;
  char *alice;
  char *bob;
  char *room;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *key = NULL;

  self->server = km_test_server_new (NULL);
  self->alice = km_test_server_sign_up (self->server, "alice");
  self->bob = km_test_server_sign_up (self->server, "bob");
  key = km_test_server_get_key (self->server, self->alice, &self->room);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  g_free (self->alice);
  g_free (self->bob);
  g_free (self->room);
}

static void
test_what_one_says_all_hear (Fixture       *self,
                             gconstpointer  data)
{
  g_autoptr (KmTestSocket) alice = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmTestSocket) guest = km_test_socket_open (self->server, NULL);
  g_autoptr (KmReply) host = km_test_socket_join (alice, self->room, NULL, -1);
  g_autoptr (KmReply) member = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmReply) visitor = km_test_socket_join (guest, self->room, NULL,
                                                     -1);
  g_autoptr (KmReply) sent = NULL;
  g_autoptr (KmReply) refused = NULL;
  KmTestSocket *sockets[] = { alice, bob, guest };

  g_assert_no_error (host->error);
  g_assert_cmpint (host->role, ==, KM_ROLE_HOST);
  g_assert_cmpint (member->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpint (visitor->role, ==, KM_ROLE_GUEST);

  sent = km_test_socket_say (bob, self->room, NULL, "大家好 👋");
  g_assert_true (km_reply_check (sent, KM_COMMAND_CHAT_SEND, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sockets); i++)
    {
      g_autoptr (KmRoomEvent) event =
        km_test_socket_wait (sockets[i], KM_ROOM_EVENT_CHAT_MESSAGE);

      g_assert_cmpstr (event->text, ==, "大家好 👋");
      g_assert_cmpstr (event->from.name, ==, "bob");
      g_assert_cmpint (event->seq, ==, sent->seq);
    }

  refused = km_test_socket_say (guest, self->room, NULL, "me too");
  g_assert_error (refused->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
}

static void
test_a_ticket_opens_once (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *ticket = km_test_server_get_ticket (self->server,
                                                       self->alice);
  g_autoptr (KmTestSocket) first = km_test_socket_open_ticket (self->server,
                                                               ticket);
  g_autoptr (KmTestSocket) second = km_test_socket_open_ticket (self->server,
                                                                ticket);
  g_autoptr (KmTestSocket) nonsense = km_test_socket_open_ticket (
    self->server, "nonsense");
  g_autoptr (KmReply) joined = km_test_socket_join (first, self->room, NULL,
                                                    -1);

  g_assert_no_error (joined->error);
  g_assert_cmpuint (km_test_socket_wait_closed (second, NULL), ==,
                    KM_CLOSE_TICKET_REFUSED);
  g_assert_cmpuint (km_test_socket_wait_closed (nonsense, NULL), ==,
                    KM_CLOSE_TICKET_REFUSED);
}

static void
test_signing_out_closes_the_socket (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofree char *ticket = km_test_server_get_ticket (self->server,
                                                       self->bob);
  g_autoptr (KmTestSocket) alice = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmTestAnswer) out = km_test_server_call (
    self->server, "DELETE", "sessions/current", self->bob, NULL);
  g_autoptr (KmTestSocket) late = NULL;
  g_autoptr (KmReply) still = NULL;

  g_assert_cmpuint (out->status, ==, 204);
  km_test_socket_wait_closed (bob, NULL);
  late = km_test_socket_open_ticket (self->server, ticket);
  g_assert_cmpuint (km_test_socket_wait_closed (late, NULL), ==,
                    KM_CLOSE_TICKET_REFUSED);
  still = km_test_socket_join (alice, self->room, NULL, -1);
  g_assert_no_error (still->error);
}

/* The name was changed when the ticket was out already. */
static void
test_a_new_name_holds_for_all (Fixture       *self,
                               gconstpointer  data)
{
  g_autofree char *ticket = km_test_server_get_ticket (self->server,
                                                       self->bob);
  g_autoptr (KmTestAnswer) renamed = km_test_server_call (
    self->server, "PATCH", "account", self->bob, "{\"shown_name\":\"Robert\"}");
  g_autoptr (KmTestSocket) bob = km_test_socket_open_ticket (self->server,
                                                             ticket);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmReply) said = km_test_socket_say (bob, self->room, NULL, "hi");
  g_autoptr (KmRoomEvent) event =
    km_test_socket_wait (bob, KM_ROOM_EVENT_CHAT_MESSAGE);

  g_assert_cmpuint (renamed->status, ==, 200);
  g_assert_no_error (said->error);
  g_assert_cmpstr (event->from.shown_name, ==, "Robert");
}

static void
test_slow_mode_is_the_hosts (Fixture       *self,
                             gconstpointer  data)
{
  static const char *const bad[] = {
    "{\"slow_s\":-1}", "{\"slow_s\":301}", "{\"slow_s\":\"30\"}",
  };
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmTestAnswer) changed = km_test_server_call (
    self->server, "PATCH", "room", self->alice, "{\"slow_s\":300}");
  g_autoptr (KmRoomEvent) event =
    km_test_socket_wait (bob, KM_ROOM_EVENT_ROOM_CHANGED);
  g_autoptr (KmReply) said = km_test_socket_say (bob, self->room, NULL, "hi");
  g_autoptr (KmReply) refused = km_test_socket_say (bob, self->room, NULL,
                                                    "me");

  g_assert_cmpuint (changed->status, ==, 200);
  g_assert_cmpuint (joined->room->slow_s, ==, 0);
  g_assert_cmpuint (event->slow_s, ==, 300);
  g_assert_no_error (said->error);
  g_assert_error (refused->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_TOO_FAST);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (KmTestAnswer) answer = km_test_server_call (
        self->server, "PATCH", "room", self->alice, bad[i]);

      g_assert_cmpuint (answer->status, ==, 400);
    }
}

static void
test_a_changed_room_is_told (Fixture       *self,
                             gconstpointer  data)
{
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmTestAnswer) changed = km_test_server_call (
    self->server, "PATCH", "room", self->alice,
    "{\"title\":\"A new title\",\"category\":\"learning\"}");
  g_autoptr (KmRoomEvent) event = NULL;

  g_assert_cmpuint (changed->status, ==, 200);
  event = km_test_socket_wait (bob, KM_ROOM_EVENT_ROOM_CHANGED);
  g_assert_cmpstr (event->title, ==, "A new title");
  g_assert_cmpstr (event->category, ==, "learning");
}

/* Says one thing after another until the server is gone. Returns how many it
 * has acknowledged. */
static gint64
say_until_killed (Fixture      *self,
                  KmTestSocket *socket,
                  char        **epoch)
{
  g_autoptr (KmReply) joined = km_test_socket_join (socket, self->room, NULL,
                                                    -1);
  gint64 last = 0;

  *epoch = g_strdup (joined->epoch);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autoptr (KmReply) reply = km_test_socket_say (socket, self->room,
                                                      NULL, text);

      g_assert_true (km_reply_check (reply, KM_COMMAND_CHAT_SEND, NULL));
      last = reply->seq;
    }
  km_test_server_kill (self->server);

  return last;
}

static void
test_nothing_acknowledged_is_lost (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (KmTestSocket) before = km_test_socket_open (self->server,
                                                         self->bob);
  g_autofree char *epoch = NULL;
  gint64 last = say_until_killed (self, before, &epoch);
  g_autoptr (KmTestSocket) after = NULL;
  g_autoptr (KmReply) joined = NULL;
  g_autoptr (KmTestSocket) behind = NULL;
  g_autoptr (KmReply) resumed = NULL;

  km_test_server_start (self->server);
  after = km_test_socket_open (self->server, self->bob);
  joined = km_test_socket_join (after, self->room, NULL, -1);
  g_assert_cmpint (joined->seq, >=, last);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autoptr (KmRoomEvent) event =
        km_test_socket_wait (after, KM_ROOM_EVENT_CHAT_MESSAGE);

      g_assert_cmpstr (event->text, ==, text);
    }

  /* Who had some gets the rest, each once. */
  behind = km_test_socket_open (self->server, self->alice);
  resumed = km_test_socket_join (behind, self->room, epoch, last - 2);
  g_assert_true (resumed->resumed);
  for (guint i = 3; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autoptr (KmRoomEvent) event =
        km_test_socket_wait (behind, KM_ROOM_EVENT_CHAT_MESSAGE);

      g_assert_cmpstr (event->text, ==, text);
    }
}

static void
test_an_act_is_done_once (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autoptr (KmReply) first = km_test_socket_say (bob, self->room, id, "once");
  g_autoptr (KmTestSocket) again = NULL;
  g_autoptr (KmReply) rejoined = NULL;
  g_autoptr (KmReply) second = NULL;
  g_autoptr (KmReply) other = NULL;

  g_assert_no_error (first->error);
  km_test_server_kill (self->server);
  km_test_server_start (self->server);

  again = km_test_socket_open (self->server, self->bob);
  rejoined = km_test_socket_join (again, self->room, NULL, -1);
  second = km_test_socket_say (again, self->room, id, "once");
  g_assert_no_error (second->error);
  g_assert_cmpint (second->seq, ==, first->seq);
  other = km_test_socket_say (again, self->room, id, "twice");
  g_assert_error (other->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
}

static void
test_the_end_is_told (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                      self->bob);
  g_autoptr (KmReply) joined = km_test_socket_join (bob, self->room, NULL, -1);
  g_autofree char *reason = NULL;
  g_autoptr (JsonObject) object = NULL;
  gint64 retry_ms = -1;

  g_assert_no_error (joined->error);
  g_assert_cmpint (km_test_server_end (self->server), ==, 0);
  g_assert_cmpuint (km_test_socket_wait_closed (bob, &reason), ==,
                    KM_CLOSE_GOING_AWAY);
  object = km_json_parse (reason, strlen (reason), NULL);
  g_assert_nonnull (object);
  g_assert_true (km_json_get_integer (object, "retry_ms", 0, 60000,
                                      &retry_ms));
}

static void
test_a_malformed_frame_harms_nobody (Fixture       *self,
                                     gconstpointer  data)
{
  g_autoptr (KmTestSocket) alice = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmReply) joined = km_test_socket_join (alice, self->room, NULL,
                                                    -1);
  const char *bad[] = { "", "{", "[]", "{\"t\":7}", "\xf0\x9f\x91\x8b",
                        "{\"id\":\"\"}" };
  g_autoptr (KmReply) sent = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server,
                                                          self->bob);

      km_test_socket_send_text (bob, bad[i]);
      g_assert_cmpuint (km_test_socket_wait_closed (bob, NULL), >=, 1000);
    }

  sent = km_test_socket_say (alice, self->room, NULL, "still here");
  g_assert_no_error (sent->error);
}

#define ADD(name, function) \
  g_test_add ("/edge/socket/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("what-one-says-all-hear", test_what_one_says_all_hear);
  ADD ("a-ticket-opens-once", test_a_ticket_opens_once);
  ADD ("signing-out-closes-the-socket", test_signing_out_closes_the_socket);
  ADD ("a-new-name-holds-for-all", test_a_new_name_holds_for_all);
  ADD ("slow-mode-is-the-hosts", test_slow_mode_is_the_hosts);
  ADD ("a-changed-room-is-told", test_a_changed_room_is_told);
  ADD ("nothing-acknowledged-is-lost", test_nothing_acknowledged_is_lost);
  ADD ("an-act-is-done-once", test_an_act_is_done_once);
  ADD ("the-end-is-told", test_the_end_is_told);
  ADD ("a-malformed-frame-harms-nobody", test_a_malformed_frame_harms_nobody);
  return g_test_run ();
}
