/* km-test-ledger.c: books of a test's own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Gifts are written as the server writes them: the place in the log first,
 * then the event, then the gift, in one job.
 */

#include "km-test-ledger.h"

#include "km-statement.h"
#include "km-test-store.h"

typedef struct
{
  KmJob job;
  KmTestLedger *ledger;
  KmTestEdit edit;
  gpointer data;
  gboolean finished;
  GError *error;
} Edit;

typedef struct
{
  KmGiving giving;
  KmGiven *given;
} Gift;

static void
run (KmTestLedger *self,
     const char   *sql)
{
  g_autoptr (GError) error = NULL;

  km_test_store_run (self->store, sql, &error);
  g_assert_no_error (error);
}

/**
 * km_test_ledger_open:
 * @self: (out caller-allocates): books, for km_test_ledger_close()
 */
void
km_test_ledger_open (KmTestLedger *self)
{
  g_autoptr (GError) error = NULL;

  *self = (KmTestLedger) {
    .directory = km_test_store_directory_new (),
    .answers = km_queue_new (0),
    .rules = { .share_permille = 500, .confirm_above_coins = 1000 },
    .now_ms = G_GINT64_CONSTANT (1700000000000),
  };
  self->store = km_store_open (self->directory, &error);
  g_assert_no_error (error);

  km_test_store_add_users (self->store, 4);
  run (self, "INSERT INTO gift_kind (id, name, price, tier, art, origin,"
             " position, retired_at) VALUES"
             " ('rose', '{\"en\":\"Rose\"}', 1, 1, 'rose.svg', 'file', 1,"
             "  NULL),"
             " ('boat', '{\"en\":\"Boat\"}', 66, 2, 'boat.svg', 'file', 2,"
             "  NULL),"
             " ('castle', '{\"en\":\"Castle\"}', 1000000, 5, 'castle.svg',"
             "  'file', 3, NULL),"
             " ('lantern', '{\"en\":\"Lantern\"}', 5, 1, 'lantern.svg',"
             "  'file', 4, 1)");
}

void
km_test_ledger_close (KmTestLedger *self)
{
  g_clear_pointer (&self->store, km_store_free);
  g_clear_pointer (&self->answers, km_queue_free);
  km_test_store_directory_remove (self->directory);
}

static gboolean
apply (KmJob          *job,
       KmTransaction  *transaction,
       GError        **error)
{
  Edit *self = (Edit *) job;

  return self->edit (self->ledger, transaction, self->data, error);
}

static void
done (KmJob        *job,
      const GError *error)
{
  Edit *self = (Edit *) job;

  self->finished = TRUE;
  self->error = error != NULL ? g_error_copy (error) : NULL;
}

/**
 * km_test_ledger_edit:
 * @self: books
 * @edit: what to do, on the store thread
 * @data: for @edit
 * @error: what @edit or the store said
 *
 * Returns: whether it was committed
 */
gboolean
km_test_ledger_edit (KmTestLedger  *self,
                     KmTestEdit     edit,
                     gpointer       data,
                     GError       **error)
{
  Edit job = {
    .job = { .apply = apply, .done = done, .reply_to = self->answers },
    .ledger = self,
    .edit = edit,
    .data = data,
  };

  g_assert_true (km_store_submit (self->store, &job.job));
  while (!job.finished)
    {
      g_assert_true (km_queue_wait (self->answers, -1));
      km_job_finish_all (km_queue_take_all (self->answers));
    }
  if (job.error == NULL)
    return TRUE;

  g_propagate_error (error, job.error);

  return FALSE;
}

/**
 * km_test_ledger_post:
 * @self: books
 * @transaction: a transaction of theirs
 * @giving: what to give; its seq is filled in
 * @given: (out caller-allocates): what came of it
 * @error: why not
 *
 * A gift with its place in the log and its event.
 *
 * Returns: whether it was written
 */
gboolean
km_test_ledger_post (KmTestLedger   *self,
                     KmTransaction  *transaction,
                     KmGiving       *giving,
                     KmGiven        *given,
                     GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "UPDATE room SET seq = seq + 1 WHERE id = ?"
                            " RETURNING seq", error);

  km_statement_bind (statement, "i", giving->room);
  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;
  giving->seq = sqlite3_column_int64 (statement, 0);
  if (!km_statement_run (statement, error)
      || !km_ledger_prepare (transaction, &self->rules, giving, given, error))
    return FALSE;

  statement = km_transaction_prepare (transaction,
                                      "INSERT INTO event (room, seq, at, kind,"
                                      " account, body, gift) VALUES"
                                      " (?, ?, ?, 'gift.sent', ?, '{}', ?)",
                                      error);
  km_statement_bind (statement, "iiiii", giving->room, giving->seq,
                     giving->at_ms, giving->account, given->gift_row);

  return km_statement_run (statement, error)
         && km_ledger_give (transaction, giving, given, error);
}

static gboolean
give (KmTestLedger   *self,
      KmTransaction  *transaction,
      gpointer        data,
      GError        **error)
{
  Gift *gift = data;

  return km_test_ledger_post (self, transaction, &gift->giving, gift->given,
                              error);
}

/**
 * km_test_ledger_give:
 * @self: books
 * @account: who gives
 * @host: in whose room, which has the same number
 * @gift: what
 * @count: how many
 * @given: (out caller-allocates) (nullable): what came of it
 * @error: why not
 *
 * A confirmed gift.
 *
 * Returns: whether it was given
 */
gboolean
km_test_ledger_give (KmTestLedger  *self,
                     gint64         account,
                     gint64         host,
                     const char    *gift,
                     gint64         count,
                     KmGiven       *given,
                     GError       **error)
{
  KmGiven ignored = { 0 };
  Gift edit = {
    .giving = {
      .room = host,
      .account = account,
      .host = host,
      .gift = gift,
      .count = count,
      .confirmed = TRUE,
      .at_ms = self->now_ms,
    },
    .given = given != NULL ? given : &ignored,
  };

  return km_test_ledger_edit (self, give, &edit, error);
}

static gboolean
grant (KmTestLedger   *self,
       KmTransaction  *transaction,
       gpointer        data,
       GError        **error)
{
  const gint64 *account_and_coins = data;

  return km_ledger_grant (transaction, account_and_coins[0],
                          account_and_coins[1], NULL, self->now_ms, NULL,
                          error);
}

/**
 * km_test_ledger_grant:
 * @self: books
 * @account: who gets them
 * @coins: how many
 */
void
km_test_ledger_grant (KmTestLedger *self,
                      gint64        account,
                      gint64        coins)
{
  g_autoptr (GError) error = NULL;
  gint64 data[] = { account, coins };

  km_test_ledger_edit (self, grant, data, &error);
  g_assert_no_error (error);
}

/**
 * km_test_ledger_ask:
 * @self: books
 * @sql: a query
 *
 * Returns: the number in the first column of its first row
 */
gint64
km_test_ledger_ask (KmTestLedger *self,
                    const char   *sql)
{
  return km_test_store_ask (self->store, sql);
}

/**
 * km_test_ledger_balance:
 * @self: books
 * @kind: which kind of account
 * @owner: whose; 0: nobody's
 *
 * Returns: the coins in it; 0 also when there is none
 */
gint64
km_test_ledger_balance (KmTestLedger *self,
                        const char   *kind,
                        gint64        owner)
{
  g_autofree char *sql = g_strdup_printf (
    "SELECT COALESCE (SUM (balance), 0) FROM ledger_account WHERE kind = '%s'"
    " AND COALESCE (owner, 0) = %" G_GINT64_FORMAT, kind, owner);

  return km_test_ledger_ask (self, sql);
}
