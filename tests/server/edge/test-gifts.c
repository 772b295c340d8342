/* test-gifts.c: gifts on a real server, with a real stream and real sockets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ffmpeg publishes into Alice's room. Everybody has 100 coins to practise
 * with; a rose costs one, a rocket 300.
 */

#include <signal.h>

#include "km-id.h"
#include "km-test-socket.h"

#define WAIT_SECONDS 30
#define PUBLISH "0123456789abcdefghjkmnpqrs"
#define SOCKETS 20
#define TRIES 2

typedef struct
{
  KmTestServer *server;
  char *directory; /* of the catalogue */
  char *config_flag;
  char *alice;
  char *bob;
  char *room;
  char *key;
  KmTestSocket *host;
  KmTestProcess *publisher;
} Fixture;

static void
write_file (Fixture    *self,
            const char *name,
            const char *text)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_settings (Fixture *self)
{
  g_autofree char *path = NULL;
  g_autofree char *config = NULL;

  self->directory = km_test_directory_new ("gifts");
  path = g_build_filename (self->directory, "config", NULL);
  self->config_flag = g_strconcat ("--config=", path, NULL);
  config = g_strdup_printf ("[gifts]\ndirectory=%s\n[wallet]\npractice=100\n",
                            self->directory);
  write_file (self, "config", config);
  write_file (self, "rose.svg",
              "<svg xmlns='http://www.w3.org/2000/svg'><g/></svg>");
  write_file (self, "catalogue.ini",
              "[rose]\nName=Rose\nPrice=1\nTier=1\nArt=rose\n"
              "[rocket]\nName=Rocket\nPrice=300\nTier=3\nArt=rose\n");
}

static void
publish (Fixture *self)
{
  g_autofree char *log = g_build_filename (self->directory, "ffmpeg", NULL);
  g_autofree char *command = g_strdup_printf (
    "ffmpeg -v error -nostdin -re"
    " -f lavfi -i testsrc2=size=160x120:rate=10"
    " -f lavfi -i sine=frequency=440:sample_rate=44100"
    " -c:v libx264 -preset ultrafast -g 10 -bf 0 -pix_fmt yuv420p -c:a aac"
    " -f flv rtmp://%s/live/%s?publish=" PUBLISH,
    km_test_server_get_rtmp (self->server), self->key);
  g_auto (GStrv) argv = NULL;

  g_assert_true (g_shell_parse_argv (command, NULL, &argv, NULL));
  self->publisher =
    km_test_process_start ((const char *const *) argv, NULL, log);
}

/* Alice is in her room, which is live. */
static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const char *arguments[2] = { NULL };
  g_autoptr (KmReply) joined = NULL;
  g_autoptr (KmRoomEvent) started = NULL;

  write_settings (self);
  arguments[0] = self->config_flag;
  self->server = km_test_server_new (arguments);
  self->alice = km_test_server_sign_up (self->server, "alice");
  self->bob = km_test_server_sign_up (self->server, "bob");
  self->key = km_test_server_get_key (self->server, self->alice, &self->room);
  self->host = km_test_socket_open (self->server, self->alice);
  joined = km_test_socket_join (self->host, self->room, NULL, -1);
  g_assert_no_error (joined->error);
  publish (self);
  started = km_test_socket_wait (self->host, KM_ROOM_EVENT_STREAM_STARTED);
  g_assert_nonnull (started);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->publisher, km_test_process_stop);
  g_clear_pointer (&self->host, km_test_socket_free);
  km_test_server_free (self->server);
  km_test_directory_remove (self->directory);
  g_free (self->directory);
  g_free (self->config_flag);
  g_free (self->alice);
  g_free (self->bob);
  g_free (self->room);
  g_free (self->key);
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
gift_new (Fixture    *self,
          const char *id,
          const char *gift,
          gint64      count)
{
  KmCommand *command = km_command_new (KM_COMMAND_GIFT_SEND);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup (self->room);
  command->gift = g_strdup (gift);
  command->count = count;

  return command;
}

static KmReply *
give (Fixture      *self,
      KmTestSocket *socket,
      const char   *id,
      const char   *gift,
      gint64        count)
{
  g_autoptr (KmCommand) command = gift_new (self, id, gift, count);

  return km_test_socket_ask (socket, command);
}

static void
like (Fixture      *self,
      KmTestSocket *socket,
      gint64        count)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_LIKE_SEND);
  g_autoptr (KmReply) reply = NULL;

  command->id = km_id_new ();
  command->room = g_strdup (self->room);
  command->count = count;
  reply = km_test_socket_ask (socket, command);
  g_assert_no_error (reply->error);
}

static gint64
get_wallet (Fixture    *self,
            const char *token,
            const char *member)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", "wallet", token, NULL);
  gint64 coins = -1;

  g_assert_cmpuint (answer->status, ==, 200);
  km_json_get_integer (answer->body, member, 0, G_MAXINT64, &coins);

  return coins;
}

static void
end_stream (Fixture *self)
{
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "POST", "room/end", self->alice, NULL);
  g_autoptr (KmRoomEvent) ended = NULL;

  g_assert_cmpuint (answer->status, ==, 204);
  ended = km_test_socket_wait (self->host, KM_ROOM_EVENT_STREAM_ENDED);
  g_assert_nonnull (ended);
}

static KmStreamSummary *
get_summary (Fixture    *self,
             const char *stream)
{
  g_autofree char *path = g_strdup_printf ("streams/%s/summary", stream);
  g_autoptr (KmTestAnswer) answer =
    km_test_server_call (self->server, "GET", path, self->alice, NULL);
  KmStreamSummary *summary;

  g_assert_cmpuint (answer->status, ==, 200);
  summary = km_stream_summary_from_json (answer->body);
  g_assert_nonnull (summary);

  return summary;
}

static void
test_a_stream_is_summed_up (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (KmTestSocket) bob = come (self, self->bob);
  g_autoptr (KmTestSocket) guest = come (self, NULL);
  g_autoptr (KmReply) first = give (self, bob, NULL, "rose", 3);
  g_autoptr (KmReply) second = give (self, bob, NULL, "rose", 8);
  g_autoptr (KmReply) said = km_test_socket_say (bob, self->room, NULL, "!");
  g_autoptr (KmReply) thanks = km_test_socket_say (self->host, self->room,
                                                   NULL, "thanks");
  g_autoptr (KmStreamSummary) meanwhile = get_summary (self, "last");
  g_autoptr (KmStreamSummary) after = NULL;
  g_autoptr (KmReply) late = NULL;

  g_assert_no_error (second->error);
  g_assert_no_error (thanks->error);
  g_assert_cmpint (meanwhile->ended_at_ms, ==, -1);
  g_assert_cmpint (meanwhile->gifts, ==, 11);

  like (self, bob, 9);
  end_stream (self);
  late = give (self, bob, NULL, "rose", 1);
  g_assert_error (late->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_NOT_LIVE);
  g_clear_pointer (&late, km_reply_free);
  late = km_test_socket_say (bob, self->room, NULL, "over");
  g_assert_no_error (late->error);

  after = get_summary (self, meanwhile->stream);
  g_assert_cmpint (after->reason, ==, KM_STREAM_END_ENDED);
  g_assert_cmpint (after->ended_at_ms, >=, after->started_at_ms);
  g_assert_cmpint (after->duration_ms, ==,
                   after->ended_at_ms - after->started_at_ms);
  g_assert_cmpint (after->peak, ==, 3);
  g_assert_cmpint (after->messages, ==, 2);
  g_assert_cmpint (after->chatters, ==, 2);
  g_assert_cmpint (after->gifts, ==, 11);
  g_assert_cmpint (after->gift_coins, ==, 11);
  g_assert_cmpint (after->income, ==, 5); /* of 3, then of 8 */
  g_assert_cmpint (after->givers, ==, 1);
  g_assert_cmpint (after->likes, ==, 9);
  g_assert_cmpuint (after->polls->len, ==, 0);
  g_assert_cmpint (get_wallet (self, self->bob, "balance"), ==, 89);
  g_assert_cmpint (get_wallet (self, self->alice, "income"), ==, 5);
}

static void
test_a_summary_is_the_hosts (Fixture       *self,
                             gconstpointer  data)
{
  g_autoptr (KmStreamSummary) summary = get_summary (self, "last");
  g_autofree char *path =
    g_strdup_printf ("streams/%s/summary", summary->stream);
  const struct
  {
    const char *path;
    const char *token;
    guint status;
  } tries[] = {
    { path, self->bob, 403 },
    { path, NULL, 401 },
    { "streams/last/summary", self->bob, 404 },
    { "streams/nonsense/summary", self->alice, 404 },
    { "streams//summary", self->alice, 404 },
    { "streams/a/b/summary", self->alice, 404 },
    { "streams/last", self->alice, 404 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr (KmTestAnswer) answer = km_test_server_call (
        self->server, "GET", tries[i].path, tries[i].token, NULL);

      g_test_message ("%s", tries[i].path);
      g_assert_cmpuint (answer->status, ==, tries[i].status);
    }
}

/* 100 coins are enough for 99 of 120 roses. */
static void
test_no_race_spends_a_coin_twice (Fixture       *self,
                                  gconstpointer  data)
{
  KmTestSocket *sockets[SOCKETS];
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  guint given = 0;

  for (guint i = 0; i < SOCKETS; i++)
    sockets[i] = come (self, self->bob);
  for (guint n = 0; n < SOCKETS * TRIES; n++)
    {
      g_autoptr (KmCommand) command = gift_new (self, NULL, "rose", 3);
      g_autofree char *text = km_command_encode (command);

      g_ptr_array_add (ids, g_strdup (command->id));
      km_test_socket_send_text (sockets[n % SOCKETS], text);
    }
  for (guint n = 0; n < SOCKETS * TRIES; n++)
    {
      /* The same again: one of the two replies comes first. */
      g_autoptr (KmReply) reply =
        give (self, sockets[n % SOCKETS], ids->pdata[n], "rose", 3);

      if (reply->error == NULL)
        given++;
      else
        g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                        KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS);
    }
  g_assert_cmpuint (given, ==, 33);
  g_assert_cmpint (get_wallet (self, self->bob, "balance"), ==, 1);
  for (guint i = 0; i < SOCKETS; i++)
    km_test_socket_free (sockets[i]);
}

static void
test_what_was_given_survives_a_kill (Fixture       *self,
                                     gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmTestSocket) before = come (self, self->bob);
  g_autoptr (KmTestSocket) after = NULL;
  g_autoptr (KmReply) first = give (self, before, id, "rose", 10);
  g_autoptr (KmReply) again = NULL;
  g_autoptr (KmReply) other = NULL;
  g_autoptr (KmRoomEvent) event = NULL;

  g_assert_no_error (first->error);
  g_assert_cmpint (first->balance, ==, 90);
  km_test_server_kill (self->server);
  g_clear_pointer (&self->publisher, km_test_process_stop);
  g_clear_pointer (&before, km_test_socket_free);
  g_clear_pointer (&self->host, km_test_socket_free);
  km_test_server_start (self->server);

  after = come (self, self->bob);
  event = km_test_socket_wait (after, KM_ROOM_EVENT_GIFT_SENT);
  g_assert_cmpint (event->seq, ==, first->seq);
  g_assert_cmpint (event->gift->value, ==, 10);
  again = give (self, after, id, "rose", 10);
  g_assert_no_error (again->error);
  g_assert_cmpint (again->seq, ==, first->seq);
  g_assert_cmpint (again->at_ms, ==, first->at_ms);
  g_assert_cmpint (again->value, ==, 10);
  g_assert_cmpint (again->balance, ==, 90);
  other = give (self, after, id, "rose", 1);
  g_assert_error (other->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  g_assert_cmpint (get_wallet (self, self->bob, "balance"), ==, 90);
}

#define ADD(path, func) \
  g_test_add ("/edge/gifts/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("a-stream-is-summed-up", test_a_stream_is_summed_up);
  ADD ("a-summary-is-the-hosts", test_a_summary_is_the_hosts);
  ADD ("no-race-spends-a-coin-twice", test_no_race_spends_a_coin_twice);
  ADD ("what-was-given-survives-a-kill", test_what_was_given_survives_a_kill);
  return g_test_run ();
}
