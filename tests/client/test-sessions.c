/* test-sessions.c: where one is signed in, and being signed out elsewhere
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-server.h"
#include "km-test-person.h"
#include "km-test-wire.h"
#include "km-this-device.h"

#define ACCOUNT "{\"id\":\"7\",\"name\":\"alice\",\"shown_name\":\"Alice\"}"
#define SIGNED_OUT \
  "{\"error\":{\"code\":\"sign_in_required\",\"message\":\"Sign in.\"}}"
#define CLOSE_SIGNED_OUT 4002
#define SECONDS 20

typedef struct
{
  KmTestPerson person;
  KmTestWire *wire;
  KmServer *server;
  KmRoom *room;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_person_set_up (&self->person, NULL);
  self->wire = km_test_wire_new ();
  km_test_wire_answer (self->wire, "POST sessions", 200,
                       "{\"token\":\"secret\",\"account\":" ACCOUNT "}");
  self->server = km_server_new (self->person.profile, self->person.secrets,
                                km_test_wire_get_address (self->wire));
  km_server_sign_in_async (self->server, "alice", "a password", NULL,
                           km_test_person_keep, &self->person);
  g_assert_true (km_server_sign_in_finish (
    self->server, km_test_person_wait (&self->person), &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_object (&self->room);
  g_clear_object (&self->server);
  g_clear_pointer (&self->wire, km_test_wire_free);
  km_test_person_tear_down (&self->person);
}

static gboolean
is_signed_out (gpointer data)
{
  return !km_server_get_signed_in (((Fixture *) data)->server);
}

static gboolean
is_connected (gpointer data)
{
  KmServer *server = ((Fixture *) data)->server;

  return km_connection_get_state (km_server_get_connection (server))
         == KM_CONNECTION_OPEN;
}

static void
assert_signed_out (Fixture *self)
{
  g_assert_true (km_test_wait_until (is_signed_out, self, SECONDS));
  g_assert_error (km_server_get_guest_error (self->server), KM_CLIENT_ERROR,
                  KM_CLIENT_ERROR_SIGNED_OUT);
  g_assert_false (km_secrets_get_in_file (self->person.secrets));
}

/* One socket for who was signed in, one for the guest that they are now: no
 * more tries, and none of them with the token. */
static void
test_signed_out_elsewhere_is_a_guest (Fixture       *self,
                                      gconstpointer  data)
{
  self->room = km_server_open_room (self->server, "42");
  g_assert_true (km_test_wait_until (is_connected, self, SECONDS));
  g_assert_cmpstr (km_test_wire_get_header (self->wire,
                                            "POST socket-tickets"), ==,
                   "Bearer secret");

  km_test_wire_close (self->wire, CLOSE_SIGNED_OUT, "signed out");
  assert_signed_out (self);
  g_assert_true (km_test_wait_until (is_connected, self, SECONDS));
  g_assert_null (km_test_wire_get_header (self->wire,
                                          "POST socket-tickets"));
  g_assert_cmpuint (km_test_wire_count (self->wire, "POST socket-tickets"),
                    ==, 2);

  /* Who signs in again has no such error any more. */
  km_server_sign_in_async (self->server, "alice", "a password", NULL,
                           km_test_person_keep, &self->person);
  g_assert_true (km_server_sign_in_finish (
    self->server, km_test_person_wait (&self->person), NULL));
  g_assert_null (km_server_get_guest_error (self->server));
}

/* The program slept while it happened. */
static void
test_a_refused_ticket_ends_the_sign_in (Fixture       *self,
                                        gconstpointer  data)
{
  self->room = km_server_open_room (self->server, "42");
  g_assert_true (km_test_wait_until (is_connected, self, SECONDS));

  km_test_wire_answer (self->wire, "POST socket-tickets", 401, SIGNED_OUT);
  km_test_wire_drop (self->wire);
  assert_signed_out (self);
}

static char *
describe (GListModel *sessions)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (sessions); i++)
    {
      g_autoptr (KmAccountSession) session =
        g_list_model_get_item (sessions, i);
      const char *device = km_account_session_get_device (session);

      g_string_append_printf (
        text, "[%s %s%s %" G_GINT64_FORMAT "]",
        km_account_session_get_id (session), device != NULL ? device : "?",
        km_account_session_get_current (session) ? "*" : "",
        km_account_session_get_used_at (session));
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static GListModel *
load (Fixture     *self,
      const char  *answer,
      GError     **error)
{
  km_test_wire_answer (self->wire, "GET sessions", 200, answer);
  km_server_load_sessions_async (self->server, NULL, km_test_person_keep,
                                 &self->person);

  return km_server_load_sessions_finish (
    self->server, km_test_person_wait (&self->person), error);
}

static void
test_this_one_is_listed_first (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) odd = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GListModel) sessions = load (
    self,
    "{\"sessions\":["
    "{\"id\":\"b\",\"device\":\"phone\",\"made_at\":1,\"used_at\":9,"
    "\"current\":false},"
    "{\"id\":\"c\",\"device\":null,\"made_at\":1,\"used_at\":7},"
    "7,{},{\"id\":\"d\",\"made_at\":-1,\"used_at\":7},"
    "{\"id\":\"a\",\"device\":\"laptop\",\"made_at\":1,\"used_at\":5,"
    "\"current\":true}]}", &error);

  g_assert_no_error (error);
  text = describe (sessions);
  g_assert_cmpstr (text, ==, "[a laptop* 5][b phone 9][c ? 7]");

  g_assert_null (load (self, "{}", &odd));
  g_assert_error (odd, KM_CLIENT_ERROR, KM_CLIENT_ERROR_PROTOCOL);
}

static void
test_others_are_ended (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (GListModel) sessions = load (
    self, "{\"sessions\":[{\"id\":\"a/b\",\"made_at\":1,\"used_at\":5}]}",
    NULL);
  g_autoptr (KmAccountSession) session = g_list_model_get_item (sessions, 0);
  g_autoptr (GError) gone = NULL;

  km_test_wire_answer (self->wire, "DELETE sessions/a/b", 404,
                       "{\"error\":{\"code\":\"not_found\","
                       "\"message\":\"Not there.\"}}");
  km_server_end_session_async (self->server,
                               km_account_session_get_id (session), NULL,
                               km_test_person_keep, &self->person);
  g_assert_false (km_server_end_session_finish (
    self->server, km_test_person_wait (&self->person), &gone));
  g_assert_error (gone, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_FOUND);

  km_test_wire_answer (self->wire, "DELETE sessions", 204, NULL);
  km_server_end_other_sessions_async (self->server, NULL, km_test_person_keep,
                                      &self->person);
  g_assert_true (km_server_end_other_sessions_finish (
    self->server, km_test_person_wait (&self->person), NULL));
  g_assert_true (km_server_get_signed_in (self->server));
}

static gboolean
change_password (Fixture     *self,
                 const char  *new,
                 GError     **error)
{
  km_server_change_password_async (self->server, "old \"one\"", new, NULL,
                                   km_test_person_keep, &self->person);

  return km_server_change_password_finish (
    self->server, km_test_person_wait (&self->person), error);
}

/* A wrong password isn't a sign-in that has ended. */
static void
test_a_password_is_changed (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) bad = NULL;

  km_test_wire_answer (self->wire, "POST account/password", 401,
                       "{\"error\":{\"code\":\"wrong_credentials\","
                       "\"message\":\"Wrong.\"}}");
  g_assert_false (change_password (self, "a new one", &wrong));
  g_assert_error (wrong, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_WRONG_CREDENTIALS);
  g_assert_true (km_server_get_signed_in (self->server));
  g_assert_cmpstr (km_test_wire_get_body (self->wire, "POST account/password"),
                   ==, "{\"old_password\":\"old \\\"one\\\"\","
                       "\"new_password\":\"a new one\"}");

  g_assert_false (change_password (self, "\xff", &bad));
  g_assert_error (bad, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_WEAK_PASSWORD);

  km_test_wire_answer (self->wire, "POST account/password", 204, NULL);
  g_assert_true (change_password (self, "a new one", NULL));
  g_assert_true (km_server_get_signed_in (self->server));
}

static void
test_the_device_is_told (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *name = km_this_device_dup_name ();
  g_autofree char *member = g_strdup_printf ("\"device\":\"%s\"", name);

  g_assert_nonnull (strstr (km_test_wire_get_body (self->wire,
                                                   "POST sessions"),
                            member));
}

static void
test_names_that_say_something (void)
{
  g_autofree char *long_name = g_strnfill (200, 'x');
  g_autofree char *cut = g_strnfill (60, 'x');
  const struct
  {
    const char *host;
    const char *system;
    const char *expected;
  } rows[] = {
    { "ada-laptop", "Debian GNU/Linux 13", "ada-laptop" },
    { "localhost", "Debian GNU/Linux 13", "Kaimu on Debian GNU/Linux 13" },
    { "Fedora", "Fedora Linux 43", "Kaimu on Fedora Linux 43" },
    { "", "Arch Linux", "Kaimu on Arch Linux" },
    { "a\xe2\x80\xae" "b", "Arch Linux", "Kaimu on Arch Linux" },
    { NULL, "Arch Linux", "Kaimu on Arch Linux" },
    { "localhost", NULL, "Kaimu" },
    { NULL, NULL, "Kaimu" },
    { "电脑", NULL, "电脑" },
    { long_name, NULL, cut },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = km_this_device_make_name (rows[i].host,
                                                        rows[i].system);

      g_assert_cmpstr (name, ==, rows[i].expected);
    }
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/sessions/" name, Fixture, NULL, set_up, function,      \
              tear_down)
  ADD ("signed-out-elsewhere-is-a-guest", test_signed_out_elsewhere_is_a_guest);
  ADD ("a-refused-ticket-ends-the-sign-in",
       test_a_refused_ticket_ends_the_sign_in);
  ADD ("this-one-is-listed-first", test_this_one_is_listed_first);
  ADD ("others-are-ended", test_others_are_ended);
  ADD ("a-password-is-changed", test_a_password_is_changed);
  ADD ("the-device-is-told", test_the_device_is_told);
#undef ADD
  g_test_add_func ("/client/device/names-that-say-something",
                   test_names_that_say_something);
  return g_test_run ();
}
