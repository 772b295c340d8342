/* km-room-event.c: what a server tells a room, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The body of an event is written once, before its commit, and kept; the
 * frame around it is written once when the commit gave it its seq, and then
 * sent to everybody as it is.
 *
 * Thread: any.
 */

#include "km-room-event.h"

#include "km-json.h"
#include "km-person.h"

/**
 * km_room_event_new:
 * @kind: what happened
 *
 * Returns: (transfer full): an event with nothing in it yet
 */
KmRoomEvent *
km_room_event_new (KmRoomEventKind kind)
{
  KmRoomEvent *self = g_new0 (KmRoomEvent, 1);

  self->kind = kind;
  self->seq = -1;
  self->at_ms = -1;
  self->time_ms = -1;
  self->edge_ms = -1;
  self->likes = -1;
  self->of = -1;
  self->color = KM_CHAT_COLOR_DEFAULT;

  return self;
}

void
km_room_event_free (KmRoomEvent *self)
{
  g_free (self->room);
  g_free (self->id);
  km_account_info_clear (&self->from);
  g_free (self->text);
  g_free (self->target);
  g_clear_pointer (&self->gift, km_gift_info_free);
  g_clear_pointer (&self->poll, km_poll_info_free);
  g_clear_pointer (&self->polls, g_ptr_array_unref);
  g_free (self->stream);
  g_free (self->title);
  g_free (self->category);
  g_free (self->publish);
  g_free (self->message);
  g_free (self->note);
  g_clear_pointer (&self->staff, km_staff_entry_free);
  g_free (self);
}

static void
append_from (const KmRoomEvent *self,
             GString           *out)
{
  const KmPerson from = { .account = self->from, .role = self->role };

  km_json_append_raw (out, "from", "", 0);
  km_person_append (&from, out);
}

/* What is left of a message: whose it was, and who took it back. The empty
 * text is for those who know no deletion. */
static void
append_tombstone (const KmRoomEvent *self,
                  GString           *out)
{
  km_json_append_member (out, "id", self->id);
  append_from (self, out);
  km_json_append_member (out, "text", "");
  km_json_append_member (out, "deleted", km_deletion_to_word (self->deletion));
}

static void
append_chat (const KmRoomEvent *self,
             GString           *out)
{
  char color[8];

  if (self->deletion != KM_DELETION_NONE)
    {
      append_tombstone (self, out);
      return;
    }

  g_snprintf (color, sizeof color, "#%06x", self->color & 0xffffff);

  km_json_append_member (out, "id", self->id);
  append_from (self, out);
  km_json_append_member (out, "text", self->text);
  km_json_append_member (out, "mode", km_chat_mode_to_word (self->mode));
  km_json_append_member (out, "color", color);
  km_json_append_time (out, "time_ms", self->time_ms);
}

static void
append_gift (const KmRoomEvent *self,
             GString           *out)
{
  km_json_append_member (out, "id", self->id);
  append_from (self, out);
  km_gift_info_append (self->gift, out);
  km_json_append_time (out, "time_ms", self->time_ms);
}

static void
append_tick (const KmRoomEvent *self,
             GString           *out)
{
  km_json_append_integer (out, "online", self->online);
  km_json_append_boolean (out, "live", self->live);
  km_json_append_member (out, "stream", self->stream);
  if (self->edge_ms >= 0)
    km_json_append_integer (out, "edge_ms", self->edge_ms);
  if (self->live)
    km_json_append_member (out, "publisher",
                           self->publisher_lost ? "lost" : "ok");
  if (self->likes >= 0)
    km_json_append_integer (out, "likes", self->likes);
  if (self->polls != NULL)
    km_poll_infos_append (self->polls, KM_POLL_PART_TALLIES, out);
}

/* What is in braces already. */
static gboolean
append_whole (const KmRoomEvent *self,
              GString           *out)
{
  switch (self->kind)
    {
    case KM_ROOM_EVENT_POLL_OPENED:
      km_poll_info_append (self->poll, KM_POLL_PART_ASK, out);
      return TRUE;

    case KM_ROOM_EVENT_POLL_CLOSED:
      km_poll_info_append (self->poll,
                           KM_POLL_PART_ASK | KM_POLL_PART_TALLIES
                             | KM_POLL_PART_END,
                           out);
      return TRUE;

    default:
      return FALSE;
    }
}

/**
 * km_room_event_append_body:
 * @self: an event whose fields for its kind are set
 * @out: where the JSON of its `d` goes
 */
void
km_room_event_append_body (const KmRoomEvent *self,
                           GString           *out)
{
  if (append_whole (self, out))
    return;

  g_string_append_c (out, '{');
  switch (self->kind)
    {
    case KM_ROOM_EVENT_CHAT_MESSAGE:
      append_chat (self, out);
      break;

    case KM_ROOM_EVENT_CHAT_DELETED:
      km_json_append_member (out, "id", self->target);
      km_json_append_integer (out, "of", self->of);
      km_json_append_member (out, "by", km_deletion_to_word (self->deletion));
      break;

    case KM_ROOM_EVENT_GIFT_SENT:
      append_gift (self, out);
      break;

    case KM_ROOM_EVENT_STREAM_STARTED:
      km_json_append_member (out, "stream", self->stream);
      break;

    case KM_ROOM_EVENT_STREAM_ENDED:
      km_json_append_member (out, "stream", self->stream);
      km_json_append_member (out, "reason",
                             km_stream_end_to_word (self->reason));
      km_json_append_integer (out, "duration_ms", self->duration_ms);
      break;

    case KM_ROOM_EVENT_ROOM_CHANGED:
      km_json_append_member (out, "title", self->title);
      km_json_append_member (out, "category", self->category);
      km_json_append_integer (out, "slow_s", self->slow_s);
      break;

    case KM_ROOM_EVENT_TICK:
      append_tick (self, out);
      break;

    case KM_ROOM_EVENT_STREAM_REFUSED:
      km_json_append_member (out, "publish", self->publish);
      km_json_append_member (out, "code",
                             km_protocol_error_to_word (self->code));
      km_json_append_member (out, "message", self->message);
      break;

    case KM_ROOM_EVENT_WALLET_ENTRY:
      km_wallet_entry_append (&self->entry, out);
      if (self->note != NULL)
        km_json_append_member (out, "note", self->note);
      break;

    case KM_ROOM_EVENT_WALLET_LIMIT:
      km_wallet_info_append_limit (&self->wallet, out);
      break;

    case KM_ROOM_EVENT_REPORT_FILED:
    case KM_ROOM_EVENT_REPORT_SETTLED:
    case KM_ROOM_EVENT_MESSAGE_DELETED:
      km_staff_entry_append (self->staff, self->kind, out);
      break;

    case KM_ROOM_EVENT_POLL_OPENED:
    case KM_ROOM_EVENT_POLL_CLOSED:
    case KM_ROOM_EVENT_UNKNOWN:
    case KM_N_ROOM_EVENTS:
    default:
      break;
    }
  g_string_append_c (out, '}');
}

/**
 * km_room_event_append_frame:
 * @out: where the frame's text goes
 * @kind: what happened
 * @room: (nullable): in which room; without one it may be in the inbox
 * @seq: its place in the log; -1: none
 * @at_ms: when; -1: doesn't say
 * @body: the JSON of `d`, from km_room_event_append_body()
 * @body_length: its bytes; -1: up to its zero
 */
void
km_room_event_append_frame (GString         *out,
                            KmRoomEventKind  kind,
                            const char      *room,
                            gint64           seq,
                            gint64           at_ms,
                            const char      *body,
                            gssize           body_length)
{
  g_string_append (out, "{\"t\":\"");
  g_string_append (out, km_room_event_kind_to_word (kind));
  g_string_append_c (out, '"');
  if (room != NULL)
    {
      g_string_append (out, ",\"s\":\"");
      g_string_append (out, km_room_event_kind_is_staff (kind)
                              ? KM_STAFF_STREAM : KM_ROOM_STREAM);
      g_string_append (out, room);
      g_string_append_c (out, '"');
    }
  else if (km_room_event_kind_is_inbox (kind))
    {
      g_string_append (out, ",\"s\":\"" KM_INBOX_STREAM "\"");
    }
  if (seq >= 0)
    g_string_append_printf (out, ",\"seq\":%" G_GINT64_FORMAT, seq);
  if (at_ms >= 0)
    g_string_append_printf (out, ",\"at\":%" G_GINT64_FORMAT, at_ms);
  g_string_append (out, ",\"d\":");
  g_string_append_len (out, body, body_length);
  g_string_append_c (out, '}');
}

/**
 * km_room_event_encode:
 * @self: an event
 *
 * Returns: (transfer full): the text of its frame
 */
char *
km_room_event_encode (const KmRoomEvent *self)
{
  g_autoptr (GString) body = g_string_sized_new (256);
  g_autoptr (GString) out = g_string_sized_new (320);

  km_room_event_append_body (self, body);
  km_room_event_append_frame (out, self->kind, self->room, self->seq,
                              self->at_ms, body->str, (gssize) body->len);

  return g_string_free_and_steal (g_steal_pointer (&out));
}
