#pragma once

#include "km-gift-item.h"
#include "km-payments.h"

G_BEGIN_DECLS

#define KM_TYPE_WALLET (km_wallet_get_type ())
G_DECLARE_FINAL_TYPE (KmWallet, km_wallet, KM, WALLET, GObject)

GListModel   *km_wallet_get_gifts               (KmWallet             *self);
KmGiftItem   *km_wallet_find_gift               (KmWallet             *self,
                                                 const char           *id);
const guint  *km_wallet_get_counts              (KmWallet             *self,
                                                 guint                *n_counts);
gint64        km_wallet_get_confirm_above       (KmWallet             *self);
gboolean      km_wallet_get_loaded              (KmWallet             *self);
const GError *km_wallet_get_error               (KmWallet             *self);
gint64        km_wallet_get_balance             (KmWallet             *self);
gint64        km_wallet_get_income              (KmWallet             *self);
gboolean      km_wallet_get_practice            (KmWallet             *self);
gint64        km_wallet_get_spent_today         (KmWallet             *self);
gint64        km_wallet_get_daily_limit         (KmWallet             *self);
gint64        km_wallet_get_next_limit          (KmWallet             *self);
gint64        km_wallet_get_next_limit_at       (KmWallet             *self);

void          km_wallet_refresh                 (KmWallet             *self);
void          km_wallet_load_art_async          (KmWallet             *self,
                                                 const char           *art,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
GBytes       *km_wallet_load_art_finish         (KmWallet             *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
void          km_wallet_set_daily_limit_async   (KmWallet             *self,
                                                 gint64                coins,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean      km_wallet_set_daily_limit_finish  (KmWallet             *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
void          km_wallet_get_practice_async      (KmWallet             *self,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean      km_wallet_get_practice_finish     (KmWallet             *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);
KmPayments  *km_wallet_open_payments           (KmWallet             *self,
                                                 KmPaymentsOf         of);
void          km_wallet_save_payments_async     (KmWallet             *self,
                                                 KmPaymentsOf         of,
                                                 GFile                *file,
                                                 GCancellable         *cancellable,
                                                 GAsyncReadyCallback   callback,
                                                 gpointer              user_data);
gboolean      km_wallet_save_payments_finish    (KmWallet             *self,
                                                 GAsyncResult         *result,
                                                 GError              **error);

G_END_DECLS
