#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean km_common_passwords_contain (const char *folded);

G_END_DECLS
