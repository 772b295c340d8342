/* km-reply.c: what a server answers to a command
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: any.
 */

#include "km-reply.h"

#include "km-json.h"

/**
 * km_reply_new:
 *
 * Returns: (transfer full): a reply with nothing in it
 */
KmReply *
km_reply_new (void)
{
  KmReply *self = g_new0 (KmReply, 1);

  self->seq = -1;
  self->at_ms = -1;

  return self;
}

void
km_reply_free (KmReply *self)
{
  g_free (self->re);
  g_clear_error (&self->error);
  g_free (self->epoch);
  g_clear_pointer (&self->room, km_room_info_free);
  g_free (self);
}

/**
 * km_reply_check:
 * @self: a parsed reply
 * @kind: what the command was that it answers
 * @error: the reply's own error, or %KM_PROTOCOL_ERROR_BAD_REQUEST when it
 *   lacks what a reply to @kind has
 *
 * Returns: whether the command was done
 */
gboolean
km_reply_check (const KmReply  *self,
                KmCommandKind   kind,
                GError        **error)
{
  gboolean whole = TRUE;

  if (self->error != NULL)
    {
      if (error != NULL)
        *error = g_error_copy (self->error);
      return FALSE;
    }

  if (kind == KM_COMMAND_ROOM_JOIN)
    whole = self->epoch != NULL && self->seq >= 0 && self->room != NULL;
  else if (kind == KM_COMMAND_CHAT_SEND)
    whole = self->seq >= 0 && self->at_ms >= 0;

  if (!whole)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);

  return whole;
}

static void
append_head (GString    *out,
             const char *re)
{
  g_string_append_c (out, '{');
  km_json_append_member (out, "re", re);
}

/**
 * km_reply_append_error:
 * @out: where the frame's text goes
 * @re: the id of the command
 * @error: why it was refused; of another domain than %KM_PROTOCOL_ERROR it is
 *   told as `internal`
 */
void
km_reply_append_error (GString      *out,
                       const char   *re,
                       const GError *error)
{
  append_head (out, re);
  km_json_append_error (out, error);
  g_string_append_c (out, '}');
}

/**
 * km_reply_append_empty:
 * @out: where the frame's text goes
 * @re: the id of the command, which was done
 */
void
km_reply_append_empty (GString    *out,
                       const char *re)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{}}");
}

/**
 * km_reply_append_sent:
 * @out: where the frame's text goes
 * @re: the id of the `chat.send`
 * @seq: the message's place in the log
 * @at_ms: when it was said
 */
void
km_reply_append_sent (GString    *out,
                      const char *re,
                      gint64      seq,
                      gint64      at_ms)
{
  append_head (out, re);
  g_string_append_printf (out, ",\"d\":{\"seq\":%" G_GINT64_FORMAT
                          ",\"at\":%" G_GINT64_FORMAT "}}", seq, at_ms);
}

/**
 * km_reply_append_joined:
 * @out: where the frame's text goes
 * @re: the id of the `room.join`
 * @epoch: which history the seqs belong to
 * @seq: the newest event's
 * @resumed: whether the missing events follow
 * @room: the room
 * @role: what the member is in it
 */
void
km_reply_append_joined (GString          *out,
                        const char       *re,
                        const char       *epoch,
                        gint64            seq,
                        gboolean          resumed,
                        const KmRoomInfo *room,
                        KmRole            role)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_member (out, "epoch", epoch);
  km_json_append_integer (out, "seq", seq);
  km_json_append_boolean (out, "resumed", resumed);
  g_string_append (out, ",\"room\":");
  km_room_info_append (room, out);
  km_json_append_member (out, "role", km_role_to_word (role));
  g_string_append (out, "}}");
}
