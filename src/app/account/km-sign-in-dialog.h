#pragma once

#include <adwaita.h>

#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_SIGN_IN_DIALOG (km_sign_in_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmSignInDialog, km_sign_in_dialog, KM, SIGN_IN_DIALOG,
                      AdwDialog)

AdwDialog *km_sign_in_dialog_new (KmServer *server);

G_END_DECLS
