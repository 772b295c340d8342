#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_WALLET_DIALOG (km_wallet_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmWalletDialog, km_wallet_dialog, KM, WALLET_DIALOG,
                      AdwDialog)

AdwDialog *km_wallet_dialog_new (KmServer *server);

G_END_DECLS
