#pragma once

#include "km-unsent.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_OUTBOX (km_outbox_get_type ())
G_DECLARE_FINAL_TYPE (KmOutbox, km_outbox, KM, OUTBOX, GObject)

KmOutbox  *km_outbox_new        (const char           *path);
GPtrArray *km_outbox_list       (KmOutbox             *self,
                                 const char           *room,
                                 const char           *account);
gboolean   km_outbox_add        (KmOutbox             *self,
                                 const KmUnsent       *unsent,
                                 GError              **error);
void       km_outbox_sync_async (KmOutbox             *self,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean   km_outbox_sync_finish
                                (KmOutbox             *self,
                                 GAsyncResult         *result,
                                 GError              **error);
void       km_outbox_remove     (KmOutbox             *self,
                                 const char           *id);

G_END_DECLS
