/* test-audit.c: books that were tampered with don't pass for right
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-audit.h"

#include "km-test-ledger.h"
#include "km-test-store.h"
#include "km-visit.h"

typedef struct
{
  GString *differences; /* rules that are broken, a line each */
  guint n_proved;
  gboolean clean;
  KmAuditSize size;
} Audit;

/* What somebody could do to a file, and the rules that it breaks. */
typedef struct
{
  const char *name;
  const char *statements[4];
  const char *rule;
} Tampering;

static const Tampering tamperings[] = {
  { "balance",
    { "UPDATE ledger_account SET balance = balance + 1"
      " WHERE kind = 'user' AND owner = 1" },
    "every account holds the sum of its transfers" },
  { "sum",
    { "UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'share'" },
    "all accounts sum to zero" },
  { "two-balances",
    { "UPDATE ledger_account SET balance = balance +"
      " CASE owner WHEN 1 THEN 5 ELSE -5 END WHERE owner IN (1, 2)" },
    "every account holds the sum of its transfers" },
  { "below-zero",
    { "PRAGMA ignore_check_constraints = ON",
      "UPDATE ledger_account SET balance = -1 WHERE kind = 'remainder'" },
    "no account but issue is below zero" },
  { "lost-gift",
    { "DROP TRIGGER transfer_group_stays",
      "DELETE FROM transfer_group WHERE id = (SELECT max (id) FROM gift)" },
    "every book goes on where it was, from its first group to its newest" },
  { "lost-grant",
    { "DROP TRIGGER transfer_group_stays",
      "DELETE FROM transfer_group WHERE kind = 'grant'" },
    "every book goes on where it was, from its first group to its newest" },
  { "skipped-group",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET source_before = 1"
      " WHERE id = (SELECT max (id) FROM gift)" },
    "every book goes on where it was, from its first group to its newest" },
  { "hidden-group",
    { "UPDATE ledger_account SET newest = 1 WHERE kind = 'user'" },
    "every book goes on where it was, from its first group to its newest" },
  { "balance-of-then",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET target_balance = target_balance + 1"
      " WHERE kind = 'grant'" },
    "every book goes on where it was, from its first group to its newest" },
  { "no-coins",
    { "DROP TRIGGER transfer_group_is_final",
      "PRAGMA ignore_check_constraints = ON",
      "UPDATE transfer_group SET coins = 0 WHERE kind = 'grant'" },
    "every group moves coins between accounts that are there" },
  { "nobodys-account",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET target = 99 WHERE kind = 'grant'" },
    "every group moves coins between accounts that are there" },
  { "group-without-gift",
    { "DROP TRIGGER transfer_group_is_final",
      "PRAGMA ignore_check_constraints = ON",
      "UPDATE transfer_group SET gift = NULL WHERE kind = 'gift'" },
    "every gift has exactly one group, and is of a kind that there is" },
  { "gift-of-a-grant",
    { "DROP TRIGGER transfer_group_is_final",
      "PRAGMA ignore_check_constraints = ON",
      "UPDATE transfer_group SET gift = 'rose' WHERE kind = 'grant'" },
    "every gift has exactly one group, and is of a kind that there is" },
  { "kind",
    { "DROP TRIGGER gift_kind_stays", "DELETE FROM gift_kind" },
    "every gift has exactly one group, and is of a kind that there is" },
  { "value",
    { "DROP TRIGGER transfer_group_is_final",
      "PRAGMA ignore_check_constraints = ON",
      "UPDATE transfer_group SET coins = coins + 1 WHERE kind = 'gift'" },
    "every gift is worth its price times its count" },
  { "price",
    { "DROP TRIGGER transfer_group_is_final",
      "PRAGMA ignore_check_constraints = ON",
      "UPDATE transfer_group SET price = price * 2 WHERE kind = 'gift'" },
    "every gift is worth its price times its count" },
  { "giver",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET source = 8 WHERE source = 4" },
    "every gift is told in its room" },
  { "payer",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET source = 9 WHERE source = 4" },
    "every gift was paid by its giver to the host and the server" },
  { "host",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET room = 3 WHERE kind = 'gift'" },
    "every gift was paid by its giver to the host and the server" },
  { "event",
    { "PRAGMA ignore_check_constraints = ON",
      "UPDATE event SET kind = 'chat.message'" },
    "every gift is told in its room" },
  { "event-of-another",
    { "UPDATE event SET gift = gift - 1" },
    "every gift is told in its room" },
  { "told-only",
    { "INSERT INTO event (room, seq, at, kind, body, gift)"
      " VALUES (3, 900, 0, 'gift.sent', '{}', 1)" },
    "every gift is told in its room" },
  { "refund-of-more",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET coins = coins - 2, share = share - 2"
      " WHERE kind = 'refund'" },
    "every refund gives back what one gift took" },
  { "refund-of-a-grant",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET refunds = 1 WHERE kind = 'refund'" },
    "every refund gives back what one gift took" },
  { "coins-from-nowhere",
    { "DROP TRIGGER transfer_group_is_final",
      "UPDATE transfer_group SET target = 7 WHERE kind = 'grant'" },
    "coins come from issue, by grants and to practise with, and nowhere else" },
};

static void
take_rule (const char *rule,
           const char *difference,
           gpointer    data)
{
  Audit *audit = data;

  if (difference == NULL)
    {
      audit->n_proved++;
      return;
    }

  g_test_message ("%s: %s", rule, difference);
  g_string_append_printf (audit->differences, "%s\n", rule);
}

static gboolean
run (KmTransaction  *transaction,
     gpointer        data,
     GError        **error)
{
  Audit *audit = data;

  return km_audit_run (transaction, take_rule, audit, &audit->clean,
                       &audit->size, error);
}

static void
run_audit (KmTestLedger *ledger,
           Audit        *audit)
{
  g_autoptr (GError) error = NULL;

  *audit = (Audit) { .differences = g_string_new (NULL) };
  km_store_visit (ledger->directory, KM_VISIT_READ, run, audit, &error);
  g_assert_no_error (error);
}

static gboolean
refund_first (KmTestLedger   *ledger,
              KmTransaction  *transaction,
              gpointer        data,
              GError        **error)
{
  gint64 coins;

  return km_ledger_refund (transaction, *(gint64 *) data, ledger->now_ms,
                           &coins, error);
}

/* Grants, gifts with all three parts, and a refund. */
static void
keep_books (KmTestLedger *ledger)
{
  g_autoptr (GError) error = NULL;
  KmGiven given = { 0 };

  ledger->rules.share_permille = 333;
  km_test_ledger_grant (ledger, 1, 1000);
  km_test_ledger_grant (ledger, 3, 1000);
  km_test_ledger_give (ledger, 3, 2, "boat", 1, &given, &error);
  g_assert_no_error (error);
  km_test_ledger_edit (ledger, refund_first, &given.gift_row, &error);
  g_assert_no_error (error);
  km_test_ledger_give (ledger, 1, 2, "boat", 1, NULL, &error);
  km_test_ledger_give (ledger, 1, 2, "boat", 3, NULL, &error);
  g_assert_no_error (error);
}

static void
test_right_books_pass (void)
{
  KmTestLedger ledger;
  Audit audit;

  km_test_ledger_open (&ledger);
  run_audit (&ledger, &audit);
  g_assert_true (audit.clean);
  g_assert_cmpint (audit.size.accounts, ==, 3);
  g_string_free (audit.differences, TRUE);

  keep_books (&ledger);
  run_audit (&ledger, &audit);
  g_assert_cmpstr (audit.differences->str, ==, "");
  g_assert_true (audit.clean);
  g_assert_cmpuint (audit.n_proved, ==, 14);
  g_assert_cmpint (audit.size.accounts, ==, 6);
  g_assert_cmpint (audit.size.gifts, ==, 3);
  g_assert_cmpint (audit.size.groups, ==, 6);
  g_assert_cmpint (audit.size.transfers, ==, 14);
  g_string_free (audit.differences, TRUE);
  km_test_ledger_close (&ledger);
}

static void
test_tampering_is_found (gconstpointer data)
{
  const Tampering *tampering = data;
  KmTestLedger ledger;
  Audit audit;

  km_test_ledger_open (&ledger);
  keep_books (&ledger);
  for (guint i = 0; tampering->statements[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      km_test_store_run (ledger.store, tampering->statements[i], &error);
      g_assert_no_error (error);
    }

  run_audit (&ledger, &audit);
  g_assert_false (audit.clean);
  g_assert_nonnull (strstr (audit.differences->str, tampering->rule));
  g_string_free (audit.differences, TRUE);
  km_test_ledger_close (&ledger);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/server/ledger/audit/right-books-pass",
                   test_right_books_pass);
  for (guint i = 0; i < G_N_ELEMENTS (tamperings); i++)
    {
      g_autofree char *path = g_strconcat (
        "/server/ledger/audit/finds/", tamperings[i].name, NULL);

      g_test_add_data_func (path, &tamperings[i], test_tampering_is_found);
    }

  return g_test_run ();
}
