/* km-act-memo.c: which acts can't have been done before
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nearly every act is a new one, and to find that out costs as much as a good
 * part of writing it. Ids begin with the time at which they were made, so a
 * new act's id comes after those of all acts but the last few. Those above a
 * mark are remembered; an act above the mark that isn't among them is new.
 * Whatever is below the mark is looked for in the data.
 *
 * The mark follows what is written. Ids that claim to be of the future stay
 * above it and take up room; where that is much of it, the mark goes above
 * them, and all is looked for until the memo is made anew.
 *
 * Thread: store.
 */

#include "km-act-memo.h"

#include "km-memo.h"
#include "km-statement.h"

typedef struct
{
  GHashTable *acts; /* Act; those above the mark */
  char *mark; /* NULL: unknown */
} ActMemo;

typedef struct
{
  gint64 account;
  const char *id; /* behind it, in those that are remembered */
} Act;

static guint
hash_act (gconstpointer data)
{
  const Act *act = data;

  return g_str_hash (act->id) * 31 + (guint) act->account;
}

static gboolean
equal_acts (gconstpointer a,
            gconstpointer b)
{
  const Act *one = a;
  const Act *other = b;

  return one->account == other->account && g_str_equal (one->id, other->id);
}

static Act *
act_new (gint64      account,
         const char *id)
{
  gsize size = strlen (id) + 1;
  Act *act = g_malloc (sizeof *act + size);

  act->account = account;
  act->id = memcpy (act + 1, id, size);

  return act;
}

static gpointer
make (void)
{
  ActMemo *self = g_new0 (ActMemo, 1);

  self->acts = g_hash_table_new_full (hash_act, equal_acts, g_free, NULL);

  return self;
}

/* Acts have no row ids: they are written by km-act.c alone. */
static void
changed (gpointer    memo,
         const char *table,
         gint64      row)
{
}

static void
free_memo (gpointer memo)
{
  ActMemo *self = memo;

  g_hash_table_unref (self->acts);
  g_free (self->mark);
  g_free (self);
}

static ActMemo *
get_memo (KmTransaction *transaction)
{
  static const KmMemoClass memo_class = {
    .make = make,
    .changed = changed,
    .free = free_memo,
  };

  return km_transaction_get_memo (transaction, &memo_class);
}

static gboolean
read_mark (ActMemo       *self,
           KmTransaction *transaction)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT coalesce (max (id), '') FROM act", NULL);

  if (km_statement_step (statement, NULL) != KM_STEP_ROW)
    return FALSE;

  self->mark = km_statement_dup_text (statement, 0);
  sqlite3_reset (statement);

  return TRUE;
}

static gboolean
is_below (gpointer key,
          gpointer value,
          gpointer mark)
{
  const Act *act = key;

  return strcmp (act->id, mark) <= 0;
}

static void
raise_mark (ActMemo    *self,
            const char *id)
{
  GHashTableIter iter;
  gpointer key;

  g_free (self->mark);
  self->mark = g_strdup (id);
  g_hash_table_foreach_remove (self->acts, is_below, self->mark);
  if (g_hash_table_size (self->acts) < KM_ACTS_KNOWN / 2)
    return;

  g_hash_table_iter_init (&iter, self->acts);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Act *act = key;

      if (strcmp (act->id, self->mark) > 0)
        {
          g_free (self->mark);
          self->mark = g_strdup (act->id);
        }
    }
  g_hash_table_remove_all (self->acts);
}

/**
 * km_act_memo_is_new:
 * @transaction: a transaction
 * @account: whose act
 * @id: what they call it
 *
 * Returns: whether that act is surely new; else look for it
 */
gboolean
km_act_memo_is_new (KmTransaction *transaction,
                    gint64         account,
                    const char    *id)
{
  ActMemo *self = get_memo (transaction);
  const Act act = { .account = account, .id = id };

  if ((self->mark == NULL && !read_mark (self, transaction))
      || strcmp (id, self->mark) <= 0)
    return FALSE;

  return !g_hash_table_contains (self->acts, &act);
}

/**
 * km_act_memo_add:
 * @transaction: a transaction
 * @account: whose act
 * @id: what they call it
 *
 * It was just written.
 */
void
km_act_memo_add (KmTransaction *transaction,
                 gint64         account,
                 const char    *id)
{
  ActMemo *self = get_memo (transaction);

  if (self->mark == NULL || strcmp (id, self->mark) <= 0)
    return;

  if (g_hash_table_size (self->acts) >= KM_ACTS_KNOWN)
    raise_mark (self, id);
  if (strcmp (id, self->mark) > 0)
    g_hash_table_add (self->acts, act_new (account, id));
}
