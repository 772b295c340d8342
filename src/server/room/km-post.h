#pragma once

#include "km-room-event.h"
#include "km-staff-log.h"
#include "km-store.h"
#include "km-stream-figures.h"

G_BEGIN_DECLS

typedef struct _KmPost KmPost;

/**
 * KmPost:
 * @job: the job that writes it; submit this, set done and reply_to first
 * @room: in which room's log
 * @account: whose act it is; 0: the server's own
 * @digest: (nullable): of an act, km_command_digest() of its command
 * @event: what is written. Its seq and at_ms are set once it has its place
 * @write: (nullable): what it does besides; in its transaction, once it has
 *   its place and before its body is written
 * @write_behind: (nullable): what it does when its event is written
 * @again: (nullable): what it does instead when this very act was written
 *   before: reads what its reply says besides seq and time
 * @gift_row: set by @write: the number of the gift that it tells of; 0: none
 * @figures: of a `stream.ended`: what to keep of the stream
 * @tombstone: (nullable): came of a `chat.deleted`: the text of the frame that
 *   the deleted message has now
 * @staff: came of it: what the room's staff is told besides
 * @repeated: came of it: this very act was written before, event's seq and
 *   at_ms are those of then, and nothing was added to the log
 * @frame: (nullable): came of it: the text of the event's frame; none when
 *   @repeated
 *
 * An event on its way into the log of a room: first member of the struct of
 * whoever posts it.
 */
struct _KmPost
{
  KmJob job;
  gint64 room;
  gint64 account;
  GBytes *digest;
  KmRoomEvent *event;
  gboolean (*write) (KmPost         *self,
                     KmTransaction  *transaction,
                     GError        **error);
  gboolean (*write_behind) (KmPost         *self,
                            KmTransaction  *transaction,
                            GError        **error);
  gboolean (*again) (KmPost         *self,
                     KmTransaction  *transaction,
                     GError        **error);
  gint64 gift_row;
  KmStreamFigures figures;
  GBytes *tombstone;
  KmStaffNews staff;
  gboolean repeated;
  GBytes *frame;
};

void     km_post_init          (KmPost         *self,
                                gint64          room,
                                KmRoomEvent    *event);
void     km_post_clear         (KmPost         *self);
gboolean km_post_close_streams (KmTransaction  *transaction,
                                GError        **error);

G_END_DECLS
