#pragma once

#include <gtk/gtk.h>

#include "km-room.h"

G_BEGIN_DECLS

#define KM_TYPE_REPORT_ROW (km_report_row_get_type ())
G_DECLARE_FINAL_TYPE (KmReportRow, km_report_row, KM, REPORT_ROW, GtkWidget)

void km_report_row_set_up (GtkListItem *list_item);
void km_report_row_bind   (GtkListItem *list_item,
                           KmRoom      *room);
void km_report_row_unbind (GtkListItem *list_item);

G_END_DECLS
