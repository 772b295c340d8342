/* km-gift-order.c: what a gift costs, and whether it can be sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server decides and charges by its own prices. This says the same before
 * somebody presses the button.
 *
 * Thread: any.
 */

#include "km-gift-order.h"

#include "km-protocol.h"

/**
 * km_gift_order_total:
 * @self: an order
 *
 * Returns: coins for all of it; -1: nothing that can be sent
 */
gint64
km_gift_order_total (const KmGiftOrder *self)
{
  gint64 total;

  if (self->price < 1 || self->count < 1 || self->count > KM_GIFT_COUNT_MAX
      || __builtin_mul_overflow (self->price, self->count, &total))
    return -1;
  return total;
}

/**
 * km_gift_order_missing:
 * @self: an order
 *
 * Returns: how many coins more it takes than are there; 0 while the balance
 *   isn't known
 */
gint64
km_gift_order_missing (const KmGiftOrder *self)
{
  gint64 total = km_gift_order_total (self);

  if (total < 0 || self->balance < 0)
    return 0;
  return MAX (total - self->balance, 0);
}

/**
 * km_gift_order_judge:
 * @self: an order
 *
 * Returns: whether it can be sent
 */
KmGiftVerdict
km_gift_order_judge (const KmGiftOrder *self)
{
  gint64 total = km_gift_order_total (self);

  if (total < 0)
    return KM_GIFT_VERDICT_NOTHING;
  if (km_gift_order_missing (self) > 0)
    return KM_GIFT_VERDICT_MISSING;
  return total > self->confirm_above ? KM_GIFT_VERDICT_CONFIRM
                                     : KM_GIFT_VERDICT_SEND;
}
