#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KM_ACTS_KNOWN:
 *
 * How many acts are remembered at most.
 */
#define KM_ACTS_KNOWN 16384

gboolean km_act_memo_is_new (KmTransaction  *transaction,
                             gint64          account,
                             const char     *id);
void     km_act_memo_add    (KmTransaction  *transaction,
                             gint64          account,
                             const char     *id);

G_END_DECLS
