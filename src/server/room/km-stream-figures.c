/* km-stream-figures.c: what a stream is remembered by
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A like is too little for a commit of its own: the figures are written every
 * few seconds, and with the stream's end. They only grow, so that what comes
 * late, or knows nothing, takes nothing away.
 *
 * Thread: store.
 */

#include "km-stream-figures.h"

#include "km-statement.h"

/**
 * km_stream_figures_write:
 * @self: figures
 * @stream: of which stream
 * @transaction: a transaction
 * @error: that of the store
 *
 * Returns: whether the stream has at least these figures now
 */
gboolean
km_stream_figures_write (const KmStreamFigures  *self,
                         const char             *stream,
                         KmTransaction          *transaction,
                         GError                **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE stream SET likes = max (likes, ?),"
                            " peak = max (peak, ?) WHERE id = ?",
                            error);

  km_statement_bind (statement, "iit", self->likes, self->peak, stream);

  return km_statement_run (statement, error);
}
