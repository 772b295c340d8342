/* km-command.c: what a client asks on the socket, and its writing
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-command.h"

#include "km-json.h"

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
  self->duration_ms = -1;
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
  g_free (self->gift);
  g_clear_pointer (&self->ask, km_poll_question_free);
  g_free (self->poll);
  g_free (self->message);
  g_free (self->from);
  g_free (self->note);
  g_free (self);
}

static void
append_gift (const KmCommand *self,
             GString         *out)
{
  km_json_append_member (out, "gift", self->gift);
  km_json_append_integer (out, "count", self->count);
  if (self->confirmed)
    km_json_append_boolean (out, "confirmed", TRUE);
  if (self->time_ms >= 0)
    km_json_append_integer (out, "time_ms", self->time_ms);
}

static void
append_message (const KmCommand *self,
                GString         *out)
{
  km_json_append_member (out, "message", self->message);
  km_json_append_member (out, "from", self->from);
}

static void
append_data (const KmCommand *self,
             GString         *out)
{
  char color[8];

  switch (self->kind)
    {
    case KM_COMMAND_ROOM_JOIN:
    case KM_COMMAND_INBOX_OPEN:
    case KM_COMMAND_STAFF_OPEN:
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

    case KM_COMMAND_GIFT_SEND:
      append_gift (self, out);
      return;

    case KM_COMMAND_LIKE_SEND:
      km_json_append_integer (out, "count", self->count);
      return;

    case KM_COMMAND_POLL_OPEN:
      km_poll_question_append (self->ask, out);
      if (self->duration_ms >= 0)
        km_json_append_integer (out, "duration_ms", self->duration_ms);
      return;

    case KM_COMMAND_POLL_VOTE:
      km_json_append_member (out, "poll", self->poll);
      km_json_append_raw (out, "options", "", 0);
      km_poll_choices_append (self->choices, out);
      return;

    case KM_COMMAND_POLL_CLOSE:
      km_json_append_member (out, "poll", self->poll);
      return;

    case KM_COMMAND_CHAT_DELETE:
    case KM_COMMAND_REPORT_DISMISS:
      append_message (self, out);
      return;

    case KM_COMMAND_CHAT_REPORT:
      append_message (self, out);
      km_json_append_member (out, "reason",
                             km_report_reason_to_word (self->reason));
      if (self->note != NULL)
        km_json_append_member (out, "note", self->note);
      return;

    case KM_COMMAND_PEOPLE_LIST:
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
