/* km-server-wallet-inbox.c: a wallet that hears of its coins
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * While the connection is open the server tells what comes and goes, whoever
 * moved it: this computer, another one, a giver, the server's owner. Each
 * entry says what there is from then on. So it doesn't matter how many were
 * missed, and an entry that is older than what is known already changes
 * nothing. A new connection says the last one had.
 *
 * A server that knows no inbox is asked as before.
 *
 * Thread: main.
 */

#include "km-server-wallet-private.h"

#include "km-connection-private.h"
#include "km-id.h"
#include "km-server-private.h"

static void
apply_entry (KmWallet          *self,
             const KmRoomEvent *event)
{
  const KmWalletEntry *entry = &event->entry;

  if (event->seq <= self->inbox_seq)
    return;

  self->inbox_seq = event->seq;
  if (event->seq > self->as_of)
    {
      self->as_of = event->seq;
      if (entry->of == KM_WALLET_BOOK_WALLET)
        km_wallet_set_coins (self, entry->balance, self->income);
      else
        km_wallet_set_coins (self, self->balance, entry->balance);
    }
  g_signal_emit_by_name (self, "entry", (guint) entry->of, (guint) entry->kind,
                         entry->coins, event->note);
}

static void
on_event (gpointer     data,
          KmRoomEvent *event)
{
  g_autoptr (KmWallet) self = g_object_ref (KM_WALLET (data));

  if (!self->inbox_open)
    ;
  else if (event->kind == KM_ROOM_EVENT_WALLET_ENTRY)
    apply_entry (self, event);
  else if (event->kind == KM_ROOM_EVENT_WALLET_LIMIT)
    km_wallet_set_limit (self, &event->wallet);
  km_room_event_free (event);
}

static void
on_opened (const KmReply *reply,
           gpointer       data)
{
  g_autoptr (KmWallet) self = data;

  if (reply == NULL || !km_reply_check (reply, KM_COMMAND_INBOX_OPEN, NULL))
    return;

  self->inbox_open = TRUE;
  if (!reply->resumed || g_strcmp0 (self->inbox_epoch, reply->epoch) != 0)
    {
      g_set_str (&self->inbox_epoch, reply->epoch);
      self->inbox_seq = reply->seq;
      self->as_of = -1;
    }
  if (reply->seq >= self->as_of)
    {
      self->as_of = reply->seq;
      km_wallet_set_coins (self, reply->wallet.balance, reply->wallet.income);
    }
  km_wallet_set_limit (self, &reply->wallet);
}

/**
 * km_wallet_inbox_connected:
 * @self: a wallet
 * @open: whether the connection is open
 *
 * Listens anew, if somebody is signed in.
 */
void
km_wallet_inbox_connected (KmWallet *self,
                           gboolean  open)
{
  g_autoptr (KmCommand) command = NULL;

  self->inbox_open = FALSE;
  if (!open || self->server == NULL || km_api_get_token (self->server->api) == NULL)
    return;

  command = km_command_new (KM_COMMAND_INBOX_OPEN);
  command->id = km_id_new ();
  command->epoch = g_strdup (self->inbox_epoch);
  command->seq = self->inbox_epoch != NULL ? self->inbox_seq : -1;
  if (km_connection_send (self->connection, command, on_opened, self))
    g_object_ref (self);
}

/* Another account, or none: what was heard is another's. */
void
km_wallet_inbox_forget (KmWallet *self)
{
  self->inbox_open = FALSE;
  g_clear_pointer (&self->inbox_epoch, g_free);
  self->inbox_seq = -1;
  self->as_of = -1;
}

/* Thread: main. */
void
km_wallet_inbox_init (KmWallet *self)
{
  km_wallet_inbox_forget (self);
  km_connection_set_inbox (self->connection, on_event, self);
}
