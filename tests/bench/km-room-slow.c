/* km-room-slow.c: people who don't read, beside people who do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Twenty of sixty joined and never read again, while 2 MB a second goes to
 * each. An account says one thing each half a second in a room, so that much
 * can only come from several rooms: all are in all of them. The same without
 * the twenty goes before it: what it costs is what memory and waits are
 * compared with.
 *
 * Thread: main of the bench.
 */

#include "km-room-bench.h"

#include <string.h>

#include "km-bench-http.h"
#include "km-bench.h"
#include "km-protocol.h"

#define MEMBERS 60
#define STALLED 20
#define ROOMS 14
#define PER_SECOND 940
#define SECONDS 7
#define TEXT_BYTES 1900
#define FRAME_BYTES 2143 /* with all that the server says about it */
#define WITHIN_S 15
#define LOOK_US 200000
/* When they look again the server has long closed their sockets. */
#define LATE_US 3000000

typedef struct
{
  KmRoomRun run;
  double grown_kib; /* at most */
  double closed_s;  /* until the last of those who don't read was closed */
  guint closed;
  guint told;
} Outcome;

/* The most that was held since forget_peak(). */
static double
peak_kib (GPid pid)
{
  static const char name[] = "VmHWM:";
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;

  line = strstr (text, name);

  return line != NULL ? g_ascii_strtod (line + strlen (name), NULL) : 0;
}

/* proc_pid_clear_refs(5): 5 resets the peak. */
static void
forget_peak (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/clear_refs", (int) pid);

  g_file_set_contents_full (path, "5", 1, G_FILE_SET_CONTENTS_NONE, 0600,
                            NULL);
}

static guint
count_closed (KmRoomServer *server)
{
  static const char name[] = "\nkaimu_members_too_slow_total ";
  g_autoptr (KmBenchHttp) http = km_bench_http_new (server->port);
  g_autofree char *text = NULL;
  const char *line;

  if (http == NULL
      || km_bench_http_call (http, "GET", "/metrics", NULL, NULL, &text)
           != 200)
    return 0;

  line = strstr (text, name);

  return line != NULL ? (guint) g_ascii_strtoull (line + strlen (name), NULL,
                                                  10)
                      : 0;
}

static gpointer
watch_closes (gpointer data)
{
  KmRoomServer *server = data;
  gint64 began_us = g_get_monotonic_time ();
  gint64 until_us = began_us + WITHIN_S * G_USEC_PER_SEC;

  while (count_closed (server) < STALLED
         && g_get_monotonic_time () < until_us)
    g_usleep (LOOK_US);

  return GUINT_TO_POINTER (
    (guint) ((g_get_monotonic_time () - began_us) / 1000));
}

static gboolean
measure (KmRoomServer *server,
         gint64        first_room,
         guint         stalled,
         Outcome      *outcome)
{
  GPid pid = km_room_server_get_pid (server);
  KmLoadSetup setup = {
    .n_members = MEMBERS,
    .n_stalled = stalled,
    .first_room = first_room,
    .n_rooms = ROOMS,
    .in_all = TRUE,
    .bytes = TEXT_BYTES,
  };
  g_autoptr (KmLoad) load = km_room_join_members (server, &setup);
  GThread *watcher = NULL;
  double before_kib;

  if (load == NULL)
    return FALSE;

  forget_peak (pid);
  before_kib = peak_kib (pid);
  if (stalled > 0)
    watcher = g_thread_new ("watch", watch_closes, server);
  km_room_run (load, pid, PER_SECOND, SECONDS, &outcome->run);
  outcome->grown_kib = peak_kib (pid) - before_kib;
  if (watcher == NULL)
    return TRUE;

  outcome->closed_s = GPOINTER_TO_UINT (g_thread_join (watcher)) / 1000.0;
  outcome->closed = count_closed (server);
  g_usleep (LATE_US);
  outcome->told = km_load_read_closes (load, KM_CLOSE_TOO_SLOW);

  return TRUE;
}

/* Others have no rules: one room will do. */
static void
measure_peer (KmRoomPeer peer)
{
  const char *name = km_room_peer_get_name (peer);
  KmLoadSetup setup = {
    .words = km_room_peer_get_words (peer),
    .n_members = MEMBERS,
    .n_stalled = STALLED,
    .bytes = FRAME_BYTES,
  };
  g_autofree char *not_here = NULL;
  g_autoptr (KmTestProcess) process =
    km_room_peer_start (peer, g_get_tmp_dir (), &setup.port, &not_here);
  g_autoptr (KmLoad) load = NULL;
  GPid pid;
  double before_kib;
  KmRoomRun run;

  load = process != NULL ? km_room_join (&setup, name) : NULL;
  if (load == NULL)
    {
      km_bench_print_note ("room", name, "slow",
                           not_here != NULL ? not_here : "not all could join");
      return;
    }

  pid = km_test_process_get_pid (process);
  forget_peak (pid);
  before_kib = peak_kib (pid);
  km_room_run (load, pid, PER_SECOND, SECONDS, &run);
  km_room_print (name, "slow", &run);
  km_bench_print_figures ("room", name, "slow", "grown_kib",
                          peak_kib (pid) - before_kib, NULL);
}

static void
measure_peers (const KmRoomOptions *options)
{
  static const KmRoomPeer peers[] = { KM_ROOM_WS, KM_ROOM_SOCKET_IO };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      if (km_room_wants_peer (options, km_room_peer_get_name (peers[i])))
        measure_peer (peers[i]);
    }
}

/**
 * km_room_run_slow:
 * @options: what was asked for
 */
void
km_room_run_slow (const KmRoomOptions *options)
{
  g_autoptr (KmRoomServer) server = NULL;
  Outcome all_read = { 0 };
  Outcome some_do = { 0 };

  if (!km_room_wants_case (options, "slow"))
    return;
  measure_peers (options);
  if (!km_room_wants_peer (options, "kaimu"))
    return;

  server = km_room_server_new (MEMBERS, 2 * ROOMS);
  if (!measure (server, 1, 0, &all_read)
      || !measure (server, 1 + ROOMS, STALLED, &some_do))
    return;

  km_room_print ("kaimu", "slow-none", &all_read.run);
  km_room_print ("kaimu", "slow", &some_do.run);
  km_bench_print_figures (
    "room", "kaimu", "slow", "mb_per_second_each",
    (double) some_do.run.load.bytes / (MEMBERS - STALLED)
      / some_do.run.load.wall_s / 1e6,
    "grown_kib", some_do.grown_kib, "grown_kib_without", all_read.grown_kib,
    "closed_s", some_do.closed_s, "closed_too_slow", (double) some_do.closed,
    "told_why", (double) some_do.told, NULL);
  km_room_set_goal ("slow MiB for 20 who don't read",
                    (some_do.grown_kib - all_read.grown_kib) / 1024);
  km_room_set_goal ("slow s until all 20 are closed", some_do.closed_s);
  km_room_set_goal ("slow of the 20 were told why", some_do.told);
  km_room_set_goal ("slow p99 of the others, ratio",
                    some_do.run.load.p99_ms / all_read.run.load.p99_ms);
}
