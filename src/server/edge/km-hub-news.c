/* km-hub-news.c: what the relay and the main loop say happened
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Most of it has a place in the log of a room and becomes a post. The live
 * edge has none, and why a publish was refused is for one member alone.
 *
 * A room that can't be loaded because the disk fails gets its news later: a
 * beginning or an end that isn't in the log would be a stream that never was,
 * or one that never ends.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#define LATE_NEWS_MAX 4096
#define LATE_NEWS_SPACING_US G_USEC_PER_SEC

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

/* Returns FALSE when its room can't be loaded now. */
static gboolean
post (KmHub         *hub,
      const KmEvent *event)
{
  g_autoptr (GError) error = NULL;
  gint64 id = g_ascii_strtoll (event->room, NULL, 10);
  KmHubRoom *room = km_hub_get_room (hub, id, &error);

  if (room != NULL)
    {
      km_hub_post_news (hub,
                        km_hub_post_new (hub, room, event_of_news (event)));
      return TRUE;
    }

  g_message ("news of room %s: %s", event->room, error->message);

  return g_error_matches (error, KM_PROTOCOL_ERROR,
                          KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
}

/* News of a room keep their order. */
static gboolean
is_behind (KmHub         *hub,
           const KmEvent *event,
           const GList   *end)
{
  for (const GList *link = hub->late_news.head; link != end; link = link->next)
    {
      if (g_str_equal (((const KmEvent *) link->data)->room, event->room))
        return TRUE;
    }

  return FALSE;
}

static void
keep_for_later (KmHub   *hub,
                KmEvent *event)
{
  if (hub->late_news.length >= LATE_NEWS_MAX)
    {
      g_warning ("news of room %s are lost: too many wait for the disk",
                 event->room);
      return;
    }

  if (hub->late_news.length == 0)
    hub->late_news_us = hub->now_us + LATE_NEWS_SPACING_US;
  g_queue_push_tail (&hub->late_news, km_event_ref (event));
}

/**
 * km_hub_post_late_news:
 * @hub: the hub
 *
 * Tries the news again whose rooms couldn't be loaded, when it is time; at the
 * end of the server at once.
 */
void
km_hub_post_late_news (KmHub *hub)
{
  GList *next;

  if (hub->late_news.length == 0
      || (hub->now_us < hub->late_news_us && !hub->closing))
    return;

  for (GList *link = hub->late_news.head; link != NULL; link = next)
    {
      KmEvent *event = link->data;

      next = link->next;
      if (is_behind (hub, event, link) || !post (hub, event))
        continue;
      g_queue_delete_link (&hub->late_news, link);
      km_event_unref (event);
    }
  hub->late_news_us = hub->now_us + LATE_NEWS_SPACING_US;
}

/* When km_hub_post_late_news() has something to do. */
gint64
km_hub_late_news_due_us (KmHub *hub)
{
  return hub->late_news.length > 0 ? hub->late_news_us : G_MAXINT64;
}

/**
 * km_hub_news:
 * @hub: the hub
 * @event: what another thread says happened
 */
void
km_hub_news (KmHub   *hub,
             KmEvent *event)
{
  KmHubRoom *room;
  gint64 id;

  if (event->kind == KM_EVENT_PUBLISH_REFUSED)
    {
      tell_refused (hub, event);
      return;
    }

  if (event->kind == KM_EVENT_STREAM_EDGE)
    {
      id = g_ascii_strtoll (event->room, NULL, 10);
      room = g_hash_table_lookup (hub->rooms, &id);
      if (room != NULL)
        {
          km_live_room_moved (room->live, event);
          km_hub_room_mark (hub, room);
        }
      return;
    }

  if (is_behind (hub, event, NULL) || !post (hub, event))
    keep_for_later (hub, event);
}
