#pragma once

#include "km-books.h"
#include "km-ledger.h"

G_BEGIN_DECLS

/**
 * KM_NO_LIMIT:
 *
 * A daily limit that there isn't.
 */
#define KM_NO_LIMIT G_GINT64_CONSTANT (-1)

/**
 * KmDailyLimit:
 * @coins: what may be spent in a day now, or %KM_NO_LIMIT
 * @next_coins: what it will be from @next_at_ms on
 * @next_at_ms: when it changes, since 1970; 0: it doesn't
 */
typedef struct
{
  gint64 coins;
  gint64 next_coins;
  gint64 next_at_ms;
} KmDailyLimit;

/* SQL for km_daily_limit_read(), whose columns come first there too when it is
 * read beside other things. */
#define KM_DAILY_LIMIT_SQL \
  "SELECT coins, next_coins, next_at FROM daily_limit WHERE account = ?"
/* SQL for what the account ?1 has given since ?2. Their book is read backwards
 * from the newest group; a refund undoes what was spent. */
#define KM_SPENT_SQL \
  "WITH RECURSIVE book (grp) AS (" \
  " SELECT newest FROM ledger_account WHERE id = " KM_BOOKS_USER_SQL ("?1") \
  " UNION ALL" \
  " SELECT CASE source WHEN " KM_BOOKS_USER_SQL ("?1") " THEN source_before" \
  "  ELSE target_before END FROM book JOIN transfer_group ON id = grp" \
  " WHERE at > ?2)" \
  "SELECT COALESCE (SUM (coins), 0) FROM book" \
  " JOIN transfer_group AS g ON g.id = grp" \
  " WHERE kind = 'gift' AND at > ?2 AND NOT EXISTS" \
  " (SELECT 1 FROM transfer_group AS r WHERE r.refunds = g.id)"

void     km_daily_limit_load   (sqlite3_stmt        *statement,
                                KmDailyLimit        *limit);
void     km_daily_limit_settle (KmDailyLimit        *limit,
                                gint64               now_ms);
void     km_daily_limit_read   (sqlite3_stmt        *statement,
                                gint64               now_ms,
                                KmDailyLimit        *limit);
gboolean km_daily_limit_add_up (sqlite3_stmt        *statement,
                                gint64               account,
                                gint64               now_ms,
                                gint64              *spent,
                                GError             **error);
gboolean km_daily_limit_set    (KmTransaction       *transaction,
                                gint64               account,
                                gint64               coins,
                                gint64               now_ms,
                                GError             **error);
gboolean km_daily_limit_allows (const KmDailyLimit  *limit,
                                KmTransaction       *transaction,
                                gint64               account,
                                gint64               value,
                                gint64               now_ms,
                                GError             **error);

G_END_DECLS
