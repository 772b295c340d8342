#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean km_host_is_here (const char *host);

G_END_DECLS
