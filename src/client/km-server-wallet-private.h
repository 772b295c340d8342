#pragma once

#include "km-server-wallet.h"
#include "km-server.h"
#include "km-wallet-info.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* For km-server-wallet*.c only. */
struct _KmWallet
{
  GObject parent_instance;
  KmServer *server;      /* without a reference: it owns the wallet */
  KmConnection *connection;

  GListStore *gifts;
  GArray *counts;        /* of guint */
  gint64 confirm_above;

  gboolean loaded;
  GError *error;
  gint64 balance;
  gboolean practice;
  gint64 spent_today;
  gint64 daily_limit;
  gint64 next_limit;
  gint64 next_limit_at;

  gint64 income;
  gint64 as_of;          /* place in the inbox of balance and income; -1: ? */

  /* km-server-wallet-inbox.c */
  gboolean inbox_open;   /* the server tells what comes and goes */
  char *inbox_epoch;
  gint64 inbox_seq;      /* the last entry had; -1: none */

  GCancellable *asking;  /* NULL: nothing is asked */
  guint n_asked;         /* answers that are to come */
  gboolean ask_again;    /* what is asked may be out of date when it comes */
};

KmWallet *km_wallet_new          (KmServer      *server);
void      km_wallet_take_balance (KmWallet      *self,
                                  gint64         balance);
void      km_wallet_gift_seen    (KmWallet      *self);
void      km_wallet_set_coins    (KmWallet      *self,
                                  gint64         balance,
                                  gint64         income);
void      km_wallet_set_limit    (KmWallet           *self,
                                  const KmWalletInfo *info);
void      km_wallet_inbox_init   (KmWallet      *self);
void      km_wallet_inbox_connected
                                 (KmWallet      *self,
                                  gboolean       open);
void      km_wallet_inbox_forget (KmWallet      *self);
gboolean  km_wallet_take_answer  (KmWallet      *self,
                                  JsonObject    *answer,
                                  GError       **error);

KmPayments *km_payments_new      (KmServer      *server,
                                  KmPaymentsOf  of);
const char  *km_payments_of_to_word
                                 (KmPaymentsOf  of);

G_END_DECLS
