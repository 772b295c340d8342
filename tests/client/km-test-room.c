/* km-test-room.c: a room at a scripted server, and what the app sees of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main.
 */

#include "km-test-room.h"

#include "km-test-process.h"

#include <string.h>

#define ROOM(live)                                                            \
  "{\"id\":\"42\",\"title\":\"Title\",\"category\":\"talk\",\"host\":"        \
  "{\"id\":\"1\",\"name\":\"host\",\"shown_name\":\"Host\"},\"live\":" live   \
  ",\"since\":5,\"online\":3,\"slow_s\":%u}"

static char *
on_command (KmTestWire *wire,
            const char *kind,
            JsonObject *command,
            gpointer    data)
{
  KmTestRoom *self = data;
  JsonNode *d = json_object_get_member (command, "d");
  g_autofree char *text = json_to_string (d, FALSE);

  if (g_str_equal (kind, "room.join"))
    {
      g_autofree char *room =
        g_strdup_printf (self->live ? ROOM ("true,\"stream\":\"s1\"")
                                    : ROOM ("false"), self->slow_s);

      self->joins++;
      return g_strdup_printf ("{\"epoch\":\"%s\",\"seq\":%" G_GINT64_FORMAT
                              ",\"resumed\":%s,\"room\":%s,\"role\":\"%s\","
                              "\"likes\":%" G_GINT64_FORMAT
                              ",\"polls\":%s,\"chat_wait_ms\":%u}",
                              self->epoch, self->head,
                              self->resumed ? "true" : "false", room,
                              self->role, self->likes, self->polls,
                              self->chat_wait_ms);
    }
  if (g_str_equal (kind, "room.leave"))
    return g_strdup ("{}");
  if (g_str_equal (kind, "inbox.open"))
    {
      const char *reply = g_hash_table_lookup (self->replies, kind);

      g_set_str (&self->inbox, text);
      return g_strdup (reply != NULL ? reply
                       : "{\"error\":{\"code\":\"unknown_command\","
                         "\"message\":\"?\"}}");
    }

  g_ptr_array_add (self->sent,
                   g_strdup_printf ("%s %s %s", kind,
                                    json_object_get_string_member (command,
                                                                   "id"),
                                    text));

  return g_strdup (g_hash_table_lookup (self->replies, kind));
}

static gboolean
is_signed_in (gpointer data)
{
  return km_server_get_signed_in (data);
}

static gboolean
is_online (gpointer data)
{
  return km_room_get_state (((KmTestRoom *) data)->room) == KM_ROOM_ONLINE;
}

static gboolean
is_not_online (gpointer data)
{
  return !is_online (data);
}

void
km_test_room_open (KmTestRoom *self)
{
  self->room = km_server_open_room (self->server, "42");
  g_assert_true (km_test_wait_until (is_online, self, 10));
}

void
km_test_room_close (KmTestRoom *self)
{
  km_room_close (self->room);
  g_clear_object (&self->room);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* The app ends without a word, and starts again: signed in, in the room. */
void
km_test_room_restart (KmTestRoom *self)
{
  km_test_room_close (self);
  g_clear_object (&self->server);
  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
  km_test_room_open (self);
}

/* There is no keyring here. */
static gboolean
token_is_kept (gpointer data)
{
  return km_secrets_get_in_file (data);
}

void
km_test_room_set_up (KmTestRoom    *self,
                     gconstpointer  data)
{
  self->directory = km_test_directory_new ("room");
  self->profile = km_profile_new (NULL, self->directory, self->directory,
                                  "Owner");
  self->secrets = km_secrets_new (self->profile);
  self->wire = km_test_wire_new ();
  self->live = TRUE;
  self->role = "member";
  self->epoch = "one";
  self->polls = "[]";
  self->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         g_free);
  self->sent = g_ptr_array_new_with_free_func (g_free);
  km_test_wire_set_command (self->wire, on_command, self);
  km_test_wire_answer (self->wire, "POST sessions", 200,
                       "{\"token\":\"secret\",\"account\":" KM_TEST_ACCOUNT
                       "}");
  km_test_wire_answer (self->wire, "GET account", 200,
                       "{\"account\":" KM_TEST_ACCOUNT "}");

  self->server = km_server_new (self->profile, self->secrets,
                                km_test_wire_get_address (self->wire));
  km_server_sign_in_async (self->server, "alice", "password", NULL, NULL,
                           NULL);
  g_assert_true (km_test_wait_until (is_signed_in, self->server, 10));
  /* An app that ends before that is a guest when it starts again. */
  g_assert_true (km_test_wait_until (token_is_kept, self->secrets, 10));
  km_test_room_open (self);
}

void
km_test_room_tear_down (KmTestRoom    *self,
                        gconstpointer  data)
{
  km_test_room_close (self);
  g_clear_object (&self->server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_pointer (&self->wire, km_test_wire_free);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->profile, km_profile_unref);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_hash_table_unref (self->replies);
  g_ptr_array_unref (self->sent);
  g_free (self->inbox);
}

/* The connection is lost, and comes back. */
void
km_test_room_cut (KmTestRoom *self)
{
  km_test_wire_drop (self->wire);
  g_assert_true (km_test_wait_until (is_not_online, self, 10));
  g_assert_true (km_test_wait_until (is_online, self, 20));
}

/* @reply: (nullable): as for a KmTestCommand; %NULL: no reply from now on. */
void
km_test_room_reply (KmTestRoom *self,
                    const char *kind,
                    const char *reply)
{
  if (reply != NULL)
    g_hash_table_replace (self->replies, g_strdup (kind), g_strdup (reply));
  else
    g_hash_table_remove (self->replies, kind);
}

typedef struct
{
  KmTestRoom *room;
  guint n;
  const char *rows;
} Wanted;

static gboolean
has_sent (gpointer data)
{
  Wanted *wanted = data;

  return wanted->room->sent->len >= wanted->n;
}

/* Until there were @n commands, and not more. */
void
km_test_room_wait_sent (KmTestRoom *self,
                        guint       n)
{
  Wanted wanted = { .room = self, .n = n };

  g_assert_true (km_test_wait_until (has_sent, &wanted, 10));
  g_assert_cmpuint (self->sent->len, ==, n);
}

/* The id of a command that was sent. */
char *
km_test_room_dup_id (KmTestRoom *self,
                     guint       index)
{
  g_auto (GStrv) words = g_strsplit (self->sent->pdata[index], " ", 3);

  return g_strdup (words[1]);
}

/* @seq: -1: none. */
void
km_test_room_event (KmTestRoom *self,
                    const char *kind,
                    gint64      seq,
                    const char *d)
{
  g_autofree char *place =
    seq >= 0 ? g_strdup_printf ("\"seq\":%" G_GINT64_FORMAT
                                ",\"at\":1763700000000,", seq)
             : g_strdup ("");

  km_test_wire_send (self->wire, "{\"t\":\"%s\",\"s\":\"room:42\",%s\"d\":%s}",
                     kind, place, d);
}

/* Somebody says the number: what comes before has been seen when it is. */
void
km_test_room_say (KmTestRoom *self,
                  gint64      seq)
{
  g_autofree char *d =
    g_strdup_printf ("{\"id\":\"c%" G_GINT64_FORMAT "\",\"from\":{\"id\":"
                     "\"9\",\"name\":\"bob\",\"shown_name\":\"Bob\",\"role\":"
                     "\"member\"},\"text\":\"%" G_GINT64_FORMAT
                     "\",\"mode\":\"scroll\",\"color\":\"#ffffff\","
                     "\"time_ms\":null}", seq, seq);

  km_test_room_event (self, "chat.message", seq, d);
}

/* "[text]" of each row, with ? while it is sent and ! when it failed. */
char *
km_test_room_list_rows (KmTestRoom *self)
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

static gboolean
has_rows (gpointer data)
{
  Wanted *wanted = data;
  g_autofree char *now = km_test_room_list_rows (wanted->room);

  return g_str_equal (now, wanted->rows);
}

void
km_test_room_assert_rows (KmTestRoom *self,
                          const char *expected)
{
  Wanted wanted = { .room = self, .rows = expected };
  g_autofree char *now = NULL;

  km_test_wait_until (has_rows, &wanted, 10);
  now = km_test_room_list_rows (self);
  g_assert_cmpstr (now, ==, expected);
}

void
km_test_on_result (GObject      *source,
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

void
km_test_wait_result (GAsyncResult **result)
{
  g_assert_true (km_test_wait_until (is_set, result, 10));
}
