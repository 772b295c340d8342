/* km-hub-command.c: what members ask, what others say happened
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A command that changes a room becomes a post: the store gives it its place
 * and commits it, and only its coming back makes the hub send anything. The
 * post carries its member's number, not the member, who may be gone by then.
 * What the relay and the main loop say happened takes the same way.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"

#define COMMAND_SPACING_US (G_USEC_PER_SEC / 20)
#define COMMAND_BURST 60
#define SEATS_MAX 16
#define PUBLISHES_MAX 8
#define BUSY_RETRY_MS 500
#define DEFERRED_MAX 4096
#define DEFERRED_RETRY_US 10000
#define FAILED_RETRY_US G_USEC_PER_SEC

static void
reply_error (KmHub        *hub,
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

static void
reply_code (KmHub           *hub,
            KmMember        *member,
            const char      *re,
            KmProtocolError  code,
            gint64           retry_ms)
{
  g_autoptr (GError) error = km_protocol_error_new (code, retry_ms, NULL);

  reply_error (hub, member, re, error);
}

static void
reply_empty (KmHub      *hub,
             KmMember   *member,
             const char *re)
{
  g_autoptr (GString) text = g_string_sized_new (64);

  km_reply_append_empty (text, re);
  km_member_send_text (hub, member, text);
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
      reply_error (hub, member, self->re, error);
      return;
    }

  /* The sender sees its own message at once, whenever the room's next flush
   * is. */
  seat = km_member_find_seat (member, self->post.room);
  if (seat != NULL)
    km_seat_pump (hub, seat);

  text = g_string_sized_new (96);
  km_reply_append_sent (text, self->re, self->post.event->seq,
                        self->post.event->at_ms);
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
    {
      km_live_room_happened (room->live, &self->post, hub->now_us);
      room->unsent = TRUE;
      km_hub_room_mark (hub, room);
    }
  if (self->member != 0)
    reply_post (hub, self, error);
  else if (error != NULL)
    g_message ("an event of room %" G_GINT64_FORMAT " was not kept: %s",
               self->post.room, error->message);

  post_free (self);
}

static KmHubPost *
post_new (KmHub       *hub,
          KmHubRoom   *room,
          KmRoomEvent *event)
{
  KmHubPost *self = g_new0 (KmHubPost, 1);

  km_post_init (&self->post, room->id, event);
  self->post.job.done = post_done;
  self->post.job.reply_to = hub->answers;
  self->hub = hub;
  self->link.data = self;
  hub->pending++;
  room->pending++;

  return self;
}

/* Submits what others said happened. It can't be refused, so what the store
 * has no room for, or the disk didn't take, waits; at the end of the server
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

static void
append_frames (GByteArray *bytes,
               GPtrArray  *frames)
{
  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      gsize length;
      const void *data =
        g_bytes_get_data (g_ptr_array_index (frames, i), &length);

      km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, data, length);
    }
}

static GPtrArray *
find_recent (KmHub      *hub,
             KmHubRoom  *room,
             GError    **error)
{
  GPtrArray *frames = km_live_room_peek_recent (room->live, KM_RECENT_MESSAGES);

  if (frames != NULL)
    return frames;

  return km_room_query_recent (
    hub->reader, room->id,
    km_room_log_get_head (km_live_room_get_log (room->live)),
    KM_RECENT_MESSAGES, error);
}

static void
join (KmHub           *hub,
      KmMember        *member,
      const KmCommand *command)
{
  gint64 id = g_ascii_strtoll (command->room, NULL, 10);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GPtrArray) recent = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  KmHubRoom *room = km_hub_get_room (hub, id, &error);
  KmSeat *seat = km_member_find_seat (member, id);
  gboolean resumed = FALSE;
  KmJoined joined;

  if (room != NULL)
    {
      resumed = km_live_room_judge_resume (room->live, command->epoch,
                                           command->seq) == KM_RESUME_LOG;
      if (!resumed)
        recent = find_recent (hub, room, &error);
    }
  if (error == NULL && seat == NULL && member->seats->len >= SEATS_MAX)
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_TOO_MANY);
  if (error != NULL)
    {
      reply_error (hub, member, command->id, error);
      return;
    }

  if (seat != NULL)
    km_seat_leave (hub, seat);
  seat = km_seat_take (hub, member, room);
  if (resumed)
    seat->next = command->seq + 1;
  seat->catching = resumed;

  text = g_string_sized_new (512);
  joined = (KmJoined){
    .epoch = km_live_room_get_epoch (room->live),
    .seq = km_room_log_get_head (km_live_room_get_log (room->live)),
    .resumed = resumed,
    .room = km_live_room_peek_info (room->live),
    .role = km_live_room_get_role (room->live, member->account),
  };
  km_reply_append_joined (text, command->id, &joined);
  bytes = g_byte_array_new ();
  km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, text->str, text->len);
  append_frames (bytes, recent);
  km_member_send (hub, member, bytes->data, bytes->len);
  if (!km_member_is_blocked (member))
    km_seat_pump (hub, seat);
}

static void
leave (KmHub           *hub,
       KmMember        *member,
       const KmCommand *command)
{
  KmSeat *seat = km_member_find_seat (
    member, g_ascii_strtoll (command->room, NULL, 10));

  if (seat == NULL)
    {
      reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_NOT_JOINED, 0);
      return;
    }

  km_seat_leave (hub, seat);
  reply_empty (hub, member, command->id);
}

static void
chat (KmHub           *hub,
      KmMember        *member,
      const KmCommand *command)
{
  const KmSpeaker speaker = {
    .account = member->account,
    .name = member->name,
    .shown_name = member->shown_name,
  };
  KmSeat *seat = km_member_find_seat (
    member, g_ascii_strtoll (command->room, NULL, 10));
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;
  KmHubPost *post;

  if (seat == NULL)
    {
      reply_code (hub, member, command->id,
                  member->account == 0 ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                       : KM_PROTOCOL_ERROR_NOT_JOINED, 0);
      return;
    }

  event = km_live_room_check_chat (seat->room->live, &speaker, command,
                                   hub->now_us, g_get_real_time () / 1000,
                                   &error);
  if (event == NULL)
    {
      reply_error (hub, member, command->id, error);
      return;
    }

  post = post_new (hub, seat->room, event);
  post->post.account = member->account;
  post->post.digest = km_command_digest (command);
  post->member = member->id;
  post->re = g_strdup (command->id);
  if (!hub->closing && km_store_submit (hub->store, &post->post.job))
    return;

  hub->pending--;
  seat->room->pending--;
  post_free (post);
  reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_BUSY, BUSY_RETRY_MS);
}

/* Remembers who will want to know why a publish was refused. */
static void
prepare (KmHub           *hub,
         KmMember        *member,
         const KmCommand *command)
{
  if (member->account == 0)
    {
      reply_code (hub, member, command->id,
                  KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED, 0);
      return;
    }

  if (g_queue_find_custom (&member->publishes, command->publish,
                           (GCompareFunc) g_strcmp0) == NULL)
    {
      if (member->publishes.length >= PUBLISHES_MAX)
        km_member_forget_publish (hub, member);
      g_queue_push_tail (&member->publishes, g_strdup (command->publish));
    }
  g_hash_table_insert (hub->publishes, g_strdup (command->publish),
                       g_memdup2 (&member->id, sizeof member->id));
  reply_empty (hub, member, command->id);
}

/**
 * km_hub_command:
 * @hub: the hub
 * @member: who asks
 * @text: the text of its frame
 * @length: its bytes
 */
void
km_hub_command (KmHub      *hub,
                KmMember   *member,
                const char *text,
                gsize       length)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KmCommand) command = km_command_parse (text, length, &id, &error);
  gint64 wait_us;

  if (id == NULL)
    {
      km_member_close (hub, member, KM_CLOSE_PROTOCOL_ERROR,
                       "a command needs an id");
      return;
    }

  wait_us = km_bucket_take (&member->commands, hub->now_us,
                            COMMAND_SPACING_US, COMMAND_BURST);
  if (wait_us > 0)
    {
      reply_code (hub, member, id, KM_PROTOCOL_ERROR_TOO_FAST,
                  (wait_us + 999) / 1000);
      return;
    }
  if (command == NULL)
    {
      reply_error (hub, member, id, error);
      return;
    }

  switch (command->kind)
    {
    case KM_COMMAND_ROOM_JOIN:
      join (hub, member, command);
      break;
    case KM_COMMAND_ROOM_LEAVE:
      leave (hub, member, command);
      break;
    case KM_COMMAND_CHAT_SEND:
      chat (hub, member, command);
      break;
    case KM_COMMAND_STREAM_PREPARE:
      prepare (hub, member, command);
      break;
    case KM_COMMAND_GIFT_SEND:
    case KM_COMMAND_LIKE_SEND:
    case KM_COMMAND_POLL_OPEN:
    case KM_COMMAND_POLL_VOTE:
    case KM_COMMAND_POLL_CLOSE:
    case KM_COMMAND_PEOPLE_LIST:
    case KM_N_COMMANDS:
    default:
      reply_code (hub, member, id, KM_PROTOCOL_ERROR_UNKNOWN_COMMAND, 0);
      break;
    }
}

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
  g_queue_push_tail_link (&hub->deferred,
                          &post_new (hub, room, event_of_news (event))->link);
  km_hub_resubmit (hub);
}
