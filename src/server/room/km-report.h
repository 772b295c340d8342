#pragma once

#include "km-command.h"
#include "km-live-room.h"
#include "km-staff-log.h"

G_BEGIN_DECLS

/**
 * KmReport:
 * @job: the job that writes it; submit this, set done and reply_to first
 * @room: in which room
 * @account: who reports, or dismisses
 * @id: the act's id
 * @digest: km_command_digest() of its command
 * @message: the id of the message's act
 * @author: the account that said it
 * @reason: what is wrong with it
 * @note: (nullable): what else is to be said, checked
 * @news: came of it: what the staff is told
 *
 * That a message is not as it should be, or that its reports were looked at
 * and dismissed, on its way to the disk: first member of the struct of whoever
 * submits it. It has no place in the room's log.
 */
typedef struct
{
  KmJob job;
  gint64 room;
  gint64 account;
  char *id;
  GBytes *digest;
  char *message;
  gint64 author;
  KmReportReason reason;
  char *note;
  KmStaffNews news;
} KmReport;

gboolean km_report_check          (KmReport         *self,
                                   KmLiveRoom       *room,
                                   gint64            account,
                                   const KmCommand  *command,
                                   gint64            now_us,
                                   GError          **error);
gboolean km_report_check_dismissal
                                  (KmReport         *self,
                                   KmLiveRoom       *room,
                                   gint64            account,
                                   const KmCommand  *command,
                                   gint64            now_us,
                                   GError          **error);
void     km_report_clear          (KmReport         *self);

G_END_DECLS
