/* test-ledger.c: a gift takes what it costs, and nothing gets lost
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-test-ledger.h"

#define ALL_COINS \
  "SELECT SUM (balance) FROM ledger_account"

static void
set_up (KmTestLedger  *ledger,
        gconstpointer  data)
{
  km_test_ledger_open (ledger);
}

static void
tear_down (KmTestLedger  *ledger,
           gconstpointer  data)
{
  g_assert_cmpint (km_test_ledger_ask (ledger, ALL_COINS), ==, 0);
  km_test_ledger_close (ledger);
}

static void
refuse (KmTestLedger *ledger,
        const char   *gift,
        gint64        count,
        int           code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (km_test_ledger_give (ledger, 1, 2, gift, count, NULL,
                                       &error));
  g_assert_error (error, KM_LEDGER_ERROR, code);
  g_assert_cmpint (km_test_ledger_ask (ledger, "SELECT count(*) FROM gift"),
                   ==, 0);
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT count(*) FROM transfer_group"
                                       " WHERE kind = 'gift'"), ==, 0);
}

static void
test_host_share_and_remainder (KmTestLedger  *ledger,
                               gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmGiven given = { 0 };

  ledger->rules.share_permille = 333;
  km_test_ledger_grant (ledger, 1, 1000);
  g_assert_true (km_test_ledger_give (ledger, 1, 2, "boat", 3, &given,
                                      &error));

  /* 198 coins: 132.066 to the host, 65.934 to the server. */
  g_assert_cmpint (given.value, ==, 198);
  g_assert_cmpint (given.kind->price, ==, 66);
  g_assert_cmpuint (given.kind->tier, ==, 2);
  g_assert_cmpstr (given.kind->name, ==, "{\"en\":\"Boat\"}");
  g_assert_cmpstr (given.kind->art, ==, "boat.svg");
  g_assert_cmpint (given.income, ==, 132);
  g_assert_cmpint (given.balance, ==, 802);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 802);
  g_assert_cmpint (km_test_ledger_balance (ledger, "host", 2), ==, 132);
  g_assert_cmpint (km_test_ledger_balance (ledger, "share", 0), ==, 65);
  g_assert_cmpint (km_test_ledger_balance (ledger, "remainder", 0), ==, 1);
  g_assert_cmpint (km_test_ledger_balance (ledger, "issue", 0), ==, -1000);
}

static void
test_every_share_adds_up (KmTestLedger  *ledger,
                          gconstpointer  data)
{
  static const guint shares[] = { 0, 1, 7, 499, 500, 501, 999, 1000 };
  gint64 spent = 0;

  km_test_ledger_grant (ledger, 1, 1000000);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      for (gint64 count = 1; count < 4; count++)
        {
          g_autoptr (GError) error = NULL;
          KmGiven given = { 0 };
          gint64 parts = (1000 - (gint64) shares[i]);

          ledger->rules.share_permille = shares[i];
          g_assert_true (km_test_ledger_give (ledger, 1, 2, "boat", count,
                                              &given, &error));
          spent += given.value;
          g_assert_cmpint (given.income, ==, given.value * parts / 1000);
          g_assert_cmpint (given.balance, ==, 1000000 - spent);
        }
    }
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT count(*) FROM (SELECT value"
                                       " FROM gift JOIN transfer ON grp = id"
                                       " GROUP BY id"
                                       " HAVING value <> SUM (coins))"),
                   ==, 0);
}

static void
test_largest_gift (KmTestLedger  *ledger,
                   gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmGiven given = { 0 };

  km_test_ledger_grant (ledger, 1, KM_GRANT_COINS_MAX);
  g_assert_true (km_test_ledger_give (ledger, 1, 2, "castle",
                                      KM_GIFT_COUNT_MAX, &given, &error));
  g_assert_cmpint (given.value, ==, G_GINT64_CONSTANT (9999000000));
  g_assert_cmpint (given.income, ==, G_GINT64_CONSTANT (4999500000));
}

static void
test_counts_out_of_bounds (KmTestLedger  *ledger,
                           gconstpointer  data)
{
  static const gint64 counts[] = {
    0, -1, G_MININT64, KM_GIFT_COUNT_MAX + 1, G_MAXINT64,
    G_MAXINT64 / 1000000 + 1,
  };

  km_test_ledger_grant (ledger, 1, KM_GRANT_COINS_MAX);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    refuse (ledger, "castle", counts[i], KM_LEDGER_ERROR_BAD_COUNT);
}

static void
test_unknown_and_retired (KmTestLedger  *ledger,
                          gconstpointer  data)
{
  km_test_ledger_grant (ledger, 1, 1000);
  refuse (ledger, "unicorn", 1, KM_LEDGER_ERROR_NO_SUCH_GIFT);
  refuse (ledger, "lantern", 1, KM_LEDGER_ERROR_NO_SUCH_GIFT);
  refuse (ledger, "' OR 1=1 --", 1, KM_LEDGER_ERROR_NO_SUCH_GIFT);
}

static void
test_not_enough (KmTestLedger  *ledger,
                 gconstpointer  data)
{
  refuse (ledger, "rose", 1, KM_LEDGER_ERROR_NOT_ENOUGH);
  km_test_ledger_grant (ledger, 1, 65);
  refuse (ledger, "boat", 1, KM_LEDGER_ERROR_NOT_ENOUGH);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 65);
}

static void
test_to_oneself (KmTestLedger  *ledger,
                 gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_ledger_grant (ledger, 1, 1000);
  g_assert_false (km_test_ledger_give (ledger, 1, 1, "rose", 1, NULL,
                                       &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_OWN_ROOM);
}

static gboolean
give_unconfirmed (KmTestLedger   *ledger,
                  KmTransaction  *transaction,
                  gpointer        data,
                  GError        **error)
{
  KmGiven given = { 0 };
  KmGiving giving = {
    .room = 2,
    .account = 1,
    .host = 2,
    .gift = "rose",
    .count = *(gint64 *) data,
    .at_ms = ledger->now_ms,
  };

  return km_test_ledger_post (ledger, transaction, &giving, &given, error);
}

static void
test_large_wants_confirming (KmTestLedger  *ledger,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 count = 1001;

  km_test_ledger_grant (ledger, 1, 10000);
  g_assert_false (km_test_ledger_edit (ledger, give_unconfirmed, &count,
                                       &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_CONFIRM);
  g_clear_error (&error);

  count = 1000;
  g_assert_true (km_test_ledger_edit (ledger, give_unconfirmed, &count,
                                      &error));
  g_assert_true (km_test_ledger_give (ledger, 1, 2, "rose", 1001, NULL,
                                      &error));
  g_assert_no_error (error);
}

static void
give_rose (KmTestLedger *ledger,
           gint64        host,
           gint64        count,
           gint64        at_ms,
           KmGiven      *given)
{
  g_autoptr (GError) error = NULL;

  ledger->now_ms = at_ms;
  km_test_ledger_give (ledger, 1, host, "rose", count, given, &error);
  g_assert_no_error (error);
}

static void
test_combo_goes_on_for_five_seconds (KmTestLedger  *ledger,
                                     gconstpointer  data)
{
  KmGiven first = { 0 };
  KmGiven second = { 0 };
  KmGiven third = { 0 };
  KmGiven late = { 0 };

  km_test_ledger_grant (ledger, 1, 1000);
  give_rose (ledger, 2, 1, 100000, &first);
  g_assert_cmpint (first.combo.id, ==, first.gift_row);
  g_assert_cmpint (first.combo.count, ==, 1);

  give_rose (ledger, 2, 10, 105000, &second);
  g_assert_cmpint (second.combo.id, ==, first.combo.id);
  g_assert_cmpint (second.combo.count, ==, 11);
  give_rose (ledger, 2, 1, 109999, &third);
  g_assert_cmpint (third.combo.id, ==, first.combo.id);
  g_assert_cmpint (third.combo.value, ==, 12);

  give_rose (ledger, 2, 1, 115000, &late);
  g_assert_cmpint (late.combo.id, ==, late.gift_row);
  g_assert_cmpint (late.combo.count, ==, 1);
}

static void
test_combo_is_one_gift_in_one_room (KmTestLedger  *ledger,
                                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmGiven first = { 0 };
  KmGiven elsewhere = { 0 };
  KmGiven other = { 0 };
  KmGiven again = { 0 };

  km_test_ledger_grant (ledger, 1, 1000);
  give_rose (ledger, 2, 1, 100000, &first);
  give_rose (ledger, 3, 1, 101000, &elsewhere);
  km_test_ledger_give (ledger, 1, 2, "boat", 1, &other, &error);
  g_assert_cmpint (elsewhere.combo.count, ==, 1);
  g_assert_cmpint (other.combo.count, ==, 1);

  /* What came between doesn't end it. */
  give_rose (ledger, 2, 1, 102000, &again);
  g_assert_cmpint (again.combo.id, ==, first.combo.id);
  g_assert_cmpint (again.combo.count, ==, 2);
}

static void
test_combo_survives_the_server (KmTestLedger  *ledger,
                                gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmGiven before = { 0 };
  KmGiven after = { 0 };

  km_test_ledger_grant (ledger, 1, 1000);
  give_rose (ledger, 2, 5, 100000, &before);
  km_store_free (g_steal_pointer (&ledger->store));
  ledger->store = km_store_open (ledger->directory, &error);
  g_assert_no_error (error);

  give_rose (ledger, 2, 5, 104000, &after);
  g_assert_cmpint (after.combo.id, ==, before.combo.id);
  g_assert_cmpint (after.combo.count, ==, 10);
}

#define ADD(path, function) \
  g_test_add (path, KmTestLedger, NULL, set_up, function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/server/ledger/give/host-share-and-remainder",
       test_host_share_and_remainder);
  ADD ("/server/ledger/give/every-share-adds-up", test_every_share_adds_up);
  ADD ("/server/ledger/give/largest-gift", test_largest_gift);
  ADD ("/server/ledger/give/counts-out-of-bounds", test_counts_out_of_bounds);
  ADD ("/server/ledger/give/unknown-and-retired", test_unknown_and_retired);
  ADD ("/server/ledger/give/not-enough", test_not_enough);
  ADD ("/server/ledger/give/to-oneself", test_to_oneself);
  ADD ("/server/ledger/give/large-wants-confirming",
       test_large_wants_confirming);
  ADD ("/server/ledger/combo/goes-on-for-five-seconds",
       test_combo_goes_on_for_five_seconds);
  ADD ("/server/ledger/combo/is-one-gift-in-one-room",
       test_combo_is_one_gift_in_one_room);
  ADD ("/server/ledger/combo/survives-the-server",
       test_combo_survives_the_server);

  return g_test_run ();
}
