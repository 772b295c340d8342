#pragma once

#include "km-room-event.h"
#include "km-room-report.h"

G_BEGIN_DECLS

KmRoomReport *km_room_report_new         (void);
void          km_room_report_take_filed  (KmRoomReport      *self,
                                          const KmRoomEvent *event);
void          km_room_report_set_busy    (KmRoomReport      *self,
                                          gboolean           busy);
gint64        km_room_report_get_of      (KmRoomReport      *self);
const char   *km_room_report_get_id      (KmRoomReport      *self);
const char   *km_room_report_get_from_id (KmRoomReport      *self);

G_END_DECLS
