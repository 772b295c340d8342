#pragma once

#include <glib.h>

G_BEGIN_DECLS

extern const char *const km_common_passwords[];
extern const gsize km_n_common_passwords;

G_END_DECLS
