/* km-hub-inbox.c: what concerns one account alone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All sockets of an account that opened its inbox are told of coins that came
 * and went, whoever moved them. So the hub reads what the books have got since
 * it looked last: when it has committed a gift, when the main loop tells it to,
 * and, while somebody listens, now and then, since a command of the owner's in
 * another process can't tell. That is only a look whether anybody has written
 * anything at all, while nobody has.
 *
 * Thread: hub.
 */

#include "km-hub-private.h"

#include "km-inbox-query.h"
#include "km-reply.h"

#define LOOK_SPACING_US (2 * G_USEC_PER_SEC)
#define GROUPS_A_LOOK 64

static KmWalletInfo
wallet_of (const KmInboxState *state)
{
  return (KmWalletInfo) {
    .balance = state->balance,
    .income = state->income,
    .daily_limit = state->limit.coins,
    .next_limit = state->limit.next_coins,
    .next_limit_at_ms = state->limit.next_at_ms,
  };
}

static GString *
encode_entry (const KmInboxEntry *entry)
{
  g_autoptr (KmRoomEvent) event =
    km_room_event_new (KM_ROOM_EVENT_WALLET_ENTRY);
  g_autofree char *text = NULL;

  event->seq = entry->seq;
  event->at_ms = entry->at_ms;
  event->entry = (KmWalletEntry) {
    .of = entry->of_income ? KM_WALLET_BOOK_INCOME : KM_WALLET_BOOK_WALLET,
    .kind = km_wallet_entry_kind_from_word (entry->kind),
    .coins = entry->coins,
    .balance = entry->balance,
  };
  event->note = g_strdup (entry->note);
  text = km_room_event_encode (event);

  return g_string_new (text);
}

/* What was in its answer already isn't sent again. A member that is closed
 * stays in the list until the end of the turn. */
static void
tell_entry (KmHub              *hub,
            const KmInboxEntry *entry)
{
  GPtrArray *listeners =
    g_hash_table_lookup (hub->inboxes, &entry->account);
  g_autoptr (GString) text = NULL;

  if (listeners == NULL)
    return;

  text = encode_entry (entry);
  for (guint i = listeners->len; i > 0; i--)
    {
      KmMember *member = g_ptr_array_index (listeners, i - 1);

      if (member->inbox_seq < entry->seq)
        {
          member->inbox_seq = entry->seq;
          km_member_send_text (hub, member, text);
        }
    }
}

/**
 * km_hub_look_at_books:
 * @hub: the hub
 *
 * Tells those who listen what has come and gone since the last time.
 */
void
km_hub_look_at_books (KmHub *hub)
{
  guint n_groups;

  hub->books_looked_us = hub->now_us;
  if (g_hash_table_size (hub->inboxes) == 0)
    return;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) entries = km_inbox_query_behind (
        hub->reader, hub->books_seen, GROUPS_A_LOOK, &error);
      gint64 last = 0;

      if (entries == NULL)
        {
          g_message ("looking at the books: %s", error->message);
          hub->books_version = 0;
          return;
        }

      n_groups = 0;
      for (guint i = 0; i < entries->len; i++)
        {
          const KmInboxEntry *entry = g_ptr_array_index (entries, i);

          n_groups += entry->seq != last;
          last = hub->books_seen = entry->seq;
          tell_entry (hub, entry);
        }
    }
  while (n_groups == GROUPS_A_LOOK);
}

/**
 * km_hub_watch_books:
 * @hub: the hub
 *
 * As km_hub_look_at_books(), if another process may have written there.
 */
void
km_hub_watch_books (KmHub *hub)
{
  hub->books_looked_us = hub->now_us;
  if (km_reader_has_news (hub->reader, &hub->books_version))
    km_hub_look_at_books (hub);
}

/* When km_hub_watch_books() is due. */
gint64
km_hub_inbox_due_us (KmHub *hub)
{
  if (g_hash_table_size (hub->inboxes) == 0)
    return G_MAXINT64;

  return hub->books_looked_us + LOOK_SPACING_US;
}

/**
 * km_hub_tell_limit:
 * @hub: the hub
 * @account: whose daily limit may have changed
 */
void
km_hub_tell_limit (KmHub  *hub,
                   gint64  account)
{
  GPtrArray *listeners = g_hash_table_lookup (hub->inboxes, &account);
  g_autoptr (KmRoomEvent) event = NULL;
  g_autoptr (GString) text = NULL;
  g_autofree char *encoded = NULL;
  KmInboxState state;

  if (listeners == NULL
      || !km_inbox_query_state (hub->reader, account,
                                g_get_real_time () / 1000, &state, NULL))
    return;

  event = km_room_event_new (KM_ROOM_EVENT_WALLET_LIMIT);
  event->wallet = wallet_of (&state);
  encoded = km_room_event_encode (event);
  text = g_string_new (encoded);
  for (guint i = listeners->len; i > 0; i--)
    km_member_send_text (hub, g_ptr_array_index (listeners, i - 1), text);
}

/* Its newest entries so far are in the answer; those behind come by
 * themselves. */
static void
begin_listening (KmHub    *hub,
                 KmMember *member,
                 gint64    seq)
{
  GPtrArray *listeners = g_hash_table_lookup (hub->inboxes, &member->account);

  member->inbox_seq = seq;
  if (member->listens)
    return;

  if (listeners == NULL)
    {
      listeners = g_ptr_array_new ();
      g_hash_table_insert (hub->inboxes,
                           g_memdup2 (&member->account,
                                      sizeof member->account),
                           listeners);
    }
  g_ptr_array_add (listeners, member);
  member->listens = TRUE;
}

/* A member goes: nobody tells it anything. */
void
km_hub_close_inbox (KmHub    *hub,
                    KmMember *member)
{
  GPtrArray *listeners;

  if (!member->listens)
    return;

  member->listens = FALSE;
  listeners = g_hash_table_lookup (hub->inboxes, &member->account);
  g_ptr_array_remove_fast (listeners, member);
  if (listeners->len == 0)
    g_hash_table_remove (hub->inboxes, &member->account);
}

/* Returns: (nullable) (element-type KmInboxEntry): what somebody with @command
 * misses; NULL: they begin anew. */
static GPtrArray *
find_missed (KmHub               *hub,
             const KmMember      *member,
             const KmCommand     *command,
             const char          *epoch,
             const KmInboxState  *state,
             GError             **error)
{
  g_autoptr (GPtrArray) entries = NULL;

  if (g_strcmp0 (command->epoch, epoch) != 0 || command->seq < 0
      || command->seq > state->seq)
    return NULL;

  entries = km_inbox_query_since (hub->reader, member->account, command->seq,
                                  KM_INBOX_RECENT + 1, error);
  if (entries == NULL || entries->len > KM_INBOX_RECENT)
    return NULL;

  /* What was committed since the state was read comes by itself. */
  while (entries->len > 0
         && ((KmInboxEntry *) entries->pdata[entries->len - 1])->seq
              > state->seq)
    g_ptr_array_remove_index (entries, entries->len - 1);

  return g_steal_pointer (&entries);
}

static void
answer (KmHub              *hub,
        KmMember           *member,
        const KmCommand    *command,
        const char         *epoch,
        const KmInboxState *state,
        GPtrArray          *missed)
{
  const KmWalletInfo wallet = wallet_of (state);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GString) text = g_string_sized_new (256);

  km_reply_append_inbox (text, command->id, epoch, state->seq, missed != NULL,
                         &wallet);
  km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, text->str, text->len);
  for (guint i = 0; missed != NULL && i < missed->len; i++)
    {
      g_autoptr (GString) entry = encode_entry (missed->pdata[i]);

      km_websocket_append_frame (bytes, KM_WEBSOCKET_TEXT, entry->str,
                                 entry->len);
    }
  km_member_send (hub, member, bytes->data, bytes->len);
}

/**
 * km_hub_open_inbox:
 * @hub: the hub
 * @member: whose inbox
 * @command: an `inbox.open`
 */
void
km_hub_open_inbox (KmHub           *hub,
                   KmMember        *member,
                   const KmCommand *command)
{
  gboolean first = g_hash_table_size (hub->inboxes) == 0;
  g_autofree char *epoch = NULL;
  g_autoptr (GPtrArray) missed = NULL;
  g_autoptr (GError) error = NULL;
  KmInboxState state;

  if (member->account == 0)
    {
      km_hub_reply_code (hub, member, command->id,
                         KM_PROTOCOL_ERROR_SIGN_IN_REQUIRED, 0);
      return;
    }

  epoch = km_inbox_query_epoch (hub->reader, &error);
  if (epoch != NULL
      && (!first || km_inbox_query_newest (hub->reader, &hub->books_seen,
                                           &error))
      && km_inbox_query_state (hub->reader, member->account,
                               g_get_real_time () / 1000, &state, &error))
    missed = find_missed (hub, member, command, epoch, &state, &error);
  if (epoch == NULL || error != NULL)
    {
      if (error == NULL)
        km_protocol_error_set (&error, KM_PROTOCOL_ERROR_INTERNAL);
      km_hub_reply_error (hub, member, command->id, error);
      return;
    }

  begin_listening (hub, member, state.seq);
  answer (hub, member, command, epoch, &state, missed);
}
