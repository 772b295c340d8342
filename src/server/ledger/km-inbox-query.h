#pragma once

#include "km-daily-limit.h"

G_BEGIN_DECLS

/**
 * KmInboxEntry:
 * @account: whose
 * @seq: its place in their inbox: the number of its group of transfers
 * @at_ms: when, since 1970
 * @of_income: whether it is of their income, not of their wallet
 * @kind: `gift`, `grant`, `practice` or `refund`
 * @coins: what came; below zero: went
 * @balance: what was there then
 * @note: (nullable): what whoever granted it wrote
 *
 * Coins that came or went.
 */
typedef struct
{
  gint64 account;
  gint64 seq;
  gint64 at_ms;
  gboolean of_income;
  char *kind;
  gint64 coins;
  gint64 balance;
  char *note;
} KmInboxEntry;

/**
 * KmInboxState:
 * @seq: of the newest entry; 0: none
 * @balance: coins that can be given
 * @income: coins that came from gifts
 * @limit: what may be spent in a day
 *
 * What an account has, all of it as of @seq but for @limit.
 */
typedef struct
{
  gint64 seq;
  gint64 balance;
  gint64 income;
  KmDailyLimit limit;
} KmInboxState;

gboolean   km_inbox_query_state  (KmReader      *reader,
                                  gint64         account,
                                  gint64         now_ms,
                                  KmInboxState  *state,
                                  GError       **error);
char      *km_inbox_query_epoch  (KmReader      *reader,
                                  GError       **error);
gboolean   km_inbox_query_newest (KmReader      *reader,
                                  gint64        *newest,
                                  GError       **error);
GPtrArray *km_inbox_query_behind (KmReader      *reader,
                                  gint64         group,
                                  guint          n_groups,
                                  GError       **error);
GPtrArray *km_inbox_query_since  (KmReader      *reader,
                                  gint64         account,
                                  gint64         seq,
                                  guint          n_entries,
                                  GError       **error);

G_END_DECLS
