#pragma once

#include "km-staff-entry.h"
#include "km-store.h"

G_BEGIN_DECLS

/**
 * KmStaffNews:
 * @seq: the newest entry that was written; 0: none was
 * @kinds: bits `1 << KmRoomEventKind` of what was
 *
 * What a change told a room's staff.
 */
typedef struct
{
  gint64 seq;
  guint kinds;
} KmStaffNews;

gboolean km_staff_log_write  (gint64           room,
                              gint64           account,
                              KmRoomEventKind  kind,
                              KmStaffEntry    *entry,
                              KmStaffNews     *news,
                              KmTransaction   *transaction,
                              GError         **error);
gboolean km_staff_log_settle (gint64           room,
                              gint64           account,
                              KmStaffEntry    *entry,
                              KmStaffNews     *news,
                              KmTransaction   *transaction,
                              GError         **error);

G_END_DECLS
