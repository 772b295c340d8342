#pragma once

#include <adwaita.h>

#include "km-lan-door.h"
#include "km-server.h"

G_BEGIN_DECLS

#define KM_TYPE_SHARE_DIALOG (km_share_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmShareDialog, km_share_dialog, KM, SHARE_DIALOG,
                      AdwDialog)

AdwDialog *km_share_dialog_new (KmServer  *server,
                                KmRoom    *room,
                                KmLanDoor *door);

G_END_DECLS
