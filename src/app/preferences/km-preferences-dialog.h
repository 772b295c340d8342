#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define KM_TYPE_PREFERENCES_DIALOG (km_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmPreferencesDialog, km_preferences_dialog, KM,
                      PREFERENCES_DIALOG, AdwPreferencesDialog)

AdwDialog *km_preferences_dialog_new (GSettings *settings);

G_END_DECLS
