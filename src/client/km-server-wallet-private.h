#pragma once

#include "km-server-wallet.h"
#include "km-server.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a gift in one's own room brought in. */
typedef struct
{
  gint64 seq;
  gint64 coins;
} KmWalletIncome;

/* For km-server-wallet*.c only. */
struct _KmWallet
{
  GObject parent_instance;
  KmServer *server;      /* without a reference: it owns the wallet */

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

  /* Income: what the API said, and what came since: of KmWalletIncome. */
  gint64 income_base;
  gint64 income_seq;
  GArray *income_since;

  GCancellable *asking;  /* NULL: nothing is asked */
  guint n_asked;         /* answers that are to come */
  gboolean ask_again;    /* what is asked may be out of date when it comes */
};

KmWallet *km_wallet_new          (KmServer      *server);
void      km_wallet_take_balance (KmWallet      *self,
                                  gint64         balance);
void      km_wallet_take_income  (KmWallet      *self,
                                  gint64         seq,
                                  gint64         coins);
void      km_wallet_forget_since (KmWallet      *self);
gboolean  km_wallet_take_answer  (KmWallet      *self,
                                  JsonObject    *answer,
                                  GError       **error);

KmPayments *km_payments_new      (KmServer      *server,
                                  KmPaymentsOf  of);
const char  *km_payments_of_to_word
                                 (KmPaymentsOf  of);

G_END_DECLS
