#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define KM_TYPE_SLOW_MODE_DIALOG (km_slow_mode_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmSlowModeDialog, km_slow_mode_dialog, KM,
                      SLOW_MODE_DIALOG, AdwAlertDialog)

void  km_slow_mode_dialog_choose_async  (GtkWidget           *parent,
                                         guint                seconds,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data);
guint km_slow_mode_dialog_choose_finish (GAsyncResult        *result);

G_END_DECLS
