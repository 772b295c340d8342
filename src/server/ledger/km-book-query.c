/* km-book-query.c: statements, a line for each group of transfers
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift moves coins to the host, to the server and perhaps a remainder; who
 * gave it sees one line. Pages are read by the indexes of both sides of a
 * transfer, so that one costs the same however long the book is; only what
 * was there then wants the sum of all that came later, from an index alone.
 *
 * Thread: that of the reader.
 */

#include "km-book-query.h"

#include "km-statement.h"

/* ?1 the account of the ledger, ?2 a group, ?3 how many, ?4 whether the other
 * side is the host. */
#define SIDE(side, relation, order)                                          \
  "SELECT grp FROM (SELECT DISTINCT grp FROM transfer WHERE " side " = ?1"   \
  " AND grp " relation " ?2 ORDER BY grp " order " LIMIT ?3)"
#define ENTRIES(relation, order)                                             \
  "SELECT g.id, g.at, g.kind,"                                               \
  " (SELECT COALESCE (SUM (coins), 0) FROM transfer"                         \
  "  WHERE grp = g.id AND target = ?1)"                                      \
  " - (SELECT COALESCE (SUM (coins), 0) FROM transfer"                       \
  "  WHERE grp = g.id AND source = ?1),"                                     \
  " gift.gift, gift_kind.name, gift.count,"                                  \
  " other.id, other.name, other.shown_name, gift.room, g.note"               \
  " FROM (" SIDE ("target", relation, order) " UNION "                       \
  SIDE ("source", relation, order) " ORDER BY grp " order " LIMIT ?3) AS page" \
  " JOIN transfer_group AS g ON g.id = page.grp"                             \
  " LEFT JOIN gift ON gift.id = COALESCE (g.refunds, g.id)"                  \
  " LEFT JOIN gift_kind ON gift_kind.id = gift.gift"                         \
  " LEFT JOIN room ON room.id = gift.room"                                   \
  " LEFT JOIN account AS other ON other.id ="                                \
  "  CASE WHEN ?4 THEN room.account ELSE gift.account END"                   \
  " ORDER BY g.id " order

static const char newest_sql[] = ENTRIES ("<", "DESC");
static const char oldest_sql[] = ENTRIES (">", "ASC");

typedef struct
{
  gint64 account; /* of the ledger; 0: none */
  gint64 before;  /* entries up to here are settled */
  gint64 balance; /* before that one */
} Standing;

static const char *
kind_of_account (KmBook book)
{
  return book == KM_BOOK_WALLET ? "user" : "host";
}

/* What was there before the group @before. What is written after this was
 * read doesn't belong to it: @standing's before is at most the next group. */
static gboolean
read_standing (KmReader  *reader,
               KmBook     book,
               gint64     owner,
               gint64     before,
               Standing  *standing,
               GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT id, balance"
                       " - (SELECT COALESCE (SUM (coins), 0) FROM transfer"
                       "  WHERE target = a.id AND grp >= ?3)"
                       " + (SELECT COALESCE (SUM (coins), 0) FROM transfer"
                       "  WHERE source = a.id AND grp >= ?3),"
                       " (SELECT COALESCE (MAX (id), 0) + 1"
                       "  FROM transfer_group)"
                       " FROM ledger_account AS a"
                       " WHERE owner = ?1 AND kind = ?2",
                       error);
  KmStep step;

  *standing = (Standing) { 0 };
  km_statement_bind (statement, "iti", owner, kind_of_account (book), before);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    {
      standing->account = sqlite3_column_int64 (statement, 0);
      standing->balance = sqlite3_column_int64 (statement, 1);
      standing->before = MIN (before, sqlite3_column_int64 (statement, 2));
    }
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
    .gift = column_text (statement, 4),
    .names = column_text (statement, 5),
    .count = sqlite3_column_int64 (statement, 6),
    .other_id = column_text (statement, 7),
    .other_name = column_text (statement, 8),
    .other_shown_name = column_text (statement, 9),
    .room = column_text (statement, 10),
    .note = column_text (statement, 11),
  };
}

static sqlite3_stmt *
prepare_entries (KmReader    *reader,
                 const char  *sql,
                 KmBook       book,
                 gint64       account,
                 gint64       group,
                 guint        limit,
                 GError     **error)
{
  sqlite3_stmt *statement = km_reader_prepare (reader, sql, error);

  km_statement_bind (statement, "iiii", account, group, (gint64) limit,
                     (gint64) (book == KM_BOOK_WALLET));

  return statement;
}

/**
 * km_book_read_newest:
 * @reader: what to read with
 * @book: which book
 * @owner: whose
 * @before: only entries older than this one; %G_MAXINT64: all
 * @limit: how many at most
 * @func: called for each, the newest first
 * @data: for @func
 * @more: (out): whether there are older ones
 * @error: why they couldn't be read
 *
 * Returns: whether they could
 */
gboolean
km_book_read_newest (KmReader    *reader,
                     KmBook       book,
                     gint64       owner,
                     gint64       before,
                     guint        limit,
                     KmBookFunc   func,
                     gpointer     data,
                     gboolean    *more,
                     GError     **error)
{
  Standing standing;
  sqlite3_stmt *statement;
  KmStep step;

  *more = FALSE;
  if (!read_standing (reader, book, owner, before, &standing, error))
    return FALSE;

  statement = prepare_entries (reader, newest_sql, book, standing.account,
                               standing.before, limit + 1, error);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      KmBookEntry entry;

      *more = limit-- == 0;
      if (*more)
        break;
      read_entry (statement, &entry);
      entry.balance = standing.balance;
      standing.balance -= entry.coins;
      func (&entry, data);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}

/**
 * km_book_read_on:
 * @reader: what to read with
 * @book: which book
 * @owner: whose
 * @place: (inout): how far it was read
 * @limit: how many entries at most
 * @func: called for each, the oldest first
 * @data: for @func
 * @n_read: (out): how many there were; less than @limit: that was all
 * @error: why they couldn't be read
 *
 * Returns: whether they could
 */
gboolean
km_book_read_on (KmReader     *reader,
                 KmBook        book,
                 gint64        owner,
                 KmBookPlace  *place,
                 guint         limit,
                 KmBookFunc    func,
                 gpointer      data,
                 guint        *n_read,
                 GError      **error)
{
  Standing standing;
  sqlite3_stmt *statement;
  KmStep step;

  *n_read = 0;
  if (!read_standing (reader, book, owner, G_MAXINT64, &standing, error))
    return FALSE;

  statement = prepare_entries (reader, oldest_sql, book, standing.account,
                               place->after, limit, error);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      KmBookEntry entry;

      read_entry (statement, &entry);
      place->after = entry.id;
      place->balance += entry.coins;
      entry.balance = place->balance;
      (*n_read)++;
      func (&entry, data);
    }
  if (statement != NULL)
    sqlite3_reset (statement);

  return step != KM_STEP_FAILED;
}
