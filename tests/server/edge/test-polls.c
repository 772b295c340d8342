/* test-polls.c: polls over HTTP, and as a table of their host's
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
  KmTestSocket *host;
  KmTestSocket *viewer;
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
  self->host = km_test_socket_open (self->server, self->alice);
  self->viewer = km_test_socket_open (self->server, self->bob);
  km_reply_free (km_test_socket_join (self->host, self->room, NULL, -1));
  km_reply_free (km_test_socket_join (self->viewer, self->room, NULL, -1));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_test_socket_free (self->host);
  km_test_socket_free (self->viewer);
  km_test_server_free (self->server);
  g_free (self->alice);
  g_free (self->bob);
  g_free (self->room);
}

/* Opens a poll, lets Bob vote, closes it; its id. */
static char *
run_poll (Fixture    *self,
          const char *question,
          gboolean    anonymous)
{
  g_autoptr (KmCommand) open = km_command_new (KM_COMMAND_POLL_OPEN);
  g_autoptr (KmCommand) vote = km_command_new (KM_COMMAND_POLL_VOTE);
  g_autoptr (KmCommand) close = km_command_new (KM_COMMAND_POLL_CLOSE);
  g_autoptr (KmReply) opened = NULL;
  g_autoptr (KmReply) voted = NULL;
  g_autoptr (KmReply) closed = NULL;

  open->id = km_id_new ();
  open->room = g_strdup (self->room);
  open->ask = g_new0 (KmPollQuestion, 1);
  open->ask->question = g_strdup (question);
  open->ask->options = g_strsplit ("=Yes|No, \"never\"", "|", -1);
  open->ask->anonymous = anonymous;
  open->duration_ms = -1;
  opened = km_test_socket_ask (self->host, open);
  g_assert_no_error (opened->error);

  vote->id = km_id_new ();
  vote->room = g_strdup (self->room);
  vote->poll = g_strdup (opened->poll);
  vote->choices = 1 << 1;
  voted = km_test_socket_ask (self->viewer, vote);
  g_assert_no_error (voted->error);

  close->id = km_id_new ();
  close->room = g_strdup (self->room);
  close->poll = g_strdup (opened->poll);
  closed = km_test_socket_ask (self->host, close);
  g_assert_no_error (closed->error);

  return g_strdup (opened->poll);
}

static char *
fetch_table (Fixture    *self,
             const char *poll,
             const char *token,
             guint       status)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *address =
    g_strdup_printf ("http://%s/api/v1/polls/%s.csv",
                     km_test_server_get_http (self->server), poll);
  g_autofree char *bearer = g_strdup_printf ("Bearer %s", token);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (soup_message_get_request_headers (message),
                               "Authorization", bearer);
  bytes = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, status);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_history_of_a_room (Fixture       *self,
                        gconstpointer  data)
{
  g_autofree char *first = run_poll (self, "First?", TRUE);
  g_autofree char *second = run_poll (self, "第二个？", TRUE);
  g_autofree char *path = g_strdup_printf ("rooms/%s/polls", self->room);
  g_autofree char *older =
    g_strdup_printf ("rooms/%s/polls?before=%s", self->room, second);
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", path, NULL, NULL);
  g_autoptr (KmTestAnswer) page =
    km_test_server_call (self->server, "GET", older, NULL, NULL);
  g_autoptr (KmTestAnswer) nowhere =
    km_test_server_call (self->server, "GET", "rooms/4711/polls", NULL, NULL);
  g_autoptr (GPtrArray) polls = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  const KmPollInfo *poll;

  g_assert_cmpuint (answer->status, ==, 200);
  polls = km_poll_infos_from_json (
    km_json_get_array (answer->body, "polls"),
    KM_POLL_PART_ASK | KM_POLL_PART_TALLIES | KM_POLL_PART_END);
  g_assert_cmpuint (polls->len, ==, 2);
  poll = g_ptr_array_index (polls, 0);
  g_assert_cmpstr (poll->id, ==, second);
  g_assert_cmpstr (poll->ask.question, ==, "第二个？");
  g_assert_cmpint (poll->tallies[0], ==, 0);
  g_assert_cmpint (poll->tallies[1], ==, 1);
  g_assert_cmpint (poll->voters, ==, 1);
  g_assert_cmpint (poll->reason, ==, KM_POLL_END_HOST);
  g_assert_false (km_json_get_boolean (answer->body, "more"));

  rest = km_poll_infos_from_json (km_json_get_array (page->body, "polls"),
                                  KM_POLL_PART_ASK);
  g_assert_cmpuint (rest->len, ==, 1);
  g_assert_cmpuint (nowhere->status, ==, 404);
}

static void
test_table_tells_who_only_if_said (Fixture       *self,
                                   gconstpointer  data)
{
  g_autofree char *secret = run_poll (self, "Secret?", TRUE);
  g_autofree char *open = run_poll (self, "Open?", FALSE);
  g_autofree char *secret_table =
    fetch_table (self, secret, self->alice, 200);
  g_autofree char *open_table = fetch_table (self, open, self->alice, 200);

  g_assert_cmpstr (secret_table, ==,
                   "option,votes,share\r\n"
                   "\"'=Yes\",0,0.0%\r\n"
                   "\"No, \"\"never\"\"\",1,100.0%\r\n"
                   "\r\nquestion,voters\r\n\"Secret?\",1\r\n");
  g_assert_true (g_str_has_suffix (open_table,
                                   "\r\nname,shown_name,option\r\n"
                                   "\"bob\",\"bob\","
                                   "\"No, \"\"never\"\"\"\r\n"));
}

static void
test_table_is_the_hosts (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *poll = run_poll (self, "Mine?", FALSE);
  g_autofree char *refused = fetch_table (self, poll, self->bob, 403);
  g_autofree char *missing = fetch_table (self, "4711", self->alice, 404);
}

#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/edge/polls/history-of-a-room", test_history_of_a_room);
  ADD ("/edge/polls/table-tells-who-only-if-said",
       test_table_tells_who_only_if_said);
  ADD ("/edge/polls/table-is-the-hosts", test_table_is_the_hosts);

  return g_test_run ();
}
