/* test-hub-moderation.c: what was deleted is gone, for everybody, for ever
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over real sockets, threads and a real store. user1 is the host.
 */

#include <string.h>

#include "km-id.h"
#include "km-test-hub.h"

#define SECRET "a secret that nobody should have said"
#define HOST 1

static KmReply *
take_back (KmTestMember *member,
        const char   *act,
        const char   *message,
        gint64        from)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_CHAT_DELETE);

  command->id = act != NULL ? g_strdup (act) : km_id_new ();
  command->room = g_strdup (ROOM);
  command->message = g_strdup (message);
  command->from = g_strdup_printf ("%" G_GINT64_FORMAT, from);

  return km_test_member_ask (member, command);
}

static void
expect_tombstone (KmTestMember *member,
                  gint64        seq,
                  const char   *id,
                  KmDeletion    by)
{
  g_autoptr (KmRoomEvent) event = km_test_member_next_event (member);

  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_CHAT_MESSAGE);
  g_assert_cmpint (event->seq, ==, seq);
  g_assert_cmpstr (event->id, ==, id);
  g_assert_cmpstr (event->text, ==, "");
  g_assert_cmpstr (event->from.id, ==, "2");
  g_assert_cmpstr (event->from.shown_name, ==, "user2");
  g_assert_cmpint (event->deletion, ==, by);
}

static void
expect_deleted (KmTestMember *member,
                gint64        seq,
                gint64        of,
                const char   *id,
                KmDeletion    by)
{
  g_autoptr (KmRoomEvent) event = km_test_member_next_event (member);

  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_CHAT_DELETED);
  g_assert_cmpint (event->seq, ==, seq);
  g_assert_cmpint (event->of, ==, of);
  g_assert_cmpstr (event->target, ==, id);
  g_assert_cmpint (event->deletion, ==, by);
}

static void
test_whoever_resumes_gets_a_tombstone (KmTestHub     *fixture,
                                       gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) reply = NULL;
  KmTestMember host, author, late;

  km_test_hub_connect (fixture, &host, HOST);
  km_test_hub_connect (fixture, &author, 2);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_join (&author, NULL, -1, FALSE, 0);
  km_test_hub_say (&author, NULL, "before");
  km_test_hub_say (&author, id, SECRET);
  km_test_hub_say (&author, NULL, "after");
  km_test_hub_expect_event (&host, 1, "before");
  km_test_hub_expect_event (&host, 2, SECRET);
  km_test_hub_expect_event (&host, 3, "after");

  reply = take_back (&host, NULL, id, 2);
  g_assert_no_error (reply->error);
  g_assert_cmpint (reply->seq, ==, 4);
  expect_deleted (&author, 4, 2, id, KM_DELETION_HOST);

  /* From memory, resumed and as a snapshot; then from the store. */
  for (guint round = 0; round < 2; round++)
    {
      km_test_hub_connect (fixture, &late, 3);
      km_test_hub_join (&late, EPOCH, 1, TRUE, 4);
      expect_tombstone (&late, 2, id, KM_DELETION_HOST);
      km_test_hub_expect_event (&late, 3, "after");
      expect_deleted (&late, 4, 2, id, KM_DELETION_HOST);
      km_test_member_clear (&late);

      km_test_hub_connect (fixture, &late, 3);
      km_test_hub_join (&late, NULL, -1, FALSE, 4);
      km_test_hub_expect_event (&late, 1, "before");
      expect_tombstone (&late, 2, id, KM_DELETION_HOST);
      km_test_hub_expect_event (&late, 3, "after");
      km_test_member_clear (&late);

      if (round == 1)
        break;
      km_test_member_clear (&host);
      km_test_member_clear (&author);
      km_test_hub_stop (fixture);
      km_test_hub_start (fixture);
    }
}

static void
assert_not_in_file (KmTestHub  *fixture,
                    const char *name)
{
  g_autofree char *path = g_build_filename (fixture->directory, name, NULL);
  g_autofree char *text = NULL;
  gsize length;

  if (g_file_get_contents (path, &text, &length, NULL))
    g_assert_null (memmem (text, length, SECRET, strlen (SECRET)));
}

static void
test_its_words_are_nowhere (KmTestHub     *fixture,
                            gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) reply = NULL;
  KmTestMember author, other;

  km_test_hub_connect (fixture, &author, 2);
  km_test_hub_join (&author, NULL, -1, FALSE, 0);
  km_test_hub_connect (fixture, &other, 3);
  km_test_hub_join (&other, NULL, -1, FALSE, 0);
  km_test_hub_say (&author, id, SECRET);
  km_test_hub_expect_event (&other, 1, SECRET);
  reply = take_back (&author, NULL, id, 2);
  g_assert_no_error (reply->error);
  expect_deleted (&other, 2, 1, id, KM_DELETION_AUTHOR);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event WHERE"
                                      " body LIKE '%secret%'"), ==, 0);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM tombstone WHERE"
                                      " (room, seq, deleted_seq)"
                                      " = (1, 1, 2)"), ==, 1);
  km_test_member_clear (&author);
  km_test_member_clear (&other);

  km_test_hub_stop (fixture);
  assert_not_in_file (fixture, "kaimu.db");
  assert_not_in_file (fixture, "kaimu.db-wal");
  km_test_hub_start (fixture);
}

static void
expect_refused (KmTestMember    *member,
                const char      *message,
                gint64           from,
                KmProtocolError  code)
{
  g_autoptr (KmReply) reply = take_back (member, NULL, message, from);

  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

static void
test_who_may_and_what (KmTestHub     *fixture,
                       gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *unknown = km_id_new ();
  g_autofree char *gift = km_id_new ();
  KmTestMember host, author, guest;
  g_autoptr (GError) error = NULL;

  km_test_hub_connect (fixture, &host, HOST);
  km_test_hub_connect (fixture, &author, 2);
  km_test_hub_connect (fixture, &guest, 0);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_join (&author, NULL, -1, FALSE, 0);
  km_test_hub_join (&guest, NULL, -1, FALSE, 0);
  km_test_hub_say (&host, id, "the host's");
  km_test_store_run (fixture->store,
                     "INSERT INTO act VALUES (2, 'vote', x'01', NULL, NULL,"
                     " '{}')", &error);
  g_assert_no_error (error);

  expect_refused (&guest, id, HOST, KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_refused (&author, id, HOST, KM_PROTOCOL_ERROR_FORBIDDEN);
  /* The same id of somebody else is another message. */
  expect_refused (&author, id, 2, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  expect_refused (&host, id, 2, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  expect_refused (&host, unknown, HOST, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  expect_refused (&host, gift, 2, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);

  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT seq FROM room WHERE id = 1"),
                   ==, 1);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT count(*) FROM event"), ==, 1);
  km_test_member_clear (&host);
  km_test_member_clear (&author);
  km_test_member_clear (&guest);
}

static void
test_once (KmTestHub     *fixture,
           gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *act = km_id_new ();
  g_autoptr (KmReply) first = NULL;
  g_autoptr (KmReply) again = NULL;
  g_autoptr (KmReply) said = NULL;
  KmTestMember host, author;

  km_test_hub_connect (fixture, &host, HOST);
  km_test_hub_connect (fixture, &author, 2);
  km_test_hub_join (&host, NULL, -1, FALSE, 0);
  km_test_hub_join (&author, NULL, -1, FALSE, 0);
  km_test_hub_say (&author, id, SECRET);

  /* The same act, the same answer; another one has nothing to delete. */
  first = take_back (&host, act, id, 2);
  again = take_back (&host, act, id, 2);
  g_assert_no_error (first->error);
  g_assert_no_error (again->error);
  g_assert_cmpint (first->seq, ==, again->seq);
  expect_refused (&author, id, 2, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);

  /* What comes from an outbox late isn't said again. */
  g_assert_cmpint (km_test_hub_say (&author, id, SECRET), ==, 1);
  km_test_member_say (&author, ROOM, id, "other words");
  said = km_test_member_next_reply (&author);
  g_assert_error (said->error, KM_PROTOCOL_ERROR, KM_PROTOCOL_ERROR_ID_REUSED);
  g_assert_cmpint (km_test_store_ask (fixture->store,
                                      "SELECT seq FROM room WHERE id = 1"),
                   ==, 2);
  km_test_member_clear (&host);
  km_test_member_clear (&author);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/server/hub/moderation/" name, KmTestHub, NULL,                 \
              km_test_hub_set_up, func, km_test_hub_tear_down)
  TEST ("whoever-resumes-gets-a-tombstone",
        test_whoever_resumes_gets_a_tombstone);
  TEST ("its-words-are-nowhere", test_its_words_are_nowhere);
  TEST ("who-may-and-what", test_who_may_and_what);
  TEST ("once", test_once);
#undef TEST

  return g_test_run ();
}
