/* test-staff.c: the staff's log survives kill -9, and a restore begins it anew
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real server. People report while it is killed, again and again under the
 * same ids; the host, who comes back with the last entry had, gets each report
 * once.
 */

#include "km-id.h"
#include "km-test-admin.h"
#include "km-test-server.h"
#include "km-test-socket.h"

#define PEOPLE 4
#define ROUNDS 8
#define SAID 3 /* messages a round: each may report as many at once */

typedef struct
{
  KmTestServer *server;
  char *host;
  char *author;
  char *author_id;
  char *room;
  char *people[PEOPLE];
} Fixture;

static char *
dup_account (Fixture    *self,
             const char *token)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "account", token, NULL);

  g_assert_cmpuint (answer->status, ==, 200);

  return g_strdup (json_object_get_string_member (
    json_object_get_object_member (answer->body, "account"), "id"));
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *key = NULL;

  self->server = km_test_server_new (NULL);
  self->host = km_test_server_sign_up (self->server, "harriet");
  key = km_test_server_get_key (self->server, self->host, &self->room);
  self->author = km_test_server_sign_up (self->server, "bob");
  self->author_id = dup_account (self, self->author);
  for (guint i = 0; i < PEOPLE; i++)
    {
      g_autofree char *name = g_strdup_printf ("carol%u", i);

      self->people[i] = km_test_server_sign_up (self->server, name);
    }
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_server_free (self->server);
  g_free (self->host);
  g_free (self->author);
  g_free (self->author_id);
  g_free (self->room);
  for (guint i = 0; i < PEOPLE; i++)
    g_free (self->people[i]);
}

static KmTestSocket *
come (Fixture    *self,
      const char *token)
{
  KmTestSocket *socket = km_test_socket_open (self->server, token);
  g_autoptr (KmReply) joined =
    km_test_socket_join (socket, self->room, NULL, -1);

  g_assert_no_error (joined->error);

  return socket;
}

static KmCommand *
new_report (Fixture    *self,
            const char *message)
{
  KmCommand *command = km_command_new (KM_COMMAND_CHAT_REPORT);

  command->id = km_id_new ();
  command->room = g_strdup (self->room);
  command->message = g_strdup (message);
  command->from = g_strdup (self->author_id);

  return command;
}

static char *
say (Fixture *self)
{
  g_autoptr (KmTestSocket) socket = come (self, self->author);
  char *id = km_id_new ();
  g_autoptr (KmReply) said =
    km_test_socket_say (socket, self->room, id, "nasty");

  g_assert_no_error (said->error);

  return id;
}

static KmReply *
open_staff (Fixture      *self,
            KmTestSocket *socket,
            const char   *epoch,
            gint64        seq)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_STAFF_OPEN);
  KmReply *reply;

  command->id = km_id_new ();
  command->room = g_strdup (self->room);
  command->epoch = g_strdup (epoch);
  command->seq = seq;
  reply = km_test_socket_ask (socket, command);
  g_assert_no_error (reply->error);

  return reply;
}

/* All of them at once, and the server is killed before it can have answered
 * them all; then once more. */
static void
report_through_a_kill (Fixture   *self,
                       GPtrArray *commands)
{
  for (guint i = 0; i < PEOPLE; i++)
    {
      g_autoptr (KmTestSocket) socket = come (self, self->people[i]);

      for (guint n = i; n < commands->len; n += PEOPLE)
        {
          g_autofree char *text = km_command_encode (commands->pdata[n]);

          km_test_socket_send_text (socket, text);
        }
      if (i == PEOPLE - 1)
        km_test_server_kill (self->server);
    }

  km_test_server_start (self->server);
  for (guint i = 0; i < PEOPLE; i++)
    {
      g_autoptr (KmTestSocket) socket = come (self, self->people[i]);

      for (guint n = i; n < commands->len; n += PEOPLE)
        {
          g_autoptr (KmReply) reply =
            km_test_socket_ask (socket, commands->pdata[n]);

          g_assert_no_error (reply->error);
        }
    }
}

static void
test_each_once_through_kills (Fixture       *self,
                              gconstpointer  data)
{
  g_autoptr (GHashTable) had =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *epoch = NULL;
  gint64 seq = -1;

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GPtrArray) commands =
        g_ptr_array_new_with_free_func ((GDestroyNotify) km_command_free);
      g_autoptr (KmTestSocket) host = NULL;
      g_autoptr (KmReply) opened = NULL;

      for (guint i = 0; i < SAID; i++)
        {
          g_autofree char *message = say (self);

          for (guint n = 0; n < PEOPLE; n++)
            g_ptr_array_add (commands, new_report (self, message));
        }
      report_through_a_kill (self, commands);

      host = come (self, self->host);
      opened = open_staff (self, host, epoch, seq);
      g_assert_cmpint (opened->resumed, ==, round > 0);
      g_set_str (&epoch, opened->epoch);
      for (guint i = 0; i < SAID * PEOPLE; i++)
        {
          g_autoptr (KmRoomEvent) event =
            km_test_socket_wait (host, KM_ROOM_EVENT_REPORT_FILED);

          g_assert_cmpint (event->seq, ==, round * SAID * PEOPLE + i + 1);
          g_assert_true (g_hash_table_add (
            had, g_strdup_printf ("%s %s", event->staff->id,
                                  event->staff->by->account.id)));
          seq = event->seq;
        }
      g_assert_cmpint (opened->seq, ==, seq);
    }
  g_assert_cmpuint (g_hash_table_size (had), ==, ROUNDS * SAID * PEOPLE);
}

static void
test_restore_begins_it_anew (Fixture       *self,
                             gconstpointer  data)
{
  g_autofree char *message = say (self);
  g_autofree char *place = km_test_directory_new ("staff");
  g_autofree char *backup = g_strdup_printf ("backup %s/copy", place);
  g_autofree char *restore = g_strdup_printf ("restore --replace %s/copy",
                                              place);
  g_autofree char *directory = g_build_filename (
    km_test_server_get_directory (self->server), "data", NULL);
  g_autoptr (KmTestSocket) viewer = come (self, self->people[0]);
  g_autoptr (KmTestSocket) other = come (self, self->people[1]);
  g_autoptr (KmTestSocket) host = come (self, self->host);
  g_autoptr (KmTestSocket) back = NULL;
  g_autoptr (KmCommand) first = new_report (self, message);
  g_autoptr (KmCommand) second = new_report (self, message);
  g_autoptr (KmReply) opened = open_staff (self, host, NULL, -1);
  g_autoptr (KmReply) reported = km_test_socket_ask (viewer, first);
  g_autoptr (KmReply) again = NULL;
  g_autoptr (KmReply) reopened = NULL;
  g_autoptr (KmRoomEvent) kept = NULL;

  g_assert_no_error (reported->error);
  km_test_admin_says (directory, backup, 0, "");
  again = km_test_socket_ask (other, second);
  g_assert_no_error (again->error);
  km_test_server_kill (self->server);
  km_test_admin_says (directory, restore, 0, "before-restore-");
  km_test_server_start (self->server);
  km_test_directory_remove (place);

  /* Sessions end with it. */
  g_free (self->host);
  {
    g_autoptr (KmTestAnswer) answer = km_test_server_call (
      self->server, "POST", "sessions", NULL,
      "{\"name\":\"harriet\",\"password\":\"" KM_TEST_PASSWORD "\"}");

    self->host = g_strdup (json_object_get_string_member (answer->body,
                                                          "token"));
  }
  back = come (self, self->host);
  reopened = open_staff (self, back, opened->epoch, 2);
  g_assert_false (reopened->resumed);
  g_assert_cmpstr (reopened->epoch, !=, opened->epoch);
  g_assert_cmpint (reopened->seq, ==, 1);
  g_assert_cmpuint (reopened->n_open, ==, 1);
  kept = km_test_socket_wait (back, KM_ROOM_EVENT_REPORT_FILED);
  g_assert_cmpint (kept->seq, ==, 1);
  g_assert_cmpstr (kept->staff->id, ==, message);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/server/staff/each-once-through-kills", Fixture, NULL, set_up,
              test_each_once_through_kills, tear_down);
  g_test_add ("/server/staff/restore-begins-it-anew", Fixture, NULL, set_up,
              test_restore_begins_it_anew, tear_down);

  return g_test_run ();
}
