#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_ID_LENGTH:
 *
 * Characters of an id made by km_id_new(), without the terminating zero.
 */
#define KM_ID_LENGTH 26

char     *km_id_new      (void);
gboolean  km_id_is_valid (const char *text);

G_END_DECLS
