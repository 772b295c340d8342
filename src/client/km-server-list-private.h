#pragma once

#include "km-server-list.h"
#include "km-server-private.h"

G_BEGIN_DECLS

gboolean km_server_list_save (KmServerList  *self,
                              GError       **error);

G_END_DECLS
