#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean km_notify_send (const char  *address,
                         const char  *state,
                         GError     **error);

G_END_DECLS
