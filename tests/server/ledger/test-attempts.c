/* test-attempts.c: what the schema and the ledger don't let anybody do
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-statement.h"
#include "km-test-ledger.h"
#include "km-test-store.h"

#define RACERS 20
#define GIFTS_EACH 10
#define AFFORDABLE 50

/* A group that is right but for its kind, its two sides or its coins. */
#define GROUP(kind, source, target, coins) \
  "INSERT INTO transfer_group (kind, at, source, target, coins," \
  " source_balance, source_before, target_balance, target_before)" \
  " VALUES (" kind ", 0, " source ", " target ", " coins "," \
  " COALESCE ((SELECT balance FROM ledger_account WHERE id = " source "), 0)" \
  "  - " coins "," \
  " COALESCE ((SELECT newest FROM ledger_account WHERE id = " source "), 0)," \
  " COALESCE ((SELECT balance FROM ledger_account WHERE id = " target "), 0)" \
  "  + " coins "," \
  " COALESCE ((SELECT newest FROM ledger_account WHERE id = " target "), 0))"
/* A grant of 5 coins that is right but for what it says of its two sides. */
#define GROUP_SAYING(source_balance, source_before, target_balance, \
                     target_before) \
  "INSERT INTO transfer_group (kind, at, source, target, coins," \
  " source_balance, source_before, target_balance, target_before)" \
  " SELECT 'grant', 0, 1, 4, 5, " source_balance ", " source_before ", " \
  target_balance ", " target_before \
  " FROM ledger_account AS s, ledger_account AS t WHERE s.id = 1 AND t.id = 4"
/* The only gift once more, but for its number, its place or its count. */
#define GIFT(id, seq, count) \
  "INSERT INTO transfer_group (id, kind, at, source, target, coins, share," \
  " source_balance, source_before, target_balance, target_before, room, seq," \
  " gift, price, count, combo, combo_count, combo_value)" \
  " SELECT (SELECT " id " FROM transfer_group), 'gift', at, source, target," \
  " coins, share, s.balance - coins, s.newest, t.balance + coins - share," \
  " t.newest, room, " seq ", gift, price, " count ", combo, 99, 9999" \
  " FROM transfer_group AS g JOIN ledger_account AS s ON s.id = source" \
  " JOIN ledger_account AS t ON t.id = target WHERE g.kind = 'gift'"

typedef struct
{
  KmJob job;
  KmTestLedger *ledger;
  gint *given;
  gint *refused;
} Race;

static void
set_up (KmTestLedger  *ledger,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_ledger_open (ledger);
  km_test_ledger_grant (ledger, 1, 1000);
  km_test_ledger_give (ledger, 1, 2, "boat", 1, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (KmTestLedger  *ledger,
           gconstpointer  data)
{
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT SUM (balance)"
                                       " FROM ledger_account"), ==, 0);
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT count(*)"
                                       " FROM pragma_integrity_check"
                                       " WHERE integrity_check <> 'ok'"), ==,
                   0);
  km_test_ledger_close (ledger);
}

static void
test_schema_refuses_wrong_books (KmTestLedger  *ledger,
                                 gconstpointer  data)
{
  static const char *const attempts[] = {
    "UPDATE transfer_group SET coins = 1",
    "UPDATE transfer_group SET source = 5 WHERE source = 1",
    "UPDATE transfer_group SET at = 5",
    "UPDATE transfer_group SET kind = 'practice' WHERE kind = 'grant'",
    "UPDATE transfer_group SET count = count",
    "DELETE FROM transfer_group",
    "DELETE FROM ledger_account",
    "DELETE FROM gift_kind WHERE id = 'boat'",
    "UPDATE event SET gift = NULL WHERE kind = 'gift.sent'",
    "INSERT INTO event (room, seq, at, kind, body)"
    " VALUES (2, 77, 0, 'gift.sent', '{}')",
    "INSERT INTO ledger_account (kind, owner, balance) VALUES ('user', 4, 9)",
    "INSERT INTO ledger_account (id, kind, owner, balance)"
    " VALUES (10, 'user', 4, 9)",
    "INSERT INTO ledger_account (id, kind, owner, newest)"
    " VALUES (10, 'user', 4, 1)",
    "INSERT INTO ledger_account (id, kind, owner) VALUES (11, 'user', 4)",
    "INSERT INTO ledger_account (kind) VALUES ('issue')",
    "INSERT INTO ledger_account (kind) VALUES ('user')",
    "INSERT INTO ledger_account (id, kind, owner) VALUES (4, 'user', 1)",
    "INSERT INTO ledger_account (kind, owner) VALUES ('share', 1)",
    "INSERT INTO ledger_account (id, kind, owner) VALUES (10, 'bank', 4)",
    "UPDATE ledger_account SET balance = -1 WHERE kind = 'user'",
    /* Of nothing, back, to oneself, to nobody, of half a coin. */
    GROUP ("'grant'", "1", "4", "0"),
    GROUP ("'grant'", "1", "4", "-5"),
    GROUP ("'grant'", "4", "4", "5"),
    GROUP ("'grant'", "1", "99", "5"),
    GROUP ("'grant'", "99", "4", "5"),
    GROUP ("'grant'", "1", "4", "1.5"),
    GROUP ("'grant'", "1", "2", "5"),
    GROUP ("'grant'", "7", "4", "5"),
    GROUP ("'theft'", "1", "4", "5"),
    GROUP ("'refund'", "4", "7", "-5"),
    GROUP ("'gift'", "4", "7", "5"),
    /* More than there is, and more than anybody can count. */
    GROUP ("'grant'", "4", "7", "1000000"),
    GROUP ("'grant'", "1", "4", "9007199254740991"),
    GROUP ("'grant'", "1", "4", "9223372036854775807"),
    /* Not what is there before it, or behind it. */
    GROUP_SAYING ("s.balance - 4", "s.newest", "t.balance + 5", "t.newest"),
    GROUP_SAYING ("s.balance - 5", "s.newest", "t.balance + 4", "t.newest"),
    GROUP_SAYING ("s.balance - 5", "0", "t.balance + 5", "t.newest"),
    GROUP_SAYING ("s.balance - 5", "s.newest", "t.balance + 5", "1"),
    /* Gifts that don't cost what they cost, or that were given before. */
    GIFT ("max (id) + 1", "seq", "count + 1"),
    GIFT ("max (id) + 1", "seq", "0"),
    GIFT ("max (id) + 1", "seq", "NULL"),
    GIFT ("max (id) + 1", "NULL", "count"),
    GIFT ("max (id) + 1", "seq", "count"),
    GIFT ("max (id)", "seq", "count"),
  };

  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", attempts[i]);
      g_assert_false (km_test_store_run (ledger->store, attempts[i], &error));
      g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
    }
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 934);
  g_assert_cmpint (km_test_ledger_balance (ledger, "host", 2), ==, 33);
}

static gboolean
give_without_event (KmTestLedger   *ledger,
                    KmTransaction  *transaction,
                    gpointer        data,
                    GError        **error)
{
  const KmGiving giving = {
    .room = 2,
    .seq = *(gint64 *) data,
    .account = 1,
    .host = 2,
    .gift = "rose",
    .count = 1,
    .at_ms = ledger->now_ms,
  };
  KmGiven given = { 0 };

  return km_ledger_prepare (transaction, &ledger->rules, &giving, &given,
                            error)
         && km_ledger_give (transaction, &giving, &given, error);
}

static void
test_gift_without_its_event (KmTestLedger  *ledger,
                             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 seq = 500;

  g_assert_false (km_test_ledger_edit (ledger, give_without_event, &seq,
                                       &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 934);
}

static void
test_two_gifts_for_one_event (KmTestLedger  *ledger,
                              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 seq = 1;

  g_assert_false (km_test_ledger_edit (ledger, give_without_event, &seq,
                                       &error));
  g_assert_error (error, KM_STORE_ERROR, KM_STORE_ERROR_CONSTRAINT);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 934);
}

static gboolean
apply_race (KmJob          *job,
            KmTransaction  *transaction,
            GError        **error)
{
  Race *self = (Race *) job;
  KmGiven given = { 0 };
  KmGiving giving = {
    .room = 2,
    .account = 3,
    .host = 2,
    .gift = "rose",
    .count = 1,
    .at_ms = self->ledger->now_ms,
  };

  return km_test_ledger_post (self->ledger, transaction, &giving, &given,
                              error);
}

static void
race_done (KmJob        *job,
           const GError *error)
{
  Race *self = (Race *) job;

  if (error == NULL)
    (*self->given)++;
  else if (g_error_matches (error, KM_LEDGER_ERROR,
                            KM_LEDGER_ERROR_NOT_ENOUGH))
    (*self->refused)++;
  g_free (self);
}

static gpointer
race (gpointer data)
{
  const Race *self = data;

  for (guint i = 0; i < GIFTS_EACH; i++)
    {
      Race *one = g_new (Race, 1);

      *one = *self;
      while (!km_store_submit (self->ledger->store, &one->job))
        g_thread_yield ();
    }

  return NULL;
}

static void
test_many_race_for_one_balance (KmTestLedger  *ledger,
                                gconstpointer  data)
{
  GThread *threads[RACERS];
  gint given = 0;
  gint refused = 0;
  Race start = {
    .job = { .apply = apply_race, .done = race_done,
             .reply_to = ledger->answers },
    .ledger = ledger,
    .given = &given,
    .refused = &refused,
  };

  km_test_ledger_grant (ledger, 3, AFFORDABLE);
  for (guint i = 0; i < RACERS; i++)
    threads[i] = g_thread_new ("racer", race, &start);
  while (given + refused < RACERS * GIFTS_EACH)
    {
      g_assert_true (km_queue_wait (ledger->answers, -1));
      km_job_finish_all (km_queue_take_all (ledger->answers));
    }
  for (guint i = 0; i < RACERS; i++)
    g_thread_join (threads[i]);

  g_assert_cmpint (given, ==, AFFORDABLE);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 3), ==, 0);
  g_assert_cmpint (km_test_ledger_ask (ledger, "SELECT count(*) FROM gift"
                                               " WHERE account = 3"), ==,
                   AFFORDABLE);
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT max (combo_count) FROM gift"
                                       " WHERE account = 3"), ==, AFFORDABLE);
}

static gboolean
refund (KmTestLedger   *ledger,
        KmTransaction  *transaction,
        gpointer        data,
        GError        **error)
{
  gint64 coins;

  return km_ledger_refund (transaction, *(gint64 *) data, ledger->now_ms,
                           &coins, error);
}

static void
refuse_refund (KmTestLedger *ledger,
               gint64        gift_row,
               int           code)
{
  g_autoptr (GError) error = NULL;
  gint64 groups = km_test_ledger_ask (ledger,
                                      "SELECT count(*) FROM transfer_group");

  g_assert_false (km_test_ledger_edit (ledger, refund, &gift_row, &error));
  g_assert_error (error, KM_LEDGER_ERROR, code);
  g_assert_cmpint (km_test_ledger_ask (ledger,
                                       "SELECT count(*) FROM transfer_group"),
                   ==, groups);
}

static void
test_refund_once (KmTestLedger  *ledger,
                  gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 gift_row = km_test_ledger_ask (ledger, "SELECT id FROM gift");

  refuse_refund (ledger, 1, KM_LEDGER_ERROR_NO_GROUP);
  refuse_refund (ledger, 99, KM_LEDGER_ERROR_NO_GROUP);
  refuse_refund (ledger, -1, KM_LEDGER_ERROR_NO_GROUP);
  g_assert_true (km_test_ledger_edit (ledger, refund, &gift_row, &error));
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 1000);
  g_assert_cmpint (km_test_ledger_balance (ledger, "host", 2), ==, 0);
  g_assert_cmpint (km_test_ledger_balance (ledger, "share", 0), ==, 0);
  refuse_refund (ledger, gift_row, KM_LEDGER_ERROR_REFUNDED);
  /* Nor is a refund a gift. */
  refuse_refund (ledger, gift_row + 1, KM_LEDGER_ERROR_NO_GROUP);
}

static void
test_refund_of_income_that_is_gone (KmTestLedger  *ledger,
                                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 gift_row = km_test_ledger_ask (ledger, "SELECT id FROM gift");

  km_test_store_run (ledger->store,
                     "UPDATE ledger_account SET balance = balance"
                     " + CASE kind WHEN 'host' THEN -1 ELSE 1 END"
                     " WHERE kind IN ('host', 'share')", &error);
  g_assert_no_error (error);

  refuse_refund (ledger, gift_row, KM_LEDGER_ERROR_NOT_ENOUGH);
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 934);
  g_assert_cmpint (km_test_ledger_balance (ledger, "host", 2), ==, 32);
}

static gboolean
grant (KmTestLedger   *ledger,
       KmTransaction  *transaction,
       gpointer        data,
       GError        **error)
{
  return km_ledger_grant (transaction, 1, *(gint64 *) data, NULL, 0, NULL,
                          error);
}

static void
test_grants_out_of_bounds (KmTestLedger  *ledger,
                           gconstpointer  data)
{
  gint64 coins[] = { 0, -1, G_MININT64, KM_GRANT_COINS_MAX + 1, G_MAXINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (coins); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (km_test_ledger_edit (ledger, grant, &coins[i], &error));
      g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COINS);
    }
  g_assert_cmpint (km_test_ledger_balance (ledger, "user", 1), ==, 934);
}

#define ADD(path, function) \
  g_test_add ("/server/ledger/attempt/" path, KmTestLedger, NULL, set_up, \
              function, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("schema-refuses-wrong-books", test_schema_refuses_wrong_books);
  ADD ("gift-without-its-event", test_gift_without_its_event);
  ADD ("two-gifts-for-one-event", test_two_gifts_for_one_event);
  ADD ("many-race-for-one-balance", test_many_race_for_one_balance);
  ADD ("refund-once", test_refund_once);
  ADD ("refund-of-income-that-is-gone", test_refund_of_income_that_is_gone);
  ADD ("grants-out-of-bounds", test_grants_out_of_bounds);

  return g_test_run ();
}
