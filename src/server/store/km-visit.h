#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmVisitMode:
 * @KM_VISIT_READ: sees the data as of one moment, and holds up nobody
 * @KM_VISIT_WRITE: writes; a server's changes wait until it has ended
 */
typedef enum
{
  KM_VISIT_READ,
  KM_VISIT_WRITE,
} KmVisitMode;

/**
 * KmVisitFunc:
 * @transaction: to prepare statements with
 * @data: what was given
 * @error: why not
 *
 * Returns: whether what it wrote is to be kept
 */
typedef gboolean (*KmVisitFunc) (KmTransaction  *transaction,
                                 gpointer        data,
                                 GError        **error);

gboolean km_store_visit (const char   *directory,
                         KmVisitMode   mode,
                         KmVisitFunc   func,
                         gpointer      data,
                         GError      **error);

G_END_DECLS
