/* test-lan-hosts.c: which address of this computer is offered first
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-lan-hosts.h"

typedef struct
{
  const char *interface;
  const char *address;
} Case;

static int
rank (const Case *self)
{
  g_autoptr (GInetAddress) address =
    g_inet_address_new_from_string (self->address);

  return km_lan_host_rank (self->interface, address);
}

/* Better ones first; those of one line are as good as one another. */
static void
test_order (void)
{
  static const Case cases[][3] = {
    { { "wlan0", "192.168.1.5" }, { "eth0", "10.1.2.3" },
      { "eth1", "172.31.0.1" } },
    { { "eth0", "fd00::5" }, { "eth0", "fc12::1" } },
    { { "eth0", "169.254.3.4" } },
    { { "eth0", "198.51.100.7" }, { "eth0", "172.32.0.1" } },
    { { "eth0", "2001:db8::1" } },
    { { "docker0", "172.17.0.1" }, { "virbr0", "192.168.122.1" },
      { "wg0", "10.8.0.2" } },
    { { "veth12", "fd00::7" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      for (guint j = 1; j < 3 && cases[i][j].address != NULL; j++)
        g_assert_cmpint (rank (&cases[i][j]), ==, rank (&cases[i][0]));
      if (i > 0)
        g_assert_cmpint (rank (&cases[i][0]), >, rank (&cases[i - 1][0]));
    }
}

static void
test_useless (void)
{
  static const Case cases[] = {
    { "lo", "127.0.0.1" }, { "lo", "::1" }, { "eth0", "fe80::1" },
    { "eth0", "0.0.0.0" }, { "eth0", "224.0.0.1" }, { "eth0", "ff02::1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (rank (&cases[i]), ==, KM_LAN_HOST_USELESS);
}

/* Whatever this computer has. */
static void
test_list (void)
{
  g_auto (GStrv) hosts = km_lan_hosts_list ();

  for (guint i = 0; hosts[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address =
        g_inet_address_new_from_string (hosts[i]);

      g_assert_nonnull (address);
      g_assert_false (g_inet_address_get_is_loopback (address));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/client/lan-hosts/private-ones-first", test_order);
  g_test_add_func ("/client/lan-hosts/nobody-finds-it-there", test_useless);
  g_test_add_func ("/client/lan-hosts/addresses-of-this-computer", test_list);

  return g_test_run ();
}
