/* km-command.c: what a client asks on the socket, both ways
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parsed command has the types, ranges and byte lengths that the protocol
 * promises. What needs more than the frame to judge (is the text allowed,
 * has the room been joined) is left to those who know.
 *
 * Thread: any.
 */

#include "km-command.h"

#include "km-id.h"
#include "km-json.h"

#define WORD_BYTES_MAX 64

/**
 * km_command_new:
 * @kind: what it asks
 *
 * Returns: (transfer full): a command with nothing in it yet
 */
KmCommand *
km_command_new (KmCommandKind kind)
{
  KmCommand *self = g_new0 (KmCommand, 1);

  self->kind = kind;
  self->seq = -1;
  self->time_ms = -1;
  self->color = KM_CHAT_COLOR_DEFAULT;

  return self;
}

void
km_command_free (KmCommand *self)
{
  g_free (self->id);
  g_free (self->room);
  g_free (self->epoch);
  g_free (self->text);
  g_free (self->publish);
  g_free (self);
}

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

/* Ids of rooms are positive numbers that fit 63 bits, without a sign or
 * leading zeros: one room has one spelling. */
static gboolean
is_room_id (const char *id)
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
parse_chat (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  const char *text = km_json_get_string (d, "text", KM_FRAME_BYTES_MAX);
  const char *mode = km_json_get_string (d, "mode", WORD_BYTES_MAX);
  const char *color = km_json_get_string (d, "color", WORD_BYTES_MAX);

  if (!km_id_is_valid (self->id) || text == NULL)
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
  if (!km_json_is_null (d, "time_ms") &&
      !km_json_get_integer (d, "time_ms", 0, G_MAXINT64, &self->time_ms))
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

static gboolean
parse_data (KmCommand   *self,
            JsonObject  *d,
            GError     **error)
{
  switch (self->kind)
    {
    case KM_COMMAND_ROOM_JOIN:
      return parse_join (self, d, error);
    case KM_COMMAND_CHAT_SEND:
      return parse_chat (self, d, error);
    case KM_COMMAND_STREAM_PREPARE:
      return parse_prepare (self, d, error);
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
 * The server's side.
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
  if (is_room_id (word))
    self->room = g_strdup (word);
  else if (self->kind != KM_COMMAND_STREAM_PREPARE)
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

static void
append_data (const KmCommand *self,
             GString         *out)
{
  char color[8];

  switch (self->kind)
    {
    case KM_COMMAND_ROOM_JOIN:
      if (self->epoch == NULL || self->seq < 0)
        return;
      km_json_append_member (out, "epoch", self->epoch);
      km_json_append_integer (out, "seq", self->seq);
      return;

    case KM_COMMAND_CHAT_SEND:
      g_snprintf (color, sizeof color, "#%06x", self->color & 0xffffff);
      km_json_append_member (out, "text", self->text);
      km_json_append_member (out, "mode", km_chat_mode_to_word (self->mode));
      km_json_append_member (out, "color", color);
      if (self->time_ms >= 0)
        km_json_append_integer (out, "time_ms", self->time_ms);
      return;

    case KM_COMMAND_STREAM_PREPARE:
      km_json_append_member (out, "publish", self->publish);
      return;

    case KM_COMMAND_ROOM_LEAVE:
    case KM_N_COMMANDS:
    default:
      return;
    }
}

/**
 * km_command_encode:
 * @self: a command with its id
 *
 * The client's side.
 *
 * Returns: (transfer full): the text of its frame
 */
char *
km_command_encode (const KmCommand *self)
{
  g_autoptr (GString) out = g_string_sized_new (256);

  g_string_append_c (out, '{');
  km_json_append_member (out, "t", km_command_kind_to_word (self->kind));
  km_json_append_member (out, "id", self->id);
  if (self->room != NULL)
    km_json_append_member (out, "room", self->room);
  g_string_append (out, ",\"d\":{");
  append_data (self, out);
  g_string_append (out, "}}");

  return g_string_free_and_steal (g_steal_pointer (&out));
}

/**
 * km_command_digest:
 * @self: a command
 *
 * Tells whether an act that comes again is the same: everything in it except
 * its id goes into the digest.
 *
 * Returns: (transfer full): 32 bytes
 */
GBytes *
km_command_digest (const KmCommand *self)
{
  g_autoptr (GString) out = g_string_sized_new (256);
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_string_append_c (out, '{');
  km_json_append_member (out, "t", km_command_kind_to_word (self->kind));
  km_json_append_member (out, "room", self->room);
  append_data (self, out);

  g_checksum_update (checksum, (const guchar *) out->str, (gssize) out->len);
  g_checksum_get_digest (checksum, digest, &length);

  return g_bytes_new (digest, length);
}
