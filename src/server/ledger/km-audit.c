/* km-audit.c: proves that the books are right
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever wrote them, however it did: each rule is a query for what breaks
 * it, over all rows, and none of them trusts a constraint or a trigger. All
 * rules are read in one transaction, so that they speak of one moment.
 *
 * Thread: that of the transaction.
 */

#include "km-audit.h"

#include "km-statement.h"

typedef struct
{
  const char *rule;
  const char *sql; /* a row of words for each difference */
} Rule;

static const Rule rules[] = {
  { "the database is whole",
    "SELECT integrity_check FROM pragma_integrity_check"
    " WHERE integrity_check <> 'ok'" },

  { "every reference leads somewhere",
    "SELECT 'a row of ' || \"table\" || ' names a row of ' || parent"
    " || ' that isn''t there' FROM pragma_foreign_key_check" },

  { "every account holds the sum of its transfers",
    "SELECT 'account ' || id || ' (' || kind"
    " || COALESCE (' of ' || name, '') || ') holds ' || balance"
    " || ' coins, its transfers say ' || moved FROM"
    " (SELECT a.id, a.kind, name, balance,"
    "  COALESCE ((SELECT SUM (coins) FROM transfer WHERE target = a.id), 0)"
    "  - COALESCE ((SELECT SUM (coins) FROM transfer WHERE source = a.id), 0)"
    "  AS moved FROM ledger_account AS a"
    "  LEFT JOIN account ON account.id = a.owner)"
    " WHERE balance <> moved" },

  { "all accounts sum to zero",
    "SELECT 'together they hold ' || SUM (balance) || ' coins'"
    " FROM ledger_account HAVING SUM (balance) <> 0" },

  { "no account but issue is below zero",
    "SELECT 'account ' || id || ' (' || kind || ') holds ' || balance"
    " || ' coins' FROM ledger_account"
    " WHERE kind <> 'issue' AND balance < 0" },

  { "every transfer is part of a group",
    "SELECT 'a transfer of ' || coins || ' coins names group ' || grp"
    " FROM transfer WHERE grp NOT IN (SELECT id FROM transfer_group)" },

  { "every group moves coins",
    "SELECT 'group ' || id || ' (' || kind || ') has no transfers'"
    " FROM transfer_group WHERE id NOT IN (SELECT grp FROM transfer)" },

  { "every gift has exactly one group",
    "SELECT 'gift ' || gift.id || ' has no group of a gift' FROM gift"
    " LEFT JOIN transfer_group AS g ON g.id = gift.id AND g.kind = 'gift'"
    " WHERE g.id IS NULL"
    " UNION ALL"
    " SELECT 'group ' || g.id || ' paid for no gift' FROM transfer_group AS g"
    " LEFT JOIN gift ON gift.id = g.id"
    " WHERE g.kind = 'gift' AND gift.id IS NULL" },

  { "every gift is worth its price times its count",
    "SELECT 'gift ' || id || ' is ' || count || ' at ' || price"
    " || ' coins and worth ' || value FROM gift"
    " WHERE value <> price * count OR price < 1 OR count < 1" },

  { "every gift was paid in full, by its giver to the host and the server",
    "SELECT 'gift ' || id || ' is worth ' || value || ' coins, its giver paid '"
    " || paid || ' to the host and the server, its group moves ' || moved FROM"
    " (SELECT gift.id, value,"
    "  (SELECT COALESCE (SUM (coins), 0) FROM transfer AS t"
    "   JOIN ledger_account AS s ON s.id = source"
    "   JOIN ledger_account AS r ON r.id = target WHERE grp = gift.id"
    "   AND s.kind = 'user' AND s.owner = gift.account"
    "   AND (r.kind IN ('share', 'remainder')"
    "    OR (r.kind = 'host' AND r.owner = room.account))) AS paid,"
    "  (SELECT COALESCE (SUM (coins), 0) FROM transfer"
    "   WHERE grp = gift.id) AS moved"
    "  FROM gift LEFT JOIN room ON room.id = gift.room)"
    " WHERE value <> paid OR value <> moved" },

  { "every gift is told in its room",
    "SELECT 'gift ' || id || ' has no event of its giver' FROM gift"
    " LEFT JOIN event ON event.room = gift.room AND event.seq = gift.seq"
    "  AND kind = 'gift.sent' AND event.account = gift.account"
    " WHERE event.seq IS NULL"
    " UNION ALL"
    " SELECT 'event ' || event.seq || ' of room ' || event.room"
    " || ' tells of a gift that isn''t there' FROM event"
    " LEFT JOIN gift ON gift.room = event.room AND gift.seq = event.seq"
    " WHERE kind = 'gift.sent' AND gift.id IS NULL" },

  { "every refund gives back what one gift took",
    "SELECT 'refund ' || r.id || ' isn''t the gift ' || refunds"
    " || ' the other way round' FROM transfer_group AS r"
    " WHERE kind = 'refund' AND (refunds NOT IN (SELECT id FROM gift)"
    "  OR EXISTS (SELECT source, target, coins FROM transfer"
    "   WHERE grp = r.id EXCEPT SELECT target, source, coins FROM transfer"
    "   WHERE grp = r.refunds)"
    "  OR EXISTS (SELECT target, source, coins FROM transfer"
    "   WHERE grp = r.refunds EXCEPT SELECT source, target, coins"
    "   FROM transfer WHERE grp = r.id))" },

  { "no gift is refunded twice",
    "SELECT 'gift ' || refunds || ' was refunded ' || count (*) || ' times'"
    " FROM transfer_group WHERE refunds IS NOT NULL GROUP BY refunds"
    " HAVING count (*) > 1" },

  { "coins come from issue, by grants and to practise with, and nowhere else",
    "SELECT 'group ' || grp || ' (' || g.kind || ') moves coins from '"
    " || s.kind || ' to ' || r.kind FROM transfer"
    " JOIN transfer_group AS g ON g.id = grp"
    " JOIN ledger_account AS s ON s.id = source"
    " JOIN ledger_account AS r ON r.id = target"
    " WHERE (s.kind = 'issue') <> (g.kind IN ('grant', 'practice'))"
    " OR (s.kind = 'issue' AND r.kind <> 'user')" },
};

/* One line of words for each difference, up to so many. */
#define DIFFERENCES_MAX 20

static gboolean
check (KmTransaction  *transaction,
       const Rule     *rule,
       KmAuditFunc     func,
       gpointer        data,
       gboolean       *clean,
       GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction, rule->sql, error);
  guint differences = 0;
  KmStep step;

  while ((step = km_statement_step (statement, error)) == KM_STEP_ROW
         && differences < DIFFERENCES_MAX)
    {
      differences++;
      func (rule->rule, (const char *) sqlite3_column_text (statement, 0),
            data);
    }
  if (statement != NULL)
    sqlite3_reset (statement);
  if (step == KM_STEP_FAILED)
    return FALSE;

  if (differences == 0)
    func (rule->rule, NULL, data);
  else
    *clean = FALSE;

  return TRUE;
}

static gboolean
measure (KmTransaction  *transaction,
         KmAuditSize    *size,
         GError        **error)
{
  sqlite3_stmt *statement =
    km_transaction_prepare (transaction,
                            "SELECT (SELECT count(*) FROM ledger_account),"
                            " (SELECT count(*) FROM transfer),"
                            " (SELECT count(*) FROM transfer_group),"
                            " (SELECT count(*) FROM gift)",
                            error);

  if (km_statement_step (statement, error) != KM_STEP_ROW)
    return FALSE;

  size->accounts = sqlite3_column_int64 (statement, 0);
  size->transfers = sqlite3_column_int64 (statement, 1);
  size->groups = sqlite3_column_int64 (statement, 2);
  size->gifts = sqlite3_column_int64 (statement, 3);

  return km_statement_run (statement, error);
}

/**
 * km_audit_run:
 * @transaction: one that reads is enough
 * @func: told of each rule, and of each difference
 * @data: for @func
 * @clean: (out): whether there was no difference
 * @size: (out caller-allocates): how much was looked at
 * @error: why the books couldn't be read
 *
 * Takes as long as reading all of the data does.
 *
 * Returns: whether all rules could be looked at
 */
gboolean
km_audit_run (KmTransaction  *transaction,
              KmAuditFunc     func,
              gpointer        data,
              gboolean       *clean,
              KmAuditSize    *size,
              GError        **error)
{
  *clean = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (!check (transaction, &rules[i], func, data, clean, error))
        return FALSE;
    }

  return measure (transaction, size, error);
}
