#pragma once

#include "km-person.h"
#include "km-protocol.h"

G_BEGIN_DECLS

/**
 * KmStaffEntry:
 * @of: the place of the message in the room's log
 * @id: the id of the message's act
 * @by: who reported, settled or deleted
 * @from: (nullable): `report.filed`: who said it
 * @text: (nullable): `report.filed`: what was said, as it was then
 * @said_at_ms: `report.filed`: when it was said, ms since 1970
 * @reason: `report.filed`: what is wrong with it
 * @note: (nullable): `report.filed`: what else was to be said
 * @reports: `report.filed`: how often it is reported for each reason, with
 *   this one; those that were settled before don't count
 * @how: `report.settled`: what came of it
 * @deletion: `message.deleted`: in which right
 *
 * What the staff of a room is told of a message. Plain data; the holder owns
 * the strings.
 */
typedef struct
{
  gint64 of;
  char *id;
  KmPerson *by;
  KmPerson *from;
  char *text;
  gint64 said_at_ms;
  KmReportReason reason;
  char *note;
  guint reports[KM_N_REPORT_REASONS];
  KmReportEnd how;
  KmDeletion deletion;
} KmStaffEntry;

KmStaffEntry *km_staff_entry_new           (void);
void          km_staff_entry_free          (KmStaffEntry       *self);
guint         km_staff_entry_count_reports (const KmStaffEntry *self);
void          km_staff_entry_append        (const KmStaffEntry *self,
                                            KmRoomEventKind     kind,
                                            GString            *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmStaffEntry, km_staff_entry_free)

G_END_DECLS
