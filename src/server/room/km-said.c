/* km-said.c: a message that is still there, by its author and its act
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not by its place: in another history of the room that would be another
 * message.
 *
 * Thread: store.
 */

#include "km-said.h"

#include "km-protocol.h"
#include "km-statement.h"

/**
 * km_said_find:
 * @self: which message
 * @transaction: a transaction
 * @error: %KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE: its author said nothing in this
 *   room by that id, or it was deleted; or that of the store
 *
 * Returns: whether it is there
 */
gboolean
km_said_find (KmSaid         *self,
              KmTransaction  *transaction,
              GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "SELECT event.seq, event.at, event.body FROM act"
    " JOIN event ON event.room = act.room AND event.seq = act.seq"
    " WHERE act.id = ?1 AND act.account = ?2 AND act.room = ?3"
    " AND event.kind = 'chat.message'"
    " AND NOT EXISTS (SELECT 1 FROM tombstone"
    "  WHERE room = act.room AND seq = act.seq)",
    error);
  KmStep step;

  km_statement_bind (statement, "tii", self->id, self->author, self->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NO_SUCH_MESSAGE);
  if (step != KM_STEP_ROW)
    return FALSE;

  self->seq = sqlite3_column_int64 (statement, 0);
  self->at_ms = sqlite3_column_int64 (statement, 1);
  g_free (self->body);
  self->body = km_statement_dup_text (statement, 2);

  return TRUE;
}

void
km_said_clear (KmSaid *self)
{
  g_clear_pointer (&self->body, g_free);
}
