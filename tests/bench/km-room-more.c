/* km-room-more.c: members at rest, and those who come all at once
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thread: main of the bench.
 */

#include "km-room-bench.h"

#include "km-bench-http.h"
#include "km-bench.h"

#define MEMBERS 5000
#define A_TIME 500 /* tickets that wait are memory too */
#define HISTORY 60
#define IDLE_HTTP 2000
#define SETTLE_US (1500 * 1000)

#define MEMORY "memory KiB of the server for each idle member"
#define JOINS "joins"
#define JOINS_IDLE "joins-idle-http"

static double
rss_kib (GPid pid)
{
  KmBenchUsage usage = { 0 };

  km_bench_get_usage (pid, &usage);

  return usage.rss_kib;
}

static void
print_memory (const char *peer,
              double      before_kib,
              double      after_kib)
{
  km_bench_print_figures ("room", peer, "memory", "members", (double) MEMBERS,
                          "rss_kib_before", before_kib, "rss_kib_per_member",
                          (after_kib - before_kib) / MEMBERS, NULL);
}

static void
measure_memory (KmRoomServer *server)
{
  KmLoad *loads[MEMBERS / A_TIME] = { NULL };
  GPid pid = km_room_server_get_pid (server);
  KmLoadSetup one = { .n_members = 1, .first_room = 1 };
  g_autoptr (KmLoad) first = km_room_join_members (server, &one);
  double before_kib = rss_kib (pid);
  gboolean all = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    {
      KmLoadSetup setup = { .n_members = A_TIME, .first_room = 1,
                            .first_member = i * A_TIME };

      loads[i] = km_room_join_members (server, &setup);
      all &= loads[i] != NULL;
    }
  g_usleep (SETTLE_US);
  if (all)
    {
      print_memory ("kaimu", before_kib, rss_kib (pid));
      km_room_set_goal (MEMORY, (rss_kib (pid) - before_kib) / MEMBERS);
    }
  for (guint i = 0; i < G_N_ELEMENTS (loads); i++)
    g_clear_pointer (&loads[i], km_load_free);
}

static void
measure_peer_memory (KmRoomPeer peer)
{
  KmLoadSetup setup = {
    .words = km_room_peer_get_words (peer),
    .n_members = MEMBERS,
  };
  g_autofree char *not_here = NULL;
  g_autoptr (KmTestProcess) process =
    km_room_peer_start (peer, g_get_tmp_dir (), &setup.port, &not_here);
  g_autoptr (KmLoad) load = NULL;
  double before_kib;

  if (process == NULL)
    {
      km_bench_print_note ("room", km_room_peer_get_name (peer), "memory",
                           not_here);
      return;
    }

  before_kib = rss_kib (km_test_process_get_pid (process));
  load = km_room_join (&setup, km_room_peer_get_name (peer));
  if (load == NULL)
    return;

  g_usleep (SETTLE_US);
  print_memory (km_room_peer_get_name (peer), before_kib,
                rss_kib (km_test_process_get_pid (process)));
}

/* What those who join will be sent. */
static void
make_history (KmRoomServer *server,
              gint64        room)
{
  KmLoadSetup setup = { .n_members = HISTORY, .first_room = room };
  g_autoptr (KmLoad) load = km_room_join_members (server, &setup);
  KmLoadFigures figures;

  if (load != NULL)
    km_load_run (load, HISTORY, 1, &figures);
}

static void
measure_joins (KmRoomServer *server,
               const char   *test_case)
{
  KmLoadSetup setup = {
    .words = KM_LOAD_KAIMU,
    .port = server->port,
    .n_members = MEMBERS,
    .first_room = 2,
  };
  g_auto (GStrv) tickets = km_room_server_get_tickets (server, 0, MEMBERS);
  g_autofree char *goal = NULL;
  g_autoptr (KmLoad) load = NULL;
  GPid pid = km_room_server_get_pid (server);
  double cpu_s = km_bench_get_cpu_s (pid, NULL);
  double wall_s;

  setup.tickets = tickets;
  load = km_load_new (&setup);
  if (!km_load_join (load, &wall_s))
    {
      km_bench_print_note ("room", "kaimu", test_case, "not all could join");
      return;
    }

  cpu_s = km_bench_get_cpu_s (pid, NULL) - cpu_s;
  km_bench_print_figures ("room", "kaimu", test_case,
                          "members", (double) MEMBERS, "wall_s", wall_s,
                          "cpu_us_each", cpu_s * 1e6 / MEMBERS, NULL);
  goal = g_strconcat (test_case, " s for 5,000", NULL);
  km_room_set_goal (goal, wall_s);
  g_free (goal);
  goal = g_strconcat (test_case, " us of processor each", NULL);
  km_room_set_goal (goal, cpu_s * 1e6 / MEMBERS);
}

static void
measure_joins_beside_idle (KmRoomServer *server)
{
  g_autoptr (GPtrArray) idle = g_ptr_array_new_with_free_func (
    (GDestroyNotify) km_bench_http_free);

  for (guint i = 0; i < IDLE_HTTP; i++)
    {
      KmBenchHttp *http = km_bench_http_new (server->port);

      if (http == NULL
          || km_bench_http_call (http, "GET", "/api/v1/server", NULL, NULL,
                                 NULL)
               != 200)
        g_error ("an HTTP connection was refused");
      g_ptr_array_add (idle, http);
    }
  measure_joins (server, JOINS_IDLE);
}

static void
measure_peer_joins (KmRoomPeer peer)
{
  KmLoadSetup setup = {
    .words = km_room_peer_get_words (peer),
    .n_members = MEMBERS,
  };
  g_autofree char *not_here = NULL;
  g_autoptr (KmTestProcess) process =
    km_room_peer_start (peer, g_get_tmp_dir (), &setup.port, &not_here);
  g_autoptr (KmLoad) load = km_load_new (&setup);
  double wall_s;

  if (process != NULL && km_load_join (load, &wall_s))
    km_bench_print_figures ("room", km_room_peer_get_name (peer), JOINS,
                            "members", (double) MEMBERS, "wall_s", wall_s,
                            NULL);
  else
    km_bench_print_note ("room", km_room_peer_get_name (peer), JOINS,
                         process == NULL ? not_here : "not all could join");
}

static void
run_peers (const KmRoomOptions *options,
           void (*measure) (KmRoomPeer peer))
{
  static const KmRoomPeer peers[] = {
    KM_ROOM_FLOOR_LEAD, KM_ROOM_WS, KM_ROOM_SOCKET_IO,
  };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      if (km_room_wants_peer (options, km_room_peer_get_name (peers[i])))
        measure (peers[i]);
    }
}

/**
 * km_room_run_more:
 * @options: what was asked for
 */
void
km_room_run_more (const KmRoomOptions *options)
{
  gboolean memory = km_room_wants_case (options, "memory");
  gboolean joins = km_room_wants_case (options, JOINS);
  gboolean joins_idle = km_room_wants_case (options, JOINS_IDLE);
  g_autoptr (KmRoomServer) server = NULL;

  if (memory)
    run_peers (options, measure_peer_memory);
  if (joins)
    run_peers (options, measure_peer_joins);
  if ((!memory && !joins && !joins_idle)
      || !km_room_wants_peer (options, "kaimu"))
    return;

  server = km_room_server_new (MEMBERS, 2);
  if (memory)
    measure_memory (server);
  if (joins || joins_idle)
    make_history (server, 2);
  if (joins)
    measure_joins (server, JOINS);
  g_usleep (SETTLE_US);
  if (joins_idle)
    measure_joins_beside_idle (server);
}
