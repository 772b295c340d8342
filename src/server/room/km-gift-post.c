/* km-gift-post.c: a gift is paid for where it takes its place
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The coins move in the transaction that writes the gift's event and its act:
 * there is no gift that wasn't paid for, none that was paid for twice, and
 * none in a room that is not live at its place in the log.
 *
 * A gift that comes again moves nothing. Its reply has what it cost then, and
 * what the giver has now, which is what they want to know.
 *
 * Thread: store, but for init.
 */

#include "km-gift-post.h"

#include "km-books.h"
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

/* The stream that runs in the room, and whose room it is. There is one at
 * most: a room's next stream begins when the one before has ended. */
static char *
read_stream (KmPost         *self,
             KmTransaction  *transaction,
             gint64         *host,
             GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT stream.id, room.account FROM stream"
                            " JOIN room ON room.id = stream.room"
                            " WHERE stream.room = ? AND ended_at IS NULL",
                            error);
  KmStep step;

  km_statement_bind (statement, "i", self->room);
  step = km_statement_step (statement, error);
  if (step == KM_STEP_DONE)
    km_protocol_error_set (error, KM_PROTOCOL_ERROR_NOT_LIVE);
  if (step != KM_STEP_ROW)
    return NULL;

  *host = sqlite3_column_int64 (statement, 1);

  return km_statement_dup_text (statement, 0);
}

static void
take_given (KmGiftInfo    *gift,
            const KmGiven *given)
{
  g_set_str (&gift->kind.names, given->name);
  g_set_str (&gift->kind.art, given->art);
  gift->kind.tier = given->tier;
  gift->kind.price = given->price;
  gift->value = given->value;
  g_free (gift->combo);
  gift->combo = g_strdup_printf ("%" G_GINT64_FORMAT, given->combo);
  gift->combo_count = given->combo_count;
  gift->combo_value = given->combo_value;
  gift->income = given->income;
}

static gboolean
write_gift (KmPost         *post,
            KmTransaction  *transaction,
            GError        **error)
{
  KmGiftPost *self = (KmGiftPost *) post;
  g_auto (KmGiven) given = { 0 };
  g_autofree char *stream = NULL;
  GError *problem = NULL;
  KmGiving giving = {
    .room = post->room,
    .seq = post->event->seq,
    .account = post->account,
    .gift = post->event->gift->kind.id,
    .count = post->event->gift->count,
    .confirmed = self->confirmed,
    .at_ms = post->event->at_ms,
  };

  stream = read_stream (post, transaction, &giving.host, error);
  if (stream == NULL)
    return FALSE;

  giving.stream = stream;
  if (!km_ledger_give (transaction, self->rules, &giving, &given, &problem))
    {
      propagate (error, problem);
      return FALSE;
    }

  self->value = given.value;
  self->balance = given.balance;
  take_given (post->event->gift, &given);

  return TRUE;
}

static gboolean
read_again (KmPost         *post,
            KmTransaction  *transaction,
            GError        **error)
{
  KmGiftPost *self = (KmGiftPost *) post;
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT value FROM gift"
                            " WHERE room = ? AND seq = ?",
                            error);
  KmBooksAccount purse;

  km_statement_bind (statement, "ii", post->room, post->event->seq);
  if (km_statement_step (statement, error) == KM_STEP_FAILED)
    return FALSE;

  self->value = sqlite3_column_int64 (statement, 0);
  if (!km_books_find (transaction, "user", post->account, &purse, error))
    return FALSE;

  self->balance = purse.balance;

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
  self->post.write = write_gift;
  self->post.again = read_again;
}
