#pragma once

#include "km-link.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_SERVER_LIST (km_server_list_get_type ())
G_DECLARE_FINAL_TYPE (KmServerList, km_server_list, KM, SERVER_LIST, GObject)

KmServerList *km_server_list_new        (KmProfile            *profile,
                                         KmLocalServer        *local);
KmServer     *km_server_list_get_local  (KmServerList         *self);
KmSecrets    *km_server_list_get_secrets (KmServerList        *self);
KmServer     *km_server_list_find       (KmServerList         *self,
                                         const char           *address);
KmServer     *km_server_list_dup        (KmServerList         *self,
                                         const KmLink         *link);

void          km_server_list_add_async  (KmServerList         *self,
                                         KmServer             *server,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
KmServer     *km_server_list_add_finish (KmServerList         *self,
                                         GAsyncResult         *result,
                                         GError              **error);
gboolean      km_server_list_remove     (KmServerList         *self,
                                         KmServer             *server,
                                         GError              **error);

G_END_DECLS
