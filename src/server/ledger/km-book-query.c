/* km-book-query.c: statements, a line for each group of transfers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift moves coins to the host, to the server and perhaps a remainder; who
 * gave it sees one line. Each group says which one was before it in the book,
 * and what was there then, so a page costs the same wherever it is, and is
 * the same whatever has been written since.
 *
 * Thread: that of the reader.
 */

#include "km-book-query.h"

#include "km-books.h"
#include "km-statement.h"

/* ?1 the account of the ledger, ?2 the newest group to read, ?3 how many,
 * ?4 whether the other side is the host. */
static const char entries_sql[] =
  "WITH RECURSIVE page (grp) AS (SELECT ?2 UNION ALL"
  "  SELECT CASE source WHEN ?1 THEN source_before ELSE target_before END"
  "  FROM page JOIN transfer_group ON id = grp LIMIT ?3)"
  " SELECT g.id, g.at, g.kind,"
  " CASE g.source WHEN ?1 THEN -g.coins"
  "  ELSE g.coins - g.share - g.remainder END,"
  " CASE g.source WHEN ?1 THEN g.source_balance ELSE g.target_balance END,"
  " gift.gift, gift_kind.name, gift.count,"
  " other.id, other.name, other.shown_name, gift.room, g.note"
  " FROM page JOIN transfer_group AS g ON g.id = page.grp"
  " JOIN transfer_group AS gift ON gift.id = COALESCE (g.refunds, g.id)"
  " LEFT JOIN gift_kind ON gift_kind.id = gift.gift"
  " LEFT JOIN room ON room.id = gift.room"
  " LEFT JOIN account AS other ON other.id ="
  "  CASE WHEN ?4 THEN room.account ELSE gift.source / 2 - 1 END"
  " ORDER BY g.id DESC";

/* ?1 the account of the ledger, ?2 an entry of its book, or none: where what
 * is older than that begins. */
static const char start_sql[] =
  "SELECT newest FROM ledger_account WHERE id = ?1 AND ?2 IS NULL"
  " UNION ALL"
  " SELECT CASE source WHEN ?1 THEN source_before ELSE target_before END"
  " FROM transfer_group WHERE id = ?2 AND ?1 IN (source, target)";

/* 0: there is nothing. */
static gboolean
find_start (KmReader  *reader,
            gint64     account,
            gint64     before,
            gint64    *start,
            GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (reader, start_sql, error);
  KmStep step;

  *start = 0;
  km_statement_bind (statement, "i", account);
  if (before != G_MAXINT64 && statement != NULL)
    sqlite3_bind_int64 (statement, 2, before);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    *start = sqlite3_column_int64 (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}

static const char *
column_text (sqlite3_stmt *statement,
             int           column)
{
  return (const char *) sqlite3_column_text (statement, column);
}

static void
read_entry (sqlite3_stmt *statement,
            KmBookEntry  *entry)
{
  *entry = (KmBookEntry) {
    .id = sqlite3_column_int64 (statement, 0),
    .at_ms = sqlite3_column_int64 (statement, 1),
    .kind = column_text (statement, 2),
    .coins = sqlite3_column_int64 (statement, 3),
    .balance = sqlite3_column_int64 (statement, 4),
    .gift = column_text (statement, 5),
    .names = column_text (statement, 6),
    .count = sqlite3_column_int64 (statement, 7),
    .other_id = column_text (statement, 8),
    .other_name = column_text (statement, 9),
    .other_shown_name = column_text (statement, 10),
    .room = column_text (statement, 11),
    .note = column_text (statement, 12),
  };
}

/**
 * km_book_read:
 * @reader: what to read with
 * @book: which book
 * @owner: whose
 * @before: (inout): only entries older than this one, which must be of the
 *   same book: else there are none; %G_MAXINT64: all. The last one that was
 *   read, afterwards
 * @limit: how many at most
 * @func: called for each, the newest first
 * @data: for @func
 * @more: (out): whether there are older ones
 * @error: why they couldn't be read
 *
 * Returns: whether they could
 */
gboolean
km_book_read (KmReader    *reader,
              KmBook       book,
              gint64       owner,
              gint64      *before,
              guint        limit,
              KmBookFunc   func,
              gpointer     data,
              gboolean    *more,
              GError     **error)
{
  gint64 account = km_books_get_id (book == KM_BOOK_WALLET ? KM_BOOKS_USER
                                                           : KM_BOOKS_HOST,
                                    owner);
  sqlite3_stmt *statement;
  gint64 start;
  KmStep step;

  *more = FALSE;
  if (!find_start (reader, account, *before, &start, error))
    return FALSE;

  statement = km_reader_prepare (reader, entries_sql, error);
  km_statement_bind (statement, "iiii", account, start, (gint64) limit + 1,
                     (gint64) (book == KM_BOOK_WALLET));
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      KmBookEntry entry;

      *more = limit-- == 0;
      if (*more)
        break;
      read_entry (statement, &entry);
      *before = entry.id;
      func (&entry, data);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}
