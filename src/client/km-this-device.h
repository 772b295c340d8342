#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *km_this_device_dup_name  (void);
char *km_this_device_make_name (const char *host,
                           const char *system);

G_END_DECLS
