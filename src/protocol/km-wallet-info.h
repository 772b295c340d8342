#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmWalletBook:
 * @KM_WALLET_BOOK_WALLET: what somebody can give
 * @KM_WALLET_BOOK_INCOME: what gifts in their room brought them
 */
typedef enum
{
  KM_WALLET_BOOK_WALLET,
  KM_WALLET_BOOK_INCOME,
} KmWalletBook;

/**
 * KmWalletEntryKind:
 * @KM_WALLET_ENTRY_OTHER: something of a newer server
 *
 * Why coins came or went.
 */
typedef enum
{
  KM_WALLET_ENTRY_GIFT,
  KM_WALLET_ENTRY_GRANT,
  KM_WALLET_ENTRY_PRACTICE,
  KM_WALLET_ENTRY_REFUND,
  KM_WALLET_ENTRY_OTHER,
} KmWalletEntryKind;

/**
 * KmWalletEntry:
 * @of: in which book
 * @kind: why
 * @coins: how many came; below zero: went
 * @balance: what is in that book from then on
 *
 * Coins that came or went.
 */
typedef struct
{
  KmWalletBook of;
  KmWalletEntryKind kind;
  gint64 coins;
  gint64 balance;
} KmWalletEntry;

/**
 * KmWalletInfo:
 * @balance: coins that can be given
 * @income: coins that gifts in one's own room have brought
 * @daily_limit: what may be spent in a day; -1: as much as there is
 * @next_limit: what that will be; -1: as much as there is
 * @next_limit_at_ms: from when on; 0: it doesn't change
 *
 * What an account has. Plain data.
 */
typedef struct
{
  gint64 balance;
  gint64 income;
  gint64 daily_limit;
  gint64 next_limit;
  gint64 next_limit_at_ms;
} KmWalletInfo;

void     km_wallet_info_append_coins    (const KmWalletInfo   *self,
                                         GString              *out);
void     km_wallet_info_append_limit    (const KmWalletInfo   *self,
                                         GString              *out);

void     km_wallet_entry_append         (const KmWalletEntry  *self,
                                         GString              *out);
KmWalletEntryKind
         km_wallet_entry_kind_from_word (const char           *word);

G_END_DECLS
