#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_PASSWORD_MIN_CHARACTERS 8
#define KM_PASSWORD_MAX_CHARACTERS 128
#define KM_PASSWORD_MEMORY_BYTES (19 * 1024 * 1024)
#define KM_PASSWORD_PASSES 2

gboolean  km_password_is_acceptable (const char  *password,
                                     const char  *name);
char     *km_password_hash          (const char  *password);
gboolean  km_password_verify        (const char  *password,
                                     const char  *hash);

G_END_DECLS
