#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define KM_TYPE_SHORTCUTS_DIALOG (km_shortcuts_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmShortcutsDialog, km_shortcuts_dialog, KM,
                      SHORTCUTS_DIALOG, AdwDialog)

AdwDialog *km_shortcuts_dialog_new (void);

G_END_DECLS
