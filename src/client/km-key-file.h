#pragma once

#include <glib.h>

G_BEGIN_DECLS

GKeyFile *km_key_file_load (const char  *path);
gboolean  km_key_file_save (GKeyFile    *file,
                            const char  *path,
                            GError     **error);

G_END_DECLS
