/* fuzz-upgrade.c: any bytes as the head of a request
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it is must be the same when it comes byte by byte, and once that is
 * known it doesn't change; a request that is taken has all that an answer
 * needs.
 */

#include <string.h>

#include "km-upgrade.h"

#define PATH "/api/v1/socket"
#define PROTOCOL "kaimu.v1"

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_auto (KmUpgrade) whole = { 0 };
  KmUpgradeResult slow = KM_UPGRADE_NEED_MORE;
  KmUpgradeResult result;

  if (size == 0)
    return 0;

  result = km_upgrade_parse ((const char *) data, size, 0, PATH, PROTOCOL,
                             &whole);
  for (gsize at = 1; at <= size && slow == KM_UPGRADE_NEED_MORE; at++)
    {
      g_auto (KmUpgrade) part = { 0 };

      slow = km_upgrade_parse ((const char *) data, at, at - 1, PATH, PROTOCOL,
                               &part);
    }
  g_assert_cmpint (slow, ==, result);

  g_assert_cmpint (whole.host != NULL, ==, result == KM_UPGRADE_WHOLE);
  if (result == KM_UPGRADE_WHOLE)
    {
      g_autofree char *answer = km_upgrade_accept (whole.key, PROTOCOL);

      g_assert_cmpuint (strlen (whole.key), ==, 24);
      g_assert_cmpuint (whole.length, <=, size);
      g_assert_cmpuint (whole.length, <=, KM_UPGRADE_HEAD_MAX);
      g_assert_cmpmem (data + whole.length - 4, 4, "\r\n\r\n", 4);
      g_assert_true (g_str_has_suffix (answer, "\r\n\r\n"));
    }

  return 0;
}
