#pragma once

#include "km-books.h"
#include "km-combos.h"
#include "km-daily-limit.h"

G_BEGIN_DECLS

/**
 * KmKnownAccount:
 * @account: as it is; its id is 0 when there is none yet
 * @limit: of a giver's: what they allow themselves, as it was set
 * @combos: of a giver's: what they have given lately
 *
 * An account of the ledger.
 */
typedef struct
{
  KmBooksAccount account;
  KmDailyLimit limit;
  KmCombos combos;
} KmKnownAccount;

typedef struct _KmLedgerMemo KmLedgerMemo;

KmLedgerMemo      *km_ledger_memo_get        (KmTransaction         *transaction);
const KmGiftTerms *km_ledger_memo_find_kind  (KmLedgerMemo          *self,
                                              KmTransaction         *transaction,
                                              const char            *id,
                                              GError               **error);
gboolean           km_ledger_memo_find_purse (KmLedgerMemo          *self,
                                              KmTransaction         *transaction,
                                              gint64                 owner,
                                              KmKnownAccount        *purse,
                                              GError               **error);
gboolean           km_ledger_memo_find_host  (KmLedgerMemo          *self,
                                              KmTransaction         *transaction,
                                              gint64                 owner,
                                              KmBooksAccount        *host,
                                              GError               **error);
gint64             km_ledger_memo_next_group (KmLedgerMemo          *self,
                                              KmTransaction         *transaction,
                                              GError               **error);
gboolean           km_ledger_memo_find_combo (KmLedgerMemo          *self,
                                              KmTransaction         *transaction,
                                              KmKnownAccount        *purse,
                                              const KmComboGift     *next,
                                              KmCombo               *combo,
                                              GError               **error);
void               km_ledger_memo_gave       (KmLedgerMemo          *self,
                                              const KmBooksAccount  *purse,
                                              const KmBooksAccount  *host,
                                              const KmComboGift     *gift);

G_END_DECLS
