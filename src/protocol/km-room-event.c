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

#include "km-command.h"
#include "km-json.h"

#define WORD_BYTES_MAX 64
#define MESSAGE_BYTES_MAX 2000

static const char room_prefix[] = "room:";

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
  g_free (self->stream);
  g_free (self->title);
  g_free (self->category);
  g_free (self->publish);
  g_free (self->message);
  g_free (self);
}

static void
append_chat (const KmRoomEvent *self,
             GString           *out)
{
  char color[8];

  g_snprintf (color, sizeof color, "#%06x", self->color & 0xffffff);

  km_json_append_member (out, "id", self->id);
  g_string_append (out, ",\"from\":{");
  km_json_append_member (out, "id", self->from.id);
  km_json_append_member (out, "name", self->from.name);
  km_json_append_member (out, "shown_name", self->from.shown_name);
  km_json_append_member (out, "role", km_role_to_word (self->role));
  g_string_append_c (out, '}');
  km_json_append_member (out, "text", self->text);
  km_json_append_member (out, "mode", km_chat_mode_to_word (self->mode));
  km_json_append_member (out, "color", color);
  if (self->time_ms >= 0)
    km_json_append_integer (out, "time_ms", self->time_ms);
  else
    km_json_append_member (out, "time_ms", NULL);
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
  g_string_append_c (out, '{');
  switch (self->kind)
    {
    case KM_ROOM_EVENT_CHAT_MESSAGE:
      append_chat (self, out);
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
 * @room: (nullable): in which room
 * @seq: its place in the room's log; -1: none
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
      g_string_append (out, room_prefix);
      g_string_append (out, room);
      g_string_append_c (out, '"');
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

static gboolean
parse_chat (KmRoomEvent *self,
            JsonObject  *d)
{
  JsonObject *from = km_json_get_object (d, "from");
  g_autoptr (KmAccountInfo) account = km_account_info_from_json (from);
  const char *color = km_json_get_string (d, "color", WORD_BYTES_MAX);
  guint64 value;
  int word;

  self->id = g_strdup (km_json_get_string (d, "id", WORD_BYTES_MAX));
  self->text = g_strdup (km_json_get_string (d, "text", KM_CHAT_BYTES_MAX));
  if (account == NULL || self->id == NULL || self->text == NULL)
    return FALSE;

  self->from = *account;
  g_free (g_steal_pointer (&account));

  /* Words of a newer server fall back to the plainest. */
  word = km_role_from_word (km_json_get_string (from, "role",
                                                WORD_BYTES_MAX));
  self->role = word < 0 ? KM_ROLE_MEMBER : (KmRole) word;
  word = km_chat_mode_from_word (km_json_get_string (d, "mode",
                                                     WORD_BYTES_MAX));
  self->mode = word < 0 ? KM_CHAT_MODE_SCROLL : (KmChatMode) word;
  if (color != NULL && color[0] == '#' && strlen (color) == 7 &&
      g_ascii_string_to_unsigned (color + 1, 16, 0, 0xffffff, &value, NULL))
    self->color = (guint32) value;
  km_json_get_integer (d, "time_ms", 0, G_MAXINT64, &self->time_ms);

  return TRUE;
}

static gboolean
parse_stream (KmRoomEvent *self,
              JsonObject  *d)
{
  int word = km_stream_end_from_word (km_json_get_string (d, "reason",
                                                          WORD_BYTES_MAX));

  self->stream = g_strdup (km_json_get_string (d, "stream", WORD_BYTES_MAX));
  self->reason = word < 0 ? KM_STREAM_END_ENDED : (KmStreamEnd) word;
  km_json_get_integer (d, "duration_ms", 0, G_MAXINT64, &self->duration_ms);

  return self->stream != NULL;
}

static gboolean
parse_tick (KmRoomEvent *self,
            JsonObject  *d)
{
  gint64 online = 0;

  km_json_get_integer (d, "online", 0, G_MAXINT32, &online);
  self->online = (guint) online;
  self->live = km_json_get_boolean (d, "live");
  self->stream = g_strdup (km_json_get_string (d, "stream", WORD_BYTES_MAX));
  km_json_get_integer (d, "edge_ms", 0, G_MAXINT64, &self->edge_ms);
  self->publisher_lost =
    g_strcmp0 (km_json_get_string (d, "publisher", WORD_BYTES_MAX),
               "lost") == 0;

  return TRUE;
}

static gboolean
parse_body (KmRoomEvent *self,
            JsonObject  *d)
{
  switch (self->kind)
    {
    case KM_ROOM_EVENT_CHAT_MESSAGE:
      return parse_chat (self, d);

    case KM_ROOM_EVENT_STREAM_STARTED:
    case KM_ROOM_EVENT_STREAM_ENDED:
      return parse_stream (self, d);

    case KM_ROOM_EVENT_ROOM_CHANGED:
      self->title = g_strdup (km_json_get_string (d, "title",
                                                  KM_TITLE_BYTES_MAX));
      self->category = g_strdup (km_json_get_string (d, "category",
                                                     WORD_BYTES_MAX));
      return self->title != NULL && self->category != NULL;

    case KM_ROOM_EVENT_TICK:
      return parse_tick (self, d);

    case KM_ROOM_EVENT_STREAM_REFUSED:
      self->publish = g_strdup (km_json_get_string (d, "publish",
                                                    WORD_BYTES_MAX));
      self->code = km_protocol_error_from_word (
        km_json_get_string (d, "code", WORD_BYTES_MAX));
      self->message = g_strdup (km_json_get_string (d, "message",
                                                    MESSAGE_BYTES_MAX));
      if (self->message == NULL)
        self->message = g_strdup (km_protocol_error_to_message (self->code));
      return self->publish != NULL;

    case KM_ROOM_EVENT_UNKNOWN:
    case KM_N_ROOM_EVENTS:
    default:
      return TRUE;
    }
}

static KmRoomEvent *
parse_event (JsonObject      *object,
             KmRoomEventKind  kind)
{
  g_autoptr (KmRoomEvent) self = km_room_event_new (kind);
  const char *s = km_json_get_string (object, "s", WORD_BYTES_MAX);
  JsonObject *d = km_json_get_object (object, "d");

  if (s != NULL && g_str_has_prefix (s, room_prefix))
    self->room = g_strdup (s + sizeof room_prefix - 1);
  km_json_get_integer (object, "seq", 0, G_MAXINT64, &self->seq);
  km_json_get_integer (object, "at", 0, G_MAXINT64, &self->at_ms);

  if (kind == KM_ROOM_EVENT_UNKNOWN)
    return g_steal_pointer (&self);
  if ((self->room == NULL && kind != KM_ROOM_EVENT_STREAM_REFUSED) ||
      d == NULL || !parse_body (self, d))
    return NULL;

  return g_steal_pointer (&self);
}

static KmReply *
parse_reply (JsonObject *object,
             const char *re)
{
  g_autoptr (KmReply) self = km_reply_new ();
  JsonObject *d = km_json_get_object (object, "d");
  int role;

  self->re = g_strdup (re);
  self->error = km_json_get_error (object);
  if (self->error != NULL)
    return g_steal_pointer (&self);
  if (d == NULL)
    return NULL;

  self->epoch = g_strdup (km_json_get_string (d, "epoch", KM_EPOCH_MAX));
  km_json_get_integer (d, "seq", 0, G_MAXINT64, &self->seq);
  km_json_get_integer (d, "at", 0, G_MAXINT64, &self->at_ms);
  self->resumed = km_json_get_boolean (d, "resumed");
  self->room = km_room_info_from_json (km_json_get_object (d, "room"));
  role = km_role_from_word (km_json_get_string (d, "role", WORD_BYTES_MAX));
  self->role = role < 0 ? KM_ROLE_GUEST : (KmRole) role;

  return g_steal_pointer (&self);
}

/**
 * km_frame_parse:
 * @text: the text of a frame from a server
 * @length: its bytes
 * @event: (out) (transfer full) (nullable): the event, if it is one
 * @reply: (out) (transfer full) (nullable): the reply, if it is one
 * @error: %KM_PROTOCOL_ERROR_BAD_REQUEST: not what a server says
 *
 * The client's side. One of @event and @reply is set when this succeeds.
 *
 * Returns: whether the frame is well formed
 */
gboolean
km_frame_parse (const char   *text,
                gsize         length,
                KmRoomEvent **event,
                KmReply     **reply,
                GError      **error)
{
  g_autoptr (JsonObject) object = NULL;
  const char *re, *word;
  int kind;

  *event = NULL;
  *reply = NULL;
  object = km_json_parse (text, length, error);
  if (object == NULL)
    return FALSE;

  re = km_json_get_string (object, "re", KM_COMMAND_ID_MAX);
  word = km_json_get_string (object, "t", WORD_BYTES_MAX);
  kind = km_room_event_kind_from_word (word);
  if (re != NULL)
    *reply = parse_reply (object, re);
  else if (word != NULL)
    *event = parse_event (object, kind < 0 ? KM_ROOM_EVENT_UNKNOWN
                                           : (KmRoomEventKind) kind);

  if (*reply == NULL && *event == NULL)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return FALSE;
    }

  return TRUE;
}
