/* km-catalogue.c: what can be given on this server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file is read when the server starts and taken over into the table;
 * what has gone from it is retired there, not deleted, since statements name
 * it for ever. What the owner has added or retired by command is theirs: the
 * file no longer touches it.
 *
 * Pictures are in the table too: what was given once can be drawn for ever.
 *
 * Thread: that of the transaction or reader.
 */

#include "km-catalogue.h"

#include "km-ledger.h"
#include "km-statement.h"

/* Gifts of the owner come after those of the file. */
#define OWNERS_POSITION 1000

/**
 * km_catalogue_list_sql:
 *
 * The statement that km_catalogue_list() reads: those still offered come
 * first.
 */
const char km_catalogue_list_sql[] =
  "SELECT id, name, price, tier, art, retired_at IS NOT NULL,"
  " origin = 'owner' FROM gift_kind ORDER BY 6, position, id";

static gboolean
run_simple (KmTransaction  *transaction,
            const char     *sql,
            gint64          number,
            GError        **error)
{
  sqlite3_stmt *statement = km_transaction_prepare (transaction, sql, error);

  if (sqlite3_bind_parameter_count (statement) > 0)
    km_statement_bind (statement, "i", number);

  return km_statement_run (statement, error);
}

static gboolean
take_kind (KmTransaction     *transaction,
           const KmGiftKind  *kind,
           gint64             position,
           GError           **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO gift_kind (id, name, price, tier,"
                            " art, svg, position, origin)"
                            " VALUES (?, ?, ?, ?, ?, ?, ?, 'file')"
                            " ON CONFLICT (id) DO UPDATE SET"
                            " name = excluded.name, price = excluded.price,"
                            " tier = excluded.tier, art = excluded.art,"
                            " svg = excluded.svg,"
                            " position = excluded.position,"
                            " retired_at = NULL WHERE origin = 'file'",
                            error);

  km_statement_bind (statement, "ttiitbi", kind->id, kind->names, kind->price,
                     (gint64) kind->tier, kind->art, kind->svg, position);

  return km_statement_run (statement, error);
}

/**
 * km_catalogue_take:
 * @transaction: a transaction
 * @kinds: (element-type KmGiftKind): what the file describes
 * @now_ms: now, since 1970
 * @error: why not
 *
 * Returns: whether the table is as the file wants it
 */
gboolean
km_catalogue_take (KmTransaction  *transaction,
                   GPtrArray      *kinds,
                   gint64          now_ms,
                   GError        **error)
{
  if (!run_simple (transaction,
                   "UPDATE gift_kind SET position = -1 WHERE origin = 'file'",
                   0, error))
    return FALSE;

  for (guint i = 0; i < kinds->len; i++)
    {
      if (!take_kind (transaction, kinds->pdata[i], i, error))
        return FALSE;
    }

  return run_simple (transaction,
                     "UPDATE gift_kind SET retired_at = ?"
                     " WHERE origin = 'file' AND position = -1"
                     " AND retired_at IS NULL", now_ms, error);
}

static gboolean
check_changed (KmTransaction  *transaction,
               const char     *id,
               const char     *problem,
               GError        **error)
{
  if (km_transaction_changes (transaction) > 0)
    return TRUE;

  g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT,
               "%s %s", id, problem);

  return FALSE;
}

/**
 * km_catalogue_add:
 * @transaction: a transaction
 * @kind: what the owner wants to be given
 * @error: %KM_LEDGER_ERROR_NO_SUCH_GIFT: a gift of that id is offered already
 *
 * Returns: whether it is offered now; a retired one of this id is replaced
 */
gboolean
km_catalogue_add (KmTransaction     *transaction,
                  const KmGiftKind  *kind,
                  GError           **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "INSERT INTO gift_kind (id, name, price, tier,"
                            " art, svg, position, origin)"
                            " SELECT ?1, ?2, ?3, ?4, ?5, ?6,"
                            " max (?7, COALESCE (max (position), 0) + 1),"
                            " 'owner' FROM gift_kind WHERE true"
                            " ON CONFLICT (id) DO UPDATE SET"
                            " name = excluded.name, price = excluded.price,"
                            " tier = excluded.tier, art = excluded.art,"
                            " svg = excluded.svg, origin = 'owner',"
                            " position = excluded.position,"
                            " retired_at = NULL"
                            " WHERE retired_at IS NOT NULL",
                            error);

  km_statement_bind (statement, "ttiitbi", kind->id, kind->names, kind->price,
                     (gint64) kind->tier, kind->art, kind->svg,
                     (gint64) OWNERS_POSITION);

  return km_statement_run (statement, error)
         && check_changed (transaction, kind->id,
                           "is offered already: retire it first", error);
}

/**
 * km_catalogue_retire:
 * @transaction: a transaction
 * @id: a gift
 * @now_ms: now, since 1970
 * @error: %KM_LEDGER_ERROR_NO_SUCH_GIFT
 *
 * Returns: whether it is no longer offered
 */
gboolean
km_catalogue_retire (KmTransaction  *transaction,
                     const char     *id,
                     gint64          now_ms,
                     GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE gift_kind SET retired_at = ?,"
                            " origin = 'owner' WHERE id = ?"
                            " AND retired_at IS NULL",
                            error);

  km_statement_bind (statement, "it", now_ms, id);

  return km_statement_run (statement, error)
         && check_changed (transaction, id, "isn't offered", error);
}

/**
 * km_catalogue_restore:
 * @transaction: a transaction
 * @id: a gift that was retired
 * @error: %KM_LEDGER_ERROR_NO_SUCH_GIFT
 *
 * Returns: whether it is offered again
 */
gboolean
km_catalogue_restore (KmTransaction  *transaction,
                      const char     *id,
                      GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE gift_kind SET retired_at = NULL,"
                            " origin = 'owner' WHERE id = ?"
                            " AND retired_at IS NOT NULL",
                            error);

  km_statement_bind (statement, "t", id);

  return km_statement_run (statement, error)
         && check_changed (transaction, id, "wasn't retired", error);
}

/**
 * km_catalogue_list:
 * @statement: of %km_catalogue_list_sql
 * @func: called for each gift, in the order of the tray
 * @data: for @func
 * @error: why not
 *
 * Returns: whether all could be read
 */
gboolean
km_catalogue_list (sqlite3_stmt     *statement,
                   KmCatalogueFunc   func,
                   gpointer          data,
                   GError          **error)
{
  KmStep step;

  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      const KmGiftKind kind = {
        .id = (char *) sqlite3_column_text (statement, 0),
        .names = (char *) sqlite3_column_text (statement, 1),
        .price = sqlite3_column_int64 (statement, 2),
        .tier = (guint) sqlite3_column_int (statement, 3),
        .art = (char *) sqlite3_column_text (statement, 4),
      };

      func (&kind, sqlite3_column_int (statement, 5) != 0,
            sqlite3_column_int (statement, 6) != 0, data);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step == KM_STEP_DONE;
}

/**
 * km_catalogue_read_art:
 * @reader: what to read with
 * @art: the name of a picture
 * @error: %KM_LEDGER_ERROR_NO_SUCH_GIFT
 *
 * Returns: (transfer full) (nullable): the SVG, of a retired gift as well
 */
GBytes *
km_catalogue_read_art (KmReader    *reader,
                       const char  *art,
                       GError     **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT svg FROM gift_kind WHERE art = ?"
                       " AND svg IS NOT NULL"
                       " ORDER BY retired_at IS NOT NULL, position LIMIT 1",
                       error);
  GBytes *svg = NULL;
  KmStep step;

  km_statement_bind (statement, "t", art);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    svg = g_bytes_new (sqlite3_column_blob (statement, 0),
                       (gsize) sqlite3_column_bytes (statement, 0));
  else if (step == KM_STEP_DONE)
    g_set_error (error, KM_LEDGER_ERROR, KM_LEDGER_ERROR_NO_SUCH_GIFT,
                 "there is no picture called “%s”", art);
  if (statement != NULL)
    sqlite3_reset (statement);

  return svg;
}
