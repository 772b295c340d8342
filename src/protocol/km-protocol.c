/* km-protocol.c: the words of the wire, one table each
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both sides turn kinds, roles, modes and error codes into words and back
 * here and nowhere else. An error is a GError all the way from where it is
 * found to the frame or response that carries it; what it adds to a GError
 * is how long to wait before trying again.
 *
 * Thread: any.
 */

#include "km-protocol.h"

typedef struct
{
  gint64 retry_ms;
} KmProtocolErrorPrivate;

static void
km_protocol_error_private_init (KmProtocolErrorPrivate *private)
{
  private->retry_ms = 0;
}

static void
km_protocol_error_private_copy (const KmProtocolErrorPrivate *from,
                                KmProtocolErrorPrivate       *to)
{
  to->retry_ms = from->retry_ms;
}

static void
km_protocol_error_private_clear (KmProtocolErrorPrivate *private)
{
}

G_DEFINE_EXTENDED_ERROR (KmProtocolError, km_protocol_error)

typedef struct
{
  const char *word;
  guint status;
  const char *message;
} ErrorRow;

static const ErrorRow errors[] = {
  [KM_PROTOCOL_ERROR_UNKNOWN] = { "unknown", 500, "Something went wrong." },
  [KM_PROTOCOL_ERROR_BAD_REQUEST] =
    { "bad_request", 400, "The request is not well formed." },
  [KM_PROTOCOL_ERROR_UNKNOWN_COMMAND] =
    { "unknown_command", 400, "This server doesn't know that command." },
  [KM_PROTOCOL_ERROR_NOT_FOUND] =
    { "not_found", 404, "There is nothing at this address." },
  [KM_PROTOCOL_ERROR_NOT_JOINED] =
    { "not_joined", 403, "Join the room first." },
  [KM_PROTOCOL_ERROR_NO_SUCH_ROOM] =
    { "no_such_room", 404, "This room doesn't exist." },
  [KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED] =
    { "sign_in_required", 401, "Sign in first." },
  [KM_PROTOCOL_ERROR_FORBIDDEN] =
    { "forbidden", 403, "You may not do this." },
  [KM_PROTOCOL_ERROR_BAD_TEXT] =
    { "bad_text", 400, "The text has characters that can't be shown." },
  [KM_PROTOCOL_ERROR_TOO_LONG] =
    { "too_long", 400, "The text is too long." },
  [KM_PROTOCOL_ERROR_EMPTY] =
    { "empty", 400, "The text is empty." },
  [KM_PROTOCOL_ERROR_TOO_FAST] =
    { "too_fast", 429, "Too fast. Wait a moment." },
  [KM_PROTOCOL_ERROR_ID_REUSED] =
    { "id_reused", 409, "This id was already used for something else." },
  [KM_PROTOCOL_ERROR_BAD_NAME] =
    { "bad_name", 400, "A name has 3 to 20 of the letters a to z, digits, "
      "“_”, “-” and “.”." },
  [KM_PROTOCOL_ERROR_WEAK_PASSWORD] =
    { "weak_password", 400, "Choose a password of 8 to 128 characters that "
      "isn't a common one." },
  [KM_PROTOCOL_ERROR_NAME_TAKEN] =
    { "name_taken", 409, "This name is taken. Choose another one." },
  [KM_PROTOCOL_ERROR_WRONG_CREDENTIALS] =
    { "wrong_credentials", 401, "The name or the password is wrong." },
  [KM_PROTOCOL_ERROR_TOO_MANY] =
    { "too_many", 429, "Too many attempts. Try again later." },
  [KM_PROTOCOL_ERROR_REGISTRATION_CLOSED] =
    { "registration_closed", 403, "This server takes no new accounts. Ask "
      "its owner for one." },
  [KM_PROTOCOL_ERROR_DENIED] =
    { "denied", 403, "The stream key is wrong or was replaced." },
  [KM_PROTOCOL_ERROR_TAKEN_OVER] =
    { "taken_over", 409, "Somebody else with the same key went live." },
  [KM_PROTOCOL_ERROR_UNSUPPORTED] =
    { "unsupported", 400, "The stream's format is not supported. Send H.264 "
      "video and AAC sound." },
  [KM_PROTOCOL_ERROR_TOO_LARGE] =
    { "too_large", 413, "The request is too large." },
  [KM_PROTOCOL_ERROR_METHOD_NOT_ALLOWED] =
    { "method_not_allowed", 405, "This address doesn't take that method." },
  [KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS] =
    { "not_enough_coins", 402, "You don't have enough coins for this." },
  [KM_PROTOCOL_ERROR_DAILY_LIMIT] =
    { "daily_limit", 403, "This is more than the daily limit that you set." },
  [KM_PROTOCOL_ERROR_CONFIRM_REQUIRED] =
    { "confirm_required", 409, "This is a large gift. Confirm it." },
  [KM_PROTOCOL_ERROR_NO_SUCH_GIFT] =
    { "no_such_gift", 404, "This gift can't be given any more. Choose another "
      "one." },
  [KM_PROTOCOL_ERROR_BAD_COUNT] =
    { "bad_count", 400, "This isn't a number that can be given." },
  [KM_PROTOCOL_ERROR_NOT_LIVE] =
    { "not_live", 409, "The room isn't live." },
  [KM_PROTOCOL_ERROR_OWN_ROOM] =
    { "own_room", 403, "A host can't give to themselves." },
  [KM_PROTOCOL_ERROR_NO_SUCH_POLL] =
    { "no_such_poll", 404, "This poll doesn't exist." },
  [KM_PROTOCOL_ERROR_POLL_CLOSED] =
    { "poll_closed", 409, "This poll is closed." },
  [KM_PROTOCOL_ERROR_POLL_OPEN] =
    { "poll_open", 409, "Another poll is open. Close it first." },
  [KM_PROTOCOL_ERROR_NO_SUCH_OPTION] =
    { "no_such_option", 400, "The poll doesn't have this option." },
  [KM_PROTOCOL_ERROR_ALREADY_VOTED] =
    { "already_voted", 409, "You have voted, and this poll's votes can't be "
      "changed." },
  [KM_PROTOCOL_ERROR_NO_SUCH_ADDRESS] =
    { "no_such_address", 409, "This computer doesn't have that network "
      "address any more. Choose another one." },
  [KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE] =
    { "no_such_message", 404, "This message isn't there any more." },
  [KM_PROTOCOL_ERROR_OWN_MESSAGE] =
    { "own_message", 403, "This message is your own. You can delete it." },
  [KM_PROTOCOL_ERROR_ALREADY_REPORTED] =
    { "already_reported", 409, "You have reported this message already." },
  [KM_PROTOCOL_ERROR_NO_SUCH_REPORT] =
    { "no_such_report", 404, "Nobody waits for an answer to this report any "
      "more." },
  [KM_PROTOCOL_ERROR_BUSY] =
    { "busy", 503, "The server is busy. Try again in a moment." },
  [KM_PROTOCOL_ERROR_INTERNAL] =
    { "internal", 500, "The server has a problem. Its log says more." },
};

static const char *const command_words[KM_N_COMMANDS] = {
  [KM_COMMAND_ROOM_JOIN] = "room.join",
  [KM_COMMAND_ROOM_LEAVE] = "room.leave",
  [KM_COMMAND_CHAT_SEND] = "chat.send",
  [KM_COMMAND_STREAM_PREPARE] = "stream.prepare",
  [KM_COMMAND_GIFT_SEND] = "gift.send",
  [KM_COMMAND_LIKE_SEND] = "like.send",
  [KM_COMMAND_POLL_OPEN] = "poll.open",
  [KM_COMMAND_POLL_VOTE] = "poll.vote",
  [KM_COMMAND_POLL_CLOSE] = "poll.close",
  [KM_COMMAND_PEOPLE_LIST] = "people.list",
  [KM_COMMAND_CHAT_DELETE] = "chat.delete",
  [KM_COMMAND_INBOX_OPEN] = "inbox.open",
  [KM_COMMAND_CHAT_REPORT] = "chat.report",
  [KM_COMMAND_REPORT_DISMISS] = "report.dismiss",
  [KM_COMMAND_STAFF_OPEN] = "staff.open",
};

static const char *const event_words[KM_N_ROOM_EVENTS] = {
  [KM_ROOM_EVENT_CHAT_MESSAGE] = "chat.message",
  [KM_ROOM_EVENT_STREAM_STARTED] = "stream.started",
  [KM_ROOM_EVENT_STREAM_ENDED] = "stream.ended",
  [KM_ROOM_EVENT_ROOM_CHANGED] = "room.changed",
  [KM_ROOM_EVENT_GIFT_SENT] = "gift.sent",
  [KM_ROOM_EVENT_POLL_OPENED] = "poll.opened",
  [KM_ROOM_EVENT_POLL_CLOSED] = "poll.closed",
  [KM_ROOM_EVENT_CHAT_DELETED] = "chat.deleted",
  [KM_ROOM_EVENT_TICK] = "tick",
  [KM_ROOM_EVENT_STREAM_REFUSED] = "stream.refused",
  [KM_ROOM_EVENT_WALLET_ENTRY] = "wallet.entry",
  [KM_ROOM_EVENT_WALLET_LIMIT] = "wallet.limit",
  [KM_ROOM_EVENT_REPORT_FILED] = "report.filed",
  [KM_ROOM_EVENT_REPORT_SETTLED] = "report.settled",
  [KM_ROOM_EVENT_MESSAGE_DELETED] = "message.deleted",
  [KM_ROOM_EVENT_UNKNOWN] = "unknown",
};

static const char *const role_words[KM_N_ROLES] = {
  [KM_ROLE_GUEST] = "guest",
  [KM_ROLE_MEMBER] = "member",
  [KM_ROLE_HOST] = "host",
};

static const char *const mode_words[KM_N_CHAT_MODES] = {
  [KM_CHAT_MODE_SCROLL] = "scroll",
  [KM_CHAT_MODE_TOP] = "top",
  [KM_CHAT_MODE_BOTTOM] = "bottom",
  [KM_CHAT_MODE_PANEL] = "panel",
};

static const char *const end_words[KM_N_STREAM_ENDS] = {
  [KM_STREAM_END_ENDED] = "ended",
  [KM_STREAM_END_LOST] = "lost",
  [KM_STREAM_END_SHUTDOWN] = "shutdown",
};

static const char *const poll_end_words[KM_N_POLL_ENDS] = {
  [KM_POLL_END_TIME] = "time",
  [KM_POLL_END_HOST] = "host",
  [KM_POLL_END_ENDED] = "ended",
};

static const char *const deletion_words[KM_N_DELETIONS] = {
  [KM_DELETION_NONE] = "",
  [KM_DELETION_AUTHOR] = "author",
  [KM_DELETION_HOST] = "host",
};

static const char *const reason_words[KM_N_REPORT_REASONS] = {
  [KM_REPORT_SPAM] = "spam",
  [KM_REPORT_HARASSMENT] = "harassment",
  [KM_REPORT_HATE] = "hate",
  [KM_REPORT_SEXUAL] = "sexual",
  [KM_REPORT_VIOLENCE] = "violence",
  [KM_REPORT_OTHER] = "other",
};

static const char *const report_end_words[KM_N_REPORT_ENDS] = {
  [KM_REPORT_END_DELETED] = "deleted",
  [KM_REPORT_END_DISMISSED] = "dismissed",
};

static const char *const categories[] = {
  "gaming", "music", "learning", "shopping", "talk", "health", "other", NULL,
};

static int
find_word (const char *const *words,
           guint              n_words,
           const char        *word)
{
  for (guint i = 0; word != NULL && i < n_words; i++)
    {
      if (g_str_equal (words[i], word))
        return (int) i;
    }

  return -1;
}

/**
 * km_protocol_error_new:
 * @code: which error
 * @retry_ms: how long to wait before trying again; 0: doesn't say
 * @message: (nullable): words for a person; %NULL for the code's own
 *
 * Returns: (transfer full): an error of the domain %KM_PROTOCOL_ERROR
 */
GError *
km_protocol_error_new (KmProtocolError  code,
                       gint64           retry_ms,
                       const char      *message)
{
  GError *error;

  if (message == NULL)
    message = km_protocol_error_to_message (code);
  error = g_error_new_literal (KM_PROTOCOL_ERROR, (int) code, message);
  km_protocol_error_get_private (error)->retry_ms = retry_ms;

  return error;
}

/**
 * km_protocol_error_set:
 * @error: (nullable): where to put it
 * @code: which error; its message is the default one
 */
void
km_protocol_error_set (GError         **error,
                       KmProtocolError  code)
{
  if (error != NULL)
    *error = km_protocol_error_new (code, 0, NULL);
}

/**
 * km_protocol_error_get_retry_ms:
 * @error: (nullable): any error
 *
 * Returns: how long to wait before trying again; 0: @error doesn't say
 */
gint64
km_protocol_error_get_retry_ms (const GError *error)
{
  if (error == NULL || error->domain != KM_PROTOCOL_ERROR)
    return 0;

  return km_protocol_error_get_private (error)->retry_ms;
}

const char *
km_protocol_error_to_word (KmProtocolError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (errors), "internal");

  return errors[code].word;
}

/**
 * km_protocol_error_from_word:
 * @word: (nullable): a code as the other side sent it
 *
 * Returns: the code; %KM_PROTOCOL_ERROR_UNKNOWN for one of a newer version
 */
KmProtocolError
km_protocol_error_from_word (const char *word)
{
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (errors); i++)
    {
      if (g_str_equal (errors[i].word, word))
        return (KmProtocolError) i;
    }

  return KM_PROTOCOL_ERROR_UNKNOWN;
}

const char *
km_protocol_error_to_message (KmProtocolError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (errors), "");

  return errors[code].message;
}

/**
 * km_protocol_error_to_status:
 * @code: which error
 *
 * Returns: the HTTP status of a response that carries it
 */
guint
km_protocol_error_to_status (KmProtocolError code)
{
  g_return_val_if_fail ((guint) code < G_N_ELEMENTS (errors), 500);

  return errors[code].status;
}

const char *
km_command_kind_to_word (KmCommandKind kind)
{
  g_return_val_if_fail ((guint) kind < KM_N_COMMANDS, NULL);

  return command_words[kind];
}

int
km_command_kind_from_word (const char *word)
{
  return find_word (command_words, KM_N_COMMANDS, word);
}

/**
 * km_command_kind_is_act:
 * @kind: what is asked
 *
 * Returns: whether it is done once for ever however often it is sent: its id
 *   was made for it by km_id_new()
 */
gboolean
km_command_kind_is_act (KmCommandKind kind)
{
  switch (kind)
    {
    case KM_COMMAND_CHAT_SEND:
    case KM_COMMAND_GIFT_SEND:
    case KM_COMMAND_POLL_OPEN:
    case KM_COMMAND_POLL_VOTE:
    case KM_COMMAND_POLL_CLOSE:
    case KM_COMMAND_CHAT_DELETE:
    case KM_COMMAND_CHAT_REPORT:
    case KM_COMMAND_REPORT_DISMISS:
      return TRUE;

    case KM_COMMAND_ROOM_JOIN:
    case KM_COMMAND_ROOM_LEAVE:
    case KM_COMMAND_STREAM_PREPARE:
    case KM_COMMAND_LIKE_SEND:
    case KM_COMMAND_PEOPLE_LIST:
    case KM_COMMAND_INBOX_OPEN:
    case KM_COMMAND_STAFF_OPEN:
    case KM_N_COMMANDS:
    default:
      return FALSE;
    }
}

const char *
km_room_event_kind_to_word (KmRoomEventKind kind)
{
  g_return_val_if_fail ((guint) kind < KM_N_ROOM_EVENTS, NULL);

  return event_words[kind];
}

int
km_room_event_kind_from_word (const char *word)
{
  return find_word (event_words, KM_N_ROOM_EVENTS, word);
}

/**
 * km_room_event_kind_is_inbox:
 * @kind: what happened
 *
 * Returns: whether it is one account's matter and in no room
 */
gboolean
km_room_event_kind_is_inbox (KmRoomEventKind kind)
{
  return kind == KM_ROOM_EVENT_WALLET_ENTRY
         || kind == KM_ROOM_EVENT_WALLET_LIMIT;
}

/**
 * km_room_event_kind_is_staff:
 * @kind: what happened
 *
 * Returns: whether it is for the staff of a room alone, and has its place in
 *   their log
 */
gboolean
km_room_event_kind_is_staff (KmRoomEventKind kind)
{
  return kind == KM_ROOM_EVENT_REPORT_FILED
         || kind == KM_ROOM_EVENT_REPORT_SETTLED
         || kind == KM_ROOM_EVENT_MESSAGE_DELETED;
}

const char *
km_role_to_word (KmRole role)
{
  g_return_val_if_fail ((guint) role < KM_N_ROLES, NULL);

  return role_words[role];
}

int
km_role_from_word (const char *word)
{
  return find_word (role_words, KM_N_ROLES, word);
}

const char *
km_chat_mode_to_word (KmChatMode mode)
{
  g_return_val_if_fail ((guint) mode < KM_N_CHAT_MODES, NULL);

  return mode_words[mode];
}

int
km_chat_mode_from_word (const char *word)
{
  return find_word (mode_words, KM_N_CHAT_MODES, word);
}

const char *
km_stream_end_to_word (KmStreamEnd reason)
{
  g_return_val_if_fail ((guint) reason < KM_N_STREAM_ENDS, NULL);

  return end_words[reason];
}

int
km_stream_end_from_word (const char *word)
{
  return find_word (end_words, KM_N_STREAM_ENDS, word);
}

const char *
km_poll_end_to_word (KmPollEnd reason)
{
  g_return_val_if_fail ((guint) reason < KM_N_POLL_ENDS, NULL);

  return poll_end_words[reason];
}

int
km_poll_end_from_word (const char *word)
{
  return find_word (poll_end_words, KM_N_POLL_ENDS, word);
}

const char *
km_deletion_to_word (KmDeletion by)
{
  g_return_val_if_fail ((guint) by < KM_N_DELETIONS, NULL);

  return deletion_words[by];
}

int
km_deletion_from_word (const char *word)
{
  int by = find_word (deletion_words, KM_N_DELETIONS, word);

  return by == KM_DELETION_NONE ? -1 : by;
}

const char *
km_report_reason_to_word (KmReportReason reason)
{
  g_return_val_if_fail ((guint) reason < KM_N_REPORT_REASONS, NULL);

  return reason_words[reason];
}

int
km_report_reason_from_word (const char *word)
{
  return find_word (reason_words, KM_N_REPORT_REASONS, word);
}

const char *
km_report_end_to_word (KmReportEnd how)
{
  g_return_val_if_fail ((guint) how < KM_N_REPORT_ENDS, NULL);

  return report_end_words[how];
}

int
km_report_end_from_word (const char *word)
{
  return find_word (report_end_words, KM_N_REPORT_ENDS, word);
}

/**
 * km_room_categories:
 *
 * Returns: (transfer none) (array zero-terminated=1): the words of all
 *   categories, in the order in which they are offered
 */
const char *const *
km_room_categories (void)
{
  return categories;
}

gboolean
km_room_category_is_known (const char *category)
{
  return category != NULL && g_strv_contains (categories, category);
}
