#pragma once

#include "km-grant.h"
#include "km-ledger.h"

G_BEGIN_DECLS

/**
 * KmTestLedger:
 * @directory: where the data is
 * @store: the store
 * @answers: where jobs come back to
 * @rules: what the next gift goes by
 * @now_ms: what time the next thing happens at
 *
 * Books of a test's own: account 1 to 4 with a room each, a stream `s1` …
 * `s4` in each room, gifts `rose` for 1 coin, `boat` for 66, `castle` for
 * 1,000,000 and `lantern`, retired.
 */
typedef struct
{
  char *directory;
  KmStore *store;
  KmQueue *answers;
  KmLedgerRules rules;
  gint64 now_ms;
} KmTestLedger;

/**
 * KmTestEdit:
 * @ledger: the books
 * @transaction: a transaction
 * @data: what was given
 * @error: why not
 *
 * Something done to the books, on the store thread.
 */
typedef gboolean (*KmTestEdit) (KmTestLedger   *ledger,
                                KmTransaction  *transaction,
                                gpointer        data,
                                GError        **error);

void     km_test_ledger_open    (KmTestLedger  *self);
void     km_test_ledger_close   (KmTestLedger  *self);
gboolean km_test_ledger_edit    (KmTestLedger  *self,
                                 KmTestEdit     edit,
                                 gpointer       data,
                                 GError       **error);
gboolean km_test_ledger_give    (KmTestLedger  *self,
                                 gint64         account,
                                 gint64         host,
                                 const char    *gift,
                                 gint64         count,
                                 KmGiven       *given,
                                 GError       **error);
gboolean km_test_ledger_post    (KmTestLedger  *self,
                                 KmTransaction *transaction,
                                 KmGiving      *giving,
                                 KmGiven       *given,
                                 GError       **error);
void     km_test_ledger_grant   (KmTestLedger  *self,
                                 gint64         account,
                                 gint64         coins);
gint64   km_test_ledger_ask     (KmTestLedger  *self,
                                 const char    *sql);
gint64   km_test_ledger_balance (KmTestLedger  *self,
                                 const char    *kind,
                                 gint64         owner);

G_END_DECLS
