#pragma once

#include "km-profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define KM_TYPE_SECRETS (km_secrets_get_type ())
G_DECLARE_FINAL_TYPE (KmSecrets, km_secrets, KM, SECRETS, GObject)

KmSecrets *km_secrets_new           (KmProfile           *profile);

gboolean   km_secrets_get_in_file   (KmSecrets           *self);

void       km_secrets_store_async   (KmSecrets           *self,
                                     const char          *server,
                                     const char          *token,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
gboolean   km_secrets_store_finish  (KmSecrets           *self,
                                     GAsyncResult        *result,
                                     GError             **error);

void       km_secrets_lookup_async  (KmSecrets           *self,
                                     const char          *server,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
char      *km_secrets_lookup_finish (KmSecrets           *self,
                                     GAsyncResult        *result,
                                     GError             **error);

void       km_secrets_clear_async   (KmSecrets           *self,
                                     const char          *server,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data);
gboolean   km_secrets_clear_finish  (KmSecrets           *self,
                                     GAsyncResult        *result,
                                     GError             **error);

G_END_DECLS
