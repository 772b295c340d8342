/* km-host.c: whether an address leads to this computer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No proxy leads there, whatever the environment says: who connects asks here
 * before it asks for one.
 *
 * Thread: any (no state).
 */

#include "km-host.h"

/**
 * km_host_is_here:
 * @host: a name or an address, without brackets
 *
 * Returns: whether it is this computer as it calls itself
 */
gboolean
km_host_is_here (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL ? g_inet_address_get_is_loopback (address)
                         : g_ascii_strcasecmp (host, "localhost") == 0;
}
