#pragma once

#include "km-daily-limit.h"

G_BEGIN_DECLS

/**
 * KmWallet:
 * @balance: coins that can be given
 * @income: coins that came from gifts in the own room
 * @income_room_seq: the place in the own room's log up to which @income
 *   counts; 0: there is no room
 * @inbox_seq: the place in the inbox that @balance and @income are as of; 0:
 *   nothing came or went yet
 * @practising: whether coins to practise with were given
 * @limit: what may be spent in a day
 * @spent: what was spent in the last 24 hours
 *
 * What an account has, all as of one moment. Plain data.
 */
typedef struct
{
  gint64 balance;
  gint64 income;
  gint64 income_room_seq;
  gint64 inbox_seq;
  gboolean practising;
  KmDailyLimit limit;
  gint64 spent;
} KmWallet;

gboolean km_wallet_read (KmReader  *reader,
                         gint64     account,
                         gint64     now_ms,
                         KmWallet  *wallet,
                         GError   **error);

G_END_DECLS
