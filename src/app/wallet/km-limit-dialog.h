#pragma once

#include <adwaita.h>

#include "km-server-wallet.h"

G_BEGIN_DECLS

#define KM_TYPE_LIMIT_DIALOG (km_limit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmLimitDialog, km_limit_dialog, KM, LIMIT_DIALOG,
                      AdwAlertDialog)

void km_limit_dialog_present (KmWallet  *wallet,
                              GtkWidget *parent);

G_END_DECLS
