/* km-poll-post.c: a poll is opened and closed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A room has at most one open poll; the schema refuses a second one as well.
 * The result is counted in the transaction that closes the poll, after which
 * no vote is taken, so that what the room's log says is what was voted.
 *
 * Thread: the checks, any; the writes, store.
 */

#include "km-poll-post.h"

#include "km-checked-text.h"
#include "km-poll-query.h"
#include "km-statement.h"

static gboolean
check_options (const KmPollQuestion  *asked,
               KmPollQuestion        *ask,
               GError               **error)
{
  g_autoptr (GStrvBuilder) options = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; asked->options[i] != NULL; i++)
    {
      char *option = km_checked_text_new (asked->options[i], KM_TEXT_LINE,
                                          KM_POLL_OPTION_BYTES_MAX,
                                          KM_POLL_OPTION_CLUSTERS_MAX, error);

      if (option == NULL)
        return FALSE;
      g_strv_builder_take (options, option);
      if (g_hash_table_add (seen, option))
        continue;

      g_propagate_error (
        error, km_protocol_error_new (KM_PROTOCOL_ERROR_BAD_REQUEST, 0,
                                      "Two options say the same."));
      return FALSE;
    }

  ask->options = g_strv_builder_end (options);

  return TRUE;
}

/**
 * km_poll_check_open:
 * @command: a `poll.open`
 * @role: what the one who asks is in the room
 * @now_ms: now, ms since 1970
 * @error: the reply, of the domain %KM_PROTOCOL_ERROR
 *
 * Whether somebody may ask this.
 *
 * Returns: (transfer full) (nullable): the event to post with
 *   km_poll_write_open()
 */
KmRoomEvent *
km_poll_check_open (const KmCommand  *command,
                    KmRole            role,
                    gint64            now_ms,
                    GError          **error)
{
  g_autoptr (KmRoomEvent) event = NULL;
  KmPollQuestion *ask;

  if (role != KM_ROLE_HOST)
    {
      km_protocol_error_set (error, role == KM_ROLE_GUEST
                                      ? KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED
                                      : KM_PROTOCOL_ERROR_FORBIDDEN);
      return NULL;
    }

  event = km_room_event_new (KM_ROOM_EVENT_POLL_OPENED);
  event->id = g_strdup (command->id);
  event->at_ms = now_ms;
  event->poll = km_poll_info_new ();
  event->poll->opened_at_ms = now_ms;
  event->poll->closes_at_ms =
    command->duration_ms < 0 ? -1 : now_ms + command->duration_ms;
  ask = &event->poll->ask;
  ask->multiple = command->ask->multiple;
  ask->changeable = command->ask->changeable;
  ask->anonymous = command->ask->anonymous;
  ask->question = km_checked_text_new (command->ask->question, KM_TEXT_LINE,
                                       KM_POLL_QUESTION_BYTES_MAX,
                                       KM_POLL_QUESTION_CLUSTERS_MAX, error);
  if (ask->question == NULL || !check_options (command->ask, ask, error))
    return NULL;

  return g_steal_pointer (&event);
}

/**
 * km_poll_close_event:
 * @poll: the poll's id
 * @reason: why it closes
 *
 * Returns: (transfer full): the event to post with km_poll_write_close(),
 *   which fills in the rest
 */
KmRoomEvent *
km_poll_close_event (const char *poll,
                     KmPollEnd   reason)
{
  KmRoomEvent *event = km_room_event_new (KM_ROOM_EVENT_POLL_CLOSED);

  event->poll = km_poll_info_new ();
  event->poll->id = g_strdup (poll);
  event->poll->reason = reason;

  return event;
}

static gboolean
refuse_second (KmPost         *post,
               KmTransaction  *transaction,
               GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT 1 FROM poll WHERE room = ? AND closed_at IS NULL",
    error);
  KmStep step;

  km_statement_bind (statement, "i", post->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_POLL_OPEN);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

gboolean
km_poll_write_open (KmPost         *post,
                    KmTransaction  *transaction,
                    GError        **error)
{
  KmPollInfo *poll = post->event->poll;
  g_autofree char *options = NULL;
  g_autofree char *closes_at = NULL;
  sqlite3_stmt *statement;

  if (!refuse_second (post, transaction, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "INSERT INTO poll (room, opened_seq, opened_at, question, options,"
    " multiple, changeable, anonymous, closes_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  options = km_poll_options_write (poll->ask.options);
  km_statement_bind (statement, "iiittiii", post->room, post->event->seq,
                     poll->opened_at_ms, poll->ask.question, options,
                     (gint64) poll->ask.multiple,
                     (gint64) poll->ask.changeable,
                     (gint64) poll->ask.anonymous);
  if (statement != NULL && poll->closes_at_ms >= 0)
    sqlite3_bind_int64 (statement, 9, poll->closes_at_ms);
  if (!km_statement_run (statement, error))
    return FALSE;

  g_free (poll->id);
  poll->id = g_strdup_printf ("%" G_GINT64_FORMAT,
                              km_transaction_last_row (transaction));

  return TRUE;
}

/* The opening that comes again learns which poll it opened. */
gboolean
km_poll_read_again (KmPost         *post,
                    KmTransaction  *transaction,
                    GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction, "SELECT id FROM poll WHERE room = ? AND opened_seq = ?",
    error);
  KmStep step;

  km_statement_bind (statement, "ii", post->room, post->event->seq);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    {
      g_free (post->event->poll->id);
      post->event->poll->id = km_statement_dup_text (statement, 0);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_ROW;
}

/* The poll as it is now, which must be open and of this room. */
static KmPollInfo *
find_open (KmPost         *post,
           KmTransaction  *transaction,
           gint64          id,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT " KM_POLL_COLUMNS " FROM poll WHERE id = ? AND room = ?", error);
  g_autoptr (KmPollInfo) poll = NULL;
  KmStep step;

  km_statement_bind (statement, "ii", id, post->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    poll = km_poll_row_read (statement);
  else if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_POLL);
  if (statement != NULL)
    sqlite3_reset (statement);

  if (poll != NULL && poll->closed_at_ms >= 0)
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_POLL_CLOSED);
      return NULL;
    }

  return g_steal_pointer (&poll);
}

static gboolean
count_votes (KmTransaction  *transaction,
             KmPollInfo     *poll,
             gint64          id,
             GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT options, count (*) FROM poll_vote WHERE poll = ?"
    " GROUP BY options", error);

  km_statement_bind (statement, "i", id);

  return km_poll_votes_read (statement, poll, error);
}

gboolean
km_poll_write_close (KmPost         *post,
                     KmTransaction  *transaction,
                     GError        **error)
{
  gint64 id = g_ascii_strtoll (post->event->poll->id, NULL, 10);
  KmPollEnd reason = post->event->poll->reason;
  KmPollInfo *poll = find_open (post, transaction, id, error);
  sqlite3_stmt *statement;

  if (poll == NULL)
    return FALSE;

  km_poll_info_free (post->event->poll);
  post->event->poll = poll;
  poll->reason = reason;
  poll->closed_at_ms = post->event->at_ms;
  if (!count_votes (transaction, poll, id, error))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "UPDATE poll SET closed_at = ?, closed_seq = ?, reason = ? WHERE id = ?",
    error);
  km_statement_bind (statement, "iiti", poll->closed_at_ms, post->event->seq,
                     km_poll_end_to_word (reason), id);

  return km_statement_run (statement, error);
}
