#pragma once

#include "km-store.h"

G_BEGIN_DECLS

char     **km_look_list    (const char     *text);
gboolean   km_look_check   (KmTransaction  *transaction,
                            gint64          account,
                            const char     *name,
                            GError        **error);
gboolean   km_look_keep    (KmTransaction  *transaction,
                            gint64          account,
                            GError        **error);
gboolean   km_look_refresh (gpointer        data,
                            KmTransaction  *transaction,
                            GError        **error);

G_END_DECLS
