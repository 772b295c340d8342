/* km-ledger.c: a gift, from the giver's coins to the host's
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift is worth V = price × count. The host gets ⌊V·(1000 − s) / 1000⌋ of
 * it, the server's share ⌊V·s / 1000⌋, and the coin that rounding may leave
 * over goes to an account of its own, so that none is ever lost or made.
 *
 * All of it is one group of transfers and one row of `gift`, written in the
 * transaction that writes the gift's event and the act that asked for it.
 * Only this transaction writes meanwhile, so what is read here is still true
 * when it is committed.
 *
 * Thread: store.
 */

#include "km-ledger.h"

#include "km-books.h"
#include "km-daily-limit.h"
#include "km-practice.h"
#include "km-statement.h"

G_DEFINE_QUARK (km-ledger-error-quark, km_ledger_error)

/* How the worth of a gift is divided. */
typedef struct
{
  gint64 host;
  gint64 share;
  gint64 remainder;
} Parts;

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

static gboolean
read_kind (KmTransaction   *transaction,
           const char      *gift,
           KmGiven         *given,
           GError         **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT name, art, tier, price FROM gift_kind"
                            " WHERE id = ? AND retired_at IS NULL",
                            error);
  KmStep step;

  km_statement_bind (statement, "t", gift);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT,
                 "there is no gift called “%s”", gift);
  if (step != KM_STEP_ROW)
    return FALSE;

  given->name = km_statement_dup_text (statement, 0);
  given->art = km_statement_dup_text (statement, 1);
  given->tier = (guint) sqlite3_column_int (statement, 2);
  given->price = sqlite3_column_int64 (statement, 3);

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

/* What the giver has, with the coins to practise with if those are needed. */
static gboolean
read_purse (KmTransaction        *transaction,
            const KmLedgerRules  *rules,
            const KmGiving       *giving,
            gint64                value,
            KmBooksAccount       *purse,
            GError              **error)
{
  if (!km_books_find (transaction, "user", giving->account, purse, error))
    return FALSE;

  if (purse->balance < value && rules->practice_coins > 0)
    {
      if (!km_practice_begin (transaction, rules, giving->account,
                              giving->at_ms, error)
          || !km_books_find (transaction, "user", giving->account, purse,
                             error))
        return FALSE;
    }

  if (purse->balance < value)
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NOT_ENOUGH,
                   "%" G_GINT64_FORMAT " coins are needed, %" G_GINT64_FORMAT
                   " are there", value, purse->balance);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_value (KmTransaction        *transaction,
             const KmLedgerRules  *rules,
             const KmGiving       *giving,
             gint64                value,
             GError              **error)
{
  if (!km_daily_limit_allows (transaction, giving->account, value,
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

static Parts
divide (gint64 value,
        guint  share_permille)
{
  Parts parts = {
    .host = permille (value, 1000 - (gint64) share_permille),
    .share = permille (value, share_permille),
  };

  parts.remainder = value - parts.host - parts.share;

  return parts;
}

static gboolean
pay (KmTransaction         *transaction,
     const KmGiving        *giving,
     const KmBooksAccount  *purse,
     const Parts           *parts,
     KmGiven               *given,
     GError               **error)
{
  KmBooksAccount host;

  if (!km_books_ensure (transaction, "host", giving->host, &host, error))
    return FALSE;

  given->gift_row = km_books_open_group (transaction, "gift", giving->at_ms,
                                         NULL, error);
  if (given->gift_row == 0
      || !km_books_move (transaction, given->gift_row, purse->id, host.id,
                         parts->host, error)
      || !km_books_move (transaction, given->gift_row, purse->id,
                         KM_BOOKS_SHARE, parts->share, error)
      || !km_books_move (transaction, given->gift_row, purse->id,
                         KM_BOOKS_REMAINDER, parts->remainder, error))
    return FALSE;

  given->income = parts->host;
  given->balance = purse->balance - given->value;

  return TRUE;
}

/* Goes on with the giver's last one of this gift here, if that wasn't long
 * ago; else a new combo begins with it. Gifts are found by what was paid for
 * them, the newest first: an index of their own would cost more. */
static gboolean
read_combo (KmTransaction         *transaction,
            const KmGiving        *giving,
            const KmBooksAccount  *purse,
            KmGiven               *given,
            GError               **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT at, room = ?2 AND gift = ?3, combo,"
                            " combo_count, combo_value"
                            " FROM transfer CROSS JOIN gift ON gift.id = grp"
                            " WHERE source = ?1 ORDER BY grp DESC",
                            error);
  gint64 since_ms = giving->at_ms - KM_GIFT_COMBO_MS;
  gboolean found = FALSE;
  KmStep step = KM_STEP_FAILED;

  given->combo = given->gift_row;
  given->combo_count = giving->count;
  given->combo_value = given->value;

  km_statement_bind (statement, "iit", purse->id, giving->room, giving->gift);
  while (!found
         && (step = km_statement_step (statement, error)) == KM_STEP_ROW
         && sqlite3_column_int64 (statement, 0) >= since_ms)
    found = sqlite3_column_int (statement, 1) != 0;

  if (found)
    {
      given->combo = sqlite3_column_int64 (statement, 2);
      given->combo_count += sqlite3_column_int64 (statement, 3);
      given->combo_value += sqlite3_column_int64 (statement, 4);
    }

  return step != KM_STEP_FAILED;
}

static gboolean
write_gift (KmTransaction   *transaction,
            const KmGiving  *giving,
            const KmGiven   *given,
            GError         **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO gift (id, room, seq, stream, account,"
                            " gift, price, count, value, combo, combo_count,"
                            " combo_value, at)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            error);

  km_statement_bind (statement, "iiititiiiiiii", given->gift_row, giving->room,
                     giving->seq, giving->stream, giving->account,
                     giving->gift, given->price, giving->count, given->value,
                     given->combo, given->combo_count, given->combo_value,
                     giving->at_ms);

  return km_statement_run (statement, error);
}

/**
 * km_ledger_give:
 * @transaction: the transaction that also writes the gift's event, and whose
 *   job fails when this does
 * @rules: the server's
 * @giving: what is to be given
 * @given: (out caller-allocates): what came of it, also for
 *   km_given_clear() after a failure
 * @error: %KM_LEDGER_ERROR, or the store's
 *
 * Pays for a gift and writes it down. Its event, at @giving's seq, must be
 * written in the same job.
 *
 * Returns: whether it is given, once the transaction is committed
 */
gboolean
km_ledger_give (KmTransaction        *transaction,
                const KmLedgerRules  *rules,
                const KmGiving       *giving,
                KmGiven              *given,
                GError              **error)
{
  KmBooksAccount purse;
  Parts parts;

  *given = (KmGiven) { 0 };
  if (!check_giving (giving, error)
      || !read_kind (transaction, giving->gift, given, error))
    return FALSE;

  if (__builtin_mul_overflow (given->price, giving->count, &given->value))
    {
      g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_BAD_COUNT,
                   "%" G_GINT64_FORMAT " of a gift that costs %"
                   G_GINT64_FORMAT " are more than can be counted",
                   giving->count, given->price);
      return FALSE;
    }

  if (!read_purse (transaction, rules, giving, given->value, &purse, error)
      || !check_value (transaction, rules, giving, given->value, error))
    return FALSE;

  parts = divide (given->value, MIN (rules->share_permille, 1000));

  return pay (transaction, giving, &purse, &parts, given, error)
         && read_combo (transaction, giving, &purse, given, error)
         && write_gift (transaction, giving, given, error);
}
