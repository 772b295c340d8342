#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is said to a page that may not. */
#define KM_GUARD_MESSAGE \
  "Web pages of other sites may not use this server. Its owner can allow " \
  "them in its configuration, under [browser]."

gboolean km_guard_names  (const char *const *words,
                          const char        *word);
gboolean km_guard_host   (const char        *host,
                          gboolean           loopback,
                          const char *const *hosts);
gboolean km_guard_origin (const char        *origin,
                          const char        *host,
                          const char *const *origins);

G_END_DECLS
