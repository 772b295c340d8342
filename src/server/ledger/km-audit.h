#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmAuditFunc:
 * @rule: what must hold of the books
 * @difference: (nullable): where it doesn't, in words; %NULL: it holds
 *   everywhere
 * @data: what was given
 */
typedef void (*KmAuditFunc) (const char *rule,
                             const char *difference,
                             gpointer    data);

/**
 * KmAuditSize:
 * @accounts: how many accounts of the ledger were looked at
 * @transfers: how many transfers
 * @groups: how many groups of them
 * @gifts: how many gifts
 *
 * How much was proved. Plain data.
 */
typedef struct
{
  gint64 accounts;
  gint64 transfers;
  gint64 groups;
  gint64 gifts;
} KmAuditSize;

gboolean km_audit_run (KmTransaction  *transaction,
                       KmAuditFunc     func,
                       gpointer        data,
                       gboolean       *clean,
                       KmAuditSize    *size,
                       GError        **error);

G_END_DECLS
