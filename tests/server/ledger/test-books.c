/* test-books.c: statements that can be added up
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-book-query.h"

#include "km-practice.h"
#include "km-test-ledger.h"
#include "km-test-store.h"
#include "km-wallet.h"

typedef struct
{
  KmTestLedger ledger;
  KmReader *reader;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  km_test_ledger_open (&self->ledger);
  self->reader = km_reader_open (self->ledger.store, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  km_reader_free (self->reader);
  km_test_ledger_close (&self->ledger);
}

static void
give (Fixture    *self,
      gint64      account,
      gint64      host,
      const char *gift,
      gint64      count,
      gint64     *row)
{
  g_autoptr (GError) error = NULL;
  KmGiven given = { 0 };

  km_test_ledger_give (&self->ledger, account, host, gift, count, &given,
                       &error);
  g_assert_no_error (error);
  if (row != NULL)
    *row = given.gift_row;
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
append_line (const KmBookEntry *entry,
             gpointer           data)
{
  g_string_append_printf (data, "%s %d=%d %s×%d %s %s\n", entry->kind,
                          (int) entry->coins, (int) entry->balance,
                          entry->gift != NULL ? entry->gift : "-",
                          (int) entry->count,
                          entry->other_name != NULL ? entry->other_name : "-",
                          entry->room != NULL ? entry->room : "-");
}

static void
assert_book (Fixture    *self,
             KmBook      book,
             gint64      owner,
             const char *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 before = G_MAXINT64;
  gboolean more;

  g_assert_true (km_book_read (self->reader, book, owner, &before, 50,
                               append_line, text, &more, &error));
  g_assert_no_error (error);
  g_assert_false (more);
  g_assert_cmpstr (text->str, ==, lines);
}

static void
test_one_line_a_gift (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 row;

  self->ledger.rules.share_permille = 333;
  km_test_ledger_grant (&self->ledger, 1, 1000);
  give (self, 1, 2, "boat", 1, &row);
  give (self, 1, 3, "rose", 10, NULL);
  g_assert_true (km_test_ledger_edit (&self->ledger, refund, &row, &error));

  assert_book (self, KM_BOOK_WALLET, 1,
               "refund 66=990 boat×1 user2 2\n"
               "gift -10=924 rose×10 user3 3\n"
               "gift -66=934 boat×1 user2 2\n"
               "grant 1000=1000 -×0 - -\n");
  assert_book (self, KM_BOOK_INCOME, 2,
               "refund -44=0 boat×1 user1 2\n"
               "gift 44=44 boat×1 user1 2\n");
  assert_book (self, KM_BOOK_WALLET, 2, "");
  assert_book (self, KM_BOOK_INCOME, 4, "");
}

typedef struct
{
  GArray *ids;
  GArray *balances;
} Column;

static void
append_numbers (const KmBookEntry *entry,
                gpointer           data)
{
  Column *column = data;

  g_array_append_val (column->ids, entry->id);
  g_array_append_val (column->balances, entry->balance);
}

static void
test_pages_go_on_where_they_ended (Fixture       *self,
                                   gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) balances = g_array_new (FALSE, FALSE, sizeof (gint64));
  Column column = { ids, balances };
  gint64 before = G_MAXINT64;
  gboolean more = TRUE;
  guint pages = 0;

  km_test_ledger_grant (&self->ledger, 1, 100);
  for (guint i = 0; i < 9; i++)
    give (self, 1, 2, "rose", 1, NULL);

  while (more)
    {
      g_assert_true (km_book_read (self->reader, KM_BOOK_WALLET, 1, &before,
                                   4, append_numbers, &column, &more,
                                   &error));
      g_assert_cmpint (before, ==,
                       g_array_index (ids, gint64, ids->len - 1));
      pages++;
      /* What comes meanwhile changes nothing of what was. */
      give (self, 1, 2, "rose", 1, NULL);
    }

  g_assert_cmpuint (pages, ==, 3);
  g_assert_cmpuint (ids->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    {
      gint64 balance = g_array_index (balances, gint64, i);

      g_assert_cmpint (balance, ==, 91 + i);
    }
}

/* An entry that isn't of this book tells nothing about it. */
static void
test_pages_begin_in_their_own_book (Fixture       *self,
                                    gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  gint64 others;
  gint64 places[] = { 0, 99, -1 };
  gboolean more;

  km_test_ledger_grant (&self->ledger, 1, 100);
  km_test_ledger_grant (&self->ledger, 3, 100);
  give (self, 3, 2, "rose", 1, &others);
  give (self, 1, 2, "rose", 1, NULL);
  places[0] = others;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_assert_true (km_book_read (self->reader, KM_BOOK_WALLET, 1,
                                   &places[i], 50, append_line, text, &more,
                                   &error));
      g_assert_no_error (error);
      g_assert_false (more);
    }
  g_assert_cmpstr (text->str, ==, "");

  g_assert_true (km_book_read (self->reader, KM_BOOK_INCOME, 2, &others, 50,
                               append_line, text, &more, &error));
  g_assert_cmpstr (text->str, ==, "");
}

static void
read_wallet (Fixture  *self,
             gint64    account,
             KmWallet *wallet)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (km_wallet_read (self->reader, account, self->ledger.now_ms,
                                 wallet, &error));
  g_assert_no_error (error);
}

static void
test_wallet_says_up_to_where (Fixture       *self,
                              gconstpointer  data)
{
  KmWallet wallet;

  km_test_ledger_grant (&self->ledger, 1, 100);
  give (self, 1, 2, "rose", 10, NULL);
  give (self, 1, 2, "rose", 20, NULL);

  read_wallet (self, 1, &wallet);
  g_assert_cmpint (wallet.balance, ==, 70);
  g_assert_cmpint (wallet.spent, ==, 30);
  g_assert_cmpint (wallet.income, ==, 0);
  g_assert_cmpint (wallet.income_room_seq, ==, 0);
  g_assert_cmpint (wallet.limit.coins, ==, KM_NO_LIMIT);
  g_assert_false (wallet.practising);
  read_wallet (self, 2, &wallet);
  g_assert_cmpint (wallet.income, ==, 15);
  g_assert_cmpint (wallet.income_room_seq, ==, 2);
  g_assert_cmpint (wallet.balance, ==, 0);
}

static gboolean
set_limit (KmTestLedger   *ledger,
           KmTransaction  *transaction,
           gpointer        data,
           GError        **error)
{
  return km_daily_limit_set (transaction, 1, *(gint64 *) data, ledger->now_ms,
                             error);
}

static void
limit (Fixture *self,
       gint64   coins)
{
  g_autoptr (GError) error = NULL;

  km_test_ledger_edit (&self->ledger, set_limit, &coins, &error);
  g_assert_no_error (error);
}

static gboolean
may_give (Fixture *self,
          gint64   count)
{
  g_autoptr (GError) error = NULL;

  if (km_test_ledger_give (&self->ledger, 1, 2, "rose", count, NULL, &error))
    return TRUE;

  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_DAILY_LIMIT);

  return FALSE;
}

static void
test_limit_is_for_any_24_hours (Fixture       *self,
                                gconstpointer  data)
{
  km_test_ledger_grant (&self->ledger, 1, 1000);
  g_assert_true (may_give (self, 40));
  limit (self, 100);

  self->ledger.now_ms += KM_DAY_MS / 2;
  g_assert_true (may_give (self, 60));
  g_assert_false (may_give (self, 1));

  /* What was given first is a day ago now. */
  self->ledger.now_ms += KM_DAY_MS / 2;
  g_assert_true (may_give (self, 40));
  g_assert_false (may_give (self, 1));
}

static void
test_limit_is_raised_after_a_day (Fixture       *self,
                                  gconstpointer  data)
{
  KmWallet wallet;

  km_test_ledger_grant (&self->ledger, 1, 1000);
  limit (self, 100);
  limit (self, 10);
  g_assert_false (may_give (self, 11));

  limit (self, 50);
  read_wallet (self, 1, &wallet);
  g_assert_cmpint (wallet.limit.coins, ==, 10);
  g_assert_cmpint (wallet.limit.next_coins, ==, 50);
  g_assert_cmpint (wallet.limit.next_at_ms, ==,
                   self->ledger.now_ms + KM_DAY_MS);
  self->ledger.now_ms += KM_DAY_MS - 1;
  g_assert_false (may_give (self, 11));
  self->ledger.now_ms += 1;
  g_assert_true (may_give (self, 50));
  g_assert_false (may_give (self, 1));

  limit (self, KM_NO_LIMIT);
  g_assert_false (may_give (self, 1));
  self->ledger.now_ms += KM_DAY_MS;
  g_assert_true (may_give (self, 100));
}

static void
test_lower_again_takes_the_raise_back (Fixture       *self,
                                       gconstpointer  data)
{
  km_test_ledger_grant (&self->ledger, 1, 1000);
  limit (self, 10);
  limit (self, KM_NO_LIMIT);
  limit (self, 5);
  self->ledger.now_ms += 2 * KM_DAY_MS;
  g_assert_true (may_give (self, 5));
  g_assert_false (may_give (self, 1));
}

static void
test_refunds_are_not_spent (Fixture       *self,
                            gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmWallet wallet;
  gint64 row;

  km_test_ledger_grant (&self->ledger, 1, 1000);
  limit (self, 100);
  give (self, 1, 2, "rose", 80, &row);
  g_assert_false (may_give (self, 21));
  g_assert_true (km_test_ledger_edit (&self->ledger, refund, &row, &error));
  read_wallet (self, 1, &wallet);
  g_assert_cmpint (wallet.spent, ==, 0);
  g_assert_true (may_give (self, 100));
}

static gboolean
practise_again (KmTestLedger   *ledger,
                KmTransaction  *transaction,
                gpointer        data,
                GError        **error)
{
  return km_practice_again (transaction, &ledger->rules, 1, ledger->now_ms,
                            error);
}

static void
test_practice_once_and_when_few_are_left (Fixture       *self,
                                          gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KmWallet wallet;

  self->ledger.rules.practice_coins = 100;
  km_test_ledger_grant (&self->ledger, 1, 3);
  g_assert_true (may_give (self, 90));
  read_wallet (self, 1, &wallet);
  g_assert_cmpint (wallet.balance, ==, 13);
  g_assert_true (wallet.practising);

  g_assert_false (km_test_ledger_edit (&self->ledger, practise_again, NULL,
                                       &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_PRACTICE);
  g_clear_error (&error);
  g_assert_true (may_give (self, 4));
  g_assert_true (km_test_ledger_edit (&self->ledger, practise_again, NULL,
                                      &error));
  read_wallet (self, 1, &wallet);
  g_assert_cmpint (wallet.balance, ==, 109);

  self->ledger.rules.practice_coins = 0;
  g_assert_false (km_test_ledger_edit (&self->ledger, practise_again, NULL,
                                       &error));
  g_assert_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_PRACTICE);
}

#define ADD(path, function) \
  g_test_add ("/server/ledger/" path, Fixture, NULL, set_up, function, \
              tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("book/one-line-a-gift", test_one_line_a_gift);
  ADD ("book/pages-go-on-where-they-ended", test_pages_go_on_where_they_ended);
  ADD ("book/pages-begin-in-their-own-book",
       test_pages_begin_in_their_own_book);
  ADD ("wallet/says-up-to-where", test_wallet_says_up_to_where);
  ADD ("limit/is-for-any-24-hours", test_limit_is_for_any_24_hours);
  ADD ("limit/is-raised-after-a-day", test_limit_is_raised_after_a_day);
  ADD ("limit/lower-again-takes-the-raise-back",
       test_lower_again_takes_the_raise_back);
  ADD ("limit/refunds-are-not-spent", test_refunds_are_not_spent);
  ADD ("practice/once-and-when-few-are-left",
       test_practice_once_and_when_few_are_left);

  return g_test_run ();
}
