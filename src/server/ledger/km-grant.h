#pragma once

#include "km-ledger.h"

G_BEGIN_DECLS

/**
 * KM_GRANT_COINS_MAX:
 *
 * The most that can be granted at once.
 */
#define KM_GRANT_COINS_MAX G_GINT64_CONSTANT (1000000000000)

gboolean km_ledger_grant  (KmTransaction  *transaction,
                           gint64          account,
                           gint64          coins,
                           const char     *note,
                           gint64          at_ms,
                           gint64         *balance,
                           GError        **error);
gboolean km_ledger_refund (KmTransaction  *transaction,
                           gint64          gift_row,
                           gint64          at_ms,
                           gint64         *coins,
                           GError        **error);

G_END_DECLS
