#pragma once

#include <adwaita.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_REPORT_DIALOG (km_report_dialog_get_type ())
G_DECLARE_FINAL_TYPE (KmReportDialog, km_report_dialog, KM, REPORT_DIALOG,
                      AdwDialog)

void km_report_dialog_present (KmRoom        *room,
                               KmRoomMessage *message,
                               GtkWidget     *parent);

G_END_DECLS
