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
    "WITH moved (account, coins) AS (SELECT target, coins FROM transfer"
    "  UNION ALL SELECT source, -coins FROM transfer)"
    " SELECT 'account ' || a.id || ' (' || a.kind"
    " || COALESCE (' of ' || name, '') || ') holds ' || balance"
    " || ' coins, its transfers say ' || COALESCE (sum, 0)"
    " FROM ledger_account AS a"
    " LEFT JOIN (SELECT account AS id, SUM (coins) AS sum FROM moved"
    "  GROUP BY account) AS m USING (id)"
    " LEFT JOIN account ON account.id = a.owner"
    " WHERE balance <> COALESCE (sum, 0)" },

  { "all accounts sum to zero",
    "SELECT 'together they hold ' || SUM (balance) || ' coins'"
    " FROM ledger_account HAVING SUM (balance) <> 0" },

  { "no account but issue is below zero",
    "SELECT 'account ' || id || ' (' || kind || ') holds ' || balance"
    " || ' coins' FROM ledger_account"
    " WHERE kind <> 'issue' AND balance < 0" },

  { "every group moves coins between accounts that are there",
    "SELECT 'group ' || g.id || ' (' || g.kind || ') moves ' || coins"
    " || ' coins, ' || share || ' and ' || remainder || ' of them aside,'"
    " || ' from account ' || source || ' to ' || target"
    " FROM transfer_group AS g"
    " LEFT JOIN ledger_account AS s ON s.id = source"
    " LEFT JOIN ledger_account AS t ON t.id = target"
    " WHERE s.id IS NULL OR t.id IS NULL OR source = target OR coins = 0"
    " OR (coins < 0) <> (g.kind = 'refund')"
    " OR share * sign (coins) < 0 OR remainder * sign (coins) < 0"
    " OR abs (share) + abs (remainder) > abs (coins)" },

  /* Both sides of each group, by account, the oldest first. */
  { "every book goes on where it was, from its first group to its newest",
    "WITH side (account, grp, before, coins, balance) AS ("
    "  SELECT source, id, source_before, -coins, source_balance"
    "  FROM transfer_group"
    "  UNION ALL SELECT target, id, target_before,"
    "  coins - share - remainder, target_balance FROM transfer_group),"
    " book AS (SELECT *, lag (grp, 1, 0) OVER book AS last,"
    "  lag (balance, 1, 0) OVER book + coins AS sum FROM side"
    "  WINDOW book AS (PARTITION BY account ORDER BY grp))"
    " SELECT 'group ' || grp || ' leaves account ' || account || ' at '"
    " || balance || ' coins after group ' || before || ', but it is at '"
    " || sum || ' after group ' || last"
    " FROM book WHERE before <> last OR balance <> sum"
    " UNION ALL"
    " SELECT 'account ' || a.id || ' ends with group ' || newest"
    " || ', but there is group ' || COALESCE (last, 0)"
    " FROM ledger_account AS a LEFT JOIN (SELECT account, MAX (grp) AS last"
    "  FROM side GROUP BY account) AS b ON b.account = a.id"
    " WHERE newest <> COALESCE (last, 0)" },

  { "every gift has exactly one group, and is of a kind that there is",
    "SELECT 'group ' || g.id || ' (' || g.kind || ') pays for '"
    " || COALESCE (count || ' × ' || gift, 'nothing') FROM transfer_group AS g"
    " LEFT JOIN gift_kind AS k ON k.id = gift"
    " WHERE (g.kind = 'gift') <> (gift IS NOT NULL)"
    " OR (g.kind = 'gift' AND k.id IS NULL)" },

  { "every gift is worth its price times its count",
    "SELECT 'gift ' || id || ' is ' || count || ' at ' || price"
    " || ' coins and worth ' || value FROM gift"
    " WHERE value <> price * count OR price < 1 OR count < 1" },

  { "every gift was paid by its giver to the host and the server",
    "SELECT 'gift ' || g.id || ' was paid by account ' || source || ' ('"
    " || COALESCE (s.kind, '?') || ') to account ' || target || ' ('"
    " || COALESCE (t.kind, '?') || '), its room is that of '"
    " || COALESCE (room.account, 'nobody') FROM transfer_group AS g"
    " LEFT JOIN ledger_account AS s ON s.id = source"
    " LEFT JOIN ledger_account AS t ON t.id = target"
    " LEFT JOIN room ON room.id = g.room"
    " WHERE g.kind = 'gift' AND (s.kind IS NOT 'user'"
    " OR t.kind IS NOT 'host' OR t.owner IS NOT room.account)" },

  { "every gift is told in its room",
    "SELECT 'gift ' || id || ' has no event of its giver' FROM gift"
    " LEFT JOIN event ON event.room = gift.room AND event.seq = gift.seq"
    "  AND kind = 'gift.sent' AND event.account = gift.account"
    "  AND event.gift = gift.id"
    " WHERE event.seq IS NULL"
    " UNION ALL"
    " SELECT 'event ' || event.seq || ' of room ' || event.room"
    " || ' tells of a gift that isn''t there' FROM event"
    " LEFT JOIN gift ON gift.id = event.gift"
    "  AND gift.room = event.room AND gift.seq = event.seq"
    " WHERE (kind = 'gift.sent' OR event.gift IS NOT NULL)"
    " AND gift.id IS NULL" },

  { "every refund gives back what one gift took",
    "SELECT 'refund ' || r.id || ' isn''t the gift ' || COALESCE (r.refunds, 0)"
    " || ' the other way round' FROM transfer_group AS r"
    " LEFT JOIN transfer_group AS g ON g.id = r.refunds AND g.kind = 'gift'"
    " WHERE r.kind = 'refund' AND (g.id IS NULL"
    "  OR r.source <> g.source OR r.target <> g.target"
    "  OR r.coins <> -g.coins OR r.share <> -g.share"
    "  OR r.remainder <> -g.remainder)" },

  { "no gift is refunded twice",
    "SELECT 'gift ' || refunds || ' was refunded ' || count (*) || ' times'"
    " FROM transfer_group WHERE refunds IS NOT NULL GROUP BY refunds"
    " HAVING count (*) > 1" },

  { "coins come from issue, by grants and to practise with, and nowhere else",
    "SELECT 'group ' || grp || ' (' || g.kind || ') moves coins from '"
    " || s.kind || ' to ' || r.kind FROM transfer AS t"
    " JOIN transfer_group AS g ON g.id = grp"
    " JOIN ledger_account AS s ON s.id = t.source"
    " JOIN ledger_account AS r ON r.id = t.target"
    " WHERE (s.kind = 'issue')"
    "  <> (g.kind = 'grant' OR g.kind = 'practice')"
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
