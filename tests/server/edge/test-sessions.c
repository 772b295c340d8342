/* test-sessions.c: where somebody is signed in, of a real server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-session-info.h"
#include "km-test-socket.h"

#define NEW_PASSWORD "staple battery horse"
#define CREDENTIALS(name, password) \
  "{\"name\":\"" name "\",\"password\":\"" password "\"}"
#define SIGN_IN(device) \
  "{\"name\":\"alice\",\"password\":\"" KM_TEST_PASSWORD "\"," \
  "\"device\":" device "}"
#define CHANGE(old, new) \
  "{\"old_password\":\"" old "\",\"new_password\":\"" new "\"}"

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

  g_assert_cmpuint (answer->status, ==, status);
  g_assert_cmpstr (answer->code, ==, code);
}

/* Returns: (transfer full): the token of another sign-in of alice's. */
static char *
sign_in (Fixture    *self,
         const char *body)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "POST", "sessions", NULL, body);

  g_assert_cmpuint (answer->status, ==, 200);

  return g_strdup (km_json_get_string (answer->body, "token", 999));
}

static KmSessionInfo *
read_session (JsonArray *array,
              guint      index)
{
  KmSessionInfo *info =
    km_session_info_from_json (json_array_get_object_element (array, index));

  g_assert_nonnull (info);
  g_assert_cmpint (info->made_at_ms, >, 0);
  g_assert_cmpint (info->used_at_ms, >=, info->made_at_ms);

  return info;
}

/* Asserts the devices in their order, the one that asks with a star. Returns:
 * (transfer full) (nullable): the id of the session at @device. */
static char *
list (Fixture    *self,
      const char *token,
      const char *device,
      const char *expected)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "sessions", token, NULL);
  JsonArray *array = km_json_get_array (answer->body, "sessions");
  g_autofree char *text = json_to_string (
    json_object_get_member (answer->body, "sessions"), FALSE);
  g_autoptr (GString) devices = g_string_new (NULL);
  char *id = NULL;

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_null (strstr (text, token));
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (KmSessionInfo) info = read_session (array, i);

      g_string_append_printf (devices, "[%s%s]",
                              info->device != NULL ? info->device : "?",
                              info->current ? "*" : "");
      if (g_strcmp0 (info->device, device) == 0)
        g_set_str (&id, info->id);
    }
  g_assert_cmpstr (devices->str, ==, expected);

  return id;
}

static void
test_ones_own_are_listed (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *long_name = g_strnfill (KM_DEVICE_CLUSTERS_MAX + 1, 'x');
  g_autofree char *too_long = g_strdup_printf (
    "{\"name\":\"alice\",\"password\":\"" KM_TEST_PASSWORD
    "\",\"device\":\"%s\"}", long_name);
  const char *unshown[] = {
    SIGN_IN ("\"\""), SIGN_IN ("\" \""), SIGN_IN ("7"), SIGN_IN ("null"),
    SIGN_IN ("\"a\\nb\""), SIGN_IN ("\"a\xe2\x80\xae" "b\""), too_long,
  };
  g_autofree char *laptop = sign_in (self, SIGN_IN ("\" 我的 laptop\""));
  g_autofree char *id = list (self, laptop, "我的 laptop",
                              "[我的 laptop*][?]");
  g_autofree char *other = list (self, self->alice, "我的 laptop",
                                 "[我的 laptop][?*]");
  g_autofree char *none = list (self, self->bob, "我的 laptop", "[?*]");

  g_assert_nonnull (id);
  g_assert_cmpstr (id, !=, laptop);
  g_assert_cmpstr (other, ==, id);
  g_assert_null (none);
  assert_answer (self, "GET", "sessions", NULL, NULL, 401,
                 "sign_in_required");

  /* A name that can't be shown keeps nobody out. */
  for (guint i = 0; i < G_N_ELEMENTS (unshown); i++)
    {
      g_autofree char *token = sign_in (self, unshown[i]);

      assert_answer (self, "DELETE", "sessions/current", token, NULL, 204,
                     NULL);
    }
}

static void
test_one_is_signed_out_elsewhere (Fixture       *self,
                                  gconstpointer  data)
{
  g_autofree char *phone = sign_in (self, SIGN_IN ("\"phone\""));
  g_autofree char *ticket = km_test_server_get_ticket (self->server, phone);
  g_autofree char *id = list (self, self->alice, "phone", "[phone][?*]");
  g_autofree char *path = g_strconcat ("sessions/", id, NULL);
  g_autoptr (KmTestSocket) stays = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmTestSocket) goes = km_test_socket_open (self->server, phone);
  g_autoptr (KmReply) joined = km_test_socket_join (goes, self->room, NULL, -1);
  g_autoptr (KmReply) still = NULL;
  g_autoptr (KmTestSocket) late = NULL;

  /* To others it isn't there. */
  assert_answer (self, "DELETE", path, self->bob, NULL, 404, "not_found");
  assert_answer (self, "DELETE", path, NULL, NULL, 401, "sign_in_required");
  assert_answer (self, "DELETE", "sessions/nonsense", self->alice, NULL, 404,
                 "not_found");

  assert_answer (self, "DELETE", path, self->alice, NULL, 204, NULL);
  assert_answer (self, "GET", "account", phone, NULL, 401,
                 "sign_in_required");
  assert_answer (self, "POST", "socket-tickets", phone, NULL, 401,
                 "sign_in_required");
  g_assert_cmpuint (km_test_socket_wait_closed (goes, NULL), ==,
                    KM_CLOSE_SIGNED_OUT);
  late = km_test_socket_open_ticket (self->server, ticket);
  g_assert_cmpuint (km_test_socket_wait_closed (late, NULL), ==,
                    KM_CLOSE_TICKET_REFUSED);
  assert_answer (self, "DELETE", path, self->alice, NULL, 404, "not_found");

  still = km_test_socket_join (stays, self->room, NULL, -1);
  g_assert_no_error (still->error);
}

static void
test_all_others_are_signed_out (Fixture       *self,
                                gconstpointer  data)
{
  g_autofree char *phone = sign_in (self, SIGN_IN ("\"phone\""));
  g_autofree char *ticket = km_test_server_get_ticket (self->server,
                                                       self->alice);
  g_autoptr (KmTestSocket) first = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmTestSocket) stays = km_test_socket_open (self->server, phone);
  g_autoptr (KmTestSocket) bob = km_test_socket_open (self->server, self->bob);
  g_autoptr (KmTestSocket) guest = km_test_socket_open (self->server, NULL);
  KmTestSocket *others[] = { stays, bob, guest };
  g_autoptr (KmTestSocket) late = NULL;
  g_autofree char *none = NULL;

  assert_answer (self, "DELETE", "sessions", phone, NULL, 204, NULL);
  assert_answer (self, "GET", "account", self->alice, NULL, 401,
                 "sign_in_required");
  g_assert_cmpuint (km_test_socket_wait_closed (first, NULL), ==,
                    KM_CLOSE_SIGNED_OUT);
  late = km_test_socket_open_ticket (self->server, ticket);
  g_assert_cmpuint (km_test_socket_wait_closed (late, NULL), ==,
                    KM_CLOSE_TICKET_REFUSED);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (KmReply) joined = km_test_socket_join (others[i], self->room,
                                                        NULL, -1);

      g_assert_no_error (joined->error);
    }

  none = list (self, phone, "nothing", "[phone*]");
  assert_answer (self, "DELETE", "sessions", phone, NULL, 204, NULL);
}

static void
test_a_password_is_changed (Fixture       *self,
                            gconstpointer  data)
{
  g_autofree char *phone = sign_in (self, SIGN_IN ("\"phone\""));
  g_autoptr (KmTestSocket) goes = km_test_socket_open (self->server, phone);
  g_autoptr (KmTestSocket) stays = km_test_socket_open (self->server,
                                                        self->alice);
  g_autoptr (KmReply) still = NULL;

  assert_answer (self, "POST", "account/password", self->alice,
                 CHANGE (KM_TEST_PASSWORD, NEW_PASSWORD), 204, NULL);
  assert_answer (self, "GET", "account", phone, NULL, 401,
                 "sign_in_required");
  g_assert_cmpuint (km_test_socket_wait_closed (goes, NULL), ==,
                    KM_CLOSE_SIGNED_OUT);
  still = km_test_socket_join (stays, self->room, NULL, -1);
  g_assert_no_error (still->error);

  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("alice", KM_TEST_PASSWORD), 401,
                 "wrong_credentials");
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("alice", NEW_PASSWORD), 200, NULL);
}

static void
test_refused_passwords_change_nothing (Fixture       *self,
                                       gconstpointer  data)
{
  static const struct
  {
    const char *body;
    guint status;
    const char *code;
  } rows[] = {
    { CHANGE ("not the one", NEW_PASSWORD), 401, "wrong_credentials" },
    { CHANGE (KM_TEST_PASSWORD, KM_TEST_PASSWORD), 400, "weak_password" },
    { CHANGE (KM_TEST_PASSWORD, "password1"), 400, "weak_password" },
    { CHANGE (KM_TEST_PASSWORD, "short"), 400, "weak_password" },
    { "{\"new_password\":\"" NEW_PASSWORD "\"}", 401, "wrong_credentials" },
    { "{\"old_password\":\"" KM_TEST_PASSWORD "\"}", 400, "weak_password" },
    { "{}", 400, "weak_password" },
    { "[]", 400, "bad_request" },
  };
  g_autofree char *phone = sign_in (self, SIGN_IN ("\"phone\""));

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].body);
      assert_answer (self, "POST", "account/password", self->alice,
                     rows[i].body, rows[i].status, rows[i].code);
    }
  assert_answer (self, "POST", "account/password", NULL,
                 CHANGE (KM_TEST_PASSWORD, NEW_PASSWORD), 401,
                 "sign_in_required");

  assert_answer (self, "GET", "account", phone, NULL, 200, NULL);
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("alice", KM_TEST_PASSWORD), 200, NULL);
}

/* Whoever holds a session guesses no faster than anybody else. */
static void
test_guessing_is_slowed_down (Fixture       *self,
                              gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    assert_answer (self, "POST", "account/password", self->alice,
                   CHANGE ("not the one", NEW_PASSWORD), 401,
                   "wrong_credentials");
  assert_answer (self, "POST", "account/password", self->alice,
                 CHANGE (KM_TEST_PASSWORD, NEW_PASSWORD), 429, "too_many");
  assert_answer (self, "POST", "sessions", NULL,
                 CREDENTIALS ("alice", KM_TEST_PASSWORD), 429, "too_many");
  assert_answer (self, "GET", "account", self->alice, NULL, 200, NULL);
}

#define ADD(name, function) \
  g_test_add ("/edge/sessions/" name, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ones-own-are-listed", test_ones_own_are_listed);
  ADD ("one-is-signed-out-elsewhere", test_one_is_signed_out_elsewhere);
  ADD ("all-others-are-signed-out", test_all_others_are_signed_out);
  ADD ("a-password-is-changed", test_a_password_is_changed);
  ADD ("refused-passwords-change-nothing",
       test_refused_passwords_change_nothing);
  ADD ("guessing-is-slowed-down", test_guessing_is_slowed_down);
  return g_test_run ();
}
