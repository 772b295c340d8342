/* test-wallet-news.c: what is said about coins that came or went
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-wallet-news.h"

static void
assert_text (KmWalletBook       of,
             KmWalletEntryKind  kind,
             gint64             coins,
             const char        *note,
             const char        *expected)
{
  g_autofree char *text = km_wallet_news_dup_text (of, kind, coins, note);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_what_nobody_else_says (void)
{
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 500, NULL,
               "You were given 500 coins");
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GRANT, 500, "Welcome %s",
               "You were given 500 coins: Welcome %s");
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_REFUND, 30, NULL,
               "A gift was refunded: you have 30 coins back");
  assert_text (KM_WALLET_BOOK_INCOME, KM_WALLET_ENTRY_REFUND, -15, NULL,
               "A gift was refunded: 15 coins of your income are gone");
}

static void
test_gifts_are_seen_elsewhere (void)
{
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_GIFT, -30, NULL, NULL);
  assert_text (KM_WALLET_BOOK_INCOME, KM_WALLET_ENTRY_GIFT, 15, NULL, NULL);
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_PRACTICE, 9, NULL, NULL);
  assert_text (KM_WALLET_BOOK_WALLET, KM_WALLET_ENTRY_OTHER, 9, NULL, NULL);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/wallet-news/what-nobody-else-says",
                   test_what_nobody_else_says);
  g_test_add_func ("/app/wallet-news/gifts-are-seen-elsewhere",
                   test_gifts_are_seen_elsewhere);

  return g_test_run ();
}
