/* km-hub-post.c: from what is to happen to what happened, and its reply
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What changes a room becomes a post: the store gives it its place and commits
 * it, and only its coming back makes the hub send anything. The post carries
 * its member's number, not the member, who may be gone by then.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"

#define BUSY_RETRY_MS 500
#define DEFERRED_MAX 4096
#define DEFERRED_RETRY_US 10000
#define FAILED_RETRY_US G_USEC_PER_SEC

/* Refuses what a member asked. */
void
km_hub_reply_error (KmHub        *hub,
                    KmMember     *member,
                    const char   *re,
                    const GError *error)
{
  g_autoptr (GString) text = g_string_sized_new (128);
  g_autoptr (GError) internal = NULL;

  if (error->domain != KM_PROTOCOL_ERROR)
    {
      g_message ("a command failed: %s", error->message);
      internal = km_protocol_error_new (KM_PROTOCOL_ERROR_INTERNAL, 0, NULL);
      error = internal;
    }

  km_reply_append_error (text, re, error);
  km_member_send_text (hub, member, text);
}

void
km_hub_reply_code (KmHub           *hub,
                   KmMember        *member,
                   const char      *re,
                   KmProtocolError  code,
                   gint64           retry_ms)
{
  g_autoptr (GError) error = km_protocol_error_new (code, retry_ms, NULL);

  km_hub_reply_error (hub, member, re, error);
}

void
km_hub_reply_empty (KmHub      *hub,
                    KmMember   *member,
                    const char *re)
{
  g_autoptr (GString) text = g_string_sized_new (64);

  km_reply_append_empty (text, re);
  km_member_send_text (hub, member, text);
}

/**
 * km_hub_require_seat:
 * @hub: the hub
 * @member: who asks
 * @command: what
 *
 * Returns: (nullable) (transfer none): its seat in the command's room; %NULL:
 *   it has none, and was told so
 */
KmSeat *
km_hub_require_seat (KmHub           *hub,
                     KmMember        *member,
                     const KmCommand *command)
{
  KmSeat *seat = km_member_find_seat (
    member, g_ascii_strtoll (command->room, NULL, 10));

  if (seat == NULL)
    km_hub_reply_code (hub, member, command->id,
                       member->account == 0
                         ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                         : KM_PROTOCOL_ERROR_NOT_JOINED,
                       0);

  return seat;
}

/* Who acts, for the rules of a room. */
KmSpeaker
km_member_speaker (const KmMember *member)
{
  return (KmSpeaker) {
    .account = member->account,
    .name = member->name,
    .shown_name = member->shown_name,
  };
}

static void
reply_post (KmHub        *hub,
            KmHubPost    *self,
            const GError *error)
{
  KmMember *member = g_hash_table_lookup (hub->members, &self->member);
  g_autoptr (GString) text = NULL;
  KmSeat *seat;

  if (member == NULL)
    return;
  if (error != NULL)
    {
      km_hub_reply_error (hub, member, self->re, error);
      return;
    }

  text = g_string_sized_new (128);
  if (self->append_reply != NULL)
    self->append_reply (self, text);
  else
    km_reply_append_sent (text, self->re, self->post.event->seq,
                          self->post.event->at_ms);

  /* The sender sees its own message at once, whenever the room's next flush
   * is. */
  seat = km_member_find_seat (member, self->post.room);
  if (seat != NULL)
    km_seat_reply (hub, seat, text);
  else
    km_member_send_text (hub, member, text);
}

static void
post_free (KmHubPost *self)
{
  km_post_clear (&self->post);
  g_free (self->re);
  g_free (self);
}

/* A stream's end must not overtake its beginning, whatever the disk does:
 * while one is written, the next waits. A change of the room says what the
 * room is called when it is written, so its order is none. */
static gboolean
has_order (const KmHubPost *self)
{
  return self->post.event->kind != KM_ROOM_EVENT_ROOM_CHANGED;
}

/* What happened doesn't become untrue because the disk was full: a stream
 * whose end was forgotten would be live in its room for ever. */
static gboolean
try_again (KmHub        *hub,
           KmHubRoom    *room,
           KmHubPost    *self,
           const GError *error)
{
  if (!g_error_matches (error, KM_STORE_ERROR, KM_STORE_ERROR_FAILED)
      || hub->closing || hub->deferred.length >= DEFERRED_MAX)
    return FALSE;

  room->retry_us = hub->now_us + FAILED_RETRY_US;
  g_queue_push_head_link (&hub->deferred, &self->link);

  return TRUE;
}

/* It is on the disk, and part of its room from now on. */
static void
take_happened (KmHub           *hub,
               KmHubRoom       *room,
               const KmHubPost *self)
{
  const KmRoomEvent *event = self->post.event;
  guint slow_s = km_live_room_peek_info (room->live)->slow_s;

  km_live_room_happened (room->live, &self->post, hub->now_us);
  km_hub_polls_happened (hub, room, event);
  if (km_live_room_peek_info (room->live)->slow_s > slow_s)
    km_hub_recall_speakers (hub, room);
  km_counter_add (&hub->figures->events[event->kind], 1);
  if (room->oldest_us == 0)
    room->oldest_us = self->asked_us;
  room->unsent = TRUE;
  room->urgent |= event->kind == KM_ROOM_EVENT_GIFT_SENT
                  || self->post.tombstone != NULL;
  km_hub_room_mark (hub, room);
  if (self->post.staff.seq > 0)
    km_hub_tell_staff (hub, room, &self->post.staff);
}

static void
post_done (KmJob        *job,
           const GError *error)
{
  KmHubPost *self = (KmHubPost *) job;
  KmHub *hub = self->hub;
  KmHubRoom *room = g_hash_table_lookup (hub->rooms, &self->post.room);

  if (self->member == 0)
    {
      if (has_order (self))
        room->writing = FALSE;
      if (error != NULL && try_again (hub, room, self, error))
        return;
    }

  hub->pending--;
  room->pending--;
  if (error == NULL && !self->post.repeated)
    take_happened (hub, room, self);
  else
    km_live_room_failed (room->live, &self->post);
  /* Before the reply, whose balance is then no news. */
  if (error == NULL && self->post.gift_row > hub->books_seen)
    km_hub_look_at_books (hub);
  if (self->member != 0)
    reply_post (hub, self, error);
  else if (error != NULL)
    g_message ("an event of room %" G_GINT64_FORMAT " was not kept: %s",
               self->post.room, error->message);

  post_free (self);
}

/**
 * km_hub_post_new:
 * @hub: the hub
 * @room: in which room
 * @event: (transfer full): what happened, or is asked for
 *
 * Returns: (transfer full): a post for km_hub_post_act() or
 *   km_hub_post_news()
 */
KmHubPost *
km_hub_post_new (KmHub       *hub,
                 KmHubRoom   *room,
                 KmRoomEvent *event)
{
  KmHubPost *self = g_new0 (KmHubPost, 1);

  km_post_init (&self->post, room->id, event);
  self->post.job.done = post_done;
  self->post.job.reply_to = hub->answers;
  self->hub = hub;
  self->asked_us = hub->now_us;
  self->link.data = self;
  hub->pending++;
  room->pending++;

  return self;
}

/* Submits what others said happened. What the store has no room for, or the
 * disk didn't take, waits; at the end of the server
 * there is one try more and no waiting. */
void
km_hub_resubmit (KmHub *hub)
{
  GList *next;

  for (GList *link = hub->deferred.head; link != NULL; link = next)
    {
      KmHubPost *post = link->data;
      KmHubRoom *room = g_hash_table_lookup (hub->rooms, &post->post.room);

      next = link->next;
      if ((room->writing && has_order (post))
          || (room->retry_us > hub->now_us && !hub->closing))
        continue;
      if (post->post.event->kind == KM_ROOM_EVENT_STREAM_ENDED)
        post->post.figures =
          km_live_room_seal_figures (room->live, post->post.event->stream);
      if (!km_store_submit (hub->store, &post->post.job))
        return;
      room->writing |= has_order (post);
      g_queue_unlink (&hub->deferred, link);
    }
}

/* When km_hub_resubmit() has something to do, unless the store answers
 * before. */
gint64
km_hub_news_due_us (KmHub *hub)
{
  gint64 due = G_MAXINT64;

  for (GList *link = hub->deferred.head; link != NULL; link = link->next)
    {
      KmHubPost *post = link->data;
      KmHubRoom *room = g_hash_table_lookup (hub->rooms, &post->post.room);

      if (!room->writing || !has_order (post))
        due = MIN (due, MAX (room->retry_us,
                             hub->now_us + DEFERRED_RETRY_US));
    }

  return due;
}

/**
 * km_hub_post_act:
 * @hub: the hub
 * @self: (transfer full): a post
 * @member: whose act it is, who gets the reply when it is committed
 * @command: what it asked
 */
void
km_hub_post_act (KmHub           *hub,
                 KmHubPost       *self,
                 KmMember        *member,
                 const KmCommand *command)
{
  KmHubRoom *room = g_hash_table_lookup (hub->rooms, &self->post.room);

  self->post.account = member->account;
  self->post.digest = km_command_digest (command);
  self->member = member->id;
  self->re = g_strdup (command->id);
  if (!hub->closing && km_store_submit (hub->store, &self->post.job))
    return;

  hub->pending--;
  room->pending--;
  km_live_room_failed (room->live, &self->post);
  post_free (self);
  km_hub_reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_BUSY,
                     BUSY_RETRY_MS);
}

/**
 * km_hub_post_news:
 * @hub: the hub
 * @self: (transfer full): a post of what others said happened
 *
 * It can't be refused, so what the store has no room for waits.
 */
void
km_hub_post_news (KmHub     *hub,
                  KmHubPost *self)
{
  g_queue_push_tail_link (&hub->deferred, &self->link);
  km_hub_resubmit (hub);
}
