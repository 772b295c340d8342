#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KmPaymentsOf:
 * @KM_PAYMENTS_WALLET: coins that one has and gives
 * @KM_PAYMENTS_INCOME: coins that one got as a host
 */
typedef enum
{
  KM_PAYMENTS_WALLET,
  KM_PAYMENTS_INCOME,
} KmPaymentsOf;

/**
 * KmPaymentKind:
 * @KM_PAYMENT_GIFT: given, or received
 * @KM_PAYMENT_GRANT: from the server's owner
 * @KM_PAYMENT_PRACTICE: coins to practise with
 * @KM_PAYMENT_REFUND: a gift taken back
 * @KM_PAYMENT_OTHER: something of a newer server
 */
typedef enum
{
  KM_PAYMENT_GIFT,
  KM_PAYMENT_GRANT,
  KM_PAYMENT_PRACTICE,
  KM_PAYMENT_REFUND,
  KM_PAYMENT_OTHER,
} KmPaymentKind;

#define KM_TYPE_PAYMENT (km_payment_get_type ())
G_DECLARE_FINAL_TYPE (KmPayment, km_payment, KM, PAYMENT, GObject)

const char    *km_payment_get_id         (KmPayment            *self);
gint64         km_payment_get_at         (KmPayment            *self);
KmPaymentKind  km_payment_get_kind       (KmPayment            *self);
gint64         km_payment_get_coins      (KmPayment            *self);
gint64         km_payment_get_balance    (KmPayment            *self);
const char    *km_payment_get_gift       (KmPayment            *self);
const char    *km_payment_get_gift_name  (KmPayment            *self);
gint64         km_payment_get_count      (KmPayment            *self);
const char    *km_payment_get_other_name (KmPayment            *self);
const char    *km_payment_get_room       (KmPayment            *self);
const char    *km_payment_get_note       (KmPayment            *self);

#define KM_TYPE_PAYMENTS (km_payments_get_type ())
G_DECLARE_FINAL_TYPE (KmPayments, km_payments, KM, PAYMENTS, GObject)

gboolean       km_payments_get_more      (KmPayments           *self);
gboolean       km_payments_get_loading   (KmPayments           *self);
void           km_payments_load_async    (KmPayments           *self,
                                          GCancellable         *cancellable,
                                          GAsyncReadyCallback   callback,
                                          gpointer              user_data);
gboolean       km_payments_load_finish   (KmPayments           *self,
                                          GAsyncResult         *result,
                                          GError              **error);

G_END_DECLS
