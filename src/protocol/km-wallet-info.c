/* km-wallet-info.c: what somebody has, and how it came
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-wallet-info.h"

#include "km-json.h"

#define WORD_BYTES_MAX 64

static const char *const book_words[] = {
  [KM_WALLET_BOOK_WALLET] = "wallet",
  [KM_WALLET_BOOK_INCOME] = "income",
};

static const char *const kind_words[] = {
  [KM_WALLET_ENTRY_GIFT] = "gift",
  [KM_WALLET_ENTRY_GRANT] = "grant",
  [KM_WALLET_ENTRY_PRACTICE] = "practice",
  [KM_WALLET_ENTRY_REFUND] = "refund",
  [KM_WALLET_ENTRY_OTHER] = "other",
};

/**
 * km_wallet_info_append_coins:
 * @self: a wallet
 * @out: an object that is written: gets `balance` and `income`
 */
void
km_wallet_info_append_coins (const KmWalletInfo *self,
                             GString            *out)
{
  km_json_append_integer (out, "balance", self->balance);
  km_json_append_integer (out, "income", self->income);
}

static void
append_limit (GString    *out,
              const char *member,
              gint64      coins)
{
  if (coins < 0)
    km_json_append_raw (out, member, "null", -1);
  else
    km_json_append_integer (out, member, coins);
}

/**
 * km_wallet_info_append_limit:
 * @self: a wallet
 * @out: an object that is written: gets `daily_limit` and `daily_limit_next`
 */
void
km_wallet_info_append_limit (const KmWalletInfo *self,
                             GString            *out)
{
  append_limit (out, "daily_limit", self->daily_limit);
  if (self->next_limit_at_ms <= 0)
    {
      km_json_append_raw (out, "daily_limit_next", "null", -1);
      return;
    }

  km_json_append_raw (out, "daily_limit_next", "{", 1);
  append_limit (out, "coins", self->next_limit);
  km_json_append_integer (out, "at", self->next_limit_at_ms);
  g_string_append_c (out, '}');
}

/**
 * km_wallet_info_read_coins:
 * @self: a wallet
 * @object: what should have `balance` and `income`
 *
 * Returns: whether it has
 */
gboolean
km_wallet_info_read_coins (KmWalletInfo *self,
                           JsonObject   *object)
{
  return km_json_get_integer (object, "balance", 0, G_MAXINT64,
                              &self->balance)
         && km_json_get_integer (object, "income", 0, G_MAXINT64,
                                 &self->income);
}

/**
 * km_wallet_info_read_limit:
 * @self: a wallet
 * @object: what may have `daily_limit` and `daily_limit_next`
 */
void
km_wallet_info_read_limit (KmWalletInfo *self,
                           JsonObject   *object)
{
  JsonObject *next = km_json_get_object (object, "daily_limit_next");

  self->daily_limit = -1;
  self->next_limit = -1;
  self->next_limit_at_ms = 0;
  km_json_get_integer (object, "daily_limit", 0, G_MAXINT64,
                       &self->daily_limit);
  if (next == NULL)
    return;

  km_json_get_integer (next, "coins", 0, G_MAXINT64, &self->next_limit);
  km_json_get_integer (next, "at", 0, G_MAXINT64, &self->next_limit_at_ms);
}

/**
 * km_wallet_entry_append:
 * @self: an entry
 * @out: an object that is written: gets its members
 */
void
km_wallet_entry_append (const KmWalletEntry *self,
                        GString             *out)
{
  km_json_append_member (out, "of", book_words[self->of]);
  km_json_append_member (out, "kind", kind_words[self->kind]);
  km_json_append_integer (out, "coins", self->coins);
  km_json_append_integer (out, "balance", self->balance);
}

/**
 * km_wallet_entry_kind_from_word:
 * @word: (nullable): a kind as it is written
 *
 * Returns: the kind; %KM_WALLET_ENTRY_OTHER for one of a newer version
 */
KmWalletEntryKind
km_wallet_entry_kind_from_word (const char *word)
{
  for (guint i = 0; i < KM_WALLET_ENTRY_OTHER; i++)
    {
      if (g_strcmp0 (word, kind_words[i]) == 0)
        return (KmWalletEntryKind) i;
    }

  return KM_WALLET_ENTRY_OTHER;
}

/**
 * km_wallet_entry_read:
 * @self: an entry
 * @object: what should be one
 *
 * Returns: whether it is
 */
gboolean
km_wallet_entry_read (KmWalletEntry *self,
                      JsonObject    *object)
{
  const char *of = km_json_get_string (object, "of", WORD_BYTES_MAX);

  if (g_strcmp0 (of, book_words[KM_WALLET_BOOK_WALLET]) == 0)
    self->of = KM_WALLET_BOOK_WALLET;
  else if (g_strcmp0 (of, book_words[KM_WALLET_BOOK_INCOME]) == 0)
    self->of = KM_WALLET_BOOK_INCOME;
  else
    return FALSE;

  self->kind = km_wallet_entry_kind_from_word (
    km_json_get_string (object, "kind", WORD_BYTES_MAX));

  return km_json_get_integer (object, "coins", G_MININT64, G_MAXINT64,
                              &self->coins)
         && km_json_get_integer (object, "balance", 0, G_MAXINT64,
                                 &self->balance);
}
