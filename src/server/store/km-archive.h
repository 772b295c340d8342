#pragma once

#include "km-store.h"

G_BEGIN_DECLS

/**
 * KM_ARCHIVE_MAX_WAITING:
 *
 * Questions that may wait; more are refused as busy.
 */
#define KM_ARCHIVE_MAX_WAITING 64

/**
 * KM_ARCHIVE_MAX_OF_ACCOUNT:
 *
 * Questions of one account that may wait or be under way.
 */
#define KM_ARCHIVE_MAX_OF_ACCOUNT 4

typedef struct _KmArchive KmArchive;

/**
 * KmArchiveFunc:
 * @reader: to read with
 * @data: what was given to km_archive_read_async()
 * @error: why not
 *
 * Runs on the archive's thread.
 *
 * Returns: (nullable): what was read; %NULL with an error
 */
typedef gpointer (*KmArchiveFunc) (KmReader  *reader,
                                   gpointer   data,
                                   GError   **error);

KmArchive *km_archive_new         (KmStore             *store,
                                   GError             **error);
void       km_archive_free        (KmArchive           *self);
void       km_archive_read_async  (KmArchive           *self,
                                   gint64               account,
                                   KmArchiveFunc        func,
                                   gpointer             data,
                                   GDestroyNotify       free_data,
                                   GDestroyNotify       free_result,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);
gpointer   km_archive_read_finish (GAsyncResult        *result,
                                   GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmArchive, km_archive_free)

G_END_DECLS
