/* km-room-run.c: one run of a load against one server
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main of the bench.
 */

#include "km-room-bench.h"

#include "km-bench.h"

#define WARM_UP_S 0.6
/* A flush of the warm-up isn't to hold up the first message that counts. */
#define PAUSE_US 200000

/**
 * km_room_join:
 * @setup: whose load
 * @who: the server's name
 *
 * Returns: (nullable) (transfer full): a load whose members are all in
 */
KmLoad *
km_room_join (const KmLoadSetup *setup,
              const char        *who)
{
  g_autoptr (KmLoad) load = km_load_new (setup);

  if (km_load_join (load, NULL))
    return g_steal_pointer (&load);

  g_printerr ("room: not all of %u could join at %s\n", setup->n_members, who);

  return NULL;
}

/**
 * km_room_join_members:
 * @server: a server
 * @setup: whose load; its words, port and tickets are filled in
 *
 * Returns: (nullable) (transfer full): a load whose members are all in
 */
KmLoad *
km_room_join_members (KmRoomServer *server,
                      KmLoadSetup  *setup)
{
  g_auto (GStrv) tickets = km_room_server_get_tickets (
    server, setup->first_member, setup->n_members);
  KmLoad *load;

  setup->words = KM_LOAD_KAIMU;
  setup->port = server->port;
  setup->tickets = tickets;
  load = km_room_join (setup, "kaimu");
  setup->tickets = NULL;

  return load;
}

/**
 * km_room_run:
 * @load: a load that has joined
 * @pid: the server
 * @per_second: messages
 * @seconds: how long
 * @run: (out): what came of it
 *
 * A short run goes before it, so that what is done once isn't counted.
 */
void
km_room_run (KmLoad    *load,
             GPid       pid,
             double     per_second,
             double     seconds,
             KmRoomRun *run)
{
  KmLoadFigures warm_up;
  double cpu_s;
  double store_cpu_s;

  km_load_run (load, per_second, WARM_UP_S, &warm_up);
  g_usleep (PAUSE_US);
  cpu_s = km_bench_get_cpu_s (pid, NULL);
  store_cpu_s = km_bench_get_cpu_s (pid, "store");
  km_load_run (load, per_second, seconds, &run->load);
  run->cpu_s = km_bench_get_cpu_s (pid, NULL) - cpu_s;
  run->store_cpu_s = km_bench_get_cpu_s (pid, "store") - store_cpu_s;
  run->cpu_s_per_million =
    run->cpu_s * 1e6 / (double) MAX (1, run->load.delivered);
  run->load.wrong += warm_up.wrong;
  run->load.refused += warm_up.refused;
  run->load.closed += warm_up.closed;
}

/**
 * km_room_print:
 * @peer: whose figures
 * @test_case: of which case
 * @run: the figures
 */
void
km_room_print (const char      *peer,
               const char      *test_case,
               const KmRoomRun *run)
{
  const KmLoadFigures *load = &run->load;

  km_bench_print_figures (
    "room", peer, test_case,
    "cpu_s_per_million", run->cpu_s_per_million,
    "core_percent", 100 * run->cpu_s / load->wall_s,
    "store_us_per_message",
    run->store_cpu_s * 1e6 / (double) MAX (1, load->sent),
    "p50_ms", load->p50_ms, "p99_ms", load->p99_ms, "max_ms", load->max_ms,
    "bytes_each", (double) load->bytes / (double) MAX (1, load->delivered),
    "sent", (double) load->sent, "deliveries", (double) load->delivered,
    "missing", (double) (load->due - load->delivered),
    "wrong", (double) load->wrong, "refused", (double) load->refused,
    "closed", (double) load->closed, NULL);
}
