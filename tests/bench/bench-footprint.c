/* bench-footprint.c: what being live, and watching, costs the machine
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Processor seconds a second and resident memory of the streamer's app, the
 * viewer's app and the server, each from /proc over the same twenty seconds.
 */

#include "km-bench-show.h"
#include "km-bench.h"

#define SETTLE_SECONDS 5
#define MEASURE_SECONDS 20

typedef struct
{
  const char *test_case;
  GPid pid;
  KmBenchUsage before;
} Process;

static gboolean
never (gpointer data)
{
  return FALSE;
}

static void
measure (Process *processes,
         gsize    n_processes)
{
  gint64 begin_us;
  double seconds;

  km_test_wait_until (never, NULL, SETTLE_SECONDS);
  begin_us = g_get_monotonic_time ();
  for (gsize i = 0; i < n_processes; i++)
    km_bench_get_usage (processes[i].pid, &processes[i].before);

  km_test_wait_until (never, NULL, MEASURE_SECONDS);
  seconds = (double) (g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC;
  for (gsize i = 0; i < n_processes; i++)
    {
      KmBenchUsage after;

      if (km_bench_get_usage (processes[i].pid, &after))
        km_bench_print_figures (
            "footprint", "kaimu", processes[i].test_case,
            "cpu_s_per_s", (after.cpu_s - processes[i].before.cpu_s) / seconds,
            "rss_mib", after.rss_kib / 1024,
            NULL);
    }
}

int
main (int   argc,
      char *argv[])
{
  KmBenchShow show;
  GPid server;
  GPid streamer;

  km_bench_show_open (&show);
  server = km_test_app_find_server (show.streamer);
  streamer = km_test_process_get_pid (km_test_app_get_process (show.streamer));
  measure ((Process[]) {
             { "live: app", streamer },
             { "live: server", server },
           }, 2);

  km_bench_show_watch (&show);
  measure ((Process[]) {
             { "live and watched: streamer's app", streamer },
             { "live and watched: viewer's app",
               km_test_process_get_pid (km_test_app_get_process (show.viewer)) },
             { "live and watched: server", server },
           }, 3);

  km_bench_show_close (&show);
  return 0;
}
