/* km-ledger.c: a gift, from the giver's coins to the host's
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift is worth V = price × count. The host gets ⌊V·(1000 − s) / 1000⌋ of
 * it, the server's share ⌊V·s / 1000⌋, and the coin that rounding may leave
 * over goes to an account of its own, so that none is ever lost or made.
 *
 * All of it is one row, written behind the gift's event in the transaction
 * that also writes the act which asked for it. What the event says is read
 * before. Only this transaction writes meanwhile, so what is read here is
 * still true when it is committed.
 *
 * Thread: store.
 */

#include "km-ledger.h"

#include "km-daily-limit.h"
#include "km-practice.h"
#include "km-statement.h"

G_DEFINE_QUARK (km-ledger-error-quark, km_ledger_error)

/**
 * km_given_clear:
 * @self: what came of a gift
 *
 * Frees what it holds.
 */
void
km_given_clear (KmGiven *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->art, g_free);
}

static void
read_account (sqlite3_stmt   *statement,
              int             column,
              gint64          id,
              KmBooksAccount *account)
{
  *account = (KmBooksAccount) { 0 };
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return;

  account->id = id;
  account->balance = sqlite3_column_int64 (statement, column);
  account->newest = sqlite3_column_int64 (statement, column + 1);
}

/* A group in the book of a giver, whose account is ?2: whether it goes on with
 * the combo of the gift ?1 in the room ?5, and which one was before it. */
#define LINK_SQL                                                          \
  " link.at, link.room = ?5 AND link.gift = ?1,"                          \
  " link.combo, link.combo_count, link.combo_value, CASE link.source"     \
  " WHEN ?2 THEN link.source_before ELSE link.target_before END"

/* Returns: where to look on for the combo; 0: nowhere. */
static gint64
read_link (sqlite3_stmt   *statement,
           int             column,
           const KmGiving *giving,
           KmGiven        *given)
{
  gint64 since_ms = giving->at_ms - KM_GIFT_COMBO_MS;

  if (sqlite3_column_type (statement, column) == SQLITE_NULL
      || sqlite3_column_int64 (statement, column) < since_ms)
    return 0;
  if (sqlite3_column_int (statement, column + 1) == 0)
    return sqlite3_column_int64 (statement, column + 5);

  given->combo = sqlite3_column_int64 (statement, column + 2);
  given->combo_count = sqlite3_column_int64 (statement, column + 3);
  given->combo_value = sqlite3_column_int64 (statement, column + 4);

  return 0;
}

/* All that a gift asks for is read at once: each statement has a price of its
 * own. */
static gboolean
read_books (KmTransaction   *transaction,
            const KmGiving  *giving,
            KmGiven         *given,
            KmDailyLimit    *limit,
            gint64          *link,
            GError         **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT day.coins, next_coins, next_at, kind.name, kind.art, kind.tier,"
    " kind.price, purse.balance, purse.newest, host.balance, host.newest,"
    " (SELECT max (id) FROM transfer_group)," LINK_SQL
    " FROM gift_kind AS kind"
    " LEFT JOIN ledger_account AS purse ON purse.id = ?2"
    " LEFT JOIN transfer_group AS link ON link.id = purse.newest"
    " LEFT JOIN ledger_account AS host ON host.id = ?3"
    " LEFT JOIN daily_limit AS day ON day.account = ?4"
    " WHERE kind.id = ?1 AND retired_at IS NULL", error);
  gint64 purse = km_books_get_id (KM_BOOKS_USER, giving->account);
  gint64 host = km_books_get_id (KM_BOOKS_HOST, giving->host);
  KmStep step;

  km_statement_bind (statement, "tiiii", giving->gift, purse, host,
                     giving->account, giving->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT,
                 "there is no gift called “%s”", giving->gift);
  if (step != KM_STEP_ROW)
    return FALSE;

  km_daily_limit_read (statement, giving->at_ms, limit);
  given->name = km_statement_dup_text (statement, 3);
  given->art = km_statement_dup_text (statement, 4);
  given->tier = (guint) sqlite3_column_int (statement, 5);
  given->price = sqlite3_column_int64 (statement, 6);
  read_account (statement, 7, purse, &given->purse);
  read_account (statement, 9, host, &given->host);
  given->gift_row = sqlite3_column_int64 (statement, 11) + 1;
  *link = read_link (statement, 12, giving, given);

  return TRUE;
}

static gboolean
check_giving (const KmGiving  *giving,
              GError         **error)
{
  if (giving->count < 1 || giving->count > KM_GIFT_COUNT_MAX)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COUNT,
                   "%" G_GINT64_FORMAT " of a gift can't be given",
                   giving->count);
      return FALSE;
    }

  if (giving->account == giving->host)
    {
      g_set_error_literal (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_OWN_ROOM,
                           "a host can't give to themselves");
      return FALSE;
    }

  return TRUE;
}

/* With the coins to practise with, if those are needed: they are a group of
 * their own, before this one. */
static gboolean
check_purse (KmTransaction        *transaction,
             const KmLedgerRules  *rules,
             const KmGiving       *giving,
             KmGiven              *given,
             GError              **error)
{
  KmBooksAccount *purse = &given->purse;

  if (purse->balance < given->value && rules->practice_coins > 0)
    {
      gint64 id = km_books_get_id (KM_BOOKS_USER, giving->account);

      if (!km_practice_begin (transaction, rules, giving->account,
                              giving->at_ms, error)
          || !km_books_find (transaction, id, purse, error))
        return FALSE;
      given->gift_row = MAX (given->gift_row, purse->newest + 1);
    }

  if (purse->balance < given->value)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NOT_ENOUGH,
                   "%" G_GINT64_FORMAT " coins are needed, %" G_GINT64_FORMAT
                   " are there", given->value, purse->balance);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_value (KmTransaction        *transaction,
             const KmLedgerRules  *rules,
             const KmGiving       *giving,
             const KmDailyLimit   *limit,
             gint64                value,
             GError              **error)
{
  if (!km_daily_limit_allows (limit, transaction, giving->account, value,
                              giving->at_ms, error))
    return FALSE;

  if (value > rules->confirm_above_coins && !giving->confirmed)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_CONFIRM,
                   "a gift of %" G_GINT64_FORMAT " coins wants confirming",
                   value);
      return FALSE;
    }

  return TRUE;
}

/* By thousands and rest, so that no product leaves 64 bits. */
static gint64
permille (gint64 value,
          gint64 part)
{
  return value / 1000 * part + value % 1000 * part / 1000;
}

static void
divide (KmGiven *given,
        guint    share_permille)
{
  given->income = permille (given->value, 1000 - (gint64) share_permille);
  given->share = permille (given->value, share_permille);
  given->remainder = given->value - given->income - given->share;
  given->balance = given->purse.balance - given->value;
}

/* Goes on with the giver's last one of this gift here, if that wasn't long
 * ago; else a new combo begins with it. The giver's book is read backwards: a
 * few groups in five seconds, of which the first was read already. */
static gboolean
read_combo (KmTransaction   *transaction,
            const KmGiving  *giving,
            gint64           link,
            KmGiven         *given,
            GError         **error)
{
  while (link != 0)
    {
      sqlite3_stmt *statement =
        km_transaction_prepare (transaction,
                                "SELECT" LINK_SQL
                                " FROM transfer_group AS link"
                                " WHERE link.id = ?3",
                                error);

      km_statement_bind (statement, "tiini", giving->gift, given->purse.id,
                         link, giving->room);
      if (km_statement_step (statement, error) == KM_STEP_FAILED)
        return FALSE;
      link = read_link (statement, 0, giving, given);
    }

  if (given->combo == 0)
    given->combo = given->gift_row;
  given->combo_count += giving->count;
  given->combo_value += given->value;

  return TRUE;
}

/**
 * km_ledger_prepare:
 * @transaction: the transaction in which it is to be given, and whose job
 *   fails when this does
 * @rules: the server's
 * @giving: what is to be given
 * @given: (out caller-allocates): what will come of it, also for
 *   km_given_clear() after a failure
 * @error: %KM_LEDGER_ERROR, or the store's
 *
 * Finds out whether it can be given, and all that its event says. In the same
 * job follow the event, with the gift's number, and km_ledger_give(); nobody
 * else moves coins in between.
 *
 * Returns: whether it can be given
 */
gboolean
km_ledger_prepare (KmTransaction        *transaction,
                   const KmLedgerRules  *rules,
                   const KmGiving       *giving,
                   KmGiven              *given,
                   GError              **error)
{
  KmDailyLimit limit;
  gint64 link;

  *given = (KmGiven) { 0 };
  if (!check_giving (giving, error)
      || !read_books (transaction, giving, given, &limit, &link, error))
    return FALSE;

  if (__builtin_mul_overflow (given->price, giving->count, &given->value))
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COUNT,
                   "%" G_GINT64_FORMAT " of a gift that costs %"
                   G_GINT64_FORMAT " are more than can be counted",
                   giving->count, given->price);
      return FALSE;
    }

  if (!check_purse (transaction, rules, giving, given, error)
      || !check_value (transaction, rules, giving, &limit, given->value,
                       error))
    return FALSE;

  divide (given, MIN (rules->share_permille, 1000));

  return read_combo (transaction, giving, link, given, error);
}

/**
 * km_ledger_give:
 * @transaction: the transaction of km_ledger_prepare()
 * @giving: what is given; its event is written
 * @given: what km_ledger_prepare() found
 * @error: %KM_STORE_ERROR_CONSTRAINT when no event tells of it, or one that
 *   tells of another gift
 *
 * Returns: whether it is given, once the transaction is committed
 */
gboolean
km_ledger_give (KmTransaction   *transaction,
                const KmGiving  *giving,
                KmGiven         *given,
                GError         **error)
{
  const KmBooksGift gift = {
    .id = given->gift_row,
    .room = giving->room,
    .seq = giving->seq,
    .gift = giving->gift,
    .price = given->price,
    .count = giving->count,
    .combo = given->combo,
    .combo_count = given->combo_count,
    .combo_value = given->combo_value,
  };
  const KmBooksGroup group = {
    .kind = "gift",
    .at_ms = giving->at_ms,
    .source = &given->purse,
    .target = &given->host,
    .coins = given->value,
    .share = given->share,
    .remainder = given->remainder,
    .gift = &gift,
  };

  if (given->host.id == 0
      && !km_books_open (transaction, KM_BOOKS_HOST, giving->host,
                         &given->host, error))
    return FALSE;

  return km_books_move (transaction, &group, error) != 0;
}
