/* km-frame.c: what a server says, read by a client
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client trusts its server no more than a server its clients: a frame is an
 * event that has what its kind must have, or a reply, or refused. Words of a
 * newer server are no trouble: they fall back to the plainest.
 *
 * Thread: any.
 */

#include "km-frame.h"

#include "km-command.h"
#include "km-json.h"

#define WORD_BYTES_MAX 64
#define MESSAGE_BYTES_MAX 2000

/* Who did it, by which act, seeing what. */
static gboolean
parse_act (KmRoomEvent *self,
           JsonObject  *d)
{
  g_autoptr (KmPerson) from =
    km_person_from_json (km_json_get_object (d, "from"));

  self->id = g_strdup (km_json_get_string (d, "id", WORD_BYTES_MAX));
  if (from == NULL || self->id == NULL)
    return FALSE;

  self->from = from->account;
  self->role = from->role;
  g_free (g_steal_pointer (&from));
  km_json_get_integer (d, "time_ms", 0, G_MAXINT64, &self->time_ms);

  return TRUE;
}

/* Whoever a newer server lets delete messages does it in the host's place. */
static KmDeletion
read_deletion (JsonObject *d,
               const char *member)
{
  const char *word = km_json_get_string (d, member, WORD_BYTES_MAX);
  int by = km_deletion_from_word (word);

  if (word == NULL)
    return KM_DELETION_NONE;

  return by < 0 ? KM_DELETION_HOST : (KmDeletion) by;
}

static gboolean
parse_deleted (KmRoomEvent *self,
               JsonObject  *d)
{
  self->target = g_strdup (km_json_get_string (d, "id", WORD_BYTES_MAX));
  self->deletion = read_deletion (d, "by");

  return self->target != NULL && self->deletion != KM_DELETION_NONE &&
         km_json_get_integer (d, "of", 1, G_MAXINT64, &self->of);
}

static gboolean
parse_chat (KmRoomEvent *self,
            JsonObject  *d)
{
  const char *color = km_json_get_string (d, "color", WORD_BYTES_MAX);
  guint64 value;
  int word;

  self->text = g_strdup (km_json_get_string (d, "text", KM_CHAT_BYTES_MAX));
  if (self->text == NULL || !parse_act (self, d))
    return FALSE;

  self->deletion = read_deletion (d, "deleted");
  word = km_chat_mode_from_word (km_json_get_string (d, "mode",
                                                     WORD_BYTES_MAX));
  self->mode = word < 0 ? KM_CHAT_MODE_SCROLL : (KmChatMode) word;
  if (color != NULL && color[0] == '#' && strlen (color) == 7 &&
      g_ascii_string_to_unsigned (color + 1, 16, 0, 0xffffff, &value, NULL))
    self->color = (guint32) value;

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
  km_json_get_integer (d, "likes", 0, G_MAXINT64, &self->likes);
  if (km_json_is_null (d, "polls"))
    return TRUE;

  self->polls = km_poll_infos_from_json (km_json_get_array (d, "polls"),
                                         KM_POLL_PART_TALLIES);
  return self->polls != NULL;
}

static gboolean
parse_change (KmRoomEvent *self,
              JsonObject  *d)
{
  gint64 slow_s = 0;

  self->title = g_strdup (km_json_get_string (d, "title",
                                              KM_TITLE_BYTES_MAX));
  self->category = g_strdup (km_json_get_string (d, "category",
                                                 WORD_BYTES_MAX));
  km_json_get_integer (d, "slow_s", 0, KM_SLOW_MODE_S_MAX, &slow_s);
  self->slow_s = (guint) slow_s;

  return self->title != NULL && self->category != NULL;
}

static gboolean
parse_body (KmRoomEvent *self,
            JsonObject  *d)
{
  switch (self->kind)
    {
    case KM_ROOM_EVENT_CHAT_MESSAGE:
      return parse_chat (self, d);

    case KM_ROOM_EVENT_CHAT_DELETED:
      return parse_deleted (self, d);

    case KM_ROOM_EVENT_GIFT_SENT:
      self->gift = km_gift_info_from_json (d);
      return self->gift != NULL && parse_act (self, d);

    case KM_ROOM_EVENT_POLL_OPENED:
      self->poll = km_poll_info_from_json (d, KM_POLL_PART_ASK);
      return self->poll != NULL;

    case KM_ROOM_EVENT_POLL_CLOSED:
      self->poll = km_poll_info_from_json (d, KM_POLL_PART_ASK
                                                | KM_POLL_PART_TALLIES);
      return self->poll != NULL;

    case KM_ROOM_EVENT_STREAM_STARTED:
    case KM_ROOM_EVENT_STREAM_ENDED:
      return parse_stream (self, d);

    case KM_ROOM_EVENT_ROOM_CHANGED:
      return parse_change (self, d);

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

    case KM_ROOM_EVENT_WALLET_ENTRY:
      self->note = g_strdup (km_json_get_string (d, "note",
                                                 MESSAGE_BYTES_MAX));
      return self->seq >= 0 && km_wallet_entry_read (&self->entry, d);

    case KM_ROOM_EVENT_WALLET_LIMIT:
      km_wallet_info_read_limit (&self->wallet, d);
      return TRUE;

    case KM_ROOM_EVENT_REPORT_FILED:
    case KM_ROOM_EVENT_REPORT_SETTLED:
    case KM_ROOM_EVENT_MESSAGE_DELETED:
      self->staff = km_staff_entry_from_json (d, self->kind);
      return self->seq >= 0 && self->staff != NULL;

    case KM_ROOM_EVENT_UNKNOWN:
    case KM_N_ROOM_EVENTS:
    default:
      return TRUE;
    }
}

/* Events of another stream would be taken for those of this one. */
static gboolean
is_of_its_stream (const KmRoomEvent *self,
                  const char        *s)
{
  if (km_room_event_kind_is_inbox (self->kind))
    return g_strcmp0 (s, KM_INBOX_STREAM) == 0;

  return self->room != NULL || self->kind == KM_ROOM_EVENT_STREAM_REFUSED;
}

/* Returns: (nullable): whose stream of that kind @s is. */
static char *
dup_room (const char *s,
          const char *prefix)
{
  if (s == NULL || !g_str_has_prefix (s, prefix))
    return NULL;

  return g_strdup (s + strlen (prefix));
}

static KmRoomEvent *
parse_event (JsonObject      *object,
             KmRoomEventKind  kind)
{
  g_autoptr (KmRoomEvent) self = km_room_event_new (kind);
  const char *s = km_json_get_string (object, "s", WORD_BYTES_MAX);
  JsonObject *d = km_json_get_object (object, "d");

  self->room = dup_room (s, km_room_event_kind_is_staff (kind)
                              ? KM_STAFF_STREAM : KM_ROOM_STREAM);
  km_json_get_integer (object, "seq", 0, G_MAXINT64, &self->seq);
  km_json_get_integer (object, "at", 0, G_MAXINT64, &self->at_ms);

  if (kind == KM_ROOM_EVENT_UNKNOWN)
    return g_steal_pointer (&self);
  if (!is_of_its_stream (self, s) || d == NULL || !parse_body (self, d))
    return NULL;

  return g_steal_pointer (&self);
}

static void
parse_joined (KmReply    *self,
              JsonObject *d)
{
  int role = km_role_from_word (km_json_get_string (d, "role",
                                                    WORD_BYTES_MAX));

  self->epoch = g_strdup (km_json_get_string (d, "epoch", KM_EPOCH_MAX));
  self->resumed = km_json_get_boolean (d, "resumed");
  self->room = km_room_info_from_json (km_json_get_object (d, "room"));
  self->role = role < 0 ? KM_ROLE_GUEST : (KmRole) role;
  km_json_get_integer (d, "likes", 0, G_MAXINT64, &self->likes);
  self->polls = km_poll_infos_from_json (km_json_get_array (d, "polls"),
                                         KM_POLL_PART_ASK
                                           | KM_POLL_PART_TALLIES);
  km_json_get_integer (d, "chat_wait_ms", 0, KM_SLOW_MODE_S_MAX * 1000,
                       &self->chat_wait_ms);
}

static void
parse_people (KmReply    *self,
              JsonObject *d)
{
  gint64 online = 0;
  gint64 guests = 0;

  self->people = km_people_from_json (km_json_get_array (d, "people"));
  km_json_get_integer (d, "online", 0, G_MAXINT32, &online);
  km_json_get_integer (d, "guests", 0, G_MAXINT32, &guests);
  self->online = (guint) online;
  self->guests = (guint) guests;
}

static void
parse_wallet (KmReply    *self,
              JsonObject *d)
{
  JsonObject *wallet = km_json_get_object (d, "wallet");

  self->has_wallet = wallet != NULL
                     && km_wallet_info_read_coins (&self->wallet, wallet);
  if (self->has_wallet)
    km_wallet_info_read_limit (&self->wallet, wallet);
}

static void
parse_staff (KmReply    *self,
             JsonObject *d)
{
  gint64 follow = -1;
  gint64 open = 0;

  km_json_get_integer (d, "open", 0, G_MAXINT32, &open);
  km_json_get_integer (d, "follow", 0, G_MAXINT32, &follow);
  self->n_open = (guint) open;
  self->n_follow = (int) follow;
}

static KmReply *
parse_reply (JsonObject *object,
             const char *re)
{
  g_autoptr (KmReply) self = km_reply_new ();
  JsonObject *d = km_json_get_object (object, "d");

  self->re = g_strdup (re);
  self->error = km_json_get_error (object);
  if (self->error != NULL)
    return g_steal_pointer (&self);
  if (d == NULL)
    return NULL;

  km_json_get_integer (d, "seq", 0, G_MAXINT64, &self->seq);
  km_json_get_integer (d, "at", 0, G_MAXINT64, &self->at_ms);
  parse_joined (self, d);
  parse_people (self, d);
  parse_wallet (self, d);
  parse_staff (self, d);
  km_json_get_integer (d, "value", 0, G_MAXINT64, &self->value);
  km_json_get_integer (d, "balance", 0, G_MAXINT64, &self->balance);
  self->poll = g_strdup (km_json_get_string (d, "poll", KM_POLL_ID_MAX));
  km_poll_choices_from_json (km_json_get_array (d, "options"),
                             &self->choices, NULL);

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
 * One of @event and @reply is set when this succeeds.
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
