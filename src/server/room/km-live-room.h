#pragma once

#include "km-ballot.h"
#include "km-bucket.h"
#include "km-command.h"
#include "km-event.h"
#include "km-poll-box.h"
#include "km-post.h"
#include "km-room-log.h"
#include "km-room-query.h"

G_BEGIN_DECLS

/**
 * KM_ROOM_ACTS_PER_SECOND:
 *
 * What all members of a room together may do in the long run, and twice that
 * at once: no room takes the store from all others. The host always may.
 */
#define KM_ROOM_ACTS_PER_SECOND 2000

/**
 * KmSpeaker:
 * @account: the account's id; 0: a guest
 * @name: (nullable): the account's name
 * @shown_name: (nullable): what others see
 *
 * Who asks.
 */
typedef struct
{
  gint64 account;
  const char *name;
  const char *shown_name;
} KmSpeaker;

/**
 * KmResume:
 * @KM_RESUME_SNAPSHOT: the recent messages, and then what comes
 * @KM_RESUME_LOG: everything behind the last event had
 * @KM_RESUME_LOST_TAIL: as the first; what they had is of this history and
 *   not in it: its end was lost
 *
 * What somebody who joins gets.
 */
typedef enum
{
  KM_RESUME_SNAPSHOT,
  KM_RESUME_LOG,
  KM_RESUME_LOST_TAIL,
} KmResume;

/**
 * KmPace:
 * @KM_PACE_CHAT: saying something
 * @KM_PACE_GIFT: giving something
 * @KM_PACE_POLL: opening and closing polls
 * @KM_PACE_VOTE: voting
 * @KM_PACE_DELETE: deleting messages, and dismissing reports of them
 * @KM_PACE_REPORT: reporting messages
 *
 * What an account can do too fast.
 */
typedef enum
{
  KM_PACE_CHAT,
  KM_PACE_GIFT,
  KM_PACE_POLL,
  KM_PACE_VOTE,
  KM_PACE_DELETE,
  KM_PACE_REPORT,
  KM_N_PACES,
} KmPace;

/**
 * KmPaceRule:
 * @spacing_us: time between two of them in the long run
 * @burst: how many may come at once
 *
 * How fast is too fast.
 */
typedef struct
{
  gint64 spacing_us;
  guint burst;
} KmPaceRule;

typedef struct _KmLiveRoom KmLiveRoom;

KmLiveRoom       *km_live_room_new          (KmRoomRow *row);
void              km_live_room_free         (KmLiveRoom *self);
gint64            km_live_room_get_id       (KmLiveRoom *self);
const char       *km_live_room_get_epoch    (KmLiveRoom *self);
const KmRoomInfo *km_live_room_peek_info    (KmLiveRoom *self);
KmRoomLog        *km_live_room_get_log      (KmLiveRoom *self);
KmRole            km_live_room_get_role     (KmLiveRoom *self,
                                             gint64      account);

gboolean          km_live_room_is_staff     (KmLiveRoom *self,
                                             gint64      account);

void              km_live_room_enter        (KmLiveRoom *self,
                                             gint64      account);
void              km_live_room_leave        (KmLiveRoom *self,
                                             gint64      account);
KmResume          km_live_room_judge_resume (KmLiveRoom *self,
                                             const char *epoch,
                                             gint64      seq);
void              km_live_room_begin_history (KmLiveRoom *self,
                                              const char *epoch);
GPtrArray        *km_live_room_peek_recent  (KmLiveRoom *self,
                                             guint       n_events);
guint             km_live_room_count_guests (KmLiveRoom *self);

KmRoomEvent      *km_live_room_check_chat   (KmLiveRoom       *self,
                                             const KmSpeaker  *speaker,
                                             const KmCommand  *command,
                                             gint64            now_us,
                                             gint64            now_ms,
                                             GError          **error);
KmRoomEvent      *km_live_room_check_gift   (KmLiveRoom       *self,
                                             const KmSpeaker  *speaker,
                                             const KmCommand  *command,
                                             gint64            now_us,
                                             gint64            now_ms,
                                             GError          **error);
KmRoomEvent      *km_live_room_check_deletion
                                            (KmLiveRoom       *self,
                                             const KmSpeaker  *speaker,
                                             const KmCommand  *command,
                                             gint64            now_us,
                                             GError          **error);
void              km_live_room_set_chat_pace
                                            (KmLiveRoom       *self,
                                             KmPaceRule        pace);
gboolean          km_live_room_keep_pace    (KmLiveRoom       *self,
                                             gint64            account,
                                             KmPace            pace,
                                             gint64            now_us,
                                             GError          **error);
gboolean          km_live_room_like         (KmLiveRoom       *self,
                                             gint64            account,
                                             gint64            count,
                                             gint64            now_us,
                                             GError          **error);
void              km_live_room_recall       (KmLiveRoom       *self,
                                             gint64            account,
                                             const char       *id,
                                             gint64            said_us);
gint64            km_live_room_chat_wait_ms (KmLiveRoom       *self,
                                             gint64            account,
                                             gint64            now_us);
void              km_live_room_rename       (KmLiveRoom *self,
                                             gint64      account,
                                             const char *shown_name);

void              km_live_room_happened     (KmLiveRoom   *self,
                                             const KmPost *post,
                                             gint64        now_us);
void              km_live_room_failed       (KmLiveRoom   *self,
                                             const KmPost *post);
void              km_live_room_moved        (KmLiveRoom    *self,
                                             const KmEvent *edge);

void              km_live_room_put_poll     (KmLiveRoom       *self,
                                             const KmPollInfo *poll,
                                             gint64            now_us,
                                             gint64            now_ms);
KmPollBox        *km_live_room_get_polls    (KmLiveRoom       *self);
gboolean          km_live_room_voted        (KmLiveRoom       *self,
                                             const KmBallot   *ballot);

gint64            km_live_room_get_likes      (KmLiveRoom *self);
gint64            km_live_room_figures_due_us (KmLiveRoom *self);
KmStreamFigures   km_live_room_take_figures   (KmLiveRoom *self,
                                               gint64      now_us);
KmStreamFigures   km_live_room_seal_figures   (KmLiveRoom *self,
                                               const char *stream);

gint64            km_live_room_tick_due_us  (KmLiveRoom *self);
GBytes           *km_live_room_take_tick    (KmLiveRoom *self,
                                             gint64      now_us);
GBytes           *km_live_room_peek_tick    (KmLiveRoom *self,
                                             guint64    *number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmLiveRoom, km_live_room_free)

G_END_DECLS
