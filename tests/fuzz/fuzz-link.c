/* fuzz-link.c: anything as a link that somebody opened
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-link.h"
#include "km-pin.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data,
                            gsize         length);

/* What was understood means the same when it is written again. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         length)
{
  g_autofree char *typed = g_strndup (length > 0 ? (const char *) data : "",
                                      length);
  g_autoptr (GError) error = NULL;
  g_autoptr (KmLink) link = km_link_parse (typed, &error);
  g_autoptr (KmLink) address = NULL;
  g_autoptr (KmLink) again = NULL;
  g_autofree char *text = NULL;

  if (link == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  address = km_link_parse (link->address, NULL);
  g_assert_nonnull (address);
  g_assert_cmpstr (address->address, ==, link->address);
  if (link->fingerprint != NULL)
    g_assert_cmpuint (strlen (link->fingerprint), ==, KM_FINGERPRINT_LENGTH);
  if (link->room == NULL)
    return 0;

  text = km_link_format (link->address, link->room, link->fingerprint);
  again = km_link_parse_room (text, NULL);
  g_assert_nonnull (again);
  g_assert_cmpstr (again->address, ==, link->address);
  g_assert_cmpstr (again->room, ==, link->room);
  g_assert_cmpstr (again->fingerprint, ==, link->fingerprint);

  return 0;
}
