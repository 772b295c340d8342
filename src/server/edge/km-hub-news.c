/* km-hub-news.c: what the relay and the main loop say happened
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Most of it has a place in the log of a room and becomes a post. The live
 * edge has none, and why a publish was refused is for one member alone.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

static void
tell_refused (KmHub         *hub,
              const KmEvent *news)
{
  const guint64 *id = g_hash_table_lookup (hub->publishes, news->publish);
  KmMember *member =
    id != NULL ? g_hash_table_lookup (hub->members, id) : NULL;
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *encoded = NULL;

  if (member == NULL)
    return;

  event = km_room_event_new (KM_ROOM_EVENT_STREAM_REFUSED);
  event->publish = g_strdup (news->publish);
  event->code = km_protocol_error_from_word (news->code);
  event->message = g_strdup (news->text);
  encoded = km_room_event_encode (event);
  text = g_string_new (encoded);
  km_member_send_text (hub, member, text);
}

static KmRoomEvent *
event_of_news (const KmEvent *news)
{
  KmRoomEvent *event;
  int reason;

  if (news->kind == KM_EVENT_ROOM_CHANGED)
    return km_room_event_new (KM_ROOM_EVENT_ROOM_CHANGED);

  event = km_room_event_new (news->kind == KM_EVENT_STREAM_STARTED
                               ? KM_ROOM_EVENT_STREAM_STARTED
                               : KM_ROOM_EVENT_STREAM_ENDED);
  event->stream = g_strdup (news->stream);
  event->at_ms = news->at_ms;
  if (news->kind == KM_EVENT_STREAM_STARTED)
    return event;

  reason = km_stream_end_from_word (news->text);
  event->reason = reason < 0 ? KM_STREAM_END_LOST : (KmStreamEnd) reason;
  event->duration_ms = news->duration_ms;

  return event;
}

/**
 * km_hub_news:
 * @hub: the hub
 * @event: what another thread says happened
 */
void
km_hub_news (KmHub         *hub,
             const KmEvent *event)
{
  g_autoptr (GError) error = NULL;
  KmHubRoom *room;
  gint64 id;

  if (event->kind == KM_EVENT_PUBLISH_REFUSED)
    {
      tell_refused (hub, event);
      return;
    }

  id = g_ascii_strtoll (event->room, NULL, 10);
  if (event->kind == KM_EVENT_STREAM_EDGE)
    {
      room = g_hash_table_lookup (hub->rooms, &id);
      if (room != NULL)
        {
          km_live_room_moved (room->live, event);
          km_hub_room_mark (hub, room);
        }
      return;
    }

  room = km_hub_get_room (hub, id, &error);
  if (room == NULL)
    {
      g_message ("news of room %s: %s", event->room, error->message);
      return;
    }
  km_hub_post_news (hub, km_hub_post_new (hub, room, event_of_news (event)));
}
