/* km-act.c: an act's id means one thing for ever
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The row in `act` is written with what the act does, or not at all. The same
 * act again is found and gets the answer of the first time; another act with
 * that id is refused.
 *
 * Thread: store.
 */

#include "km-act.h"

#include "km-act-memo.h"
#include "km-protocol.h"
#include "km-statement.h"

/**
 * km_act_find:
 * @self: an act; its place is set when it was done before
 * @transaction: the transaction it is to be done in
 * @error: %KM_PROTOCOL_ERROR_ID_REUSED, or that of the store
 *
 * Returns: whether it was done before; %FALSE without an error: it is new
 */
gboolean
km_act_find (KmAct          *self,
             KmTransaction  *transaction,
             GError        **error)
{
  sqlite3_stmt *statement;
  g_autoptr (GBytes) digest = NULL;

  self->room = 0;
  self->seq = self->at_ms = -1;
  if (km_act_memo_is_new (transaction, self->account, self->id))
    return FALSE;

  statement = km_transaction_prepare (
    transaction,
    "SELECT act.digest, act.room, act.seq, event.at"
    " FROM act LEFT JOIN event USING (room, seq)"
    " WHERE act.id = ? AND act.account = ?", error);
  km_statement_bind (statement, "ti", self->id, self->account);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  digest = g_bytes_new (sqlite3_column_blob (statement, 0),
                        (gsize) sqlite3_column_bytes (statement, 0));
  if (!g_bytes_equal (digest, self->digest))
    {
      km_protocol_error_set (error, KM_PROTOCOL_ERROR_ID_REUSED);
      return FALSE;
    }

  if (sqlite3_column_type (statement, 2) != SQLITE_NULL)
    {
      self->room = sqlite3_column_int64 (statement, 1);
      self->seq = sqlite3_column_int64 (statement, 2);
      self->at_ms = sqlite3_column_int64 (statement, 3);
    }

  return TRUE;
}

/**
 * km_act_write:
 * @self: an act that wasn't found, with the place that it got, if any
 * @transaction: the transaction in which it is done
 * @error: that of the store
 *
 * Returns: whether it is written
 */
gboolean
km_act_write (const KmAct    *self,
              KmTransaction  *transaction,
              GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (
    transaction,
    "INSERT INTO act (account, id, digest, room, seq)"
    " VALUES (?, ?, ?, ?, ?)", error);

  km_statement_bind (statement, "isd", self->account, self->id, self->digest);
  if (statement != NULL && self->room != 0)
    {
      sqlite3_bind_int64 (statement, 4, self->room);
      sqlite3_bind_int64 (statement, 5, self->seq);
    }

  if (!km_statement_run (statement, error))
    return FALSE;

  km_act_memo_add (transaction, self->account, self->id);

  return TRUE;
}
