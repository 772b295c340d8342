#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KM_ID_LENGTH:
 *
 * Characters of an id, without the terminating zero.
 */
#define KM_ID_LENGTH 26

char     *km_id_new       (void);
char     *km_id_new_timed (gint64      at_ms);
gboolean  km_id_is_valid  (const char *text);

G_END_DECLS
