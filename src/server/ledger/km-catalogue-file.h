#pragma once

#include "km-gift-kind.h"

G_BEGIN_DECLS

#define KM_CATALOGUE_FILE "catalogue.ini"
#define KM_CATALOGUE_KINDS_MAX 200

GPtrArray *km_catalogue_file_read (const char  *directory,
                                   GError     **error);

G_END_DECLS
