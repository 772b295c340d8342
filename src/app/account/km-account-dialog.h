#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_ACCOUNT_DIALOG (km_account_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmAccountDialog, km_account_dialog, KM, ACCOUNT_DIALOG,
                      AdwDialog)

AdwDialog *km_account_dialog_new (KmServer *server);

G_END_DECLS
