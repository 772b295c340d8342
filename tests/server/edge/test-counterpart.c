/* test-counterpart.c: clients that others wrote
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libsoup's own is what test-socket.c speaks with; here is npm's ws, as Debian
 * has it.
 */

#include "km-test-server.h"

#define SECONDS 60
#define MODULES "/usr/share/nodejs"

static void
test_ws (void)
{
  g_autoptr (KmTestServer) server = km_test_server_new (NULL);
  g_autofree char *script = g_test_build_filename (
    G_TEST_DIST, "server", "edge", "counterpart-ws.js", NULL);
  g_autofree char *log = g_build_filename (
    km_test_server_get_directory (server), "ws.log", NULL);
  g_autofree char *said = NULL;
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "NODE_PATH",
                                                 MODULES, TRUE);
  const char *argv[7] = { "node", script, km_test_server_get_http (server) };
  char *tickets[3];
  KmTestProcess *process;

  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    {
      tickets[i] = km_test_server_get_ticket (server, NULL);
      argv[3 + i] = tickets[i];
    }
  process = km_test_process_start (argv,
                                   (const char *const *) environment, log);
  if (km_test_process_wait (process, SECONDS) != 0)
    {
      g_file_get_contents (log, &said, NULL, NULL);
      g_test_message ("%s", said);
      g_test_fail ();
    }

  km_test_process_stop (process);
  for (guint i = 0; i < G_N_ELEMENTS (tickets); i++)
    g_free (tickets[i]);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/edge/counterpart/ws", test_ws);

  return g_test_run ();
}
