#pragma once

#include <adwaita.h>

#include "km-server-list.h"

G_BEGIN_DECLS

#define KM_TYPE_ADD_SERVER_DIALOG (km_add_server_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmAddServerDialog, km_add_server_dialog, KM,
                      ADD_SERVER_DIALOG, AdwDialog)

AdwDialog *km_add_server_dialog_new (KmServerList *servers);

G_END_DECLS
