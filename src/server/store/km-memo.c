/* km-memo.c: what is remembered of the data from one transaction to the next
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Only the store thread writes while a server runs, so what it has read or
 * written once is still so in the next transaction. There are three ways in
 * which it isn't: the thread itself writes it again, of which SQLite tells row
 * by row; what was written is undone; and a command such as `admin grant`
 * writes beside the server, which SQLite counts. What is remembered spares
 * reading and nothing else: the rules of the schema see each row as it is.
 *
 * Thread: store.
 */

#include "km-memo.h"

#include "km-statement.h"
#include "km-store-private.h"

typedef struct
{
  const KmMemoClass *memo_class;
  gpointer memo;
} Entry;

static void
clear_entry (gpointer data)
{
  Entry *entry = data;

  entry->memo_class->free (entry->memo);
}

/* Of tables whose rows have ids; and not of those that REPLACE removes, which
 * nobody uses here. */
static void
tell_changed (void          *data,
              int            operation,
              const char    *database,
              const char    *table,
              sqlite3_int64  row)
{
  KmTransaction *self = data;

  for (guint i = 0; i < self->memos->len; i++)
    {
      Entry *entry = &g_array_index (self->memos, Entry, i);

      entry->memo_class->changed (entry->memo, table, row);
    }
}

/* Changes whenever another connection has changed the data; 0: unknown. */
static gint64
read_data_version (KmTransaction *self)
{
  sqlite3_stmt *statement =
    km_statements_get (self->statements, self->database,
                       "PRAGMA data_version", NULL);
  gint64 version = 0;

  if (km_statement_step (statement, NULL) == KM_STEP_ROW)
    version = sqlite3_column_int64 (statement, 0);
  if (statement != NULL)
    sqlite3_reset (statement);

  return version;
}

/**
 * km_memos_open:
 * @self: a transaction whose database is open
 *
 * From now on there can be something to remember.
 */
void
km_memos_open (KmTransaction *self)
{
  self->memos = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->memos, clear_entry);
  sqlite3_update_hook (self->database, tell_changed, self);
}

/**
 * km_memos_close:
 * @self: a transaction, opened or not
 */
void
km_memos_close (KmTransaction *self)
{
  if (self->memos == NULL)
    return;

  sqlite3_update_hook (self->database, NULL, NULL);
  g_clear_pointer (&self->memos, g_array_unref);
}

/**
 * km_memos_begin:
 * @self: a transaction that has just begun
 *
 * Forgets everything if another connection has written since the last one.
 */
void
km_memos_begin (KmTransaction *self)
{
  gint64 version;

  if (self->memos->len == 0)
    return;

  version = read_data_version (self);
  if (version == 0 || version != self->data_version)
    km_memos_forget (self);
}

/**
 * km_memos_forget:
 * @self: a transaction in which something was undone
 */
void
km_memos_forget (KmTransaction *self)
{
  g_array_set_size (self->memos, 0);
}

/**
 * km_transaction_get_memo:
 * @self: the transaction that apply was given
 * @memo_class: which one, a constant of the program
 *
 * Returns: (transfer none): what is remembered, for the rest of this job; new,
 *   and knowing nothing, if there was none
 */
gpointer
km_transaction_get_memo (KmTransaction     *self,
                         const KmMemoClass *memo_class)
{
  Entry entry = { .memo_class = memo_class };

  for (guint i = 0; i < self->memos->len; i++)
    {
      Entry *known = &g_array_index (self->memos, Entry, i);

      if (known->memo_class == memo_class)
        return known->memo;
    }

  if (self->memos->len == 0)
    self->data_version = read_data_version (self);
  entry.memo = memo_class->make ();
  g_array_append_val (self->memos, entry);

  return entry.memo;
}
