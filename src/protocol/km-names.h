#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_NAMES_MAX 32
#define KM_NAME_TEXT_BYTES_MAX 200

char *km_names_pick (const char        *names,
                     const char *const *languages);

G_END_DECLS
