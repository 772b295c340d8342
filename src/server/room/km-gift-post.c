/* km-gift-post.c: a gift is paid for where it takes its place
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The coins move in the transaction that writes the gift's event and its act,
 * behind the event, which says what they pay for: there is no gift that wasn't
 * paid for, none that was paid for twice, and none in a room that is not live
 * at its place in the log.
 *
 * A gift that comes again moves nothing. Its reply has what it cost then, and
 * what the giver has now, which is what they want to know.
 *
 * Thread: store, but for init.
 */

#include "km-gift-post.h"

#include "km-books.h"
#include "km-room-memo.h"
#include "km-statement.h"

/* What the ledger refuses, as the giver is told it. */
static KmProtocolError
code_of (int ledger_code)
{
  switch (ledger_code)
    {
    case KM_LEDGER_ERROR_NO_SUCH_GIFT:
      return KM_PROTOCOL_ERROR_NO_SUCH_GIFT;
    case KM_LEDGER_ERROR_BAD_COUNT:
    case KM_LEDGER_ERROR_BAD_COINS:
      return KM_PROTOCOL_ERROR_BAD_COUNT;
    case KM_LEDGER_ERROR_NOT_ENOUGH:
      return KM_PROTOCOL_ERROR_NOT_ENOUGH_COINS;
    case KM_LEDGER_ERROR_DAILY_LIMIT:
      return KM_PROTOCOL_ERROR_DAILY_LIMIT;
    case KM_LEDGER_ERROR_CONFIRM:
      return KM_PROTOCOL_ERROR_CONFIRM_REQUIRED;
    case KM_LEDGER_ERROR_OWN_ROOM:
      return KM_PROTOCOL_ERROR_OWN_ROOM;
    default:
      return KM_PROTOCOL_ERROR_INTERNAL;
    }
}

static void
propagate (GError **error,
           GError  *problem)
{
  if (problem->domain == KM_LEDGER_ERROR)
    {
      km_protocol_error_set (error, code_of (problem->code));
      g_error_free (problem);
    }
  else
    g_propagate_error (error, problem);
}

static void
tell_given (KmGiftInfo    *gift,
            const KmGiven *given)
{
  g_free (gift->kind.names);
  gift->kind.names = g_strdup (given->kind->name);
  g_free (gift->kind.art);
  gift->kind.art = g_strdup (given->kind->art);
  gift->kind.tier = given->kind->tier;
  gift->kind.price = given->kind->price;
  gift->value = given->value;
  g_free (gift->combo);
  gift->combo = g_strdup_printf ("%" G_GINT64_FORMAT, given->combo.id);
  gift->combo_count = given->combo.count;
  gift->combo_value = given->combo.value;
  gift->income = given->income;
}

static KmGiving
giving_of (const KmGiftPost *self)
{
  const KmPost *post = &self->post;

  return (KmGiving) {
    .room = post->room,
    .seq = post->event->seq,
    .account = post->account,
    .gift = post->event->gift->kind.id,
    .count = post->event->gift->count,
    .confirmed = self->confirmed,
    .at_ms = post->event->at_ms,
  };
}

static gboolean
prepare_gift (KmPost         *post,
              KmTransaction  *transaction,
              GError        **error)
{
  KmGiftPost *self = (KmGiftPost *) post;
  KmGiving giving = giving_of (self);
  KmGiven given;
  GError *problem = NULL;

  if (!km_room_memo_find_host (transaction, post->room, &giving.host, error))
    return FALSE;

  if (!km_ledger_prepare (transaction, self->rules, &giving, &given,
                          &problem))
    {
      propagate (error, problem);
      return FALSE;
    }

  tell_given (post->event->gift, &given);
  self->given = given;
  self->host = giving.host;
  self->value = given.value;
  self->balance = given.balance;
  post->gift_row = given.gift_row;

  return TRUE;
}

static gboolean
give_gift (KmPost         *post,
           KmTransaction  *transaction,
           GError        **error)
{
  KmGiftPost *self = (KmGiftPost *) post;
  KmGiving giving = giving_of (self);

  giving.host = self->host;

  return km_ledger_give (transaction, &giving, &self->given, error);
}

static gboolean
read_again (KmPost         *post,
            KmTransaction  *transaction,
            GError        **error)
{
  KmGiftPost *self = (KmGiftPost *) post;
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT coins, balance FROM event"
                            " JOIN transfer_group AS g ON g.id = event.gift"
                            " JOIN ledger_account AS purse ON purse.id = ?3"
                            " WHERE event.room = ?1 AND event.seq = ?2",
                            error);

  km_statement_bind (statement, "iii", post->room, post->event->seq,
                     km_books_get_id (KM_BOOKS_USER, post->account));
  if (km_statement_step (statement, error) == KM_STEP_FAILED)
    return FALSE;

  self->value = sqlite3_column_int64 (statement, 0);
  self->balance = sqlite3_column_int64 (statement, 1);

  return TRUE;
}

/**
 * km_gift_post_init:
 * @self: a gift's post, whose @post km_post_init() has made; its event has a
 *   gift with an id and a count
 * @rules: the server's; must outlive @self
 * @confirmed: whether the giver was asked once more
 *
 * Its errors are of the domain %KM_PROTOCOL_ERROR, or of the store.
 */
void
km_gift_post_init (KmGiftPost          *self,
                   const KmLedgerRules *rules,
                   gboolean             confirmed)
{
  self->rules = rules;
  self->confirmed = confirmed;
  self->post.write = prepare_gift;
  self->post.write_behind = give_gift;
  self->post.again = read_again;
}
