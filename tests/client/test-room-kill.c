/* test-room-kill.c: what one has seen oneself say is said
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An app is killed in the moment in which its list shows a message as being
 * sent: not one turn of its main loop comes after that. Started again it sends
 * the message, once. The app is this program itself, with an argument.
 */

#include "km-server.h"
#include "km-test-process.h"
#include "km-test-wire.h"

#include <signal.h>
#include <string.h>

#define APP "--app"
#define ACCOUNT "{\"id\":\"7\",\"name\":\"alice\",\"shown_name\":\"Alice\"}"
#define JOINED                                                                \
  "{\"epoch\":\"one\",\"seq\":0,\"resumed\":false,\"room\":{\"id\":\"42\","   \
  "\"title\":\"Title\",\"category\":\"talk\",\"host\":" ACCOUNT               \
  ",\"live\":true,\"stream\":\"s1\",\"since\":5,\"online\":3},"               \
  "\"role\":\"member\"}"

typedef struct
{
  char *directory;
  KmTestWire *wire;
  GPtrArray *sent; /* "KIND ID" of what was asked for besides joining */
  const char *reply;
} Fixture;

static char *
on_command (KmTestWire *wire,
            const char *kind,
            JsonObject *command,
            gpointer    data)
{
  Fixture *self = data;

  if (g_str_equal (kind, "room.join"))
    return g_strdup (JOINED);
  if (!g_str_equal (kind, "chat.send") && !g_str_equal (kind, "gift.send"))
    return g_strdup ("{}");

  g_ptr_array_add (self->sent,
                   g_strdup_printf ("%s %s", kind,
                                    json_object_get_string_member (command,
                                                                   "id")));

  return g_strdup (self->reply);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = km_test_directory_new ("kill");
  self->wire = km_test_wire_new ();
  self->sent = g_ptr_array_new_with_free_func (g_free);
  km_test_wire_set_command (self->wire, on_command, self);
  km_test_wire_answer (self->wire, "POST sessions", 200,
                       "{\"token\":\"secret\",\"account\":" ACCOUNT "}");
  km_test_wire_answer (self->wire, "GET account", 200,
                       "{\"account\":" ACCOUNT "}");
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_wire_free (self->wire);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_ptr_array_unref (self->sent);
}

static gboolean
is_signed_in (gpointer data)
{
  return km_server_get_signed_in (data);
}

/* There is no keyring here. */
static gboolean
token_is_kept (gpointer data)
{
  return km_secrets_get_in_file (data);
}

static gboolean
is_online (gpointer data)
{
  return km_room_get_state (data) == KM_ROOM_ONLINE;
}

static void
on_row (GListModel *rows,
        guint       position,
        guint       removed,
        guint       added,
        gpointer    data)
{
  g_autoptr (KmRoomMessage) row = g_list_model_get_item (rows, position);

  if (added > 0
      && km_room_message_get_state (row) == KM_ROOM_MESSAGE_SENDING)
    raise (SIGKILL);
}

/* The app. */
static int
live_and_die (const char *directory,
              const char *address,
              const char *what)
{
  KmProfile *profile = km_profile_new (NULL, directory, directory, "Owner");
  KmSecrets *secrets = km_secrets_new (profile);
  KmServer *server = km_server_new (profile, secrets, address);
  KmRoom *room;

  km_server_sign_in_async (server, "alice", "password", NULL, NULL, NULL);
  if (!km_test_wait_until (is_signed_in, server, 20)
      || !km_test_wait_until (token_is_kept, secrets, 20))
    return 1;

  room = km_server_open_room (server, "42");
  if (!km_test_wait_until (is_online, room, 20))
    return 2;

  g_signal_connect (km_room_get_messages (room), "items-changed",
                    G_CALLBACK (on_row), NULL);
  if (g_str_equal (what, "chat"))
    km_room_send_chat_async (room, "last words", KM_CHAT_MODE_SCROLL, 0, -1,
                             NULL, NULL, NULL);
  else
    km_room_send_gift_async (room, "rose", 3, FALSE, -1, NULL, NULL, NULL);

  return 3;
}

static void
run_and_kill (Fixture    *self,
              const char *what)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  const char *const argv[] = {
    program, APP, self->directory, km_test_wire_get_address (self->wire), what,
    NULL,
  };
  g_autoptr (KmTestProcess) app = km_test_process_start (argv, NULL, NULL);

  g_assert_cmpint (km_test_process_wait (app, 60), ==, 128 + SIGKILL);
  g_assert_cmpuint (self->sent->len, ==, 0);
}

static gboolean
has_sent (gpointer data)
{
  return ((Fixture *) data)->sent->len > 0;
}

static gboolean
is_said (gpointer data)
{
  g_autoptr (KmRoomMessage) row =
    g_list_model_get_item (km_room_get_messages (data), 0);

  return row != NULL
         && km_room_message_get_state (row) == KM_ROOM_MESSAGE_SENT;
}

static void
test_said_once (Fixture       *self,
                gconstpointer  what)
{
  g_autoptr (KmProfile) profile = NULL;
  g_autoptr (KmSecrets) secrets = NULL;

  run_and_kill (self, what);
  self->reply = "{\"seq\":1,\"at\":1763700000000,\"value\":9,\"balance\":91}";
  profile = km_profile_new (NULL, self->directory, self->directory, "Owner");
  secrets = km_secrets_new (profile);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KmServer) server =
        km_server_new (profile, secrets, km_test_wire_get_address (self->wire));
      g_autoptr (KmRoom) room = km_server_open_room (server, "42");

      g_assert_true (km_test_wait_until (is_online, room, 20));
      if (i == 0)
        g_assert_true (km_test_wait_until (has_sent, self, 20)
                       && km_test_wait_until (is_said, room, 20));
      km_room_close (room);
    }
  g_assert_cmpuint (self->sent->len, ==, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int   argc,
      char *argv[])
{
  if (argc == 5 && g_str_equal (argv[1], APP))
    return live_and_die (argv[2], argv[3], argv[4]);

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/client/room-kill/a-message-is-said-once", Fixture, "chat",
              set_up, test_said_once, tear_down);
  g_test_add ("/client/room-kill/a-gift-is-given-once", Fixture, "gift",
              set_up, test_said_once, tear_down);

  return g_test_run ();
}
