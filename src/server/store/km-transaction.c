/* km-transaction.c: what a job does with the transaction that it is given
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statements are prepared once a connection and used again; which of them a
 * job used is remembered, so that none is left half-read.
 *
 * Thread: store.
 */

#include "km-store-private.h"

#include "km-statement.h"

/* A job can leave a statement half-read; it would keep COMMIT from working. */
void
km_transaction_reset (KmTransaction *transaction)
{
  for (guint i = 0; i < transaction->used->len; i++)
    {
      sqlite3_stmt *statement = g_ptr_array_index (transaction->used, i);

      if (sqlite3_stmt_busy (statement))
        sqlite3_reset (statement);
    }
  g_ptr_array_set_size (transaction->used, 0);
}

/**
 * km_transaction_prepare:
 * @self: the transaction that apply was given
 * @sql: one statement, a constant of the program
 * @error: why not
 *
 * Returns: (nullable) (transfer none): the statement, reset, nothing bound
 */
sqlite3_stmt *
km_transaction_prepare (KmTransaction *self,
                        const char    *sql,
                        GError       **error)
{
  sqlite3_stmt *statement =
    km_statements_get (self->statements, self->database, sql, error);

  if (statement != NULL)
    g_ptr_array_add (self->used, statement);

  return statement;
}

/**
 * km_transaction_last_row:
 * @self: a transaction
 *
 * Returns: the row id that the last INSERT made
 */
gint64
km_transaction_last_row (KmTransaction *self)
{
  return sqlite3_last_insert_rowid (self->database);
}

/**
 * km_transaction_changes:
 * @self: a transaction
 *
 * Returns: how many rows the last statement changed
 */
gint64
km_transaction_changes (KmTransaction *self)
{
  return sqlite3_changes64 (self->database);
}
