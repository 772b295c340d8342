/* km-grant.c: coins that the owner of a server gives, or gives back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A refund is the transfers of the gift the other way round, as a group of
 * its own: nothing that was written is ever unwritten. There is one for a
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
  KmBooksAccount purse;
  gint64 group;

  if (coins < 1 || coins > KM_GRANT_COINS_MAX)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COINS,
                   "1 to %" G_GINT64_FORMAT " coins can be granted at once",
                   KM_GRANT_COINS_MAX);
      return FALSE;
    }

  if (!km_books_ensure (transaction, "user", account, &purse, error))
    return FALSE;
  group = km_books_open_group (transaction, "grant", at_ms, note, error);
  if (group == 0
      || !km_books_move (transaction, group, KM_BOOKS_ISSUE, purse.id, coins,
                         error))
    return FALSE;

  if (balance != NULL)
    *balance = purse.balance + coins;

  return TRUE;
}

/* Whether this is a gift that can still be refunded, and what it was worth. */
static gboolean
check_refund (KmTransaction  *transaction,
              gint64          gift_row,
              gint64         *coins,
              GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT value, EXISTS (SELECT 1 FROM transfer_group"
                            " WHERE refunds = gift.id)"
                            " FROM gift WHERE id = ?",
                            error);
  KmStep step;

  km_statement_bind (statement, "i", gift_row);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_GROUP,
                 "there is no gift %" G_GINT64_FORMAT, gift_row);
  if (step != KM_STEP_ROW)
    return FALSE;

  *coins = sqlite3_column_int64 (statement, 0);
  if (sqlite3_column_int (statement, 1) == 0)
    return TRUE;

  g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_REFUNDED,
               "gift %" G_GINT64_FORMAT " was refunded before", gift_row);

  return FALSE;
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
  sqlite3_stmt *statement;

  if (!check_refund (transaction, gift_row, coins, error)
      || !check_income (transaction, gift_row, error))
    return FALSE;

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO transfer_group (kind, at, refunds)"
                            " VALUES ('refund', ?, ?)",
                            error);
  km_statement_bind (statement, "ii", at_ms, gift_row);
  if (!km_statement_run (statement, error))
    return FALSE;

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO transfer (grp, source, target, coins)"
                            " SELECT ?, target, source, coins FROM transfer"
                            " WHERE grp = ?",
                            error);
  km_statement_bind (statement, "ii", km_transaction_last_row (transaction),
                     gift_row);

  return km_statement_run (statement, error);
}
