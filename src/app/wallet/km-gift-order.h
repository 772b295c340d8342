#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KmGiftOrder:
 * @price: coins for one; 0: nothing is chosen
 * @count: how many
 * @balance: coins that one has; -1: not known yet
 * @confirm_above: a gift of more coins has to be confirmed
 *
 * What somebody is about to give. Plain data.
 */
typedef struct
{
  gint64 price;
  gint64 count;
  gint64 balance;
  gint64 confirm_above;
} KmGiftOrder;

/**
 * KmGiftVerdict:
 * @KM_GIFT_VERDICT_NOTHING: there is nothing to send
 * @KM_GIFT_VERDICT_SEND: it can be sent
 * @KM_GIFT_VERDICT_CONFIRM: it can be sent when the person confirms it
 * @KM_GIFT_VERDICT_MISSING: there aren't enough coins
 */
typedef enum
{
  KM_GIFT_VERDICT_NOTHING,
  KM_GIFT_VERDICT_SEND,
  KM_GIFT_VERDICT_CONFIRM,
  KM_GIFT_VERDICT_MISSING,
} KmGiftVerdict;

gint64        km_gift_order_total   (const KmGiftOrder *self);
gint64        km_gift_order_missing (const KmGiftOrder *self);
KmGiftVerdict km_gift_order_judge   (const KmGiftOrder *self);

G_END_DECLS
