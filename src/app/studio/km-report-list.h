#pragma once

#include <gtk/gtk.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_REPORT_LIST (km_report_list_get_type ())
G_DECLARE_FINAL_TYPE (KmReportList, km_report_list, KM, REPORT_LIST, GtkWidget)

void km_report_list_set_room (KmReportList *self,
                              KmRoom       *room);

G_END_DECLS
