#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define KM_NAME_MIN_CHARACTERS 3
#define KM_NAME_MAX_CHARACTERS 20
#define KM_SHOWN_NAME_MAX_BYTES 200

char *km_name_fold    (const char  *name,
                       GError     **error);
char *km_name_suggest (const char  *shown_name,
                       guint        number);

G_END_DECLS
