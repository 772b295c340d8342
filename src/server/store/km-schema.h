#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

const char *const *km_schema_migrations (void);
gboolean           km_schema_migrate    (sqlite3           *database,
                                         const char *const *migrations,
                                         GError           **error);

G_END_DECLS
