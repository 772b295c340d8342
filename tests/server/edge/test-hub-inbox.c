/* test-hub-inbox.c: whatever moves somebody's coins, all their sockets hear it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room is account 1's. Accounts 2 and 3 have coins when a test gives them
 * some.
 */

#include "km-id.h"
#include "km-test-hub.h"

#define HOST 1
#define BOB 2

static KmReply *
open_inbox (KmTestMember *member,
            const char   *epoch,
            gint64        seq)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_INBOX_OPEN);

  command->id = km_id_new ();
  command->epoch = g_strdup (epoch);
  command->seq = seq;

  return km_test_member_ask (member, command);
}

static char *
hear (KmTestMember *member,
      gint64        balance,
      gint64        income)
{
  g_autoptr (KmReply) reply = open_inbox (member, NULL, -1);

  g_assert_no_error (reply->error);
  g_assert_false (reply->resumed);
  g_assert_true (reply->has_wallet);
  g_assert_cmpint (reply->wallet.balance, ==, balance);
  g_assert_cmpint (reply->wallet.income, ==, income);

  return g_steal_pointer (&reply->epoch);
}

/* The next entry of the inbox, past what happens in the room. Returns its
 * place. */
static gint64
expect_entry (KmTestMember      *member,
              KmWalletBook       of,
              KmWalletEntryKind  kind,
              gint64             coins,
              gint64             balance)
{
  for (;;)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (member);

      if (event->kind != KM_ROOM_EVENT_WALLET_ENTRY)
        continue;
      g_assert_cmpint (event->entry.of, ==, of);
      g_assert_cmpint (event->entry.kind, ==, kind);
      g_assert_cmpint (event->entry.coins, ==, coins);
      g_assert_cmpint (event->entry.balance, ==, balance);

      return event->seq;
    }
}

static void
give (KmTestMember *member,
      gint64        count)
{
  g_autoptr (KmCommand) command = km_command_new (KM_COMMAND_GIFT_SEND);
  g_autofree char *frame = NULL;

  command->id = km_id_new ();
  command->room = g_strdup (ROOM);
  command->gift = g_strdup ("rose");
  command->count = count;
  frame = km_command_encode (command);
  km_test_member_send_text (member, frame);
}

/* A live room with its host and Bob, who has 100 coins. */
static void
go_live (KmTestHub    *fixture,
         KmTestMember *host,
         KmTestMember *bob)
{
  km_test_hub_add_gifts (fixture);
  km_test_hub_grant (fixture, BOB, 100);
  km_test_hub_connect (fixture, host, HOST);
  km_test_hub_connect (fixture, bob, BOB);
  km_test_hub_join (host, NULL, -1, FALSE, 0);
  km_test_hub_join (bob, NULL, -1, FALSE, 0);
  km_test_hub_go_live (fixture, host, "stream-1");
}

static void
test_all_sockets_hear (KmTestHub     *fixture,
                       gconstpointer  data)
{
  KmTestMember host, bob, second;
  g_autofree char *epoch = NULL;
  g_autofree char *same = NULL;
  g_autofree char *of_host = NULL;
  gint64 first_seq, second_seq;

  go_live (fixture, &host, &bob);
  km_test_hub_connect (fixture, &second, BOB);
  epoch = hear (&bob, 100, 0);
  same = hear (&second, 100, 0);
  of_host = hear (&host, 0, 0);
  g_assert_cmpstr (epoch, ==, same);

  give (&bob, 10);
  first_seq = expect_entry (&bob, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GIFT,
                            -30, 70);
  g_assert_cmpint (expect_entry (&second, KM_WALLET_BOOK_WALLET,
                                 KM_WALLET_ENTRY_GIFT, -30, 70), ==,
                   first_seq);
  g_assert_cmpint (expect_entry (&host, KM_WALLET_BOOK_INCOME,
                                 KM_WALLET_ENTRY_GIFT, 15, 15), ==, first_seq);

  /* As the owner's commands do, behind the hub's back. */
  km_test_hub_grant (fixture, BOB, 5);
  second_seq = expect_entry (&bob, KM_WALLET_BOOK_WALLET,
                             KM_WALLET_ENTRY_GRANT, 5, 75);
  g_assert_cmpint (second_seq, >, first_seq);
  g_assert_cmpint (expect_entry (&second, KM_WALLET_BOOK_WALLET,
                                 KM_WALLET_ENTRY_GRANT, 5, 75), ==,
                   second_seq);

  km_test_member_clear (&host);
  km_test_member_clear (&bob);
  km_test_member_clear (&second);
}

static void
test_resumes_behind_the_last_had (KmTestHub     *fixture,
                                  gconstpointer  data)
{
  KmTestMember host, bob, back;
  g_autofree char *epoch = NULL;
  g_autofree char *of_host = NULL;
  g_autoptr (KmReply) reply = NULL;
  g_autoptr (KmReply) other = NULL;
  g_autoptr (KmReply) far = NULL;
  gint64 had;

  go_live (fixture, &host, &bob);
  epoch = hear (&bob, 100, 0);
  of_host = hear (&host, 0, 0);
  give (&bob, 1);
  had = expect_entry (&bob, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GIFT, -3,
                      97);
  km_test_member_clear (&bob);
  km_test_hub_connect (fixture, &bob, BOB);
  km_test_hub_join (&bob, EPOCH, 2, TRUE, 2);
  give (&bob, 2);
  expect_entry (&host, KM_WALLET_BOOK_INCOME, KM_WALLET_ENTRY_GIFT, 1, 1);
  expect_entry (&host, KM_WALLET_BOOK_INCOME, KM_WALLET_ENTRY_GIFT, 3, 4);
  km_test_member_clear (&host);
  km_test_member_clear (&bob);
  km_test_hub_stop (fixture);
  km_test_hub_start (fixture);
  km_test_hub_grant (fixture, BOB, 50);

  km_test_hub_connect (fixture, &back, BOB);
  reply = open_inbox (&back, epoch, had);
  g_assert_true (reply->resumed);
  g_assert_cmpint (reply->wallet.balance, ==, 141);
  g_assert_cmpint (expect_entry (&back, KM_WALLET_BOOK_WALLET,
                                 KM_WALLET_ENTRY_GIFT, -6, 91), >, had);
  g_assert_cmpint (expect_entry (&back, KM_WALLET_BOOK_WALLET,
                                 KM_WALLET_ENTRY_GRANT, 50, 141), ==,
                   reply->seq);

  /* Of another history, and of what never was. */
  other = open_inbox (&back, "another", had);
  g_assert_false (other->resumed);
  g_assert_cmpint (other->seq, ==, reply->seq);
  far = open_inbox (&back, epoch, reply->seq + 1);
  g_assert_false (far->resumed);
  km_test_hub_grant (fixture, BOB, 1);
  expect_entry (&back, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 1, 142);
  km_test_member_clear (&back);
}

static void
test_too_much_is_a_snapshot (KmTestHub     *fixture,
                             gconstpointer  data)
{
  KmTestMember bob;
  g_autofree char *epoch = NULL;
  g_autoptr (KmReply) fifty = NULL;
  g_autoptr (KmReply) more = NULL;

  km_test_hub_connect (fixture, &bob, BOB);
  epoch = hear (&bob, 0, 0);
  km_test_member_clear (&bob);
  for (guint i = 0; i < KM_INBOX_RECENT; i++)
    km_test_hub_grant (fixture, BOB, 1);

  km_test_hub_connect (fixture, &bob, BOB);
  fifty = open_inbox (&bob, epoch, 0);
  g_assert_true (fifty->resumed);
  for (guint i = 1; i <= KM_INBOX_RECENT; i++)
    expect_entry (&bob, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 1, i);
  km_test_hub_grant (fixture, BOB, 1);
  expect_entry (&bob, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 1, 51);

  more = open_inbox (&bob, epoch, 0);
  g_assert_false (more->resumed);
  g_assert_cmpint (more->wallet.balance, ==, 51);
  km_test_hub_grant (fixture, BOB, 1);
  expect_entry (&bob, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 1, 52);
  km_test_member_clear (&bob);
}

static void
test_limits_are_told (KmTestHub     *fixture,
                      gconstpointer  data)
{
  KmTestMember bob, carol;
  g_autofree char *epoch = NULL;
  g_autofree char *of_carol = NULL;
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (GError) error = NULL;

  km_test_hub_connect (fixture, &bob, BOB);
  km_test_hub_connect (fixture, &carol, 3);
  epoch = hear (&bob, 0, 0);
  of_carol = hear (&carol, 0, 0);
  km_test_store_run (fixture->store,
                     "INSERT INTO daily_limit VALUES"
                     " (2, 500, NULL, 9000000000000)", &error);
  g_assert_no_error (error);
  km_hub_wallet_changed (fixture->hub, "2");
  event = km_test_member_next_event (&bob);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_WALLET_LIMIT);
  g_assert_cmpint (event->seq, ==, -1);
  g_assert_cmpint (event->wallet.daily_limit, ==, 500);
  g_assert_cmpint (event->wallet.next_limit, ==, -1);
  g_assert_cmpint (event->wallet.next_limit_at_ms, ==, 9000000000000);

  /* Nobody else's. */
  km_test_hub_grant (fixture, 3, 1);
  expect_entry (&carol, KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 1, 1);
  km_test_member_clear (&bob);
  km_test_member_clear (&carol);
}

static void
test_guests_have_none (KmTestHub     *fixture,
                       gconstpointer  data)
{
  KmTestMember guest;
  g_autoptr (KmReply) reply = NULL;

  km_test_hub_connect (fixture, &guest, 0);
  reply = open_inbox (&guest, NULL, -1);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  km_test_member_clear (&guest);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define TEST(name, func)                                                       \
  g_test_add ("/server/hub/inbox/" name, KmTestHub, NULL,                      \
              km_test_hub_set_up, func, km_test_hub_tear_down)
  TEST ("all-sockets-hear", test_all_sockets_hear);
  TEST ("resumes-behind-the-last-had", test_resumes_behind_the_last_had);
  TEST ("too-much-is-a-snapshot", test_too_much_is_a_snapshot);
  TEST ("limits-are-told", test_limits_are_told);
  TEST ("guests-have-none", test_guests_have_none);
#undef TEST

  return g_test_run ();
}
