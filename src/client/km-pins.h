#pragma once

#include "km-profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

char     *km_pins_lookup (const KmProfile  *profile,
                          const char       *address);
gboolean  km_pins_set    (const KmProfile  *profile,
                          const char       *address,
                          const char       *fingerprint,
                          GError          **error);

G_END_DECLS
