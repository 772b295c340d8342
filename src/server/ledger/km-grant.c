/* km-grant.c: coins that the owner of a server gives, or gives back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A refund is the transfers of the gift the other way round, as a group of
 * its own with numbers below zero: nothing that was written is ever unwritten. There is one for a
 * gift at most, and none when the host no longer has the income.
 *
 * Thread: that of the transaction.
 */

#include "km-grant.h"

#include "km-books.h"
#include "km-statement.h"

/**
 * km_ledger_grant:
 * @transaction: a transaction
 * @account: who gets them
 * @coins: how many, 1 to %KM_GRANT_COINS_MAX
 * @note: (nullable): why
 * @at_ms: now, since 1970
 * @balance: (out) (optional): what they have then
 * @error: %KM_LEDGER_ERROR_BAD_COINS
 *
 * Returns: whether they are granted, once it is committed
 */
gboolean
km_ledger_grant (KmTransaction  *transaction,
                 gint64          account,
                 gint64          coins,
                 const char     *note,
                 gint64          at_ms,
                 gint64         *balance,
                 GError        **error)
{
  KmBooksAccount issue;
  KmBooksAccount purse;
  const KmBooksGroup group = {
    .kind = "grant",
    .at_ms = at_ms,
    .source = &issue,
    .target = &purse,
    .coins = coins,
    .note = note,
  };

  if (coins < 1 || coins > KM_GRANT_COINS_MAX)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COINS,
                   "1 to %" G_GINT64_FORMAT " coins can be granted at once",
                   KM_GRANT_COINS_MAX);
      return FALSE;
    }

  if (!km_books_ensure (transaction, KM_BOOKS_USER, account, &purse, error)
      || !km_books_find (transaction, KM_BOOKS_ISSUE, &issue, error)
      || km_books_move (transaction, &group, error) == 0)
    return FALSE;

  if (balance != NULL)
    *balance = purse.balance + coins;

  return TRUE;
}

/* What a gift moved, and between whom; for the numbers of @group. */
static gboolean
read_gift (KmTransaction   *transaction,
           gint64           gift_row,
           KmBooksGroup    *group,
           KmBooksAccount  *source,
           KmBooksAccount  *target,
           GError         **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT coins, share, remainder, source, target, EXISTS"
    " (SELECT 1 FROM transfer_group AS r WHERE r.refunds = g.id)"
    " FROM transfer_group AS g WHERE id = ? AND kind = 'gift'", error);
  KmStep step;

  km_statement_bind (statement, "i", gift_row);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_GROUP,
                 "there is no gift %" G_GINT64_FORMAT, gift_row);
  if (step != KM_STEP_ROW)
    return FALSE;

  if (sqlite3_column_int (statement, 5) != 0)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_REFUNDED,
                   "gift %" G_GINT64_FORMAT " was refunded before", gift_row);
      return FALSE;
    }

  group->coins = -sqlite3_column_int64 (statement, 0);
  group->share = -sqlite3_column_int64 (statement, 1);
  group->remainder = -sqlite3_column_int64 (statement, 2);

  return km_books_find (transaction, sqlite3_column_int64 (statement, 3),
                        source, error)
         && km_books_find (transaction, sqlite3_column_int64 (statement, 4),
                           target, error);
}

/* The schema would refuse it as well, in words that nobody can act on. */
static gboolean
check_income (KmTransaction  *transaction,
              gint64          gift_row,
              GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT kind, coins, balance FROM transfer"
                            " JOIN ledger_account AS a ON a.id = target"
                            " WHERE grp = ? AND balance < coins LIMIT 1",
                            error);
  KmStep step;

  km_statement_bind (statement, "i", gift_row);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NOT_ENOUGH,
                 "%s coins of gift %" G_GINT64_FORMAT " are needed back from "
                 "the %s account that got them, which has %s",
                 sqlite3_column_text (statement, 1), gift_row,
                 sqlite3_column_text (statement, 0),
                 sqlite3_column_text (statement, 2));

  return step == KM_STEP_DONE;
}

/**
 * km_ledger_refund:
 * @transaction: a transaction
 * @gift_row: the number of a gift
 * @at_ms: now, since 1970
 * @coins: (out): what its giver has got back
 * @error: %KM_LEDGER_ERROR_NO_GROUP, %KM_LEDGER_ERROR_REFUNDED,
 *   %KM_LEDGER_ERROR_NOT_ENOUGH: the host's income is gone
 *
 * Returns: whether it is refunded, once that is committed
 */
gboolean
km_ledger_refund (KmTransaction  *transaction,
                  gint64          gift_row,
                  gint64          at_ms,
                  gint64         *coins,
                  GError        **error)
{
  KmBooksAccount source;
  KmBooksAccount target;
  KmBooksGroup group = {
    .kind = "refund",
    .at_ms = at_ms,
    .source = &source,
    .target = &target,
    .refunds = gift_row,
  };

  if (!read_gift (transaction, gift_row, &group, &source, &target, error)
      || !check_income (transaction, gift_row, error))
    return FALSE;

  *coins = -group.coins;

  return km_books_move (transaction, &group, error) != 0;
}
