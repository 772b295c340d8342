/* km-room-cases.c: what a room costs, beside floors and others
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server runs first, so that the others can write frames of the length
 * that its own have. Goals are ratios to the second floor; the two take turns
 * (A B B A A B), for a machine that gets warm or has other work treats both
 * alike, and of each the run in the middle counts. Of waits the best run does:
 * whatever else the machine does only adds to them.
 *
 * Thread: main of the bench.
 */

#include "km-room-bench.h"

#include <string.h>

#include "km-bench-disk.h"
#include "km-bench.h"

#define ROUNDS 3
#define MEMBERS_MAX 5000
#define PEER_S 2.5
#define SETTLE_US 300000

/* Who can do it at all on one core: the others would be measured drowning. */
#define ALL_PEERS ((1 << KM_N_ROOM_PEERS) - 1)
#define THE_FLOORS (1 << KM_ROOM_FLOOR_LEAD | 1 << KM_ROOM_FLOOR_KEPT)
#define NOT_FLASK (ALL_PEERS & ~(1 << KM_ROOM_FLASK))

typedef struct
{
  const char *name;
  guint members;
  double per_second;
  guint peers;
} Case;

static const Case cases[] = {
  { "n200-r10", 200, 10, ALL_PEERS },
  { "n1000-r20", 1000, 20, ALL_PEERS },
  { "n1000-r100", 1000, 100, NOT_FLASK },
  { "n5000-r10", 5000, 10, NOT_FLASK },
  { "n5000-r100", 5000, 100, THE_FLOORS },
  /* Each member says as much as a room's rules allow. */
  { "saturation", 1000, 1800, THE_FLOORS },
};

/* Who doesn't reach a tenth of that is asked for as much as drowns it. */
static const struct
{
  KmRoomPeer peer;
  double per_second;
} drowned[] = {
  { KM_ROOM_FLOOR_EACH, 150 },
  { KM_ROOM_WS, 120 },
  { KM_ROOM_SOCKET_IO, 120 },
  { KM_ROOM_FLASK, 20 },
};

typedef struct
{
  const KmRoomOptions *options;
  const Case *test;
  KmRoomServer *server;
  guint bytes; /* of the server's frames; 0: not known */
  double kaimu_cpu[ROUNDS];
  double floor_cpu[ROUNDS];
  KmRoomRun kaimu; /* the best one */
  guint64 wrong;   /* of all of them */
} Bench;

static gboolean
run_kaimu (Bench     *self,
           guint      room,
           KmRoomRun *run)
{
  KmLoadSetup setup = {
    .n_members = self->test->members,
    .first_room = room,
  };
  g_autoptr (KmLoad) load = km_room_join_members (self->server, &setup);

  if (load == NULL)
    return FALSE;

  km_room_run (load, km_room_server_get_pid (self->server),
               self->test->per_second, self->options->seconds, run);
  self->bytes = (guint) (run->load.bytes / MAX (1, run->load.delivered));

  return TRUE;
}

static gboolean
run_peer_in (Bench      *self,
             KmRoomPeer  peer,
             const char *directory,
             double      per_second,
             double      seconds,
             KmRoomRun  *run)
{
  const char *name = km_room_peer_get_name (peer);
  KmLoadSetup setup = {
    .words = km_room_peer_get_words (peer),
    .n_members = self->test->members,
    .bytes = self->bytes,
  };
  g_autofree char *not_here = NULL;
  g_autoptr (KmTestProcess) process =
    km_room_peer_start (peer, directory, &setup.port, &not_here);
  g_autoptr (KmLoad) load = NULL;

  if (process == NULL)
    {
      km_bench_print_note ("room", name, self->test->name, not_here);
      return FALSE;
    }

  load = km_room_join (&setup, name);
  if (load == NULL)
    {
      km_bench_print_note ("room", name, self->test->name,
                           "not all could join");
      return FALSE;
    }

  km_room_run (load, km_test_process_get_pid (process), per_second, seconds,
               run);
  km_room_print (name, self->test->name, run);

  return TRUE;
}

static gboolean
run_peer (Bench      *self,
          KmRoomPeer  peer,
          double      per_second,
          double      seconds,
          KmRoomRun  *run)
{
  g_autofree char *directory = km_test_directory_new ("peer");
  gboolean ran = run_peer_in (self, peer, directory, per_second, seconds, run);

  km_test_directory_remove (directory);

  return ran;
}

/* The server itself, and what the disk takes meanwhile. */
static gboolean
measure_kaimu (Bench *self,
               guint  round)
{
  guint room = 1 + (guint) (self->test - cases) * ROUNDS + round;
  g_autofree char *goal = NULL;
  KmBenchDiskFigures disk;
  KmBenchDisk *probe;
  KmRoomRun run;
  gboolean ran;

  if (!km_room_wants_peer (self->options, "kaimu"))
    return FALSE;

  probe = km_bench_disk_begin (
    km_test_server_get_directory (self->server->server));
  ran = run_kaimu (self, room, &run);
  km_bench_disk_end (probe, &disk);
  g_usleep (SETTLE_US);
  if (!ran)
    return FALSE;

  km_room_print ("kaimu", self->test->name, &run);
  km_bench_print_figures ("room", "disk", self->test->name, "p50_ms",
                          disk.p50_ms, "p99_ms", disk.p99_ms, "max_ms",
                          disk.max_ms, "syncs", (double) disk.syncs, NULL);
  self->kaimu_cpu[round] = run.cpu_s_per_million;
  self->wrong += run.load.due - run.load.delivered + run.load.wrong
                 + run.load.refused + run.load.closed;
  if (round == 0 || run.load.p99_ms < self->kaimu.load.p99_ms)
    {
      self->kaimu = run;
      goal = g_strconcat (self->test->name, " p50 ms above the disk's", NULL);
      km_room_set_goal (goal, run.load.p50_ms - disk.p50_ms);
      g_clear_pointer (&goal, g_free);
      goal = g_strconcat (self->test->name, " p99 ms above the disk's", NULL);
      km_room_set_goal (goal, run.load.p99_ms - disk.p99_ms);
    }

  return TRUE;
}

static gboolean
measure_floor (Bench *self,
               guint  round)
{
  KmRoomRun run;

  if (!km_room_wants_peer (self->options, "floor-lead")
      || !run_peer (self, KM_ROOM_FLOOR_LEAD, self->test->per_second,
                    self->options->seconds, &run))
    return FALSE;

  self->floor_cpu[round] = run.cpu_s_per_million;

  return TRUE;
}

static void
set_goal (Bench      *self,
          const char *what,
          double      value)
{
  g_autofree char *name = g_strconcat (self->test->name, " ", what, NULL);

  km_room_set_goal (name, value);
}

static double
find_middle (const double *values)
{
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (double));

  g_array_append_vals (sorted, values, ROUNDS);

  return km_bench_percentile (sorted, 0.5);
}

static void
set_goals (Bench    *self,
           gboolean  with_floor)
{
  const KmLoadFigures *load = &self->kaimu.load;
  double kaimu = find_middle (self->kaimu_cpu);

  if (with_floor)
    set_goal (self, "ratio to the leading-edge floor",
              kaimu / find_middle (self->floor_cpu));
  set_goal (self, "p99 ms", load->p99_ms);
  set_goal (self, "percent of a core", 100 * self->kaimu.cpu_s / load->wall_s);
  set_goal (self, "deliveries per core second", 1e6 / kaimu);
  set_goal (self, "missing, wrong or refused", (double) self->wrong);
}

static void
measure_peers (Bench *self)
{
  KmRoomRun run;

  for (guint i = 0; i < KM_N_ROOM_PEERS; i++)
    {
      if ((self->test->peers >> i & 1) != 0 && i != KM_ROOM_FLOOR_LEAD
          && km_room_wants_peer (self->options, km_room_peer_get_name (i)))
        run_peer (self, i, self->test->per_second,
                  i == KM_ROOM_FLOOR_KEPT ? self->options->seconds : PEER_S,
                  &run);
    }
  for (guint i = 0; i < G_N_ELEMENTS (drowned); i++)
    {
      const char *name = km_room_peer_get_name (drowned[i].peer);

      if (g_str_equal (self->test->name, "saturation")
          && km_room_wants_peer (self->options, name))
        run_peer (self, drowned[i].peer, drowned[i].per_second, PEER_S, &run);
    }
}

static void
measure_case (Bench *self)
{
  gboolean with_kaimu = TRUE;
  gboolean with_floor = TRUE;

  for (guint i = 0; i < ROUNDS; i++)
    {
      if (i % 2 == 0)
        with_kaimu &= measure_kaimu (self, i);
      with_floor &= measure_floor (self, i);
      if (i % 2 == 1)
        with_kaimu &= measure_kaimu (self, i);
    }
  if (with_kaimu)
    set_goals (self, with_floor);
  measure_peers (self);
}

/**
 * km_room_run_cases:
 * @options: what was asked for
 */
void
km_room_run_cases (const KmRoomOptions *options)
{
  g_autoptr (KmRoomServer) server = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Bench self = { .options = options, .test = &cases[i] };

      if (!km_room_wants_case (options, cases[i].name))
        continue;
      if (server == NULL)
        server = km_room_server_new (MEMBERS_MAX,
                                     ROUNDS * G_N_ELEMENTS (cases));
      self.server = server;
      measure_case (&self);
    }
}
