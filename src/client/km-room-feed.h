#pragma once

#include "km-room-event.h"

G_BEGIN_DECLS

/**
 * KmRoomFeedResult:
 * @KM_ROOM_FEED_READY: taken; km_room_feed_next() has something
 * @KM_ROOM_FEED_SEEN: had before, dropped
 * @KM_ROOM_FEED_GAP: kept; events before it are missing: join again with
 *   what km_room_feed_get_position() says
 * @KM_ROOM_FEED_WAITS: kept; the gap before it is known already
 */
typedef enum
{
  KM_ROOM_FEED_READY,
  KM_ROOM_FEED_SEEN,
  KM_ROOM_FEED_GAP,
  KM_ROOM_FEED_WAITS,
} KmRoomFeedResult;

typedef struct _KmRoomFeed KmRoomFeed;

KmRoomFeed       *km_room_feed_new          (void);
void              km_room_feed_free         (KmRoomFeed       *self);

gboolean          km_room_feed_join         (KmRoomFeed       *self,
                                             const char       *epoch,
                                             gint64            head,
                                             gboolean          resumed);
const char       *km_room_feed_get_position (KmRoomFeed       *self,
                                             gint64           *seq);
KmRoomFeedResult  km_room_feed_add          (KmRoomFeed       *self,
                                             KmRoomEvent      *event);
void              km_room_feed_end_snapshot
                                            (KmRoomFeed       *self);
KmRoomEvent      *km_room_feed_next         (KmRoomFeed       *self,
                                             gboolean         *missed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KmRoomFeed, km_room_feed_free)

G_END_DECLS
