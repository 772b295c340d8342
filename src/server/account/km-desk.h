#pragma once

#include <gio/gio.h>

#include "km-store.h"

G_BEGIN_DECLS

typedef struct _KmDesk KmDesk;

/**
 * KmDeskFunc:
 * @data: what was given to km_desk_run_async()
 * @transaction: to prepare statements with
 * @error: why not
 *
 * Runs on the store thread; when it fails, what it wrote is undone.
 *
 * Returns: whether what it wrote is to be kept
 */
typedef gboolean (*KmDeskFunc) (gpointer        data,
                                KmTransaction  *transaction,
                                GError        **error);

KmDesk   *km_desk_new        (KmStore              *store);
void      km_desk_free       (KmDesk               *self);

void      km_desk_run_async  (KmDesk               *self,
                              KmDeskFunc            apply,
                              gpointer              data,
                              GDestroyNotify        destroy,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);
gpointer  km_desk_run_finish (GAsyncResult         *result,
                              GError              **error);
gboolean  km_desk_run        (KmDesk               *self,
                              KmDeskFunc            apply,
                              gpointer              data,
                              GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmDesk, km_desk_free)

G_END_DECLS
