/* test-hub-likes.c: likes, who is there, and what is kept of both
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-id.h"
#include "km-test-hub.h"

#define STREAM "stream-1"

static KmCommand *
like_new (gint64 count)
{
  KmCommand *command = km_command_new (KM_COMMAND_LIKE_SEND);

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->count = count;

  return command;
}

static void
expect_like (KmTestMember *member,
             gint64        count,
             int           code)
{
  g_autoptr (KmCommand) command = like_new (count);
  g_autoptr (KmReply) reply = km_test_member_ask (member, command);

  if (code < 0)
    g_assert_no_error (reply->error);
  else
    g_assert_error (reply->error, KM_PROTOCOL_ERROR, code);
}

static void
test_all_are_told_how_many (KmTestHub     *fixture,
                            gconstpointer  data)
{
  g_autoptr (KmReply) joined = NULL;
  KmTestMember host, bob;
  gint64 likes = 0;

  km_test_hub_connect (fixture, &host, 1);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (fixture, &host, STREAM);
  km_test_hub_connect (fixture, &bob, 2);
  km_test_hub_join (&bob, NULL, -1, FALSE, 1);
  expect_like (&bob, 7, -1);
  while (likes < 7)
    {
      g_autoptr (KmRoomEvent) tick = km_test_member_next_tick (&host);

      likes = tick->likes;
    }
  g_assert_cmpint (likes, ==, 7);

  /* Who comes later hears of them at once. */
  km_test_member_join (&bob, ROOM, NULL, -1);
  joined = km_test_member_next_reply (&bob);
  g_assert_cmpint (joined->likes, ==, 7);
  km_test_member_clear (&bob);
  km_test_member_clear (&host);
}

static void
test_a_flood_is_bounded (KmTestHub     *fixture,
                         gconstpointer  data)
{
  KmTestMember host;
  gint64 likes;

  km_test_hub_connect (fixture, &host, 1);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (fixture, &host, STREAM);
  for (guint i = 0; i < 2; i++)
    {
      KmTestMember bob;

      /* Coming back doesn't start anew. */
      km_test_hub_connect (fixture, &bob, 2);
      km_test_hub_join (&bob, NULL, -1, FALSE, 1);
      for (guint n = 0; n < 25; n++)
        expect_like (&bob, KM_LIKES_MAX, -1);
      km_test_member_clear (&bob);
    }
  km_test_hub_end_stream (fixture, &host, STREAM);

  /* 1,000 were sent; 20 are heard, and one more each 50 ms that it took. */
  likes = km_test_store_ask (fixture->store, "SELECT likes FROM stream");
  g_assert_cmpint (likes, >=, 20);
  g_assert_cmpint (likes, <, 500);
  km_test_member_clear (&host);
}

static void
test_only_members_and_only_live (KmTestHub     *fixture,
                                 gconstpointer  data)
{
  KmTestMember bob, guest;

  km_test_hub_connect (fixture, &bob, 2);
  km_test_hub_connect (fixture, &guest, 0);
  expect_like (&bob, 1, KM_PROTOCOL_ERROR_NOT_JOINED);
  km_test_hub_join (&bob, NULL, -1, FALSE, 0);
  km_test_hub_join (&guest, NULL, -1, FALSE, 0);
  expect_like (&bob, 1, KM_PROTOCOL_ERROR_NOT_LIVE);
  km_test_hub_go_live (fixture, &bob, STREAM);
  expect_like (&guest, 1, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_like (&bob, 21, KM_PROTOCOL_ERROR_BAD_COUNT);
  expect_like (&bob, 0, KM_PROTOCOL_ERROR_BAD_COUNT);
  expect_like (&bob, -20, KM_PROTOCOL_ERROR_BAD_COUNT);
  expect_like (&bob, 1, -1);
  km_test_hub_end_stream (fixture, &bob, STREAM);
  expect_like (&bob, 1, KM_PROTOCOL_ERROR_NOT_LIVE);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT likes FROM stream"), ==, 1);
  km_test_member_clear (&bob);
  km_test_member_clear (&guest);
}

static void
test_a_stream_keeps_its_own (KmTestHub     *fixture,
                             gconstpointer  data)
{
  KmTestMember host, bob, carol;

  km_test_hub_connect (fixture, &host, 1);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (fixture, &host, "one");
  km_test_hub_connect (fixture, &bob, 2);
  km_test_hub_join (&bob, NULL, -1, FALSE, 1);
  km_test_hub_connect (fixture, &carol, 3);
  km_test_hub_join (&carol, NULL, -1, FALSE, 1);
  expect_like (&bob, 5, -1);
  km_test_member_clear (&carol);
  km_test_hub_end_stream (fixture, &host, "one");
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT likes FROM stream"), ==, 5);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT peak FROM stream"), ==, 3);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT started_seq * 100 + ended_seq"
                                      " FROM stream"), ==, 102);

  km_test_hub_go_live (fixture, &host, "two");
  expect_like (&bob, 2, -1);
  km_test_hub_end_stream (fixture, &host, "two");
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT likes FROM stream"
                                      " WHERE id = 'two'"), ==, 2);
  km_test_member_clear (&bob);
  km_test_member_clear (&host);
}

static gboolean
are_kept (KmTestHub *fixture)
{
  return km_test_store_ask (fixture->store,
                            "SELECT likes = 4 AND peak = 2 FROM stream")
         == 1;
}

/* A server that is killed has lost what the last seconds brought, no more. */
static void
test_they_are_written_meanwhile (KmTestHub     *fixture,
                                 gconstpointer  data)
{
  KmTestMember host, bob;

  km_test_hub_connect (fixture, &host, 1);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (fixture, &host, STREAM);
  km_test_hub_connect (fixture, &bob, 2);
  km_test_hub_join (&bob, NULL, -1, FALSE, 1);
  expect_like (&bob, 4, -1);

  /* Each tick is a sign of life of the hub: an edge makes one. */
  for (gint64 edge = 1; !are_kept (fixture); edge++)
    {
      km_post_office_send (fixture->post_office,
                           km_event_new_stream_edge (ROOM, STREAM, edge,
                                                     TRUE));
      km_room_event_free (km_test_member_next_tick (&host));
    }
  km_test_member_clear (&bob);
  km_test_member_clear (&host);
}

static KmReply *
list_people (KmTestMember *member)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_PEOPLE_LIST);

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);

  return km_test_member_ask (member, command);
}

static void
expect_people (KmTestMember *member,
               const char   *ids,
               guint         guests,
               guint         online)
{
  g_autoptr (KmReply) reply = list_people (member);
  g_autoptr (GString) found = g_string_new (NULL);

  g_assert_no_error (reply->error);
  for (guint i = 0; i < reply->people->len; i++)
    {
      KmPerson *person = reply->people->pdata[i];

      g_string_append_printf (found, "%s%s", i > 0 ? " " : "",
                              person->account.id);
      g_assert_cmpint (person->role, ==,
                       g_str_equal (person->account.id, "1")
                         ? KM_ROLE_HOST : KM_ROLE_MEMBER);
    }
  g_assert_cmpstr (found->str, ==, ids);
  g_assert_cmpuint (reply->guests, ==, guests);
  g_assert_cmpuint (reply->online, ==, online);
}

static void
test_people_are_listed_once (KmTestHub     *fixture,
                             gconstpointer  data)
{
  g_autoptr (KmReply) outside = NULL;
  KmTestMember guest, twelve, again, three, host;

  km_test_hub_connect (fixture, &guest, 0);
  outside = list_people (&guest);
  g_assert_error (outside->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_NOT_JOINED);
  km_test_hub_join (&guest, NULL, -1, FALSE, 0);
  expect_people (&guest, "", 1, 1);

  km_test_hub_connect (fixture, &three, 3);
  km_test_hub_join (&three, NULL, -1, FALSE, 0);
  km_test_hub_connect (fixture, &twelve, 12);
  km_test_hub_join (&twelve, NULL, -1, FALSE, 0);
  km_test_hub_connect (fixture, &again, 12);
  km_test_hub_join (&again, NULL, -1, FALSE, 0);
  expect_people (&guest, "12 3", 1, 3);

  km_test_hub_connect (fixture, &host, 1);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  expect_people (&host, "1 12 3", 1, 4);

  /* A new name, another place. */
  km_hub_rename_account (fixture->hub, "3", "Aaron");
  expect_people (&host, "1 3 12", 1, 4);
  km_test_member_clear (&guest);
  km_test_member_clear (&three);
  km_test_member_clear (&twelve);
  km_test_member_clear (&again);
  km_test_member_clear (&host);
}

static void
test_a_long_list_is_cut (KmTestHub     *fixture,
                         gconstpointer  data)
{
  KmTestMember members[KM_PEOPLE_MAX + 5];
  g_autoptr (KmReply) reply = NULL;
  KmPerson *person;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      /* The host is the last to come. */
      km_test_hub_connect (fixture, &members[i],
                           (gint64) G_N_ELEMENTS (members) - i);
      km_test_hub_join (&members[i], NULL, -1, FALSE, 0);
    }
  reply = list_people (&members[7]);
  g_assert_cmpuint (reply->people->len, ==, KM_PEOPLE_MAX);
  g_assert_cmpuint (reply->online, ==, G_N_ELEMENTS (members));
  person = reply->people->pdata[0];
  g_assert_cmpint (person->role, ==, KM_ROLE_HOST);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    km_test_member_clear (&members[i]);
}

#define ADD(path, func) \
  g_test_add ("/edge/hub-likes/" path, KmTestHub, NULL, km_test_hub_set_up, \
              func, km_test_hub_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all-are-told-how-many", test_all_are_told_how_many);
  ADD ("a-flood-is-bounded", test_a_flood_is_bounded);
  ADD ("only-members-and-only-live", test_only_members_and_only_live);
  ADD ("a-stream-keeps-its-own", test_a_stream_keeps_its_own);
  ADD ("they-are-written-meanwhile", test_they_are_written_meanwhile);
  ADD ("people-are-listed-once", test_people_are_listed_once);
  ADD ("a-long-list-is-cut", test_a_long_list_is_cut);
  return g_test_run ();
}
