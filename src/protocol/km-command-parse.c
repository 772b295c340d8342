/* km-command-parse.c: a stranger's frame becomes a command, or an error
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parsed command has the types, ranges and byte lengths that the protocol
 * promises. What needs more than the frame to judge (is the text allowed,
 * has the room been joined, is there such a gift) is left to those who know.
 *
 * Nothing that costs something is taken from a client: a gift has no price
 * here, and one that is sent is an unknown field like any other.
 *
 * Thread: any.
 */

#include "km-command.h"

#include "km-id.h"
#include "km-json.h"

#define WORD_BYTES_MAX 64

static gboolean
is_command_id (const char *id)
{
  for (const char *c = id; *c != '\0'; c++)
    {
      if (!g_ascii_isgraph (*c))
        return FALSE;
    }

  return *id != '\0';
}

/* Ids of rooms, polls and accounts are positive numbers that fit 63 bits, without a
 * sign or leading zeros: one thing has one spelling. */
static gboolean
is_number_id (const char *id)
{
  gint64 number;

  return id != NULL && *id != '0' && g_ascii_isdigit (*id) &&
         g_ascii_string_to_signed (id, 10, 1, G_MAXINT64, &number, NULL);
}

static gboolean
parse_color (const char *word,
             guint32    *color)
{
  guint64 value;

  if (strlen (word) != 7 || word[0] != '#' ||
      !g_ascii_string_to_unsigned (word + 1, 16, 0, 0xffffff, &value, NULL))
    return FALSE;

  *color = (guint32) value;
  return TRUE;
}

static gboolean
parse_join (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  self->epoch = g_strdup (km_json_get_string (d, "epoch", KM_EPOCH_MAX));

  /* Either both or neither, and a wrong one counts as absent: the worst that
   * follows is a snapshot. */
  if (self->epoch == NULL ||
      !km_json_get_integer (d, "seq", 0, G_MAXINT64, &self->seq))
    {
      g_clear_pointer (&self->epoch, g_free);
      self->seq = -1;
    }

  return TRUE;
}

static gboolean
parse_time (KmCommand  *self,
            JsonObject *d)
{
  return km_json_is_null (d, "time_ms") ||
         km_json_get_integer (d, "time_ms", 0, G_MAXINT64, &self->time_ms);
}

static gboolean
parse_chat (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  const char *text = km_json_get_string (d, "text", KM_FRAME_BYTES_MAX);
  const char *mode = km_json_get_string (d, "mode", WORD_BYTES_MAX);
  const char *color = km_json_get_string (d, "color", WORD_BYTES_MAX);

  if (text == NULL)
    goto bad;
  if (!km_json_is_null (d, "mode"))
    {
      int value = km_chat_mode_from_word (mode);

      if (value < 0)
        goto bad;
      self->mode = (KmChatMode) value;
    }
  if (!km_json_is_null (d, "color") &&
      (color == NULL || !parse_color (color, &self->color)))
    goto bad;
  if (!parse_time (self, d))
    goto bad;
  if (strlen (text) > KM_CHAT_BYTES_MAX)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_TOO_LONG);
      return FALSE;
    }

  self->text = g_strdup (text);
  return TRUE;

bad:
  km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
  return FALSE;
}

static gboolean
parse_prepare (KmCommand   *self,
               JsonObject  *d,
               GError     **error)
{
  const char *publish = km_json_get_string (d, "publish", KM_ID_LENGTH);

  if (!km_id_is_valid (publish))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return FALSE;
    }

  self->publish = g_strdup (publish);
  return TRUE;
}

/* A whole number that can't be given is told apart from what is no number. */
static gboolean
parse_count (KmCommand   *self,
             JsonObject  *d,
             gint64       max,
             GError     **error)
{
  KmProtocolError code = KM_PROTOCOL_ERROR_BAD_REQUEST;

  if (km_json_get_integer (d, "count", G_MININT64, G_MAXINT64, &self->count))
    {
      if (self->count >= 1 && self->count <= max)
        return TRUE;
      code = KM_PROTOCOL_ERROR_BAD_COUNT;
    }

  km_protocol_error_set (error, code);
  return FALSE;
}

static gboolean
parse_gift (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  self->gift = g_strdup (km_json_get_string (d, "gift", KM_GIFT_ID_MAX));
  if (self->gift == NULL || !parse_time (self, d) ||
      !km_json_get_flag (d, "confirmed", &self->confirmed))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return FALSE;
    }

  return parse_count (self, d, KM_GIFT_COUNT_MAX, error);
}

static gboolean
parse_ask (KmCommand   *self,
           JsonObject  *d,
           GError     **error)
{
  if (!km_json_is_null (d, "duration_ms") &&
      !km_json_get_integer (d, "duration_ms", KM_POLL_DURATION_MS_MIN,
                            KM_POLL_DURATION_MS_MAX, &self->duration_ms))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return FALSE;
    }

  self->ask = km_poll_question_from_json (d, error);

  return self->ask != NULL;
}

static gboolean
parse_poll (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  const char *poll = km_json_get_string (d, "poll", KM_POLL_ID_MAX);

  if (!is_number_id (poll))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_POLL);
      return FALSE;
    }

  self->poll = g_strdup (poll);
  return TRUE;
}

static gboolean
parse_vote (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  return parse_poll (self, d, error) &&
         km_poll_choices_from_json (km_json_get_array (d, "options"),
                                    &self->choices, error);
}

/* Ids of acts are their users' to make: which message is meant takes both. */
static gboolean
parse_message (KmCommand   *self,
               JsonObject  *d,
               GError     **error)
{
  const char *message = km_json_get_string (d, "message", KM_ID_LENGTH);
  const char *from = km_json_get_string (d, "from", KM_ACCOUNT_ID_MAX);

  if (!km_id_is_valid (message) || !is_number_id (from))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
      return FALSE;
    }

  self->message = g_strdup (message);
  self->from = g_strdup (from);
  return TRUE;
}

static gboolean
parse_report (KmCommand   *self,
              JsonObject  *d,
              GError     **error)
{
  const char *note = km_json_get_string (d, "note", KM_FRAME_BYTES_MAX);
  int reason = km_report_reason_from_word (
    km_json_get_string (d, "reason", WORD_BYTES_MAX));
  KmProtocolError code = KM_PROTOCOL_ERROR_BAD_REQUEST;

  if (!parse_message (self, d, error))
    return FALSE;

  if (note != NULL && strlen (note) > KM_REPORT_NOTE_BYTES_MAX)
    code = KM_PROTOCOL_ERROR_TOO_LONG;
  else if (reason >= 0 && (note != NULL || km_json_is_null (d, "note")))
    {
      self->reason = (KmReportReason) reason;
      self->note = g_strdup (note);
      return TRUE;
    }

  km_protocol_error_set (error, code);
  return FALSE;
}

static gboolean
parse_data (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  if (km_command_kind_is_act (self->kind) && !km_id_is_valid (self->id))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return FALSE;
    }

  switch (self->kind)
    {
    case KM_COMMAND_ROOM_JOIN:
    case KM_COMMAND_INBOX_OPEN:
    case KM_COMMAND_STAFF_OPEN:
      return parse_join (self, d, error);
    case KM_COMMAND_CHAT_SEND:
      return parse_chat (self, d, error);
    case KM_COMMAND_STREAM_PREPARE:
      return parse_prepare (self, d, error);
    case KM_COMMAND_GIFT_SEND:
      return parse_gift (self, d, error);
    case KM_COMMAND_LIKE_SEND:
      return parse_count (self, d, KM_LIKES_MAX, error);
    case KM_COMMAND_POLL_OPEN:
      return parse_ask (self, d, error);
    case KM_COMMAND_POLL_VOTE:
      return parse_vote (self, d, error);
    case KM_COMMAND_POLL_CLOSE:
      return parse_poll (self, d, error);
    case KM_COMMAND_CHAT_DELETE:
    case KM_COMMAND_REPORT_DISMISS:
      return parse_message (self, d, error);
    case KM_COMMAND_CHAT_REPORT:
      return parse_report (self, d, error);
    case KM_COMMAND_PEOPLE_LIST:
    case KM_COMMAND_ROOM_LEAVE:
    case KM_N_COMMANDS:
    default:
      return TRUE;
    }
}

/**
 * km_command_parse:
 * @text: the text of a frame
 * @length: its bytes
 * @id: (out) (nullable): the id to answer to, whether or not the rest is
 *   fine; %NULL: there is none, so that the error has no address and the
 *   socket should be closed with %KM_CLOSE_PROTOCOL_ERROR; free it
 * @error: why it was refused, of the domain %KM_PROTOCOL_ERROR: ready to be
 *   the reply
 *
 * Returns: (transfer full) (nullable): the command
 */
KmCommand *
km_command_parse (const char  *text,
                  gsize        length,
                  char       **id,
                  GError     **error)
{
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) empty = NULL;
  g_autoptr (KmCommand) self = NULL;
  const char *word;
  JsonObject *d;
  int kind;

  *id = NULL;
  object = km_json_parse (text, length, error);
  if (object == NULL)
    return NULL;

  word = km_json_get_string (object, "id", KM_COMMAND_ID_MAX);
  if (word == NULL || !is_command_id (word))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
      return NULL;
    }
  *id = g_strdup (word);

  kind = km_command_kind_from_word (km_json_get_string (object, "t",
                                                        WORD_BYTES_MAX));
  if (kind < 0)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_UNKNOWN_COMMAND);
      return NULL;
    }

  self = km_command_new ((KmCommandKind) kind);
  self->id = g_strdup (*id);
  word = km_json_get_string (object, "room", KM_ROOM_ID_MAX);
  if (is_number_id (word))
    self->room = g_strdup (word);
  else if (self->kind != KM_COMMAND_STREAM_PREPARE
           && self->kind != KM_COMMAND_INBOX_OPEN)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_ROOM);
      return NULL;
    }

  d = km_json_get_object (object, "d");
  if (d == NULL)
    d = empty = json_object_new ();
  if (!parse_data (self, d, error))
    return NULL;

  return g_steal_pointer (&self);
}
