#pragma once

#include <glib.h>

G_BEGIN_DECLS

char     *km_token_file_lookup   (const char  *path,
                                  const char  *server);
gboolean  km_token_file_store    (const char  *path,
                                  const char  *server,
                                  const char  *token,
                                  GError     **error);
gboolean  km_token_file_remove   (const char  *path,
                                  const char  *server,
                                  GError     **error);
gboolean  km_token_file_is_empty (const char  *path);

G_END_DECLS
