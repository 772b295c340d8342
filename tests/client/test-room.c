/* test-room.c: a room over a connection that doesn't hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Against a scripted server: what it drops, repeats, skips and answers late
 * must be seen exactly once and in order, and what was typed must arrive.
 */

#include "km-server.h"
#include "km-test-process.h"
#include "km-test-wire.h"

#include <string.h>

#define ACCOUNT "{\"id\":\"7\",\"name\":\"alice\",\"shown_name\":\"Alice\"}"
#define ROOM "{\"id\":\"42\",\"title\":\"Title\",\"category\":\"talk\","        \
             "\"host\":" ACCOUNT ",\"live\":false,\"stream\":null,"            \
             "\"since\":null,\"online\":3}"

typedef struct
{
  char *directory;
  KmProfile *profile;
  KmSecrets *secrets;
  KmTestWire *wire;
  KmServer *server;
  KmRoom *room;

  const char *epoch;
  gint64 head;
  gboolean resumed;
  guint joins;
  char *join_epoch;
  gint64 join_seq;

  const char *chat_reply; /* NULL: none */
  GPtrArray *sent;        /* "ID TEXT" of each chat.send */
  GString *heard;         /* "fresh" and "old" messages, as emitted */
} Fixture;

static char *
on_command (KmTestWire *wire,
            const char *kind,
            JsonObject *command,
            gpointer    data)
{
  Fixture *self = data;
  JsonObject *d = json_object_get_object_member (command, "d");

  if (g_str_equal (kind, "room.join"))
    {
      self->joins++;
      g_set_str (&self->join_epoch,
                 json_object_get_string_member_with_default (d, "epoch",
                                                             NULL));
      self->join_seq = json_object_get_int_member_with_default (d, "seq", -1);
      return g_strdup_printf ("{\"epoch\":\"%s\",\"seq\":%" G_GINT64_FORMAT
                              ",\"resumed\":%s,\"room\":" ROOM
                              ",\"role\":\"member\"}",
                              self->epoch, self->head,
                              self->resumed ? "true" : "false");
    }
  if (g_str_equal (kind, "chat.send"))
    {
      g_ptr_array_add (self->sent,
                       g_strdup_printf ("%s %s",
                                        json_object_get_string_member (
                                          command, "id"),
                                        json_object_get_string_member (
                                          d, "text")));
      return g_strdup (self->chat_reply);
    }

  return g_strdup ("{}");
}

static void
on_heard (KmRoom        *room,
          KmRoomMessage *message,
          gboolean       fresh,
          Fixture       *self)
{
  g_string_append_printf (self->heard, "[%s%s]", fresh ? "" : "old ",
                          km_room_message_get_text (message));
}

static gboolean
is_signed_in (gpointer data)
{
  return km_server_get_signed_in (data);
}

static gboolean
is_online (gpointer data)
{
  return km_room_get_state (((Fixture *) data)->room) == KM_ROOM_ONLINE;
}

static gboolean
is_not_online (gpointer data)
{
  return !is_online (data);
}

static void
open_room (Fixture *self)
{
  self->room = km_server_open_room (self->server, "42");
  g_signal_connect (self->room, "message", G_CALLBACK (on_heard), self);
}

static void
sign_in (Fixture *self)
{
  km_test_wire_answer (self->wire, "POST sessions", 200,
                       "{\"token\":\"secret\",\"account\":" ACCOUNT "}");
  km_test_wire_answer (self->wire, "GET account", 200,
                       "{\"account\":" ACCOUNT "}");
  km_server_sign_in_async (self->server, "alice", "password", NULL, NULL,
                           NULL);
  g_assert_true (km_test_wait_until (is_signed_in, self->server, 10));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("room");
  self->profile = km_profile_new (NULL, self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
  self->wire = km_test_wire_new ();
  km_test_wire_set_command (self->wire, on_command, self);
  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
  self->epoch = "one";
  self->sent = g_ptr_array_new_with_free_func (g_free);
  self->heard = g_string_new (NULL);
  sign_in (self);
  open_room (self);
  g_assert_true (km_test_wait_until (is_online, self, 10));
}

static void
close_room (Fixture *self)
{
  g_signal_handlers_disconnect_by_data (self->room, self);
  g_clear_object (&self->room);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  close_room (self);
  g_clear_object (&self->server);
  g_clear_pointer (&self->wire, km_test_wire_free);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->join_epoch);
  g_ptr_array_unref (self->sent);
  g_string_free (self->heard, TRUE);
}

static void
say (Fixture    *self,
     gint64      seq,
     const char *from,
     const char *id,
     const char *text)
{
  km_test_wire_send (self->wire,
                     "{\"t\":\"chat.message\",\"s\":\"room:42\",\"seq\":%"
                     G_GINT64_FORMAT ",\"at\":1763700000000,\"d\":{"
                     "\"id\":\"%s\",\"from\":{\"id\":\"%s\",\"name\":\"x\","
                     "\"shown_name\":\"X\",\"role\":\"member\"},"
                     "\"text\":\"%s\",\"mode\":\"scroll\","
                     "\"color\":\"#ffffff\",\"time_ms\":null}}",
                     seq, id, from, text);
}

typedef struct
{
  Fixture *fixture;
  const char *expected;
} Heard;

static gboolean
has_heard (gpointer data)
{
  Heard *heard = data;

  return g_str_equal (heard->fixture->heard->str, heard->expected);
}

static void
assert_heard (Fixture    *self,
              const char *expected)
{
  Heard heard = { self, expected };

  km_test_wait_until (has_heard, &heard, 10);
  g_assert_cmpstr (self->heard->str, ==, expected);
}

static char *
list_rows (Fixture *self)
{
  GListModel *model = km_room_get_messages (self->room);
  GString *rows = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (KmRoomMessage) row = g_list_model_get_item (model, i);
      KmRoomMessageState state = km_room_message_get_state (row);

      g_string_append_printf (rows, "[%s%s]", km_room_message_get_text (row),
                              state == KM_ROOM_MESSAGE_SENT ? ""
                              : state == KM_ROOM_MESSAGE_FAILED ? "!" : "?");
    }

  return g_string_free_and_steal (rows);
}

typedef struct
{
  Fixture *fixture;
  const char *expected;
} Rows;

static gboolean
has_rows (gpointer data)
{
  Rows *rows = data;
  g_autofree char *now = list_rows (rows->fixture);

  return g_str_equal (now, rows->expected);
}

static void
assert_rows (Fixture    *self,
             const char *expected)
{
  Rows rows = { self, expected };
  g_autofree char *now = NULL;

  km_test_wait_until (has_rows, &rows, 10);
  now = list_rows (self);
  g_assert_cmpstr (now, ==, expected);
}

static void
lose_and_return (Fixture *self)
{
  km_test_wire_drop (self->wire);
  g_assert_true (km_test_wait_until (is_not_online, self, 10));
  g_assert_cmpint (km_room_get_state (self->room), ==, KM_ROOM_RECONNECTING);
  g_assert_nonnull (km_room_get_error (self->room));
  g_assert_true (km_test_wait_until (is_online, self, 20));
  g_assert_null (km_room_get_error (self->room));
}

typedef struct
{
  Fixture *fixture;
  guint n;
} Sent;

static gboolean
has_sent (gpointer data)
{
  Sent *sent = data;

  return sent->fixture->sent->len >= sent->n;
}

static void
wait_sent (Fixture *self,
           guint    n)
{
  Sent sent = { self, n };

  g_assert_true (km_test_wait_until (has_sent, &sent, 10));
  g_assert_cmpuint (self->sent->len, ==, n);
}

static void
chat (Fixture    *self,
      const char *text)
{
  km_room_send_chat_async (self->room, text, KM_CHAT_MODE_SCROLL, 0xffffff, -1,
                           NULL, NULL, NULL);
}

static char *
sent_id (Fixture *self,
         guint    index)
{
  const char *entry = self->sent->pdata[index];

  return g_strndup (entry, (gsize) (strchr (entry, ' ') - entry));
}

static void
test_joined_room_is_known (Fixture       *self,
                           gconstpointer  data)
{
  g_assert_cmpstr (km_room_get_title (self->room), ==, "Title");
  g_assert_cmpstr (km_room_get_host_name (self->room), ==, "Alice");
  g_assert_cmpint (km_room_get_role (self->room), ==, KM_ROLE_MEMBER);
  g_assert_cmpuint (km_room_get_online (self->room), ==, 3);
  g_assert_cmpstr (km_test_wire_get_header (self->wire, "POST socket-tickets"),
                   ==, "Bearer secret");
  g_assert_null (self->join_epoch);
}

static void
test_each_once_over_resume (Fixture       *self,
                            gconstpointer  data)
{
  say (self, 1, "9", "a", "a");
  say (self, 2, "9", "b", "b");
  assert_heard (self, "[a][b]");

  self->resumed = TRUE;
  self->head = 4;
  lose_and_return (self);
  g_assert_cmpstr (self->join_epoch, ==, "one");
  g_assert_cmpint (self->join_seq, ==, 2);

  say (self, 2, "9", "b", "b");
  say (self, 3, "9", "c", "c");
  say (self, 3, "9", "c", "c");
  say (self, 4, "9", "d", "d");
  say (self, 5, "9", "e", "e");
  assert_heard (self, "[a][b][c][d][e]");
  assert_rows (self, "[a][b][c][d][e]");
}

static void
test_skipped_is_asked_for (Fixture       *self,
                           gconstpointer  data)
{
  say (self, 1, "9", "a", "a");
  assert_heard (self, "[a]");

  self->resumed = TRUE;
  self->head = 3;
  say (self, 3, "9", "c", "c");
  /* The answer to the second join comes before these. */
  while (self->joins < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (self->join_seq, ==, 1);
  assert_heard (self, "[a]");
  say (self, 2, "9", "b", "b");
  say (self, 3, "9", "c", "c");
  assert_heard (self, "[a][b][c]");
}

static void
test_new_epoch_replaces (Fixture       *self,
                         gconstpointer  data)
{
  say (self, 1, "9", "a", "a");
  say (self, 2, "9", "b", "b");
  assert_heard (self, "[a][b]");

  self->epoch = "two";
  self->head = 1;
  lose_and_return (self);
  say (self, 1, "9", "z", "z");
  say (self, 2, "9", "y", "y");
  assert_heard (self, "[a][b][old z][y]");
  assert_rows (self, "[z][y]");
}

static void
test_sent_once_though_reply_is_lost (Fixture       *self,
                                     gconstpointer  data)
{
  g_autofree char *id = NULL;

  chat (self, "hello");
  assert_rows (self, "[hello?]");
  wait_sent (self, 1);
  id = sent_id (self, 0);

  /* It was committed, but the cable was cut before the reply. */
  self->resumed = TRUE;
  self->head = 1;
  km_test_wire_drop (self->wire);
  g_assert_true (km_test_wait_until (is_not_online, self, 10));
  g_assert_true (km_test_wait_until (is_online, self, 20));
  say (self, 1, "7", id, "hello");
  assert_heard (self, "[hello]");
  assert_rows (self, "[hello]");

  /* Settled: the next one goes out. */
  self->chat_reply = "{\"seq\":2,\"at\":1}";
  chat (self, "again");
  assert_rows (self, "[hello][again]");
}

static void
test_resent_with_its_id (Fixture       *self,
                         gconstpointer  data)
{
  chat (self, "hello");
  wait_sent (self, 1);

  /* Nothing was committed: the server knows nothing of it. */
  self->resumed = TRUE;
  self->chat_reply = "{\"seq\":1,\"at\":1763700000000}";
  lose_and_return (self);
  wait_sent (self, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
  assert_rows (self, "[hello]");
}

static void
test_in_order_one_by_one (Fixture       *self,
                          gconstpointer  data)
{
  g_autofree char *id = NULL;

  chat (self, "one");
  chat (self, "two");
  chat (self, "three");
  wait_sent (self, 1);
  assert_rows (self, "[one?][two?][three?]");

  self->chat_reply = "{\"seq\":9,\"at\":1}";
  id = sent_id (self, 0);
  km_test_wire_send (self->wire,
                     "{\"re\":\"%s\",\"d\":{\"seq\":1,\"at\":1}}", id);
  wait_sent (self, 3);
  g_assert_true (g_str_has_suffix (self->sent->pdata[1], " two"));
  g_assert_true (g_str_has_suffix (self->sent->pdata[2], " three"));
  assert_rows (self, "[one][two][three]");
}

static void
test_foreign_id_settles_nothing (Fixture       *self,
                                 gconstpointer  data)
{
  g_autofree char *id = NULL;

  chat (self, "mine");
  wait_sent (self, 1);
  id = sent_id (self, 0);
  say (self, 1, "666", id, "forged");
  assert_heard (self, "[forged]");
  assert_rows (self, "[forged][mine?]");
}

static void
on_result (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

static void
test_refusal_keeps_the_text (Fixture       *self,
                             gconstpointer  data)
{
  GListModel *model = km_room_get_messages (self->room);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmRoomMessage) row = NULL;

  self->chat_reply = "{\"error\":{\"code\":\"bad_text\","
                     "\"message\":\"Not like this.\"}}";
  km_room_send_chat_async (self->room, "zalgo", KM_CHAT_MODE_TOP, 0x123456,
                           1000, NULL, on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, 10));
  g_assert_false (km_room_send_chat_finish (self->room, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_BAD_TEXT);
  g_assert_cmpstr (error->message, ==, "Not like this.");
  assert_rows (self, "[zalgo!]");

  row = g_list_model_get_item (model, 0);
  g_assert_cmpstr (km_room_message_get_error (row)->message, ==,
                   "Not like this.");
  self->chat_reply = "{\"seq\":1,\"at\":1}";
  km_room_retry (self->room, row);
  assert_rows (self, "[zalgo]");
  g_assert_cmpuint (self->sent->len, ==, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
}

static void
test_too_fast_waits (Fixture       *self,
                     gconstpointer  data)
{
  self->chat_reply = "{\"error\":{\"code\":\"too_fast\","
                     "\"message\":\"Too fast.\",\"retry_ms\":1}}";
  chat (self, "quick");
  wait_sent (self, 1);
  self->chat_reply = "{\"seq\":1,\"at\":1}";
  assert_rows (self, "[quick]");
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
}

static void
test_unsent_survives_the_app (Fixture       *self,
                              gconstpointer  data)
{
  const char *address = km_test_wire_get_address (self->wire);

  chat (self, "before the crash");
  wait_sent (self, 1);
  close_room (self);
  g_clear_object (&self->server);

  self->resumed = FALSE;
  self->chat_reply = "{\"seq\":1,\"at\":1}";
  self->server = km_server_new (self->profile, self->secrets, address);
  open_room (self);
  assert_rows (self, "[before the crash]");
  g_assert_cmpuint (self->sent->len, ==, 2);
  g_assert_cmpstr (self->sent->pdata[0], ==, self->sent->pdata[1]);
}

static void
test_signed_out_says_nothing (Fixture       *self,
                              gconstpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  chat (self, "unsent");
  wait_sent (self, 1);
  km_test_wire_answer (self->wire, "DELETE sessions/current", 204, NULL);
  km_server_sign_out_async (self->server, NULL, NULL, NULL);
  g_assert_false (km_server_get_signed_in (self->server));
  assert_rows (self, "");

  km_room_send_chat_async (self->room, "x", KM_CHAT_MODE_SCROLL, 0, -1, NULL,
                           on_result, &result);
  g_assert_true (km_test_wait_until (is_set, &result, 10));
  g_assert_false (km_room_send_chat_finish (self->room, result, &error));
  g_assert_error (error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);

  /* The same account again: it is its to say. */
  self->chat_reply = "{\"seq\":1,\"at\":1}";
  sign_in (self);
  assert_rows (self, "[unsent]");
  g_assert_null (g_strstr_len (km_test_wire_get_header (
                                 self->wire, "POST socket-tickets"), -1,
                               "null"));
}

static void
test_tick_and_stream (Fixture       *self,
                      gconstpointer  data)
{
  km_test_wire_send (self->wire,
                     "{\"t\":\"stream.started\",\"s\":\"room:42\",\"seq\":1,"
                     "\"at\":1763700000000,\"d\":{\"stream\":\"s1\"}}");
  km_test_wire_send (self->wire,
                     "{\"t\":\"tick\",\"s\":\"room:42\",\"d\":{\"online\":5,"
                     "\"live\":true,\"stream\":\"s1\",\"edge_ms\":4321,"
                     "\"publisher\":\"lost\"}}");
  km_test_wire_send (self->wire,
                     "{\"t\":\"later.kind\",\"s\":\"room:42\",\"seq\":2,"
                     "\"at\":1,\"d\":{}}");
  say (self, 3, "9", "a", "a");
  assert_heard (self, "[a]");
  g_assert_true (km_room_get_live (self->room));
  g_assert_cmpstr (km_room_get_stream (self->room), ==, "s1");
  g_assert_cmpint (km_room_get_since (self->room), ==, 1763700000000);
  g_assert_cmpuint (km_room_get_online (self->room), ==, 5);
  g_assert_cmpint (km_room_get_edge_ms (self->room), ==, 4321);
  g_assert_cmpint (km_room_get_publisher (self->room), ==,
                   KM_ROOM_PUBLISHER_LOST);

  km_test_wire_send (self->wire,
                     "{\"t\":\"stream.ended\",\"s\":\"room:42\",\"seq\":4,"
                     "\"at\":1,\"d\":{\"stream\":\"s1\",\"reason\":\"lost\","
                     "\"duration_ms\":5}}");
  say (self, 5, "9", "b", "b");
  assert_heard (self, "[a][b]");
  g_assert_false (km_room_get_live (self->room));
  g_assert_cmpint (km_room_get_edge_ms (self->room), ==, -1);
}

int
main (int   argc,
      char *argv[])
{
  /* No keyring: a test must not find a real one. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                   \
  g_test_add ("/client/room/" name, Fixture, NULL, set_up, function,          \
              tear_down)
  ADD ("joined-room-is-known", test_joined_room_is_known);
  ADD ("each-once-over-resume", test_each_once_over_resume);
  ADD ("skipped-is-asked-for", test_skipped_is_asked_for);
  ADD ("new-epoch-replaces", test_new_epoch_replaces);
  ADD ("sent-once-though-reply-is-lost", test_sent_once_though_reply_is_lost);
  ADD ("resent-with-its-id", test_resent_with_its_id);
  ADD ("in-order-one-by-one", test_in_order_one_by_one);
  ADD ("foreign-id-settles-nothing", test_foreign_id_settles_nothing);
  ADD ("refusal-keeps-the-text", test_refusal_keeps_the_text);
  ADD ("too-fast-waits", test_too_fast_waits);
  ADD ("unsent-survives-the-app", test_unsent_survives_the_app);
  ADD ("signed-out-says-nothing", test_signed_out_says_nothing);
  ADD ("tick-and-stream", test_tick_and_stream);
#undef ADD
  return g_test_run ();
}
