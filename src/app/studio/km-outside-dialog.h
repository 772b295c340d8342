#pragma once

#include <adwaita.h>

#include "km-lan-door.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_OUTSIDE_DIALOG (km_outside_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmOutsideDialog, km_outside_dialog, KM, OUTSIDE_DIALOG,
                      AdwDialog)

AdwDialog *km_outside_dialog_new (KmServer  *server,
                                  KmLanDoor *door);

G_END_DECLS
