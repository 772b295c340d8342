#pragma once

#include "km-protocol.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define KM_TYPE_ROOM_REPORT (km_room_report_get_type ())
G_DECLARE_FINAL_TYPE (KmRoomReport, km_room_report, KM, ROOM_REPORT, GObject)

const char *km_room_report_get_from_name (KmRoomReport   *self);
const char *km_room_report_get_text      (KmRoomReport   *self);
gint64      km_room_report_get_said_at   (KmRoomReport   *self);
gint64      km_room_report_get_at        (KmRoomReport   *self);
guint       km_room_report_get_total     (KmRoomReport   *self);
guint       km_room_report_count         (KmRoomReport   *self,
                                          KmReportReason  reason);
guint       km_room_report_get_n_notes   (KmRoomReport   *self);
const char *km_room_report_get_note      (KmRoomReport   *self,
                                          guint           index,
                                          const char    **by);
gboolean    km_room_report_get_busy      (KmRoomReport   *self);

G_END_DECLS
