#pragma once

#include "km-visit.h"

G_BEGIN_DECLS

gboolean km_backup_write   (const char   *directory,
                            const char   *path,
                            gboolean      replace,
                            KmVisitFunc   check,
                            gpointer      data,
                            GError      **error);
gboolean km_backup_restore (const char   *directory,
                            const char   *path,
                            gboolean      replace,
                            KmVisitFunc   check,
                            gpointer      data,
                            char        **kept,
                            GError      **error);

G_END_DECLS
