/* test-host.c: which hosts are this computer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "km-host.h"

static void
test_here (void)
{
  static const char *const here[] = {
    "127.0.0.1", "127.0.0.2", "::1", "localhost", "LocalHost",
  };
  static const char *const away[] = {
    "192.168.1.5", "127.example.org", "localhost.example.org", "::2", "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    g_assert_true (km_host_is_here (here[i]));
  for (guint i = 0; i < G_N_ELEMENTS (away); i++)
    g_assert_false (km_host_is_here (away[i]));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/host/loopback-is-here", test_here);

  return g_test_run ();
}
