/* km-books.c: accounts and groups of transfers, as rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may be written is the schema's business: it moves the balances when a
 * group is inserted, and refuses one that would leave an account below zero
 * or doesn't say truly what is in it. Here are only the statements.
 *
 * Thread: store.
 */

#include "km-books.h"

#include "km-statement.h"

/**
 * km_books_get_id:
 * @kind: which of their accounts
 * @owner: whose
 *
 * Returns: its id, whether there is one yet or not
 */
gint64
km_books_get_id (KmBooksKind kind,
                 gint64      owner)
{
  return 2 * owner + (kind == KM_BOOKS_HOST ? 3 : 2);
}

/**
 * km_books_find:
 * @transaction: a transaction
 * @id: the id of an account
 * @account: (out): what was found; all zero: there is none
 * @error: why the data couldn't be read
 *
 * Returns: whether it could be looked for
 */
gboolean
km_books_find (KmTransaction   *transaction,
               gint64           id,
               KmBooksAccount  *account,
               GError         **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT balance, newest FROM ledger_account"
                            " WHERE id = ?",
                            error);
  KmStep step;

  *account = (KmBooksAccount) { 0 };
  km_statement_bind (statement, "i", id);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    *account = (KmBooksAccount) {
      .id = id,
      .balance = sqlite3_column_int64 (statement, 0),
      .newest = sqlite3_column_int64 (statement, 1),
    };

  return step != KM_STEP_FAILED;
}

/**
 * km_books_open:
 * @transaction: a transaction
 * @kind: which account
 * @owner: whose; they have none of that kind
 * @account: (out): the account, which is empty
 * @error: why not
 *
 * Returns: whether it is made
 */
gboolean
km_books_open (KmTransaction   *transaction,
               KmBooksKind      kind,
               gint64           owner,
               KmBooksAccount  *account,
               GError         **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO ledger_account (id, owner, kind)"
                            " VALUES (?, ?, ?)",
                            error);

  *account = (KmBooksAccount) { .id = km_books_get_id (kind, owner) };
  km_statement_bind (statement, "iit", account->id, owner,
                     kind == KM_BOOKS_HOST ? "host" : "user");

  return km_statement_run (statement, error);
}

/**
 * km_books_ensure:
 * @transaction: a transaction
 * @kind: which account
 * @owner: whose
 * @account: (out): the account, made when there was none
 * @error: why not
 *
 * Returns: whether it is there
 */
gboolean
km_books_ensure (KmTransaction   *transaction,
                 KmBooksKind      kind,
                 gint64           owner,
                 KmBooksAccount  *account,
                 GError         **error)
{
  if (!km_books_find (transaction, km_books_get_id (kind, owner), account,
                      error))
    return FALSE;

  return account->id != 0
         || km_books_open (transaction, kind, owner, account, error);
}

static void
bind_gift (sqlite3_stmt      *statement,
           const KmBooksGift *gift)
{
  sqlite3_bind_int64 (statement, 14, gift->id);
  sqlite3_bind_int64 (statement, 15, gift->room);
  sqlite3_bind_int64 (statement, 16, gift->seq);
  sqlite3_bind_text (statement, 17, gift->gift, -1, SQLITE_STATIC);
  sqlite3_bind_int64 (statement, 18, gift->price);
  sqlite3_bind_int64 (statement, 19, gift->count);
  sqlite3_bind_int64 (statement, 20, gift->combo);
  sqlite3_bind_int64 (statement, 21, gift->combo_count);
  sqlite3_bind_int64 (statement, 22, gift->combo_value);
}

/**
 * km_books_move:
 * @transaction: a transaction, whose job fails when this does
 * @group: what to move
 * @error: %KM_STORE_ERROR_CONSTRAINT when there are not that many coins, or
 *   something isn't as @group has it
 *
 * Returns: the number of the new group; 0: nothing is to be kept of the job
 */
gint64
km_books_move (KmTransaction       *transaction,
               const KmBooksGroup  *group,
               GError             **error)
{
  /* FAIL: the job is undone as a whole, this needn't be undone before. */
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT OR FAIL INTO transfer_group (kind, at, source, target, coins,"
    " share, remainder, source_balance, source_before, target_balance,"
    " target_before, note, refunds, id, room, seq, gift, price, count, combo,"
    " combo_count, combo_value) VALUES"
    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    error);
  gint64 income = group->coins - group->share - group->remainder;

  km_statement_bind (statement, "siiiiiiiiiis", group->kind, group->at_ms,
                     group->source->id, group->target->id, group->coins,
                     group->share, group->remainder,
                     group->source->balance - group->coins,
                     group->source->newest, group->target->balance + income,
                     group->target->newest, group->note);
  if (group->refunds != 0 && statement != NULL)
    sqlite3_bind_int64 (statement, 13, group->refunds);
  if (group->gift != NULL && statement != NULL)
    bind_gift (statement, group->gift);
  if (!km_statement_run (statement, error))
    return 0;

  return km_transaction_last_row (transaction);
}
