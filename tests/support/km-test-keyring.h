#pragma once

#include "km-test-process.h"

G_BEGIN_DECLS

KmTestProcess *km_test_keyring_start (const char         *file,
                                      const char         *mode,
                                      const char         *die_at,
                                      const char * const *environment);
char          *km_test_keyring_list  (const char         *file);

G_END_DECLS
