/* km-tickets.c: words that open one socket each
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A browser can't send a header with a WebSocket, and an address gets logged;
 * so what stands in the address is good for one minute and for one use.
 *
 * The main loop issues them and takes them back, the hub redeems them. It
 * makes the socket in the same turn, before it handles what it is asked next;
 * so whoever signs somebody out asks here first and then the hub, and finds
 * the ticket or the socket.
 *
 * Thread: any; the clock is the caller's, monotonic.
 */

#include "km-tickets.h"

#include "km-id.h"
#include "km-protocol.h"

typedef struct
{
  KmTicket *ticket;
  gint64 expires_ms;
  char *word;
  GList link; /* in the order of expires_ms */
} Entry;

struct _KmTickets
{
  GMutex mutex;
  GHashTable *entries;
  GQueue order;
};

void
km_ticket_free (KmTicket *self)
{
  g_free (self->account);
  g_free (self->name);
  g_free (self->shown_name);
  g_free (self->session);
  g_free (self);
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_clear_pointer (&entry->ticket, km_ticket_free);
  g_free (entry->word);
  g_free (entry);
}

KmTickets *
km_tickets_new (void)
{
  KmTickets *self = g_new0 (KmTickets, 1);

  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                         entry_free);
  g_queue_init (&self->order);
  g_mutex_init (&self->mutex);

  return self;
}

void
km_tickets_free (KmTickets *self)
{
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
drop (KmTickets *self,
      Entry     *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->entries, entry->word);
}

static void
drop_expired (KmTickets *self,
              gint64     now_ms)
{
  Entry *oldest;

  while ((oldest = g_queue_peek_head (&self->order)) != NULL &&
         oldest->expires_ms <= now_ms)
    drop (self, oldest);
}

/**
 * km_tickets_issue:
 * @self: the tickets
 * @ticket: (transfer full): whom it is for
 * @now_ms: the time
 *
 * When too many are out the oldest goes, which had the most time to be used:
 * refusing the newest would let anybody who asks for many shut out the rest.
 *
 * Returns: (transfer full): the word
 */
char *
km_tickets_issue (KmTickets *self,
                  KmTicket  *ticket,
                  gint64     now_ms)
{
  g_autofree char *word = km_id_new ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  Entry *entry;

  drop_expired (self, now_ms);
  if (g_hash_table_size (self->entries) >= KM_TICKETS_MAX)
    drop (self, g_queue_peek_head (&self->order));

  entry = g_new0 (Entry, 1);
  entry->ticket = ticket;
  entry->expires_ms = now_ms + KM_TICKET_LIFE_MS;
  entry->word = g_strdup (word);
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->word, entry);
  g_queue_push_tail_link (&self->order, &entry->link);

  return g_steal_pointer (&word);
}

/**
 * km_tickets_redeem:
 * @self: the tickets
 * @word: (nullable): what somebody presents
 * @now_ms: the time
 *
 * Returns: (transfer full) (nullable): whom it is for; never again
 */
KmTicket *
km_tickets_redeem (KmTickets  *self,
                   const char *word,
                   gint64      now_ms)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  KmTicket *ticket;
  Entry *entry;

  drop_expired (self, now_ms);
  entry = word != NULL ? g_hash_table_lookup (self->entries, word) : NULL;
  if (entry == NULL)
    return NULL;

  ticket = g_steal_pointer (&entry->ticket);
  drop (self, entry);

  return ticket;
}

/**
 * km_tickets_drop_sessions:
 * @self: the tickets
 * @sessions: (array zero-terminated=1): ids of sessions that have ended
 *
 * Their tickets open nothing any more.
 */
void
km_tickets_drop_sessions (KmTickets         *self,
                          const char *const *sessions)
{
  g_autoptr (GHashTable) ended = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GMutexLocker) locker = NULL;
  GList *next;

  for (guint i = 0; sessions[i] != NULL; i++)
    g_hash_table_add (ended, (gpointer) sessions[i]);

  locker = g_mutex_locker_new (&self->mutex);
  for (GList *link = self->order.head; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      if (entry->ticket->session != NULL &&
          g_hash_table_contains (ended, entry->ticket->session))
        drop (self, entry);
    }
}

/**
 * km_tickets_rename:
 * @self: the tickets
 * @account: an account's id
 * @shown_name: its new shown name
 *
 * What its tickets open speaks under the new name.
 */
void
km_tickets_rename (KmTickets  *self,
                   const char *account,
                   const char *shown_name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  for (GList *link = self->order.head; link != NULL; link = link->next)
    {
      KmTicket *ticket = ((Entry *) link->data)->ticket;

      if (g_strcmp0 (ticket->account, account) == 0)
        g_set_str (&ticket->shown_name, shown_name);
    }
}
