/* km-books.c: accounts, groups and transfers, as rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be written is the schema's business: it moves the balances when a
 * transfer is inserted and refuses one that would leave an account below
 * zero. Here are only the statements.
 *
 * Thread: store.
 */

#include "km-books.h"

#include "km-statement.h"

/**
 * km_books_find:
 * @transaction: a transaction
 * @kind: `user` or `host`
 * @owner: whose account
 * @account: (out): what was found; all zero: there is none
 * @error: why the data couldn't be read
 *
 * Returns: whether it could be looked for
 */
gboolean
km_books_find (KmTransaction   *transaction,
               const char      *kind,
               gint64           owner,
               KmBooksAccount  *account,
               GError         **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT id, balance FROM ledger_account"
                            " WHERE owner = ? AND kind = ?",
                            error);
  KmStep step;

  *account = (KmBooksAccount) { 0 };
  km_statement_bind (statement, "it", owner, kind);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    {
      account->id = sqlite3_column_int64 (statement, 0);
      account->balance = sqlite3_column_int64 (statement, 1);
    }

  return step != KM_STEP_FAILED;
}

/**
 * km_books_ensure:
 * @transaction: a transaction
 * @kind: `user` or `host`
 * @owner: whose account
 * @account: (out): the account, made when there was none
 * @error: why not
 *
 * Returns: whether it is there
 */
gboolean
km_books_ensure (KmTransaction   *transaction,
                 const char      *kind,
                 gint64           owner,
                 KmBooksAccount  *account,
                 GError         **error)
{
  sqlite3_stmt *statement;

  if (!km_books_find (transaction, kind, owner, account, error))
    return FALSE;
  if (account->id != 0)
    return TRUE;

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO ledger_account (owner, kind)"
                            " VALUES (?, ?)",
                            error);
  km_statement_bind (statement, "it", owner, kind);
  if (!km_statement_run (statement, error))
    return FALSE;
  account->id = km_transaction_last_row (transaction);

  return TRUE;
}

/**
 * km_books_open_group:
 * @transaction: a transaction
 * @kind: `gift`, `grant` or `practice`
 * @at_ms: when, since 1970
 * @note: (nullable): why, in words of whoever did it
 * @error: why not
 *
 * Its transfers follow before the next group is opened: a group that isn't
 * the newest one takes none.
 *
 * Returns: the number of a new group of transfers; 0: failed
 */
gint64
km_books_open_group (KmTransaction  *transaction,
                     const char     *kind,
                     gint64          at_ms,
                     const char     *note,
                     GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO transfer_group (kind, at, note)"
                            " VALUES (?, ?, ?)",
                            error);

  km_statement_bind (statement, "tit", kind, at_ms, note);
  if (!km_statement_run (statement, error))
    return 0;

  return km_transaction_last_row (transaction);
}

/**
 * km_books_move:
 * @transaction: a transaction
 * @group: the newest group
 * @source: the account that pays
 * @target: the account that is paid
 * @coins: how much; 0: nothing is written
 * @error: %KM_STORE_ERROR_CONSTRAINT when @source hasn't that many
 *
 * Returns: whether it is done
 */
gboolean
km_books_move (KmTransaction  *transaction,
               gint64          group,
               gint64          source,
               gint64          target,
               gint64          coins,
               GError        **error)
{
  sqlite3_stmt *statement;

  if (coins == 0)
    return TRUE;

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO transfer (grp, source, target, coins)"
                            " VALUES (?, ?, ?, ?)",
                            error);
  km_statement_bind (statement, "iiii", group, source, target, coins);

  return km_statement_run (statement, error);
}
