/* km-lan-hosts.c: at which addresses others find this computer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private addresses come first, as those of a home or an office; behind them
 * what only virtual machines and tunnels see, and addresses of the wide world,
 * where strangers are. Of IPv6 only what needs no zone: an address that is only
 * good together with the name of an interface can't be put into a link.
 *
 * Thread: any.
 */

#include "km-lan-hosts.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#define HOSTS_MAX 32

typedef enum
{
  RANK_PRIVATE,
  RANK_UNIQUE_LOCAL, /* fc00::/7 */
  RANK_LINK_LOCAL,   /* 169.254.0.0/16: no router gave out addresses */
  RANK_GLOBAL,
  RANK_GLOBAL_V6,
  RANK_VIRTUAL,      /* added to the others */
} Rank;

typedef struct
{
  int rank;
  char *text;
} Host;

static gboolean
is_virtual (const char *interface)
{
  static const char *const beginnings[] = {
    "br-", "docker", "lxc", "lxdbr", "podman", "tap", "tun", "vboxnet",
    "veth", "virbr", "vmnet", "wg", "zt",
  };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (g_str_has_prefix (interface, beginnings[i]))
      return TRUE;

  return FALSE;
}

static int
rank_address (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  gboolean v4 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

  if (g_inet_address_get_is_loopback (address) ||
      g_inet_address_get_is_any (address) ||
      g_inet_address_get_is_multicast (address) ||
      (!v4 && g_inet_address_get_is_link_local (address)))
    return KM_LAN_HOST_USELESS;

  if (!v4)
    return (bytes[0] & 0xfe) == 0xfc ? RANK_UNIQUE_LOCAL : RANK_GLOBAL_V6;
  if (g_inet_address_get_is_link_local (address))
    return RANK_LINK_LOCAL;

  return g_inet_address_get_is_site_local (address) ? RANK_PRIVATE
                                                    : RANK_GLOBAL;
}

/**
 * km_lan_host_rank:
 * @interface: the interface's name
 * @address: an address of it
 *
 * Returns: how good others find this computer there: lower is better;
 *   %KM_LAN_HOST_USELESS: not at all
 */
int
km_lan_host_rank (const char   *interface,
                  GInetAddress *address)
{
  int rank = rank_address (address);

  if (rank == KM_LAN_HOST_USELESS)
    return rank;

  return rank + (is_virtual (interface) ? RANK_VIRTUAL : 0);
}

static GInetAddress *
read_address (const struct ifaddrs *entry)
{
  g_autoptr (GSocketAddress) address = NULL;
  gsize size;

  if (entry->ifa_addr == NULL || (entry->ifa_flags & IFF_UP) == 0)
    return NULL;

  switch (entry->ifa_addr->sa_family)
    {
    case AF_INET:
      size = sizeof (struct sockaddr_in);
      break;
    case AF_INET6:
      size = sizeof (struct sockaddr_in6);
      break;
    default:
      return NULL;
    }

  address = g_socket_address_new_from_native (entry->ifa_addr, size);
  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;

  return g_object_ref (g_inet_socket_address_get_address (
    G_INET_SOCKET_ADDRESS (address)));
}

static void
host_clear (gpointer data)
{
  g_free (((Host *) data)->text);
}

static gint
compare (gconstpointer a,
         gconstpointer b)
{
  return ((const Host *) a)->rank - ((const Host *) b)->rank;
}

/**
 * km_lan_hosts_list:
 *
 * Returns: (transfer full): the addresses of this computer, as text, the best
 *   first; empty: there is no network
 */
char **
km_lan_hosts_list (void)
{
  g_autoptr (GArray) hosts = g_array_new (FALSE, FALSE, sizeof (Host));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *entries = NULL;

  g_array_set_clear_func (hosts, host_clear);
  if (getifaddrs (&entries) != 0)
    return g_strv_builder_end (builder);

  for (struct ifaddrs *entry = entries; entry != NULL; entry = entry->ifa_next)
    {
      g_autoptr (GInetAddress) address = read_address (entry);
      Host host = { .rank = KM_LAN_HOST_USELESS };

      if (address != NULL)
        host.rank = km_lan_host_rank (entry->ifa_name, address);
      if (host.rank == KM_LAN_HOST_USELESS)
        continue;
      host.text = g_inet_address_to_string (address);
      g_array_append_val (hosts, host);
    }
  freeifaddrs (entries);

  g_array_sort (hosts, compare);
  for (guint i = 0; i < MIN (hosts->len, HOSTS_MAX); i++)
    g_strv_builder_add (builder, g_array_index (hosts, Host, i).text);

  return g_strv_builder_end (builder);
}
