#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _KmPasswordPool KmPasswordPool;

KmPasswordPool *km_password_pool_new           (void);
void            km_password_pool_free          (KmPasswordPool       *self);

void            km_password_pool_hash_async    (KmPasswordPool       *self,
                                                const char           *password,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
char           *km_password_pool_hash_finish   (GAsyncResult         *result,
                                                GError              **error);
void            km_password_pool_verify_async  (KmPasswordPool       *self,
                                                const char           *password,
                                                const char           *hash,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean        km_password_pool_verify_finish (GAsyncResult         *result,
                                                GError              **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmPasswordPool, km_password_pool_free)

G_END_DECLS
