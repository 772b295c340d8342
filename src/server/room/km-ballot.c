/* km-ballot.c: a vote, which counts once
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row a voter and poll, which the schema keeps to one. Whether a vote may
 * be cast is judged in the transaction that writes it: a vote that comes with
 * the poll's closing is either counted in the result or refused. Until it is
 * closed a poll is open, whatever a clock says meanwhile. The same act again
 * answers what the vote is now and changes nothing, even when it was changed
 * since.
 *
 * Thread: store, but for init and clear.
 */

#include "km-ballot.h"

#include "km-act.h"
#include "km-poll-query.h"
#include "km-statement.h"

static gboolean
judge (KmBallot          *self,
       const KmPollInfo  *poll,
       GError           **error)
{
  gboolean several = (self->choices & (self->choices - 1)) != 0;

  if (poll->closed_at_ms >= 0)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_POLL_CLOSED);
  else if (self->choices == 0 || self->choices >> poll->n_tallies != 0)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_OPTION);
  else if (several && !poll->ask.multiple)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_BAD_REQUEST);
  else if (self->before != 0 && self->before != self->choices
           && !poll->ask.changeable)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_ALREADY_VOTED);
  else
    return TRUE;

  return FALSE;
}

static KmPollInfo *
find_poll (KmBallot       *self,
           KmTransaction  *transaction,
           GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT " KM_POLL_COLUMNS " FROM poll WHERE id = ? AND room = ?", error);
  KmPollInfo *poll = NULL;
  KmStep step;

  km_statement_bind (statement, "ii", self->poll, self->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    poll = km_poll_row_read (statement);
  else if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_POLL);
  if (statement != NULL)
    sqlite3_reset (statement);

  return poll;
}

static gboolean
read_before (KmBallot       *self,
             KmTransaction  *transaction,
             GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT options FROM poll_vote WHERE poll = ? AND account = ?", error);
  KmStep step;

  km_statement_bind (statement, "ii", self->poll, self->account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    self->before = (guint) sqlite3_column_int (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}

static gboolean
write_vote (KmBallot       *self,
            KmTransaction  *transaction,
            GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO poll_vote (poll, account, options, at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (poll, account)"
    " DO UPDATE SET options = excluded.options, at = excluded.at", error);

  km_statement_bind (statement, "iiii", self->poll, self->account,
                     (gint64) self->choices, g_get_real_time () / 1000);

  return km_statement_run (statement, error);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  KmBallot *self = (KmBallot *) job;
  KmAct act = {
    .account = self->account,
    .id = self->id,
    .digest = self->digest,
  };
  g_autoptr (KmPollInfo) poll = NULL;
  GError *problem = NULL;

  self->before = self->after = 0;
  if (!read_before (self, transaction, error))
    return FALSE;
  if (km_act_find (&act, transaction, &problem))
    {
      self->after = self->before;
      return TRUE;
    }
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }

  poll = find_poll (self, transaction, error);
  if (poll == NULL || !judge (self, poll, error))
    return FALSE;

  self->after = self->choices;

  return write_vote (self, transaction, error)
         && km_act_write (&act, transaction, error);
}

/**
 * km_ballot_init:
 * @self: a ballot, zeroed
 * @account: whose vote it is
 * @command: a `poll.vote`
 */
void
km_ballot_init (KmBallot        *self,
                gint64           account,
                const KmCommand *command)
{
  self->job.apply = apply;
  self->room = g_ascii_strtoll (command->room, NULL, 10);
  self->account = account;
  self->poll = g_ascii_strtoll (command->poll, NULL, 10);
  self->id = g_strdup (command->id);
  self->digest = km_command_digest (command);
  self->choices = command->choices;
}

/**
 * km_ballot_clear:
 * @self: a ballot
 *
 * Frees what it holds, for its done.
 */
void
km_ballot_clear (KmBallot *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->digest, g_bytes_unref);
}
