#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmMemoClass:
 * @make: makes one that knows nothing
 * @changed: the connection of the store has written or removed @row, a row id
 *   of @table; tables without row ids aren't told of. Must not use the
 *   database
 * @free: frees one
 *
 * What a folder remembers of the data, so that it needn't be read each time.
 * One of a class is kept, in the store's memory, for as long as nothing but
 * the store's own connection changes the data. It is forgotten as a whole when
 * a job or a group is undone, and when another process has written.
 *
 * Thread: store.
 */
typedef struct
{
  gpointer (*make) (void);
  void (*changed) (gpointer    memo,
                   const char *table,
                   gint64      row);
  void (*free) (gpointer memo);
} KmMemoClass;

gpointer km_transaction_get_memo (KmTransaction     *self,
                                  const KmMemoClass *memo_class);

G_END_DECLS
