#pragma once

#include <glib.h>

G_BEGIN_DECLS

void km_csv_append (GString    *csv,
                    const char *text);

G_END_DECLS
