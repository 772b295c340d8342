/* km-inbox-query.c: the books, as each account's inbox
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an account is told of its coins needs no log of its own: the books are
 * one. Each group of transfers has a number, is written in the transaction of
 * what caused it, says what was in the two accounts behind it, and names the
 * group before it in either book. So its number is the place in the inbox of
 * whom it concerns, and nothing that was committed can be missing: not through
 * a crash, and not if another process wrote it, as the owner's commands do.
 *
 * The seqs of an inbox grow and are never given twice, but aren't without gaps.
 *
 * Thread: that of the reader.
 */

#include "km-inbox-query.h"

#include "km-books.h"
#include "km-statement.h"

/* The accounts of the ledger below are the server's own. */
#define FIRST_OWNED 4

/* What a row of a group is to one of its two sides. */
typedef struct
{
  gint64 id; /* of the ledger's account */
  gint64 coins;
  gint64 balance;
} Side;

static void
entry_free (gpointer data)
{
  KmInboxEntry *self = data;

  g_free (self->kind);
  g_free (self->note);
  g_free (self);
}

static GPtrArray *
entries_new (void)
{
  return g_ptr_array_new_with_free_func (entry_free);
}

static void
finish (sqlite3_stmt *statement)
{
  if (statement != NULL)
    sqlite3_reset (statement);
}

/**
 * km_inbox_query_epoch:
 * @reader: a reader
 * @error: why it couldn't be read
 *
 * Returns: (nullable) (transfer full): which history all inboxes are of
 */
char *
km_inbox_query_epoch (KmReader  *reader,
                      GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader, "SELECT epoch FROM inbox", error);
  char *epoch = NULL;

  if (km_statement_step (statement, error) == KM_STEP_ROW)
    epoch = km_statement_dup_text (statement, 0);
  finish (statement);

  return epoch;
}

/**
 * km_inbox_query_newest:
 * @reader: a reader
 * @newest: (out): the newest group of transfers; 0: there is none
 * @error: why it couldn't be read
 *
 * Returns: whether it could
 */
gboolean
km_inbox_query_newest (KmReader  *reader,
                       gint64    *newest,
                       GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader, "SELECT MAX (id) FROM transfer_group", error);
  KmStep step = km_statement_step (statement, error);

  if (step == KM_STEP_ROW)
    *newest = sqlite3_column_int64 (statement, 0);
  finish (statement);

  return step == KM_STEP_ROW;
}

static gboolean
read_limit (KmReader  *reader,
            gint64     account,
            gint64     now_ms,
            KmDailyLimit *limit,
            GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader, KM_DAILY_LIMIT_SQL, error);
  KmStep step;

  *limit = (KmDailyLimit) { .coins = KM_NO_LIMIT };
  km_statement_bind (statement, "i", account);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_ROW)
    km_daily_limit_read (statement, now_ms, limit);
  finish (statement);

  return step != KM_STEP_FAILED;
}

/**
 * km_inbox_query_state:
 * @reader: a reader
 * @account: whose inbox
 * @now_ms: now, since 1970
 * @state: (out caller-allocates): how things stand
 * @error: why it couldn't be read
 *
 * Returns: whether it could
 */
gboolean
km_inbox_query_state (KmReader      *reader,
                      gint64         account,
                      gint64         now_ms,
                      KmInboxState  *state,
                      GError       **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT kind = 'host', balance, newest"
                       " FROM ledger_account WHERE id IN ("
                       KM_BOOKS_USER_SQL ("?1") ", "
                       KM_BOOKS_HOST_SQL ("?1") ")", error);
  KmStep step;

  *state = (KmInboxState) { 0 };
  km_statement_bind (statement, "i", account);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      gint64 balance = sqlite3_column_int64 (statement, 1);

      if (sqlite3_column_int (statement, 0) != 0)
        state->income = balance;
      else
        state->balance = balance;
      state->seq = MAX (state->seq, sqlite3_column_int64 (statement, 2));
    }
  finish (statement);

  return step == KM_STEP_DONE
         && read_limit (reader, account, now_ms, &state->limit, error);
}

/* Columns: id, at, kind, note, then of each side its account, coins and
 * balance. */
#define GROUP_COLUMNS \
  "id, at, kind, note, source, -coins, source_balance," \
  " target, coins - share - remainder, target_balance"

static void
add_side (GPtrArray    *entries,
          sqlite3_stmt *statement,
          const Side   *side)
{
  KmInboxEntry *entry;

  if (side->id < FIRST_OWNED)
    return;

  entry = g_new0 (KmInboxEntry, 1);
  entry->account = side->id / 2 - 1;
  entry->of_income = side->id % 2 != 0;
  entry->seq = sqlite3_column_int64 (statement, 0);
  entry->at_ms = sqlite3_column_int64 (statement, 1);
  entry->kind = km_statement_dup_text (statement, 2);
  entry->note = km_statement_dup_text (statement, 3);
  entry->coins = side->coins;
  entry->balance = side->balance;
  g_ptr_array_add (entries, entry);
}

static Side
read_side (sqlite3_stmt *statement,
           int           column)
{
  return (Side) {
    .id = sqlite3_column_int64 (statement, column),
    .coins = sqlite3_column_int64 (statement, column + 1),
    .balance = sqlite3_column_int64 (statement, column + 2),
  };
}

/**
 * km_inbox_query_behind:
 * @reader: a reader
 * @group: the number of a group of transfers
 * @n_groups: how many at most
 * @error: why they couldn't be read
 *
 * Returns: (nullable) (transfer full) (element-type KmInboxEntry): what the
 *   groups behind that one mean to whom they concern, in their order
 */
GPtrArray *
km_inbox_query_behind (KmReader  *reader,
                       gint64     group,
                       guint      n_groups,
                       GError   **error)
{
  sqlite3_stmt *statement =
    km_reader_prepare (reader,
                       "SELECT " GROUP_COLUMNS " FROM transfer_group"
                       " WHERE id > ? ORDER BY id LIMIT ?", error);
  g_autoptr (GPtrArray) entries = entries_new ();
  KmStep step;

  km_statement_bind (statement, "ii", group, (gint64) n_groups);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      const Side source = read_side (statement, 4);
      const Side target = read_side (statement, 7);

      add_side (entries, statement, &source);
      add_side (entries, statement, &target);
    }
  finish (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&entries) : NULL;
}

/* Both books are read backwards from their newest groups. */
static const char since_sql[] =
  "WITH RECURSIVE book (own, grp) AS ("
  " SELECT id, newest FROM ledger_account WHERE id IN ("
  KM_BOOKS_USER_SQL ("?1") ", " KM_BOOKS_HOST_SQL ("?1") ") AND newest > ?2"
  " UNION ALL"
  " SELECT own, CASE source WHEN own THEN source_before ELSE target_before END"
  " FROM book JOIN transfer_group ON id = grp"
  " WHERE CASE source WHEN own THEN source_before ELSE target_before END > ?2"
  " LIMIT ?3)"
  " SELECT " GROUP_COLUMNS ", own FROM book"
  " JOIN transfer_group ON id = grp ORDER BY id";

/**
 * km_inbox_query_since:
 * @reader: a reader
 * @account: whose inbox
 * @seq: the last one had
 * @n_entries: how many at most
 * @error: why they couldn't be read
 *
 * Returns: (nullable) (transfer full) (element-type KmInboxEntry): what came
 *   behind, in order; with @n_entries of them there may be more, and which of
 *   them these are isn't said
 */
GPtrArray *
km_inbox_query_since (KmReader  *reader,
                      gint64     account,
                      gint64     seq,
                      guint      n_entries,
                      GError   **error)
{
  sqlite3_stmt *statement = km_reader_prepare (reader, since_sql, error);
  g_autoptr (GPtrArray) entries = entries_new ();
  KmStep step;

  km_statement_bind (statement, "iii", account, seq, (gint64) n_entries);
  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW)
    {
      Side side = read_side (statement, 4);

      if (side.id != sqlite3_column_int64 (statement, 10))
        side = read_side (statement, 7);
      add_side (entries, statement, &side);
    }
  finish (statement);

  return step == KM_STEP_DONE ? g_steal_pointer (&entries) : NULL;
}
