/* km-wallet.c: what an account has
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Balance, income and the room's place in its log are read by one statement:
 * whoever hears of gifts after that place adds them up and is right.
 *
 * Thread: that of the reader.
 */

#include "km-wallet.h"

#include "km-books.h"
#include "km-statement.h"

static gboolean
read_coins (KmReader  *reader,
            gint64     account,
            KmWallet  *wallet,
            GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT (SELECT balance FROM ledger_account"
                       "  WHERE id = " KM_BOOKS_USER_SQL ("?1") "),"
                       " (SELECT balance FROM ledger_account"
                       "  WHERE id = " KM_BOOKS_HOST_SQL ("?1") "),"
                       " (SELECT seq FROM room WHERE account = ?1),"
                       " EXISTS (SELECT 1 FROM transfer_group"
                       "  WHERE target = " KM_BOOKS_USER_SQL ("?1")
                       "  AND kind = 'practice'),"
                       " (SELECT MAX (newest) FROM ledger_account"
                       "  WHERE id IN (" KM_BOOKS_USER_SQL ("?1") ", "
                       KM_BOOKS_HOST_SQL ("?1") "))",
                       error);

  km_statement_bind (statement, "i", account);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  wallet->balance = sqlite3_column_int64 (statement, 0);
  wallet->income = sqlite3_column_int64 (statement, 1);
  wallet->income_room_seq = sqlite3_column_int64 (statement, 2);
  wallet->inbox_seq = sqlite3_column_int64 (statement, 4);
  wallet->practising = sqlite3_column_int (statement, 3) != 0;
  sqlite3_reset (statement);

  return TRUE;
}

static gboolean
read_limit (KmReader  *reader,
            gint64     account,
            gint64     now_ms,
            KmWallet  *wallet,
            GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader, KM_DAILY_LIMIT_SQL, error);
  KmStep step;

  wallet->limit = (KmDailyLimit) { .coins = KM_NO_LIMIT };
  km_statement_bind (statement, "i", account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    km_daily_limit_read (statement, now_ms, &wallet->limit);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}

static gboolean
read_spent (KmReader  *reader,
            gint64     account,
            gint64     now_ms,
            KmWallet  *wallet,
            GError   **error)
{
  return km_daily_limit_add_up (km_reader_prepare (reader, KM_SPENT_SQL,
                                                   error),
                                account, now_ms, &wallet->spent, error);
}

/**
 * km_wallet_read:
 * @reader: what to read with
 * @account: whose wallet
 * @now_ms: now, since 1970
 * @wallet: (out caller-allocates): what they have
 * @error: why it couldn't be read
 *
 * Returns: whether it could
 */
gboolean
km_wallet_read (KmReader  *reader,
                gint64     account,
                gint64     now_ms,
                KmWallet  *wallet,
                GError   **error)
{
  return read_coins (reader, account, wallet, error)
         && read_limit (reader, account, now_ms, wallet, error)
         && read_spent (reader, account, now_ms, wallet, error);
}
