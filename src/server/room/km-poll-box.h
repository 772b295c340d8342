#pragma once

#include "km-poll-info.h"

G_BEGIN_DECLS

/**
 * KmPollBox:
 *
 * The open poll of a room, if there is one, embedded in the room. Zeroes are
 * an empty one.
 */
typedef struct
{
  /*< private >*/
  KmPollInfo *poll; /* (nullable): with its tallies */
  gint64 closes_us; /* monotonic */
} KmPollBox;

void              km_poll_box_clear     (KmPollBox        *self);
void              km_poll_box_put       (KmPollBox        *self,
                                         const KmPollInfo *poll,
                                         gint64            now_us,
                                         gint64            now_ms);
void              km_poll_box_end       (KmPollBox        *self,
                                         gint64            now_us);
gboolean          km_poll_box_take      (KmPollBox        *self,
                                         const char       *poll);
gboolean          km_poll_box_vote      (KmPollBox        *self,
                                         gint64            poll,
                                         guint             before,
                                         guint             after);
const KmPollInfo *km_poll_box_peek      (const KmPollBox  *self);
GPtrArray        *km_poll_box_list      (const KmPollBox  *self);
gint64            km_poll_box_closes_us (const KmPollBox  *self);
gint64            km_poll_box_left_ms   (const KmPollBox  *self,
                                         gint64            now_us);
void              km_poll_box_hold      (KmPollBox        *self);

G_END_DECLS
