#pragma once

#include "km-room.h"

G_BEGIN_DECLS

const char *km_report_words_reason    (KmReportReason  reason);
char       *km_report_words_dup_count (KmRoomReport   *report);
char       *km_report_words_dup_title (KmRoomReport   *report);

G_END_DECLS
