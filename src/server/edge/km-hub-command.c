/* km-hub-command.c: what members ask
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What reads is answered at once; what changes a room becomes a post.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-reply.h"

#define COMMAND_SPACING_US (G_USEC_PER_SEC / 20)
#define COMMAND_BURST 60
/* Refusing costs as much as answering: who goes on regardless is closed. */
#define REFUSAL_SPACING_US (G_USEC_PER_SEC / 20)
#define REFUSAL_BURST 200
#define SEATS_MAX 16
#define PUBLISHES_MAX 8
/* Rarely more than a commit takes. */
#define NEW_HISTORY_RETRY_MS 100

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
  GPtrArray *frames = km_live_room_peek_recent (room->live, KM_RECENT_EVENTS);

  if (frames != NULL)
    return frames;

  return km_room_query_recent (
    hub->reader, room->id,
    km_room_log_get_head (km_live_room_get_log (room->live)),
    KM_RECENT_EVENTS, error);
}

static void
join (KmHub           *hub,
      KmMember        *member,
      const KmCommand *command)
{
  gint64 id = g_ascii_strtoll (command->room, NULL, 10);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GPtrArray) recent = NULL;
  g_autoptr (GPtrArray) polls = NULL;
  g_autoptr (GString) text = NULL;
  g_autoptr (GError) error = NULL;
  KmHubRoom *room = km_hub_get_room (hub, id, &error);
  KmSeat *seat = km_member_find_seat (member, id);
  KmResume resume = KM_RESUME_SNAPSHOT;
  gboolean resumed;
  KmJoined joined;

  if (room != NULL)
    resume = km_live_room_judge_resume (room->live, command->epoch,
                                        command->seq);
  if (resume == KM_RESUME_LOST_TAIL
      && !km_hub_check_history (
           hub, room, command->seq,
           km_room_log_get_head (km_live_room_get_log (room->live))))
    {
      km_hub_reply_code (hub, member, command->id, KM_PROTOCOL_ERROR_BUSY,
                         NEW_HISTORY_RETRY_MS);
      return;
    }

  resumed = resume == KM_RESUME_LOG;
  if (room != NULL)
    {
      polls = km_hub_list_polls (hub, member, room, &error);
      if (!resumed && error == NULL)
        recent = find_recent (hub, room, &error);
    }
  if (error == NULL && seat == NULL && member->seats->len >= SEATS_MAX)
    km_protocol_error_set (&error, KM_PROTOCOL_ERROR_TOO_MANY);
  if (error != NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
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
    .likes = km_live_room_get_likes (room->live),
    .polls = polls,
    .chat_wait_ms = km_live_room_chat_wait_ms (room->live, member->account,
                                               hub->now_us),
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
      km_hub_reply_code (hub, member, command->id,
                         KM_PROTOCOL_ERROR_NOT_JOINED, 0);
      return;
    }

  km_seat_leave (hub, seat);
  km_hub_reply_empty (hub, member, command->id);
}

static void
chat (KmHub           *hub,
      KmMember        *member,
      const KmCommand *command)
{
  const KmSpeaker speaker = km_member_speaker (member);
  KmSeat *seat = km_hub_require_seat (hub, member, command);
  g_autoptr (GError) error = NULL;
  KmRoomEvent *event;

  if (seat == NULL)
    return;

  event = km_live_room_check_chat (seat->room->live, &speaker, command,
                                   hub->now_us, g_get_real_time () / 1000,
                                   &error);
  if (event == NULL)
    {
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  km_hub_post_act (hub, km_hub_post_new (hub, seat->room, event), member,
                   command);
}

/* Remembers who will want to know why a publish was refused. */
static void
prepare (KmHub           *hub,
         KmMember        *member,
         const KmCommand *command)
{
  if (member->account == 0)
    {
      km_hub_reply_code (hub, member, command->id,
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
  km_hub_reply_empty (hub, member, command->id);
}

static void
refuse_too_fast (KmHub      *hub,
                 KmMember   *member,
                 const char *id,
                 gint64      wait_us)
{
  if (km_bucket_take (&member->refusals, hub->now_us, REFUSAL_SPACING_US,
                      REFUSAL_BURST) > 0)
    km_member_close (hub, member, KM_CLOSE_FLOOD, "too many commands");
  else
    km_hub_reply_code (hub, member, id, KM_PROTOCOL_ERROR_TOO_FAST,
                       (wait_us + 999) / 1000);
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
      refuse_too_fast (hub, member, id, wait_us);
      return;
    }
  if (command == NULL)
    {
      km_hub_reply_error (hub, member, id, error);
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
      km_hub_give (hub, member, command);
      break;
    case KM_COMMAND_LIKE_SEND:
      km_hub_like (hub, member, command);
      break;
    case KM_COMMAND_PEOPLE_LIST:
      km_hub_list_people (hub, member, command);
      break;
    case KM_COMMAND_POLL_OPEN:
      km_hub_open_poll (hub, member, command);
      break;
    case KM_COMMAND_POLL_VOTE:
      km_hub_vote (hub, member, command);
      break;
    case KM_COMMAND_POLL_CLOSE:
      km_hub_close_poll (hub, member, command);
      break;
    case KM_COMMAND_INBOX_OPEN:
      km_hub_open_inbox (hub, member, command);
      break;
    case KM_COMMAND_CHAT_DELETE:
      km_hub_delete_message (hub, member, command);
      break;
    case KM_COMMAND_CHAT_REPORT:
      km_hub_report (hub, member, command);
      break;
    case KM_COMMAND_REPORT_DISMISS:
      km_hub_dismiss (hub, member, command);
      break;
    case KM_COMMAND_STAFF_OPEN:
      km_hub_open_staff (hub, member, command);
      break;
    case KM_N_COMMANDS:
    default:
      km_hub_reply_code (hub, member, id, KM_PROTOCOL_ERROR_UNKNOWN_COMMAND, 0);
      break;
    }
}
