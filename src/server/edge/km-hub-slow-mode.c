/* km-hub-slow-mode.c: who has spoken before slow mode began
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The log knows it, from before the mode was switched on and from before the
 * server was started. Only so much of it is read as costs a turn of the hub
 * little: in a room where more happens within the mode's time than that, some
 * may speak once before it holds for them.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#define EVENTS_MAX 2000

typedef struct
{
  KmLiveRoom *room;
  gint64 now_us;
  gint64 now_ms;
} Recall;

static void
recall (gint64      account,
        const char *id,
        gint64      at_ms,
        gpointer    user_data)
{
  const Recall *self = user_data;
  gint64 ago_ms = MAX (0, self->now_ms - at_ms);

  km_live_room_recall (self->room, account, id, self->now_us - ago_ms * 1000);
}

/**
 * km_hub_recall_speakers:
 * @hub: the hub
 * @room: a room whose slow mode is new, or longer than it was
 *
 * Lets it know for whom it holds already. If the disk fails it begins now.
 */
void
km_hub_recall_speakers (KmHub     *hub,
                        KmHubRoom *room)
{
  gint64 slow_s = km_live_room_peek_info (room->live)->slow_s;
  Recall self = {
    .room = room->live,
    .now_us = hub->now_us,
    .now_ms = g_get_real_time () / 1000,
  };
  g_autoptr (GError) error = NULL;

  if (slow_s == 0)
    return;

  if (!km_room_query_spoken (
        hub->reader, room->id,
        km_room_log_get_head (km_live_room_get_log (room->live)), EVENTS_MAX,
        self.now_ms - slow_s * 1000, recall, &self, &error))
    g_message ("reading who spoke in room %" G_GINT64_FORMAT ": %s", room->id,
               error->message);
}
