#pragma once

#include "km-config.h"

G_BEGIN_DECLS

KmConfig *km_options_parse (int      *argc,
                            char   ***argv,
                            GError  **error);

G_END_DECLS
