/* km-room-gifts.c: giving in a room, and what was given there
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A gift of one's own has an id and a line on disk before it goes out, and
 * goes out under that id until the server has answered: however often it is
 * sent it is paid once. Only the answer has the new balance, so the event
 * alone doesn't end the asking.
 *
 * One that was left over for more than ten minutes is asked about in a room
 * that isn't live, where the server either knows it or refuses it. In a live
 * room it might be paid now, for another stream than it was meant for: there
 * the person decides (retry or discard).
 *
 * The gifts of a combo share one row.
 *
 * Thread: main.
 */

#include "km-room-private.h"

#include "km-client-error.h"
#include "km-server-private.h"
#include "km-server-wallet-private.h"

#include <glib/gi18n-lib.h>

#define STALE_AFTER_MS (10 * 60 * 1000)

static void
fill (KmCommand      *command,
      const KmUnsent *unsent)
{
  command->gift = g_strdup (unsent->gift);
  command->count = unsent->count;
  command->confirmed = unsent->confirmed;
}

static gboolean
hold (KmRoom     *self,
      KmSending  *sending,
      GError    **error)
{
  gint64 age_ms = g_get_real_time () / 1000 - sending->unsent->at_ms;

  if (!self->info->live || age_ms < STALE_AFTER_MS)
    return FALSE;

  g_set_error_literal (error, KM_CLIENT_ERROR, KM_CLIENT_ERROR_INTERRUPTED,
                       _("It isn’t known whether this gift arrived. Sent "
                         "again, it is paid only once."));

  return TRUE;
}

static void
done (KmRoom        *self,
      KmSending     *sending,
      const KmReply *reply)
{
  KmWallet *wallet = km_server_peek_wallet (self->server);

  km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_SENT, NULL);
  if (wallet != NULL)
    km_wallet_take_balance (wallet, reply->balance);
  if (sending->task != NULL)
    {
      KmGiftReceipt *receipt = g_task_get_task_data (sending->task);

      receipt->value = reply->value;
      receipt->balance = reply->balance;
    }
}

/* Whether somebody is told by the task what became of the gift. */
static gboolean
is_waited_for (KmSending *sending)
{
  GCancellable *cancellable;

  if (sending->task == NULL)
    return FALSE;

  cancellable = g_task_get_cancellable (sending->task);

  return cancellable == NULL || !g_cancellable_is_cancelled (cancellable);
}

static gboolean
refused (KmRoom       *self,
         KmSending    *sending,
         const GError *error)
{
  /* The server doesn't say whether it took it: the same id must ask again. */
  gboolean unclear = g_error_matches (error, KM_PROTOCOL_ERROR,
                                      KM_PROTOCOL_ERROR_INTERNAL);

  if (is_waited_for (sending) && !unclear)
    km_message_list_remove (self->messages, sending->message);
  else
    km_room_message_set_state (sending->message, KM_ROOM_MESSAGE_FAILED,
                               error);

  return !unclear;
}

static const KmSendRule gift_rule = {
  .command = KM_COMMAND_GIFT_SEND,
  .fill = fill,
  .hold = hold,
  .done = done,
  .refused = refused,
};

void
km_room_gifts_init (KmRoom *self)
{
  km_send_queue_init (&self->gifts, self, &gift_rule);
}

/**
 * km_room_gifts_describe:
 * @self: a room
 * @unsent: a gift of one's own
 *
 * Returns: (transfer full): what its row shows until the server has it
 */
KmRoomGift *
km_room_gifts_describe (KmRoom         *self,
                        const KmUnsent *unsent)
{
  KmWallet *wallet = km_server_peek_wallet (self->server);
  KmGiftItem *item = wallet != NULL ? km_wallet_find_gift (wallet, unsent->gift)
                                    : NULL;
  KmRoomGift *gift = km_room_gift_new ();

  gift->id = g_strdup (unsent->id);
  gift->from_id = g_strdup (unsent->account);
  gift->from_name = g_strdup (km_server_get_shown_name (self->server));
  gift->role = self->role;
  gift->own = TRUE;
  gift->gift = g_strdup (unsent->gift);
  gift->name = g_strdup (item != NULL ? km_gift_item_get_name (item)
                                      : unsent->gift);
  gift->count = gift->combo_count = unsent->count;
  gift->time_ms = unsent->time_ms;
  gift->at_ms = unsent->at_ms;
  if (item != NULL)
    {
      gift->art = g_strdup (km_gift_item_get_art (item));
      gift->tier = km_gift_item_get_tier (item);
      gift->price = km_gift_item_get_price (item);
      gift->value = gift->combo_value = gift->price * gift->count;
    }

  return gift;
}

/**
 * km_room_gifts_asked:
 * @self: a room
 * @unsent: a gift that failed
 * @message: its row, which says why
 *
 * The person was asked and wants it sent again: that confirms it, and it is a
 * wish of now.
 */
void
km_room_gifts_asked (KmRoom        *self,
                     KmUnsent      *unsent,
                     KmRoomMessage *message)
{
  if (g_error_matches (km_room_message_get_error (message), KM_PROTOCOL_ERROR,
                       KM_PROTOCOL_ERROR_CONFIRM_REQUIRED))
    unsent->confirmed = TRUE;
  unsent->at_ms = g_get_real_time () / 1000;
}

/* The row of @event's combo, new or grown. Returns: whether it was known here
 * before the server told. */
static gboolean
show (KmRoom            *self,
      const KmRoomEvent *event,
      KmRoomGift        *gift)
{
  KmRoomMessage *row = km_message_list_find_combo (self->messages,
                                                   gift->combo);
  KmRoomMessage *unsent = NULL;

  if (gift->own)
    unsent = km_message_list_find_unsent (self->messages, gift->id);

  if (row != NULL)
    {
      if (gift->combo_count > km_room_message_get_gift (row)->combo_count)
        km_room_message_set_gift (row, gift);
      if (unsent != NULL)
        km_message_list_remove (self->messages, unsent);
    }
  else if (unsent != NULL)
    {
      km_message_list_settle (self->messages, unsent, event);
    }
  else
    {
      g_autoptr (KmRoomMessage) message =
        km_room_message_new_event (event, gift->own);

      km_message_list_add (self->messages, message);
    }

  return unsent != NULL;
}

/**
 * km_room_gifts_apply:
 * @self: a room
 * @event: a `gift.sent`
 * @fresh: whether it happened now
 */
void
km_room_gifts_apply (KmRoom            *self,
                     const KmRoomEvent *event,
                     gboolean           fresh)
{
  g_autoptr (KmRoomGift) gift =
    km_room_gift_new_event (event, km_room_is_own (self, event));
  KmWallet *wallet = km_server_peek_wallet (self->server);
  gboolean known;

  known = show (self, event, gift);
  /* Given on another computer, or to whom is here. */
  if (wallet != NULL && fresh
      && ((gift->own && !known) || self->role == KM_ROLE_HOST))
    km_wallet_gift_seen (wallet);
  if (gift->own && km_send_queue_find (&self->gifts, gift->id) == NULL)
    km_outbox_remove (self->outbox, gift->id);
  g_signal_emit_by_name (self, "gift", gift, fresh);
}

/**
 * km_room_send_gift_async:
 * @self: a room
 * @gift: the id of one of the wallet's gifts
 * @count: how many, 1 to %KM_GIFT_COUNT_MAX
 * @confirmed: whether the person was asked once more, as the wallet's
 *   confirm-above demands
 * @time_ms: stream time of the picture that the giver sees; -1: none
 * @cancellable: (nullable): to stop waiting; the gift goes its way
 * @callback: called when the server took it, or refused it
 * @user_data: for @callback
 *
 * The gift is a row of km_room_get_messages() at once, and is sent under one
 * id until it is answered, after a lost connection or a new start of the app,
 * too. A refusal takes the row away: whoever waits shows why. If nobody does
 * any more, the row stays with its error, to be retried or discarded.
 */
void
km_room_send_gift_async (KmRoom              *self,
                         const char          *gift,
                         gint64               count,
                         gboolean             confirmed,
                         gint64               time_ms,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (KmRoomMessage) message = NULL;
  g_autoptr (KmUnsent) unsent = NULL;
  GError *error;

  g_return_if_fail (KM_IS_ROOM (self) && gift != NULL);

  g_task_set_source_tag (task, km_room_send_gift_async);
  g_task_set_task_data (task, g_new0 (KmGiftReceipt, 1), g_free);
  error = km_room_may_act (self);
  if (error == NULL && (count < 1 || count > KM_GIFT_COUNT_MAX))
    error = km_protocol_error_new (KM_PROTOCOL_ERROR_BAD_COUNT, 0, NULL);
  if (error == NULL && !self->info->live && self->joined)
    error = km_protocol_error_new (KM_PROTOCOL_ERROR_NOT_LIVE, 0, NULL);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  unsent = km_unsent_new (KM_UNSENT_GIFT, self->id, self->account);
  unsent->gift = g_strdup (gift);
  unsent->count = count;
  unsent->confirmed = confirmed;
  unsent->time_ms = MAX (time_ms, -1);
  if (!km_outbox_add (self->outbox, unsent, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  message = km_room_make_row (self, unsent);
  km_send_queue_add (&self->gifts, unsent, message, g_steal_pointer (&task),
                     FALSE);
}

/**
 * km_room_send_gift_finish:
 * @self: a room
 * @result: what the callback got
 * @receipt: (out) (optional): what it cost
 * @error: %KM_PROTOCOL_ERROR: refused, nothing was paid, except for
 *   %KM_PROTOCOL_ERROR_INTERNAL, whose row stays to be retried under its id;
 *   `NOT_ENOUGH_COINS`, `DAILY_LIMIT` and `CONFIRM_REQUIRED` (ask, then send
 *   it confirmed) are for the giver to act on;
 *   %KM_CLIENT_ERROR_STORAGE: not kept, so not sent
 *
 * Returns: whether it was given
 */
gboolean
km_room_send_gift_finish (KmRoom         *self,
                          GAsyncResult   *result,
                          KmGiftReceipt  *receipt,
                          GError        **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;

  if (receipt != NULL)
    *receipt = *(KmGiftReceipt *) g_task_get_task_data (G_TASK (result));

  return TRUE;
}
