#pragma once

#include <adwaita.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_POLL_DIALOG (km_poll_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmPollDialog, km_poll_dialog, KM, POLL_DIALOG, AdwDialog)

AdwDialog *km_poll_dialog_new (GSettings *settings,
                               KmRoom    *room);

G_END_DECLS
