#pragma once

#include "km-ledger.h"

G_BEGIN_DECLS

gboolean km_practice_begin (KmTransaction        *transaction,
                            const KmLedgerRules  *rules,
                            gint64                account,
                            gint64                at_ms,
                            GError              **error);
gboolean km_practice_again (KmTransaction        *transaction,
                            const KmLedgerRules  *rules,
                            gint64                account,
                            gint64                at_ms,
                            GError              **error);

G_END_DECLS
