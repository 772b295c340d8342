/* km-ledger.c: a gift, from the giver's coins to the host's
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift is worth V = price × count. The host gets ⌊V·(1000 − s) / 1000⌋ of
 * it, the server's share ⌊V·s / 1000⌋, and the coin that rounding may leave
 * over goes to an account of its own, so that none is ever lost or made.
 *
 * All of it is one row, written behind the gift's event in the transaction
 * that also writes the act which asked for it. What the event says is found
 * out before. Only this transaction writes meanwhile, so what is true here is
 * still true when it is committed.
 *
 * Thread: store.
 */

#include "km-ledger.h"

#include "km-daily-limit.h"
#include "km-ledger-memo.h"
#include "km-practice.h"

G_DEFINE_QUARK (km-ledger-error-quark, km_ledger_error)

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

static gboolean
read_purse (KmLedgerMemo    *memo,
            KmTransaction   *transaction,
            const KmGiving  *giving,
            KmGiven         *given,
            KmKnownAccount  *purse,
            GError         **error)
{
  if (!km_ledger_memo_find_purse (memo, transaction, giving->account, purse,
                                  error))
    return FALSE;

  km_daily_limit_settle (&purse->limit, giving->at_ms);
  given->purse = purse->account;
  given->gift_row = km_ledger_memo_next_group (memo, transaction, error);

  return given->gift_row != 0;
}

static gboolean
read_books (KmLedgerMemo    *memo,
            KmTransaction   *transaction,
            const KmGiving  *giving,
            KmGiven         *given,
            KmKnownAccount  *purse,
            GError         **error)
{
  given->kind =
    km_ledger_memo_find_kind (memo, transaction, giving->gift, error);

  return given->kind != NULL
         && read_purse (memo, transaction, giving, given, purse, error)
         && km_ledger_memo_find_host (memo, transaction, giving->host,
                                      &given->host, error);
}

/* With the coins to practise with, if those are needed: they are a group of
 * their own, before this one. */
static gboolean
check_purse (KmLedgerMemo         *memo,
             KmTransaction        *transaction,
             const KmLedgerRules  *rules,
             const KmGiving       *giving,
             KmGiven              *given,
             KmKnownAccount       *purse,
             GError              **error)
{
  if (given->purse.balance < given->value && rules->practice_coins > 0
      && (!km_practice_begin (transaction, rules, giving->account,
                              giving->at_ms, error)
          || !read_purse (memo, transaction, giving, given, purse, error)))
    return FALSE;

  if (given->purse.balance < given->value)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NOT_ENOUGH,
                   "%" G_GINT64_FORMAT " coins are needed, %" G_GINT64_FORMAT
                   " are there", given->value, given->purse.balance);
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

static KmComboGift
combo_gift_of (const KmGiving *giving,
               const KmGiven  *given)
{
  return (KmComboGift) {
    .group = given->gift_row,
    .at_ms = giving->at_ms,
    .room = giving->room,
    .kind = given->kind,
    .combo = given->combo,
  };
}

static gboolean
count_up (KmLedgerMemo    *memo,
          KmTransaction   *transaction,
          const KmGiving  *giving,
          KmGiven         *given,
          KmKnownAccount  *purse,
          GError         **error)
{
  const KmComboGift next = combo_gift_of (giving, given);

  if (!km_ledger_memo_find_combo (memo, transaction, purse, &next,
                                  &given->combo, error))
    return FALSE;

  if (given->combo.id == 0)
    given->combo.id = given->gift_row;
  given->combo.count += giving->count;
  given->combo.value += given->value;

  return TRUE;
}

/**
 * km_ledger_prepare:
 * @transaction: the transaction in which it is to be given, and whose job
 *   fails when this does
 * @rules: the server's
 * @giving: what is to be given
 * @given: (out caller-allocates): what will come of it
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
  KmLedgerMemo *memo = km_ledger_memo_get (transaction);
  KmKnownAccount purse;

  *given = (KmGiven) { 0 };
  if (!check_giving (giving, error)
      || !read_books (memo, transaction, giving, given, &purse, error))
    return FALSE;

  if (__builtin_mul_overflow (given->kind->price, giving->count,
                              &given->value))
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COUNT,
                   "%" G_GINT64_FORMAT " of a gift that costs %"
                   G_GINT64_FORMAT " are more than can be counted",
                   giving->count, given->kind->price);
      return FALSE;
    }

  if (!check_purse (memo, transaction, rules, giving, given, &purse, error)
      || !check_value (transaction, rules, giving, &purse.limit, given->value,
                       error))
    return FALSE;

  divide (given, MIN (rules->share_permille, 1000));

  return count_up (memo, transaction, giving, given, &purse, error);
}

static void
remember (KmTransaction  *transaction,
          const KmGiving *giving,
          const KmGiven  *given)
{
  const KmBooksAccount purse = {
    .id = given->purse.id,
    .balance = given->balance,
    .newest = given->gift_row,
  };
  const KmBooksAccount host = {
    .id = given->host.id,
    .balance = given->host.balance + given->income,
    .newest = given->gift_row,
  };
  const KmComboGift gift = combo_gift_of (giving, given);

  km_ledger_memo_gave (km_ledger_memo_get (transaction), &purse, &host, &gift);
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
    .price = given->kind->price,
    .count = giving->count,
    .combo = given->combo.id,
    .combo_count = given->combo.count,
    .combo_value = given->combo.value,
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
  if (km_books_move (transaction, &group, error) == 0)
    return FALSE;

  remember (transaction, giving, given);

  return TRUE;
}
