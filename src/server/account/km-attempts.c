/* km-attempts.c: slower and slower answers to those who guess passwords
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each try counts as failed from its beginning, against the account's name
 * (whether or not it exists) and against the address; one that succeeds is
 * taken back. So a hundred tries at once are no way around it. Within a
 * minute a few are free, then each further one makes the wait twice as long;
 * a quiet minute brings the free ones back, but not the short waits.
 *
 * The tables are bounded: when one is full, the entry that is due to be
 * forgotten first goes.
 *
 * Thread: one; the clock is the caller's, monotonic.
 */

#include "km-attempts.h"

#define ENTRIES_MAX 20000
#define FIRST_WAIT_MS 5000
#define LONGEST_WAIT_MS (15 * 60 * 1000)
#define FORGET_AFTER_MS (30 * 60 * 1000)

typedef struct
{
  guint tries;
  guint doublings;
  gint64 window_ms;  /* when the first of @tries was */
  gint64 blocked_ms; /* until when */
  gint64 forget_ms;
  GList link;        /* in the order of forget_ms */
  char *key;
} Entry;

struct _KmAttempts
{
  GHashTable *entries; /* "n:NAME" or "a:ADDRESS" */
  GQueue order;
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

KmAttempts *
km_attempts_new (void)
{
  KmAttempts *self = g_new0 (KmAttempts, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         entry_free);
  g_queue_init (&self->order);

  return self;
}

void
km_attempts_free (KmAttempts *self)
{
  g_hash_table_unref (self->entries);
  g_free (self);
}

static void
drop (KmAttempts *self,
      Entry      *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->key);
}

static void
drop_old (KmAttempts *self,
          gint64      now_ms)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL &&
         (oldest->forget_ms <= now_ms ||
          g_hash_table_size (self->entries) > ENTRIES_MAX))
    drop (self, oldest);
}

static char *
make_key (char        kind,
          const char *text)
{
  return g_strdup_printf ("%c:%s", kind, text);
}

static Entry *
touch (KmAttempts *self,
       char        kind,
       const char *text,
       gint64      now_ms)
{
  g_autofree char *key = make_key (kind, text);
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->key = g_steal_pointer (&key);
      entry->link.data = entry;
      entry->window_ms = now_ms;
      g_hash_table_insert (self->entries, entry->key, entry);
    }
  else
    g_queue_unlink (&self->order, &entry->link);

  /* Every entry is kept equally long after its last use: the tail is always
   * the one that is forgotten last. */
  entry->forget_ms = now_ms + FORGET_AFTER_MS;
  g_queue_push_tail_link (&self->order, &entry->link);

  return entry;
}

static void
count_try (Entry  *entry,
           guint   limit,
           gint64  now_ms)
{
  if (now_ms - MAX (entry->window_ms, entry->blocked_ms) >=
      KM_ATTEMPTS_WINDOW_MS)
    {
      entry->window_ms = now_ms;
      entry->tries = 0;
    }

  if (++entry->tries < limit)
    return;

  entry->blocked_ms = now_ms + MIN ((gint64) FIRST_WAIT_MS << entry->doublings,
                                    LONGEST_WAIT_MS);
  entry->doublings = MIN (entry->doublings + 1, 16);
}

/**
 * km_attempts_begin:
 * @self: what has been tried
 * @name: the folded name that somebody wants to sign in as
 * @address: where from
 * @now_ms: the time
 *
 * Counts a try, unless one must wait.
 *
 * Returns: 0: go on; else how many ms one has to wait
 */
gint64
km_attempts_begin (KmAttempts *self,
                   const char *name,
                   const char *address,
                   gint64      now_ms)
{
  Entry *by_name, *by_address;
  gint64 wait_ms;

  drop_old (self, now_ms);
  by_name = touch (self, 'n', name, now_ms);
  by_address = touch (self, 'a', address, now_ms);

  wait_ms = MAX (by_name->blocked_ms, by_address->blocked_ms) - now_ms;
  if (wait_ms > 0)
    return wait_ms;

  count_try (by_name, KM_ATTEMPTS_PER_ACCOUNT, now_ms);
  count_try (by_address, KM_ATTEMPTS_PER_ADDRESS, now_ms);

  return 0;
}

/**
 * km_attempts_forgive:
 * @self: what has been tried
 * @name: who has signed in
 * @address: where from
 * @now_ms: the time
 *
 * Takes a try back that succeeded: the account begins anew, the address loses
 * one try.
 */
void
km_attempts_forgive (KmAttempts *self,
                     const char *name,
                     const char *address,
                     gint64      now_ms)
{
  Entry *by_address = touch (self, 'a', address, now_ms);

  drop (self, touch (self, 'n', name, now_ms));

  if (by_address->tries >= KM_ATTEMPTS_PER_ADDRESS)
    {
      by_address->blocked_ms = now_ms;
      by_address->doublings -= MIN (by_address->doublings, 1);
    }
  by_address->tries -= MIN (by_address->tries, 1);
}

/**
 * km_attempts_count:
 * @self: what has been tried
 *
 * Returns: how many names and addresses are remembered
 */
guint
km_attempts_count (KmAttempts *self)
{
  return g_hash_table_size (self->entries);
}
