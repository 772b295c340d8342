/* test-server.c: addresses, accounts, lists of rooms, and what goes wrong
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-client-error.h"
#include "km-server-list.h"
#include "km-test-process.h"
#include "km-test-wire.h"

#include <glib/gstdio.h>

#define ACCOUNT "{\"id\":\"7\",\"name\":\"alice\",\"shown_name\":\"Alice\"}"
#define ROOM(id, title, online)                                               \
  "{\"id\":\"" id "\",\"title\":\"" title "\",\"category\":\"talk\","         \
  "\"host\":" ACCOUNT ",\"live\":true,\"stream\":\"s\",\"since\":5,"          \
  "\"online\":" online "}"

typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;
  KmTestWire *wire;
  KmServer *server;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("server");
  self->profile = km_profile_new (NULL, self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
  self->wire = km_test_wire_new ();
  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_object (&self->result);
  g_clear_object (&self->server);
  g_clear_pointer (&self->wire, km_test_wire_free);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  km_test_directory_remove (self->directory);
  g_free (self->directory);
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static GAsyncResult *
wait_result (Fixture *self)
{
  g_assert_true (km_test_wait_until (is_set, &self->result, 20));

  return self->result;
}

static gboolean
sign_in (Fixture  *self,
         GError  **error)
{
  g_clear_object (&self->result);
  km_server_sign_in_async (self->server, "alice", "a password", NULL,
                           on_result, &self->result);

  return km_server_sign_in_finish (self->server, wait_result (self), error);
}

static void
test_check_tells_who_it_is (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *play = NULL;

  km_server_check_async (self->server, NULL, on_result, &self->result);
  g_assert_true (km_server_check_finish (self->server, wait_result (self),
                                         &error));
  g_assert_cmpint (km_server_get_state (self->server), ==, KM_SERVER_ONLINE);
  g_assert_cmpstr (km_server_get_name (self->server), ==, "Test");
  play = km_server_dup_rtmp_address (self->server, "42");
  g_assert_cmpstr (play, ==, "rtmp://127.0.0.1:1936/live/42");
}

static void
test_dead_server_is_offline (Fixture       *self,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_wire_listen (self->wire, FALSE);
  km_server_check_async (self->server, NULL, on_result, &self->result);
  g_assert_false (km_server_check_finish (self->server, wait_result (self),
                                          &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE);
  g_assert_cmpint (km_server_get_state (self->server), ==, KM_SERVER_OFFLINE);
  g_assert_nonnull (km_server_get_error (self->server));
}

static void
test_other_programs_are_told_apart (Fixture       *self,
                                    gconstpointer  data)
{
  static const char *const bodies[] = {
    "<html>hello</html>", "{\"software\":\"other\"}", "[]", "", "{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;

      g_clear_object (&self->result);
      km_test_wire_answer (self->wire, "GET server", 200, bodies[i]);
      km_server_check_async (self->server, NULL, on_result, &self->result);
      g_assert_false (km_server_check_finish (self->server, wait_result (self),
                                              &error));
      g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_NOT_KAIMU);
    }
}

static void
test_cancelled_is_not_offline (Fixture       *self,
                               gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  km_server_check_async (self->server, cancellable, on_result, &self->result);
  g_cancellable_cancel (cancellable);
  g_assert_false (km_server_check_finish (self->server, wait_result (self),
                                          &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (km_server_get_state (self->server), ==,
                   KM_SERVER_CONNECTING);
}

static void
test_words_of_the_server (Fixture       *self,
                          gconstpointer  data)
{
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) taken = NULL;
  g_autoptr (GError) unknown = NULL;

  km_test_wire_answer (self->wire, "POST sessions", 401,
                       "{\"error\":{\"code\":\"wrong_credentials\","
                       "\"message\":\"No.\"}}");
  g_assert_false (sign_in (self, &wrong));
  g_assert_error (wrong, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_WRONG_CREDENTIALS);
  g_assert_cmpint (km_server_get_state (self->server), ==, KM_SERVER_ONLINE);

  g_clear_object (&self->result);
  km_test_wire_answer (self->wire, "POST accounts", 409,
                       "{\"error\":{\"code\":\"name_taken\","
                       "\"message\":\"Taken.\"}}");
  km_server_register_async (self->server, "alice", "a password", "Alice", NULL,
                            on_result, &self->result);
  g_assert_false (km_server_register_finish (self->server, wait_result (self),
                                             &taken));
  g_assert_error (taken, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NAME_TAKEN);

  km_test_wire_answer (self->wire, "POST sessions", 418,
                       "{\"error\":{\"code\":\"later\","
                       "\"message\":\"Words of a newer server.\"}}");
  g_assert_false (sign_in (self, &unknown));
  g_assert_error (unknown, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_UNKNOWN);
  g_assert_cmpstr (unknown->message, ==, "Words of a newer server.");
  g_assert_false (km_server_get_signed_in (self->server));
}

static gboolean
is_signed_out (gpointer data)
{
  return !km_server_get_signed_in (data);
}

typedef struct
{
  KmTestWire *wire;
  const char *call;
  guint n;
} Calls;

static gboolean
was_called (gpointer data)
{
  Calls *calls = data;

  return km_test_wire_count (calls->wire, calls->call) >= calls->n;
}

static void
test_sign_in_is_kept (Fixture       *self,
                      gconstpointer  data)
{
  Calls calls = { self->wire, "GET account", 1 };

  km_test_wire_answer (self->wire, "POST sessions", 200,
                       "{\"token\":\"secret\",\"account\":" ACCOUNT "}");
  km_test_wire_answer (self->wire, "GET account", 200,
                       "{\"account\":" ACCOUNT "}");
  g_assert_true (sign_in (self, NULL));
  g_assert_cmpstr (km_server_get_shown_name (self->server), ==, "Alice");
  g_assert_true (km_secrets_get_in_file (self->secrets));

  /* The next run knows it at once, and asks the server. */
  g_clear_object (&self->server);
  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
  g_assert_cmpstr (km_server_get_account_id (self->server), ==, "7");
  g_assert_true (km_test_wait_until (was_called, &calls, 10));
  g_assert_cmpstr (km_test_wire_get_header (self->wire, "GET account"), ==,
                   "Bearer secret");

  /* Until the server doesn't want it any more. */
  g_clear_object (&self->server);
  km_test_wire_answer (self->wire, "GET account", 401,
                       "{\"error\":{\"code\":\"sign_in_required\","
                       "\"message\":\"Sign in.\"}}");
  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
  g_assert_true (km_test_wait_until (is_signed_out, self->server, 10));
}

static gboolean
load_rooms (Fixture    *self,
            const char *body)
{
  g_clear_object (&self->result);
  km_test_wire_answer (self->wire, "GET rooms", 200, body);
  km_server_load_rooms_async (self->server, NULL, on_result, &self->result);

  return km_server_load_rooms_finish (self->server, wait_result (self), NULL);
}

static void
assert_rooms (Fixture    *self,
              const char *expected)
{
  GListModel *model = km_server_get_rooms (self->server);
  g_autoptr (GString) rooms = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (KmRoomItem) item = g_list_model_get_item (model, i);

      g_string_append_printf (rooms, "[%s %s %u]", km_room_item_get_id (item),
                              km_room_item_get_title (item),
                              km_room_item_get_online (item));
    }
  g_assert_cmpstr (rooms->str, ==, expected);
}

static void
count (gpointer  object,
       gpointer  detail,
       guint    *n)
{
  (*n)++;
}

static void
count_changes (GListModel *model,
               guint       position,
               guint       removed,
               guint       added,
               guint      *n)
{
  *n += removed + added;
}

static void
test_rooms_change_in_place (Fixture       *self,
                            gconstpointer  data)
{
  GListModel *model = km_server_get_rooms (self->server);
  g_autoptr (KmRoomItem) second = NULL;
  guint changes = 0, titles = 0, online = 0;

  g_assert_false (km_server_get_rooms_loaded (self->server));
  g_assert_true (load_rooms (self, "{\"rooms\":[" ROOM ("1", "a", "1") ","
                                   ROOM ("2", "b", "2") ",{},7,"
                                   ROOM ("2", "again", "9") "]}"));
  g_assert_true (km_server_get_rooms_loaded (self->server));
  assert_rooms (self, "[1 a 1][2 b 2]");

  second = g_list_model_get_item (model, 1);
  g_signal_connect (model, "items-changed", G_CALLBACK (count_changes),
                    &changes);
  g_signal_connect (second, "notify::title", G_CALLBACK (count), &titles);
  g_signal_connect (second, "notify::online", G_CALLBACK (count), &online);
  g_assert_true (load_rooms (self, "{\"rooms\":[" ROOM ("1", "a", "1") ","
                                   ROOM ("2", "b", "3") "]}"));
  g_assert_cmpuint (changes, ==, 0);
  g_assert_cmpuint (titles, ==, 0);
  g_assert_cmpuint (online, ==, 1);

  /* One comes, one goes: the one between is the same object. */
  g_assert_true (load_rooms (self, "{\"rooms\":[" ROOM ("3", "c", "1") ","
                                   ROOM ("2", "b", "3") "]}"));
  assert_rooms (self, "[3 c 1][2 b 3]");
  g_assert_cmpuint (changes, ==, 2);
  g_assert_true (load_rooms (self, "{\"rooms\":[" ROOM ("2", "b", "3") ","
                                   ROOM ("3", "c", "1") "]}"));
  assert_rooms (self, "[2 b 3][3 c 1]");
  g_assert_true (load_rooms (self, "{}"));
  assert_rooms (self, "");
}

static void
test_watched_comes_back (Fixture       *self,
                         gconstpointer  data)
{
  Calls calls = { self->wire, "GET rooms", 2 };

  km_test_wire_answer (self->wire, "GET rooms", 503, NULL);
  km_server_watch (self->server);
  g_assert_true (km_test_wait_until (was_called, &calls, 10));
  km_test_wire_answer (self->wire, "GET rooms", 200,
                       "{\"rooms\":[" ROOM ("1", "a", "1") "]}");
  calls.n = 4;
  g_assert_true (km_test_wait_until (was_called, &calls, 20));
  assert_rooms (self, "[1 a 1]");
  km_server_unwatch (self->server);
}

static void
test_own_room_and_key (Fixture       *self,
                       gconstpointer  data)
{
  g_autoptr (KmRoomItem) room = NULL;
  g_autofree char *publish = NULL;

  km_test_wire_answer (self->wire, "GET room", 200,
                       "{\"room\":" ROOM ("1", "a", "1") ",\"key\":\"k1\"}");
  km_server_load_own_room_async (self->server, NULL, on_result, &self->result);
  room = km_server_load_own_room_finish (self->server, wait_result (self),
                                         NULL);
  g_assert_cmpstr (km_room_item_get_title (room), ==, "a");

  g_clear_object (&self->result);
  km_test_wire_answer (self->wire, "PATCH room", 200,
                       "{\"room\":" ROOM ("1", "b", "1") "}");
  km_server_update_own_room_async (self->server, "b", NULL, NULL, on_result,
                                   &self->result);
  g_assert_true (km_server_update_own_room_finish (self->server,
                                                   wait_result (self), NULL));
  g_assert_cmpstr (km_room_item_get_title (room), ==, "b");

  g_clear_object (&self->result);
  km_test_wire_answer (self->wire, "POST room/key", 200, "{\"key\":\"k2\"}");
  km_server_roll_key_async (self->server, NULL, on_result, &self->result);
  g_assert_true (km_server_roll_key_finish (self->server, wait_result (self),
                                            NULL));
  publish = km_server_dup_publish_address (self->server, "abc");
  g_assert_cmpstr (publish, ==, "rtmp://127.0.0.1:1935/live/k2?publish=abc");

  g_clear_object (&self->result);
  km_test_wire_answer (self->wire, "POST room/end", 204, NULL);
  km_server_end_stream_async (self->server, NULL, on_result, &self->result);
  g_assert_true (km_server_end_stream_finish (self->server,
                                              wait_result (self), NULL));
}

static void
add (Fixture      *self,
     KmServerList *list,
     const char   *typed)
{
  g_autoptr (KmLink) link = km_link_parse (typed, NULL);
  g_autoptr (KmServer) server = km_server_list_dup (list, link);

  km_server_list_add_async (list, server, NULL, on_result, &self->result);
}

static void
test_list_is_kept (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (KmLocalServer) local = km_local_server_new (self->profile, NULL);
  g_autoptr (KmServerList) list = km_server_list_new (self->profile, local);
  g_autoptr (KmServerList) again = NULL;
  g_autoptr (KmServer) added = NULL;
  g_autoptr (GError) error = NULL;
  const char *address = km_test_wire_get_address (self->wire);

  add (self, list, "127.0.0.1:1");
  g_assert_null (km_server_list_add_finish (list, wait_result (self), &error));
  g_assert_error (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_UNREACHABLE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 1);

  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&self->result);
      g_clear_object (&added);
      add (self, list, address);
      added = km_server_list_add_finish (list, wait_result (self), NULL);
      g_assert_nonnull (added);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 2);
    }

  again = km_server_list_new (self->profile, local);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  g_assert_nonnull (km_server_list_find (again, address));
  g_assert_cmpstr (km_server_get_name (km_server_list_find (again, address)),
                   ==, "Test");

  g_assert_true (km_server_list_remove (list, added, NULL));
  g_clear_object (&again);
  again = km_server_list_new (self->profile, local);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/server/" name, Fixture, NULL, set_up, function,        \
              tear_down)
  ADD ("check-tells-who-it-is", test_check_tells_who_it_is);
  ADD ("dead-server-is-offline", test_dead_server_is_offline);
  ADD ("other-programs-are-told-apart", test_other_programs_are_told_apart);
  ADD ("cancelled-is-not-offline", test_cancelled_is_not_offline);
  ADD ("words-of-the-server", test_words_of_the_server);
  ADD ("sign-in-is-kept", test_sign_in_is_kept);
  ADD ("rooms-change-in-place", test_rooms_change_in_place);
  ADD ("watched-comes-back", test_watched_comes_back);
  ADD ("own-room-and-key", test_own_room_and_key);
  ADD ("list-is-kept", test_list_is_kept);
#undef ADD
  return g_test_run ();
}
