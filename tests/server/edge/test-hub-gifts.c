/* test-hub-gifts.c: what is given is paid for, once, and everybody sees it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The room is account 1's. Accounts 2 and 3 have coins when a test gives them
 * some.
 */

#include "km-id.h"
#include "km-test-hub.h"

#define STREAM "stream-1"
#define HOST 1
#define BOB 2
#define CAROL 3

typedef struct
{
  KmTestHub hub;
  KmTestMember host;
  KmTestMember bob;
} Fixture;

/* The host and Bob, with 100 coins, in a live room. */
static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  km_test_hub_set_up (&fixture->hub, data);
  km_test_hub_add_gifts (&fixture->hub);
  km_test_hub_grant (&fixture->hub, BOB, 100);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_join (&fixture->host, NULL, -1, FALSE, 0);
  km_test_hub_go_live (&fixture->hub, &fixture->host, STREAM);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_join (&fixture->bob, NULL, -1, FALSE, 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_tear_down (&fixture->hub, data);
}

static KmCommand *
gift_new (const char *id,
          const char *gift,
          gint64      count)
{
  KmCommand *command = km_command_new (KM_COMMAND_GIFT_SEND);

  command->id = id != NULL ? g_strdup (id) : km_id_new ();
  command->room = g_strdup (ROOM);
  command->gift = g_strdup (gift);
  command->count = count;

  return command;
}

static KmReply *
give (KmTestMember *member,
      const char   *id,
      const char   *gift,
      gint64        count)
{
  g_autoptr (KmCommand) command = gift_new (id, gift, count);

  return km_test_member_ask (member, command);
}

static void
expect_given (KmTestMember *member,
              const char   *id,
              const char   *gift,
              gint64        count,
              gint64        value,
              gint64        balance)
{
  g_autoptr (KmReply) reply = give (member, id, gift, count);
  g_autoptr (GError) error = NULL;

  g_assert_true (km_reply_check (reply, KM_COMMAND_GIFT_SEND, &error));
  g_assert_no_error (error);
  g_assert_cmpint (reply->value, ==, value);
  g_assert_cmpint (reply->balance, ==, balance);
}

static void
expect_refused (KmTestMember    *member,
                const char      *id,
                const char      *gift,
                gint64           count,
                KmProtocolError  code)
{
  g_autoptr (KmReply) reply = give (member, id, gift, count);

  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

/* Nothing was given, nothing was paid. */
static void
expect_untouched (Fixture *fixture)
{
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 100);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM gift"), ==, 0);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM act"), ==, 0);
}

static void
test_all_see_what_is_paid_for (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autoptr (KmReply) reply = give (&fixture->bob, NULL, "rose", 5);
  g_autoptr (KmRoomEvent) event = km_test_member_next_event (&fixture->host);
  const KmGiftInfo *gift = event->gift;

  g_assert_no_error (reply->error);
  g_assert_cmpint (reply->seq, ==, 2);
  g_assert_cmpint (reply->value, ==, 15);
  g_assert_cmpint (reply->balance, ==, 85);
  g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_GIFT_SENT);
  g_assert_cmpint (event->seq, ==, 2);
  g_assert_cmpint (event->at_ms, ==, reply->at_ms);
  g_assert_cmpstr (event->from.name, ==, "user2");
  g_assert_cmpint (event->role, ==, KM_ROLE_MEMBER);
  g_assert_cmpstr (gift->kind.id, ==, "rose");
  g_assert_cmpstr (gift->kind.names, ==, "{\"en\":\"Rose\"}");
  g_assert_cmpint (gift->kind.price, ==, 3);
  g_assert_cmpint (gift->count, ==, 5);
  g_assert_cmpint (gift->value, ==, 15);
  g_assert_cmpint (gift->income, ==, 7);
  g_assert_cmpint (gift->combo_count, ==, 5);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT balance FROM ledger_account"
                                      " WHERE kind = 'host' AND owner = 1"),
                   ==, 7);
}

static void
test_a_combo_counts_on (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autofree char *combo = NULL;
  gint64 total = 0;

  for (gint64 i = 1; i <= 3; i++)
    {
      g_autoptr (KmRoomEvent) event = NULL;

      total += i;
      expect_given (&fixture->bob, NULL, "rose", i, 3 * i, 100 - 3 * total);
      event = km_test_member_next_event (&fixture->host);
      g_assert_cmpint (event->gift->count, ==, i);
      g_assert_cmpint (event->gift->combo_count, ==, total);
      g_assert_cmpint (event->gift->combo_value, ==, 3 * total);
      if (combo != NULL)
        g_assert_cmpstr (event->gift->combo, ==, combo);
      else
        combo = g_strdup (event->gift->combo);
    }
}

static void
test_the_same_act_is_paid_once (Fixture       *fixture,
                                gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmReply) first = give (&fixture->bob, id, "rose", 2);
  g_autoptr (KmReply) again = NULL;
  g_autoptr (KmReply) later = NULL;

  g_assert_no_error (first->error);
  again = give (&fixture->bob, id, "rose", 2);
  g_assert_cmpint (again->seq, ==, first->seq);
  g_assert_cmpint (again->at_ms, ==, first->at_ms);
  g_assert_cmpint (again->value, ==, 6);
  g_assert_cmpint (again->balance, ==, 94);

  /* Neither another server nor the end of the stream changes that, and the
   * balance is that of then. */
  expect_given (&fixture->bob, NULL, "rose", 1, 3, 91);
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  km_test_hub_join (&fixture->bob, NULL, -1, FALSE, 4);
  later = give (&fixture->bob, id, "rose", 2);
  g_assert_no_error (later->error);
  g_assert_cmpint (later->seq, ==, first->seq);
  g_assert_cmpint (later->at_ms, ==, first->at_ms);
  g_assert_cmpint (later->value, ==, 6);
  g_assert_cmpint (later->balance, ==, 91);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 91);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT count(*) FROM gift"), ==, 2);
}

static void
test_other_contents_are_refused (Fixture       *fixture,
                                 gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *said = km_id_new ();

  expect_given (&fixture->bob, id, "rose", 2, 6, 94);
  expect_refused (&fixture->bob, id, "rose", 3, KM_PROTOCOL_ERROR_ID_REUSED);
  expect_refused (&fixture->bob, id, "castle", 2,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  km_test_hub_say (&fixture->bob, said, "hello");
  expect_refused (&fixture->bob, said, "rose", 2,
                  KM_PROTOCOL_ERROR_ID_REUSED);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 94);
}

static void
send_raw (KmTestMember    *member,
          const char      *d,
          KmProtocolError  code)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *text = g_strdup_printf (
    "{\"t\":\"gift.send\",\"id\":\"%s\",\"room\":\"" ROOM "\",\"d\":%s}",
    id, d);
  g_autoptr (KmReply) reply = NULL;

  km_test_member_send_text (member, text);
  reply = km_test_member_next_reply (member);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR, (int) code);
}

static void
test_counts_that_cannot_be_given (Fixture       *fixture,
                                  gconstpointer  data)
{
  static const char *const counts[] = {
    "0", "-1", "-9999", "10000", "4294967297", "9223372036854775807",
    "-9223372036854775808",
  };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autofree char *d =
        g_strdup_printf ("{\"gift\":\"rose\",\"count\":%s}", counts[i]);

      send_raw (&fixture->bob, d, KM_PROTOCOL_ERROR_BAD_COUNT);
    }
  send_raw (&fixture->bob, "{\"gift\":\"rose\",\"count\":0.5}",
            KM_PROTOCOL_ERROR_BAD_REQUEST);
  send_raw (&fixture->bob, "{\"gift\":\"rose\",\"count\":\"1\"}",
            KM_PROTOCOL_ERROR_BAD_REQUEST);
  expect_untouched (fixture);
}

static void
test_the_price_is_the_servers (Fixture       *fixture,
                               gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autofree char *text = g_strdup_printf (
    "{\"t\":\"gift.send\",\"id\":\"%s\",\"room\":\"" ROOM "\",\"d\":"
    "{\"gift\":\"rose\",\"count\":2,\"price\":-50,\"value\":1}}", id);
  g_autoptr (KmReply) reply = NULL;

  send_raw (&fixture->bob,
            "{\"gift\":\"castle\",\"count\":9999,\"price\":0,"
            "\"confirmed\":true}", KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS);
  expect_untouched (fixture);

  km_test_member_send_text (&fixture->bob, text);
  reply = km_test_member_next_reply (&fixture->bob);
  g_assert_no_error (reply->error);
  g_assert_cmpint (reply->value, ==, 6);
  g_assert_cmpint (reply->balance, ==, 94);
}

static void
test_only_what_is_offered (Fixture       *fixture,
                           gconstpointer  data)
{
  expect_refused (&fixture->bob, NULL, "unicorn", 1,
                  KM_PROTOCOL_ERROR_NO_SUCH_GIFT);
  expect_refused (&fixture->bob, NULL, "", 1, KM_PROTOCOL_ERROR_NO_SUCH_GIFT);
  expect_refused (&fixture->bob, NULL, "rose' OR 1 --", 1,
                  KM_PROTOCOL_ERROR_NO_SUCH_GIFT);
  expect_refused (&fixture->bob, NULL, "tulip", 1,
                  KM_PROTOCOL_ERROR_NO_SUCH_GIFT);
  expect_untouched (fixture);
}

static void
test_only_members_give_and_not_to_themselves (Fixture       *fixture,
                                              gconstpointer  data)
{
  KmTestMember guest, outside;

  km_test_hub_grant (&fixture->hub, HOST, 100);
  km_test_hub_connect (&fixture->hub, &guest, 0);
  km_test_hub_join (&guest, NULL, -1, FALSE, 1);
  km_test_hub_connect (&fixture->hub, &outside, CAROL);

  expect_refused (&guest, NULL, "rose", 1,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED);
  expect_refused (&outside, NULL, "rose", 1, KM_PROTOCOL_ERROR_NOT_JOINED);
  expect_refused (&fixture->host, NULL, "rose", 1,
                  KM_PROTOCOL_ERROR_OWN_ROOM);
  expect_untouched (fixture);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, HOST), ==, 100);
  km_test_member_clear (&guest);
  km_test_member_clear (&outside);
}

static void
test_only_while_it_is_live (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autofree char *id = km_id_new ();
  g_autoptr (KmCommand) elsewhere = gift_new (NULL, "rose", 1);
  g_autoptr (KmReply) reply = NULL;

  /* A room that never was live. */
  km_test_member_join (&fixture->bob, "9", NULL, -1);
  km_reply_free (km_test_member_next_reply (&fixture->bob));
  g_set_str (&elsewhere->room, "9");
  reply = km_test_member_ask (&fixture->bob, elsewhere);
  g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_NOT_LIVE);
  expect_untouched (fixture);

  expect_given (&fixture->bob, id, "rose", 1, 3, 97);
  km_room_event_free (km_test_member_next_event (&fixture->host));
  km_test_hub_end_stream (&fixture->hub, &fixture->host, STREAM);
  expect_refused (&fixture->bob, NULL, "rose", 1, KM_PROTOCOL_ERROR_NOT_LIVE);

  /* What was given before is still answered. */
  expect_given (&fixture->bob, id, "rose", 1, 3, 97);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 97);
}

static void
test_a_large_gift_wants_confirming (Fixture       *fixture,
                                    gconstpointer  data)
{
  g_autoptr (KmCommand) command = gift_new (NULL, "rose", 334);
  g_autoptr (KmReply) asked = NULL;
  g_autoptr (KmReply) given = NULL;

  km_test_hub_grant (&fixture->hub, BOB, 2000);
  expect_given (&fixture->bob, NULL, "rose", 333, 999, 1101);
  asked = km_test_member_ask (&fixture->bob, command);
  g_assert_error (asked->error, KM_PROTOCOL_ERROR,
                  KM_PROTOCOL_ERROR_CONFIRM_REQUIRED);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 1101);

  /* It is still the same act: nothing came of the question. */
  command->confirmed = TRUE;
  given = km_test_member_ask (&fixture->bob, command);
  g_assert_no_error (given->error);
  g_assert_cmpint (given->value, ==, 1002);
  g_assert_cmpint (given->balance, ==, 99);
}

static void
test_the_daily_limit_holds (Fixture       *fixture,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (fixture->hub.store,
                     "INSERT INTO daily_limit (account, coins)"
                     " VALUES (2, 10)", &error);
  g_assert_no_error (error);
  expect_given (&fixture->bob, NULL, "rose", 3, 9, 91);
  expect_refused (&fixture->bob, NULL, "rose", 1,
                  KM_PROTOCOL_ERROR_DAILY_LIMIT);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 91);
}

#define SOCKETS 20
#define TRIES 2

/* 100 coins are enough for 33 of 40 roses. */
static void
test_no_race_spends_a_coin_twice (Fixture       *fixture,
                                  gconstpointer  data)
{
  KmTestMember members[SOCKETS];
  guint given = 0;

  for (guint i = 0; i < SOCKETS; i++)
    {
      km_test_hub_connect (&fixture->hub, &members[i], BOB);
      km_test_hub_join (&members[i], NULL, -1, FALSE, 1);
    }
  for (guint n = 0; n < SOCKETS * TRIES; n++)
    {
      g_autoptr (KmCommand) command = gift_new (NULL, "rose", 1);
      g_autofree char *text = km_command_encode (command);

      km_test_member_send_text (&members[n % SOCKETS], text);
    }
  for (guint n = 0; n < SOCKETS * TRIES; n++)
    {
      g_autoptr (KmReply) reply =
        km_test_member_next_reply (&members[n % SOCKETS]);

      if (reply->error == NULL)
        {
          g_assert_cmpint (reply->balance, >=, 0);
          given++;
        }
      else
        g_assert_error (reply->error, KM_PROTOCOL_ERROR,
                        KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS);
    }

  g_assert_cmpuint (given, ==, 33);
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 1);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT total (balance)"
                                      " FROM ledger_account"), ==, 0);
  g_assert_cmpint (km_test_store_ask (fixture->hub.store,
                                      "SELECT total (value) FROM gift"),
                   ==, 99);
  for (guint i = 0; i < SOCKETS; i++)
    km_test_member_clear (&members[i]);
}

/* Nor does anybody give faster with more sockets. */
static void
test_too_fast_over_all_sockets (Fixture       *fixture,
                                gconstpointer  data)
{
  const guint n_sockets = 5;
  const guint n_tries = 40;
  KmTestMember members[n_sockets];
  guint refused = 0;

  for (guint i = 0; i < n_sockets; i++)
    {
      km_test_hub_connect (&fixture->hub, &members[i], BOB);
      km_test_hub_join (&members[i], NULL, -1, FALSE, 1);
    }
  for (guint n = 0; n < n_sockets * n_tries; n++)
    {
      g_autoptr (KmCommand) command = gift_new (NULL, "rose", 1);
      g_autofree char *text = km_command_encode (command);

      km_test_member_send_text (&members[n % n_sockets], text);
    }
  for (guint n = 0; n < n_sockets * n_tries; n++)
    {
      g_autoptr (KmReply) reply =
        km_test_member_next_reply (&members[n % n_sockets]);

      if (!g_error_matches (reply->error, KM_PROTOCOL_ERROR,
                            KM_PROTOCOL_ERROR_TOO_FAST))
        continue;
      g_assert_cmpint (km_protocol_error_get_retry_ms (reply->error), >, 0);
      refused++;
    }
  g_assert_cmpuint (refused, >, 0);
  for (guint i = 0; i < n_sockets; i++)
    km_test_member_clear (&members[i]);
}

/* The same act from several sockets at once. */
static void
test_no_race_doubles_an_act (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (KmCommand) command = gift_new (NULL, "rose", 1);
  g_autofree char *text = km_command_encode (command);
  KmTestMember members[SOCKETS];

  for (guint i = 0; i < SOCKETS; i++)
    {
      km_test_hub_connect (&fixture->hub, &members[i], BOB);
      km_test_hub_join (&members[i], NULL, -1, FALSE, 1);
    }
  for (guint i = 0; i < SOCKETS; i++)
    km_test_member_send_text (&members[i], text);
  for (guint i = 0; i < SOCKETS; i++)
    {
      g_autoptr (KmReply) reply = km_test_member_next_reply (&members[i]);

      g_assert_no_error (reply->error);
      g_assert_cmpint (reply->seq, ==, 2);
      g_assert_cmpint (reply->balance, ==, 97);
      km_test_member_clear (&members[i]);
    }
  g_assert_cmpint (km_test_hub_balance (&fixture->hub, BOB), ==, 97);
}

static void
test_who_resumes_sees_each_once (Fixture       *fixture,
                                 gconstpointer  data)
{
  KmTestMember carol;

  km_test_hub_connect (&fixture->hub, &carol, CAROL);
  km_test_hub_join (&carol, NULL, -1, FALSE, 1);
  km_test_member_clear (&carol);
  for (guint i = 0; i < 5; i++)
    expect_given (&fixture->bob, NULL, "rose", 1, 3, 97 - 3 * i);

  km_test_hub_connect (&fixture->hub, &carol, CAROL);
  km_test_hub_join (&carol, EPOCH, 3, TRUE, 6);
  expect_given (&fixture->bob, NULL, "rose", 1, 3, 82);
  for (gint64 seq = 4; seq <= 7; seq++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&carol);

      g_assert_cmpint (event->kind, ==, KM_ROOM_EVENT_GIFT_SENT);
      g_assert_cmpint (event->seq, ==, seq);
      g_assert_cmpint (event->gift->combo_count, ==, seq - 1);
    }
  km_test_member_clear (&carol);
}

/* Reads the history of somebody who comes: 50 events of which the gifts and
 * what was said alternate. */
static void
expect_history (Fixture *fixture,
                gint64   head)
{
  KmTestMember carol;

  km_test_hub_connect (&fixture->hub, &carol, CAROL);
  km_test_hub_join (&carol, NULL, -1, FALSE, head);
  for (gint64 seq = 12; seq <= 61; seq++)
    {
      g_autoptr (KmRoomEvent) event = km_test_member_next_event (&carol);

      g_assert_cmpint (event->seq, ==, seq);
      g_assert_cmpint (event->kind, ==,
                       seq % 2 == 0 ? KM_ROOM_EVENT_GIFT_SENT
                                    : KM_ROOM_EVENT_CHAT_MESSAGE);
    }
  km_test_member_clear (&carol);
}

static void
test_who_comes_sees_what_was_given (Fixture       *fixture,
                                    gconstpointer  data)
{
  for (guint i = 0; i < 30; i++)
    {
      KmTestMember speaker;

      /* Each says one thing, so that nobody is too fast. */
      km_test_hub_connect (&fixture->hub, &speaker, 10 + i);
      km_test_member_join (&speaker, ROOM, NULL, -1);
      km_reply_free (km_test_member_next_reply (&speaker));
      expect_given (&fixture->bob, NULL, "rose", 1, 3, 97 - 3 * i);
      g_assert_cmpint (km_test_hub_say (&speaker, NULL, "wow"), ==,
                       3 + 2 * i);
      km_test_member_clear (&speaker);
    }

  /* From memory, and from the store. */
  expect_history (fixture, 61);
  km_test_member_clear (&fixture->host);
  km_test_member_clear (&fixture->bob);
  km_test_hub_stop (&fixture->hub);
  km_test_hub_start (&fixture->hub);
  km_test_hub_connect (&fixture->hub, &fixture->host, HOST);
  km_test_hub_connect (&fixture->hub, &fixture->bob, BOB);
  expect_history (fixture, 62);
}

#define ADD(path, func) \
  g_test_add ("/edge/hub-gifts/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("all-see-what-is-paid-for", test_all_see_what_is_paid_for);
  ADD ("a-combo-counts-on", test_a_combo_counts_on);
  ADD ("the-same-act-is-paid-once", test_the_same_act_is_paid_once);
  ADD ("other-contents-are-refused", test_other_contents_are_refused);
  ADD ("counts-that-cannot-be-given", test_counts_that_cannot_be_given);
  ADD ("the-price-is-the-servers", test_the_price_is_the_servers);
  ADD ("only-what-is-offered", test_only_what_is_offered);
  ADD ("only-members-give-and-not-to-themselves",
       test_only_members_give_and_not_to_themselves);
  ADD ("only-while-it-is-live", test_only_while_it_is_live);
  ADD ("a-large-gift-wants-confirming", test_a_large_gift_wants_confirming);
  ADD ("the-daily-limit-holds", test_the_daily_limit_holds);
  ADD ("no-race-spends-a-coin-twice", test_no_race_spends_a_coin_twice);
  ADD ("too-fast-over-all-sockets", test_too_fast_over_all_sockets);
  ADD ("no-race-doubles-an-act", test_no_race_doubles_an_act);
  ADD ("who-resumes-sees-each-once", test_who_resumes_sees_each_once);
  ADD ("who-comes-sees-what-was-given", test_who_comes_sees_what_was_given);
  return g_test_run ();
}
