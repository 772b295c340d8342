#pragma once

#include "km-store.h"

G_BEGIN_DECLS

char     *km_test_store_directory_new    (void);
void      km_test_store_directory_remove (char        *directory);

gboolean  km_test_store_run              (KmStore     *store,
                                          const char  *sql,
                                          GError     **error);
void      km_test_store_add_room         (KmStore     *store,
                                          gint64       id,
                                          const char  *name);
void      km_test_store_add_users        (KmStore     *store,
                                          guint        n);
gint64    km_test_store_ask              (KmStore     *store,
                                          const char  *sql);

G_END_DECLS
