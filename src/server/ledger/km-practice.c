/* km-practice.c: coins to practise with
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where nothing is at stake, on "This computer", everybody gets coins: once
 * when their wallet is first looked at or used, and again by asking when few
 * are left. They come from `issue` like any others, and the books can't tell
 * them apart: a server either has practice coins or real ones.
 *
 * Thread: store.
 */

#include "km-practice.h"

#include "km-books.h"
#include "km-statement.h"

/* One may ask again below this part of what is given. */
#define LEFT_PART 10

static gboolean
give (KmTransaction        *transaction,
      const KmLedgerRules  *rules,
      const KmBooksAccount *purse,
      gint64                at_ms,
      GError              **error)
{
  KmBooksAccount issue;
  const KmBooksGroup group = {
    .kind = "practice",
    .at_ms = at_ms,
    .source = &issue,
    .target = purse,
    .coins = rules->practice_coins,
  };

  return km_books_find (transaction, KM_BOOKS_ISSUE, &issue, error)
         && km_books_move (transaction, &group, error) != 0;
}

/* -1: the data couldn't be read. */
static int
has_begun (KmTransaction  *transaction,
           gint64          purse,
           GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT EXISTS (SELECT 1 FROM transfer_group"
                            " WHERE target = ? AND kind = 'practice')",
                            error);

  km_statement_bind (statement, "i", purse);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return -1;

  return sqlite3_column_int (statement, 0);
}

/**
 * km_practice_begin:
 * @transaction: a transaction
 * @rules: the server's
 * @account: whose wallet is looked at or used
 * @at_ms: now, since 1970
 * @error: why not
 *
 * Gives the first coins to practise with, where there are any and if they
 * weren't given yet.
 *
 * Returns: whether they have them, or there are none
 */
gboolean
km_practice_begin (KmTransaction        *transaction,
                   const KmLedgerRules  *rules,
                   gint64                account,
                   gint64                at_ms,
                   GError              **error)
{
  KmBooksAccount purse;
  int begun;

  if (rules->practice_coins <= 0)
    return TRUE;

  if (!km_books_ensure (transaction, KM_BOOKS_USER, account, &purse, error))
    return FALSE;
  begun = has_begun (transaction, purse.id, error);
  if (begun != 0)
    return begun > 0;

  return give (transaction, rules, &purse, at_ms, error);
}

/**
 * km_practice_again:
 * @transaction: a transaction
 * @rules: the server's
 * @account: who asks
 * @at_ms: now, since 1970
 * @error: %KM_LEDGER_ERROR_NO_PRACTICE: there are none here, or enough are
 *   left
 *
 * Returns: whether there are new coins
 */
gboolean
km_practice_again (KmTransaction        *transaction,
                   const KmLedgerRules  *rules,
                   gint64                account,
                   gint64                at_ms,
                   GError              **error)
{
  KmBooksAccount purse;

  if (!km_books_ensure (transaction, KM_BOOKS_USER, account, &purse, error))
    return FALSE;

  if (rules->practice_coins <= 0
      || purse.balance >= MAX (rules->practice_coins / LEFT_PART, 1))
    {
      g_set_error_literal (error, KM_LEDGER_ERROR,
                           KM_LEDGER_ERROR_NO_PRACTICE,
                           rules->practice_coins <= 0
                             ? "this server has no practice coins"
                             : "there are practice coins left");
      return FALSE;
    }

  return give (transaction, rules, &purse, at_ms, error);
}
