/* km-daily-limit.c: what a giver allows themselves for a day
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The limit protects a person from themselves, so it is kept here and not in
 * the app: lowered at once, raised (or taken away) only 24 hours after they
 * asked. A day is the last 24 hours; what was refunded doesn't count.
 *
 * Thread: store, but for what reads a statement: that of the statement.
 */

#include "km-daily-limit.h"

#include "km-statement.h"

static gint64
column_limit (sqlite3_stmt *statement,
              int           column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return KM_NO_LIMIT;

  return sqlite3_column_int64 (statement, column);
}

/**
 * km_daily_limit_load:
 * @statement: at a row of %KM_DAILY_LIMIT_SQL; its three columns are NULL
 *   where there is no limit
 * @limit: (out caller-allocates): the limit as it was set, for
 *   km_daily_limit_settle()
 */
void
km_daily_limit_load (sqlite3_stmt *statement,
                     KmDailyLimit *limit)
{
  *limit = (KmDailyLimit) {
    .coins = column_limit (statement, 0),
    .next_coins = column_limit (statement, 1),
    .next_at_ms = sqlite3_column_int64 (statement, 2),
  };
}

/**
 * km_daily_limit_settle:
 * @limit: a limit as it was set
 * @now_ms: now, since 1970
 *
 * Makes it what it is at that time.
 */
void
km_daily_limit_settle (KmDailyLimit *limit,
                       gint64        now_ms)
{
  if (limit->next_at_ms != 0 && limit->next_at_ms <= now_ms)
    *limit = (KmDailyLimit) { .coins = limit->next_coins };
}

/**
 * km_daily_limit_read:
 * @statement: as for km_daily_limit_load()
 * @now_ms: now, since 1970
 * @limit: (out caller-allocates): the limit as it is at that time
 */
void
km_daily_limit_read (sqlite3_stmt *statement,
                     gint64        now_ms,
                     KmDailyLimit *limit)
{
  km_daily_limit_load (statement, limit);
  km_daily_limit_settle (limit, now_ms);
}

static gboolean
read_limit (KmTransaction  *transaction,
            gint64          account,
            gint64          now_ms,
            KmDailyLimit   *limit,
            GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction, KM_DAILY_LIMIT_SQL, error);
  KmStep step;

  *limit = (KmDailyLimit) { .coins = KM_NO_LIMIT };
  km_statement_bind (statement, "i", account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    km_daily_limit_read (statement, now_ms, limit);

  return step != KM_STEP_FAILED;
}

static void
bind_limit (sqlite3_stmt *statement,
            int           parameter,
            gint64        coins)
{
  if (statement != NULL && coins != KM_NO_LIMIT)
    sqlite3_bind_int64 (statement, parameter, coins);
}

/**
 * km_daily_limit_set:
 * @transaction: a transaction
 * @account: whose limit
 * @coins: what they want it to be, or %KM_NO_LIMIT
 * @now_ms: now, since 1970
 * @error: %KM_LEDGER_ERROR_BAD_COINS
 *
 * Returns: whether it was taken: at once, or from 24 hours on
 */
gboolean
km_daily_limit_set (KmTransaction  *transaction,
                    gint64          account,
                    gint64          coins,
                    gint64          now_ms,
                    GError        **error)
{
  KmDailyLimit limit;
  sqlite3_stmt *statement;

  if (coins < 0 && coins != KM_NO_LIMIT)
    {
      g_set_error_literal (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COINS,
                           "a limit can't be below zero");
      return FALSE;
    }

  if (!read_limit (transaction, account, now_ms, &limit, error))
    return FALSE;

  if (limit.coins == KM_NO_LIMIT
      || (coins != KM_NO_LIMIT && coins <= limit.coins))
    limit = (KmDailyLimit) { .coins = coins, .next_coins = KM_NO_LIMIT };
  else
    {
      limit.next_coins = coins;
      limit.next_at_ms = now_ms + KM_DAY_MS;
    }

  statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO daily_limit (account, coins,"
                            " next_coins, next_at) VALUES (?, ?, ?, ?)"
                            " ON CONFLICT (account) DO UPDATE SET"
                            " coins = excluded.coins,"
                            " next_coins = excluded.next_coins,"
                            " next_at = excluded.next_at",
                            error);
  km_statement_bind (statement, "i", account);
  bind_limit (statement, 2, limit.coins);
  bind_limit (statement, 3, limit.next_coins);
  if (statement != NULL && limit.next_at_ms != 0)
    sqlite3_bind_int64 (statement, 4, limit.next_at_ms);

  return km_statement_run (statement, error);
}

/**
 * km_daily_limit_add_up:
 * @statement: (nullable): of %KM_SPENT_SQL
 * @account: whose coins
 * @now_ms: now, since 1970
 * @spent: (out): coins of the last 24 hours
 * @error: why they couldn't be read
 *
 * Takes as long as there were gifts in that time.
 *
 * Returns: whether they could
 */
gboolean
km_daily_limit_add_up (sqlite3_stmt  *statement,
                       gint64         account,
                       gint64         now_ms,
                       gint64        *spent,
                       GError       **error)
{
  km_statement_bind (statement, "ii", account, now_ms - KM_DAY_MS);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  *spent = sqlite3_column_int64 (statement, 0);

  return km_statement_run (statement, error);
}

/**
 * km_daily_limit_allows:
 * @limit: what they allow themselves
 * @transaction: a transaction
 * @account: who wants to spend
 * @value: how many coins
 * @now_ms: now, since 1970
 * @error: %KM_LEDGER_ERROR_DAILY_LIMIT
 *
 * Returns: whether they may
 */
gboolean
km_daily_limit_allows (const KmDailyLimit  *limit,
                       KmTransaction       *transaction,
                       gint64               account,
                       gint64               value,
                       gint64               now_ms,
                       GError             **error)
{
  gint64 spent;

  if (limit->coins == KM_NO_LIMIT)
    return TRUE;

  if (!km_daily_limit_add_up (km_transaction_prepare (transaction,
                                                      KM_SPENT_SQL, error),
                              account, now_ms, &spent, error))
    return FALSE;
  if (spent <= limit->coins && value <= limit->coins - spent)
    return TRUE;

  g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_DAILY_LIMIT,
               "of %" G_GINT64_FORMAT " coins a day, %" G_GINT64_FORMAT
               " are spent", limit->coins, spent);

  return FALSE;
}
