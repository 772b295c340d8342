#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

GSettings *km_settings_new            (const char  *profile,
                                       GError     **error);
char      *km_settings_application_id (const char  *profile);
char      *km_settings_find_data      (const char  *installed,
                                       const char  *built);

G_END_DECLS
