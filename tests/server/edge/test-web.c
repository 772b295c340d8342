/* test-web.c: every HTTP call of a real server, and what it refuses
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-protocol.h"
#include "km-test-server.h"

typedef struct
{
  KmTestServer *server;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->server = km_test_server_new (data);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
}

static void
assert_answer (Fixture    *self,
               const char *method,
               const char *path,
               const char *token,
               const char *body,
               guint       status,
               const char *code)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, method, path, token, body);

  g_test_message ("%s %s %s", method, path, body != NULL ? body : "");
  g_assert_cmpstr (answer->code, ==, code);
  g_assert_cmpuint (answer->status, ==, status);
}

#define CREDENTIALS(name, password) \
  "{\"name\":\"" name "\",\"password\":\"" password "\"}"

static void
test_says_what_it_is (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "server", NULL, NULL);
  g_autofree char *rtmp = NULL;
  gint64 port = 0;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpstr (km_json_get_string (answer->body, "software", 99), ==,
                   "kaimu-server");
  g_assert_true (km_json_get_boolean (answer->body, "registration"));
  g_assert_true (km_json_get_integer (answer->body, "rtmp_port", 1, 65535,
                                      &port));
  rtmp = g_strdup_printf ("127.0.0.1:%d", (int) port);
  g_assert_cmpstr (rtmp, ==, km_test_server_get_rtmp (self->server));
}

static void
test_account_from_beginning_to_end (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofree char *token = km_test_server_sign_up (self->server, "Alice");
  g_autoptr (KmTestAnswer) account =
    km_test_server_call (self->server, "GET", "account", token, NULL);
  g_autoptr (KmTestAnswer) renamed = NULL;
  g_autoptr (KmAccountInfo) info = NULL;

  info = km_account_info_from_json (km_json_get_object (account->body,
                                                        "account"));
  g_assert_cmpstr (info->name, ==, "alice");
  g_assert_cmpstr (info->shown_name, ==, "Alice");

  renamed = km_test_server_call (self->server, "PATCH", "account", token,
                                 "{\"shown_name\":\" e\xcc\x81lodie \"}");
  g_assert_cmpuint (renamed->status, ==, 200);
  g_assert_cmpstr (km_json_get_string (
                     km_json_get_object (renamed->body, "account"),
                     "shown_name", 99), ==, "\xc3\xa9lodie");

  assert_answer (self, "DELETE", "sessions/current", token, NULL, 204, NULL);
  assert_answer (self, "GET", "account", token, NULL, 401,
                 "sign_in_required");
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("ALICE", KM_TEST_PASSWORD), 200, NULL);
}

static void
test_refusals_say_why (Fixture       *self,
                       gconstpointer  data)
{
  g_autofree char *token = km_test_server_sign_up (self->server, "alice");

  assert_answer (self, "POST", "accounts", NULL,
                 CREDENTIALS ("alice", "another good one"), 409,
                 "name_taken");
  assert_answer (self, "POST", "accounts", NULL,
                 CREDENTIALS ("al", KM_TEST_PASSWORD), 400, "bad_name");
  assert_answer (self, "POST", "accounts", NULL,
                 CREDENTIALS ("bob", "password1"), 400, "weak_password");
  assert_answer (self, "POST", "accounts", NULL, "{\"name\":7}", 400,
                 "bad_name");
  assert_answer (self, "POST", "accounts", NULL, "[]", 400, "bad_request");
  assert_answer (self, "POST", "accounts", NULL, NULL, 400, "bad_request");
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("alice", "not the one"), 401,
                 "wrong_credentials");
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("nobody", "not the one"), 401,
                 "wrong_credentials");
  assert_answer (self, "GET", "room", NULL, NULL, 401, "sign_in_required");
  assert_answer (self, "GET", "room", "nonsense", NULL, 401,
                 "sign_in_required");
  assert_answer (self, "GET", "rooms/1", NULL, NULL, 404, "no_such_room");
  assert_answer (self, "GET", "rooms/1;", NULL, NULL, 404, "no_such_room");
  assert_answer (self, "GET", "nothing", NULL, NULL, 404, "not_found");
  assert_answer (self, "DELETE", "rooms", NULL, NULL, 405,
                 "method_not_allowed");
  assert_answer (self, "POST", "room/end", token, NULL, 404, "no_such_room");
  assert_answer (self, "POST", "room/key", token, NULL, 404, "no_such_room");
  assert_answer (self, "PATCH", "account", token, "{\"shown_name\":\"\"}",
                 400, "empty");
  assert_answer (self, "PATCH", "account", token,
                 "{\"shown_name\":\"abcdefghijklmnopqrstuvwxy\"}", 400,
                 "too_long");
  assert_answer (self, "PATCH", "account", token,
                 "{\"shown_name\":\"a\xe2\x80\xae" "b\"}", 400, "bad_text");
}

static void
test_looking_like_a_host_is_refused_with_why (Fixture       *self,
                                              gconstpointer  data)
{
  g_autofree char *alice = km_test_server_sign_up (self->server, "alice");
  g_autofree char *bob = km_test_server_sign_up (self->server, "bob");
  const char *name = "{\"shown_name\":\"\xd0\x90lice\"}";
  g_autofree char *key = NULL;
  g_autoptr (KmTestAnswer) answer = NULL;

  assert_answer (self, "PATCH", "account", bob, name, 200, NULL);
  assert_answer (self, "PATCH", "account", bob, "{\"shown_name\":\"Bob\"}",
                 200, NULL);
  key = km_test_server_get_key (self->server, alice, NULL);

  answer = km_test_server_call (self->server, "PATCH", "account", bob, name);
  g_assert_cmpuint (answer->status, ==, 409);
  g_assert_cmpstr (answer->code, ==, "name_taken");
  g_assert_nonnull (strstr (
    km_json_get_string (km_json_get_object (answer->body, "error"), "message",
                        999), "looks like"));
  assert_answer (self, "PATCH", "account", alice, name, 200, NULL);
}

static void
test_guessing_is_slowed_down (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *token = km_test_server_sign_up (self->server, "alice");
  g_autoptr (KmTestAnswer) answer = NULL;
  gint64 retry_ms = 0;

  for (guint i = 0; i < 5; i++)
    assert_answer (self, "POST", "sessions", NULL,
                   CREDENTIALS ("alice", "not the one"), 401,
                   "wrong_credentials");

  answer = km_test_server_call (self->server, "POST", "sessions", NULL,
                                CREDENTIALS ("Alice", KM_TEST_PASSWORD));
  g_assert_cmpuint (answer->status, ==, 429);
  g_assert_cmpstr (answer->code, ==, "too_many");
  g_assert_true (km_json_get_integer (km_json_get_object (answer->body,
                                                          "error"),
                                      "retry_ms", 1, 60000, &retry_ms));

  /* The session that is there goes on. */
  assert_answer (self, "GET", "account", token, NULL, 200, NULL);
}

static void
test_one_room_an_account (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *alice = km_test_server_sign_up (self->server, "alice");
  g_autofree char *bob = km_test_server_sign_up (self->server, "bob");
  g_autofree char *room = NULL;
  g_autofree char *again_room = NULL;
  g_autofree char *other_room = NULL;
  g_autofree char *key = km_test_server_get_key (self->server, alice, &room);
  g_autofree char *again = km_test_server_get_key (self->server, alice,
                                                   &again_room);
  g_autofree char *other = km_test_server_get_key (self->server, bob,
                                                   &other_room);
  g_autoptr (KmTestAnswer) rolled = NULL;
  g_autofree char *now = NULL;

  g_assert_cmpstr (again, ==, key);
  g_assert_cmpstr (again_room, ==, room);
  g_assert_cmpstr (other, !=, key);
  g_assert_cmpstr (other_room, !=, room);
  g_assert_cmpuint (strlen (key), >=, 26);

  rolled = km_test_server_call (self->server, "POST", "room/key", alice,
                                NULL);
  now = km_test_server_get_key (self->server, alice, NULL);
  g_assert_cmpstr (km_json_get_string (rolled->body, "key", 99), ==, now);
  g_assert_cmpstr (now, !=, key);
}

static void
test_a_room_as_others_see_it (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *alice = km_test_server_sign_up (self->server, "alice");
  g_autofree char *id = NULL;
  g_autofree char *key = km_test_server_get_key (self->server, alice, &id);
  g_autofree char *path = g_strdup_printf ("rooms/%s", id);
  g_autoptr (KmTestAnswer) answer = NULL;
  g_autoptr (KmTestAnswer) list = NULL;
  g_autoptr (KmTestAnswer) live = NULL;
  g_autoptr (KmRoomInfo) info = NULL;
  g_autofree char *text = NULL;

  assert_answer (self, "PATCH", "room", alice,
                 "{\"title\":\" 大家好 👋 \",\"category\":\"music\"}", 200,
                 NULL);
  assert_answer (self, "PATCH", "room", alice, "{\"category\":\"war\"}", 400,
                 "bad_request");
  assert_answer (self, "PATCH", "room", alice, "{\"title\":\" \"}", 400,
                 "empty");
  assert_answer (self, "PATCH", "room", alice, "{\"title\":\"a\\nb\"}", 400,
                 "bad_text");

  answer = km_test_server_call (self->server, "GET", path, NULL, NULL);
  info = km_room_info_from_json (km_json_get_object (answer->body, "room"));
  g_assert_cmpstr (info->title, ==, "大家好 👋");
  g_assert_cmpstr (info->category, ==, "music");
  g_assert_cmpstr (info->host.name, ==, "alice");
  g_assert_false (info->live);

  list = km_test_server_call (self->server, "GET", "rooms", NULL, NULL);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (list->body, "rooms")),
                    ==, 1);
  text = json_to_string (json_object_get_member (list->body, "rooms"), FALSE);
  g_assert_null (strstr (text, key));
  live = km_test_server_call (self->server, "GET", "rooms?live=1", NULL,
                              NULL);
  g_assert_cmpuint (json_array_get_length (
                      json_object_get_array_member (live->body, "rooms")),
                    ==, 0);
}

static void
test_large_bodies_are_refused (Fixture       *self,
                               gconstpointer  data)
{
  g_autofree char *padding = g_strnfill (KM_BODY_BYTES_MAX, ' ');
  g_autofree char *body = g_strdup_printf ("{%s}", padding);
  g_autofree char *endless = g_strnfill (8 * 1024 * 1024, ' ');
  g_autoptr (KmTestAnswer) answer = NULL;

  assert_answer (self, "POST", "sessions", NULL, body, 413, "too_large");

  /* Somebody who goes on and on is cut off, and the server lives. */
  answer = km_test_server_call (self->server, "POST", "sessions", NULL,
                                endless);
  g_assert_cmpuint (answer->status, !=, 200);
  assert_answer (self, "GET", "server", NULL, NULL, 200, NULL);
}

/* Returns the status of GET server with one header set. */
static guint
get_with (Fixture     *self,
          const char  *name,
          const char  *value,
          char       **allowed)
{
  g_autoptr (SoupSession) session =
    km_test_server_new_session (self->server);
  g_autofree char *web = km_test_server_get_web (self->server);
  g_autofree char *address = g_strconcat (web, "/api/v1/server", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GBytes) bytes = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message),
                                name, value);
  bytes = soup_session_send_and_read (session, message, NULL, NULL);
  if (allowed != NULL)
    *allowed = g_strdup (soup_message_headers_get_one (
      soup_message_get_response_headers (message),
      "Access-Control-Allow-Origin"));

  return soup_message_get_status (message);
}

static void
test_other_sites_pages_are_refused (Fixture       *self,
                                    gconstpointer  data)
{
  g_autofree char *own = km_test_server_get_web (self->server);
  g_autofree char *none = NULL;

  g_assert_cmpuint (get_with (self, "Origin", own, &none), ==, 200);
  g_assert_null (none);
  g_assert_cmpuint (get_with (self, "Origin", "http://evil.example", NULL),
                    ==, 403);
  g_assert_cmpuint (get_with (self, "Origin", "null", NULL), ==, 403);
  g_assert_cmpuint (get_with (self, "Host", "evil.example", NULL), ==, 403);
}

static void
test_closed_registration_says_so (Fixture       *self,
                                  gconstpointer  data)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "server", NULL, NULL);

  g_assert_false (km_json_get_boolean (answer->body, "registration"));
  assert_answer (self, "POST", "accounts", NULL,
                 CREDENTIALS ("alice", KM_TEST_PASSWORD), 403,
                 "registration_closed");
}

static const char *const closed[] = { "--registration=closed", NULL };

/* More than 30 at once, and two a second: however slowly this runs, the
 * refused one comes before the 1,000th. */
static void
test_changes_have_their_pace (Fixture       *self,
                              gconstpointer  data)
{
  g_autofree char *alice = km_test_server_sign_up (self->server, "alice");
  g_autofree char *bob = km_test_server_sign_up (self->server, "bob");
  g_autofree char *key = km_test_server_get_key (self->server, alice, NULL);
  g_autoptr (KmTestAnswer) answer = NULL;
  gint64 retry_ms = 0;
  guint changes = 0;

  do
    {
      g_clear_pointer (&answer, km_test_answer_free);
      answer = km_test_server_call (self->server, "PATCH", "room", alice,
                                    "{\"title\":\"New\"}");
    }
  while (answer->status == 200 && ++changes < 1000);
  g_assert_cmpuint (answer->status, ==, 429);
  g_assert_cmpstr (answer->code, ==, "too_fast");
  g_assert_true (km_json_get_integer (
    json_object_get_object_member (answer->body, "error"), "retry_ms", 1,
    500, &retry_ms));
  g_assert_cmpuint (changes, >=, 30);

  assert_answer (self, "GET", "room", alice, NULL, 200, NULL);
  assert_answer (self, "PATCH", "account", bob, "{\"shown_name\":\"Bob\"}",
                 200, NULL);
}

/* As a proxy on this machine asks for somebody at that address. */
static guint
ask_for_ticket (KmTestServer *server,
                const char   *address)
{
  g_autofree char *uri = g_strconcat (
    "http://", km_test_server_get_http (server),
    KM_API_PREFIX "/socket-tickets", NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
  g_autoptr (GBytes) body = NULL;

  soup_message_headers_replace (soup_message_get_request_headers (message),
                                "X-Forwarded-For", address);
  body = soup_session_send_and_read (session, message, NULL, NULL);
  g_assert_nonnull (body);

  return soup_message_get_status (message);
}

static void
test_strangers_of_one_address_have_a_pace (Fixture       *self,
                                           gconstpointer  data)
{
  g_autofree char *path = g_build_filename (
    km_test_server_get_directory (self->server), "slow.conf", NULL);
  g_autofree char *flag = g_strconcat ("--config=", path, NULL);
  const char *const flags[] = { flag, NULL };
  KmTestServer *server;
  guint n = 0;

  g_assert_true (g_file_set_contents (path,
                                      "[listen]\nconnects-of-address=1\n"
                                      "[proxy]\ntrusted=127.0.0.1\n",
                                      -1, NULL));
  server = km_test_server_new (flags);
  while (ask_for_ticket (server, "203.0.113.9") == 200 && n < 1000)
    n++;
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (n, <, 1000);
  g_assert_cmpuint (ask_for_ticket (server, "203.0.113.10"), ==, 200);
  /* Of this machine there are many. */
  for (guint i = 0; i < 20; i++)
    g_assert_cmpuint (ask_for_ticket (server, "127.0.0.1"), ==, 200);
  km_test_server_free (server);
}

#define ADD(name, data, function) \
  g_test_add ("/edge/web/" name, Fixture, data, set_up, function, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("says-what-it-is", NULL, test_says_what_it_is);
  ADD ("account-from-beginning-to-end", NULL,
       test_account_from_beginning_to_end);
  ADD ("refusals-say-why", NULL, test_refusals_say_why);
  ADD ("looking-like-a-host-is-refused-with-why", NULL,
       test_looking_like_a_host_is_refused_with_why);
  ADD ("guessing-is-slowed-down", NULL, test_guessing_is_slowed_down);
  ADD ("one-room-an-account", NULL, test_one_room_an_account);
  ADD ("a-room-as-others-see-it", NULL, test_a_room_as_others_see_it);
  ADD ("changes-have-their-pace", NULL, test_changes_have_their_pace);
  ADD ("strangers-of-one-address-have-a-pace", NULL,
       test_strangers_of_one_address_have_a_pace);
  ADD ("large-bodies-are-refused", NULL, test_large_bodies_are_refused);
  ADD ("other-sites-pages-are-refused", NULL,
       test_other_sites_pages_are_refused);
  ADD ("closed-registration-says-so", closed,
       test_closed_registration_says_so);
  return g_test_run ();
}
