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
  self->value = -1;
  self->balance = -1;
  self->n_follow = -1;

  return self;
}

void
km_reply_free (KmReply *self)
{
  g_free (self->re);
  g_clear_error (&self->error);
  g_free (self->epoch);
  g_clear_pointer (&self->room, km_room_info_free);
  g_clear_pointer (&self->polls, g_ptr_array_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_free (self->poll);
  g_free (self);
}

static gboolean
is_whole (const KmReply *self,
          KmCommandKind  kind)
{
  gboolean placed = self->seq >= 0 && self->at_ms >= 0;

  switch (kind)
    {
    case KM_COMMAND_ROOM_JOIN:
      return self->epoch != NULL && self->seq >= 0 && self->room != NULL;
    case KM_COMMAND_CHAT_SEND:
    case KM_COMMAND_POLL_CLOSE:
    case KM_COMMAND_CHAT_DELETE:
      return placed;
    case KM_COMMAND_GIFT_SEND:
      return placed && self->value >= 0 && self->balance >= 0;
    case KM_COMMAND_POLL_OPEN:
      return placed && self->poll != NULL;
    case KM_COMMAND_POLL_VOTE:
      return self->poll != NULL && self->choices != 0;
    case KM_COMMAND_INBOX_OPEN:
      return self->epoch != NULL && self->seq >= 0 && self->has_wallet;
    case KM_COMMAND_STAFF_OPEN:
      return self->epoch != NULL && self->seq >= 0 && self->n_follow >= 0;
    case KM_COMMAND_PEOPLE_LIST:
      return self->people != NULL;
    case KM_COMMAND_ROOM_LEAVE:
    case KM_COMMAND_STREAM_PREPARE:
    case KM_COMMAND_LIKE_SEND:
    case KM_COMMAND_CHAT_REPORT:
    case KM_COMMAND_REPORT_DISMISS:
    case KM_N_COMMANDS:
    default:
      return TRUE;
    }
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
  if (self->error != NULL)
    {
      if (error != NULL)
        *error = g_error_copy (self->error);
      return FALSE;
    }

  if (is_whole (self, kind))
    return TRUE;

  km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
  return FALSE;
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
 * @re: the id of an act
 * @seq: its place in the log
 * @at_ms: when it was done
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
 * @joined: what to tell
 */
void
km_reply_append_joined (GString        *out,
                        const char     *re,
                        const KmJoined *joined)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_member (out, "epoch", joined->epoch);
  km_json_append_integer (out, "seq", joined->seq);
  km_json_append_boolean (out, "resumed", joined->resumed);
  km_json_append_raw (out, "room", "", 0);
  km_room_info_append (joined->room, out);
  km_json_append_member (out, "role", km_role_to_word (joined->role));
  km_json_append_integer (out, "likes", joined->likes);
  km_poll_infos_append (joined->polls,
                        KM_POLL_PART_ASK | KM_POLL_PART_TALLIES
                          | KM_POLL_PART_VOTED,
                        out);
  if (joined->chat_wait_ms > 0)
    km_json_append_integer (out, "chat_wait_ms", joined->chat_wait_ms);
  g_string_append (out, "}}");
}

/**
 * km_reply_append_given:
 * @out: where the frame's text goes
 * @re: the id of the `gift.send`
 * @seq: the gift's place in the log
 * @at_ms: when it was given
 * @value: what it cost, in coins
 * @balance: what the giver has now, in coins
 */
void
km_reply_append_given (GString    *out,
                       const char *re,
                       gint64      seq,
                       gint64      at_ms,
                       gint64      value,
                       gint64      balance)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_integer (out, "seq", seq);
  km_json_append_integer (out, "at", at_ms);
  km_json_append_integer (out, "value", value);
  km_json_append_integer (out, "balance", balance);
  g_string_append (out, "}}");
}

/**
 * km_reply_append_asked:
 * @out: where the frame's text goes
 * @re: the id of the `poll.open`
 * @seq: the poll's place in the log
 * @at_ms: when it was opened
 * @poll: its id
 */
void
km_reply_append_asked (GString    *out,
                       const char *re,
                       gint64      seq,
                       gint64      at_ms,
                       const char *poll)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_integer (out, "seq", seq);
  km_json_append_integer (out, "at", at_ms);
  km_json_append_member (out, "poll", poll);
  g_string_append (out, "}}");
}

/**
 * km_reply_append_voted:
 * @out: where the frame's text goes
 * @re: the id of the `poll.vote`
 * @poll: the poll's id
 * @choices: the options that count, as bits
 */
void
km_reply_append_voted (GString    *out,
                       const char *re,
                       const char *poll,
                       guint       choices)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_member (out, "poll", poll);
  km_json_append_raw (out, "options", "", 0);
  km_poll_choices_append (choices, out);
  g_string_append (out, "}}");
}

/**
 * km_reply_append_inbox:
 * @out: where the frame's text goes
 * @re: the id of the `inbox.open`
 * @epoch: which history the seqs belong to
 * @seq: the newest event's
 * @resumed: whether the missing events follow
 * @wallet: what there is as of @seq
 */
void
km_reply_append_inbox (GString            *out,
                       const char         *re,
                       const char         *epoch,
                       gint64              seq,
                       gboolean            resumed,
                       const KmWalletInfo *wallet)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_member (out, "epoch", epoch);
  km_json_append_integer (out, "seq", seq);
  km_json_append_boolean (out, "resumed", resumed);
  km_json_append_raw (out, "wallet", "{", 1);
  km_wallet_info_append_coins (wallet, out);
  km_wallet_info_append_limit (wallet, out);
  g_string_append (out, "}}}");
}

/**
 * km_reply_append_staff:
 * @out: where the frame's text goes
 * @re: the id of the `staff.open`
 * @opened: what to tell
 */
void
km_reply_append_staff (GString             *out,
                       const char          *re,
                       const KmStaffOpened *opened)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_member (out, "epoch", opened->epoch);
  km_json_append_integer (out, "seq", opened->seq);
  km_json_append_boolean (out, "resumed", opened->resumed);
  km_json_append_integer (out, "open", opened->n_open);
  km_json_append_integer (out, "follow", opened->n_follow);
  g_string_append (out, "}}");
}

/**
 * km_reply_append_people:
 * @out: where the frame's text goes
 * @re: the id of the `people.list`
 * @people: (element-type KmPerson): those that are shown
 * @guests: how many guests are there
 * @online: how many are there altogether
 */
void
km_reply_append_people (GString    *out,
                        const char *re,
                        GPtrArray  *people,
                        guint       guests,
                        guint       online)
{
  append_head (out, re);
  g_string_append (out, ",\"d\":{");
  km_json_append_raw (out, "people", "[", 1);
  for (guint i = 0; i < people->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      km_person_append (g_ptr_array_index (people, i), out);
    }
  g_string_append_c (out, ']');
  km_json_append_integer (out, "guests", guests);
  km_json_append_integer (out, "online", online);
  g_string_append (out, "}}");
}
