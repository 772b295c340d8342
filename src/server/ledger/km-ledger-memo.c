/* km-ledger-memo.c: what the ledger remembers of its books
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who gives has given before, to a host who was given to before, something of
 * a catalogue that rarely changes. Read from the database, all that was more
 * than half of what a gift takes. Here is what was read or written last, until
 * it changes otherwise; where that is missed, the trigger that moves the
 * balances refuses the group, since an account isn't as the group says.
 *
 * Thread: store.
 */

#include "km-ledger-memo.h"

#include "km-memo.h"
#include "km-statement.h"

/* More than give in a while; then all is forgotten and read again. */
#define ACCOUNTS_MAX 16384

struct _KmLedgerMemo
{
  GHashTable *kinds; /* KnownKind by id; not one is freed before the memo */
  GHashTable *accounts; /* KnownAccount by id */
  gint64 next_group; /* 0: unknown */
};

typedef struct
{
  KmGiftTerms is;
  gboolean is_known;
} KnownKind;

typedef struct
{
  gint64 id;
  gboolean is_known;
  gboolean is_purse; /* with limit and combos */
  KmKnownAccount is;
} KnownAccount;

static void
free_kind (gpointer data)
{
  KnownKind *kind = data;

  g_free (kind->is.id);
  g_free (kind->is.name);
  g_free (kind->is.art);
  g_free (kind);
}

static gpointer
make (void)
{
  KmLedgerMemo *self = g_new0 (KmLedgerMemo, 1);

  self->kinds = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                       free_kind);
  self->accounts = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL,
                                          g_free);

  return self;
}

static void
free_memo (gpointer data)
{
  KmLedgerMemo *self = data;

  g_hash_table_unref (self->kinds);
  g_hash_table_unref (self->accounts);
  g_free (self);
}

static void
forget_account (KmLedgerMemo *self,
                gint64        id)
{
  KnownAccount *known = g_hash_table_lookup (self->accounts, &id);

  if (known != NULL)
    known->is_known = FALSE;
}

static void
forget_kinds (KmLedgerMemo *self)
{
  GHashTableIter iter;
  gpointer kind;

  g_hash_table_iter_init (&iter, self->kinds);
  while (g_hash_table_iter_next (&iter, NULL, &kind))
    ((KnownKind *) kind)->is_known = FALSE;
}

static void
changed (gpointer    memo,
         const char *table,
         gint64      row)
{
  KmLedgerMemo *self = memo;

  if (g_str_equal (table, "ledger_account"))
    forget_account (self, row);
  else if (g_str_equal (table, "transfer_group"))
    self->next_group = 0;
  else if (g_str_equal (table, "daily_limit"))
    forget_account (self, km_books_get_id (KM_BOOKS_USER, row));
  else if (g_str_equal (table, "gift_kind"))
    forget_kinds (self);
}

/**
 * km_ledger_memo_get:
 * @transaction: a transaction
 *
 * Returns: (transfer none): what is remembered, for the rest of its job
 */
KmLedgerMemo *
km_ledger_memo_get (KmTransaction *transaction)
{
  static const KmMemoClass memo_class = {
    .make = make,
    .changed = changed,
    .free = free_memo,
  };

  return km_transaction_get_memo (transaction, &memo_class);
}

static KnownKind *
ensure_kind (KmLedgerMemo *self,
             const char   *id)
{
  KnownKind *kind = g_hash_table_lookup (self->kinds, id);

  if (kind == NULL)
    {
      kind = g_new0 (KnownKind, 1);
      kind->is.id = g_strdup (id);
      g_hash_table_insert (self->kinds, kind->is.id, kind);
    }

  return kind;
}

/* An id that isn't in the catalogue isn't remembered: there is no end to
 * those. */
static const KmGiftTerms *
read_kind (KmLedgerMemo   *self,
           KmTransaction  *transaction,
           const char     *id,
           GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT name, art, tier, price FROM gift_kind"
                            " WHERE id = ? AND retired_at IS NULL",
                            error);
  KnownKind *kind;
  KmStep step;

  km_statement_bind (statement, "t", id);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT,
                 "there is no gift called “%s”", id);
  if (step != KM_STEP_ROW)
    return NULL;

  kind = ensure_kind (self, id);
  g_free (kind->is.name);
  kind->is.name = km_statement_dup_text (statement, 0);
  g_free (kind->is.art);
  kind->is.art = km_statement_dup_text (statement, 1);
  kind->is.tier = (guint) sqlite3_column_int (statement, 2);
  kind->is.price = sqlite3_column_int64 (statement, 3);
  kind->is_known = TRUE;
  sqlite3_reset (statement);

  return &kind->is;
}

/**
 * km_ledger_memo_find_kind:
 * @self: what is remembered
 * @transaction: the transaction
 * @id: a kind of gift
 * @error: %KM_LEDGER_ERROR_NO_SUCH_GIFT, or why it couldn't be read
 *
 * Returns: (transfer none) (nullable): what can be given by that name now
 */
const KmGiftTerms *
km_ledger_memo_find_kind (KmLedgerMemo   *self,
                          KmTransaction  *transaction,
                          const char     *id,
                          GError        **error)
{
  KnownKind *kind = g_hash_table_lookup (self->kinds, id);

  if (kind != NULL && kind->is_known)
    return &kind->is;

  return read_kind (self, transaction, id, error);
}

static KnownAccount *
ensure_account (KmLedgerMemo *self,
                gint64        id)
{
  KnownAccount *known = g_hash_table_lookup (self->accounts, &id);

  if (known != NULL)
    return known;

  if (g_hash_table_size (self->accounts) >= ACCOUNTS_MAX)
    g_hash_table_remove_all (self->accounts);
  known = g_new0 (KnownAccount, 1);
  known->id = id;
  g_hash_table_insert (self->accounts, &known->id, known);

  return known;
}

static void
remember (KmLedgerMemo         *self,
          const KmKnownAccount *is,
          gboolean              is_purse)
{
  KnownAccount *known = ensure_account (self, is->account.id);

  known->is = *is;
  known->is_purse = is_purse;
  known->is_known = TRUE;
}

static const KmKnownAccount *
recall (KmLedgerMemo *self,
        gint64        id,
        gboolean      is_purse)
{
  const KnownAccount *known = g_hash_table_lookup (self->accounts, &id);

  return known != NULL && known->is_known && (known->is_purse || !is_purse)
           ? &known->is
           : NULL;
}

/* All that is asked of a giver at once: each statement has a price of its
 * own. */
static gboolean
read_purse (KmLedgerMemo    *self,
            KmTransaction   *transaction,
            gint64           owner,
            KmKnownAccount  *purse,
            GError         **error)
{
  gint64 id = km_books_get_id (KM_BOOKS_USER, owner);
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT day.coins, next_coins, next_at, purse.id, balance, newest"
    " FROM (SELECT ?1 AS id) AS asked"
    " LEFT JOIN ledger_account AS purse ON purse.id = asked.id"
    " LEFT JOIN daily_limit AS day ON day.account = ?2", error);

  *purse = (KmKnownAccount) { 0 };
  km_statement_bind (statement, "ii", id, owner);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  km_daily_limit_load (statement, &purse->limit);
  purse->account.id = sqlite3_column_int64 (statement, 3);
  purse->account.balance = sqlite3_column_int64 (statement, 4);
  purse->account.newest = sqlite3_column_int64 (statement, 5);
  purse->combos.rest = purse->account.newest;
  sqlite3_reset (statement);

  return TRUE;
}

/**
 * km_ledger_memo_find_purse:
 * @self: what is remembered
 * @transaction: the transaction
 * @owner: somebody who gives
 * @purse: (out caller-allocates): the account they give from
 * @error: why it couldn't be read
 *
 * Returns: whether it could be looked for
 */
gboolean
km_ledger_memo_find_purse (KmLedgerMemo    *self,
                           KmTransaction   *transaction,
                           gint64           owner,
                           KmKnownAccount  *purse,
                           GError         **error)
{
  const KmKnownAccount *known =
    recall (self, km_books_get_id (KM_BOOKS_USER, owner), TRUE);

  if (known != NULL)
    {
      *purse = *known;
      return TRUE;
    }

  if (!read_purse (self, transaction, owner, purse, error))
    return FALSE;
  if (purse->account.id != 0)
    remember (self, purse, TRUE);

  return TRUE;
}

/**
 * km_ledger_memo_find_host:
 * @self: what is remembered
 * @transaction: the transaction
 * @owner: somebody who is given to
 * @host: (out caller-allocates): the account that what they are given goes to
 * @error: why it couldn't be read
 *
 * Returns: whether it could be looked for
 */
gboolean
km_ledger_memo_find_host (KmLedgerMemo    *self,
                          KmTransaction   *transaction,
                          gint64           owner,
                          KmBooksAccount  *host,
                          GError         **error)
{
  gint64 id = km_books_get_id (KM_BOOKS_HOST, owner);
  const KmKnownAccount *known = recall (self, id, FALSE);
  KmKnownAccount is = { 0 };

  if (known != NULL)
    {
      *host = known->account;
      return TRUE;
    }

  if (!km_books_find (transaction, id, host, error))
    return FALSE;
  is.account = *host;
  if (host->id != 0)
    remember (self, &is, FALSE);

  return TRUE;
}

/**
 * km_ledger_memo_next_group:
 * @self: what is remembered
 * @transaction: the transaction
 * @error: why it couldn't be read
 *
 * Returns: the number of the group that is written next; 0: an error
 */
gint64
km_ledger_memo_next_group (KmLedgerMemo   *self,
                           KmTransaction  *transaction,
                           GError        **error)
{
  sqlite3_stmt *statement;

  if (self->next_group != 0)
    return self->next_group;

  statement = km_transaction_prepare (transaction,
                                      "SELECT max (id) FROM transfer_group",
                                      error);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return 0;

  self->next_group = sqlite3_column_int64 (statement, 0) + 1;
  sqlite3_reset (statement);

  return self->next_group;
}

/* Reads one group of the giver's book; gives back the one before it. */
static gboolean
read_group (KmLedgerMemo    *self,
            KmTransaction   *transaction,
            gint64           purse,
            gint64           group,
            KmComboGift     *gift,
            gint64          *before,
            GError         **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT at, room, gift, combo, combo_count, combo_value,"
    " CASE source WHEN ?2 THEN source_before ELSE target_before END"
    " FROM transfer_group WHERE id = ?1", error);
  const char *kind;
  KmStep step;

  *gift = (KmComboGift) { 0 };
  km_statement_bind (statement, "ii", group, purse);
  step = km_statement_step (statement, error);
  if (step != KM_STEP_ROW)
    return step == KM_STEP_DONE;

  kind = (const char *) sqlite3_column_text (statement, 2);
  gift->group = group;
  gift->at_ms = sqlite3_column_int64 (statement, 0);
  gift->room = sqlite3_column_int64 (statement, 1);
  gift->kind = kind != NULL ? &ensure_kind (self, kind)->is : NULL;
  gift->combo.id = sqlite3_column_int64 (statement, 3);
  gift->combo.count = sqlite3_column_int64 (statement, 4);
  gift->combo.value = sqlite3_column_int64 (statement, 5);
  *before = sqlite3_column_int64 (statement, 6);
  sqlite3_reset (statement);

  return TRUE;
}

static void
forget_rest (KmLedgerMemo   *self,
             KmKnownAccount *purse)
{
  KnownAccount *known =
    g_hash_table_lookup (self->accounts, &purse->account.id);

  purse->combos.rest = 0;
  if (known != NULL && known->is_known && known->is_purse)
    known->is.combos.rest = 0;
}

/* Reads the giver's book backwards: a few groups in five seconds. Where even
 * the first of them is too old, so are all, for ever. */
static gboolean
look_further (KmLedgerMemo       *self,
              KmTransaction      *transaction,
              KmKnownAccount     *purse,
              const KmComboGift  *next,
              KmComboGift        *last,
              GError            **error)
{
  gint64 rest = purse->combos.rest;
  gint64 group = rest;

  while (group != 0)
    {
      if (!read_group (self, transaction, purse->account.id, group, last,
                       &group, error))
        return FALSE;
      if (last->at_ms < next->at_ms - KM_GIFT_COMBO_MS)
        {
          if (last->group == rest)
            forget_rest (self, purse);
          break;
        }
      if (last->room == next->room && last->kind == next->kind)
        return TRUE;
    }
  *last = (KmComboGift) { 0 };

  return TRUE;
}

/**
 * km_ledger_memo_find_combo:
 * @self: what is remembered
 * @transaction: the transaction
 * @purse: a giver's account, as it was just found
 * @next: a gift that is about to be given
 * @combo: (out caller-allocates): the combo that it goes on with, so far; all
 *   zero: a new one begins with it
 * @error: why the giver's book couldn't be read
 *
 * The same gift by the same giver in the same room goes on with their last
 * one, if that wasn't long ago.
 *
 * Returns: whether it could
 */
gboolean
km_ledger_memo_find_combo (KmLedgerMemo       *self,
                           KmTransaction      *transaction,
                           KmKnownAccount     *purse,
                           const KmComboGift  *next,
                           KmCombo            *combo,
                           GError            **error)
{
  const KmComboGift *last =
    km_combos_find (&purse->combos, next->room, next->kind);
  KmComboGift read;

  if (last == NULL)
    {
      if (!look_further (self, transaction, purse, next, &read, error))
        return FALSE;
      last = &read;
    }

  *combo = last->at_ms != 0 && last->at_ms >= next->at_ms - KM_GIFT_COMBO_MS
             ? last->combo
             : (KmCombo) { 0 };

  return TRUE;
}

/**
 * km_ledger_memo_gave:
 * @self: what is remembered
 * @purse: the giver's account, behind a gift that was just written
 * @host: the host's account, behind it
 * @gift: the gift
 *
 * The giver's limit stays what it was when their account was found.
 */
void
km_ledger_memo_gave (KmLedgerMemo         *self,
                     const KmBooksAccount *purse,
                     const KmBooksAccount *host,
                     const KmComboGift    *gift)
{
  KnownAccount *giver = g_hash_table_lookup (self->accounts, &purse->id);
  const KmKnownAccount given = { .account = *host };

  if (giver != NULL && giver->is_purse)
    {
      giver->is.account = *purse;
      km_combos_add (&giver->is.combos, gift);
      giver->is_known = TRUE;
    }
  remember (self, &given, FALSE);
  self->next_group = gift->group + 1;
}
