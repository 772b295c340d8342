/* test-gift-order.c: what a gift costs, and whether it can be sent
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-gift-order.h"

#include "km-protocol.h"

static KmGiftOrder
order (gint64 price,
       gint64 count,
       gint64 balance)
{
  return (KmGiftOrder) { price, count, balance, 1000 };
}

static void
test_total (void)
{
  KmGiftOrder three = order (500, 3, -1);
  KmGiftOrder most = order (1000000, KM_GIFT_COUNT_MAX, -1);

  g_assert_cmpint (km_gift_order_total (&three), ==, 1500);
  g_assert_cmpint (km_gift_order_total (&most), ==,
                   G_GINT64_CONSTANT (1000000) * KM_GIFT_COUNT_MAX);
}

static void
test_nothing (void)
{
  const KmGiftOrder orders[] = {
    order (0, 1, 100),
    order (10, 0, 100),
    order (10, -1, 100),
    order (-10, 1, 100),
    order (10, KM_GIFT_COUNT_MAX + 1, 100),
    order (G_MAXINT64, 2, 100),
  };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_assert_cmpint (km_gift_order_total (&orders[i]), ==, -1);
      g_assert_cmpint (km_gift_order_missing (&orders[i]), ==, 0);
      g_assert_cmpint (km_gift_order_judge (&orders[i]), ==,
                       KM_GIFT_VERDICT_NOTHING);
    }
}

static void
test_missing (void)
{
  KmGiftOrder short_by_one = order (10, 10, 99);
  KmGiftOrder enough = order (10, 10, 100);
  KmGiftOrder unknown = order (10, 10, -1);

  g_assert_cmpint (km_gift_order_missing (&short_by_one), ==, 1);
  g_assert_cmpint (km_gift_order_judge (&short_by_one), ==,
                   KM_GIFT_VERDICT_MISSING);
  g_assert_cmpint (km_gift_order_missing (&enough), ==, 0);
  g_assert_cmpint (km_gift_order_judge (&enough), ==, KM_GIFT_VERDICT_SEND);
  g_assert_cmpint (km_gift_order_judge (&unknown), ==, KM_GIFT_VERDICT_SEND);
}

static void
test_large (void)
{
  KmGiftOrder at = order (500, 2, 10000);
  KmGiftOrder above = order (1001, 1, 10000);
  KmGiftOrder above_and_missing = order (1001, 1, 1000);

  g_assert_cmpint (km_gift_order_judge (&at), ==, KM_GIFT_VERDICT_SEND);
  g_assert_cmpint (km_gift_order_judge (&above), ==, KM_GIFT_VERDICT_CONFIRM);
  g_assert_cmpint (km_gift_order_judge (&above_and_missing), ==,
                   KM_GIFT_VERDICT_MISSING);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/app/gift-order/total-is-price-times-count", test_total);
  g_test_add_func ("/app/gift-order/nothing-to-send", test_nothing);
  g_test_add_func ("/app/gift-order/tells-what-is-missing", test_missing);
  g_test_add_func ("/app/gift-order/a-large-one-is-confirmed", test_large);

  return g_test_run ();
}
